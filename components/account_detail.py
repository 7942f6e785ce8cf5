"""One account: its figures, its balance over time, what came in and went out by month."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from dash import dcc, html

from components import theme
from components.accounts import TYPE_NAMES, action, card
from components.axes import height, ticks
from components.context import Picture
from components.format import Format
from components.parts import about, data_table, icon, money, no_chart, scroll, spoken, unknown
from components.transactions import recent
from components.why import why
from data.schemas.account_page import AccountMonth, AccountState
from data.schemas.dashboard import AccountSummary, BalancePoint

_FIGURES = (
    ("Balance", "balance"),
    ("Came in", "inflow"),
    ("Went out", "outflow"),
    ("Change", "change"),
    ("Pending", "pending"),
)


def subtitle(state: AccountState) -> str:
    """`Checking · My bank · DE12…`"""
    account = state.account
    parts = [TYPE_NAMES[account.type], account.institution, account.identifier, account.currency]
    return " · ".join(part for part in parts if part)


def actions(state: AccountState, *, writes: bool) -> list[Any]:
    """The way back, and what an editor may do."""
    back = dcc.Link("All accounts", href="/accounts", className="button")
    if not writes:
        return [back]
    fold = "Reopen" if state.account.closed_on else "Close"
    return [
        back,
        action("Edit", "pencil", "edit"),
        action(fold, "lock", "reopen" if state.account.closed_on else "close"),
        action("Delete", "trash", "delete"),
    ]


def figures(row: AccountSummary, picture: Picture) -> list[Any]:
    """The account's figures in its own currency, each with its way to what it is made of."""
    return [card(name, _figure(field, row, picture), _note(field, row, picture)) for name, field in _FIGURES]


def _figure(field: str, row: AccountSummary, picture: Picture) -> Any:
    value = getattr(row, field)
    if value is None:
        return unknown("A category or tag filter is set; this figure only exists for whole accounts.")
    signed = field in ("change", "pending")
    shown = picture.fmt.key_figure(value, row.currency, signed=signed)
    exact = picture.fmt.money(value, row.currency, signed=signed)
    return why(money(shown, exact, "long" if len(shown) > 10 else ""), f"account.{row.id}.{field}", picture)


def _note(field: str, row: AccountSummary, picture: Picture) -> Any:
    if field == "balance" and row.currency != picture.currency and row.balance_converted is not None:
        return html.Span(picture.exact(row.balance_converted), className="money")
    if field == "balance":
        return f"on {picture.fmt.day(picture.answer.period.to)}"
    return "Announced, not booked yet" if field == "pending" else picture.span


def balance_about(row: AccountSummary, picture: Picture) -> list[Any]:
    points = row.balance_history
    if not points:
        return no_chart("Balance", picture.span, "There is no history to show for this view.")
    return about("Balance", picture.span, _sentence(points, row.currency, picture.fmt))


def _sentence(points: Sequence[BalancePoint], currency: str, fmt: Format) -> str:
    first, last = points[0], points[-1]
    low = min(points, key=lambda point: height(point.balance))
    now, start = fmt.whole(last.balance, currency), fmt.whole(first.balance, currency)
    if now == start:
        words = f"The balance is {now}, the same as on {fmt.day(first.date)}"
    else:
        verb = "rose" if height(last.balance) > height(first.balance) else "fell"
        words = f"The balance {verb} from {start} on {fmt.day(first.date)} to {now} on {fmt.day(last.date)}"
    return f"{words}; its lowest here is {fmt.whole(low.balance, currency)} on {fmt.day(low.date)}."


def balance_figure(row: AccountSummary, fmt: Format) -> theme.Chart:
    """The unpainted chart of an account's balance, an empty frame without a history."""
    points = row.balance_history
    if not points:
        return {"figure": theme.blank(), "narrow": {}}
    days, values = [point.date.isoformat() for point in points], [height(point.balance) for point in points]
    scale = ticks(values)
    line = {
        "type": "scatter",
        "mode": "lines",
        "x": days,
        "y": values,
        "line": {"color": theme.WORTH, "width": 2.25},
        "fill": "tozeroy",
        "fillcolor": theme.WORTH_AREA,
        "hoverinfo": "text",
        "hovertext": [f"<b>{fmt.day(point.date)}</b><br>{fmt.money(point.balance, row.currency)}" for point in points],
    }
    axis, narrow = (theme.x_axis(type="date", **_ticks(points, most, fmt)) for most in (6, 3))
    layout = theme.layout(xaxis=axis, yaxis=theme.y_axis(scale, [fmt.short(tick) for tick in scale]))
    return {"figure": {"data": [line], "layout": layout}, "narrow": {"xaxis": narrow}}


def _ticks(points: Sequence[BalancePoint], most: int, fmt: Format) -> dict[str, list[str]]:
    step = max(1, -(-len(points) // most))
    chosen = points[step // 2 :: step]
    texts, year = [], 0
    for point in chosen:
        text = fmt.day_of(point.date, point.date.year)
        texts.append(text if point.date.year == year else f"{text}<br>{point.date.year}")
        year = point.date.year
    return {"tickvals": [point.date.isoformat() for point in chosen], "ticktext": texts}


def balance_table(row: AccountSummary, picture: Picture) -> Any:
    if not row.balance_history:
        return None
    rows = [
        (picture.fmt.day(point.date), picture.fmt.money(point.balance, row.currency)) for point in row.balance_history
    ]
    return data_table(f"Balance, {picture.span}", ("Day", "Balance"), rows)


def by_month(months: Sequence[AccountMonth], row: AccountSummary, fmt: Format) -> list[Any]:
    """What came in and went out, month by month."""
    title = "In and out by month"
    if not months:
        return about(title, "", "Nothing was booked in these months.")
    head = html.Tr(
        [
            html.Th("Month", scope="col"),
            *(html.Th(name, scope="col", className="number") for name in ("In", "Out", "Net")),
        ]
    )
    body = [
        html.Tr(
            [
                html.Th(fmt.month(each.month), scope="row"),
                html.Td(fmt.money(each.inflow, row.currency), className="number money"),
                html.Td(fmt.money(each.outflow, row.currency), className="number money"),
                html.Td(fmt.money(each.net, row.currency, signed=True), className="number money"),
            ]
        )
        for each in months
    ]
    table = html.Table([html.Caption(spoken(title)), html.Thead(head), html.Tbody(body)], className="table")
    return [*about(title, "", "Whole months, transfers included, in the account's currency."), scroll(table, title)]


def newest(picture: Picture, row: AccountSummary) -> list[Any]:
    """The newest bookings, and the way to all of them."""
    period = [pair for pair in picture.view.pairs if pair[0] in ("period", "from", "to")]
    href = f"/transactions?{urlencode([*period, ('account_id', row.id)])}"
    return [*recent(picture), html.P(dcc.Link([icon("list"), "All transactions"], href=href, className="button"))]
