"""Rollups follow every kind of change, are compared with the ledger, and repaired."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

import pytest
from click.testing import CliRunner
from sqlalchemy import text

from cli import rollups as cli
from core.period import PeriodQuery
from core.query import Query
from data.commands import rollups
from data.commands.categories import update_category
from data.commands.rollup_check import differences
from data.commands.rollup_repair import rebuild
from data.commands.transactions import change_transaction, delete_transaction, post_transactions
from data.context import TenantContext
from data.reports.dashboard import dashboard_report
from data.schemas.ledger import CategoryPatch, SplitIn, TransactionIn, TransactionPatch
from tests.ledger_books import Books

TABLES = {
    "daily_rollup": "UPDATE daily_rollup SET amount = amount - 1",
    "monthly_rollup": "UPDATE monthly_rollup SET day3 = day3 + 1 WHERE account_id = 0",
    "account_months": "DELETE FROM account_months",
    "payee_years": "UPDATE payee_years SET lines6 = lines6 + 1",
    "recurring_series": "UPDATE recurring_series SET amount = amount + 1",
}


@pytest.fixture
def books(context: TenantContext) -> Books:
    """Two accounts, rent three months running, a split, a refund, a pending line, the same shop spelt twice."""
    books = Books(context)
    account, other = books.account("Giro"), books.account("Card", currency="USD")
    rent, food = books.category("Rent", "expense"), books.category("Food", "expense")
    for month in (3, 4, 5):
        books.book(account, f"2026-0{month}-03", "-800.00", rent, payee="Landlord")
    books.book(account, "2026-06-10", "-20.00", food, payee="Shop")
    books.book(account, "2026-06-11", "5.00", food, payee="SHOP!")
    books.book(other, "2026-06-12", "-7.00", payee="Shop")
    parts = [SplitIn(amount="-4.00", category_id=str(food)), SplitIn(amount="-6.00")]
    whole = TransactionIn(
        account_id=str(account), booked_on=date(2026, 6, 14), amount="-10.00", payee="Shop", splits=parts
    )
    waiting = TransactionIn(
        account_id=str(account), booked_on=date(2026, 6, 15), amount="-3.00", payee="Shop", pending=True
    )
    post_transactions(context, [whole, waiting])
    return books


def ids(context: TenantContext) -> list[int]:
    with context.db.reading() as session:
        return list(session.execute(text("SELECT id FROM transactions ORDER BY id")).scalars())


def changes(context: TenantContext) -> Iterator[None]:
    """One change after the other that moves sums in its own way."""
    every = ids(context)
    for patch in (
        TransactionPatch(payee="Market"),
        TransactionPatch(amount="-19.00"),
        TransactionPatch(booked_on=date(2025, 12, 31)),
        TransactionPatch(payee=None),
        TransactionPatch(category_id=None),
    ):
        change_transaction(context, every[3], patch, None)
        yield
    change_transaction(context, every[6], TransactionPatch(splits=[]), None)
    yield
    change_transaction(context, every[7], TransactionPatch(pending=False), None)
    yield
    with context.db.reading() as session:
        food = session.execute(text("SELECT id FROM categories WHERE name = 'Food'")).scalar_one()
    update_category(context, food, CategoryPatch(kind="income"), None)
    yield
    for each in every:
        delete_transaction(context, each)
        yield


@pytest.mark.parametrize(("most_cells", "month_start"), [(2_000, 25), (-1, 1)], ids=["payee by payee", "whole months"])
def test_rollups_follow_every_change(
    books: Books, context: TenantContext, monkeypatch: pytest.MonkeyPatch, most_cells: int, month_start: int
) -> None:
    monkeypatch.setattr(rollups, "_MOST_CELLS", most_cells)
    if month_start != context.tenant.month_start:
        context = replace(context, tenant=replace(context.tenant, month_start=month_start))
        rebuild(context)
    assert not list(differences(context))
    for _ in changes(context):
        assert not list(differences(context))


def test_new_lines_are_added_and_the_days_of_their_partners_read_again(books: Books, context: TenantContext) -> None:
    """New lines on days with others, some of which become a pair with them: pending, split, and both sides of it."""
    giro, savings = books.account("Wages"), books.account("Reserve", type="savings")
    books.book(giro, "2026-05-02", "-75.00", payee="To Reserve")
    books.book(giro, "2026-05-02", "-3.00", payee="Shop")

    def line(account: int, day: int, amount: str, **more: object) -> TransactionIn:
        return TransactionIn(account_id=str(account), booked_on=date(2026, 5, day), amount=amount, **more)

    post_transactions(
        context,
        [
            line(savings, 3, "75.00", payee="From Wages"),
            line(giro, 2, "-4.00", payee="Shop"),
            line(giro, 4, "-2.00", payee="Shop", pending=True),
            line(giro, 5, "-9.00", payee="Shop", splits=[SplitIn(amount="-4.00"), SplitIn(amount="-5.00")]),
        ],
    )
    with context.db.reading() as session:
        paired = session.execute(text("SELECT count(*) FROM transactions WHERE transfer_id IS NOT NULL")).scalar_one()
    assert paired == 2
    assert not list(differences(context))


def test_what_is_wrong_is_named_and_repaired(books: Books, context: TenantContext) -> None:
    query = Query(period=PeriodQuery("all"))
    right = dashboard_report(context, query)
    for table, damage in TABLES.items():
        with context.db.writing() as session:
            session.execute(text(damage))
        found = list(differences(context))
        assert {each.table for each in found} == {table}
        assert all(each.ledger != each.rollup for each in found)
        rebuild(context)
        assert not list(differences(context))
    assert dashboard_report(context, query).data == right.data


def test_only_some_differences_are_named_and_the_others_counted(books: Books, context: TenantContext) -> None:
    account = books.account("Old")
    for day in range(30):
        books.book(account, str(date(2024, 1, 1) + timedelta(days=day)), "-1.00")
    with context.db.writing() as session:
        session.execute(text("UPDATE daily_rollup SET count = count + 1 WHERE account_id = :id"), {"id": account})
    found = list(differences(context))
    assert len(found) == 20
    assert found[-1].more == 10


def test_the_commands_fail_on_a_difference_and_repair_it(
    books: Books, context: TenantContext, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", database_url)
    run = CliRunner()
    assert run.invoke(cli.group, ["verify"]).exit_code == 0
    with context.db.writing() as session:
        session.execute(text(TABLES["account_months"]))
    wrong = run.invoke(cli.group, ["verify", "--tenant", "user_1"])
    assert wrong.exit_code == 1
    assert "user_1 account_months" in wrong.output
    assert run.invoke(cli.group, ["rebuild", "--tenant", "user_1"]).exit_code == 0
    assert run.invoke(cli.group, ["verify"]).exit_code == 0
    assert run.invoke(cli.group, ["verify", "--tenant", "user_99"]).exit_code == 1
