"""The two panels with a time axis: titles, sentences and tables around their charts."""

from __future__ import annotations

from typing import Any

from components import theme
from components.axes import height
from components.charts_flow import flow_chart
from components.charts_worth import worth_chart
from components.context import Picture
from components.parts import about, data_table, dated, key, no_chart
from components.why import linked, mark_href
from core.i18n import N_, _
from data.schemas.dashboard import MonthFlow, NetWorthPoint

_WORTH_KEY = (("mark-worth", N_("Net worth")), ("mark-assets", N_("Assets")), ("mark-liabilities", N_("Liabilities")))
_FLOW_KEY = (("mark-income", N_("Income")), ("mark-expenses", N_("Expenses")), ("mark-net", N_("Net")))


_STOCKS = ("net_worth", "assets", "liabilities")


def _points(picture: Picture) -> list[NetWorthPoint]:
    """The days with a net worth: on a day on which no rate converts anything there is none, which is not 0."""
    return [point for point in picture.data.summary.net_worth_history if point.net_worth is not None]


def worth_figure(picture: Picture) -> theme.Chart:
    """The unpainted net worth chart, an empty frame when there is no history."""
    points = _points(picture)
    hrefs = [_worth_mark("net_worth", point, picture) for point in points]
    return worth_chart(points, picture.currency, picture.fmt, hrefs) if points else _empty()


def worth_about(picture: Picture) -> list[Any]:
    points = _points(picture)
    if not points:
        return no_chart(_("Net worth"), picture.span, _("There are no balances to show for this view."))
    marks = key([(mark, _(name)) for mark, name in _WORTH_KEY], "narrow-only")
    return about(_("Net worth"), picture.span, _worth_sentence(points[0], points[-1], picture), marks)


def worth_table(picture: Picture) -> Any:
    points = _points(picture)
    if not points:
        return None
    rows = [
        (
            dated(picture.fmt.day(point.date), point.date.isoformat()),
            *(linked(picture.exact(getattr(point, name)), _worth_mark(name, point, picture)) for name in _STOCKS),
        )
        for point in points
    ]
    return data_table(
        f"{_('Net worth')}, {picture.span}", (_("Day"), _("Net worth"), _("Assets"), _("Liabilities")), rows
    )


def flow_figure(picture: Picture) -> theme.Chart:
    """The unpainted chart of income against expenses, an empty frame when nothing was booked."""
    months = picture.data.transactions.by_month
    if not any(month.count for month in months):
        return _empty()
    hrefs = [mark_href(f"transactions.by_month.{month.month}.net", picture) for month in months]
    return flow_chart(months, picture.unfinished_month, picture.currency, picture.fmt, hrefs)


def flow_about(picture: Picture) -> list[Any]:
    title, months = _("Income against expenses"), picture.data.transactions.by_month
    if not any(month.count for month in months):
        return no_chart(title, picture.span, _("There are no bookings in this period."))
    entries = [(mark, _(name)) for mark, name in _FLOW_KEY]
    entries += [("mark-open", _("unfinished month"))] if picture.unfinished_month else []
    return about(title, picture.span, _flow_sentence(months, picture), key(entries))


def flow_table(picture: Picture) -> Any:
    months = picture.data.transactions.by_month
    if not any(month.count for month in months):
        return None
    rows = [
        (
            dated(picture.fmt.month(month.month), month.month),
            _of_month(picture.exact(month.income), month, "income", picture),
            _of_month(picture.exact(month.expenses), month, "expenses", picture),
            _of_month(picture.exact(month.net, signed=True), month, "net", picture),
            _of_month(picture.fmt.count(month.count), month, "count", picture),
        )
        for month in months
    ]
    return data_table(
        f"{_('Income against expenses')}, {picture.span}",
        (_("Month"), _("Income"), _("Expenses"), _("Net"), _("Bookings")),
        rows,
    )


def _worth_mark(name: str, point: NetWorthPoint, picture: Picture) -> str:
    """What a stock of that day is made of."""
    first = min(picture.answer.period.from_, point.date)
    return mark_href(f"summary.{name}", picture, (first, point.date))


def _of_month(text: str, month: MonthFlow, name: str, picture: Picture) -> Any:
    return linked(text, mark_href(f"transactions.by_month.{month.month}.{name}", picture))


def _worth_sentence(first: NetWorthPoint, last: NetWorthPoint, picture: Picture) -> str:
    now, start = picture.whole(last.net_worth), picture.whole(first.net_worth)
    before, after = height(first.net_worth), height(last.net_worth)
    since = picture.fmt.day(first.date)
    if now == start and abs(after - before) < 1:  # masked texts are the same though the amounts are not
        return _("Your net worth is {now}, the same as on {since}.", now=now, since=since)
    rose = _("Your net worth rose from {start} on {since} to {now} on {day}.")
    fell = _("Your net worth fell from {start} on {since} to {now} on {day}.")
    return (rose if after > before else fell).format(start=start, since=since, now=now, day=picture.fmt.day(last.date))


def _flow_sentence(months: list[MonthFlow], picture: Picture) -> str:
    whole = [month for month in months if month.count and month.net and month.month != picture.unfinished_month]
    if not whole:
        income, spent = picture.data.summary.income, picture.data.summary.expenses
        return _(
            "So far {income} came in and {spent} went out.", income=picture.whole(income), spent=picture.whole(spent)
        )
    kept = sum(1 for month in whole if height(month.net) > 0)
    best = max(whole, key=lambda month: height(month.net))
    if len(whole) == 1:
        return _(
            "{income} came in and {expenses} went out.",
            income=picture.whole(best.income),
            expenses=picture.whole(best.expenses),
        )
    if not kept:
        return _("In none of {count} months did you earn more than you spent.", count=len(whole))
    name = picture.fmt.month(best.month)
    every = (
        _("in {kept} of {count} months", kept=kept, count=len(whole))
        if kept < len(whole)
        else _("in each of {kept} months", kept=kept)
    )
    return _(
        "You spent less than you earned {every}; {name} left you most, {net}.",
        every=every,
        name=name,
        net=picture.whole(best.net),
    )


def _empty() -> theme.Chart:
    return {"figure": theme.blank(), "narrow": {}}
