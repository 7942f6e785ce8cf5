"""Which legs could be a pair: equal and opposite amounts in different accounts at most four days apart.

Legs are read by day and by amount, which needs no statistics to be fast, and brought together here. Around what a
command touched the whole connected group is found: a choice in it may depend on any of its legs.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.orm import Session

from data.commands.legs import SQL_LEG_SOURCES, LegKey
from data.directory import TenantInfo

WINDOW_DAYS: Final = 4
Edge = tuple[LegKey, LegKey]

_SPOTS = " UNION ALL ".join(
    f"""
    SELECT l.tx, l.pos, l.account_id, a.currency, l.booked_on, l.amount,
           l.category_id IS NOT NULL OR coalesce(l.named = ANY(CAST(:own AS text[])), false) AS tells
    FROM ({source}) l JOIN accounts a ON a.tenant_id = :tenant AND a.id = l.account_id
    WHERE l.booked_on = ANY(CAST(:days AS date[]))
    """  # noqa: S608 - the parts are constants of this program
    for source in SQL_LEG_SOURCES
)
_ON_DAYS = text(f"SELECT * FROM ({_SPOTS}) spots WHERE :everything OR tells")  # noqa: S608
_OF_AMOUNTS = text(f"SELECT * FROM ({_SPOTS}) spots WHERE abs(amount) = ANY(CAST(:amounts AS bigint[]))")  # noqa: S608
_SEPARATED = text(
    "SELECT from_transaction_id, from_position, to_transaction_id, to_position FROM transfer_separations "
    "WHERE tenant_id = :tenant"
)
_OWN_NAMES = text(
    "SELECT upper(replace(v, ' ', '')) FROM accounts, unnest(ARRAY[identifier, name]) AS v "
    "WHERE tenant_id = :tenant AND v IS NOT NULL"
)


@dataclass(frozen=True, slots=True)
class _Spot:
    """Where a leg stands. `tells`: it gives evidence of its own, by its category or by whom it names."""

    key: LegKey
    account_id: int
    currency: str
    day: date
    amount: int
    tells: bool


def find_edges(session: Session, tenant: TenantInfo, touched: dict[int, set[date]]) -> set[Edge]:
    """All candidate pairs in the groups that the touched days (account -> days) reach."""
    common = {"tenant": tenant.id, "own": list(session.execute(_OWN_NAMES, {"tenant": tenant.id}).scalars())}
    # A leg that is no candidate any more sets others free: they lie within the window around it.
    loaded = _around(day for days in touched.values() for day in days)
    parameters = {**common, "days": sorted(loaded), "everything": tenant.match_by_amount}
    pool = _spots(session.execute(_ON_DAYS, parameters))
    separated = {_edge((row[0], row[1]), (row[2], row[3])) for row in session.execute(_SEPARATED, common)}
    reached = loaded if tenant.match_by_amount else set()
    while True:
        edges = _edges(pool.values(), by_amount=tenant.match_by_amount) - separated
        standing = pool.keys() if not reached else {key for edge in edges for key in edge}
        missing = _around(pool[key].day for key in standing) - reached
        if not missing:
            return edges
        amounts = sorted({abs(pool[key].amount) for key in standing})
        reached = reached | missing
        pool |= _spots(session.execute(_OF_AMOUNTS, {**common, "days": sorted(missing), "amounts": amounts}))


def _around(days: Iterable[date]) -> set[date]:
    reach = range(-WINDOW_DAYS, WINDOW_DAYS + 1)
    return {day + timedelta(days=step) for day in set(days) for step in reach}


def _spots(rows: Iterable[Any]) -> dict[LegKey, _Spot]:
    return {(row[0], row[1]): _Spot((row[0], row[1]), *row[2:]) for row in rows}


def _edges(spots: Iterable[_Spot], *, by_amount: bool) -> set[Edge]:
    """The pairs among these legs that could be transfers; without `by_amount` one of the two must give evidence."""
    groups: dict[tuple[str, int], tuple[list[_Spot], list[_Spot]]] = defaultdict(lambda: ([], []))
    for spot in spots:
        groups[spot.currency, abs(spot.amount)][spot.amount > 0].append(spot)
    return {
        _edge(out.key, into.key)
        for outs, intos in groups.values()
        for out in outs
        for into in intos
        if out.account_id != into.account_id
        and abs((out.day - into.day).days) <= WINDOW_DAYS
        and (by_amount or out.tells or into.tells)
    }


def _edge(one: LegKey, other: LegKey) -> Edge:
    return (one, other) if one < other else (other, one)
