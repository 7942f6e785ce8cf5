"""The unit of work every command runs in.

It takes the tenant's version first (the row lock puts the tenant's writers in a line), then lets the command
write, then settles what follows from it: transfer pairs, rollups, recurring payments, budget alerts. All of it
commits together, and is told to those who listen (`data.commands.outbox`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from sqlalchemy import insert, update
from sqlalchemy.orm import Session

from core.errors import NotFound
from data import directory
from data.commands import alerts, idempotency, matching, outbox, recurring, rollups, statistics
from data.context import TenantContext
from data.models.audit import AuditEntry
from data.models.state import Deletion, TenantState


@dataclass(slots=True)
class Write:
    """An open write. `version` is the tenant's version once it commits.

    A command that removes lines, or changes their payee, day or account, notes (account, payee) of each in
    `payees_before`. One that changes what lines are without raising their version (a category's kind) sets `reread`.
    One that only makes lines says `only_new`: of others only those that follow from it change (pairs), which raises
    their versions. One that may have made very many says `many`.
    """

    context: TenantContext
    session: Session
    version: int
    touched: dict[int, set[date]] = field(default_factory=dict)
    discard: bool = False
    payees_before: recurring.Payees = field(default_factory=set)
    reread: bool = False
    only_new: bool = False
    many: bool = False
    _settled: bool = False
    _audit: list[dict[str, Any]] = field(default_factory=list)

    @property
    def tenant_id(self) -> int:
        return self.context.tenant.id

    @property
    def stamp(self) -> dict[str, Any]:
        """The columns of a new resource that say whose it is and since which version."""
        return {"tenant_id": self.tenant_id, "created_version": self.version, "updated_version": self.version}

    def touch(self, account_id: int, days: Iterable[date]) -> None:
        """Note that an account's lines on these days changed, so that pairs, rollups and alerts follow."""
        self.touched.setdefault(account_id, set()).update(days)

    def audit(
        self,
        action: str,
        kind: str,
        object_id: int | None,
        before: dict[str, Any] | None = None,
        after: dict[str, Any] | None = None,
    ) -> None:
        """Add a row to the audit log; `before` and `after` hold what changed, in JSON's types."""
        actor = self.context.actor
        self._audit.append(
            {
                "tenant_id": self.tenant_id,
                "version": self.version,
                "actor": actor.name,
                "address": actor.address,
                "action": action,
                "kind": kind,
                "object_id": object_id,
                "before": before,
                "after": after,
            }
        )

    def deleted(self, kind: str, object_ids: Iterable[int]) -> None:
        """Leave tombstones, so that followers of the change feed learn of it."""
        rows = [
            {"tenant_id": self.tenant_id, "version": self.version, "kind": kind, "object_id": object_id}
            for object_id in object_ids
        ]
        if rows:
            self.session.execute(insert(Deletion), rows)

    def settle(self) -> None:
        """Bring everything derived in line with what was written; nothing may be touched after it.

        Called at the end of every write, or earlier by a command that answers what follows from it.
        """
        if self._settled:
            return
        if self.many:
            statistics.follow(self.session)  # what follows is planned by them, too
        if self.touched:
            tenant, only_new = self.context.tenant, self.only_new
            paired = matching.rematch(self.session, tenant, self.version, self.touched, only_new=only_new)
            changes = rollups.Changes(self.version, self.payees_before, self.reread, only_new, only_new and not paired)
            rollups.refresh(self.session, self.context.tenant, self.touched, changes)
            recurring.refresh(self.session, self.tenant_id, self.version, self.payees_before)
        if self.many:
            statistics.follow(self.session)
        alerts.evaluate(self.session, self.context, self.version)
        self._settled = True

    def close(self) -> None:
        """Settle and write the audit log, or undo everything when `discard` is set (a dry run)."""
        if self.discard:
            self.session.rollback()
            return
        self.settle()
        if self._audit:
            self.session.execute(insert(AuditEntry), self._audit)
        outbox.tell(self.session, self.context, self.version)


@contextmanager
def write(context: TenantContext, prepare: Callable[[Session], None] | None = None) -> Iterator[Write]:
    """Open a write for `context`; commits when the block ends well, leaves nothing behind otherwise.

    `prepare` runs first in the same transaction, while other writers of the tenant still go on: it may fill temporary
    tables and nothing else.
    """
    with context.db.writing() as session:
        if prepare is not None:
            prepare(session)
        raised = session.execute(
            update(TenantState)
            .where(TenantState.tenant_id == context.tenant.id)
            .values(version=TenantState.version + 1)
            .returning(TenantState.version, TenantState.settings_version)
        ).first()
        if raised is None:
            raise NotFound("This tenant does not exist any more", code="unknown_tenant")
        version, settings_version = raised
        notice = context.db.changes.of_tenant(session, context.tenant.id)
        unit = Write(_with_settings(context, session, settings_version), session, version)
        yield unit
        unit.close()
        if not unit.discard:
            idempotency.mark(session, context.tenant.id)
            notice.announce()
    notice.settle()


def _with_settings(context: TenantContext, session: Session, version: int) -> TenantContext:
    """The context with the tenant's settings of this version: they may have changed while the write waited for its
    turn, and a sum kept by the months of before would be wrong."""
    if context.tenant.updated_version == version:
        return context
    tenant = directory.find_tenant_by_id(session, context.tenant.id)
    return context if tenant is None else replace(context, tenant=tenant)
