"""`/financial/views`: pages with their filters that a person keeps under a name. Nobody sees another's."""

from __future__ import annotations

from flask import Blueprint, Response

from api import resource
from core.query import read_id
from data.commands.views import create_view, delete_view, update_view
from data.context import TenantContext
from data.frames import views
from data.schemas.pages import Page
from data.schemas.views import SavedView, SavedViewIn, SavedViewPatch
from web.http import etag, if_match, nothing, read_json, reply
from web.identity import current
from web.openapi import operation

blueprint = Blueprint("views", __name__)


@blueprint.get("/financial/views")
@operation("Your saved views, by id", returns=Page[SavedView], parameters=resource.PAGE_PARAMETERS)
def list_views() -> Response:
    def own(context: TenantContext, limit: int, cursor: str | None) -> Page[SavedView]:
        return views.list_views(context, _me(), limit, cursor)

    return resource.page(own)


@blueprint.post("/financial/views")
@operation("Save a view", body=SavedViewIn, returns=SavedView, status=201, errors=resource.POST_ERRORS)
def post_view() -> Response:
    resource.only()
    view, revision = create_view(current().context, _me(), read_json(SavedViewIn))
    return reply(view, 201, {"Location": f"/financial/views/{view.id}", "ETag": etag(revision)})


@blueprint.get("/financial/views/<view_id>")
@operation("One of your views", returns=SavedView)
def get_one_view(view_id: str) -> Response:
    return resource.one(lambda context, number: views.get_view(context, _me(), number), view_id, "view")


@blueprint.patch("/financial/views/<view_id>")
@operation(
    "Rename a view, or give it another page",
    body=SavedViewPatch,
    body_types=resource.PATCH_TYPES,
    returns=SavedView,
    errors=resource.PATCH_ERRORS,
    headers=resource.IF_MATCH,
)
def patch_view(view_id: str) -> Response:
    resource.only()
    number = read_id(view_id, "view")
    view, revision = update_view(current().context, _me(), number, read_json(SavedViewPatch), if_match())
    return reply(view, headers={"ETag": etag(revision)})


@blueprint.delete("/financial/views/<view_id>")
@operation("Forget a view", status=204, errors=(412,), headers=resource.IF_MATCH)
def remove_view(view_id: str) -> Response:
    resource.only()
    delete_view(current().context, _me(), read_id(view_id, "view"), if_match())
    return nothing()


def _me() -> int:
    return current().seat.person.id
