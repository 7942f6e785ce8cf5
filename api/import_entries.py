"""`/financial/imports/<id>`: its entries, what is decided about them, taking it back; and remembered mappings."""

from __future__ import annotations

from flask import Blueprint, Response

from api import resource
from core.query import read_id, single
from data.commands.import_mappings import forget_mapping
from data.commands.import_review import decide_entry
from data.commands.import_undo import take_back
from data.reports.imports import get_entry, get_import, get_mapping, list_entries, list_mappings
from data.schemas.imports import Decision, StoredEntry, StoredMapping
from data.schemas.pages import Page
from web.http import etag, if_match, read_json, reply
from web.identity import current
from web.openapi import Parameter, operation

blueprint = Blueprint("import_entries", __name__)
_STATUS = Parameter(
    "status", {"type": "string", "enum": ["new", "duplicate", "review", "skipped"]}, "Only entries of this status."
)


class EntryPage(Page[StoredEntry]):
    """A page of an import's entries, in the order of the file."""


class MappingPage(Page[StoredMapping]):
    """A page of remembered mappings."""


@blueprint.get("/financial/imports/<import_id>/entries")
@operation(
    "All entries of an imported file and what became of each",
    returns=EntryPage,
    parameters=(*resource.PAGE_PARAMETERS, _STATUS),
)
def get_entries(import_id: str) -> Response:
    given = resource.only("limit", "cursor", "status")
    number = read_id(import_id, "import")
    most, cursor, status = resource.limit(given), single(given, "cursor"), single(given, "status")
    return reply(list_entries(current().context, number, most, cursor, status))


@blueprint.post("/financial/imports/<import_id>/entries/<n>")
@operation(
    "Decide about an entry in review: keep it as a booking, or merge it into a transaction",
    body=Decision,
    returns=StoredEntry,
    errors=(*resource.POST_ERRORS, 412),
    headers=resource.IF_MATCH,
)
def post_decision(import_id: str, n: str) -> Response:
    resource.only()
    number, place = read_id(import_id, "import"), read_id(n, "entry")
    get_entry(current().context, number, place)
    context = resource.editor()
    entry, version = decide_entry(context, number, place, read_json(Decision), if_match())
    return reply(entry, headers={"ETag": etag(version)})


@blueprint.delete("/financial/imports/<import_id>")
@operation(
    "Take an import back: what it created goes, what it changed returns",
    status=204,
    errors=resource.DELETE_ERRORS,
    headers=resource.IF_MATCH,
)
def remove_import(import_id: str) -> Response:
    return resource.removed(
        get_import, lambda context, number: take_back(context, number, if_match()), import_id, "import"
    )


@blueprint.get("/financial/import-mappings")
@operation("The remembered CSV mappings", returns=MappingPage, parameters=resource.PAGE_PARAMETERS)
def get_mappings() -> Response:
    return resource.page(list_mappings)


@blueprint.get("/financial/import-mappings/<mapping_id>")
@operation("One remembered CSV mapping", returns=StoredMapping)
def get_one_mapping(mapping_id: str) -> Response:
    return resource.one(get_mapping, mapping_id, "mapping")


@blueprint.delete("/financial/import-mappings/<mapping_id>")
@operation(
    "Forget a CSV mapping: files with its header are read anew",
    status=204,
    errors=resource.DELETE_ERRORS,
    headers=resource.IF_MATCH,
)
def remove_mapping(mapping_id: str) -> Response:
    return resource.removed(
        get_mapping, lambda context, number: forget_mapping(context, number, if_match()), mapping_id, "mapping"
    )
