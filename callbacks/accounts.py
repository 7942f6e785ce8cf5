"""The accounts page follows its address: the list, or one account; the browser's part changes and reconciles."""

from __future__ import annotations

from typing import Any

from dash import Dash, Input, Output, no_update

from callbacks.browser import open_marks, open_part
from callbacks.page import Page, Parts, picture_of, place
from components import ids
from components.account_detail import (
    actions,
    balance_about,
    balance_figure,
    balance_table,
    by_month,
    figures,
    newest,
    subtitle,
)
from components.account_list import Shelf, account_list
from components.accounts import DETAIL, EMPTY, LIST, OTHER, action, worth_cards
from components.context import Picture
from components.controls import chips, preset_menu
from components.query import View
from components.states import empty_ledger
from core.errors import NotFound
from core.i18n import N_, _
from core.query import read_id, single
from data.reports.account_page import account_states, months_of
from data.schemas.account_page import AccountState
from data.schemas.dashboard import AccountSummary, Envelope
from web.ask import ask, dashboard
from web.identity import Identity, current
from web.language import spoken_locale

PARTS = {
    "page": Output(ids.ACCOUNTS, "className"),
    "eyebrow": Output(ids.ACCOUNTS_EYEBROW, "children"),
    "title": Output(ids.ACCOUNTS_TITLE, "children"),
    "actions": Output(ids.ACCOUNTS_ACTIONS, "children"),
    "presets": Output(ids.ACCOUNTS_PRESETS, "children"),
    "chips": Output(ids.ACCOUNTS_CHIPS, "children"),
    "state": Output(ids.ACCOUNTS_STATE, "children"),
    "cards": Output(ids.ACCOUNTS_CARDS, "children"),
    "list": Output(ids.ACCOUNTS_LIST, "children"),
    "balance_about": place(ids.about(ids.ACCOUNT_BALANCE)),
    "balance_figure": Output(ids.figure(ids.ACCOUNT_BALANCE), "data"),
    "balance_table": place(ids.table(ids.ACCOUNT_BALANCE)),
    "months": Output(ids.ACCOUNTS_MONTHS, "children"),
    "recent": Output(ids.ACCOUNTS_RECENT, "children"),
    "context": Output(ids.ACCOUNTS_CONTEXT, "data"),
}


def _around(view: View) -> Parts:
    parts = {"page": OTHER, "eyebrow": "", "title": _("Accounts"), "actions": [], "chips": []}
    return parts | {"presets": preset_menu(view)}


PAGE = Page("the accounts page", "/accounts", PARTS, _around, back=N_("Show all accounts"))


def show_accounts(search: str | None) -> Parts:
    """The page for the view in `search`. Raises what `web.ask` raises; `PAGE` draws that."""
    view, identity = View.parse(search), current()
    own = single(view.params, "id")
    states = account_states(identity.context).data
    parts: Parts = dict.fromkeys(PARTS, no_update)
    if not states and own is None:
        return parts | {
            "page": EMPTY,
            "eyebrow": identity.tenant.name,
            "title": _("Accounts"),
            "actions": _adding(identity),
            "chips": [],
            "state": empty_ledger(identity.tenant.key),
            "context": _context(identity, None),
        }
    inside = View(tuple(pair for pair in view.pairs if pair[0] != "id"))
    removing = [chip for (kind, _value), chip in zip(view.filters, chips(view), strict=True) if kind != "id"]
    parts |= {"presets": preset_menu(view), "chips": removing, "state": None}
    if own is None:
        return parts | _list(inside, identity, states)
    number = str(read_id(own, "account"))
    if number not in states:
        raise NotFound(f"There is no account {number}")
    return parts | _one(inside, identity, states[number])


def _list(view: View, identity: Identity, states: dict[str, AccountState]) -> Parts:
    picture = _picture(view, identity, view.params)
    if all(row.balance is not None and not row.balance_history for row in picture.data.accounts):
        # So many accounts that the dashboard leaves their histories out.
        every = Envelope[list[AccountSummary]].model_validate_json(ask("accounts", view.params).body)
        data = picture.data.model_copy(update={"accounts": every.data})
        picture = picture_of(picture.answer.model_copy(update={"data": data}), identity.tenant, view)
    return {
        "page": LIST,
        "eyebrow": f"{identity.tenant.name} · {picture.span}",
        "title": _("Accounts"),
        "actions": _adding(identity),
        "cards": worth_cards(picture),
        "list": account_list(Shelf(picture, states)),
        "context": _context(identity, None),
    }


def _one(view: View, identity: Identity, state: AccountState) -> Parts:
    account = state.account
    picture = _picture(view, identity, {**view.params, "account_id": [account.id]})
    (row,) = picture.data.accounts
    period = picture.answer.period
    months = months_of(identity.context, int(account.id), period.from_, period.to)
    return {
        "page": DETAIL,
        "eyebrow": f"{identity.tenant.name} · {subtitle(state)}",
        "title": account.name,
        "actions": actions(state, writes=identity.has_role("editor")),
        "cards": figures(row, picture),
        "balance_about": balance_about(row, picture),
        "balance_figure": balance_figure(row, picture),
        "balance_table": balance_table(row, picture),
        "months": by_month(months, row, picture.fmt),
        "recent": newest(picture, row),
        "context": _context(identity, state),
    }


def _picture(view: View, identity: Identity, params: dict[str, list[str]]) -> Picture:
    return picture_of(dashboard(params), identity.tenant, view)


def _adding(identity: Identity) -> list[Any]:
    return [action(_("Add account"), "plus", "add", primary=True)] if identity.has_role("editor") else []


def _context(identity: Identity, state: AccountState | None) -> dict[str, Any]:
    return {
        "account": None if state is None else state.account.model_dump(mode="json"),
        "differs": state is not None and state.differs,
        "writes": identity.has_role("editor"),
        "locale": spoken_locale(identity.tenant.locale),
        "currency": identity.tenant.currency,
        "today": identity.context.today.isoformat(),
        "version": identity.version,
    }


def register(app: Dash) -> None:
    PAGE.follow(app, show_accounts)
    open_marks(app, ids.ACCOUNT_BALANCE)
    open_part(app, "openAccounts", ids.ACCOUNTS_OPENED, Input(ids.ACCOUNTS_CONTEXT, "data"))
