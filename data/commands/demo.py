"""Load a demo book into an empty tenant: one write, through the same staging table as statement files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any, Final

from sqlalchemy import insert, text

from data.commands import staging
from data.commands.references import tag_objects
from data.commands.unit import Write, write
from data.context import TenantContext
from data.demo.book import Book, DemoAccount, DemoBudget, DemoTransaction
from data.imports.fingerprint import fingerprint
from data.models.account import Account
from data.models.budget import Budget, BudgetAccount, BudgetAmount, BudgetCategory
from data.models.category import Category
from data.models.transaction import Split
from data.schemas.budgets import Thresholds

Ids = dict[str, int]
"""A book's key -> the id of the row."""

_INSERT: Final = text(
    """
    INSERT INTO transactions (
        tenant_id, account_id, booked_on, value_on, amount, payee, counterparty, purpose, reference, external_id,
        category_id, pending, cleared, is_split, flow, original_amount, original_currency, category_source, fingerprint,
        occurrence, created_version, updated_version)
    SELECT :tenant, account_id, booked_on, value_on, amount, payee, counterparty, purpose, reference, external_id,
           category_id, pending, external_id IS NOT NULL, is_split, CASE WHEN pending THEN 2 ELSE 0 END,
           original_amount, original_currency, CASE WHEN category_id IS NOT NULL THEN 'person' END, fingerprint,
           occurrence, :version, :version
    FROM staging
    ORDER BY n
    """
)
_STAGED: Final = """
    FROM staging s
    JOIN transactions t ON t.tenant_id = :tenant AND t.account_id = s.account_id
      AND t.fingerprint = s.fingerprint AND t.occurrence = s.occurrence
"""
_IDS: Final = text(f"SELECT s.n, t.id {_STAGED} WHERE s.n = ANY(CAST(:numbers AS bigint[]))")
_SAY_MORE: Final = text(
    """
    UPDATE transactions t
    SET type = u.type, note = u.note, flow = CASE WHEN u.type = 'adjustment' AND t.flow = 0 THEN 1 ELSE t.flow END
    FROM unnest(CAST(:ids AS bigint[]), CAST(:types AS text[]), CAST(:notes AS text[])) AS u(id, type, note)
    WHERE t.tenant_id = :tenant AND t.id = u.id
    """
)


def load_book(context: TenantContext, book: Book) -> int:
    """Write everything that the book holds and answer how many transactions that are. The tenant must be empty."""
    with write(context) as unit:
        unit.many = True
        accounts = _put_accounts(unit, book.accounts)
        categories = _put_categories(unit, book)
        staging.copy_in(unit.session, _rows(book.transactions, accounts, categories))
        unit.session.execute(_INSERT, {"tenant": unit.tenant_id, "version": unit.version})
        _put_details(unit, book.transactions, categories)
        for budget in book.budgets:
            _put_budget(unit, budget, accounts, categories)
        for account_id, days in _days(book.transactions, accounts).items():
            unit.touch(account_id, days)
        counts = {"accounts": len(accounts), "transactions": len(book.transactions), "budgets": len(book.budgets)}
        unit.audit("load", "demo", None, after=counts)
    return len(book.transactions)


def _put_accounts(unit: Write, accounts: Iterable[DemoAccount]) -> Ids:
    columns = ("name", "type", "currency", "institution", "identifier", "opening_balance", "opening_on", "closed_on")
    ids = {}
    for account in accounts:
        row = Account(
            **{name: getattr(account, name) for name in columns},
            opened_on=account.opening_on,
            in_net_worth=account.in_net_worth,
            **unit.stamp,
        )
        unit.session.add(row)
        unit.session.flush()
        ids[account.key] = row.id
    return ids


def _put_categories(unit: Write, book: Book) -> Ids:
    ids: Ids = {}
    for category in book.categories:
        parent = None if category.parent_key is None else ids[category.parent_key]
        row = Category(name=category.name, kind=category.kind, parent_id=parent, **unit.stamp)
        unit.session.add(row)
        unit.session.flush()
        ids[category.key] = row.id
    return ids


def _rows(bookings: Iterable[DemoTransaction], accounts: Ids, categories: Ids) -> Iterator[tuple[Any, ...]]:
    """The bookings in the order of `staging.COLUMNS`, numbered from 1."""
    seen: dict[tuple[str, bytes], int] = {}
    for number, row in enumerate(bookings, start=1):
        print_ = fingerprint(row.booked_on, row.amount, row.payee, row.purpose)
        seen[row.account_key, print_] = occurrence = seen.get((row.account_key, print_), 0) + 1
        yield (
            number,
            accounts[row.account_key],
            row.booked_on,
            row.value_on,
            row.amount,
            row.payee,
            row.counterparty,
            row.purpose,
            row.reference,
            row.external_id,
            categories[row.category_key] if row.category_key and not row.splits else None,
            row.pending,
            None,
            None,
            row.original_amount,
            row.original_currency,
            bool(row.splits),
            None,
            print_,
            occurrence,
        )


def _put_details(unit: Write, bookings: Iterable[DemoTransaction], categories: Ids) -> None:
    """What the staging table has no column for: parts, tags, notes, adjustments."""
    detailed = {
        number: row
        for number, row in enumerate(bookings, start=1)
        if row.splits or row.tags or row.note or row.type != "normal"
    }
    found = unit.session.execute(_IDS, {"tenant": unit.tenant_id, "numbers": list(detailed)})
    rows = {transaction_id: detailed[number] for number, transaction_id in found}
    parts = [
        {
            "tenant_id": unit.tenant_id,
            "transaction_id": transaction_id,
            "position": position,
            "amount": amount,
            "category_id": categories[key] if key else None,
            "note": note,
        }
        for transaction_id, row in rows.items()
        for position, (amount, key, note) in enumerate(row.splits, start=1)
    ]
    if parts:
        unit.session.execute(insert(Split), parts)
    tag_objects(unit, "transaction", {key: list(row.tags) for key, row in rows.items() if row.tags})
    parameters = {"types": [row.type for row in rows.values()], "notes": [row.note for row in rows.values()]}
    unit.session.execute(_SAY_MORE, {"tenant": unit.tenant_id, "ids": list(rows), **parameters})


def _put_budget(unit: Write, budget: DemoBudget, accounts: Ids, categories: Ids) -> None:
    row = Budget(
        name=budget.name,
        currency=unit.context.tenant.currency,
        rule_type=budget.rule_type,
        weekday=budget.weekday,
        day=budget.day,
        starts_on=budget.starts_on or budget.effective_from,
        ends_on=budget.ends_on,
        rollover_policy=budget.rollover_policy,
        rollover_cap=budget.rollover_cap,
        thresholds=Thresholds().model_dump(),
        **unit.stamp,
    )
    unit.session.add(row)
    unit.session.flush()
    key = {"tenant_id": unit.tenant_id, "budget_id": row.id}
    unit.session.add(BudgetAmount(**key, effective_from=budget.effective_from, amount=budget.amount))
    unit.session.add_all(BudgetCategory(**key, category_id=categories[each]) for each in budget.category_keys)
    unit.session.add_all(BudgetAccount(**key, account_id=accounts[each]) for each in budget.account_keys)
    unit.session.flush()


def _days(bookings: Iterable[DemoTransaction], accounts: Ids) -> dict[int, set[date]]:
    """Account -> the days on which something is booked."""
    found: dict[int, set[date]] = {}
    for row in bookings:
        found.setdefault(accounts[row.account_key], set()).add(row.booked_on)
    return found
