"""QIF files: the exports of Quicken, Microsoft Money and of banks of their time; one account or many.

A file is sections: `!Account` names the account that follows, `!Type:Bank` and its like hold transactions, the
other types (categories, classes, memorised payments, prices, securities) are lists that only look like them. The
format has no currency (the caller's is taken), no account number (the name stands in its place) and no ids.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field

from data.imports.qif_entries import Record, add_splits, amounts, bank_entry, opening_of, trade_entry
from data.imports.qif_values import Style
from data.imports.statement import Balance, Entry, LineError, Options, ParsedFile, Statement, Unreadable
from data.imports.text import clean, decode, refuse_foreign

_HEADER = re.compile(rb"^[ \t\xef\xbb\xbf\xff\xfe]*!(type:|account\b|option:|clear:)", re.IGNORECASE | re.MULTILINE)
_TYPES = {
    "bank": "checking",
    "cash": "cash",
    "ccard": "credit_card",
    "oth a": "other_asset",
    "oth l": "other_liability",
    "invst": "investment",
    "port": "investment",
    "401(k)/403(b)": "investment",
    "mutual": "investment",
}


@dataclass(slots=True)
class Section:
    """The transactions under one `!Type` line, and the name of the account they are of."""

    kind: str
    name: str | None
    records: list[Record] = field(default_factory=list)


def sniff(data: bytes) -> bool:
    """Whether a line near the start is a QIF header."""
    return bool(_HEADER.search(data[:4096].replace(b"\0", b"").replace(b"\r", b"\n")))


def parse(data: bytes, options: Options) -> ParsedFile:
    """Read a QIF file; `Unreadable` when it is none, or holds lists and no account's transactions."""
    refuse_foreign(data, "a QIF")
    sections, lists = _sections(decode(data))
    if not sections:
        what = f"only lists ({', '.join(sorted(lists))})" if lists else "no line such as !Type:Bank"
        raise Unreadable(f"The file holds no QIF transactions: it has {what} up to its end.")
    records = [record for section in sections for record in section.records]
    style = Style((r.first("D") for r in records), (text for r in records for text in amounts(r)), options.today)
    reader = _Reader(style, options.currency)
    for section in sections:
        reader.read(section)
    return reader.finish()


def _sections(text: str) -> tuple[list[Section], set[str]]:
    """The sections with transactions, and the names of the lists that were passed over."""
    scanner = _Scanner()
    for number, line in enumerate(text.split("\n"), 1):
        line = line.strip()
        if line.startswith("!"):
            scanner.end_record()
            scanner.header(line[1:].strip().lower())
        elif line.startswith("^"):
            scanner.end_record()
        elif line:
            scanner.record.add(number, line)
    scanner.end_record()  # the last record of a file often lacks its end mark
    return scanner.sections, scanner.lists


class _Scanner:
    """Sorts records into the section they stand in."""

    def __init__(self) -> None:
        self.sections: list[Section] = []
        self.lists: set[str] = set()
        self.kind = ""
        self.section: Section | None = None
        self.account: str | None = None
        self.record = Record(0)

    def header(self, text: str) -> None:
        self.kind, self.section = text.removeprefix("type:").strip(), None
        if text.startswith("type:") and self.kind in _TYPES:
            self.section = _open(self.sections, self.kind, self.account)
        elif text.startswith(("type:", "account")):
            self.lists.add(self.kind)

    def end_record(self) -> None:
        record, self.record = self.record, Record(0)
        if not record.fields:
            return
        if self.section is not None:
            self.section.records.append(record)
        elif self.kind.startswith("account"):
            self.account = clean(record.first("N"))


def _open(sections: list[Section], kind: str, name: str | None) -> Section:
    """The section to go on with: an account's parts that follow each other are one."""
    if sections and name and (sections[-1].kind, sections[-1].name) == (kind, name):
        return sections[-1]
    sections.append(Section(kind, name))
    return sections[-1]


class _Reader:
    """Makes statements of sections."""

    def __init__(self, style: Style, currency: str) -> None:
        self.style = style
        self.currency = currency
        self.file = ParsedFile("qif", [], warnings=[style.warning] if style.warning else [])
        self.without_cash: Counter[str] = Counter()

    def read(self, section: Section) -> None:
        """Add the section's statement."""
        statement = Statement(None, None, name=section.name, type=_TYPES[section.kind])
        self.file.statements.append(statement)
        opening: Entry | None = None
        for record in section.records:
            try:
                found = None if opening else self._opening(record, statement)
                opening = opening or found
                entry = None if found else self._entry(record, statement)
            except ValueError as error:
                self.file.errors.append(LineError(record.line, f"Transaction {self.file.read + 1}: {error}."))
                self.file.read += 1
                continue
            if entry is not None:
                statement.entries.append(entry)
            if found is None:
                self.file.read += 1
        self._open_with(statement, opening)

    def _opening(self, record: Record, statement: Statement) -> Entry | None:
        # A trade that settles with its own account is no opening balance.
        plain = statement.type != "investment" or record.first("N").strip().lower() in ("", "cash")
        first = plain and not statement.entries
        opening = opening_of(record, statement.name, self.style, self.currency, first=first)
        if opening:
            statement.name = opening.payee
        return opening

    def _entry(self, record: Record, statement: Statement) -> Entry | None:
        if statement.type == "investment":
            trade = trade_entry(record, self.style, self.currency, statement.name)
            if trade is None:
                self.without_cash[clean(record.first("N")) or "?"] += 1
            return trade
        entry = bank_entry(record, self.style, self.currency)
        if not add_splits(record, entry, self.style):
            self.file.warnings.append(f"The splits (line {entry.line}) do not add up to the amount: it is kept whole.")
        return entry

    def _open_with(self, statement: Statement, opening: Entry | None) -> None:
        """The opening balance counts from its day on; with entries before it, it is an entry like them."""
        if opening is None:
            return
        if all(entry.booked_on >= opening.booked_on for entry in statement.entries):
            statement.opening = Balance(opening.booked_on, opening.amount)
        else:
            opening.payee = "Opening Balance"
            statement.entries.append(opening)
            self.file.read += 1

    def finish(self) -> ParsedFile:
        """The file, once all sections are read."""
        if self.without_cash:
            kinds = ", ".join(f"{name} {count}" for name, count in sorted(self.without_cash.items()))
            self.file.warnings.append(f"Investment records that move no cash of the account are left out: {kinds}.")
        return self.file
