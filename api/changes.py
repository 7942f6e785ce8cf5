"""`/financial/changes`: what was made, changed and deleted since a version that the caller knows."""

from __future__ import annotations

from flask import Blueprint, Response

from api.resource import PAGE_PARAMETERS, limit, only
from core.errors import Invalid
from core.query import single
from data.reports.changes import list_changes
from data.schemas.feed import Changes
from web.http import reply
from web.identity import current
from web.openapi import Parameter, operation

blueprint = Blueprint("changes", __name__)
_SINCE = Parameter("since", {"type": "integer", "minimum": 0, "default": 0}, "The version that the caller knows.")


@blueprint.get("/financial/changes")
@operation(
    "What was made, changed and deleted since a version",
    returns=Changes,
    parameters=(_SINCE, *PAGE_PARAMETERS),
    errors=(410,),
)
def get_changes() -> Response:
    given = only("since", "limit", "cursor")
    since = read_version(single(given, "since") or "0", "since")
    return reply(list_changes(current().context, since, limit(given), single(given, "cursor")))


def read_version(text: str, field: str) -> int:
    """A version of the tenant; `Invalid` for what is none."""
    if not (text.isascii() and text.isdecimal() and len(text) < 19):
        raise Invalid.field(field, "must be a version: a whole number from 0")
    return int(text)
