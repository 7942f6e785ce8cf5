"""What changed since a version of the tenant: kinds, ids, deletions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import func, select, tuple_
from sqlalchemy.orm import Session

from data.frames.driver import rows
from data.models.followed import FOLLOWED
from data.models.state import Deletion, TenantState

DELETIONS_KEPT: Final = timedelta(days=90)
# The newest version of a table is the last entry of its index. Whether there is a newer one (EXISTS) would be looked
# for in the whole table, from the sixth time on: what ran five times gets one plan, for a version that could be any.
_NEWER: Final = "coalesce((SELECT max(updated_version) FROM {table} WHERE tenant_id = :tenant), 0) > :since"
_KINDS: Final = "SELECT " + ", ".join(_NEWER.format(table=model.__tablename__) for model in FOLLOWED.values())
_DELETED_KINDS: Final = "SELECT DISTINCT kind FROM deletions WHERE tenant_id = :tenant AND version > :since"


@dataclass(frozen=True, slots=True)
class Changed:
    """One thing that is there, and whether it was made since."""

    kind: str
    id: int
    new: bool


def changed_kinds(session: Session, since: int) -> list[str]:
    """The kinds of which anything was made, changed or deleted after version `since`."""
    (there,) = rows(session, _KINDS, {"since": since})
    gone = {kind for (kind,) in rows(session, _DELETED_KINDS, {"since": since}, replan=True)}
    return [kind for kind, newer in zip(FOLLOWED, there, strict=True) if newer or kind in gone]


def is_forgotten(session: Session, since: int) -> bool:
    """Whether deletions after version `since` are not kept any more, or are older than they need to be."""
    old = select(Deletion.version).where(Deletion.version > since, Deletion.deleted_at < func.now() - DELETIONS_KEPT)
    forgotten = session.scalars(select(TenantState.forgotten_version)).one()
    return since < forgotten or session.execute(old.limit(1)).first() is not None


def changed(session: Session, since: int, until: int, after: tuple[str, int] | None, limit: int) -> list[Changed]:
    """The first `limit` things after (kind, id) that were made or changed in (since, until], by kind and id.

    Things that changed again after `until` are among them: they are listed once more at that version.
    """
    found: list[Changed] = []
    for kind, model in _from(None if after is None else after[0]):
        statement = (
            select(model.id, model.created_version > since)
            .where(model.updated_version > since, model.created_version <= until)
            .order_by(model.id)
            .limit(limit - len(found))
        )
        if after is not None and kind == after[0]:
            statement = statement.where(model.id > after[1])
        found += [Changed(kind, row[0], row[1]) for row in session.execute(statement)]
        if len(found) == limit:
            break
    return found


def _from(kind: str | None) -> Iterator[tuple[str, Any]]:
    kinds = list(FOLLOWED)
    for each in kinds[0 if kind is None else kinds.index(kind) :]:
        yield each, FOLLOWED[each]


def deleted(
    session: Session, since: int, until: int, after: tuple[int, str, int] | None, limit: int
) -> list[tuple[int, str, int]]:
    """The first `limit` deletions (version, kind, id) in (since, until] after that one, in their order."""
    key = (Deletion.version, Deletion.kind, Deletion.object_id)
    statement = select(*key).where(Deletion.version > since, Deletion.version <= until)
    if after is not None:
        statement = statement.where(Deletion.version >= after[0], tuple_(*key) > after)
    return [(row[0], row[1], row[2]) for row in session.execute(statement.order_by(*key).limit(limit))]
