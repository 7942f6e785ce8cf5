"""Sessions: who is signed in where, since when, and when it was last used (global tables; open directory sessions).

A session ends when its row is deleted, together with its refresh tokens: so do all credentials that carry its `sid`.
What nobody's rights depend on (a new one, a use) changes nothing that workers remember.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from sqlalchemy import ColumnElement, and_, delete, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from core.errors import NotFound
from data import refresh
from data.changes import QUIET
from data.directory import PersonInfo
from data.models.session import PersonSession
from data.shapes import shaped

Kind = Literal["page", "program"]
NOTED_EVERY: Final = timedelta(minutes=5)
"""So seldom a session's use is written."""
_UNNOTICED: Final = {QUIET: True, "synchronize_session": False}


@dataclass(frozen=True, slots=True)
class SessionInfo:
    """A session that has not ended. `sid` is the name that its tokens carry."""

    id: int
    sid: str
    person_id: int
    epoch: int
    kind: Kind
    started_at: datetime
    last_used_at: datetime
    address: str | None
    browser: str | None


@dataclass(frozen=True, slots=True)
class Place:
    """From where a session is used: an address, and the browser or program as it names itself in short."""

    address: str | None
    browser: str | None


@dataclass(frozen=True, slots=True)
class Origin:
    """The provider of identity that vouched for somebody, and what it calls its own session, if it says so."""

    issuer: str
    sid: str | None


@dataclass(frozen=True, slots=True)
class Lifetime:
    """How long sessions last: unused, and at all."""

    idle: timedelta
    longest: timedelta

    def holds(self, session: SessionInfo, now: datetime) -> bool:
        """Whether the session has neither been unused for too long nor lasted too long."""
        return now < session.last_used_at + self.idle and now < session.started_at + self.longest

    def left(self, session: SessionInfo, now: datetime) -> timedelta:
        """How long a session that is used now lasts without another use."""
        return min(self.idle, session.started_at + self.longest - now)

    def over(self, now: datetime) -> ColumnElement[bool]:
        """The same as a condition on rows: that it holds no more."""
        return or_(
            PersonSession.last_used_at <= now - self.idle,
            PersonSession.started_at <= now - self.longest,
        )


@dataclass(frozen=True, slots=True)
class Begun:
    """How a session began: `origin` is None for a password."""

    kind: Kind
    place: Place
    at: datetime
    origin: Origin | None = None


def start(session: Session, sid: str, person: PersonInfo, begun: Begun, now: datetime) -> None:
    """Remember a session. One that is there already stays as it is."""
    values = {
        "sid": sid,
        "person_id": person.id,
        "epoch": person.epoch,
        "kind": begun.kind,
        "started_at": begun.at,
        "last_used_at": now,
        "address": begun.place.address,
        "browser": begun.place.browser,
        "issuer": begun.origin.issuer if begun.origin else None,
        "issuer_sid": begun.origin.sid if begun.origin else None,
    }
    session.execute(insert(PersonSession).values(**values).on_conflict_do_nothing(), execution_options=_UNNOTICED)


def forget_old(session: Session, person: PersonInfo, life: Lifetime, now: datetime) -> None:
    """Delete the person's sessions that are worth nothing any more."""
    void = and_(PersonSession.person_id == person.id, or_(PersonSession.epoch < person.epoch, life.over(now)))
    gone = session.execute(delete(PersonSession).where(void).returning(PersonSession.sid), execution_options=_UNNOTICED)
    for sid in gone.scalars().all():
        refresh.revoke_family(session, sid, now)


def find(session: Session, sid: str) -> SessionInfo | None:
    """The session with this name, None when it has ended."""
    row = session.scalars(select(PersonSession).where(PersonSession.sid == sid)).first()
    return None if row is None else shaped(SessionInfo, row)


def sessions_of(session: Session, person: PersonInfo, life: Lifetime, now: datetime) -> list[SessionInfo]:
    """The person's sessions, newest first."""
    which = (PersonSession.person_id == person.id, PersonSession.epoch == person.epoch, ~life.over(now))
    rows = session.scalars(select(PersonSession).where(*which).order_by(PersonSession.id.desc()))
    return [shaped(SessionInfo, row) for row in rows]


def note_use(session: Session, used: Mapping[str, tuple[datetime, str | None]]) -> None:
    """Write when and from which address sessions were last used, whatever order workers report in."""
    for sid, (at, address) in used.items():
        session.execute(
            update(PersonSession)
            .where(PersonSession.sid == sid, PersonSession.last_used_at < at)
            .values(last_used_at=at, address=func.coalesce(address, PersonSession.address)),
            execution_options=_UNNOTICED,
        )


def end(session: Session, session_id: int, person_id: int, now: datetime) -> None:
    """End one of the person's sessions at once. `NotFound` when there is none, or not any more."""
    which = (PersonSession.id == session_id, PersonSession.person_id == person_id)
    if not _end(session, and_(*which), now):
        raise NotFound(f"There is no session {session_id}")


def end_named(session: Session, sid: str, person_id: int, now: datetime) -> None:
    """End the session with this name, if it is the person's and still there."""
    _end(session, and_(PersonSession.sid == sid, PersonSession.person_id == person_id), now)


def end_others(session: Session, person_id: int, sid: str | None, now: datetime) -> None:
    """End all of the person's sessions but the one with this name."""
    _end(session, and_(PersonSession.person_id == person_id, PersonSession.sid.is_distinct_from(sid)), now)


def end_of_origin(session: Session, origin: Origin, person_id: int | None, now: datetime) -> int:
    """End what began at the provider: its session `origin.sid`, or all of this person; returns how many ended."""
    which = [PersonSession.issuer == origin.issuer]
    if origin.sid is not None:
        which.append(PersonSession.issuer_sid == origin.sid)
    if person_id is not None or origin.sid is None:
        which.append(PersonSession.person_id == person_id)
    return _end(session, and_(*which), now)


def _end(session: Session, which: ColumnElement[bool], now: datetime) -> int:
    statement = delete(PersonSession).where(which).returning(PersonSession.sid)
    ended = session.execute(statement, execution_options={"synchronize_session": False}).scalars().all()
    for sid in ended:
        refresh.revoke_family(session, sid, now)
    return len(ended)
