"""OFX transactions as entries: STMTTRN of bank and card accounts, and the cash side of investment transactions.

Facts from the specification (OFX 2.2): DTPOSTED is read as the day it is written with, in the bank's own zone;
amounts are in CURDEF unless the transaction has a CURRENCY aggregate, then in its CURSYM; with ORIGCURRENCY they
are converted already and CURRATE is how many CURDEF one CURSYM was. An investment transaction moves cash of the
account by its TOTAL, but not when SUBACCTFUND is OTHER (paid from elsewhere), nor when income is
reinvested (REINVEST), nor in moves between sub-accounts or of securities.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal

from core.money import exponent, minor_units
from data.imports.ofx_sgml import NO_CASH, Aggregate
from data.imports.statement import Entry
from data.imports.text import clean, currency_code, decimal_of, full_year, join, minor_of, not_zeros

Warn = Callable[[str, str], None]

_DAY = re.compile(r"(\d{4})[-/.]?(\d\d)[-/.]?(\d\d)")
_SHORT_DAY = re.compile(r"(\d\d)(\d\d)(\d\d)")
_AMBIGUOUS = re.compile(r"[-+]?\d{1,3},\d{3}")
_MCC = re.compile(r"\d{4}")


class Reader:
    """Reads the values of a file: `currency` where it names none, `today` for short years, `warn(kind, text)`."""

    def __init__(self, currency: str, today: date, warn: Warn) -> None:
        self.currency = currency
        self.today = today
        self.warn = warn

    def day(self, node: Aggregate, name: str) -> date:
        """The date in the value of that name; `ValueError` when it is absent, all zeros or no date."""
        text = node.values.get(name, "")
        if not not_zeros(text):
            raise ValueError(f"{name} is missing")
        try:
            if found := _DAY.match(text):
                year, month, day = map(int, found.groups())
                if year >= 1900:
                    return date(year, month, day)
            if found := _SHORT_DAY.fullmatch(text):
                day, month, year = map(int, found.groups())
                self.warn("short day", f"{name} {text!r} (line {node.line}) was read as day, month, year.")
                return date(full_year(year, self.today), month, day)
        except ValueError:
            pass
        raise ValueError(f"{name} {text[:40]!r} is not a date")

    def day_or_none(self, node: Aggregate, name: str) -> date | None:
        """The date, or None: an optional field that is wrong does not cost the transaction."""
        try:
            return self.day(node, name)
        except ValueError:
            return None

    def amount(self, text: str, currency: str, line: int) -> int:
        """Minor units. A single comma is decimal, as the type of the field says; a doubtful one is told."""
        if not text.strip():
            raise ValueError("the amount is missing")
        if _AMBIGUOUS.fullmatch(text.strip()):
            self.warn("comma", f"The comma in {text.strip()!r} (line {line}) was read as a decimal comma.")
        return minor_of(text, currency)

    def bank_entry(self, node: Aggregate) -> Entry:
        """A STMTTRN, or the pending STMTTRNP; `ValueError` says what is wrong with it."""
        pending = node.name == "STMTTRNP"
        booked_on = self.day(node, "DTTRAN" if pending else "DTPOSTED")
        entry = self._entry(node, booked_on, node.values.get("TRNAMT", ""))
        value = node.values.get
        entry.pending = pending
        entry.value_on = self.day_or_none(node, "DTAVAIL")
        entry.payee = clean(value("EXTDNAME") or value("NAME") or node.value("PAYEE", "NAME"))
        entry.purpose = clean(value("MEMO"))
        entry.reference = not_zeros(value("CHECKNUM")) or not_zeros(value("CHKNUM")) or not_zeros(value("REFNUM"))
        entry.counterparty = clean(node.value("BANKACCTTO", "ACCTID") or node.value("CCACCTTO", "ACCTID"))
        entry.external_id = not_zeros(value("FITID"))
        sic = not_zeros(value("SIC"))
        entry.mcc = sic if sic and _MCC.fullmatch(sic) else None
        return entry

    def trade_entry(self, node: Aggregate) -> tuple[Entry, str] | None:
        """The cash side of an investment transaction and the security's id; None when no cash of the account moved."""
        inner = node.children.get("INVBUY") or node.children.get("INVSELL") or node
        text = inner.values.get("FRACCASH" if node.name == "SPLIT" else "TOTAL", "")
        outside = inner.values.get("SUBACCTFUND", "").upper() == "OTHER"
        if node.name in NO_CASH or outside or (node.name == "SPLIT" and not text):
            return None
        about = inner.children.get("INVTRAN", inner)
        entry = self._entry(inner, self.day(about, "DTTRADE"), text)
        entry.line = node.line
        entry.value_on = self.day_or_none(about, "DTSETTLE")
        entry.purpose = join([about.values.get("MEMO") or node.name])
        entry.external_id = not_zeros(about.values.get("FITID"))
        return entry, inner.value("SECID", "UNIQUEID")

    def _entry(self, node: Aggregate, booked_on: date, text: str) -> Entry:
        """The entry with its amount and currencies."""
        home = currency_code(node.outer("CURDEF"))
        currency = currency_code(node.value("CURRENCY", "CURSYM")) or home
        if currency is None:
            self.warn("currency", f"The file names no currency: its amounts were read as {self.currency}.")
            currency = self.currency
        entry = Entry(booked_on, self.amount(text, currency, node.line), currency, line=node.line)
        original = currency_code(node.value("ORIGCURRENCY", "CURSYM"))
        if original and original != currency:
            entry.original_amount = _original(entry, original, node.value("ORIGCURRENCY", "CURRATE"))
            entry.original_currency = original if entry.original_amount is not None else None
        return entry


def _original(entry: Entry, currency: str, rate_text: str) -> int | None:
    """What the amount was before the bank converted it at its CURRATE, to the nearest minor unit; None without rate."""
    try:
        rate = decimal_of(rate_text)
        if rate <= 0:
            return None
        amount = Decimal(entry.amount).scaleb(-exponent(entry.currency)) / rate
        return minor_units(amount.quantize(Decimal(1).scaleb(-exponent(currency)), ROUND_HALF_EVEN), currency)
    except (ArithmeticError, ValueError):
        return None
