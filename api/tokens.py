"""`/auth/tokens`: tokens for programs, of the person who is signed in, for the tenant of the sign-in."""

from __future__ import annotations

from flask import Blueprint, Response, g

from api import resource
from core.errors import NotFound
from core.query import read_id, single
from data import credentials
from data.commands.tokens import issue_token, revoke_token
from data.credentials import TokenInfo
from data.schemas.pages import Page, read_cursor, write_cursor
from data.schemas.tokens import ApiTokenIn, ApiTokenOut, NewApiToken
from web import tokens
from web.http import nothing, read_json, reply
from web.identity import current
from web.json import dumps
from web.openapi import operation
from web.state import state

blueprint = Blueprint("tokens", __name__)
_LIST = "tokens"


@blueprint.get("/auth/tokens")
@operation("Your tokens for this tenant", returns=Page[ApiTokenOut], parameters=resource.PAGE_PARAMETERS)
def list_tokens() -> Response:
    given = resource.only("limit", "cursor")
    limit, cursor = resource.limit(given), single(given, "cursor")
    after = 0 if cursor is None else read_cursor(_LIST, cursor, int)[0]
    found = [each for each in _mine() if each.id > int(after)]
    following = write_cursor(_LIST, found[limit - 1].id) if len(found) > limit else None
    page = Page[ApiTokenOut](
        data=[_shown(each) for each in found[:limit]], next_cursor=following, version=current().version
    )
    return reply(page)


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
    resource.only()
    number = read_id(token_id, "token")
    found = next((each for each in _mine() if each.id == number), None)
    if found is None:
        raise NotFound(f"There is no token {number}")
    return reply(_shown(found))


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
