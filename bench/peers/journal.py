"""A ledger of `bench.cold_books` as double-entry journals, for Beancount (Fava) and hledger."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import psycopg

_LINES: Final = """
    SELECT t.booked_on, t.account_id, coalesce(t.payee, ''), coalesce(s.amount, t.amount),
           CASE WHEN t.transfer_id IS NOT NULL THEN 'Equity:Transfers'
                WHEN c.kind IN ('transfer', 'saving') THEN 'Equity:Moves:C' || c.id
                WHEN c.kind = 'income' THEN 'Income:C' || c.id
                WHEN c.kind = 'expense' THEN 'Expenses:C' || c.id
                WHEN coalesce(s.amount, t.amount) > 0 THEN 'Income:Uncategorised' ELSE 'Expenses:Uncategorised' END
    FROM transactions t
    LEFT JOIN splits s ON s.tenant_id = t.tenant_id AND s.transaction_id = t.id AND t.is_split
    LEFT JOIN categories c ON c.tenant_id = t.tenant_id AND c.id = coalesce(s.category_id, t.category_id)
    WHERE t.tenant_id = %s ORDER BY t.booked_on, t.id
"""
Line = tuple[date, int, str, int, str]
"""Day, account, payee, amount in cents (inflow positive), and the account on the other side."""


def lines(connection: psycopg.Connection[Any], tenant: int) -> list[Line]:
    """All lines of a tenant, each part of a split one for itself."""
    return [(day, account, payee, int(amount), other) for day, account, payee, amount, other in
            connection.execute(_LINES, (tenant,))]  # fmt: skip


def write_beancount(path: Path, all_lines: list[Line]) -> None:
    """One entry a line, after the accounts."""
    names = sorted({_own(account) for _, account, *_ in all_lines} | {line[4] for line in all_lines})
    with path.open("w", encoding="utf-8") as file:
        file.write('option "title" "bench"\noption "operating_currency" "EUR"\n')
        file.writelines(f"1990-01-01 open {name}\n" for name in names)
        file.writelines(f'{line[0]} * "{line[2]}" ""\n{"".join(_postings(line))}\n' for line in all_lines)


def write_hledger(path: Path, all_lines: list[Line]) -> None:
    """The same for hledger."""
    with path.open("w", encoding="utf-8") as file:
        file.writelines(f"{line[0]} {line[2]}\n{''.join(_postings(line))}\n" for line in all_lines)


def _postings(line: Line) -> Iterator[str]:
    _, account, _, amount, other = line
    yield f"    {_own(account)}  {Decimal(amount).scaleb(-2):f} EUR\n"
    yield f"    {other}  {Decimal(-amount).scaleb(-2):f} EUR\n"


def _own(account: int) -> str:
    return f"Assets:A{account}"
