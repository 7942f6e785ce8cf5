"""`/financial/accounts`: where money is, or is owed."""

from __future__ import annotations

from flask import Blueprint, Response

from api import resource
from data.commands.accounts import create_account, delete_account, update_account
from data.frames import resources
from data.frames.resources import get_account
from data.schemas.ledger import Account, AccountIn, AccountPatch
from data.schemas.pages import Page
from web.http import if_match, read_json
from web.openapi import operation

blueprint = Blueprint("accounts", __name__)


@blueprint.get("/financial/accounts")
@operation("The accounts by id", returns=Page[Account], parameters=resource.PAGE_PARAMETERS)
def list_accounts() -> Response:
    return resource.page(resources.list_accounts)


@blueprint.post("/financial/accounts")
@operation("Add an account", body=AccountIn, returns=Account, status=201, errors=resource.POST_ERRORS)
def post_account() -> Response:
    return resource.created(lambda context: create_account(context, read_json(AccountIn)), "/financial/accounts")


@blueprint.get("/financial/accounts/<account_id>")
@operation("One account", returns=Account)
def get_one_account(account_id: str) -> Response:
    return resource.one(get_account, account_id, "account")


@blueprint.patch("/financial/accounts/<account_id>")
@operation(
    "Change an account",
    body=AccountPatch,
    body_types=resource.PATCH_TYPES,
    returns=Account,
    errors=resource.PATCH_ERRORS,
    headers=resource.IF_MATCH,
)
def patch_account(account_id: str) -> Response:
    return resource.changed(
        get_account,
        lambda context, number: update_account(context, number, read_json(AccountPatch), if_match()),
        account_id,
        "account",
    )


@blueprint.delete("/financial/accounts/<account_id>")
@operation(
    "Delete an account",
    status=204,
    parameters=resource.REPLACE_BY,
    errors=resource.DELETE_ERRORS,
    headers=resource.IF_MATCH,
)
def remove_account(account_id: str) -> Response:
    return resource.replaced(
        get_account,
        lambda context, number, replace_by: delete_account(context, number, if_match(), replace_by),
        account_id,
        "account",
    )
