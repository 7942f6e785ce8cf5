"""The one place where reports are asked for: the endpoints, the pages and the embeds all come through here."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, Final

import orjson
from flask import current_app, g, request
from pydantic import BaseModel

from core.query import Query
from data.context import TenantContext
from data.reports.accounts import accounts_report
from data.reports.budgets import budgets_report
from data.reports.dashboard import HISTORIES_UP_TO, dashboard_report
from data.reports.summary import summary_report
from data.reports.transactions import transactions_report
from data.schemas.budgets import BudgetStatus
from data.schemas.dashboard import (
    AccountSummary,
    DashboardData,
    Envelope,
    FinancialSummary,
    TransactionSummary,
)
from data.timing import recording
from web.asker import Asker
from web.cache import Answer, AnswerCache, Whole
from web.identity import current
from web.json import dumps

CACHE_EXTENSION: Final = "answer_cache"
REPORTS: Final[dict[str, Callable[[TenantContext, Query], Envelope[Any]]]] = {
    "dashboard": dashboard_report,
    "summary": summary_report,
    "accounts": accounts_report,
    "transactions": transactions_report,
    "budgets": budgets_report,
}
ANSWERS: Final[dict[str, type[BaseModel]]] = {
    "dashboard": Envelope[DashboardData],
    "summary": Envelope[FinancialSummary],
    "accounts": Envelope[list[AccountSummary]],
    "transactions": Envelope[TransactionSummary],
    "budgets": Envelope[list[BudgetStatus]],
}


ENDPOINTS: Final = {
    "/financial/dashboard": "dashboard",
    **{f"/financial/dashboard/{view}": view for view in REPORTS if view != "dashboard"},
}
"""The endpoints whose answer is a view's and nothing else."""


def ask(view: str, parameters: Mapping[str, Sequence[str]]) -> Answer:
    """The answer of a view to the signed-in tenant, from the cache or computed."""
    identity = current()
    identity.require_feature("dashboard")
    query = Query.parse(parameters)
    if request.path in ENDPOINTS:
        cache: AnswerCache = current_app.extensions[CACHE_EXTENSION]
        cache.learn(request.query_string.decode("latin-1"), query.canonical)
    return answer_of(view, identity, query)


def answer_of(view: str, asker: Asker, query: Query) -> Answer:
    """The answer of a view to whoever may see it, from the cache or computed."""
    cache: AnswerCache = current_app.extensions[CACHE_EXTENSION]
    whole = Whole("dashboard", partial(part_of, view)) if view != "dashboard" else None
    with recording() as statements:
        answer = cache.ask(view, asker, query.canonical, lambda: REPORTS[view](asker.context, query), whole)
    g.answered = (view, answer.hit)
    g.database_seconds = statements.seconds
    return answer


def part_of(view: str, dashboard: bytes) -> bytes | None:
    """The answer of a single view out of the dashboard's to the same question, byte by byte as it would be computed.
    None where they differ: of money that no rate converts each lists its own, and of more than 50 accounts only the
    single view tells the histories."""
    envelope = orjson.loads(dashboard)
    data = envelope["data"]
    if not envelope["complete"] or (view == "accounts" and len(data["accounts"]) > HISTORIES_UP_TO):
        return None
    return dumps(envelope | {"data": data[view]})


def dashboard(parameters: Mapping[str, Sequence[str]]) -> Envelope[DashboardData]:
    """The whole dashboard as a model, for the pages: the same answer as the endpoint's."""
    return Envelope[DashboardData].model_validate_json(ask("dashboard", parameters).body)
