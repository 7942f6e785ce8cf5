"""`/financial/rates`: the tenant's own exchange rates."""

from __future__ import annotations

from flask import Blueprint, Response

from api import resource
from data.commands.rates import create_rate, delete_rate, update_rate
from data.frames import resources
from data.frames.resources import get_rate
from data.schemas.pages import Page
from data.schemas.rates import Rate, RateIn, RatePatch
from web.http import if_match, read_json
from web.openapi import operation

blueprint = Blueprint("rates", __name__)


@blueprint.get("/financial/rates")
@operation("The tenant's own exchange rates by id", returns=Page[Rate], parameters=resource.PAGE_PARAMETERS)
def list_rates() -> Response:
    return resource.page(resources.list_rates)


@blueprint.post("/financial/rates")
@operation("Add an exchange rate", body=RateIn, returns=Rate, status=201, errors=resource.POST_ERRORS)
def post_rate() -> Response:
    return resource.created(lambda context: create_rate(context, read_json(RateIn)), "/financial/rates")


@blueprint.get("/financial/rates/<rate_id>")
@operation("One rate", returns=Rate)
def get_one_rate(rate_id: str) -> Response:
    return resource.one(get_rate, rate_id, "rate")


@blueprint.patch("/financial/rates/<rate_id>")
@operation(
    "Change an exchange rate",
    body=RatePatch,
    body_types=resource.PATCH_TYPES,
    returns=Rate,
    errors=resource.PATCH_ERRORS,
    headers=resource.IF_MATCH,
)
def patch_rate(rate_id: str) -> Response:
    return resource.changed(
        get_rate,
        lambda context, number: update_rate(context, number, read_json(RatePatch), if_match()),
        rate_id,
        "rate",
    )


@blueprint.delete("/financial/rates/<rate_id>")
@operation(
    "Delete an exchange rate",
    status=204,
    errors=resource.DELETE_ERRORS,
    headers=resource.IF_MATCH,
)
def remove_rate(rate_id: str) -> Response:
    return resource.removed(get_rate, lambda context, number: delete_rate(context, number, if_match()), rate_id, "rate")
