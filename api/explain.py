"""`/financial/explain` and `/financial/figures`: what every number means and what it is made of."""

from __future__ import annotations

from typing import Final

from flask import Blueprint, Response

from api.resource import PAGE_PARAMETERS, limit, only
from core.query import PARAMETERS, Query, single
from data.reports.explain import explain_figure
from data.reports.registry import DEFINITIONS
from data.schemas.figures import Explanation, FigureDefinition
from data.schemas.pages import Page
from web.http import reply
from web.identity import current
from web.openapi import REPORT_PARAMETERS, operation

blueprint = Blueprint("explain", __name__)
_PAGING: Final = ("limit", "cursor")


@blueprint.get("/financial/explain/<figure_id>")
@operation(
    "A figure explained: its meaning, what it is computed from, what was left out, its transactions",
    returns=Explanation,
    parameters=(*REPORT_PARAMETERS, *PAGE_PARAMETERS),
)
def get_explanation(figure_id: str) -> Response:
    identity = current()
    identity.require_feature("dashboard")
    given = only(*PARAMETERS, *_PAGING)
    query = Query.parse({name: values for name, values in given.items() if name not in _PAGING})
    return reply(explain_figure(identity.context, figure_id, query, limit(given), single(given, "cursor")))


@blueprint.get("/financial/figures")
@operation("All figures that can be explained, by the pattern of their ids", returns=Page[FigureDefinition])
def get_figures() -> Response:
    only()
    return reply(Page[FigureDefinition](data=list(DEFINITIONS.values()), next_cursor=None, version=current().version))
