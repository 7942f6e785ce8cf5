"""`/financial/categories`: the tree whose kinds say what amounts are."""

from __future__ import annotations

from flask import Blueprint, Response

from api import resource
from data.commands.categories import create_category, delete_category, update_category
from data.frames import resources
from data.frames.resources import get_category
from data.schemas.ledger import Category, CategoryIn, CategoryPatch
from data.schemas.pages import Page
from web.http import if_match, read_json
from web.openapi import operation

blueprint = Blueprint("categories", __name__)


@blueprint.get("/financial/categories")
@operation("The categories by id", returns=Page[Category], parameters=resource.PAGE_PARAMETERS)
def list_categories() -> Response:
    return resource.page(resources.list_categories)


@blueprint.post("/financial/categories")
@operation("Add a category", body=CategoryIn, returns=Category, status=201, errors=resource.POST_ERRORS)
def post_category() -> Response:
    return resource.created(lambda context: create_category(context, read_json(CategoryIn)), "/financial/categories")


@blueprint.get("/financial/categories/<category_id>")
@operation("One category", returns=Category)
def get_one_category(category_id: str) -> Response:
    return resource.one(get_category, category_id, "category")


@blueprint.patch("/financial/categories/<category_id>")
@operation(
    "Change a category",
    body=CategoryPatch,
    body_types=resource.PATCH_TYPES,
    returns=Category,
    errors=resource.PATCH_ERRORS,
    headers=resource.IF_MATCH,
)
def patch_category(category_id: str) -> Response:
    return resource.changed(
        get_category,
        lambda context, number: update_category(context, number, read_json(CategoryPatch), if_match()),
        category_id,
        "category",
    )


@blueprint.delete("/financial/categories/<category_id>")
@operation(
    "Delete a category",
    status=204,
    parameters=resource.REPLACE_BY,
    errors=resource.DELETE_ERRORS,
    headers=resource.IF_MATCH,
)
def remove_category(category_id: str) -> Response:
    return resource.replaced(
        get_category,
        lambda context, number, replace_by: delete_category(context, number, if_match(), replace_by),
        category_id,
        "category",
    )
