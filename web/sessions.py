"""A person's sessions: begun at a sign-in, seen and ended by the person, over when unused or too old.

Every signed token carries its session's name (`sid`), so to end a session is to end all of its tokens: the cookie of
each tenant it was in, access tokens, refresh tokens. What a request costs does not change: the session is read with the
seat, which is remembered until the directory changes.
"""

from __future__ import annotations

import logging
import secrets
from datetime import datetime, timedelta
from typing import Final

from flask import request

from core.browsers import short_name
from core.errors import Unauthorized
from data import refresh, sessions
from data.directory import DirectorySession, PersonInfo
from data.sessions import Begun, Kind, Lifetime, Origin, Place, SessionInfo
from web.seats import Standing
from web.state import state
from web.tokens import Claims

_LOG: Final = logging.getLogger("dashboard.sign_in")


def lifetime() -> Lifetime:
    """What the settings say."""
    settings = state().settings
    return Lifetime(timedelta(days=settings.session_idle_days), timedelta(days=settings.session_max_days))


def begin(session: DirectorySession, person: PersonInfo, kind: Kind, origin: Origin | None = None) -> SessionInfo:
    """A new session of somebody who has just signed in, by `origin` or with a password."""
    now = state().clock()
    sessions.forget_old(session, person, lifetime(), now)
    return _started(session, secrets.token_hex(16), person, Begun(kind, _place(), now, origin), now)


def of_family(session: DirectorySession, family: str, person: PersonInfo) -> SessionInfo:
    """The session of a refresh token that was used, and its use noted; `Unauthorized` when it is over.

    A family from before there were sessions, or of a release that knows none, gets one now.
    """
    now = state().clock()
    found = sessions.find(session, family)
    if found is None:
        began = refresh.began_at(session, family)
        if began is None:
            raise _over()
        return _in_time(_started(session, family, person, Begun("program", _place(), began), now), now)
    sessions.note_use(session, {family: (now, request.remote_addr)})
    return _in_time(found, now)


def check(standing: Standing, claims: Claims) -> Standing:
    """The standing, once its session is neither unused for too long nor too old; its use is noted."""
    own, now, held = state(), state().clock(), standing.session
    if held is None:
        return standing
    if not lifetime().holds(held, now):  # as it was read: another worker may have noted a use since
        own.memory.forget_standing(claims)
        standing = own.memory.standing(own.database, claims)
        held = _in_time(standing.session or held, now)
    if now - held.last_used_at >= sessions.NOTED_EVERY:
        own.usage.note(own.database, claims, now, request.remote_addr)
    return standing


def mine(person: PersonInfo) -> list[SessionInfo]:
    """The person's sessions, newest first."""
    with state().database.directory() as session:
        return sessions.sessions_of(session, person, lifetime(), state().clock())


def end(person: PersonInfo, session_id: int) -> None:
    """End one of the person's sessions at once. `NotFound` when there is none, or not any more."""
    with state().database.directory() as session:
        sessions.end(session, session_id, person.id, state().clock())
    _LOG.info("session ended: person %s, one, from %s", person.id, request.remote_addr)


def end_others(person: PersonInfo, claims: Claims | None) -> None:
    """End all of the person's sessions but the one in use."""
    with state().database.directory() as session:
        sessions.end_others(session, person.id, claims.session if claims else None, state().clock())
    _LOG.info("session ended: person %s, all others, from %s", person.id, request.remote_addr)


def _started(session: DirectorySession, sid: str, person: PersonInfo, begun: Begun, now: datetime) -> SessionInfo:
    sessions.start(session, sid, person, begun, now)
    found = sessions.find(session, sid)
    if found is None:
        raise _over()
    return found


def _place() -> Place:
    return Place(request.remote_addr, short_name(request.user_agent.string))


def _in_time(held: SessionInfo, now: datetime) -> SessionInfo:
    if not lifetime().holds(held, now):
        raise _over()
    return held


def _over() -> Unauthorized:
    return Unauthorized("The session has ended: sign in again", code="session_ended")
