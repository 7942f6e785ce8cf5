"""The payments that come back, on the days on which they are due: five weeks, what is overdue, what costs more now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from components.axes import height
from components.elements import Link, html
from components.flow_view import FlowView
from components.format import Format, counted
from components.lazy import lazy_table
from components.parts import HIDDEN, about, icon, spoken
from core.i18n import N_, _
from core.money import format_amount, parse_amount
from data.schemas.recurring import PriceChange, Recurring

_DAY: Final = timedelta(days=1)
_WEEKS: Final = 5
_AHEAD: Final = 30
_LATELY: Final = timedelta(days=90)
_IN_A_DAY: Final = 4
_TITLE: Final = N_("Recurring payments")


@dataclass(frozen=True, slots=True)
class Calendar:
    """The series and when it is; money in words is in `currency`."""

    series: Sequence[Recurring]
    today: date
    currency: str
    fmt: Format
    view: FlowView

    def due(self, day: date) -> list[Recurring]:
        """What is due on that day, the largest first."""
        found = [each for each in self.series if not each.ended and day in each.upcoming]
        return sorted(found, key=lambda each: (-abs(height(each.amount)), each.payee))

    @property
    def overdue(self) -> list[tuple[date, Recurring]]:
        """What should have come before today."""
        late = [(min(each.upcoming), each) for each in self.series if not each.ended and each.upcoming]
        return sorted(((day, each) for day, each in late if day < self.today), key=lambda pair: (pair[0], pair[1].id))

    def dearer(self, one: Recurring) -> PriceChange | None:
        """Its last price, if that changed in the last 90 days."""
        last = one.price_changes[-1] if one.price_changes else None
        return last if last is not None and last.date >= self.today - _LATELY else None


def due(calendar: Calendar) -> list[Any]:
    """The panel of recurring payments."""
    fmt = calendar.fmt
    if not any(not each.ended for each in calendar.series):
        said = _("No payments come back yet. One that is seen three times at a steady interval will be here.")
        return about(_(_TITLE), "", said)
    first = calendar.today - timedelta(days=calendar.today.weekday())
    days = [first + place * _DAY for place in range(7 * _WEEKS)]
    heads = html.Div([html.Span(fmt.weekday(place)) for place in range(7)], className="due-heads", **HIDDEN)
    table = lazy_table(
        _("Recurring payments, all"),
        [_(name) for name in _COLUMNS],
        [_cells(each, calendar) for each in calendar.series],
        3,
    )
    return [
        *about(_(_TITLE), fmt.span(days[0], days[-1]), _sentence(calendar)),
        *_late(calendar),
        heads,
        html.Ol([_day(day, calendar) for day in days], className="due"),
        html.Div(table, className="panel-foot"),
    ]


def _sentence(calendar: Calendar) -> str:
    """What comes in the next 30 days; what goes to own accounts is neither due nor income."""
    sums, others = {True: 0, False: 0}, 0
    for each in calendar.series:
        times = sum(calendar.today <= day < calendar.today + _AHEAD * _DAY for day in each.upcoming)
        if each.kind in ("transfer", "saving") or each.ended or not times:
            continue
        if each.currency == calendar.currency:
            minor = parse_amount(each.amount, each.currency) * times
            sums[minor > 0] += abs(minor)
        else:
            others += times
    currency = calendar.currency
    out, into = (calendar.fmt.whole(format_amount(sums[side], currency), currency) for side in (False, True))
    said = _("In the next {ahead} days {out} are due and {into} should come in.", ahead=_AHEAD, out=out, into=into)
    if others:
        payments = counted(others, "payment", "payments", calendar.fmt)
        said = f"{said} {_('{payments} in other currencies not counted.', payments=payments)}"
    return said


def _late(calendar: Calendar) -> list[Any]:
    """Overdue payments, and prices that changed lately."""
    fmt, lines = calendar.fmt, []
    for day, each in calendar.overdue:
        words = _("was due on {day}", day=fmt.day_of(day, calendar.today.year))
        lines.append(_note("alert-circle", each, words, "warning", calendar))
    for each in calendar.series:
        change = None if each.ended else calendar.dearer(each)
        if change is not None:
            since = fmt.day_of(change.date, calendar.today.year)
            words = _("instead of {before} since {since}", before=fmt.money(change.before, each.currency), since=since)
            lines.append(_note("arrow-up-right" if _more(change) else "arrow-down-right", each, words, "", calendar))
    return [html.Ul(lines, className="due-notes")] if lines else []


def _more(change: PriceChange) -> bool:
    return abs(height(change.after)) > abs(height(change.before))


def _note(picture: str, each: Recurring, words: str, css: str, calendar: Calendar) -> html.Li:
    amount = html.Span(calendar.fmt.money(each.amount, each.currency, signed=True), className="money")
    return html.Li([icon(picture), html.Span([_payee(each, calendar), " ", amount, " ", words])], className=css)


def _payee(each: Recurring, calendar: Calendar) -> Link:
    href = calendar.view.bookings(("q", each.payee), ("account_id", each.account_id), ("period", "all"))
    return Link(each.payee, href=href, className="due-payee", title=each.payee)


def _day(day: date, calendar: Calendar) -> html.Li:
    found, fmt = calendar.due(day), calendar.fmt
    css = ["due-day"]
    css += ["is-gone"] if day < calendar.today else []
    css += ["is-today"] if day == calendar.today else []
    css += ["is-empty"] if not found else []
    number = html.Span(str(day.day), className="due-number", **HIDDEN)
    name = html.Span(f"{fmt.weekday(day.weekday())} {fmt.day_of(day, calendar.today.year)}", className="due-name")
    items = [_item(each, day, calendar) for each in found[:_IN_A_DAY]]
    rest = len(found) - _IN_A_DAY
    more = [html.Li(_("and {rest} more", rest=rest), className="quiet")] if rest > 0 else []
    return html.Li(
        [html.Time([number, name], dateTime=day.isoformat()), html.Ul([*items, *more])], className=" ".join(css)
    )


def _item(each: Recurring, day: date, calendar: Calendar) -> html.Li:
    amount = calendar.fmt.money(each.amount, each.currency, signed=True)
    marks: list[Any] = []
    if day < calendar.today:
        marks.append(html.Span([icon("alert-circle"), spoken(_("overdue"))], className="warning"))
    elif calendar.dearer(each) is not None:
        marks.append(html.Span([icon("arrow-up-right"), spoken(_("new price"))]))
    if each.kind == "transfer":
        marks.append(html.Span([icon("arrows-left-right"), spoken(_("transfer"))]))
    css = "money inflow" if height(each.amount) > 0 and each.kind != "transfer" else "money"
    return html.Li(
        [_payee(each, calendar), html.Span([*marks, html.Span(amount, className=css)], className="due-amount")]
    )


_INTERVALS: Final = {
    "weekly": N_("Weekly"),
    "fortnightly": N_("Fortnightly"),
    "monthly": N_("Monthly"),
    "quarterly": N_("Quarterly"),
    "yearly": N_("Yearly"),
}
_COLUMNS = (N_("Payee"), N_("Interval"), N_("Next"), N_("Amount"), N_("Confidence"), N_("Last price"))


def _cells(each: Recurring, calendar: Calendar) -> tuple[str, ...]:
    fmt = calendar.fmt
    change = each.price_changes[-1] if each.price_changes else None
    return (
        each.payee,
        _(_INTERVALS.get(each.interval, each.interval.capitalize())),
        _("Ended") if each.next_on is None else fmt.day(each.next_on),
        fmt.money(each.amount, each.currency, signed=True),
        fmt.percent(each.confidence),
        "" if change is None else fmt.money(change.before, each.currency),
    )
