"""Figures and dates as people write them in the tenant's locale (Babel, CLDR).

Money arrives as the decimal strings of the schemas and leaves as text; it never passes through a float.
A minus is the true minus sign (U+2212). What is not known is an en dash.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal
from functools import lru_cache
from typing import Any

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_interval, format_skeleton
from babel.numbers import (
    format_compact_currency,
    format_compact_decimal,
    format_currency,
    format_decimal,
    format_percent,
)

from core.i18n import _, ngettext

_GLUED = re.compile(r"(?<=[^\W\d_])(?=\d)")
UNKNOWN = "–"
MINUS = "−"
_LONG = 10  # characters; a longer key figure is shortened


@lru_cache(maxsize=256)
def _locale(name: str) -> Locale:
    try:
        return Locale.parse(name.replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        return Locale("en")


def _tidy(text: str) -> str:
    """A true minus sign, and room between a currency's letters and the number (CLDR, currencySpacing)."""
    return _GLUED.sub("\u00a0", text.replace("-", MINUS))


@lru_cache(maxsize=8192)
def _exact(amount: str, currency: str, locale: str) -> str:
    """Kept because one page says most amounts more than once: in a mark's hover, in a table, in a sentence."""
    return _tidy(format_currency(Decimal(amount), currency, locale=_locale(locale)))


def _signed(text: str, value: Decimal | float) -> str:
    return f"+{text}" if value > 0 else text


@dataclass(frozen=True, slots=True)
class Format:
    """Texts in one locale, such as `Format("de-DE")`. An unknown locale falls back to English."""

    name: str = "en"

    @property
    def locale(self) -> Locale:
        return _locale(self.name)

    @property
    def separators(self) -> str:
        """The decimal mark and the one between thousands, as Plotly takes them: `,.` in German."""
        symbols: Any = self.locale.number_symbols
        latin = symbols.get("latn", symbols)
        return f"{latin['decimal']}{latin['group']}"

    def money(self, amount: str | None, currency: str, *, signed: bool = False) -> str:
        """The exact amount with all its decimals: `€1,234.50`, `−€7.00`, signed `+€7.00`."""
        if amount is None:
            return UNKNOWN
        text = _exact(amount, currency, self.name)
        return _signed(text, Decimal(amount)) if signed else text

    def whole(self, amount: str | None, currency: str, *, signed: bool = False) -> str:
        """The amount rounded to whole units: `€1,235`."""
        if amount is None:
            return UNKNOWN
        value = Decimal(amount).quantize(Decimal(1), ROUND_HALF_EVEN)
        text = format_currency(value + 0, currency, locale=self.locale, currency_digits=False, format=self._no_cents())
        text = _tidy(text)
        return _signed(text, value) if signed else text

    def key_figure(self, amount: str | None, currency: str, *, signed: bool = False) -> str:
        """The whole amount while it fits a card, else shortened: `€12.3M`. Show the exact one beside it."""
        text = self.whole(amount, currency, signed=signed)
        if amount is None or len(text) <= _LONG:
            return text
        value = Decimal(amount)
        digits = 2 - value.adjusted() % 3  # three digits in all
        text = _tidy(format_compact_currency(value, currency, locale=self.locale, fraction_digits=digits))
        return _signed(text, value) if signed else text

    def short(self, value: float) -> str:
        """A number on an axis: `12K`, `1.5M`."""
        digits = 0 if value == int(value) and abs(value) < 1000 else 1
        text = str(format_compact_decimal(value, locale=self.locale, fraction_digits=digits))
        if abs(value) >= 1000 and not any(letter.isalpha() for letter in text):
            text = str(format_decimal(round(value), locale=self.locale))  # this locale has no short thousands
        return text.replace("-", MINUS)

    def count(self, number: int) -> str:
        return str(format_decimal(number, locale=self.locale))

    def percent(self, ratio: float | None, digits: int = 0) -> str:
        """A ratio as a percentage: `0.314` is `31%`."""
        if ratio is None:
            return UNKNOWN
        shown = round(ratio, digits + 2) + 0.0
        pattern = self.locale.percent_formats[None].pattern.replace("0", f"0.{'0' * digits}", 1) if digits else None
        return format_percent(shown, format=pattern, locale=self.locale).replace("-", MINUS)

    def points(self, difference: float | None) -> str:
        """The difference of two ratios in percentage points: `+2.1 pts`."""
        if difference is None:
            return UNKNOWN
        value = round(difference * 100, 1) + 0.0
        number = str(format_decimal(value, format="#,##0.#", locale=self.locale)).replace("-", MINUS)
        return _("{signed} pts", signed=_signed(number, value))

    def day(self, day: date) -> str:
        """`12 Nov 2026`."""
        return str(format_skeleton("yMMMd", day, locale=self.locale))

    def day_of(self, day: date, year: int) -> str:
        """Without the year when it is `year`: `12 Nov`."""
        if day.year != year:
            return self.day(day)
        return str(format_skeleton("MMMd", day, locale=self.locale))

    def month(self, name: str) -> str:
        """`July 2026` of `2026-07`."""
        return str(format_skeleton("yMMMM", date.fromisoformat(f"{name}-01"), locale=self.locale))

    def month_short(self, name: str) -> str:
        """`Jul` of `2026-07`."""
        return str(format_date(date.fromisoformat(f"{name}-01"), format="MMM", locale=self.locale))

    def weekday(self, place: int) -> str:
        """`Mon` of 0 .. `Sun` of 6."""
        return str(self.locale.days["format"]["abbreviated"][place])

    def span(self, first: date, last: date) -> str:
        """`1 Dec 2025 – 30 Nov 2026`."""
        if first == last:
            return self.day(first)
        return str(format_interval(first, last, "yMMMd", locale=self.locale))

    def _no_cents(self) -> str:
        return str(self.locale.currency_formats["standard"].pattern).replace("0.00", "0")


def counted(number: int, one: str, many: str, fmt: Format) -> str:
    """`1 account`, `2 accounts`."""
    return f"{fmt.count(number)} {ngettext(one, many, number)}"
