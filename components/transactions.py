"""The newest bookings as a table: what, when, where, how much; pending ones and transfers are marked."""

from __future__ import annotations

from typing import Any

from components.context import Picture
from components.elements import html
from components.parts import about, icon, scroll, spoken
from core.i18n import N_, _
from data.schemas.ledger import Transaction

_HEADS = (
    (N_("Payee"), ""),
    (N_("Category"), "wide"),
    (N_("Account"), "wide"),
    (N_("Date"), "date"),
    (N_("Amount"), "number"),
)


def recent(picture: Picture) -> list[Any]:
    """The panel of the ten newest bookings of the period."""
    rows = picture.data.transactions.recent
    title = _("Recent transactions")
    if not rows:
        return about(title, picture.span, _("There are no bookings in this period."))
    names = _Names(picture)
    head = html.Tr(
        [html.Th(_(name), scope="col", className=css, style=_width(css, rows, picture)) for name, css in _HEADS]
    )
    body = [_row(row, names, picture) for row in rows]
    caption = html.Caption(f"{title}, {picture.span}", className="visually-hidden")
    table = html.Table([caption, html.Thead(head), html.Tbody(body)], className="table recent")
    sentence = _(
        "The newest {shown} of {count} bookings.",
        shown=len(rows),
        count=picture.fmt.count(picture.data.transactions.count),
    )
    if picture.data.transactions.count <= len(rows):
        sentence = _("The newest bookings of this period.")
    return [*about(title, picture.span, sentence), scroll(table, title)]


class _Names:
    """Names of accounts and categories, as far as the answer tells them."""

    def __init__(self, picture: Picture) -> None:
        self._accounts = {account.id: account.name for account in picture.data.accounts}
        flows = picture.data.transactions.by_category
        self._categories = {flow.category_id: flow.name for flow in flows if flow.category_id is not None}

    def account(self, row: Transaction) -> str:
        return self._accounts.get(row.account_id, "")

    def category(self, row: Transaction) -> str:
        if row.splits:
            return _("Split")
        if row.category_id is None:
            return "" if row.transfer_id else _("Uncategorised")
        return self._categories.get(row.category_id, "")


def _amount(row: Transaction, picture: Picture) -> str:
    return picture.fmt.money(row.amount, row.currency, signed=True)


def _width(css: str, rows: list[Transaction], picture: Picture) -> dict[str, str]:
    """The column of amounts is as wide as the longest; the others share the rest."""
    longest = max(len(_amount(row, picture)) for row in rows)
    return {"width": f"calc({longest}ch + 20px)"} if css == "number" else {}


def _row(row: Transaction, names: _Names, picture: Picture) -> html.Tr:
    payee = row.payee or row.counterparty or row.purpose or _("No payee")
    category, account = names.category(row), names.account(row)
    day = picture.fmt.day_of(row.booked_on, picture.answer.as_of.year)
    below = " · ".join(part for part in (day, category, account) if part)
    inflow = not row.amount.startswith("-") and row.transfer_id is None
    return html.Tr(
        [
            html.Th(
                [
                    html.Div([html.Span(payee, className="payee", title=payee), *_marks(row)], className="what"),
                    html.Span(below, className="narrow-only below"),
                ],
                scope="row",
            ),
            html.Td(category, className="wide quiet", title=category),
            html.Td(account, className="wide quiet", title=account),
            html.Td(day, className="date quiet"),
            html.Td(_amount(row, picture), className=f"number money {'inflow' if inflow else ''}".strip()),
        ],
        className="pending" if row.pending else "",
    )


def _marks(row: Transaction) -> list[Any]:
    marks = []
    if row.transfer_id is not None:
        marks.append(_mark("arrows-left-right", _("Transfer")))
    if row.pending:
        marks.append(_mark("history", _("Pending")))
    if row.type == "adjustment":
        marks.append(_mark("pencil", _("Adjustment")))
    return marks


def _mark(name: str, word: str) -> html.Span:
    return html.Span([spoken(", "), icon(name), html.Span(word, className="tag-word")], className="tag")
