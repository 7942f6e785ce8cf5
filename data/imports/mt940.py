"""MT940 (end of day) and MT942 (interim) account statements of SWIFT, with the habits of the banks that send them.

A file holds many messages: pages of one statement (60M/62M) and statements of many days or accounts. Messages of an
account that follow each other become one statement when the balance goes on (closing = next opening), so that the
file can be checked as a whole; where it does not go on, something is missing between them and they stay apart.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from data.imports.mt940_entries import Reader
from data.imports.mt940_fields import END, Field, fields
from data.imports.rules import opening_day
from data.imports.statement import Balance, Entry, LineError, Options, ParsedFile, Statement, Unreadable
from data.imports.text import clean, currency_code, decode, minor_of, refuse_foreign

_MARK = re.compile(rb"^[\x00-\x20\xef\xbb\xbf]*:(20|25P?|28C?|34F|60[FM]?|61|62[FM]?|64):|\{1:F01[A-Z]", re.MULTILINE)
_BALANCE = re.compile(r"([DC])(\d{6})([A-Z]{3})?([\d.,' ]*)")
_LIMIT = re.compile(r"([A-Z]{3})")
_SUFFIX = re.compile(r"(?<=\d)[ /]?([A-Z]{3})$")
_STRAY_DETAILS = re.compile(r"\d{3}[^\w\s]\d\d")


@dataclass(slots=True)
class Message:
    """One MT940 or MT942 message (or page): its balances, and its lines with their details."""

    account: str | None = None
    currency: str | None = None
    opening: Balance | None = None
    closing: Balance | None = None
    lines: list[tuple[Field, list[Field]]] = field(default_factory=list)
    interim: bool = False

    @property
    def says_nothing(self) -> bool:
        return not (self.opening or self.closing or self.lines or self.interim)

    def continues(self, before: Message) -> bool:
        """Whether this page goes on where the one before ended."""
        same = self.account is not None and (self.account, self.currency) == (before.account, before.currency)
        return bool(same and before.closing and self.opening and before.closing.amount == self.opening.amount)


def sniff(data: bytes) -> bool:
    """Whether a line near the start is a field of these messages."""
    return bool(_MARK.search(data[:4096].replace(b"\r", b"\n")))


def parse(data: bytes, options: Options) -> ParsedFile:
    """Read an MT940 or MT942 file; `Unreadable` when it has no balance and no statement line."""
    refuse_foreign(data, "an MT940")
    builder = _Builder(options)
    for each in fields(decode(data)):
        builder.take(each)
    return builder.finish()


class _Builder:
    """Collects fields into messages, and messages into statements."""

    def __init__(self, options: Options) -> None:
        self.options = options
        self.file = ParsedFile("mt940", [])
        self.warned: set[str] = set()
        self.reader = Reader(options.today, self.warn)
        self.messages: list[Message] = []
        self.open: Message | None = None

    def warn(self, kind: str, text: str) -> None:
        """Tell it once of a kind."""
        if kind not in self.warned:
            self.warned.add(kind)
            self.file.warnings.append(text)

    def take(self, each: Field) -> None:
        if each.tag in ("20", END):
            self.open = None
        if each.tag == END:
            return
        message = self.open or self._start()
        tag = each.tag[:2]
        if tag == "25":
            self._account(message, each)
        elif tag in ("60", "62"):
            self._balance(message, each)
        elif tag == "61":
            message.lines.append((each, []))
        elif tag in ("86", "NS"):
            _add_details(message, each)
        elif tag in ("34", "90"):
            message.interim = True
            found = _LIMIT.search(each.lines[0])
            message.currency = message.currency or currency_code(found[1] if found else None)

    def _start(self) -> Message:
        self.open = Message()
        self.messages.append(self.open)
        return self.open

    def _account(self, message: Message, each: Field) -> None:
        if message.lines and _STRAY_DETAILS.match(each.lines[0]):  # details under the wrong tag
            _add_details(message, each)
            return
        text = clean(each.text) or ""
        suffix = _SUFFIX.search(text)
        if suffix and currency_code(suffix[1]):
            message.currency = message.currency or suffix[1]
            text = text[: suffix.start()]
        message.account = message.account or text or None

    def _balance(self, message: Message, each: Field) -> None:
        """An opening (60) or closing (62) balance; a second opening begins a message that has no field 20."""
        found = _BALANCE.match(each.lines[0])
        opening = each.tag.startswith("60")
        if opening and message.opening:
            account = message.account
            message = self._start()
            message.account = account
        currency = currency_code(found[3] if found else None) or message.currency or self.options.currency
        try:
            if not found:
                raise ValueError("not a mark, a date, a currency and an amount")
            amount = minor_of(found[4] or "0", currency) * (-1 if found[1] == "D" else 1)
            balance = Balance(self.reader.day(found[2], each.line), amount)
        except ValueError as error:
            self.file.warnings.append(f"The balance in field {each.tag} (line {each.line}) could not be read: {error}.")
            return
        message.currency = currency_code(found[3]) or message.currency
        if opening:
            message.opening = balance
        else:
            message.closing = balance

    def finish(self) -> ParsedFile:
        """The file, once all fields are read."""
        messages = [message for message in self.messages if not message.says_nothing]
        if not messages:
            raise Unreadable("The file has no MT940 balance (:60F:) and no statement line (:61:) up to its end.")
        if all(message.interim and not message.opening for message in messages):
            self.file.format = "mt942"
        before: Message | None = None
        for message in messages:
            entries = self._entries(message)
            if before and message.continues(before):
                self.file.statements[-1].entries += entries
                self.file.statements[-1].closing = message.closing
            else:
                self.file.statements.append(
                    Statement(
                        message.account, message.currency, entries, None, None, None, message.opening, message.closing
                    )
                )
            before = message
        for statement in self.file.statements:
            statement.opening = opening_day(statement.opening, statement.closing, statement.entries)
        return self.file

    def _entries(self, message: Message) -> list[Entry]:
        """The entries of a message, in its currency."""
        currency = message.currency
        if currency is None and message.lines:
            currency = self.options.currency
            self.warn("currency", f"The file names no currency: its amounts were read as {currency}.")
        entries = []
        for line, about in message.lines:
            self.file.read += 1
            try:
                entries.append(self.reader.entry(line, about, currency or self.options.currency))
            except ValueError as error:
                self.file.errors.append(LineError(line.line, f"Statement line {self.file.read}: {error}."))
        return entries


def _add_details(message: Message, each: Field) -> None:
    """Details belong to the line before them; behind the closing balance they are about the statement."""
    if message.lines and not message.closing:
        message.lines[-1][1].append(each)
