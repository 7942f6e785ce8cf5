"""The panel of the cash flow page that shows what was spent day by day."""

from __future__ import annotations

from datetime import date, timedelta

from components.axes import height
from components.charts_days import WEEKS, days_chart
from components.context import Picture
from components.flow_panels import Panel, Steps, nothing
from components.flow_view import FlowView
from components.lazy import Cell, lazy_table
from components.parts import about
from core.i18n import _
from core.money import format_amount, parse_amount
from core.period import Period
from data.schemas.cash_flow import DayFlow


def days_panel(steps: Steps) -> Panel:
    """What was spent day by day, the last 53 weeks of the period at most."""
    picture, title = steps.picture, _("Spending by day")
    span = _days_span(picture.days, picture.answer.as_of)
    days = [day for day in steps.flow.data.days if day.date in span]
    spent = [day for day in days if height(day.expenses) > 0]
    words = picture.fmt.span(span.start, span.last)
    if not spent:
        return nothing(title, words, _("Nothing was spent on these days."))
    most, free = max(spent, key=lambda day: height(day.expenses)), span.days - len(spent)
    said = _(
        "The most in a day was {most} on {day}; on {free} of {days} days you spent nothing.",
        most=picture.whole(most.expenses),
        day=picture.fmt.day(most.date),
        free=free,
        days=span.days,
    )
    hrefs = {day.date: _day_href(steps.view, day.date) for day in days}
    rows = _weeks(days, picture)
    heads = (_("Week from"), _("Expenses"), _("Most in a day"), _("Days with spending"))
    table = lazy_table(_("{title} by week, {words}", title=title, words=words), heads, rows)
    return about(title, words, said), days_chart(days, span, hrefs, picture.currency, picture.fmt), table


def _weeks(days: list[DayFlow], picture: Picture) -> list[list[Cell]]:
    """The days summed by week: a page with a row for each day is slow to draw again."""
    weeks: dict[date, list[int]] = {}
    for day in days:
        monday = day.date - timedelta(days=day.date.weekday())
        if day.expenses is not None:
            weeks.setdefault(monday, []).append(parse_amount(day.expenses, picture.currency))

    def text(minor: int) -> str:
        return picture.exact(format_amount(minor, picture.currency))

    return [
        [
            (picture.fmt.day(week), week.isoformat()),
            text(sum(each)),
            text(max(each)),
            picture.fmt.count(sum(minor > 0 for minor in each)),
        ]
        for week, each in weeks.items()
    ]


def _days_span(period: Period, today: date) -> Period:
    """The part of the period that can be shown: not after today unless all of it is, 53 weeks at most."""
    end = min(period.end, today + timedelta(days=1)) if period.start <= today else period.end
    monday = end - timedelta(days=1 + (end - timedelta(days=1)).weekday())
    return Period(max(period.start, monday - timedelta(weeks=WEEKS - 1)), end)


def _day_href(view: FlowView, day: date) -> str:
    return view.bookings(("from", day.isoformat()), ("to", day.isoformat()), *view.plain.filters)
