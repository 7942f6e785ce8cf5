"""The accounts of a frame as a table: what is on each, and what moved it."""

from __future__ import annotations

from typing import Any

from components.accounts import type_name
from components.context import Picture
from components.elements import html
from components.format import counted
from components.parts import about, attributes, scroll
from core.i18n import N_, _
from data.schemas.dashboard import AccountSummary

_HEADS = (N_("Account"), N_("Balance"), N_("In"), N_("Out"), N_("Change"))


def accounts_panel(picture: Picture) -> list[Any]:
    """The panel of all accounts in scope, by name, each in its own currency."""
    rows = picture.data.accounts
    if not rows:
        return about(_("Accounts"), picture.span, _("There is no account to show."))
    head = html.Tr([html.Th(_(name), scope="col", className="" if name == "Account" else "number") for name in _HEADS])
    caption = html.Caption(_("Accounts, {span}", span=picture.span), className="visually-hidden")
    table = html.Table(
        [caption, html.Thead(head), html.Tbody([_row(row, picture) for row in rows])], className="table embed-accounts"
    )
    sentence = _(
        "{accounts}, balances on {day}.",
        accounts=counted(len(rows), "account", "accounts", picture.fmt),
        day=_day(picture),
    )
    return [*about(_("Accounts"), picture.span, sentence), scroll(table, _("Accounts"))]


def _day(picture: Picture) -> str:
    return picture.fmt.day(picture.answer.period.to)


def _row(row: AccountSummary, picture: Picture) -> html.Tr:
    amounts = (
        picture.fmt.money(row.balance, row.currency),
        picture.fmt.money(row.inflow, row.currency),
        picture.fmt.money(row.outflow, row.currency),
        picture.fmt.money(row.change, row.currency, signed=True),
    )
    name = html.Span(row.name, className="drill", title=row.name, **attributes(data_account=row.id))
    kind = html.Span(row.institution or type_name(row.type), className="quiet below")
    cells = [html.Td(text, className="number money") for text in amounts]
    return html.Tr([html.Th([name, kind], scope="row"), *cells])
