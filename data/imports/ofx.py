"""OFX and QFX statements (OFX 1 in SGML, OFX 2 in XML) of bank, card and investment accounts.

One statement per STMTRS, CCSTMTRS or INVSTMTRS. LEDGERBAL is the closing balance, AVAILCASH that of an investment
account (its entries are its cash). FITID is the bank's id of a booking only where it is one: where ids repeat
within an account of the file, none of them is used.
"""

from __future__ import annotations

import re
from collections import Counter

from data.imports.ofx_entries import Reader
from data.imports.ofx_sgml import STATEMENTS, TRADES, Aggregate, aggregates
from data.imports.rules import distrust_repeated_ids
from data.imports.statement import Balance, Entry, LineError, Options, ParsedFile, Statement, Unreadable
from data.imports.text import clean, currency_code, decode, not_zeros, refuse_foreign

_START = re.compile(r"<OFX[\s>]", re.IGNORECASE)
_MARK = re.compile(rb"OFXHEADER|<\?OFX\s|<OFX[\s>]", re.IGNORECASE)
_CHARSET = re.compile(r"CHARSET:\s*(.*?)\s*(?:COMPRESSION|$)", re.IGNORECASE | re.MULTILINE)
_XML_ENCODING = re.compile(r"<\?xml[^>]*?encoding\s*=\s*[\"']([^\"']+)", re.IGNORECASE)
_TYPES = {
    "CHECKING": "checking",
    "SAVINGS": "savings",
    "MONEYMRKT": "savings",
    "CD": "savings",
    "CREDITLINE": "credit_card",
}


def sniff(data: bytes) -> bool:
    """Whether the first bytes are those of an OFX file."""
    return bool(_MARK.search(data[:4096].replace(b"\0", b"")))


def parse(data: bytes, options: Options) -> ParsedFile:
    """Read an OFX or QFX file; `Unreadable` when it is something else, cut off, or holds no statement."""
    refuse_foreign(data, "an OFX")
    text = decode(data, _declared(data[:4096].decode("latin-1")))
    start = _START.search(text)
    if not start:
        raise Unreadable("The file has no <OFX> element, so it is not an OFX statement (read to its end).")
    if (at := text.find("<!ENTITY", 0, start.start())) >= 0:
        line = text.count("\n", 0, at) + 1
        raise Unreadable(f"The file declares entities, which no OFX statement needs (line {line}).")
    builder = _Builder(options)
    # The header is no tags, but line numbers count from the file's beginning.
    for node in aggregates("\n" * text.count("\n", 0, start.start()) + text[start.start() :]):
        builder.take(node)
    return builder.finish()


def _declared(head: str) -> str | None:
    """The encoding that the header names, by a name that Python knows."""
    if found := _XML_ENCODING.search(head):
        return found[1]
    found = _CHARSET.search(head.partition("<")[0])
    if not found or found[1].upper() == "NONE":
        return None
    name = found[1].lower()
    if name.startswith("8859-"):
        return f"iso-{name}"
    return f"cp{name}" if name.isdigit() else name


