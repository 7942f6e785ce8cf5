"""`/financial/imports`: statement files in, and what became of them."""

from __future__ import annotations

from typing import Any, Final

import orjson
from flask import Blueprint, Response, request

from api.resource import PAGE_PARAMETERS, one, page
from core.errors import BadRequest, Invalid, UnsupportedMedia
from core.query import refuse_unknown
from data.commands.imports import PREVIEW, ImportRequest, import_statement
from data.reports.imports import get_import, list_imports
from data.schemas.imports import ImportRecord, ImportResult
from data.schemas.pages import Page
from web.http import reply
from web.identity import current
from web.openapi import Parameter, operation

blueprint = Blueprint("imports", __name__)
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
    "Import a bank's statement: CSV, OFX, QFX, QIF, MT940, MT942, CAMT.052, .053, .054",
    body=_BODY,
    body_types=("multipart/form-data",),
    returns=ImportResult,
    status=201,
    other={200: ImportResult},
    errors=(400, 409, 413, 415),
    parameters=(Parameter("preview", {"type": "string", "enum": ["all"]}, "Show all entries, not the first 50."),),
)
def post_import() -> Response:
    identity = current()
    identity.require("editor")
    if request.mimetype != "multipart/form-data":
        raise UnsupportedMedia("The body must be multipart/form-data with the statement as file")
    result = import_statement(identity.context, _read())
    if result.id is None:
        return reply(result)
    return reply(result, 201, {"Location": f"/financial/imports/{result.id}"})


def _read() -> ImportRequest:
    # A part without a name has the name None.
    form = {str(name): value for name, value in {**request.args.to_dict(), **request.form.to_dict()}.items()}
    refuse_unknown([*form, *(str(name) for name in request.files)], [*_FIELDS, "file"])
    file = request.files.get("file")
    if file is None:
        raise Invalid.field("file", "is missing: send the statement as a multipart file")
    preview = form.get("preview")
    if preview not in (None, "", "all"):
        raise Invalid.field("preview", "must be all")
    return ImportRequest(
        data=file.read(),
        filename=(file.filename or "")[:200],
        account_id=form.get("account_id") or None,
        format=form.get("format") or None,
        mapping=_mapping(form.get("mapping")),
        dry_run=_flag(form, "dry_run"),
        create_accounts=_flag(form, "create_accounts"),
        preview=None if preview == "all" else PREVIEW,
    )


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
@operation("One imported file and what became of its entries", returns=ImportRecord)
def get_one(import_id: str) -> Response:
    return one(get_import, import_id, "import")
