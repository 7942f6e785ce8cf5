"""`/financial/transactions.csv` and `.xlsx`: what the list shows, whole, for spreadsheets."""

from __future__ import annotations

from collections.abc import Iterator
from threading import BoundedSemaphore
from typing import IO, Final

from flask import Blueprint, Response

from api.resource import only
from api.transactions import EXPORT_PARAMETERS, read_filter
from core.errors import Unavailable
from data.frames.exports import COLUMNS, Cell
from data.reports.exports import exported_transactions
from web.identity import current
from web.openapi import operation
from web.spreadsheets import CSV_TYPE, XLSX_TYPE, csv_chunks, xlsx_file

blueprint = Blueprint("exports", __name__)
_BUFFER: Final = 256 * 1024
_room = BoundedSemaphore(4)
"""So many at a time in a worker: each holds a connection to the database, which slow readers must not use up."""


@blueprint.get("/financial/transactions.csv")
@operation("Transactions as CSV", parameters=EXPORT_PARAMETERS)
def get_csv() -> Response:
    chunks = csv_chunks(COLUMNS, _lines())
    first = next(chunks)  # what is wrong is said before the answer begins
    return _file(_all(first, chunks), CSV_TYPE, "csv")


@blueprint.get("/financial/transactions.xlsx")
@operation("Transactions as an Excel workbook", parameters=EXPORT_PARAMETERS)
def get_xlsx() -> Response:
    return _file(_whole(xlsx_file(COLUMNS, _lines())), XLSX_TYPE, "xlsx")


def _lines() -> Iterator[list[list[Cell]]]:
    identity = current()
    query, wanted = read_filter(only(*(parameter.name for parameter in EXPORT_PARAMETERS)), identity.tenant.currency)
    if not _room.acquire(blocking=False):
        raise Unavailable("Other exports are running: try again", code="exports_busy", headers={"Retry-After": "5"})
    try:
        yield from exported_transactions(identity.context, query, wanted)
    finally:
        _room.release()


def _all(first: bytes, others: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from others


def _whole(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        while chunk := file.read(_BUFFER):
            yield chunk


def _file(content: Iterator[bytes], kind: str, suffix: str) -> Response:
    """A download, named by tenant and day: of the tenant's key, which is made of letters, digits, - and _."""
    identity = current()
    response = Response(content, mimetype=kind)
    name = f"transactions-{identity.tenant.key}-{identity.context.today.isoformat()}.{suffix}"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "private, no-store"
    return response
