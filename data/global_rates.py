"""The European Central Bank's reference rates: its files, and the global table they are loaded into.

The history and the daily file are CSV, alone or in a zip: a header `Date, USD, JPY, ...`, then a line a day with the
units of each currency per 1 EUR, `N/A` where there is none (ECB, Euro foreign exchange reference rates). The history
writes days as 2026-10-30, the daily file as 30 October 2026.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from sqlalchemy import text
from sqlalchemy.orm import Session

from core.errors import Invalid
from core.money import is_currency
from core.rates import VIA
from data.models.tenant import RATES_VERSION, Installation

_LARGEST: Final = 64_000_000
_BATCH: Final = 10_000
_CODE: Final = re.compile(r"[A-Z]{3}")
_RATE: Final = re.compile(r"\d{1,12}(\.\d{1,12})?", re.ASCII)
_LONG_DAY: Final = re.compile(r"(\d{1,2}) ([A-Z][a-z]+) (\d{4})", re.ASCII)
_MONTHS: Final = (
    "January February March April May June July August September October November December".split()  # noqa: SIM905
)
GlobalRate = tuple[str, date, Decimal]
"""(currency, day, units per 1 EUR)."""

_STORE: Final = text(
    """
    INSERT INTO exchange_rates (base, quote, day, rate)
    SELECT :base, new.quote, new.day, new.rate
    FROM unnest(CAST(:quotes AS text[]), CAST(:days AS date[]), CAST(:rates AS numeric[])) AS new(quote, day, rate)
    ON CONFLICT (base, quote, day) DO UPDATE SET rate = excluded.rate WHERE exchange_rates.rate <> excluded.rate
    RETURNING quote, day, xmax = 0
    """
)


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a load did: how many rates the file holds, and how many of them are new or corrected."""

    read: int
    new: int
    corrected: int


@dataclass(frozen=True, slots=True)
class Unfollowed:
    """Changed rates that the tenants' transfers and alerts do not follow yet: currencies and days."""

    version: int
    currencies: frozenset[str]
    days: frozenset[date]


def load_rates(session: Session, rates: Sequence[GlobalRate]) -> Loaded:
    """Store rates; what differs replaces what is there, what is not in the file stays. A load that changes anything
    raises the global rates' version and so makes every stored answer void. The session is the directory's."""
    row = _row(session)
    ordered = sorted(rates)
    changed: list[tuple[str, date, bool]] = []
    for start in range(0, len(ordered), _BATCH):
        quotes, days, values = zip(*ordered[start : start + _BATCH], strict=True)
        parameters = {"base": VIA, "quotes": list(quotes), "days": list(days), "rates": list(values)}
        changed += [(found[0], found[1], found[2]) for found in session.execute(_STORE, parameters)]
    if changed:
        value = row.value
        row.value = {
            "version": value["version"] + 1,
            "currencies": sorted({VIA, *value.get("currencies", ()), *(quote for quote, _, _ in changed)}),
            "days": sorted({*value.get("days", ()), *(day.isoformat() for _, day, _ in changed)}),
        }
    new = sum(fresh for _, _, fresh in changed)
    return Loaded(len(rates), new, len(changed) - new)


def unfollowed(session: Session) -> Unfollowed | None:
    """What loads changed since the tenants last followed, also by one that was broken off; None for nothing."""
    value = _row(session).value
    if not value.get("days"):
        return None
    days = frozenset(map(date.fromisoformat, value["days"]))
    return Unfollowed(value["version"], frozenset(value["currencies"]), days)


def note_followed(session: Session, done: Unfollowed) -> None:
    """Forget what was followed, unless another load came in between."""
    row = _row(session)
    if row.value["version"] == done.version:
        row.value = {"version": done.version}


def _row(session: Session) -> Installation:
    """The row of the rates' version, locked: one load at a time."""
    return session.get_one(Installation, RATES_VERSION, with_for_update=True)


def read_rates(data: bytes) -> list[GlobalRate]:
    """The rates of a file of the European Central Bank; `Invalid` says what is wrong with any other one.

    Currencies that the product does not know are left out: no account can be in them.
    """
    try:
        text_ = _unzipped(data).decode("ascii")
    except UnicodeDecodeError as error:
        raise _refused("it is not text") from error
    lines = csv.reader(io.StringIO(text_))
    header = [cell.strip() for cell in next(lines, [])]
    codes = header[1:-1] if header and not header[-1] else header[1:]
    if header[:1] != ["Date"] or not codes or not all(map(_CODE.fullmatch, codes)) or len(set(codes)) < len(codes):
        raise _refused("its first line is not Date and currency codes")
    found: dict[tuple[str, date], Decimal] = {}
    for number, line in enumerate(lines, 2):
        cells = [cell.strip() for cell in line]
        if any(cells):
            for currency, day, rate in _line(codes, cells, number):
                if found.setdefault((currency, day), rate) != rate:
                    raise _refused(f"line {number} contradicts an earlier one")
    if not found:
        raise _refused("it holds no rates")
    return [(currency, day, rate) for (currency, day), rate in found.items()]


def _line(codes: list[str], cells: list[str], number: int) -> Iterator[GlobalRate]:
    if len(cells) - len(codes) not in (1, 2) or any(cells[len(codes) + 1 :]):
        raise _refused(f"line {number} has {len(cells)} columns, its header {len(codes) + 1}")
    day = _day(cells[0])
    if day is None:
        raise _refused(f"line {number} does not begin with a day")
    for code, cell in zip(codes, cells[1:], strict=False):
        if cell in ("N/A", ""):
            continue
        if not _RATE.fullmatch(cell) or not Decimal(cell):
            raise _refused(f"line {number} has no rate above 0 for {code}")
        if is_currency(code):
            yield code, day, Decimal(cell)


def _day(cell: str) -> date | None:
    spelt = _LONG_DAY.fullmatch(cell)
    try:
        if spelt:
            return date(int(spelt[3]), _MONTHS.index(spelt[2]) + 1, int(spelt[1]))
        return date.fromisoformat(cell)
    except ValueError:
        return None


def _unzipped(data: bytes) -> bytes:
    """The file itself, or the one file inside the zip."""
    if not data.startswith(b"PK"):
        return data
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = [entry for entry in archive.infolist() if not entry.is_dir()]
            if len(entries) != 1:
                raise _refused(f"the zip holds {len(entries)} files")
            with archive.open(entries[0]) as file:
                found = file.read(_LARGEST + 1)
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError) as error:
        raise _refused("the zip is damaged or locked") from error
    if len(found) > _LARGEST:
        raise _refused("it is too large")
    return found


def _refused(why: str) -> Invalid:
    return Invalid(f"This is not a file of the European Central Bank's reference rates: {why}", code="not_rates")
