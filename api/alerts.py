"""`/financial/alerts`: the levels that budgets reached; they are made by the ledger and can only be acknowledged."""

from __future__ import annotations

from flask import Blueprint, Response

from api import resource
from data.commands.acknowledge import update_alert
from data.reports import alerts
from data.reports.alerts import get_alert
from data.schemas.budgets import BudgetAlert
from data.schemas.changes import AlertPatch
from data.schemas.pages import Page
from web.http import if_match, read_json
from web.openapi import operation

blueprint = Blueprint("alerts", __name__)


@blueprint.get("/financial/alerts")
@operation("The budget alerts, newest first", returns=Page[BudgetAlert], parameters=resource.PAGE_PARAMETERS)
def list_alerts() -> Response:
    return resource.page(alerts.list_alerts)


@blueprint.get("/financial/alerts/<alert_id>")
@operation("One alert", returns=BudgetAlert)
def get_one_alert(alert_id: str) -> Response:
    return resource.one(get_alert, alert_id, "alert")


@blueprint.patch("/financial/alerts/<alert_id>")
@operation(
    "Acknowledge an alert, or take that back",
    body=AlertPatch,
    body_types=resource.PATCH_TYPES,
    returns=BudgetAlert,
    errors=resource.PATCH_ERRORS,
    headers=resource.IF_MATCH,
)
def patch_alert(alert_id: str) -> Response:
    return resource.changed(
        get_alert,
        lambda context, number: update_alert(context, number, read_json(AlertPatch), if_match()),
        alert_id,
        "alert",
    )
