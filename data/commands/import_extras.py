"""What a statement says beyond its entries: balances to check and to anchor accounts with, and split parts."""

from __future__ import annotations

from typing import Any

from sqlalchemy import insert, select, update

from core.money import format_amount
from data.commands.import_accounts import Target
from data.commands.unit import Write
from data.frames.base import total
from data.imports.statement import ParsedFile, Statement
from data.models.account import Account
from data.models.imports import StatementBalance
from data.models.transaction import Split, Transaction
from data.schemas.imports import BalanceCheck


def check_balances(parsed: ParsedFile, accounts: list[Target]) -> list[BalanceCheck]:
    """For each statement: does its opening balance and its booked entries give its closing balance?"""
    return [
        _check(statement, target)
        for statement, target in zip(parsed.statements, accounts, strict=True)
        if statement.opening or statement.closing
    ]


def _check(statement: Statement, target: Target) -> BalanceCheck:
    booked = total(entry.amount for entry in statement.entries if not entry.pending)
    opening = statement.opening.amount if statement.opening else None
    closing = statement.closing.amount if statement.closing else None
    known = opening is not None and closing is not None
    return BalanceCheck(
        account=target.name,
        opening=None if opening is None else format_amount(opening, target.currency),
        closing=None if closing is None else format_amount(closing, target.currency),
        sum=format_amount(booked, target.currency),
        ok=opening + booked == closing if known and opening is not None else None,
    )


def set_openings(unit: Write, import_id: int, parsed: ParsedFile, accounts: list[Target]) -> None:
    """Keep the balances; the first statement that states an opening balance anchors its account."""
    rows = []
    for position, (statement, target) in enumerate(zip(parsed.statements, accounts, strict=True)):
        if statement.opening is None and statement.closing is None:
            continue
        rows.append(
            {
                "tenant_id": unit.tenant_id,
                "import_id": import_id,
                "account_id": target.account_id,
                "position": position,
                "opening_on": statement.opening.day if statement.opening else None,
                "opening": statement.opening.amount if statement.opening else None,
                "closing_on": statement.closing.day if statement.closing else None,
                "closing": statement.closing.amount if statement.closing else None,
            }
        )
    if rows:
        unit.session.execute(insert(StatementBalance), rows)
    for account_id, (day, amount) in _first_openings(rows).items():
        unit.session.execute(
            update(Account)
            .where(Account.id == account_id, Account.opening_on.is_(None))
            .values(opening_on=day, opening_balance=amount, updated_version=unit.version),
            execution_options={"synchronize_session": False},
        )


def _first_openings(rows: list[dict[str, Any]]) -> dict[int, tuple[Any, int]]:
    """Account -> (day, minor units) of its earliest stated opening balance."""
    found: dict[int, tuple[Any, int]] = {}
    for row in rows:
        if row["opening"] is not None:
            known = found.get(row["account_id"])
            if known is None or row["opening_on"] < known[0]:
                found[row["account_id"]] = (row["opening_on"], row["opening"])
    return found


def put_splits(unit: Write, import_id: int, parsed: ParsedFile) -> None:
    """Store the parts of entries that the file splits, where the entry itself was new."""
    parts = {}
    number = 0
    for statement in parsed.statements:
        for entry in statement.entries:
            number += 1
            if entry.splits:
                parts[number] = entry.splits
    if not parts:
        return
    booked = unit.session.execute(
        select(Transaction.import_line, Transaction.id).where(
            Transaction.import_id == import_id, Transaction.import_line.in_(list(parts))
        )
    )
    rows = [
        {
            "tenant_id": unit.tenant_id,
            "transaction_id": transaction_id,
            "position": position,
            "amount": part.amount,
            "note": part.note,
        }
        for line, transaction_id in booked
        if line is not None
        for position, part in enumerate(parts[line], start=1)
    ]
    unit.session.execute(insert(Split), rows)
