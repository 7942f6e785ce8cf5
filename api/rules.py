"""`/financial/rules`: how transactions are filed by themselves; trying that out, applying it, taking it back."""

from __future__ import annotations

from flask import Blueprint, Response

from api import resource
from data.commands.rule_preview import preview_rules
from data.commands.rule_runs import apply_rules, undo_run
from data.commands.rules import create_rule, delete_rule, update_rule
from data.reports import rules as reports
from data.schemas.pages import Page
from data.schemas.rules import (
    CategorisationRule,
    RuleIn,
    RulePatch,
    RulePreview,
    RulePreviewIn,
    RuleRun,
    RuleScope,
)
from web.http import if_match, read_json, reply
from web.openapi import operation

blueprint = Blueprint("rules", __name__)


@blueprint.get("/financial/rules")
@operation("The rules in their order", returns=Page[CategorisationRule], parameters=resource.PAGE_PARAMETERS)
def list_rules() -> Response:
    return resource.page(reports.list_rules)


@blueprint.post("/financial/rules")
@operation("Add a rule", body=RuleIn, returns=CategorisationRule, status=201, errors=resource.POST_ERRORS)
def post_rule() -> Response:
    return resource.created(lambda context: create_rule(context, read_json(RuleIn)), "/financial/rules")


@blueprint.get("/financial/rules/<rule_id>")
@operation("One rule", returns=CategorisationRule)
def get_one_rule(rule_id: str) -> Response:
    return resource.one(reports.get_rule, rule_id, "rule")


@blueprint.patch("/financial/rules/<rule_id>")
@operation(
    "Change or move a rule",
    body=RulePatch,
    body_types=resource.PATCH_TYPES,
    returns=CategorisationRule,
    errors=resource.PATCH_ERRORS,
    headers=resource.IF_MATCH,
)
def patch_rule(rule_id: str) -> Response:
    return resource.changed(
        reports.get_rule,
        lambda context, number: update_rule(context, number, read_json(RulePatch), if_match()),
        rule_id,
        "rule",
    )


@blueprint.delete("/financial/rules/<rule_id>")
@operation("Delete a rule", status=204, errors=resource.DELETE_ERRORS, headers=resource.IF_MATCH)
def remove_rule(rule_id: str) -> Response:
    return resource.removed(
        reports.get_rule, lambda context, number: delete_rule(context, number, if_match()), rule_id, "rule"
    )


@blueprint.post("/financial/rules/preview")
@operation("What rules would change; nothing is written", body=RulePreviewIn, returns=RulePreview, errors=(400, 415))
def post_preview() -> Response:
    resource.only()
    return reply(preview_rules(resource.editor(), read_json(RulePreviewIn)))


@blueprint.post("/financial/rules/apply")
@operation("Apply rules to the ledger", body=RuleScope, returns=RuleRun, status=201, errors=resource.POST_ERRORS)
def post_apply() -> Response:
    return resource.created(lambda context: apply_rules(context, read_json(RuleScope)), "/financial/rules/runs")


@blueprint.get("/financial/rules/runs")
@operation("The runs that can be taken back, newest first", returns=Page[RuleRun], parameters=resource.PAGE_PARAMETERS)
def list_runs() -> Response:
    return resource.page(reports.list_runs)


@blueprint.get("/financial/rules/runs/<run_id>")
@operation("One run", returns=RuleRun)
def get_one_run(run_id: str) -> Response:
    return resource.one(reports.get_run, run_id, "run")


@blueprint.delete("/financial/rules/runs/<run_id>")
@operation("Take a run back", status=204, errors=resource.DELETE_ERRORS, headers=resource.IF_MATCH)
def remove_run(run_id: str) -> Response:
    return resource.removed(
        reports.get_run, lambda context, number: undo_run(context, number, if_match()), run_id, "run"
    )
