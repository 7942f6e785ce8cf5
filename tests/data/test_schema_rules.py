"""The schema keeps the rules that isolate tenants and let it be distributed by tenant (docs/decisions/0003)."""

from __future__ import annotations

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from data import schema
from data.models import GLOBALS, Base

_TENANT_TABLES = """
    SELECT c.oid, c.relname FROM pg_class c
    WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace
      AND c.relname <> ALL(:globals) AND c.relname <> 'alembic_version'
"""
RULES = {
    "has no tenant_id not null": """
        SELECT relname FROM tt WHERE NOT EXISTS (SELECT 1 FROM pg_attribute a
        WHERE a.attrelid = tt.oid AND a.attname = 'tenant_id' AND a.attnotnull)""",
    "primary key does not begin with tenant_id": """
        SELECT relname FROM tt WHERE NOT EXISTS (SELECT 1 FROM pg_index i JOIN pg_attribute a
        ON a.attrelid = tt.oid AND a.attnum = i.indkey[0] AND a.attname = 'tenant_id'
        WHERE i.indrelid = tt.oid AND i.indisprimary)""",
    "index does not begin with tenant_id": """
        SELECT i.indexrelid::regclass::text FROM tt JOIN pg_index i ON i.indrelid = tt.oid
        LEFT JOIN pg_attribute a ON a.attrelid = tt.oid AND a.attnum = i.indkey[0]
        WHERE a.attname IS DISTINCT FROM 'tenant_id'""",
    "foreign key between tenant tables leaves the tenant out": """
        SELECT con.conname FROM pg_constraint con JOIN tt ON tt.oid = con.conrelid JOIN tt r ON r.oid = con.confrelid
        WHERE con.contype = 'f' AND NOT EXISTS (SELECT 1 FROM generate_subscripts(con.conkey, 1) k
        JOIN pg_attribute a ON a.attrelid = con.conrelid AND a.attnum = con.conkey[k]
        JOIN pg_attribute b ON b.attrelid = con.confrelid AND b.attnum = con.confkey[k]
        WHERE a.attname = 'tenant_id' AND b.attname = 'tenant_id')""",
    "global table points to a tenant table": """
        SELECT con.conname FROM pg_constraint con JOIN tt r ON r.oid = con.confrelid
        WHERE con.contype = 'f' AND con.conrelid NOT IN (SELECT oid FROM tt)""",
    "SET NULL or SET DEFAULT over the tenant key": """
        SELECT con.conname FROM pg_constraint con JOIN tt ON tt.oid = con.conrelid
        WHERE con.contype = 'f' AND con.confdeltype IN ('n', 'd')""",
    "deferrable constraint": """
        SELECT con.conname FROM pg_constraint con JOIN tt ON tt.oid = con.conrelid WHERE con.condeferrable""",
    "row-level security is not enabled and forced": """
        SELECT c.relname FROM tt JOIN pg_class c ON c.oid = tt.oid
        WHERE NOT (c.relrowsecurity AND c.relforcerowsecurity)""",
    "policy is not the strict one, for reading and writing": """
        SELECT tt.relname FROM tt LEFT JOIN pg_policy p ON p.polrelid = tt.oid
        WHERE pg_get_expr(p.polqual, p.polrelid) IS DISTINCT FROM
              '(tenant_id = (current_setting(''app.tenant_id''::text))::bigint)'
           OR pg_get_expr(p.polqual, p.polrelid) IS DISTINCT FROM pg_get_expr(p.polwithcheck, p.polrelid)""",
    "trigger": """
        SELECT t.tgname FROM pg_trigger t JOIN tt ON tt.oid = t.tgrelid WHERE NOT t.tgisinternal""",
    "id is not bigint": """
        SELECT tt.relname FROM tt JOIN pg_attribute a ON a.attrelid = tt.oid AND a.attname = 'id'
        WHERE a.atttypid <> 'bigint'::regtype""",
    "the web role owns it or may do more than read and write rows": """
        SELECT tt.relname FROM tt JOIN pg_class c ON c.oid = tt.oid
        WHERE pg_get_userbyid(c.relowner) = 'fd_web' OR has_table_privilege('fd_web', c.oid, 'TRUNCATE')
           OR has_table_privilege('fd_web', c.oid, 'TRIGGER') OR has_table_privilege('fd_web', c.oid, 'REFERENCES')""",
}


@pytest.mark.parametrize("rule", RULES)
def test_every_tenant_table_keeps_the_rule(database_url: str, rule: str) -> None:
    engine = create_engine(database_url, poolclass=NullPool)
    with engine.connect() as connection:
        broken = (
            connection.execute(text(f"WITH tt AS ({_TENANT_TABLES}) {RULES[rule]}"), {"globals": sorted(GLOBALS)})
            .scalars()
            .all()
        )
    assert broken == []


def test_the_lint_sees_every_tenant_table(database_url: str) -> None:
    engine = create_engine(database_url, poolclass=NullPool)
    with engine.connect() as connection:
        seen = set(
            connection.execute(
                text(f"SELECT relname FROM ({_TENANT_TABLES}) AS tt"), {"globals": sorted(GLOBALS)}
            ).scalars()
        )
    assert seen == set(Base.metadata.tables) - GLOBALS
    assert len(seen) > 20


def test_models_and_migrations_agree(database_url: str) -> None:
    assert schema.check(database_url) == []


def test_schema_goes_down_and_up_again(database_url: str) -> None:
    schema.downgrade(database_url, "base")
    assert schema.check(database_url) != []
    schema.upgrade(database_url)
    assert schema.check(database_url) == []
