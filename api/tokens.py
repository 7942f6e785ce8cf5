"""`/auth/tokens`: tokens for programs, of the person who is signed in, for the tenant of the sign-in."""

from __future__ import annotations

from flask import Blueprint, Response, g

from api import resource
from core.query import read_id
from data import credentials
from data.commands.tokens import issue_token, revoke_token
from data.credentials import TokenInfo
from data.schemas.pages import Page
from data.schemas.tokens import ApiTokenIn, ApiTokenOut, NewApiToken
from web import tokens
from web.http import nothing, read_json, reply
from web.identity import current
from web.json import dumps
from web.openapi import operation
from web.state import state

blueprint = Blueprint("tokens", __name__)


@blueprint.get("/auth/tokens")
@operation("Your tokens for this tenant", returns=Page[ApiTokenOut], parameters=resource.PAGE_PARAMETERS)
def list_tokens() -> Response:
    found, following = resource.own_page("tokens", _mine())
    shown = [_shown(each) for each in found]
    return reply(Page[ApiTokenOut](data=shown, next_cursor=following, version=current().version))


@blueprint.post("/auth/tokens")
@operation(
    "Issue a token; it is shown this once",
    body=ApiTokenIn,
    returns=NewApiToken,
    status=201,
    errors=resource.POST_ERRORS,
)
def post_token() -> Response:
    resource.only()
    identity, given = current(), read_json(ApiTokenIn)
    token, token_hash = tokens.new_opaque(tokens.API_PREFIX)
    info = issue_token(identity.context, identity.seat.person.id, identity.role, given, token_hash)
    shown = _shown(info).model_dump()
    g.repeated_body = dumps(NewApiToken(**shown, token=None))
    headers = {"Location": f"/auth/tokens/{info.id}", "Cache-Control": "no-store"}
    return reply(NewApiToken(**shown, token=token), 201, headers)


@blueprint.get("/auth/tokens/<token_id>")
@operation("One of your tokens", returns=ApiTokenOut)
def get_token(token_id: str) -> Response:
    return reply(_shown(resource.own_one(_mine(), token_id, "token")))


@blueprint.delete("/auth/tokens/<token_id>")
@operation("Revoke a token at once", status=204)
def remove_token(token_id: str) -> Response:
    resource.only()
    identity = current()
    revoke_token(identity.context, read_id(token_id, "token"), identity.seat.person.id, state().clock())
    return nothing()


def _mine() -> list[TokenInfo]:
    identity = current()
    with state().database.directory() as session:
        return credentials.tokens_of(session, identity.seat.person.id, identity.tenant.id)


def _shown(info: TokenInfo) -> ApiTokenOut:
    return ApiTokenOut.model_validate(
        {
            "id": str(info.id),
            "name": info.name,
            "scopes": list(info.scopes),
            "expires_on": info.expires_on,
            "created_at": info.created_at,
            "last_used_at": info.last_used_at,
        }
    )
