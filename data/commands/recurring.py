"""Keeps `recurring_series` equal to what the ledger's lines say: found anew for the payees of changed lines.

A payee's lines are read through `ix_transactions_payee`; a command that changes lines of many payees reads whole
accounts instead. The series are found by `core.recurring`, in the order of the ledger and never of arrival.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any, Final

from sqlalchemy import insert, text
from sqlalchemy.orm import Session

from core.recurring import Series, find_series
from data.models.recurring import PAYEE_KEY, RecurringSeries

Payees = set[tuple[int, str]]
"""Accounts and payees as they were before a command changed them."""
_MOST_PAYEES: Final = 5_000
_MANY_PAYEES: Final = 200
_FEW_LINES: Final = 200_000
_BATCH: Final = 500

_CHANGED_KEYS = text(
    f"""
    SELECT account_id, payee_key, count(*) FROM (
        SELECT account_id, payee_key FROM transactions WHERE tenant_id = :tenant AND updated_version = :version
        UNION ALL
        SELECT account_id, {PAYEE_KEY}
        FROM unnest(CAST(:old_accounts AS bigint[]), CAST(:old_payees AS text[])) AS old(account_id, payee)
    ) AS found WHERE payee_key <> '' GROUP BY account_id, payee_key
    """  # noqa: S608 - the parts are constants of this program
)
_LINES_OF_ACCOUNTS = text(
    """
    SELECT coalesce(sum(count), 0) FROM account_months
    WHERE tenant_id = :tenant AND account_id = ANY(CAST(:accounts AS bigint[]))
    """
)
_DELETE_KEYS = text(
    """
    DELETE FROM recurring_series s
    USING unnest(CAST(:accounts AS bigint[]), CAST(:keys AS text[])) AS wanted(account_id, payee_key)
    WHERE s.tenant_id = :tenant AND s.account_id = wanted.account_id AND s.payee_key = wanted.payee_key
    """
)
_DELETE_ACCOUNTS = text(
    "DELETE FROM recurring_series WHERE tenant_id = :tenant AND account_id = ANY(CAST(:accounts AS bigint[]))"
)
# Booked lines that move money: neither pending ones nor adjustments. Legs of transfers count: standing orders recur.
_LINES = """
    SELECT t.account_id, t.payee_key, sign(t.amount)::smallint AS sign, 0::bigint AS part, t.booked_on,
           t.amount, coalesce(t.category_id, 0) AS category_id, t.flow, t.payee
    FROM transactions t
    WHERE t.tenant_id = :tenant AND NOT t.is_split AND t.amount <> 0 AND t.flow IN (0, 3, 4) AND WANTED
    UNION ALL
    SELECT t.account_id, t.payee_key, sign(s.amount)::smallint, coalesce(s.category_id, -1), t.booked_on,
           s.amount, coalesce(s.category_id, 0), s.flow, t.payee
    FROM transactions t JOIN splits s ON s.tenant_id = t.tenant_id AND s.transaction_id = t.id
    WHERE t.tenant_id = :tenant AND t.is_split AND s.amount <> 0 AND s.flow IN (0, 3, 4) AND WANTED
"""
_ORDER = 'ORDER BY booked_on, amount, category_id, flow, payee COLLATE "C"'
_GROUPED = f"""
    SELECT account_id, payee_key, sign, part,
           array_agg(booked_on {_ORDER}) AS days, array_agg(amount {_ORDER}) AS amounts,
           array_agg(category_id {_ORDER}) AS categories, array_agg(flow {_ORDER}) AS flows,
           array_agg(payee {_ORDER}) AS payees
    FROM LINES WHERE payee_key <> ''
    GROUP BY account_id, payee_key, sign, part HAVING count(DISTINCT booked_on) >= 3
    ORDER BY account_id, payee_key COLLATE "C", sign, part
