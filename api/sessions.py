"""`/auth/sessions`: where the person is signed in, and the end of one or all others."""

from __future__ import annotations

from flask import Blueprint, Response

from api import resource
from core.query import read_id
from data.schemas.auth import SessionOut
from data.schemas.pages import Page
from data.sessions import SessionInfo
from web import sessions
from web.http import nothing, reply
from web.identity import current
from web.openapi import operation

blueprint = Blueprint("sessions", __name__)


@blueprint.get("/auth/sessions")
@operation("Where you are signed in, newest first", returns=Page[SessionOut], parameters=resource.PAGE_PARAMETERS)
def list_sessions() -> Response:
    found, following = resource.own_page("sessions", _mine(), newest_first=True)
    shown = [_shown(each) for each in found]
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
    return reply(_shown(resource.own_one(_mine(), session_id, "session")))


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
