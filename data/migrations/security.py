"""What every revision that makes a table must say besides CREATE TABLE: who may see which rows.

A tenant table gets row-level security, enabled and forced, with one strict policy: without
`app.tenant_id` a statement is an error, not an empty answer. The policy's expression stands plain, not in a
sub-select, so that the planner can estimate and index it.
"""

from __future__ import annotations

from collections.abc import Iterable

from alembic import op

from data.db import WEB_ROLE

_TENANT = "current_setting('app.tenant_id')::bigint"


def protect(tables: Iterable[str]) -> None:
    """Make `tables` tenant tables: forced row-level security, the policy, and the web role's grants."""
    for table in tables:
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY tenant ON {table} USING (tenant_id = {_TENANT}) WITH CHECK (tenant_id = {_TENANT})")
        grant([table])


def grant(tables: Iterable[str]) -> None:
    """Let the web role read and write `tables`; it never owns, alters or truncates them."""
    for table in tables:
        op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO {WEB_ROLE}")


def grant_sequences() -> None:
    """Let the web role draw ids: needed by INSERT ... SELECT on Citus, harmless on plain PostgreSQL."""
    op.execute(f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {WEB_ROLE}")
