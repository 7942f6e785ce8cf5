"""`/financial/audit` and `.csv`: the audit log, for admins."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from threading import BoundedSemaphore
from typing import Final

from flask import Blueprint, Response

from api import resource
from core.errors import Unavailable
from core.period import parse_day
from core.query import single
from data.context import TenantContext
from data.reports.audit import COLUMNS, AuditFilter, Line, exported_audit, list_audit
from data.schemas.audit import AuditRecord
from data.schemas.pages import Page
from web.http import reply
from web.identity import current
from web.openapi import DAY, Parameter, operation
from web.spreadsheets import CSV_TYPE, csv_chunks

blueprint = Blueprint("audit", __name__)
_FILTERS: Final = (
    Parameter("kind", {"type": "string"}, "Of what: account, transaction, token, person, ..."),
    Parameter("actor", {"type": "string"}, "By whom: person:7, token:3, cli, ..."),
    Parameter("from", DAY, "First day."),
    Parameter("to", DAY, "Last day, included."),
)
_NAMES: Final = tuple(each.name for each in _FILTERS)
_room = BoundedSemaphore(2)
"""So many exports at a time in a worker: each holds a connection to the database."""


@blueprint.get("/financial/audit")
@operation(
    "Who changed what, newest first",
    returns=Page[AuditRecord],
    parameters=(*_FILTERS, *resource.PAGE_PARAMETERS),
)
def get_audit() -> Response:
    given = resource.only(*_NAMES, "limit", "cursor")
    found = list_audit(current().context, _wanted(given), resource.limit(given), single(given, "cursor"))
    return reply(found)


@blueprint.get("/financial/audit.csv")
@operation("The same as CSV, whole", parameters=_FILTERS)
def get_audit_csv() -> Response:
    identity = current()
    chunks = csv_chunks(COLUMNS, _lines(identity.context, _wanted(resource.only(*_NAMES))))
    first = next(chunks)  # what is wrong is said before the answer begins
    response = Response(_all(first, chunks), mimetype=CSV_TYPE)
    name = f"audit-{identity.tenant.key}-{identity.context.today.isoformat()}.csv"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _lines(context: TenantContext, wanted: AuditFilter) -> Iterator[list[Line]]:
    if not _room.acquire(blocking=False):
        raise Unavailable("Other exports are running: try again", code="exports_busy", headers={"Retry-After": "5"})
    try:
        yield from exported_audit(context, wanted)
    finally:
        _room.release()


def _all(first: bytes, others: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from others


def _wanted(given: Mapping[str, Sequence[str]]) -> AuditFilter:
    first, last = single(given, "from"), single(given, "to")
    return AuditFilter(
        kind=single(given, "kind"),
        actor=single(given, "actor"),
        first=None if first is None else parse_day(first, "from"),
        last=None if last is None else parse_day(last, "to"),
    )
