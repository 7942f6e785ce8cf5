"""`/financial/changes`: what was made, changed and deleted since a version that the caller knows.

All pages of an answer go up to one version, that of the first page. What changes meanwhile may be listed already;
it is listed again from that version on, so a caller who goes on from there misses nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.errors import Gone, Invalid
from data.context import TenantContext
from data.frames.changes import Changed, changed, changed_kinds, deleted, is_forgotten
from data.frames.driver import replan_all
from data.frames.resources import tenant_version
from data.models.budget import BudgetAlert
from data.models.followed import FOLLOWED
from data.reports.budgets import alert_record
from data.schemas.budgets import BudgetAlert as AlertRecord
from data.schemas.feed import Changes, Reference
from data.schemas.pages import read_cursor, write_cursor

_LIST: Final = "changes"
_DELETED: Final = "deleted"


@dataclass(frozen=True, slots=True)
class Missed:
    """What a follower who knows an older version has to be told."""

    version: int
    kinds: list[str]
    alerts: list[AlertRecord]


class _Span(NamedTuple):
    """The versions that all pages of an answer are about, and the list's name in their cursors."""

    name: str
    since: int
    until: int


def list_changes(context: TenantContext, since: int, limit: int, cursor: str | None) -> Changes:
    """One page; `Gone` when deletions after `since` are not kept any more, or `since` was never reached."""
    with context.db.reading() as session:
        replan_all(session)  # few things are newer than a version, or nearly all: no plan is good for both
        now = tenant_version(session)
        span = _Span(context.list_name(_LIST), since, now)
        span, place = (span, None) if cursor is None else _read(cursor, span)
        _check(session, since, now)
        return _page(session, span, place, limit)


def missed(context: TenantContext, since: int) -> Missed:
    """What happened after version `since`; all kinds when that is not known any more."""
    with context.db.reading() as session:
        version = tenant_version(session)
        if since == version:
            return Missed(version, [], [])
        lost = since > version or is_forgotten(session, since)
        kinds = list(FOLLOWED) if lost else changed_kinds(session, since)
        alerts: list[AlertRecord] = []
        if "alert" in kinds and not lost:
            fired = select(BudgetAlert).where(BudgetAlert.created_version > since).order_by(BudgetAlert.id)
            alerts = [alert_record(row) for row in session.scalars(fired)]
        return Missed(version, kinds, alerts)


def _check(session: Session, since: int, now: int) -> None:
    # Who begins at 0 has nothing that could have been deleted.
    if since > now or (since and is_forgotten(session, since)):
        raise Gone("What was deleted since then is not known any more: begin again with since=0", code="since_gone")


def _page(session: Session, span: _Span, place: list[int | str] | None, limit: int) -> Changes:
    """The things that are there come first, then the deletions."""
    _, since, until = span
    there: list[Changed] = []
    if place is None or place[0] != _DELETED:
        after = None if place is None else (str(place[0]), int(place[1]))
        there = changed(session, since, until, after, limit + 1)
    if len(there) > limit:
        last = there[limit - 1]
        return _answer(there[:limit], [], until, _write(span, last.kind, last.id))
    after_deleted = None
    if place is not None and place[0] == _DELETED:
        after_deleted = (int(place[1]), str(place[2]), int(place[3]))
    room = limit - len(there)
    gone = deleted(session, since, until, after_deleted, room + 1)
    following = None
    if len(gone) > room:
        following = _write(span, _DELETED, *(gone[room - 1] if room else (0, "", 0)))
    return _answer(there, gone[:room], until, following)


def _answer(there: list[Changed], gone: list[tuple[int, str, int]], until: int, following: str | None) -> Changes:
    return Changes(
        created=[Reference(kind=each.kind, id=str(each.id)) for each in there if each.new],
        updated=[Reference(kind=each.kind, id=str(each.id)) for each in there if not each.new],
        deleted=[Reference(kind=kind, id=str(object_id)) for _, kind, object_id in gone],
        version=until,
        next_cursor=following,
    )


def _write(span: _Span, *place: int | str) -> str:
    return write_cursor(*span, *place)


def _read(cursor: str, span: _Span) -> tuple[_Span, list[int | str]]:
    """The versions that the pages before were about, and the place after which this one begins."""
    for kinds in ((int, int, str, int), (int, int, str, int, str, int)):
        try:
            known, until, *place = read_cursor(span.name, cursor, *kinds)
        except Invalid:
            continue
        listed = place[0] == _DELETED if len(place) == 4 else place[0] in FOLLOWED
        if known == span.since and listed and span.since <= int(until) <= span.until:
            return span._replace(until=int(until)), place
    raise Invalid.field("cursor", "is not a cursor of this list", code="bad_cursor")
