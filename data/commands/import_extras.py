"""What a statement says beyond its entries: balances to check and to anchor accounts with, and split parts."""

from __future__ import annotations

from typing import Any

from sqlalchemy import insert, select, update

from core.money import format_amount
from data.commands.import_accounts import Target
from data.commands.import_openings import anchor
from data.commands.unit import Write
from data.imports.statement import ParsedFile, SplitEntry, Statement
from data.models.imports import Import, ImportEntry, StatementBalance
from data.models.transaction import Split, Transaction
from data.schemas.imports import BalanceCheck


def check_balances(parsed: ParsedFile, sums: list[int], accounts: list[Target]) -> list[BalanceCheck]:
    """For each statement: does its opening balance and its booked entries (their `sums`) give its closing balance?"""
    return [
        _check(statement, booked, target)
        for statement, booked, target in zip(parsed.statements, sums, accounts, strict=True)
        if statement.opening or statement.closing
    ]


def _check(statement: Statement, booked: int, target: Target) -> BalanceCheck:
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


def set_openings(unit: Write, import_id: int, parsed: ParsedFile, accounts: list[Target]) -> dict[str, Any]:
    """Keep the balances and anchor the accounts that have none yet; what taking the import back needs (`Import.made`).

    It does not touch the import's own row: that would keep whoever wants to cancel it waiting.
    """
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
    return {
        "accounts": sorted({target.account_id for target in accounts if target.new}),
        "openings": anchor(unit, import_id, _first_openings(rows)),
    }


def keep_made(unit: Write, import_id: int, made: dict[str, Any]) -> None:
    """Note with the import what taking it back needs."""
    unit.session.execute(
        update(Import).where(Import.id == import_id).values(made=made),
        execution_options={"synchronize_session": "fetch"},
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


def put_splits(unit: Write, import_id: int, parts: dict[int, list[SplitEntry]]) -> None:
    """Store the parts of entries that the file splits (by entry number): where the entry is new, beside it; where it is
    in review, with it."""
    if not parts:
        return
    booked = unit.session.execute(
        select(Transaction.import_line, Transaction.id, Transaction.flow).where(
            Transaction.import_id == import_id, Transaction.is_split
        )
    )
    rows = [
        {
            "tenant_id": unit.tenant_id,
            "transaction_id": transaction_id,
            "position": position,
            "amount": part.amount,
            "note": part.note,
            "flow": flow,
        }
        for line, transaction_id, flow in booked
        if line is not None
        for position, part in enumerate(parts[line], start=1)
    ]
    if rows:
        unit.session.execute(insert(Split), rows)
    held = select(ImportEntry).where(ImportEntry.import_id == import_id, ImportEntry.status == "review")
    for row in unit.session.scalars(held):
        if row.n in parts:
            row.entry = {**row.entry, "parts": [[part.amount, part.note] for part in parts[row.n]]}
