"""A tenant's rows are guarded twice, and each guard alone suffices."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import create_engine, event, insert, select, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from core.errors import NotFound
from data.commands.unit import write
from data.db import Database, TenantSession, _narrow_to_tenant
from data.models.account import Account
from tests.conftest import Town


@pytest.fixture
def two(town: Town) -> dict[str, int]:
    """Two tenants with look-alike accounts: key -> account id."""
    ids = {}
    for key in ("org_1", "org_9"):
        with write(town.context(town.tenant(key))) as unit:
            ids[key] = unit.session.execute(
                insert(Account)
                .values(name="Current", type="checking", currency="EUR", identifier="DE1", **unit.stamp)
                .returning(Account.id)
            ).scalar_one()
    return ids


@contextmanager
def without_criteria() -> Iterator[None]:
    event.remove(TenantSession, "do_orm_execute", _narrow_to_tenant)
    try:
        yield
    finally:
        event.listen(TenantSession, "do_orm_execute", _narrow_to_tenant)


def tenant_id(database: Database, key: str) -> int:
    from data.directory import find_tenant

    with database.directory() as session:
        return find_tenant(session, key).id


def test_orm_and_raw_sql_see_one_tenant(database: Database, two: dict[str, int]) -> None:
    with database.tenant(tenant_id(database, "org_1")).reading() as session:
        assert list(session.scalars(select(Account.id))) == [two["org_1"]]
        assert session.execute(text("SELECT id FROM accounts")).scalars().all() == [two["org_1"]]
        assert session.get(Account, (tenant_id(database, "org_9"), two["org_9"])) is None


def test_row_level_security_suffices_without_the_criteria(database: Database, two: dict[str, int]) -> None:
    with without_criteria(), database.tenant(tenant_id(database, "org_1")).reading() as session:
        assert list(session.scalars(select(Account.id))) == [two["org_1"]]


def test_the_criteria_suffice_without_row_level_security(database_url: str, two: dict[str, int]) -> None:
    """As the owner, whom row-level security does not bind, ORM statements still see one tenant."""
    engine = create_engine(database_url)
    with Session(engine) as session:
        everything = session.execute(text("SELECT count(*) FROM accounts")).scalar_one()
        first = session.execute(text("SELECT id FROM tenants WHERE key = 'org_1'")).scalar_one()
    assert everything == 2
    with TenantSession(engine, info={"tenant_id": first}) as session:
        assert list(session.scalars(select(Account.id))) == [two["org_1"]]
        changed = session.execute(update(Account).values(name="Mine").returning(Account.id)).scalars().all()
        assert changed == [two["org_1"]]
    engine.dispose()


def test_writing_for_another_tenant_is_refused(database: Database, two: dict[str, int]) -> None:
    other = tenant_id(database, "org_9")
    db = database.tenant(tenant_id(database, "org_1"))
    with pytest.raises(DBAPIError, match="row-level security"), db.writing() as session:
        session.execute(
            text("INSERT INTO tags (tenant_id, name, created_version, updated_version) VALUES (:t, 'x', 1, 1)"),
            {"t": other},
        )
    with db.writing() as session:
        assert session.execute(text("UPDATE accounts SET name = 'x' WHERE tenant_id = :t"), {"t": other}).rowcount == 0
        assert session.execute(text("DELETE FROM accounts WHERE tenant_id = :t"), {"t": other}).rowcount == 0


def test_without_a_tenant_a_statement_is_an_error_not_an_empty_answer(database: Database, two: dict[str, int]) -> None:
    with pytest.raises(DBAPIError, match="bigint"), database.directory() as session:
        session.execute(text("SELECT * FROM accounts"))


def test_a_pooled_connection_forgets_its_tenant(database_url: str, two: dict[str, int]) -> None:
    small = Database(database_url, pool_size=1)
    first, other = tenant_id(small, "org_1"), tenant_id(small, "org_9")
    with pytest.raises(DBAPIError), small.tenant(first).writing() as session:
        session.execute(text("SELECT 1/0"))
    with pytest.raises(DBAPIError), small.directory() as session:
        session.execute(text("SELECT * FROM accounts"))
    with small.tenant(other).reading() as session:
        assert session.execute(text("SELECT id FROM accounts")).scalars().all() == [two["org_9"]]
    small.dispose()


def test_the_program_runs_as_a_role_without_powers(database: Database, two: dict[str, int]) -> None:
    with database.tenant(tenant_id(database, "org_1")).reading() as session:
        role = session.execute(
            text("SELECT rolname, rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user")
        ).one()
    assert tuple(role) == ("fd_web", False, False)


def test_a_tenant_that_is_gone_cannot_be_written(town: Town) -> None:
    context = town.context(town.tenant("org_5"))
    with town.database.directory() as session:
        session.execute(text("DELETE FROM tenants WHERE key = 'org_5'"))
    with pytest.raises(NotFound), write(context):
        pass
