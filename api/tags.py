"""`/financial/tags`: names on transactions and their parts."""

from __future__ import annotations

from flask import Blueprint, Response

from api import resource
from data.commands.tags import create_tag, delete_tag, update_tag
from data.frames import resources
from data.frames.resources import get_tag
from data.schemas.changes import TagPatch
from data.schemas.ledger import Tag, TagIn
from data.schemas.pages import Page
from web.http import if_match, read_json
from web.openapi import operation

blueprint = Blueprint("tags", __name__)


@blueprint.get("/financial/tags")
@operation("The tags by id", returns=Page[Tag], parameters=resource.PAGE_PARAMETERS)
def list_tags() -> Response:
    return resource.page(resources.list_tags)


@blueprint.post("/financial/tags")
@operation("Add a tag", body=TagIn, returns=Tag, status=201, errors=resource.POST_ERRORS)
def post_tag() -> Response:
    return resource.created(lambda context: create_tag(context, read_json(TagIn)), "/financial/tags")


@blueprint.get("/financial/tags/<tag_id>")
@operation("One tag", returns=Tag)
def get_one_tag(tag_id: str) -> Response:
    return resource.one(get_tag, tag_id, "tag")


@blueprint.patch("/financial/tags/<tag_id>")
@operation(
    "Change a tag",
    body=TagPatch,
    body_types=resource.PATCH_TYPES,
    returns=Tag,
    errors=resource.PATCH_ERRORS,
    headers=resource.IF_MATCH,
)
def patch_tag(tag_id: str) -> Response:
    return resource.changed(
        get_tag,
        lambda context, number: update_tag(context, number, read_json(TagPatch), if_match()),
        tag_id,
        "tag",
    )


@blueprint.delete("/financial/tags/<tag_id>")
@operation(
    "Delete a tag",
    status=204,
    parameters=resource.REPLACE_BY,
    errors=resource.DELETE_ERRORS,
    headers=resource.IF_MATCH,
)
def remove_tag(tag_id: str) -> Response:
    return resource.replaced(
        get_tag,
        lambda context, number, replace_by: delete_tag(context, number, if_match(), replace_by),
        tag_id,
        "tag",
    )
