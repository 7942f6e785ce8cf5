"""`/financial/imports`: statement files in, and what became of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import Any, Final

import orjson
from flask import Blueprint, Response, request
from werkzeug.datastructures import FileStorage

from api.resource import PAGE_PARAMETERS, editor, only, page
from core.errors import BadRequest, Invalid, UnsupportedMedia
from core.query import read_id, refuse_unknown
from data.commands import import_runs
from data.commands.imports import ImportRequest, check_request, import_statement
from data.context import TenantContext
from data.reports.import_runs import get_detail, get_state
from data.reports.imports import get_import, list_imports
from data.schemas.import_runs import ImportDetail, ImportState
from data.schemas.imports import PREVIEW, ImportRecord, ImportResult
from data.schemas.pages import Page
from web.http import etag, reply
from web.identity import current
from web.openapi import Parameter, operation

blueprint = Blueprint("imports", __name__)
_ASYNC: Final = "respond-async"
_FIELDS: Final = frozenset({"account_id", "format", "mapping", "dry_run", "create_accounts", "preview"})
_BODY: Final[dict[str, Any]] = {
    "type": "object",
    "required": ["file"],
    "properties": {
        "file": {"type": "string", "contentMediaType": "application/octet-stream"},
        "account_id": {"type": "string"},
        "format": {"type": "string"},
        "mapping": {"type": "string", "contentMediaType": "application/json"},
        "dry_run": {"type": "string", "enum": ["true", "false"]},
        "create_accounts": {"type": "string", "enum": ["true", "false"]},
        "preview": {"type": "string", "enum": ["all"]},
    },
}


@blueprint.post("/financial/imports")
@operation(
    "Import a bank's statement: CSV, OFX, QFX, QIF, MT940, MT942, CAMT.052, .053, .054, XLSX, ZIP",
    body=_BODY,
    body_types=("multipart/form-data",),
    returns=ImportResult,
    status=201,
    other={200: ImportResult, 202: ImportState},
    errors=(400, 409, 413, 415),
    headers=("Prefer",),
    parameters=(Parameter("preview", {"type": "string", "enum": ["all"]}, "Show all entries, not the first 50."),),
)
def post_import() -> Response:
    identity = current()
    identity.require("editor")
    if request.mimetype != "multipart/form-data":
        raise UnsupportedMedia("The body must be multipart/form-data with the statement as file")
    asked, file = _read()
    if _ASYNC in _preferences() and not asked.dry_run and asked.preview is not None:
        return _queue(identity.context, asked, file)
    result = import_statement(identity.context, replace(asked, data=file.read()))
    if result.id is None:
        return reply(result)
    _, version = get_import(identity.context, int(result.id))
    return reply(result, 201, {"Location": f"/financial/imports/{result.id}", "ETag": etag(version)})


def _preferences() -> set[str]:
    """The preferences without parameters (RFC 7240, section 2)."""
    return {each.split(";")[0].strip().lower() for each in ",".join(request.headers.getlist("Prefer")).split(",")}


def _queue(context: TenantContext, asked: ImportRequest, file: FileStorage) -> Response:
    """Keep the file for a worker. What is wrong with the request itself is told at once."""
    check_request(context, asked)
    chunks: Iterator[bytes] = iter(partial(file.read, import_runs.CHUNK), b"")
    names = ("account_id", "format", "mapping", "create_accounts")
    options = {name: getattr(asked, name) for name in names}
    import_id = import_runs.submit(context, asked.filename, chunks, options)
    headers = {"Location": f"/financial/imports/{import_id}", "Preference-Applied": _ASYNC}
    return reply(get_state(context, import_id), 202, headers)


def _read() -> tuple[ImportRequest, FileStorage]:
    # A part without a name has the name None.
    form = {str(name): value for name, value in {**request.args.to_dict(), **request.form.to_dict()}.items()}
    refuse_unknown([*form, *(str(name) for name in request.files)], [*_FIELDS, "file"])
    file = request.files.get("file")
    if file is None:
        raise Invalid.field("file", "is missing: send the statement as a multipart file")
    if len(request.files.getlist("file")) > 1:
        raise Invalid.field("file", "must be given once: send an archive, or each statement by itself")
    preview = form.get("preview")
    if preview not in (None, "", "all"):
        raise Invalid.field("preview", "must be all")
    asked = ImportRequest(
        data=b"",
        filename=(file.filename or "")[:200],
        account_id=form.get("account_id") or None,
        format=form.get("format") or None,
        mapping=_mapping(form.get("mapping")),
        dry_run=_flag(form, "dry_run"),
        create_accounts=_flag(form, "create_accounts"),
        preview=None if preview == "all" else PREVIEW,
    )
    return asked, file


def _flag(form: dict[str, str], name: str) -> bool:
    value = form.get(name, "false").lower()
    if value not in ("true", "false", "1", "0", ""):
        raise Invalid.field(name, "must be true or false")
    return value in ("true", "1")


def _mapping(text: str | None) -> dict[str, Any] | None:
    if not text:
        return None
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise BadRequest(f"mapping is not JSON: {error.msg}") from None
    if not isinstance(value, dict):
        raise Invalid.field("mapping", "must be a JSON object")
    return value


class ImportList(Page[ImportRecord]):
    """A page of imports."""


@blueprint.get("/financial/imports")
@operation("The files that were imported", returns=ImportList, parameters=PAGE_PARAMETERS)
def get_imports() -> Response:
    return page(list_imports)


@blueprint.get("/financial/imports/<import_id>")
@operation("One imported file, how far its import is, and what became of its entries", returns=ImportDetail)
def get_one(import_id: str) -> Response:
    only()
    detail, version = get_detail(current().context, read_id(import_id, "import"))
    return reply(detail, headers={} if version is None else {"ETag": etag(version)})


@blueprint.post("/financial/imports/<import_id>/cancel")
@operation("End an import that waits or runs in the background; nothing is booked", returns=ImportState, errors=(409,))
def post_cancel(import_id: str) -> Response:
    only()
    number = read_id(import_id, "import")
    get_state(current().context, number)
    context = editor()
    import_runs.cancel(context, number)
    return reply(get_state(context, number))
