"""The five dashboard endpoints: thin, because pages and embeds ask the same question in the same place."""

from __future__ import annotations

from flask import Blueprint, Response, request

from web.ask import ANSWERS, ask
from web.http import parameters
from web.openapi import REPORT_PARAMETERS, operation

blueprint = Blueprint("dashboard", __name__)
_HEADERS = ("If-None-Match",)


def _answer(view: str) -> Response:
    entry = ask(view, parameters()).entry
    coding = entry.coding(request.headers.get("Accept-Encoding", ""))
    if entry.matches(request.headers.get("If-None-Match", "")):
        known = Response(status=304, headers=entry.validators(coding))
        del known.headers["Content-Type"]
        return known
    body, headers = entry.form(coding)
    return Response(body, headers=headers)


@blueprint.get("/financial/dashboard")
@operation(
    "The four reports in one, with alerts and data quality",
    returns=ANSWERS["dashboard"],
    parameters=REPORT_PARAMETERS,
    other={304: None},
    headers=_HEADERS,
)
def get_dashboard() -> Response:
    return _answer("dashboard")


@blueprint.get("/financial/dashboard/summary")
@operation(
    "Net worth, income, expenses, what was saved, and how that changed",
    returns=ANSWERS["summary"],
    parameters=REPORT_PARAMETERS,
    other={304: None},
    headers=_HEADERS,
)
def get_summary() -> Response:
    return _answer("summary")


@blueprint.get("/financial/dashboard/accounts")
@operation(
    "Every account's balance, what moved it, and its history",
    returns=ANSWERS["accounts"],
    parameters=REPORT_PARAMETERS,
    other={304: None},
    headers=_HEADERS,
)
def get_accounts() -> Response:
    return _answer("accounts")


@blueprint.get("/financial/dashboard/transactions")
@operation(
    "What was earned and spent, by month, category, payee and weekday",
    returns=ANSWERS["transactions"],
    parameters=REPORT_PARAMETERS,
    other={304: None},
    headers=_HEADERS,
)
def get_transactions() -> Response:
    return _answer("transactions")


@blueprint.get("/financial/dashboard/budgets")
@operation(
    "Each budget in its current period, with status and alerts",
    returns=ANSWERS["budgets"],
    parameters=REPORT_PARAMETERS,
    other={304: None},
    headers=_HEADERS,
)
def get_budgets() -> Response:
    return _answer("budgets")
