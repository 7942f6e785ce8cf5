"""Compares everything that is summed in advance with a full scan of one tenant's ledger. Only reads."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from data.commands import rollup_sql
from data.commands.recurring import series_of
from data.context import TenantContext
from data.models.account import Account
from data.models.recurring import RecurringSeries

MOST_SHOWN: Final = 20
"""How many differences of one table are named."""
_WEEKDAYS: Final = tuple(f"day{day}" for day in range(1, 8))
_SLOTS: Final = range(1, 13)
_LINES: Final = f"({rollup_sql.lines(touched=False)})"
# What the ledger says, the keys, the sums. All is compared as text within the database, which may use its disk.
_TABLES: Final[dict[str, tuple[str, tuple[str, ...], tuple[str, ...]]]] = {
    "daily_rollup": (
        rollup_sql.BY_DAY,
        ("account_id", "booked_on", "category_id", "flow", "sign"),
        ("amount", "count"),
    ),
    "monthly_rollup": (
        rollup_sql.by_month(_LINES),
        ("account_id", "currency", "month", "category_id", "flow", "sign"),
        ("amount", "count", *_WEEKDAYS),
    ),
    "account_months": (rollup_sql.by_account(_LINES), ("account_id", "month"), ("inflow", "outflow", "count")),
    "payee_years": (
        rollup_sql.by_payee(rollup_sql.ALL_PAYEES),
        ("currency", "year", "payee_key", "payee_id", "payee"),
        (*(f"spent{slot}" for slot in _SLOTS), *(f"lines{slot}" for slot in _SLOTS)),
    ),
}


@dataclass(frozen=True, slots=True)
class Difference:
    """One row of `table` that is not what the ledger says; None for a row that one of the two does not have.

    `more` is how many differences of the table are not named.
    """

    table: str
    key: str
    ledger: str | None
    rollup: str | None
    more: int = 0


def differences(context: TenantContext) -> Iterator[Difference]:
    """What differs in one tenant's rollups and recurring series, at one moment; nothing when all is right."""
    with context.db.reading() as session:
        session.execute(text("SET LOCAL statement_timeout = 0"))
        parameters = {"tenant": context.tenant.id, "start": context.tenant.month_start}
        for table, (ledger, keys, sums) in _TABLES.items():
            rows = session.execute(text(_comparison(table, ledger, keys, sums)), parameters).all()
            for place, (key, fresh, kept, number) in enumerate(rows):
                more = number - len(rows) if place == len(rows) - 1 else 0
                yield Difference(table, key, fresh, kept, more)
        for account_id in session.scalars(select(Account.id).order_by(Account.id)).all():
            yield from _series(session, context.tenant.id, account_id)


def _comparison(table: str, ledger: str, keys: tuple[str, ...], sums: tuple[str, ...]) -> str:
    key = f"concat_ws(' / ', {', '.join(keys)})"
    values = f"concat_ws(' ', {', '.join(f'{name}::bigint' for name in sums)})"
    filled = " OR ".join(f"{name} <> 0" for name in sums)
    return f"""
        SELECT key, fresh.sums, kept.sums, count(*) OVER ()
        FROM (SELECT {key} AS key, {values} AS sums FROM ({ledger}) AS ledger) AS fresh
        FULL JOIN (SELECT {key} AS key, {values} AS sums FROM {table} WHERE tenant_id = :tenant AND ({filled})) AS kept
             USING (key)
        WHERE fresh.sums IS DISTINCT FROM kept.sums ORDER BY key LIMIT {MOST_SHOWN}
    """  # noqa: S608 - the parts are constants of this program


def _series(session: Session, tenant_id: int, account_id: int) -> Iterator[Difference]:
    """The recurring series of one account: its lines are held in memory, those of other accounts are not."""
    names = [column.name for column in RecurringSeries.__table__.columns]
    fresh = {_key(row): row for row in series_of(session, tenant_id, [account_id])}
    statement = select(RecurringSeries).where(RecurringSeries.account_id == account_id)
    rows = [{name: getattr(each, name) for name in names} for each in session.scalars(statement)]
    kept = {_key(row): row for row in rows}
    wrong = sorted(key for key in {*fresh, *kept} if fresh.get(key) != kept.get(key))
    for key in wrong[:MOST_SHOWN]:
        more = max(0, len(wrong) - MOST_SHOWN) if [key] == wrong[MOST_SHOWN - 1 : MOST_SHOWN] else 0
        name = " / ".join(map(str, key))
        yield Difference("recurring_series", name, _shown(fresh.get(key)), _shown(kept.get(key)), more)


def _key(row: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(row[name] for name in ("account_id", "payee_key", "sign", "part", "place"))


def _shown(row: dict[str, Any] | None) -> str | None:
    return None if row is None else f"{row['repeats']} {row['amount']} {row['first_on']} {row['last_on']}"
