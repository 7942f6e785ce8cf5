"""Whether one tenant's figures are what its ledger says. Only reads."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sqlalchemy import text

from core.query import Query
from data.commands.rollup_check import differences
from data.context import TenantContext
from data.reports.opening import opened
from data.reports.stocks import Balances

# `semantics.md`, Stocks: the opening balance is that at the start of its day; pending lines are in nothing.
_LEDGER: Final = text(
    """
    SELECT a.id, CAST(coalesce(a.opening_balance, 0) + coalesce(sum(t.amount) FILTER (WHERE t.booked_on <= :today), 0)
           - coalesce(sum(t.amount) FILTER (WHERE t.booked_on < a.opening_on), 0) AS bigint)
    FROM accounts a LEFT JOIN transactions t ON t.tenant_id = :tenant AND t.account_id = a.id AND NOT t.pending
    WHERE a.tenant_id = :tenant GROUP BY a.tenant_id, a.id ORDER BY a.id
    """
)
_SPLITS: Final = text(
    """
    SELECT count(*) FROM transactions t LEFT JOIN LATERAL (
        SELECT sum(s.amount) AS amount FROM splits s WHERE s.tenant_id = :tenant AND s.transaction_id = t.id
    ) AS parts ON true
    WHERE t.tenant_id = :tenant AND (t.is_split <> (parts.amount IS NOT NULL) OR parts.amount <> t.amount)
    """
)


def book_problems(context: TenantContext) -> Iterator[str]:
    """What is wrong in a tenant's books, in words: rollups, balances, parts of split transactions."""
    counts: dict[str, int] = {}
    for found in differences(context):
        counts[found.table] = counts.get(found.table, 0) + 1 + found.more
    for table, count in sorted(counts.items()):
        yield f"{table}: {count} differ from the ledger"
    yield from _balances(context)


def _balances(context: TenantContext) -> Iterator[str]:
    parameters = {"tenant": context.tenant.id, "today": context.today}
    with opened(context, Query.parse({})) as books:
        books.session.execute(text("SET LOCAL statement_timeout = 0"))
        reported = Balances.read(books, [context.today])
        ledger = books.session.execute(_LEDGER, parameters).all()
        wrong = [account for account, balance in ledger if reported.on(account, context.today) != balance]
        split = books.session.execute(_SPLITS, parameters).scalar_one()
    if wrong:
        yield f"balances: {len(wrong)} differ from the ledger (account {wrong[0]})"
    if split:
        yield f"split transactions: {split} differ from the sum of their parts"
