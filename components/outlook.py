"""Where balances are heading: the forecast's panel, with how far such forecasts were off."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from components.axes import height
from components.charts_forecast import forecast_chart
from components.flow_panels import Panel, nothing
from components.format import Format
from components.lazy import Cell, lazy_table
from components.parts import about
from core.i18n import N_, _, pgettext
from data.schemas.cash_flow import BalanceDay
from data.schemas.dashboard import Envelope
from data.schemas.recurring import Forecast, ForecastError, ForecastPoint

_TITLE = N_("Balance forecast")
_WEEK = 7
_WHY = {
    "short_history": N_("A forecast needs three months of bookings; there are fewer yet."),
    "no_accounts": N_("There is no open cash, checking, savings or card account to forecast."),
    "no_rates": N_("No exchange rate is known for these accounts, so their balances cannot be added up."),
}


def forecast_panel(answer: Envelope[Forecast], held: Sequence[BalanceDay], fmt: Format) -> Panel:
    """The line of the last weeks and the next 90 days, whatever period the page shows."""
    data, currency = answer.data, answer.currency
    if not data.points or not held:
        return nothing(_(_TITLE), "", _(_WHY.get(data.reason or "", _WHY["short_history"])))
    span = fmt.span(answer.as_of, data.points[-1].date)
    rows = [_row(point, currency, fmt) for point in data.points[_WEEK - 1 :: _WEEK]]
    table = lazy_table(
        f"{_(_TITLE)}, {span}", (_("Day"), _("Expected"), _("Low (10 %)"), _("High (90 %)"), _("Recurring")), rows
    )
    said = _sentence(data.points, data.error, len(data.account_ids), currency, answer.as_of, fmt)
    chart = forecast_chart(held, data.points, currency, fmt)
    if chart["figure"]["layout"]["yaxis"]["tickvals"][0] > 0:
        said = f"{said} {_('The axis does not begin at zero.')}"
    return about(_(_TITLE), span, said), chart, table


def _row(point: ForecastPoint, currency: str, fmt: Format) -> list[Cell]:
    amounts = (fmt.money(amount, currency) for amount in (point.expected, point.low, point.high))
    recurring = fmt.money(point.recurring, currency, signed=True)
    return [(fmt.day(point.date), point.date.isoformat()), *amounts, recurring]


def _sentence(
    points: Sequence[ForecastPoint], error: ForecastError | None, accounts: int, currency: str, today: date, fmt: Format
) -> str:
    last, lowest = points[-1], min(points, key=lambda point: height(point.expected))
    whole = (
        pgettext("bank", "Your account")
        if accounts == 1
        else _("Your {accounts} everyday accounts together", accounts=accounts)
    )
    expected = _(
        "{whole} should hold {expected} on {day}, in 8 of 10 cases between {low} and {high}.",
        whole=whole,
        expected=fmt.whole(last.expected, currency),
        day=fmt.day(last.date),
        low=fmt.whole(last.low, currency),
        high=fmt.whole(last.high, currency),
    )
    least, day = fmt.whole(lowest.expected, currency), fmt.day_of(lowest.date, today.year)
    said = f"{expected} {_('The lowest expected is {amount} on {day}.', amount=least, day=day)}"
    if error is None:
        return f"{said} {_('There is too little history yet to say how far off such a forecast is.')}"
    off = _(
        "Made the same way for the last {tests} months, it was off by {median} after {days} days (median).",
        tests=error.tests,
        median=fmt.whole(error.median, currency),
        days=error.days,
    )
    return f"{said} {off}"
