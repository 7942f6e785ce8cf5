"""The budgets page follows its address; what a person changes goes to the API from `assets/78-budgets.js`."""

from __future__ import annotations

from datetime import date
from typing import Any

from dash import Dash, Input, Output

from callbacks.browser import open_part
from callbacks.page import Page, Parts, spoken
from components import ids
from components.budget_detail import Told, budget_detail, detail_controls
from components.budget_list import OTHER, READY, act, budget_list, no_budgets
from components.budget_words import Desk
from components.controls import chips, preset_menu
from components.parts import icon
from components.query import View
from components.states import empty_ledger
from core.errors import NotFound
from core.i18n import N_, _
from core.query import Query, read_id, single
from data.frames.resources import list_budgets
from data.reports.alerts import list_alerts
from data.reports.budget_history import budget_history
from data.reports.explain import explain_figure
from data.reports.ledger_page import ledger_page
from data.reports.registry import DEFINITIONS
from data.schemas.budgets import Budget, BudgetStatus
from data.schemas.dashboard import Envelope
from data.schemas.figures import Explanation
from data.schemas.ledger_page import LedgerPage
from data.schemas.pages import LARGEST_LIMIT
from web.ask import ask
from web.identity import Identity, current
from web.language import spoken_locale

_LINES = 12
PARTS = {
    "page": Output(ids.BUDGETS, "className"),
    "eyebrow": Output(ids.BUDGETS_EYEBROW, "children"),
    "title": Output(ids.BUDGETS_TITLE, "children"),
    "controls": Output(ids.BUDGETS_CONTROLS, "children"),
    "chips": Output(ids.BUDGETS_CHIPS, "children"),
    "state": Output(ids.BUDGETS_STATE, "children"),
    "content": Output(ids.BUDGETS_CONTENT, "children"),
    "context": Output(ids.BUDGETS_CONTEXT, "data"),
}


def _around(_view: View) -> Parts:
    return {"page": OTHER, "eyebrow": "", "title": _("Budgets"), "controls": [], "chips": []}


PAGE = Page("the budgets page", "/budgets", PARTS, _around, back=N_("Show all budgets"))


def whole(view: View) -> View:
    """The view with its period said: this page shows what runs now unless told otherwise."""
    chosen = {name for name, _ in view.pairs}
    return view if chosen & {"period", "from", "to"} else View((("period", "this_month"), *view.pairs))


def show_budgets(search: str | None) -> Parts:
    """The page for the view in `search`. Raises what the reports raise; `PAGE` draws that."""
    identity, view = current(), whole(View.parse(search))
    identity.require_feature("dashboard")
    page = ledger_page(identity.context, None)
    desk = _desk(identity, view, page)
    if not page.accounts:
        return PAGE.instead(view, empty_ledger(identity.tenant.key)) | {"eyebrow": identity.tenant.name}
    own = single(view.params, "id")
    parts = _all(identity, view, desk) if own is None else _one(identity, own, view, desk)
    return {"page": READY, "state": None, "context": context_of(identity, page, desk), **parts}


def _desk(identity: Identity, view: View, page: LedgerPage) -> Desk:
    return Desk(
        fmt=spoken(identity.tenant),
        view=view,
        today=page.today,
        writes=identity.has_role("editor"),
        categories={each.id: each.name for each in page.categories},
        accounts={each.id: each.name for each in page.accounts},
        definitions=DEFINITIONS,
    )


def _all(identity: Identity, view: View, desk: Desk) -> Parts:
    answer = Envelope[list[BudgetStatus]].model_validate_json(ask("budgets", view.params).body)
    every = list_budgets(identity.context, LARGEST_LIMIT).data
    controls: list[Any] = [preset_menu(view)]
    if desk.writes:
        controls.append(act([icon("plus"), _("New budget")], "new", css="button button-primary"))
    filters = View(view.filters)
    parts = {
        "title": _("Budgets"),
        "eyebrow": f"{identity.tenant.name} · {desk.fmt.day(min(answer.period.to, answer.as_of))}",
        "controls": controls,
        "chips": chips(filters),
    }
    if not every:
        return parts | {"content": [no_budgets(desk)]}
    alerts = [each for each in list_alerts(identity.context, 200).data if each.acknowledged_at is None]
    shown = {row.id for row in answer.data}
    others = [each for each in every if each.id not in shown] if not filters.pairs else []
    return parts | {"content": budget_list(answer.data, alerts, others, desk)}


def _one(identity: Identity, own: str, view: View, desk: Desk) -> Parts:
    number = read_id(own, "budget")
    budget = next((each for each in list_budgets(identity.context, LARGEST_LIMIT).data if each.id == own), None)
    if budget is None:
        raise NotFound(f"There is no budget {number}")
    rows = budget_history(identity.context, number).data
    first = single(view.params, "from")
    chosen = next((row for row in rows if row.period.from_.isoformat() == first), rows[-1] if rows else None)
    alerts = [each for each in list_alerts(identity.context, LARGEST_LIMIT).data if each.budget_id == own]
    told = Told(
        budget=budget,
        rows=rows,
        chosen=chosen,
        spent=_explained(identity, budget, "spent", chosen),
        projected=_explained(identity, budget, "projected", chosen),
        alerts=alerts[:20],
    )
    return {
        "title": budget.name,
        "eyebrow": f"{identity.tenant.name} · {_('Budget')}",
        "controls": detail_controls(budget, desk),
        "chips": [],
        "content": budget_detail(told, desk),
    }


def _explained(identity: Identity, budget: Budget, name: str, row: BudgetStatus | None) -> Explanation | None:
    """What a figure of the budget's period is made of; None for one that is not given, such as of an ended budget."""
    if row is None or getattr(row, name) is None:
        return None
    query = Query.parse({"from": [row.period.from_.isoformat()], "to": [row.period.to.isoformat()]})
    try:
        return explain_figure(identity.context, f"budget.{budget.id}.{name}", query, _LINES)
    except NotFound:
        return None


def context_of(identity: Identity, page: LedgerPage, desk: Desk) -> dict[str, Any]:
    """What the browser's part needs: who is here, and what a budget may cover."""
    today: date = page.today
    return {
        "writes": desk.writes,
        "locale": spoken_locale(identity.tenant.locale),
        "currency": identity.tenant.currency,
        "month_start": identity.tenant.month_start,
        "today": today.isoformat(),
        "tags": [],
        **page.model_dump(mode="json", include={"accounts", "categories", "version"}),
    }


def register(app: Dash) -> None:
    PAGE.follow(app, show_budgets)
    open_part(app, "openBudgets", ids.BUDGETS_OPENED, Input(ids.BUDGETS_CONTEXT, "data"))
