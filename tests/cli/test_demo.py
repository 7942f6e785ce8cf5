"""The demo: loaded once, with paired transfers and a budget that is over."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import text

from cli import demo
from core.errors import Conflict
from core.query import Query
from data import directory
from data.commands.demo import load_book
from data.context import TenantContext
from data.db import Database
from data.demo.person import person
from data.doctor_books import book_problems
from data.reports.budgets import budgets_report
from data.reports.summary import summary_report
from tests.conftest import Town

DAYS = (date(2026, 6, 17), date(2027, 1, 1), date(2028, 2, 29), date(2026, 3, 31))


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """The company's 50,000 bookings take some seconds: here all three tenants have short books."""
    short = demo.TENANTS[2].book
    monkeypatch.setattr(demo, "TENANTS", tuple(replace(each, book=short) for each in demo.TENANTS))


@pytest.mark.parametrize("today", DAYS)
def test_the_persons_books_hold_what_the_demo_is_for(context: TenantContext, today: date) -> None:
    context = replace(context, today=today)
    book = person(today)
    assert load_book(context, book) == len(book.transactions)

    status = {row.name: row.status for row in budgets_report(context, Query.parse({})).data}
    assert status["Restaurants"] == "over"
    assert len(status) == len(book.budgets)
    with context.db.reading() as session:
        counts = session.execute(
            text(
                "SELECT count(*), count(*) FILTER (WHERE is_split), count(*) FILTER (WHERE type = 'adjustment'),"
                " count(*) FILTER (WHERE pending), count(transfer_id), count(external_id) FROM transactions"
            )
        ).one()
        legs = session.execute(
            text(
                "SELECT count(*), count(*) FILTER (WHERE coalesce(t.transfer_id, s.transfer_id) IS NOT NULL)"
                " FROM transactions t JOIN accounts a ON t.counterparty = a.identifier"
                " LEFT JOIN splits s ON s.transaction_id = t.id AND s.transfer_id IS NOT NULL WHERE NOT t.pending"
            )
        ).one()
        tagged = session.execute(text("SELECT count(DISTINCT object_id) FROM taggings")).scalar_one()
        audits = session.execute(text("SELECT kind, after FROM audit_log")).all()
    rows = book.transactions
    assert counts[:4] == (
        len(rows),
        sum(bool(row.splits) for row in rows),
        sum(row.type == "adjustment" for row in rows),
        sum(row.pending for row in rows),
    )
    assert counts[4] > 400
    assert counts[5] == sum(row.external_id is not None for row in rows)
    assert legs[0] == legs[1] > 100
    assert tagged == sum(bool(row.tags) for row in rows)
    assert [(kind, after["transactions"]) for kind, after in audits] == [("demo", len(rows))]
    assert list(book_problems(context)) == []
    assert summary_report(context, Query.parse({})).data.unmatched_transfers.count <= 1


@pytest.mark.usefixtures("small")
def test_an_empty_database_gets_the_demo_once(database: Database) -> None:
    assert demo.wants_demo(database)
    assert not demo.has_demo(database)
    demo.load_demo(database)
    assert demo.has_demo(database)
    assert not demo.wants_demo(database)
    with database.directory() as session:
        seats = {}
        for email in (demo.OWNER, demo.STRANGER):
            found = directory.find_person(session, email)
            assert found is not None
            held = directory.tenants_of(session, found.id)
            seats[email] = [(tenant.key, tenant.currency, role) for tenant, role in held]
    assert seats == {
        demo.OWNER: [("org_2", "GBP", "owner"), ("user_1", "EUR", "owner")],
        demo.STRANGER: [("org_3", "USD", "owner")],
    }
    with pytest.raises(Conflict, match="already"):
        demo.load_demo(database)


@pytest.mark.usefixtures("small")
def test_a_loading_that_was_cut_off_goes_on(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    def power_cut(*_: object) -> None:
        raise SystemExit

    with monkeypatch.context() as patched:
        patched.setattr(demo, "_put_owner", power_cut)
        with pytest.raises(SystemExit):
            demo.load_demo(database)
    assert demo.wants_demo(database)
    demo.load_demo(database)
    with database.directory() as session:
        tenants = directory.all_tenants(session)
    for tenant in tenants:
        with database.tenant(tenant.id).reading() as session:
            assert session.execute(text("SELECT version FROM tenant_state")).scalar_one() == 1


def test_other_peoples_tenants_are_left_alone(acorn: Town) -> None:
    assert not demo.wants_demo(acorn.database)
    with pytest.raises(Conflict, match="user_1"):
        demo.load_demo(acorn.database)
