"""The two panels with a time axis: titles, sentences and tables around their charts."""

from __future__ import annotations

from typing import Any

from components import theme
from components.axes import height
from components.charts_flow import flow_chart
from components.charts_worth import worth_chart
from components.context import Picture
from components.parts import about, data_table, key, no_chart
from data.schemas.dashboard import MonthFlow, NetWorthPoint

_WORTH_KEY = (("mark-worth", "Net worth"), ("mark-assets", "Assets"), ("mark-liabilities", "Liabilities"))
_FLOW_KEY = (("mark-income", "Income"), ("mark-expenses", "Expenses"), ("mark-net", "Net"))


def _points(picture: Picture) -> list[NetWorthPoint]:
    """The days with a net worth: on a day on which no rate converts anything there is none, which is not 0."""
    return [point for point in picture.data.summary.net_worth_history or [] if point.net_worth is not None]


def worth_figure(picture: Picture) -> theme.Chart:
    """The unpainted net worth chart, an empty frame when there is no history."""
    points = _points(picture)
    return worth_chart(points, picture.currency, picture.fmt) if points else _empty()


def worth_about(picture: Picture) -> list[Any]:
    points = _points(picture)
    if not points:
        return no_chart("Net worth", picture.span, "There are no balances to show for this view.")
    marks = key(_WORTH_KEY, "narrow-only")
    return about("Net worth", picture.span, _worth_sentence(points[0], points[-1], picture), marks)


def worth_table(picture: Picture) -> Any:
    points = _points(picture)
    if not points:
        return None
    rows = [
        (picture.fmt.day(p.date), *(picture.exact(amount) for amount in (p.net_worth, p.assets, p.liabilities)))
        for p in points
    ]
    return data_table(f"Net worth, {picture.span}", ("Day", "Net worth", "Assets", "Liabilities"), rows)


def flow_figure(picture: Picture) -> theme.Chart:
    """The unpainted chart of income against expenses, an empty frame when nothing was booked."""
    months = picture.data.transactions.by_month
    if not any(month.count for month in months):
        return _empty()
    return flow_chart(months, picture.unfinished_month, picture.currency, picture.fmt)


def flow_about(picture: Picture) -> list[Any]:
    title, months = "Income against expenses", picture.data.transactions.by_month
    if not any(month.count for month in months):
        return no_chart(title, picture.span, "There are no bookings in this period.")
    entries = [*_FLOW_KEY, ("mark-open", "unfinished month")] if picture.unfinished_month else _FLOW_KEY
    return about(title, picture.span, _flow_sentence(months, picture), key(entries))


def flow_table(picture: Picture) -> Any:
    months = picture.data.transactions.by_month
    if not any(month.count for month in months):
        return None
    rows = [
        (
            picture.fmt.month(month.month),
            picture.exact(month.income),
            picture.exact(month.expenses),
            picture.exact(month.net, signed=True),
            picture.fmt.count(month.count),
        )
        for month in months
    ]
    return data_table(
        f"Income against expenses, {picture.span}", ("Month", "Income", "Expenses", "Net", "Bookings"), rows
    )


def _worth_sentence(first: NetWorthPoint, last: NetWorthPoint, picture: Picture) -> str:
    now, start = picture.whole(last.net_worth), picture.whole(first.net_worth)
    before, after = height(first.net_worth), height(last.net_worth)
    since = picture.fmt.day(first.date)
    if now == start and abs(after - before) < 1:  # masked texts are the same though the amounts are not
        return f"Your net worth is {now}, the same as on {since}."
    verb = "rose" if after > before else "fell"
    return f"Your net worth {verb} from {start} on {since} to {now} on {picture.fmt.day(last.date)}."


def _flow_sentence(months: list[MonthFlow], picture: Picture) -> str:
    whole = [month for month in months if month.count and month.net and month.month != picture.unfinished_month]
    if not whole:
        income, spent = picture.data.summary.income, picture.data.summary.expenses
        return f"So far {picture.whole(income)} came in and {picture.whole(spent)} went out."
    kept = sum(1 for month in whole if height(month.net) > 0)
    best = max(whole, key=lambda month: height(month.net))
    if len(whole) == 1:
        return f"{picture.whole(best.income)} came in and {picture.whole(best.expenses)} went out."
    if not kept:
        return f"In none of {len(whole)} months did you earn more than you spent."
    name = picture.fmt.month(best.month)
    every = f"in {kept} of {len(whole)} months" if kept < len(whole) else f"in each of {kept} months"
    return f"You spent less than you earned {every}; {name} left you most, {picture.whole(best.net)}."


def _empty() -> theme.Chart:
    return {"figure": theme.blank(), "narrow": {}}
