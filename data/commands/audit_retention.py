"""What the audit log forgets. It is no change of the books: the version stays.

A keepsake (`data.commands.keepsakes`) holds whole transactions and serves to take a change back: it goes when that is
over. Who changed what stays for good, or for as many days as the operator says.
"""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import text

from data.commands.keepsakes import ACTION
from data.commands.undo import KEPT
from data.db import TenantDb

_FORGET: Final = text(
    """
    DELETE FROM audit_log WHERE tenant_id = :tenant
      AND ((action = :action AND at < now() - :kept) OR (:days > 0 AND at < now() - make_interval(days => :days)))
    """
)


def forget(db: TenantDb, days: int) -> int:
    """Delete the tenant's keepsakes that are of no use any more, and all rows older than so many days (0: none); how
    many went."""
    with db.writing() as session:
        session.execute(text("SET LOCAL statement_timeout = 0"))
        given = {"tenant": db.tenant_id, "action": ACTION, "kept": KEPT, "days": days}
        result: Any = session.execute(_FORGET, given)
        return int(result.rowcount)
