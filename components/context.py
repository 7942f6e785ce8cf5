"""What every part of a page needs to know to be drawn: the answer, the locale and the view that was asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from components.format import Format
from components.query import View
from core.period import Months, Period
from data.schemas.dashboard import DashboardData, Envelope
from data.schemas.figures import FigureDefinition


@dataclass(frozen=True, slots=True)
class Picture:
    """One dashboard answer, to be drawn for one tenant."""

    answer: Envelope[DashboardData]
    fmt: Format
    months: Months = field(default_factory=Months)
    view: View = field(default_factory=View)
    definitions: Mapping[str, FigureDefinition] = field(default_factory=dict)
    """What the figures mean, by the pattern of their ids; without any, figures lead to no explanation."""

    @property
    def data(self) -> DashboardData:
        return self.answer.data

    @property
    def currency(self) -> str:
        return self.answer.currency

    @property
    def days(self) -> Period:
        return Period.closed(self.answer.period.from_, self.answer.period.to)

    @property
    def span(self) -> str:
        """The period in words: `1 Dec 2025 – 30 Nov 2026`."""
        return self.fmt.span(self.answer.period.from_, self.answer.period.to)

    @property
    def before(self) -> str:
        """The period it is compared with, in words."""
        previous = self.months.previous(self.days)
        return self.fmt.span(previous.start, previous.last)

    @property
    def unfinished_month(self) -> str | None:
        """The month (`YYYY-MM`) that holds today and has days to come; None when it lies outside the period."""
        today, index = self.answer.as_of, self.months.index(self.answer.as_of)
        running = today in self.days and today < self.months.last(index)
        return self.months.name(index) if running else None

    def exact(self, amount: str | None, *, signed: bool = False) -> str:
        return self.fmt.money(amount, self.currency, signed=signed)

    def whole(self, amount: str | None, *, signed: bool = False) -> str:
        return self.fmt.whole(amount, self.currency, signed=signed)
