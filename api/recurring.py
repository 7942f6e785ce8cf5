"""`/financial/recurring` and `/financial/forecast`: what comes back, and where balances are heading."""

from __future__ import annotations

from typing import Final

from flask import Blueprint, Response

from api.resource import PAGE_PARAMETERS, limit, only
from core.query import Query, single
from data.reports.forecast import forecast_report
from data.reports.recurring import list_recurring
from data.schemas.dashboard import Envelope
from data.schemas.pages import Page
from data.schemas.recurring import Forecast, Recurring
from web.http import reply
from web.identity import current
from web.openapi import Parameter, operation

blueprint = Blueprint("recurring", __name__)
_ACCOUNTS: Final = Parameter("account_id", {"type": "string"}, "Only these accounts.", many=True)
_CATEGORIES: Final = Parameter(
    "category_id", {"type": "string"}, "Only these categories with their children; none = uncategorised.", many=True
)
_CURRENCY: Final = Parameter("currency", {"type": "string", "pattern": "^[A-Z]{3}$"}, "The currency to report in.")


@blueprint.get("/financial/recurring")
@operation(
    "Payments that come back, the next due first",
    returns=Page[Recurring],
    parameters=(_ACCOUNTS, _CATEGORIES, *PAGE_PARAMETERS),
)
def get_recurring() -> Response:
    given = only("account_id", "category_id", "limit", "cursor")
    query = Query.parse({name: given[name] for name in ("account_id", "category_id") if name in given})
    return reply(list_recurring(current().context, query, limit(given), single(given, "cursor")))


@blueprint.get("/financial/forecast")
@operation(
    "The balances of the next 90 days",
    returns=Envelope[Forecast],
    parameters=(_ACCOUNTS, _CURRENCY),
)
def get_forecast() -> Response:
    query = Query.parse(only("account_id", "currency"))
    return reply(forecast_report(current().context, query.account_ids, query.currency))