"""  # noqa: S608 - the parts are constants of this program
_GROUPS_OF_ACCOUNTS = text(
    _GROUPED.replace("LINES", f"({_LINES}) lines").replace("WANTED", "t.account_id = ANY(CAST(:accounts AS bigint[]))")
)
# The sub-select keeps each payee an index look-up, whatever the planner believes of a fresh table.
_GROUPS_OF_KEYS = text(
    _GROUPED.replace(
        "LINES",
        f"""unnest(CAST(:accounts AS bigint[]), CAST(:keys AS text[])) AS wanted(account, key)
        CROSS JOIN LATERAL ({_LINES} OFFSET 0) lines""",
    ).replace("WANTED", "t.account_id = wanted.account AND t.payee_key = wanted.key")
)


def refresh(session: Session, tenant_id: int, version: int, before: Payees) -> None:
    """Find the series anew of the payees of all lines that the write of this `version` made or changed, and of those
    that were there `before` it changed or removed a line."""
    old = sorted(before)
    parameters: dict[str, Any] = {
        "tenant": tenant_id,
        "version": version,
        "old_accounts": [account for account, _ in old],
        "old_payees": [payee for _, payee in old],
    }
    keys = [(row[0], row[1], row[2]) for row in session.execute(_CHANGED_KEYS, parameters)]
    accounts = {account for account, _, _ in keys}
    if len(keys) > _MOST_PAYEES or _is_one_pass(session, tenant_id, keys):
        rebuild(session, tenant_id, accounts)
    elif keys:
        wanted = {"tenant": tenant_id, "accounts": [key[0] for key in keys], "keys": [key[1] for key in keys]}
        session.execute(_DELETE_KEYS, wanted)
        _store(session, _found(session, tenant_id, _GROUPS_OF_KEYS, wanted))


def _is_one_pass(session: Session, tenant_id: int, keys: list[tuple[int, str, int]]) -> bool:
    """Whether one pass over the accounts costs less than a look-up for each payee, or little enough: on young books the
    planner knows nothing of payees yet, and many look-ups may each read a whole account."""
    if len(keys) <= _MANY_PAYEES:
        return False
    wanted = {"tenant": tenant_id, "accounts": sorted({key[0] for key in keys})}
    lines = int(session.execute(_LINES_OF_ACCOUNTS, wanted).scalar_one())
    return lines <= max(_FEW_LINES, 4 * sum(key[2] for key in keys))


def rebuild(session: Session, tenant_id: int, accounts: Collection[int]) -> None:
    """Find all series of these accounts anew."""
    wanted = {"tenant": tenant_id, "accounts": sorted(accounts)}
    session.execute(_DELETE_ACCOUNTS, wanted)
    _store(session, _found(session, tenant_id, _GROUPS_OF_ACCOUNTS, wanted))


def series_of(session: Session, tenant_id: int, accounts: Collection[int]) -> list[dict[str, Any]]:
    """The rows that `recurring_series` ought to have for these accounts, found from the ledger."""
    wanted = {"tenant": tenant_id, "accounts": sorted(accounts)}
    return list(_found(session, tenant_id, _GROUPS_OF_ACCOUNTS, wanted))


def _found(session: Session, tenant_id: int, statement: Any, wanted: dict[str, Any]) -> Iterator[dict[str, Any]]:
    groups = session.execute(statement, wanted, execution_options={"yield_per": _BATCH})
    for group in groups:
        for place, series in enumerate(find_series(list(zip(group.days, group.amounts, strict=True)))):
            yield {"tenant_id": tenant_id, "place": place, **_row(group, series)}


def _row(group: Any, series: Series) -> dict[str, Any]:
    places = series.places
    last = places[-1]
    return {
        "account_id": group.account_id,
        "payee_key": group.payee_key,
        "sign": group.sign,
        "part": group.part,
        "payee": group.payees[last],
        "category_id": group.categories[last],
        "flow": group.flows[last],
        "repeats": series.schedule.interval,
        "anchor": series.schedule.anchor,
        "first_on": group.days[places[0]],
        "last_on": series.schedule.last_on,
        "amount": series.amount,
        "confidence": round(100 * series.confidence),
        "price_changes": [[change.day.isoformat(), change.before, change.after] for change in series.price_changes],
        "days": [group.days[place] for place in places],
        "amounts": [group.amounts[place] for place in places],
        "categories": [group.categories[place] for place in places],
        "flows": [group.flows[place] for place in places],
    }


def _store(session: Session, rows: Iterator[dict[str, Any]]) -> None:
    # The rows are read to their end before anything is written: a cursor must not be open over a write.
    if found := list(rows):
        session.execute(insert(RecurringSeries), found)
