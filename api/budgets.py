"""`/financial/budgets`: plans, and how each of their periods went."""

from __future__ import annotations

from flask import Blueprint, Response

from api import resource
from core.query import read_id
from data.commands.budget_preview import preview_budget
from data.commands.budgets import create_budget, delete_budget, update_budget
from data.frames import resources
from data.frames.resources import get_budget
from data.reports.budget_history import budget_history
from data.reports.budget_proposals import budget_proposals
from data.schemas.budget_drafts import BudgetPreview, BudgetProposals
from data.schemas.budgets import Budget, BudgetIn
from data.schemas.changes import BudgetChange
from data.schemas.pages import BudgetHistory, Page
from web.http import if_match, read_json, reply
from web.identity import current
from web.openapi import operation

blueprint = Blueprint("budgets", __name__)


@blueprint.get("/financial/budgets")
@operation("The budgets by id", returns=Page[Budget], parameters=resource.PAGE_PARAMETERS)
def list_budgets() -> Response:
    return resource.page(resources.list_budgets)


@blueprint.post("/financial/budgets")
@operation("Add a budget", body=BudgetIn, returns=Budget, status=201, errors=resource.POST_ERRORS)
def post_budget() -> Response:
    return resource.created(lambda context: create_budget(context, read_json(BudgetIn)), "/financial/budgets")


@blueprint.get("/financial/budgets/<budget_id>")
@operation("One budget", returns=Budget)
def get_one_budget(budget_id: str) -> Response:
    return resource.one(get_budget, budget_id, "budget")


@blueprint.patch("/financial/budgets/<budget_id>")
@operation(
    "Change a budget",
    body=BudgetChange,
    body_types=resource.PATCH_TYPES,
    returns=Budget,
    errors=resource.PATCH_ERRORS,
    headers=resource.IF_MATCH,
)
def patch_budget(budget_id: str) -> Response:
    return resource.changed(
        get_budget,
        lambda context, number: update_budget(context, number, read_json(BudgetChange), if_match()),
        budget_id,
        "budget",
    )


@blueprint.delete("/financial/budgets/<budget_id>")
@operation(
    "Delete a budget",
    status=204,
    errors=resource.DELETE_ERRORS,
    headers=resource.IF_MATCH,
)
def remove_budget(budget_id: str) -> Response:
    return resource.removed(
        get_budget, lambda context, number: delete_budget(context, number, if_match()), budget_id, "budget"
    )


@blueprint.get("/financial/budgets/<budget_id>/history")
@operation("A budget in all its periods up to today, oldest first", returns=BudgetHistory)
def get_budget_history(budget_id: str) -> Response:
    resource.only()
    return reply(budget_history(current().context, read_id(budget_id, "budget")))


@blueprint.post("/financial/budgets/preview")
@operation("Try a budget out; nothing is written", body=BudgetIn, returns=BudgetPreview, errors=(400, 413, 415))
def post_preview() -> Response:
    resource.only()
    context = resource.editor()
    return reply(preview_budget(context, read_json(BudgetIn)))


@blueprint.get("/financial/budgets/proposals")
@operation("The budgets that the last six months suggest", returns=BudgetProposals)
def get_proposals() -> Response:
    resource.only()
    return reply(budget_proposals(current().context))
