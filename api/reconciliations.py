"""`/financial/reconciliations`: the ledger compared with a bank's statements."""

from __future__ import annotations

from flask import Blueprint, Response

from api import resource
from core.query import read_id
from data.commands.reconciliations import (
    change_statement,
    close_statement,
    drop_statement,
    mark_entries,
    open_statement,
    reopen_statement,
)
from data.frames.resources import get_account
from data.reports.reconciliations import get_reconciliation, list_entries, list_reconciliations, stated_balances
from data.schemas.ledger import Transaction
from data.schemas.pages import Page
from data.schemas.reconciliations import (
    CloseIn,
    EntriesIn,
    Reconciliation,
    ReconciliationIn,
    ReconciliationPatch,
    StatedBalances,
)
from web.http import if_match, read_json, reply
from web.identity import current
from web.openapi import operation

blueprint = Blueprint("reconciliations", __name__)
_NOUN = "reconciliation"


@blueprint.get("/financial/accounts/<account_id>/statements")
@operation("The closing balances that imported statements printed for an account", returns=StatedBalances)
def get_statements(account_id: str) -> Response:
    resource.only()
    return reply(stated_balances(current().context, read_id(account_id, "account")))


@blueprint.get("/financial/accounts/<account_id>/reconciliations")
@operation(
    "An account's statements that were reconciled, the newest first",
    returns=Page[Reconciliation],
    parameters=resource.PAGE_PARAMETERS,
)
def get_reconciliations(account_id: str) -> Response:
    number = read_id(account_id, "account")
    return resource.page(lambda context, limit, cursor: list_reconciliations(context, number, limit, cursor))


@blueprint.post("/financial/accounts/<account_id>/reconciliations")
@operation(
    "Begin to reconcile an account with a statement",
    body=ReconciliationIn,
    returns=Reconciliation,
    status=201,
    errors=resource.POST_ERRORS,
)
def post_reconciliation(account_id: str) -> Response:
    number = read_id(account_id, "account")
    get_account(current().context, number)
    return resource.created(
        lambda context: open_statement(context, number, read_json(ReconciliationIn)), "/financial/reconciliations"
    )


@blueprint.get("/financial/reconciliations/<reconciliation_id>")
@operation("One statement, and how far the ledger agrees with it", returns=Reconciliation)
def get_one(reconciliation_id: str) -> Response:
    return resource.one(get_reconciliation, reconciliation_id, _NOUN)


@blueprint.patch("/financial/reconciliations/<reconciliation_id>")
@operation(
    "Correct an open statement",
    body=ReconciliationPatch,
    body_types=resource.PATCH_TYPES,
    returns=Reconciliation,
    errors=resource.PATCH_ERRORS,
    headers=resource.IF_MATCH,
)
def patch_one(reconciliation_id: str) -> Response:
    return resource.changed(
        get_reconciliation,
        lambda context, own: change_statement(context, own, read_json(ReconciliationPatch), if_match()),
        reconciliation_id,
        _NOUN,
    )


@blueprint.delete("/financial/reconciliations/<reconciliation_id>")
@operation("Give up an open statement", status=204, errors=resource.DELETE_ERRORS, headers=resource.IF_MATCH)
def delete_one(reconciliation_id: str) -> Response:
    return resource.removed(
        get_reconciliation,
        lambda context, own: drop_statement(context, own, if_match()),
        reconciliation_id,
        _NOUN,
    )


@blueprint.get("/financial/reconciliations/<reconciliation_id>/entries")
@operation("A statement's entries, the newest first", returns=Page[Transaction], parameters=resource.PAGE_PARAMETERS)
def get_entries(reconciliation_id: str) -> Response:
    own = read_id(reconciliation_id, _NOUN)
    return resource.page(lambda context, limit, cursor: list_entries(context, own, limit, cursor))


@blueprint.post("/financial/reconciliations/<reconciliation_id>/entries")
@operation(
    "Mark entries as cleared or not: some, or all", body=EntriesIn, returns=Reconciliation, errors=resource.POST_ERRORS
)
def post_entries(reconciliation_id: str) -> Response:
    return resource.changed(
        get_reconciliation,
        lambda context, own: mark_entries(context, own, read_json(EntriesIn)),
        reconciliation_id,
        _NOUN,
    )


@blueprint.post("/financial/reconciliations/<reconciliation_id>/close")
@operation(
    "Close a statement that the ledger agrees with, or adjust the ledger",
    body=CloseIn,
    returns=Reconciliation,
    errors=resource.POST_ERRORS,
)
def post_close(reconciliation_id: str) -> Response:
    return resource.changed(
        get_reconciliation,
        lambda context, own: close_statement(context, own, adjust=read_json(CloseIn).adjust),
        reconciliation_id,
        _NOUN,
    )


@blueprint.post("/financial/reconciliations/<reconciliation_id>/reopen")
@operation(
    "Take the closing of the account's newest statement back", returns=Reconciliation, errors=resource.POST_ERRORS
)
def post_reopen(reconciliation_id: str) -> Response:
    return resource.changed(get_reconciliation, reopen_statement, reconciliation_id, _NOUN)
