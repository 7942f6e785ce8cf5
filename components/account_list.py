"""All accounts by kind with their balances, what is closed folded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any, Final

from components.accounts import TYPE_NAMES, type_name
from components.axes import height
from components.context import Picture
from components.elements import Link, html
from components.format import counted
from components.parts import attributes, icon, labelled, scroll, spoken, unknown
from components.query import View
from components.why import why
from core.i18n import N_, _
from data.schemas.account_page import AccountState
from data.schemas.common import LIABILITY_TYPES
from data.schemas.dashboard import AccountSummary

_HEADS: Final = (
    (N_("Account"), ""),
    (N_("Trend"), "account-wide"),
    (N_("Change"), "number account-wide"),
    (N_("Balance"), "number"),
)
_STALE_AFTER: Final = timedelta(days=45)
_NO_RATE: Final = N_("No exchange rate is known for it.")
_MOST_POINTS: Final = 40


@dataclass(frozen=True, slots=True)
class Shelf:
    """All accounts as they are to be drawn."""

    picture: Picture
    states: Mapping[str, AccountState]

    def stale(self, row: AccountSummary) -> bool:
        edge = self.picture.answer.as_of - _STALE_AFTER
        return row.closed_on is None and (row.last_booked_on is None or row.last_booked_on < edge)

    def counts(self, row: AccountSummary) -> bool:
        """Whether the account is in net worth."""
        return row.id not in self.states or self.states[row.id].account.in_net_worth

    def href(self, row: AccountSummary) -> str:
        kept = tuple(pair for pair in self.picture.view.pairs if pair[0] not in ("id", "account_id"))
        return View((("id", row.id), *kept)).href


def account_list(shelf: Shelf) -> list[Any]:
    """Assets, liabilities, and what is closed, folded."""
    rows = shelf.picture.data.accounts
    last = shelf.picture.answer.period.to
    opened = [row for row in rows if row.closed_on is None or row.closed_on >= last]
    closed = [row for row in rows if row not in opened]
    sides = (
        (_("Assets"), [row for row in opened if row.type not in LIABILITY_TYPES]),
        (_("Liabilities"), [row for row in opened if row.type in LIABILITY_TYPES]),
    )
    panels: list[Any] = [_side(name, side, shelf) for name, side in sides if side]
    if closed:
        number = counted(len(closed), "closed account", "closed accounts", shelf.picture.fmt)
        summary = html.Summary([icon("chevron-down"), number], className="account-fold")
        body = _table(_("Closed accounts"), [_row(row, shelf) for row in closed])
        panels.append(html.Details([summary, body], className="panel account-closed"))
    return panels


def _side(name: str, rows: Sequence[AccountSummary], shelf: Shelf) -> html.Section:
    body: list[Any] = []
    for kind in TYPE_NAMES:
        own = [row for row in rows if row.type == kind]
        if own:
            body += [_group(type_name(kind), own, shelf), *(_row(row, shelf) for row in own)]
    total = html.P(_total(rows, shelf), className="account-total")
    head = html.Div([html.H2(name), total], className="panel-title account-side")
    return html.Section([head, _table(name, body)], className="panel", **labelled(name))


def _table(caption: str, body: list[Any]) -> html.Div:
    head = html.Tr([html.Th(_(name), scope="col", className=css) for name, css in _HEADS])
    widths = ("", "account-trend", "account-change", "account-amount")
    columns = html.Colgroup([html.Col(className=css) for css in widths])
    parts = [html.Caption(spoken(caption)), columns, html.Thead(head, className="account-heads"), html.Tbody(body)]
    return scroll(html.Table(parts, className="table account-table"), caption)


def _group(title: str, rows: Sequence[AccountSummary], shelf: Shelf) -> html.Tr:
    """The kind of the accounts below, with their sum where it is more than one of them says."""
    return html.Tr(
        [
            html.Th(title, scope="rowgroup"),
            html.Td(className="account-wide"),
            html.Td(className="account-wide"),
            html.Td(_total(rows, shelf) if len(rows) > 1 else "", className="number"),
        ],
        className="account-group",
    )


def _total(rows: Sequence[AccountSummary], shelf: Shelf) -> Any:
    """The sum in the report's currency of what is in net worth and can be converted."""
    known = [row.balance_converted for row in rows if shelf.counts(row)]
    if None in known:
        return unknown(_(_NO_RATE))
    total = sum((Decimal(value) for value in known if value is not None), Decimal(0))
    return html.Span(shelf.picture.exact(str(total)), className="money")


def _row(row: AccountSummary, shelf: Shelf) -> html.Tr:
    picture = shelf.picture
    name = Link(row.name, href=shelf.href(row), className="account-name", title=row.name)
    booked = (
        _(
            "last booked {last_booked_on}",
            last_booked_on=picture.fmt.day_of(row.last_booked_on, picture.answer.as_of.year),
        )
        if row.last_booked_on
        else ""
    )
    words = " · ".join(part for part in (row.institution, booked or _("nothing booked yet")) if part)
    below = html.Span(words, className="account-below")
    change = unknown(_("A category or tag filter is set."))
    if row.change is not None:
        shown = html.Span(picture.fmt.money(row.change, row.currency, signed=True), className="money quiet")
        change = why(shown, f"account.{row.id}.change", picture)
    return html.Tr(
        [
            html.Th([html.Div([name, *_marks(row, shelf)], className="what"), below], scope="row"),
            html.Td(spark(row), className="account-wide"),
            html.Td(change, className="number account-wide"),
            html.Td(_balance(row, shelf), className="number"),
        ],
        className="account-row",
    )


def _balance(row: AccountSummary, shelf: Shelf) -> list[Any]:
    picture = shelf.picture
    if row.balance is None:
        return [unknown(_("A category or tag filter is set."))]
    own = html.Span(picture.fmt.money(row.balance, row.currency), className="money")
    parts: list[Any] = [why(own, f"account.{row.id}.balance", picture)]
    if row.currency != picture.currency:
        converted = unknown(_(_NO_RATE))
        if row.balance_converted is not None:
            converted = html.Span(picture.exact(row.balance_converted), className="money")
        parts.append(html.Div(converted, className="account-below"))
    if Decimal(row.pending):
        pending = picture.fmt.money(row.pending, row.currency, signed=True)
        parts.append(html.Div([html.Span(pending, className="money"), f" {_('pending')}"], className="account-below"))
    return parts


def _marks(row: AccountSummary, shelf: Shelf) -> list[Any]:
    state = shelf.states.get(row.id)
    marks = (
        (shelf.stale(row), "history", _("No news for 45 days")),
        (state is not None and state.differs, "alert-triangle", _("Differs from its statement")),
        (not shelf.counts(row), "eye-off", _("Not in net worth")),
        (row.closed_on is not None, "lock", _("Closed")),
    )
    return [
        html.Span([spoken(", "), icon(picture), html.Span(words, className="tag-word")], className="tag", title=words)
        for holds, picture, words in marks
        if holds
    ]


def spark(row: AccountSummary) -> html.Span:
    """The balance's course as a line that `assets/79-accounts.js` draws; it says nothing that words do not say."""
    values = [height(point.balance) for point in row.balance_history]
    step = max(1, -(-len(values) // _MOST_POINTS))
    chosen = values[::-1][::step][::-1]
    if len(chosen) < 2:
        return html.Span(className="spark")
    low, high = min(chosen), max(chosen)
    scaled = [round(100 * (value - low) / (high - low)) if high > low else 50 for value in chosen]
    return html.Span(className="spark", **attributes(aria_hidden="true", data_spark=",".join(map(str, scaled))))
