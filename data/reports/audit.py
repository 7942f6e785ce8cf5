"""The audit log: who changed what and when, newest first."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from core.errors import Invalid
from data.context import TenantContext
from data.frames.resources import paged, tenant_version
from data.models.audit import AuditEntry
from data.models.person import Person
from data.models.token import ApiToken
from data.schemas.audit import AuditRecord
from data.schemas.pages import Page, read_cursor

COLUMNS: Final = (
    *("id", "at", "version", "actor", "person", "address", "action", "kind", "object_id", "before", "after"),
)
_CHUNK: Final = 1_000
_LIST: Final = "audit"
Line = list[str | date | bool | tuple[int, str] | None]


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """Which changes are wanted; days are the tenant's, both included."""

    kind: str | None = None
    actor: str | None = None
    first: date | None = None
    last: date | None = None


def list_audit(context: TenantContext, wanted: AuditFilter, limit: int, cursor: str | None) -> Page[AuditRecord]:
    """A page of the log."""
    resource = context.list_name(_LIST)
    statement = _statement(context, wanted).limit(limit + 1)
    if cursor is not None:
        statement = statement.where(AuditEntry.id < read_cursor(resource, cursor, int)[0])
    with context.db.reading() as session:
        rows = session.scalars(statement).all()
        records = _records(session, rows)
        return paged(resource, records, limit, tenant_version(session), lambda place: (rows[place].id,))


def exported_audit(context: TenantContext, wanted: AuditFilter) -> Iterator[list[Line]]:
    """All lines that the filter finds, in pieces, of one moment. Holds a connection until it is exhausted or closed."""
    statement = _statement(context, wanted)
    with context.db.reading() as session:
        for rows in session.scalars(statement.execution_options(yield_per=_CHUNK)).partitions():
            yield [_line(record) for record in _records(session, rows)]


def _line(record: AuditRecord) -> Line:
    cells = record.model_dump()
    plain = {"at": record.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"), "version": str(record.version)}
    for name in ("before", "after"):
        plain[name] = "" if cells[name] is None else json.dumps(cells[name], ensure_ascii=False)
    return [plain.get(name, cells[name]) for name in COLUMNS]


def _statement(context: TenantContext, wanted: AuditFilter) -> Select[AuditEntry]:
    statement = select(AuditEntry).order_by(AuditEntry.id.desc())
    if wanted.kind is not None:
        statement = statement.where(AuditEntry.kind == wanted.kind)
    if wanted.actor is not None:
        statement = statement.where(AuditEntry.actor == wanted.actor)
    if wanted.first is not None:
        statement = statement.where(AuditEntry.at >= _midnight(context, wanted.first))
    if wanted.last is not None:
        statement = statement.where(AuditEntry.at < _midnight(context, wanted.last + timedelta(days=1)))
    if wanted.first is not None and wanted.last is not None and wanted.first > wanted.last:
        raise Invalid.field("to", "must not be before from")
    return statement


def _midnight(context: TenantContext, day: date) -> datetime:
    return datetime.combine(day, time(), ZoneInfo(context.tenant.timezone))


def _records(session: Session, rows: Sequence[AuditEntry]) -> list[AuditRecord]:
    people = _people(session, {row.actor for row in rows})
    return [
        AuditRecord.model_construct(
            id=str(row.id),
            at=row.at,
            version=row.version,
            actor=row.actor,
            person=people.get(row.actor),
            address=row.address,
            action=row.action,
            kind=row.kind,
            object_id=None if row.object_id is None else str(row.object_id),
            before=row.before,
            after=row.after,
        )
        for row in rows
    ]


def _people(session: Session, actors: set[str]) -> dict[str, str]:
    """The addresses behind `person:7`, and behind `token:3` that of the person whose token it is."""
    persons, tokens = _ids(actors, "person"), _ids(actors, "token")
    found: dict[str, Any] = {}
    for person_id, email in session.execute(select(Person.id, Person.email).where(Person.id.in_(persons))):
        found[f"person:{person_id}"] = email
    of_tokens = select(ApiToken.id, Person.email).join(Person, Person.id == ApiToken.person_id)
    for token_id, email in session.execute(of_tokens.where(ApiToken.id.in_(tokens))):
        found[f"token:{token_id}"] = email
    return found


def _ids(actors: set[str], kind: str) -> list[int]:
    parts = (actor.partition(":") for actor in actors)
    return sorted(int(number) for what, _, number in parts if what == kind and number.isdecimal())
