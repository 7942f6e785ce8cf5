"""`/financial/categorise`: categories that nobody typed, why they are what they are, and how to take them back."""

from __future__ import annotations

from flask import Blueprint, Response

from api import resource
from core.query import read_id
from data.classify.explain import category_choice
from data.commands.categorise import categorise, get_settings, set_settings, undo_categorise
from data.schemas.categorise import (
    CategoriseIn,
    CategoriseResult,
    CategoriseSettings,
    CategoriseSettingsIn,
    CategoryChoice,
    UndoResult,
)
from web.http import read_json, reply
from web.identity import current
from web.openapi import operation

blueprint = Blueprint("categorise", __name__)


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