class _Builder:
    """Collects what closes, in the order of the file, into statements."""

    def __init__(self, options: Options) -> None:
        self.file = ParsedFile("ofx", [])
        self.warned: set[str] = set()
        self.reader = Reader(options.currency, options.today, self.warn)
        self.entries: list[Entry] = []
        self.trades: list[tuple[Entry, str]] = []
        self.securities: dict[str, str] = {}
        self.without_cash: Counter[str] = Counter()
        self.failures: list[str] = []

    def warn(self, kind: str, text: str) -> None:
        """Tell it once of a kind: a file repeats its habits on every line."""
        if kind not in self.warned:
            self.warned.add(kind)
            self.file.warnings.append(text)

    def take(self, node: Aggregate) -> None:
        if node.name in STATEMENTS:
            self.file.statements.append(self._statement(node))
        elif node.name == "SECINFO":
            name = node.values.get("SECNAME") or node.values.get("TICKER")
            self.securities[node.value("SECID", "UNIQUEID")] = name or ""
        elif node.name == "STATUS":
            if node.values.get("SEVERITY", "").upper() == "ERROR":
                message = clean(node.values.get("MESSAGE")) or "no message"
                code = clean(node.values.get("CODE")) or "?"
                self.failures.append(f"{message} (code {code}, line {node.line})")
        else:
            self._transaction(node)

    def _transaction(self, node: Aggregate) -> None:
        try:
            if node.name in TRADES:
                trade = self.reader.trade_entry(node)
                if trade is None:
                    self.without_cash[node.name] += 1
                else:
                    self.entries.append(trade[0])
                    self.trades.append(trade)
            else:
                self.entries.append(self.reader.bank_entry(node))
        except ValueError as error:
            self.file.errors.append(LineError(node.line, f"Transaction {self.file.read + 1}: {error}."))
        self.file.read += 1

    def _statement(self, node: Aggregate) -> Statement:
        """The statement that just closed, with the entries read since the last one."""
        entries, self.entries = self.entries, []
        own = {entry.currency for entry in entries} if not currency_code(node.values.get("CURDEF")) else set()
        named = own if "currency" not in self.warned else set()
        account = next((node.children[tag] for tag in _ACCOUNTS if tag in node.children), node)
        return Statement(
            account=clean(account.values.get("ACCTID")),
            currency=currency_code(node.values.get("CURDEF")) or (named.pop() if len(named) == 1 else None),
            entries=entries,
            institution=clean(_root(node).value("SIGNONMSGSRSV1", "SONRS", "FI", "ORG")),
            type=_ACCOUNTS.get(account.name) or _TYPES.get(account.values.get("ACCTTYPE", "").upper()),
            closing=self._closing(node),
        )

    def _closing(self, node: Aggregate) -> Balance | None:
        """LEDGERBAL on its DTASOF, or on the last day of the list where the bank gives no date."""
        investment = node.name == "INVSTMTRS"
        about = node.children.get("INVBAL" if investment else "LEDGERBAL")
        amount = about.values.get("AVAILCASH" if investment else "BALAMT", "") if about else ""
        days = [(node if investment or about is None else about, "DTASOF")]
        days += [(node.children[tag], "DTEND") for tag in ("BANKTRANLIST", "INVTRANLIST") if tag in node.children]
        if not amount.strip():
            return None
        try:
            minor = self.reader.amount(
                amount, currency_code(node.values.get("CURDEF")) or self.reader.currency, node.line
            )
            day = next(day for day in (self.reader.day_or_none(*place) for place in days) if day)
        except (ValueError, StopIteration):
            self.file.warnings.append(f"The balance {amount.strip()[:40]!r} (line {node.line}) could not be read.")
            return None
        if not not_zeros(days[0][0].values.get(days[0][1])):
            self.file.warnings.append(f"The balance (line {node.line}) has no date: the end of the list is taken.")
        return Balance(day, minor)

    def finish(self) -> ParsedFile:
        """The file, once all of it is read."""
        if not self.file.statements:
            raise Unreadable(self._no_statement())
        self.file.warnings += [f"The bank answered with an error: {failure}." for failure in self.failures]
        for entry, security in self.trades:
            entry.payee = clean(self.securities.get(security)) or clean(security)
        if self.without_cash:
            kinds = ", ".join(f"{name} {count}" for name, count in sorted(self.without_cash.items()))
            self.file.warnings.append(
                f"Investment transactions that move no cash of the account are left out: {kinds}."
            )
        self.file.warnings += distrust_repeated_ids(self.file.statements, "FITID", required=True)
        return self.file

    def _no_statement(self) -> str:
        if self.failures:
            return f"The bank answered with an error instead of a statement: {self.failures[0]}."
        if self.entries or self.file.errors:
            return "The file has transactions outside of any statement (no STMTRS, CCSTMTRS or INVSTMTRS)."
        return "The OFX file holds no statement (no STMTRS, CCSTMTRS or INVSTMTRS up to its end)."


_ACCOUNTS = {"BANKACCTFROM": None, "CCACCTFROM": "credit_card", "INVACCTFROM": "investment"}


def _root(node: Aggregate) -> Aggregate:
    """The outermost aggregate of the file (OFX)."""
    while node.parent is not None and node.parent.name:
        node = node.parent
    return node
