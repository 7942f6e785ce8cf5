"""`/financial/categorise`: categories that nobody typed, why they are what they are, and how to take them back."""

from __future__ import annotations

from flask import Blueprint, Response

from api import resource
from core.errors import Invalid
from core.query import read_id, single
from data.classify.explain import category_choice
from data.commands.categorise import categorise, get_settings, set_settings, undo_categorise
from data.commands.categorise_accept import accept_guesses
from data.reports.guesses import guesses
from data.schemas.categorise import (
    Accepted,
    AcceptIn,
    CategoriseIn,
    CategoriseResult,
    CategoriseSettings,
    CategoriseSettingsIn,
    CategoryChoice,
    Guesses,
    UndoResult,
)
from web.http import read_json, reply
from web.identity import current
from web.openapi import Parameter, operation

blueprint = Blueprint("categorise", __name__)
_LEAST = (
    Parameter(
        "min_confidence",
        {"type": "number", "minimum": 0, "maximum": 1},
        "Count in `sure` those of at least this confidence.",
    ),
)


@blueprint.get("/financial/transactions/<transaction_id>/category")
@operation("Who chose a transaction's category, why, and what else it might be", returns=CategoryChoice)
def get_category_choice(transaction_id: str) -> Response:
    resource.only()
    return reply(category_choice(current().context, read_id(transaction_id, "transaction")))


@blueprint.post("/financial/categorise")
@operation(
    "Categorise transactions that have no category",
    body=CategoriseIn,
    returns=CategoriseResult,
    errors=(400, 413, 415),
)
def post_categorise() -> Response:
    resource.only()
    context = resource.editor()
    return reply(categorise(context, read_json(CategoriseIn)))


@blueprint.post("/financial/categorise/undo")
@operation("Take back learned categories that nobody confirmed", returns=UndoResult)
def post_undo() -> Response:
    resource.only()
    return reply(undo_categorise(resource.editor()))


@blueprint.get("/financial/categorise/guesses")
@operation("Learned categories that nobody confirmed", returns=Guesses, parameters=_LEAST)
def get_guesses() -> Response:
    given = single(resource.only("min_confidence"), "min_confidence")
    return reply(guesses(current().context, _share(given or "0")))


def _share(text: str) -> float:
    """A confidence from 0 to 1 as it stands in an address; `Invalid` otherwise."""
    try:
        share = float(text)
    except ValueError:
        share = -1.0
    if not 0 <= share <= 1:
        raise Invalid.field("min_confidence", "must be a number from 0 to 1")
    return share


@blueprint.post("/financial/categorise/accept")
@operation("Confirm learned categories", body=AcceptIn, returns=Accepted, errors=(400, 413, 415))
def post_accept() -> Response:
    resource.only()
    context = resource.editor()
    return reply(accept_guesses(context, read_json(AcceptIn)))


@blueprint.get("/financial/categorise/settings")
@operation("How transactions are categorised", returns=CategoriseSettings)
def get_categorise_settings() -> Response:
    resource.only()
    return reply(get_settings(current().context))


@blueprint.put("/financial/categorise/settings")
@operation(
    "Set how transactions are categorised; what is left out stays",
    body=CategoriseSettingsIn,
    returns=CategoriseSettings,
    errors=(400, 413, 415),
)
def put_categorise_settings() -> Response:
    resource.only()
    context = resource.editor()
    return reply(set_settings(context, read_json(CategoriseSettingsIn)))
