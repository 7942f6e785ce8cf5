"""The categories page follows its address; what a person changes goes to the API from the browser."""

from __future__ import annotations

from typing import Any

from dash import Dash, Input, Output

from callbacks.browser import open_part
from callbacks.page import Page, Parts, spoken
from components import ids
from components.budget_words import Desk
from components.category_tree import OTHER, READY, TABS, Amounts, Tree, category_tree, part, tabs
from components.controls import preset_menu
from components.elements import html
from components.parts import attributes, icon
from components.query import View
from core.errors import Invalid
from core.i18n import N_, _
from core.query import single
from data.reports.ledger_page import ledger_page
from data.reports.registry import DEFINITIONS
from data.schemas.dashboard import Envelope, TransactionSummary
from data.schemas.ledger_page import LedgerPage
from web.ask import ask
from web.identity import Identity, current
from web.language import spoken_locale

_MONTHS = 12
_NOW = (("period", "this_month"),)
_KEPT = frozenset({"period", "from", "to", "account_id", "tag", "currency"})
PARTS = {
    "page": Output(ids.CATEGORIES, "className"),
    "view": Output(ids.CATEGORIES, "data-view"),
    "eyebrow": Output(ids.CATEGORIES_EYEBROW, "children"),
    "controls": Output(ids.CATEGORIES_CONTROLS, "children"),
    "tabs": Output(ids.CATEGORIES_TABS, "children"),
    "state": Output(ids.CATEGORIES_STATE, "children"),
    "content": Output(ids.CATEGORIES_CONTENT, "children"),
    "context": Output(ids.CATEGORIES_CONTEXT, "data"),
}


def _around(_view: View) -> Parts:
    return {"page": OTHER, "eyebrow": "", "controls": [], "tabs": tabs("")}


PAGE = Page("the categories page", "/categories", PARTS, _around, ("tabs", "content"), N_("Show all categories"))


def show_categories(search: str | None) -> Parts:
    """The page for the view in `search`. Raises what the reports raise; `PAGE` draws that."""
    identity, view = current(), View.parse(search)
    identity.require_feature("dashboard")
    tab = single(view.params, "tab") or "tree"
    if tab not in TABS:
        raise Invalid(f"This page has no part {tab[:40]!r}")
    page = ledger_page(identity.context, None)
    parts = _tree(identity, view, page) if tab == "tree" else {"content": [part(tab)], "controls": []}
    return {
        "page": READY,
        # The tree is drawn here whenever the books change; other parts follow them in place, by their scripts.
        "view": f"{tab} {page.version}" if tab == "tree" else tab,
        "eyebrow": identity.tenant.name,
        "tabs": tabs(tab),
        "state": None,
        "context": context_of(identity, page, tab, view),
        **parts,
    }


def _tree(identity: Identity, view: View, page: LedgerPage) -> Parts:
    pairs = tuple(pair for pair in view.pairs if pair[0] in _KEPT)
    view = View(pairs) if {name for name, _ in pairs} & {"period", "from", "to"} else View((*_NOW, *pairs))
    desk = Desk(
        fmt=spoken(identity.tenant),
        view=view,
        today=page.today,
        writes=identity.has_role("editor"),
        definitions=DEFINITIONS,
    )
    answer = _answer(view)
    months = identity.context.months
    now = months.index(page.today)
    days = (("from", months.first(now - _MONTHS).isoformat()), ("to", months.last(now - 1).isoformat()))
    before = _answer(View((*days, *(pair for pair in pairs if pair[0] not in ("period", "from", "to")))))
    tree = Tree(
        categories=page.categories,
        now=Amounts.of(answer.data.by_category, answer.currency),
        before=Amounts.of(before.data.by_category, before.currency),
        months=_months_of_books(before.data),
        span=desk.fmt.span(answer.period.from_, answer.period.to),
        desk=desk,
    )
    controls: list[Any] = [preset_menu(view)]
    if desk.writes:
        names = attributes(data_category_edit="")
        words: list[Any] = [icon("plus"), _("New category")]
        controls.append(html.Button(words, type="button", className="button button-primary", **names))
    return {"content": category_tree(tree), "controls": controls, "eyebrow": f"{identity.tenant.name} · {tree.span}"}


def _answer(view: View) -> Envelope[TransactionSummary]:
    return Envelope[TransactionSummary].model_validate_json(ask("transactions", view.params).body)


def _months_of_books(summary: TransactionSummary) -> int:
    """The months from the first one with a booking on: before it there were no books."""
    filled = [place for place, month in enumerate(summary.by_month) if month.count]
    return len(summary.by_month) - filled[0] if filled else 0


def context_of(identity: Identity, page: LedgerPage, tab: str, view: View) -> dict[str, Any]:
    """What the browser's part needs: who is here, the open tab, what rules may name, a rule to begin with."""
    wanted = {name: value for name, value in view.pairs if name in ("payee", "category_id") and value}
    return {
        "writes": identity.has_role("editor"),
        "locale": spoken_locale(identity.tenant.locale),
        "currency": identity.tenant.currency,
        "tab": tab,
        "rule": wanted if tab == "rules" and wanted else None,
        **page.model_dump(mode="json", include={"today", "accounts", "categories", "tags", "version"}),
    }


def register(app: Dash) -> None:
    PAGE.follow(app, show_categories)
    open_part(app, "openCategories", ids.CATEGORIES_OPENED, Input(ids.CATEGORIES_CONTEXT, "data"))
