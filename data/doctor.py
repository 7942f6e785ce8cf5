"""What an operator wants to know of a running installation: roles, row-level security, rollups. Only reads."""

from __future__ import annotations

from typing import Final

from sqlalchemy import text

from data.db import Database, TenantDb
from data.models import GLOBALS, Base

_ROLE: Final = text("SELECT rolname, rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user")
_PROTECTED: Final = text(
    """
    SELECT c.relname FROM pg_class c
    WHERE c.relname = ANY(:tables) AND c.relnamespace = to_regnamespace('public')
      AND c.relrowsecurity AND c.relforcerowsecurity
      AND EXISTS (SELECT 1 FROM pg_policy p WHERE p.polrelid = c.oid)
    """
)
_DIFFERENCES: Final = text(
    """
    WITH fresh AS MATERIALIZED (
        SELECT account_id, booked_on, category_id, flow, sign, sum(amount) AS amount, count(*) AS count
        FROM (
            SELECT t.account_id, t.booked_on, coalesce(t.category_id, 0) AS category_id, t.flow,
                   sign(t.amount)::smallint AS sign, t.amount
            FROM transactions t WHERE t.tenant_id = :tenant AND NOT t.is_split
            UNION ALL
            SELECT t.account_id, t.booked_on, coalesce(s.category_id, 0), s.flow, sign(s.amount)::smallint, s.amount
            FROM transactions t
            JOIN splits s ON s.tenant_id = t.tenant_id AND s.transaction_id = t.id
            WHERE t.tenant_id = :tenant AND t.is_split
        ) AS lines
        GROUP BY account_id, booked_on, category_id, flow, sign
    ), kept AS MATERIALIZED (
        SELECT account_id, booked_on, category_id, flow, sign, amount, count FROM daily_rollup
        WHERE tenant_id = :tenant
    )
    SELECT count(*) FROM (
        (SELECT * FROM fresh EXCEPT ALL SELECT * FROM kept)
        UNION ALL
        (SELECT * FROM kept EXCEPT ALL SELECT * FROM fresh)
    ) AS differences
    """
)


def role_problem(database: Database) -> str | None:
    """What is wrong with the role that the program acts as, None when nothing is."""
    with database.directory() as session:
        name, mighty = session.execute(_ROLE).one()
    return f"the role {name} passes by row-level security" if mighty else None


def unprotected_tables(database: Database) -> list[str]:
    """The tenant tables on which row-level security is not enabled and forced, or has no policy."""
    tables = set(Base.metadata.tables) - GLOBALS
    with database.directory() as session:
        return sorted(tables - set(session.execute(_PROTECTED, {"tables": sorted(tables)}).scalars()))


def rollup_differences(db: TenantDb) -> int:
    """How many sums of the tenant's rollup are not those of its transactions."""
    with db.reading() as session:
        return int(session.execute(_DIFFERENCES, {"tenant": db.tenant_id}).scalar_one())
