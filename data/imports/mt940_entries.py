"""Field 61, the statement line: dates, mark, amount, references; with field 86 it makes an entry.

`6!n[4!n]2a[1!a]15d1!a3!c16x[//23x]` and a second line of details. The first date is the value date, the second, without
a year, the booking date. RC is the reversal of a credit, so money leaves; RD brings it back; EC and ED are
only expected. The bank's reference behind `//` is no external id: some banks number their lines anew
in every statement, and the same number would then stand for two bookings.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable
from datetime import date

from data.imports.mt940_details import Details, account_of, details_of, reference_of
from data.imports.mt940_fields import Field
from data.imports.statement import Entry
from data.imports.text import clean, full_year, join, minor_of

Warn = Callable[[str, str], None]

_LINE = re.compile(
    r"(?P<value>\d{6})(?P<entry>\d{4}|\s{4})?\s?(?P<mark>[RE]?[DC])[A-Z]?\s?(?P<amount>\d[\d.,']*|,\d+)(?P<rest>.*)",
    re.DOTALL,
)
_KIND = re.compile(r"[A-Z][A-Z0-9 ]{3}")
_IBAN = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}")
_ACCOUNT = re.compile(r"P?\d{7,16}")
_OUTFLOWS = {"D", "RC", "ED"}


class Reader:
    """Reads lines: `today` tells the century of years, `warn(kind, text)` what had to be assumed."""

    def __init__(self, today: date, warn: Warn) -> None:
        self.today = today
        self.warn = warn

    def day(self, text: str, line: int) -> date:
        """YYMMDD. The 30th of February, which German value dates have, is that month's last day; else `ValueError`."""
        year, month, day = full_year(int(text[:2]), self.today), int(text[2:4]), int(text[4:6])
        if not (1 <= month <= 12 and 1 <= day <= 31):
            raise ValueError(f"{text!r} is not a date (YYMMDD)")
        last = calendar.monthrange(year, month)[1]
        if day > last:
            self.warn("day", f"The date {text} (line {line}) does not exist: the last day of its month is taken.")
        return date(year, month, min(day, last))

    def entry(self, line: Field, about: list[Field], currency: str) -> Entry:
        """The entry of a field 61 and the fields 86 behind it; `ValueError` says what is wrong with it."""
        found = _LINE.match(line.text)
        if not found:
            raise ValueError(f"{line.lines[0][:40]!r} is not a statement line (date, mark, amount)")
        value_on = self.day(found["value"], line.line)
        amount = minor_of(found["amount"], currency)
        entry = Entry(
            booked_on=self._booked_on(found["entry"] or "", value_on, line.line),
            amount=-amount if found["mark"] in _OUTFLOWS else amount,
            currency=currency,
            line=line.line,
            value_on=value_on,
            pending=found["mark"].startswith("E"),
        )
        _describe(entry, found["rest"], details_of(about))
        return entry

    def _booked_on(self, text: str, value_on: date, line: int) -> date:
        """The booking date MMDD in the year that brings it nearest to the value date, or the value date without one."""
        if not text.strip():
            return value_on
        try:
            days = [self.day(f"{year % 100:02}{text}", line) for year in (value_on.year, value_on.year - 1)]
            days.append(_next_year(days[0]))
        except ValueError:
            self.warn("entry", f"The booking date {text!r} (line {line}) is none: the value date is taken.")
            return value_on
        return min(days, key=lambda day: abs(day - value_on))


def _next_year(day: date) -> date:
    return day.replace(year=day.year + 1, day=min(day.day, calendar.monthrange(day.year + 1, day.month)[1]))


def _describe(entry: Entry, rest: str, about: Details) -> None:
    """References, names and purpose from what follows the amount and from field 86."""
    first, _, more = rest.partition("\n")
    kind = _KIND.match(first)
    customer, slashes, bank = first[kind.end() if kind else 0 :].partition("//")
    # Rabobank: the name follows the reference, which is filled up to 16 characters.
    behind = clean(customer[16:]) if not slashes and customer[15:16] == " " else None
    reference = reference_of(customer[:16] if behind else customer)
    extra = clean(more)
    account = extra if _IBAN.fullmatch(extra or "") else None
    if _is_account(reference, about, named=behind is not None, extra=extra is not None):
        account, reference = reference, None
    name = behind or (extra if account and extra != account else None)
    entry.payee = about.payee or name
    entry.counterparty = about.counterparty or account_of(account)
    entry.reference = about.reference or reference or reference_of(bank)
    said = (about.purpose or "").lower()
    new = extra and extra.lower() not in said and extra not in (account, entry.payee)
    entry.purpose = join([about.purpose or about.kind, extra if new else None])


def _is_account(reference: str | None, about: Details, *, named: bool, extra: bool) -> bool:
    """Whether the customer's reference is in truth the other side's account, as Dutch banks have it."""
    if reference is None or _IBAN.fullmatch(reference):
        return reference is not None
    return bool(_ACCOUNT.fullmatch(reference) and (named or (extra and reference in (about.purpose or ""))))
