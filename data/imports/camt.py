"""CAMT statements of ISO 20022: camt.053 (end of day), camt.052 (interim report) and camt.054 (notification).

All versions; one statement per Stmt, Rpt or Ntfctn. OPBD, else PRCD (the balance the one before closed with), is the
opening balance, CLBD the closing one; available, forward and interim balances are no book balances.
"""

from __future__ import annotations

import re

from data.imports.camt_entries import amount_of, day_of, entry_of, is_information, number_of, sign_of
from data.imports.camt_xml import STATEMENTS, Node, elements
from data.imports.rules import distrust_repeated_ids, opening_day
from data.imports.statement import Balance, Entry, LineError, Options, ParsedFile, Statement, Unreadable
from data.imports.text import clean, currency_code, decode, refuse_foreign

_MARK = re.compile(rb"camt\.05[234]|<(\w+:)?BkToCstmr(Stmt|AcctRpt|DbtCdtNtfctn)\b")
_ENCODING = re.compile(r"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([^\"']+)")
_TYPES = {"CACC": "checking", "TRAN": "checking", "CURR": "checking", "SVGS": "savings", "LOAN": "loan", "CASH": "cash"}


def sniff(data: bytes) -> bool:
    """Whether the namespace or the message element near the start is one of CAMT."""
    return bool(_MARK.search(data[:8192].replace(b"\0", b"")))


def parse(data: bytes, options: Options) -> ParsedFile:
    """Read a CAMT file; `Unreadable` when it is no XML, broken or cut off, or another message."""
    refuse_foreign(data, "a CAMT")
    declared = _ENCODING.search(data[:512].decode("latin-1"))
    builder = _Builder(options)
    for node in elements(decode(data, declared[1] if declared else None)):
        if node.name == "Ntry":
            builder.entry(node)
        else:
            builder.statement(node)
    return builder.finish()


class _Builder:
    """Collects entries until their statement closes."""

    def __init__(self, options: Options) -> None:
        self.options = options
        self.file = ParsedFile("camt", [])
        self.warned: set[str] = set()
        self.entries: list[Entry] = []
        self.information = 0

    def warn(self, kind: str, text: str) -> None:
        """Tell it once of a kind."""
        if kind not in self.warned:
            self.warned.add(kind)
            self.file.warnings.append(text)

    def entry(self, node: Node) -> None:
        self.file.read += 1
        if is_information(node):
            self.information += 1
            return
        statement = node.statement or node
        fallback = currency_code(statement.value("Acct/Ccy")) or self.options.currency
        account = number_of(statement.first("Acct"))
        try:
            self.entries.append(entry_of(node, fallback, account, self.warn))
        except ValueError as error:
            self.file.errors.append(LineError(node.line, f"Entry {self.file.read}: {error}."))

    def statement(self, node: Node) -> None:
        """The statement that just closed, with the entries read since the last one."""
        entries, self.entries = self.entries, []
        self.file.format = STATEMENTS[node.name]
        currency = _currency(node, entries)
        closing = self._balance(node, ["CLBD"], currency, last=True)
        opening = self._balance(node, ["OPBD", "PRCD"], currency, last=False)
        self.file.statements.append(
            Statement(
                account=number_of(node.first("Acct")),
                currency=currency,
                entries=entries,
                name=clean(node.value("Acct/Nm")),
                institution=clean(node.value(*(f"Acct/Svcr/FinInstnId/{name}" for name in ("Nm", "BICFI", "BIC")))),
                type=_TYPES.get(node.value("Acct/Tp/Cd").upper()),
                opening=opening_day(opening, closing, entries),
                closing=closing,
            )
        )

    def _balance(self, node: Node, codes: list[str], currency: str | None, *, last: bool) -> Balance | None:
        """The first (or last, over pages) balance of the first of these types, in the account's currency."""
        for code in codes:
            found = [balance for balance in node.all("Bal") if balance.value("Tp/CdOrPrtry/Cd").upper() == code]
            own = [balance for balance in found if _balance_currency(balance) in (None, currency)]
            if found and not own:
                self.file.warnings.append(f"The {code} balance (line {found[0].line}) is not in {currency}: left out.")
            if own:
                return self._read_balance(own[-1] if last else own[0], currency or self.options.currency)
        return None

    def _read_balance(self, node: Node, currency: str) -> Balance | None:
        try:
            day = day_of(node.first("Dt"))
            if day is None:
                raise ValueError("its date is missing")
            return Balance(day, sign_of(node) * amount_of(node.first("Amt"), currency))
        except ValueError as error:
            self.file.warnings.append(f"A balance (line {node.line}) could not be read: {error}.")
            return None

    def finish(self) -> ParsedFile:
        """The file, once all of it is read."""
        if not self.file.statements:
            raise Unreadable(
                "The XML holds no CAMT statement (Stmt, Rpt or Ntfctn of a BkToCstmr message) up to its end."
            )
        if self.information:
            self.file.warnings.append(f"Entries for information only (INFO) are left out: {self.information}.")
        self.file.warnings += distrust_repeated_ids(self.file.statements, "AcctSvcrRef", required=False)
        return self.file


def _balance_currency(balance: Node) -> str | None:
    amount = balance.first("Amt")
    return currency_code(amount.attributes.get("Ccy")) if amount else None


def _currency(node: Node, entries: list[Entry]) -> str | None:
    """The account's currency: as stated, else that of its first booked balance, else the one all entries have."""
    stated = currency_code(node.value("Acct/Ccy"))
    balances = (_balance_currency(balance) for balance in node.all("Bal"))
    own = {entry.currency for entry in entries}
    return stated or next((code for code in balances if code), None) or (own.pop() if len(own) == 1 else None)
