"""The page on accounts: its skeleton, and the list of all accounts by kind with their balances."""

from __future__ import annotations

from typing import Any, Final

from dash import dcc

from components import ids
from components.context import Picture
from components.controls import preset_menu
from components.elements import html
from components.parts import (
    attributes,
    chart_panel,
    icon,
    labelled,
    money,
    rows_skeleton,
    skeleton,
    unknown,
)
from components.query import View
from components.why import why
from core.i18n import N_, NP_, _, pgettext

LOADING: Final = "page is-loading accounts"
LIST, DETAIL = "page is-ready accounts is-list", "page is-ready accounts is-detail"
OTHER, EMPTY = "page is-other accounts", "page is-other is-empty accounts"
TYPE_NAMES: Final = {
    "cash": N_("Cash"),
    "checking": N_("Checking"),
    "savings": NP_("account type", "Savings"),
    "investment": N_("Investments"),
    "property": N_("Property"),
    "other_asset": N_("Other assets"),
    "credit_card": N_("Credit cards"),
    "loan": N_("Loans"),
    "mortgage": N_("Mortgages"),
    "other_liability": N_("Other debts"),
}
"""In the order of the list."""


def type_name(name: str) -> str:
    """A type of account in words."""
    return pgettext("account type", TYPE_NAMES[name])


def accounts_skeleton() -> html.Div:
    """The page before it is known what is asked for."""
    titles = html.Div(
        [
            html.P(skeleton(14, "160px"), id=ids.ACCOUNTS_EYEBROW, className="eyebrow"),
            html.H1(_("Accounts"), id=ids.ACCOUNTS_TITLE),
        ]
    )
    presets = html.Div(preset_menu(View()), id=ids.ACCOUNTS_PRESETS)
    controls = html.Div([presets, html.Div(id=ids.ACCOUNTS_ACTIONS, className="account-actions")], className="controls")
    columns = html.Div(
        [
            html.Section(rows_skeleton(6, 44), id=ids.ACCOUNTS_MONTHS, className="panel"),
            html.Section(rows_skeleton(6, 44), id=ids.ACCOUNTS_RECENT, className="panel"),
        ],
        className="account-only account-columns",
    )
    content = html.Div(
        [
            html.Section(id=ids.ACCOUNTS_CARDS, className="cards", **labelled(_("Key figures"))),
            html.Div(html.Div(rows_skeleton(8, 56), className="panel"), id=ids.ACCOUNTS_LIST, className="account-list"),
            html.Div(chart_panel(ids.ACCOUNT_BALANCE), className="account-only"),
            html.Section(id="accounts-reconcile", className="panel account-only", **labelled(_("Reconcile"))),
            columns,
            html.P(id="accounts-said", className="visually-hidden", role="status"),
        ],
        className="content",
    )
    stores = [dcc.Store(id=ids.ACCOUNTS_CONTEXT), dcc.Store(id=ids.ACCOUNTS_OPENED)]
    head = html.Div([titles, controls], className="page-head")
    chips = html.Div(id=ids.ACCOUNTS_CHIPS, className="chips")
    return html.Div(
        [head, chips, html.Div(id=ids.ACCOUNTS_STATE), content, *stores], id=ids.ACCOUNTS, className=LOADING
    )


def action(words: str, picture: str, name: str, *, primary: bool = False) -> html.Button:
    """A button that `assets/79-accounts.js` gives its behaviour."""
    css = "button button-primary" if primary else "button ledger-danger" if name == "delete" else "button"
    return html.Button([icon(picture), words], type="button", className=css, **attributes(data_account_action=name))


def worth_cards(picture: Picture) -> list[Any]:
    """Net worth and its two sides."""
    named = ((_("Net worth"), "net_worth"), (_("Assets"), "assets"), (_("Liabilities"), "liabilities"))
    return [
        card(name, _figure(field, picture), _("on {day}", day=picture.fmt.day(picture.answer.period.to)))
        for name, field in named
    ]


def card(name: str, value: Any, note: Any) -> html.Article:
    """One figure with its name and what is to be said of it."""
    return html.Article(
        [
            html.H2(name, className="card-name"),
            html.P(value, className="figure"),
            html.P(note, className="card-note money-text"),
        ],
        className="card",
    )


def _figure(field: str, picture: Picture) -> Any:
    value = getattr(picture.data.summary, field)
    if value is None:
        return unknown(_("A category or tag filter is set, or no exchange rate is known."))
    shown = picture.fmt.key_figure(value, picture.currency)
    return why(money(shown, picture.exact(value)), f"summary.{field}", picture)
