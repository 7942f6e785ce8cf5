"""One account: its figures, its balance over time, what came in and went out by month."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from components import theme
from components.accounts import action, card, type_name
from components.axes import height, ticks
from components.context import Picture
from components.elements import Link, html
from components.format import Format
from components.parts import about, data_table, dated, icon, money, no_chart, scroll, spoken, unknown
from components.transactions import recent
from components.why import linked, mark_href, why
from core.i18n import N_, _
from data.schemas.account_page import AccountMonth, AccountState
from data.schemas.dashboard import AccountSummary, BalancePoint

_FIGURES = (
    (N_("Balance"), "balance"),
    (N_("Came in"), "inflow"),
    (N_("Went out"), "outflow"),
    (N_("Change"), "change"),
    (N_("Pending"), "pending"),
)


def subtitle(state: AccountState) -> str:
    """`Checking · My bank · DE12…`"""
    account = state.account
    parts = [type_name(account.type), account.institution, account.identifier, account.currency]
    return " · ".join(part for part in parts if part)


def actions(state: AccountState, *, writes: bool) -> list[Any]:
    """The way back, and what an editor may do."""
    back = Link(_("All accounts"), href="/accounts", className="button")
    if not writes:
        return [back]
    fold = _("Reopen") if state.account.closed_on else _("Close")
    return [
        back,
        action(_("Edit"), "pencil", "edit"),
        action(fold, "lock", "reopen" if state.account.closed_on else "close"),
        action(_("Delete"), "trash", "delete"),
    ]


def figures(row: AccountSummary, picture: Picture) -> list[Any]:
    """The account's figures in its own currency, each with its way to what it is made of."""
    return [card(_(name), _figure(field, row, picture), _note(field, row, picture)) for name, field in _FIGURES]


def _figure(field: str, row: AccountSummary, picture: Picture) -> Any:
    value = getattr(row, field)
    if value is None:
        return unknown(_("A category or tag filter is set; this figure only exists for whole accounts."))
    signed = field in ("change", "pending")
    shown = picture.fmt.key_figure(value, row.currency, signed=signed)
    exact = picture.fmt.money(value, row.currency, signed=signed)
    return why(money(shown, exact, "long" if len(shown) > 10 else ""), f"account.{row.id}.{field}", picture)


def _note(field: str, row: AccountSummary, picture: Picture) -> Any:
    if field == "balance" and row.currency != picture.currency and row.balance_converted is not None:
        return html.Span(picture.exact(row.balance_converted), className="money")
    if field == "balance":
        return _("on {day}", day=picture.fmt.day(picture.answer.period.to))
    return _("Announced, not booked yet") if field == "pending" else picture.span


def balance_about(row: AccountSummary, picture: Picture) -> list[Any]:
    points = row.balance_history
    if not points:
        return no_chart(_("Balance"), picture.span, _("There is no history to show for this view."))
    return about(_("Balance"), picture.span, _sentence(points, row.currency, picture.fmt))


def _sentence(points: Sequence[BalancePoint], currency: str, fmt: Format) -> str:
    first, last = points[0], points[-1]
    low = min(points, key=lambda point: height(point.balance))
    now, start = fmt.whole(last.balance, currency), fmt.whole(first.balance, currency)
    if now == start:
        words = _("The balance is {now}, the same as on {first}", now=now, first=fmt.day(first.date))
    else:
        rose = _("The balance rose from {start} on {first} to {now} on {last}")
        fell = _("The balance fell from {start} on {first} to {now} on {last}")
        said = rose if height(last.balance) > height(first.balance) else fell
        words = said.format(start=start, first=fmt.day(first.date), now=now, last=fmt.day(last.date))
    lowest, day = fmt.whole(low.balance, currency), fmt.day(low.date)
    return _("{words}; its lowest here is {lowest} on {day}.", words=words, lowest=lowest, day=day)


def balance_figure(row: AccountSummary, picture: Picture) -> theme.Chart:
    """The unpainted chart of an account's balance, an empty frame without a history."""
    points, fmt = row.balance_history, picture.fmt
    hrefs = [_made_of(row, point, picture) for point in points]
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
        "customdata": list(hrefs),
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


def _made_of(row: AccountSummary, point: BalancePoint, picture: Picture) -> str:
    """The address of what the balance of that day is made of."""
    return mark_href(f"account.{row.id}.balance", picture, (min(picture.answer.period.from_, point.date), point.date))


def balance_table(row: AccountSummary, picture: Picture) -> Any:
    if not row.balance_history:
        return None
    rows = [
        (
            dated(picture.fmt.day(point.date), point.date.isoformat()),
            linked(picture.fmt.money(point.balance, row.currency), _made_of(row, point, picture)),
        )
        for point in row.balance_history
    ]
    return data_table(_("Balance, {span}", span=picture.span), (_("Day"), _("Balance")), rows)


def by_month(months: Sequence[AccountMonth], row: AccountSummary, fmt: Format) -> list[Any]:
    """What came in and went out, month by month."""
    title = _("In and out by month")
    if not months:
        return about(title, "", _("Nothing was booked in these months."))
    head = html.Tr(
        [
            html.Th(_("Month"), scope="col"),
            *(html.Th(name, scope="col", className="number") for name in (_("In"), _("Out"), _("Net"))),
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
    return [*about(title, "", _("Whole months, transfers included, in the account's currency.")), scroll(table, title)]


def newest(picture: Picture, row: AccountSummary) -> list[Any]:
    """The newest bookings, and the way to all of them."""
    period = [pair for pair in picture.view.pairs if pair[0] in ("period", "from", "to")]
    href = f"/transactions?{urlencode([*period, ('account_id', row.id)])}"
    return [*recent(picture), html.P(Link([icon("list"), _("All transactions")], href=href, className="button"))]
