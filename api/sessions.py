"""`/auth/sessions`: where the person is signed in, and the end of one or all others."""

from __future__ import annotations

from flask import Blueprint, Response

from api import resource
from core.errors import NotFound
from core.query import read_id, single
from data.schemas.auth import SessionOut
from data.schemas.pages import Page, read_cursor, write_cursor
from data.sessions import SessionInfo
from web import sessions
from web.http import nothing, reply
from web.identity import current
from web.openapi import operation

blueprint = Blueprint("sessions", __name__)
_LIST = "sessions"


@blueprint.get("/auth/sessions")
@operation("Where you are signed in, newest first", returns=Page[SessionOut], parameters=resource.PAGE_PARAMETERS)
def list_sessions() -> Response:
    given = resource.only("limit", "cursor")
    limit, cursor = resource.limit(given), single(given, "cursor")
    before = None if cursor is None else int(read_cursor(_LIST, cursor, int)[0])
    found = [each for each in _mine() if before is None or each.id < before]
    following = write_cursor(_LIST, found[limit - 1].id) if len(found) > limit else None
    shown = [_shown(each) for each in found[:limit]]
    return reply(Page[SessionOut](data=shown, next_cursor=following, version=current().version))


@blueprint.delete("/auth/sessions")
@operation("End all your sessions but this one", status=204)
def remove_sessions() -> Response:
    resource.only()
    identity = current()
    sessions.end_others(identity.seat.person, identity.claims)
    return nothing()


@blueprint.get("/auth/sessions/<session_id>")
@operation("One of your sessions", returns=SessionOut)
def get_session(session_id: str) -> Response:
    resource.only()
    number = read_id(session_id, "session")
    found = next((each for each in _mine() if each.id == number), None)
    if found is None:
        raise NotFound(f"There is no session {number}")
    return reply(_shown(found))


@blueprint.delete("/auth/sessions/<session_id>")
@operation("End a session at once", status=204)
def remove_session(session_id: str) -> Response:
    resource.only()
    sessions.end(current().seat.person, read_id(session_id, "session"))
    return nothing()


def _mine() -> list[SessionInfo]:
    return sessions.mine(current().seat.person)


def _shown(info: SessionInfo) -> SessionOut:
    claims = current().claims
    return SessionOut.model_validate(
        {
            "id": str(info.id),
            "kind": info.kind,
            "started_at": info.started_at,
            "last_used_at": info.last_used_at,
            "address": info.address,
            "browser": info.browser,
            "current": claims is not None and claims.session == info.sid,
        }
    )
