"""Where balances are heading: the forecast's panel, with how far such forecasts were off."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from components.axes import height
from components.charts_forecast import forecast_chart
from components.flow_panels import Panel, nothing
from components.format import Format
from components.lazy import lazy_table
from components.parts import about
from data.schemas.cash_flow import BalanceDay
from data.schemas.dashboard import Envelope
from data.schemas.recurring import Forecast, ForecastError, ForecastPoint

_TITLE = "Balance forecast"
_WEEK = 7
_WHY = {
    "short_history": "A forecast needs three months of bookings; there are fewer yet.",
    "no_accounts": "There is no open cash, checking, savings or card account to forecast.",
    "no_rates": "No exchange rate is known for these accounts, so their balances cannot be added up.",
}


def forecast_panel(answer: Envelope[Forecast], held: Sequence[BalanceDay], fmt: Format) -> Panel:
    """The line of the last weeks and the next 90 days, whatever period the page shows."""
    data, currency = answer.data, answer.currency
    if not data.points or not held:
        return nothing(_TITLE, "", _WHY.get(data.reason or "", _WHY["short_history"]))
    span = fmt.span(answer.as_of, data.points[-1].date)
    rows = [
        (fmt.day(point.date), *(fmt.money(amount, currency) for amount in (point.expected, point.low, point.high)),
         fmt.money(point.recurring, currency, signed=True))
        for point in data.points[_WEEK - 1 :: _WEEK]
    ]  # fmt: skip
    table = lazy_table(f"{_TITLE}, {span}", ("Day", "Expected", "Low (10 %)", "High (90 %)", "Recurring"), rows)
    said = _sentence(data.points, data.error, len(data.account_ids), currency, answer.as_of, fmt)
    return about(_TITLE, span, said), forecast_chart(held, data.points, currency, fmt), table


def _sentence(
    points: Sequence[ForecastPoint], error: ForecastError | None, accounts: int, currency: str, today: date, fmt: Format
) -> str:
    last, lowest = points[-1], min(points, key=lambda point: height(point.expected))
    whole = "Your account" if accounts == 1 else f"Your {accounts} everyday accounts together"
    said = (
        f"{whole} should hold {fmt.whole(last.expected, currency)} on {fmt.day(last.date)}, in 8 of 10 cases between "
        f"{fmt.whole(last.low, currency)} and {fmt.whole(last.high, currency)}. The lowest expected is "
        f"{fmt.whole(lowest.expected, currency)} on {fmt.day_of(lowest.date, today.year)}."
    )
    if error is None:
        return f"{said} There is too little history yet to say how far off such a forecast is."
    return (
        f"{said} Made the same way for the last {error.tests} months, it was off by "
        f"{fmt.whole(error.median, currency)} after {error.days} days (median)."
    )
