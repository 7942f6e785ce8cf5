"""`/financial/transactions/...`: many at once, what they add up to, taking a change back, where one came from."""

from __future__ import annotations

from typing import Final

from flask import Blueprint, Response

from api import resource
from api.transactions import FILTER_PARAMETERS, FORCE, forced, read_filter
from core.query import read_id
from data.commands.bulk import change_many
from data.commands.undo import undo
from data.reports.ledger_page import totals_of, transaction_details
from data.schemas.bulk import BulkIn, BulkResult, Totals, TransactionDetails, UndoIn, Undone
from web.http import read_json, reply
from web.identity import current
from web.openapi import operation

blueprint = Blueprint("ledger_work", __name__)
_NAMES: Final = tuple(parameter.name for parameter in FILTER_PARAMETERS)


@blueprint.get("/financial/transactions/totals")
@operation("How many transactions the filters find, and their sums", returns=Totals, parameters=FILTER_PARAMETERS)
def get_totals() -> Response:
    query, wanted = read_filter(resource.only(*_NAMES), current().tenant.currency)
    return reply(totals_of(current().context, query, wanted))


@blueprint.post("/financial/transactions/bulk")
@operation(
    "Change or delete many transactions, by id or all that the filters find; a dry run shows what would change",
    body=BulkIn,
    returns=BulkResult,
    parameters=(*FILTER_PARAMETERS, *FORCE),
    errors=resource.POST_ERRORS,
)
def post_bulk() -> Response:
    given = resource.only(*_NAMES, "force")
    context = resource.editor()
    query, wanted = read_filter(given, current().tenant.currency)
    return reply(change_many(context, query, wanted, read_json(BulkIn), force=forced(given)))


@blueprint.post("/financial/transactions/undo")
@operation(
    "Take your own change of transactions back, within 24 hours",
    body=UndoIn,
    returns=Undone,
    errors=resource.POST_ERRORS,
)
def post_undo() -> Response:
    resource.only()
    return reply(undo(resource.editor(), read_json(UndoIn).version))


@blueprint.get("/financial/transactions/<transaction_id>/details")
@operation("Where a transaction came from, and the other side of its transfer", returns=TransactionDetails)
def get_details(transaction_id: str) -> Response:
    resource.only()
    return reply(transaction_details(current().context, read_id(transaction_id, "transaction")))
