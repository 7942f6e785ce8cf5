"""`/financial/comparisons`: how a month, quarter, year or week stands beside those before it."""

from __future__ import annotations

from typing import Final, TypeVar, get_args

from flask import Blueprint, Response

from api.resource import PAGE_PARAMETERS, limit, only
from core.errors import Invalid
from core.query import PARAMETERS, Query, single
from data.reports.comparisons import comparisons_report
from data.schemas.comparisons import By, Comparison, Of
from data.schemas.dashboard import Envelope
from web.http import reply
from web.identity import current
from web.openapi import REPORT_PARAMETERS, Parameter, operation

blueprint = Blueprint("comparisons", __name__)
_BY: Final[tuple[By, ...]] = get_args(By)
_OF: Final[tuple[Of, ...]] = get_args(Of)
_OWN: Final = (
    Parameter("by", {"type": "string", "enum": list(_BY), "default": "month"}, "What is compared."),
    Parameter("of", {"type": "string", "enum": list(_OF), "default": "category"}, "What it is grouped by."),
    PAGE_PARAMETERS[0],
)
Choice = TypeVar("Choice", By, Of)


@blueprint.get("/financial/comparisons")
@operation(
    "A month, quarter, year or week of each group beside the one before, a year ago, and the average of six",
    returns=Envelope[Comparison],
    parameters=(*REPORT_PARAMETERS, *_OWN),
)
def get_comparisons() -> Response:
    identity = current()
    identity.require_feature("dashboard")
    given = only(*PARAMETERS, "by", "of", "limit")
    query = Query.parse({name: values for name, values in given.items() if name in PARAMETERS})
    by, of = _choice(given, "by", _BY), _choice(given, "of", _OF)
    return reply(comparisons_report(identity.context, query, by, of, limit(given)))


def _choice(given: dict[str, list[str]], name: str, choices: tuple[Choice, ...]) -> Choice:
    """One of the choices, the first without any; `Invalid` names the parameter."""
    text = single(given, name)
    for choice in choices:
        if text in (None, choice):
            return choice
    raise Invalid.field(name, f"must be one of {', '.join(choices)}")
