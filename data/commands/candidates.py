"""Which legs could be a pair: in different accounts, opposite, at most four days apart, and of equal amounts or, in
different currencies, of amounts worth about the same (`data.commands.crossing`).

Legs are read by day and by amount, which needs no statistics to be fast, and brought together here. Around what a
command touched the whole connected group is found: a choice in it may depend on any of its legs.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from fractions import Fraction
from itertools import groupby
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.orm import Session

from data.commands.crossing import CURRENCIES, WINDOW_DAYS, Crossing, Spot
from data.commands.legs import SQL_LEG_SOURCES, LegKey
from data.directory import TenantInfo
from data.frames.driver import Select, ahead
from data.frames.driver import rows as run

Edge = tuple[LegKey, LegKey]
_SAME = Fraction(0)
_AT_ONCE: Final = 10_000  # rows that are fetched at once

_SPOTS = " UNION ALL ".join(
    f"""
    SELECT l.tx, l.pos, l.account_id, a.currency, l.booked_on, l.amount,
           l.category_id IS NOT NULL OR coalesce(l.named = ANY(CAST(:own AS text[])), false) AS tells
    FROM ({source}) l JOIN accounts a ON a.tenant_id = :tenant AND a.id = l.account_id
    WHERE l.booked_on = ANY(CAST(:days AS date[]))
    """  # noqa: S608 - the parts are constants of this program
    for source in SQL_LEG_SOURCES
)
_TELLING = text(f"SELECT * FROM ({_SPOTS}) spots WHERE tells")  # noqa: S608
_IN_OTHERS = text(f"SELECT * FROM ({_SPOTS}) spots WHERE currency <> :currency")  # noqa: S608
# Of amounts that go both ways and are in several accounts. Windows, because joins go wrong without statistics.
_BOTH_WAYS = text(
    f"""
    SELECT tx, pos, account_id, currency, booked_on, amount, tells FROM (
        SELECT spots.*, min(amount) OVER same < 0 AND max(amount) OVER same > 0
               AND min(account_id) OVER same <> max(account_id) OVER same AS both_ways
        FROM ({_SPOTS}) spots WINDOW same AS (PARTITION BY currency, abs(amount))
    ) spots WHERE both_ways ORDER BY currency, abs(amount), booked_on
    """  # noqa: S608 - the parts are constants of this program
)
_OF_AMOUNTS = text(f"SELECT * FROM ({_SPOTS}) spots WHERE abs(amount) = ANY(CAST(:amounts AS bigint[]))")  # noqa: S608
_IN_BANDS = text(
    f"""
    SELECT spots.* FROM ({_SPOTS}) spots
    JOIN unnest(CAST(:currencies AS text[]), CAST(:band_days AS date[]), CAST(:inflows AS boolean[]),
                CAST(:least AS bigint[]), CAST(:largest AS bigint[])) AS band(currency, day, inflow, least, largest)
      ON band.currency = spots.currency AND band.day = spots.booked_on AND band.inflow = (spots.amount > 0)
     AND abs(spots.amount) BETWEEN band.least AND band.largest
    """  # noqa: S608 - the parts are constants of this program
)
_SEPARATED: Final = Select(
    "SELECT from_transaction_id, from_position, to_transaction_id, to_position FROM transfer_separations "
    "WHERE tenant_id = :tenant",
    {},
)
_OWN_NAMES: Final = Select(
    "SELECT upper(replace(v, ' ', '')) FROM accounts, unnest(ARRAY[identifier, name]) AS v "
    "WHERE tenant_id = :tenant AND v IS NOT NULL",
    {},
)


def find_edges(session: Session, tenant: TenantInfo, touched: dict[int, set[date]]) -> dict[Edge, Fraction]:
    """All candidate pairs in the groups that the touched days (account -> days) reach, with the relative difference
    of their amounts (0 in one currency)."""
    ahead(session, (_OWN_NAMES, CURRENCIES, _SEPARATED))
    separated = {_edge((row[0], row[1]), (row[2], row[3])) for row in run(session, *_SEPARATED)}
    common = {"tenant": tenant.id, "own": [row[0] for row in run(session, *_OWN_NAMES)]}
    crossing = Crossing(session, tenant.currency)
    # A leg that is no candidate any more sets others free: they lie within the window around it.
    loaded = _around(day for days in touched.values() for day in days)
    parameters = {**common, "days": sorted(loaded)}
    if tenant.match_by_amount:
        pool = _standing(session, parameters, crossing)
    else:
        pool = _spots(session.execute(_TELLING, parameters))
    reached = loaded if tenant.match_by_amount else set()
    while True:
        edges = _edges(pool, crossing, by_amount=tenant.match_by_amount)
        for edge in separated & edges.keys():
            del edges[edge]
        standing = pool.keys() if not reached else {key for edge in edges for key in edge}
        missing = _around(pool[key].day for key in standing) - reached
        if not missing:
            return edges
        reached = reached | missing
        pool |= _partners(session, {**common, "days": sorted(missing)}, [pool[key] for key in standing], crossing)


def _standing(session: Session, parameters: dict[str, Any], crossing: Crossing) -> dict[LegKey, Spot]:
    """The legs on the given days that have a partner among them, and few others: an import touches millions of legs,
    of which hardly any could be a transfer."""
    rows = session.execute(_BOTH_WAYS, parameters, execution_options={"yield_per": _AT_ONCE})
    groups = groupby((Spot((row[0], row[1]), *row[2:]) for row in rows), key=lambda spot: (spot.currency, spot.size))
    pool = {spot.key: spot for _, group in groups for spot in _with_partner(group)}
    if crossing:
        # Of two currencies one is not the most common one: its legs, and what could stand against them.
        others = _spots(session.execute(_IN_OTHERS, {**parameters, "currency": crossing.commonest}))
        pool |= others | _partners(session, parameters, list(others.values()), crossing)
    return pool


def _with_partner(spots: Iterable[Spot]) -> Iterator[Spot]:
    """Those of one amount, in the order of days, that have an opposite one of another account within the window."""
    near: dict[tuple[int, bool], deque[Spot]] = defaultdict(deque)
    found: dict[LegKey, Spot] = {}
    for spot in spots:
        for (account_id, inflow), others in near.items():
            while others and (spot.day - others[0].day).days > WINDOW_DAYS:
                others.popleft()
            if account_id != spot.account_id and inflow != (spot.amount > 0):
                found |= {other.key: other for other in (spot, *others) if others}
        near[spot.account_id, spot.amount > 0].append(spot)
    yield from found.values()


def _partners(
    session: Session, parameters: dict[str, Any], standing: list[Spot], crossing: Crossing
) -> dict[LegKey, Spot]:
    """The legs on the given days that could stand against these."""
    amounts = sorted({abs(spot.amount) for spot in standing})
    found = _spots(session.execute(_OF_AMOUNTS, {**parameters, "amounts": amounts}))
    if crossing:
        crossing.need(standing)
        wanted = set(parameters["days"])
        bands = sorted({band for band in crossing.bands(standing) if band[1] in wanted})
        names = ("currencies", "band_days", "inflows", "least", "largest")
        columns = {name: [band[place] for band in bands] for place, name in enumerate(names)}
        found |= _spots(session.execute(_IN_BANDS, {**parameters, **columns}))
    return found


def _around(days: Iterable[date]) -> set[date]:
    reach = range(-WINDOW_DAYS, WINDOW_DAYS + 1)
    return {day + timedelta(days=step) for day in set(days) for step in reach}


def _spots(rows: Iterable[Any]) -> dict[LegKey, Spot]:
    return {(row[0], row[1]): Spot((row[0], row[1]), *row[2:]) for row in rows}


def _edges(pool: dict[LegKey, Spot], crossing: Crossing, *, by_amount: bool) -> dict[Edge, Fraction]:
    """The pairs among these legs that could be transfers; without `by_amount` one of the two must give evidence."""
    groups: dict[tuple[str, int], tuple[list[Spot], list[Spot]]] = defaultdict(lambda: ([], []))
    for spot in pool.values():
        groups[spot.currency, abs(spot.amount)][spot.amount > 0].append(spot)
    edges = {
        _edge(out.key, into.key): _SAME
        for outs, intos in groups.values()
        for out in outs
        for into in intos
        if out.account_id != into.account_id
        and abs((out.day - into.day).days) <= WINDOW_DAYS
        and (by_amount or out.tells or into.tells)
    }
    if crossing:
        crossing.need(pool.values())
        for earlier, later, difference in crossing.pairs(pool.values()):
            if by_amount or earlier.tells or later.tells:
                edges[_edge(earlier.key, later.key)] = difference
    return edges


def _edge(one: LegKey, other: LegKey) -> Edge:
    return (one, other) if one < other else (other, one)
