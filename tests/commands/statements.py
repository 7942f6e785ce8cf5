"""Small statements and what they come to, for the tests of imports."""

from __future__ import annotations

from typing import Any

from core.query import Query
from data.commands.imports import ImportRequest, import_statement
from data.commands.transactions import post_transactions
from data.context import TenantContext
from data.frames.transactions import TransactionFilter
from data.reports.imports import list_entries
from data.reports.listing import list_transactions
from data.schemas import ledger
from data.schemas.imports import ImportResult, StoredEntry

JUNE = (("01", "-900.00", "Rent"), ("02", "-3.20", "Bakery"), ("03", "-54.10", "Supermarket"), ("04", "2500.00", "Pay"))
"""Lines: day in June 2026, amount, payee; a fourth part is the bank's id."""


def csv(*lines: tuple[str, ...]) -> bytes:
    """A statement; with ids when the lines have four parts."""
    head = ("Date", "Amount", "Payee", "Transaction ID")[: len(lines[0])]
    lines_ = [f"2026-06-{line[0]};{';'.join(line[1:])}" for line in lines]
    return "\n".join([";".join(head), *lines_, ""]).encode()


def pending_csv(*lines: tuple[str, ...]) -> bytes:
    """A statement with a status column: day, amount, payee, Pending or Booked."""
    lines_ = [f"2026-06-{line[0]};{';'.join(line[1:])}" for line in lines]
    return "\n".join(["Date;Amount;Payee;Status", *lines_, ""]).encode()


def land(context: TenantContext, account: str, data: bytes, *, dry_run: bool = False) -> ImportResult:
    return import_statement(context, ImportRequest(data, "june.csv", account_id=account, dry_run=dry_run, preview=None))


def counts(result: ImportResult) -> tuple[int, int, int]:
    """(new, duplicate, review)"""
    return result.counts.new, result.counts.duplicate, result.counts.review


def review(context: TenantContext, result: ImportResult) -> list[StoredEntry]:
    return list_entries(context, int(result.id or 0), 1000, status="review").data


def rows(context: TenantContext) -> list[ledger.Transaction]:
    """All transactions, oldest first."""
    return list_transactions(context, Query(), TransactionFilter(sort="booked_on"), 1000, None).data


def booked(context: TenantContext) -> list[tuple[str, str, str | None]]:
    return sorted((row.booked_on.isoformat()[-2:], row.amount, row.payee) for row in rows(context))


def post(context: TenantContext, account: str, day: str, amount: str, payee: str | None, **more: Any) -> str:
    new = ledger.TransactionIn(account_id=account, booked_on=f"2026-06-{day}", amount=amount, payee=payee, **more)  # type: ignore[arg-type]
    return post_transactions(context, [new])[0].id
