"""Transfers between the tenant's own accounts: which legs are pairs, as a function of the ledger alone.

The rules are those of `semantics.md`, Transfers. A leg is a transaction, or a part of a split one (position > 0).
Candidates are found by the database around what a command touched, up to the whole connected group; the
choice among them is made here, in an order that no id and no arrival time can influence.
"""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import text
from sqlalchemy.orm import Session

from data.commands import pairing
from data.commands.legs import SQL_LEG_SOURCES, Leg, LegKey, load_legs
from data.directory import TenantInfo

WINDOW_DAYS = 4
Edge = tuple[LegKey, LegKey]

# OFFSET 0 keeps the look-up of each leg's partners a look-up: without statistics (a first import) the planner would
# join everything with everything.
_CANDIDATES = " UNION ALL ".join(
    f"""
    SELECT a.tx, a.pos, b.tx, b.pos
    FROM ({left}) a
    CROSS JOIN LATERAL (
        {right} AND {amount} = -a.amount AND t.account_id <> a.account_id
        AND t.booked_on BETWEEN a.booked_on - CAST(:window AS integer) AND a.booked_on + CAST(:window AS integer)
        OFFSET 0
    ) b
    JOIN accounts x ON x.tenant_id = :tenant AND x.id = a.account_id
    JOIN accounts y ON y.tenant_id = :tenant AND y.id = b.account_id AND y.currency = x.currency
    WHERE %(frontier)s
      AND NOT EXISTS (
        SELECT 1 FROM transfer_separations z WHERE z.tenant_id = :tenant
        AND ((z.from_transaction_id, z.from_position, z.to_transaction_id, z.to_position) = (a.tx, a.pos, b.tx, b.pos)
          OR (z.from_transaction_id, z.from_position, z.to_transaction_id, z.to_position) = (b.tx, b.pos, a.tx, a.pos)))
    """  # noqa: S608 - the parts are constants of this program
    for left, _ in SQL_LEG_SOURCES
    for right, amount in SQL_LEG_SOURCES
)
_TELLS = "(%(leg)s.category_id IS NOT NULL OR %(leg)s.named = ANY(CAST(:own AS text[])))"
_A_TELLS, _B_TELLS = _TELLS % {"leg": "a"}, _TELLS % {"leg": "b"}
# Every edge with evidence is found from the leg that has it, which lies on a near day if its partner was touched.
_BY_DAY = text(_CANDIDATES % {"frontier": f"a.booked_on = ANY(CAST(:near AS date[])) AND (:by_amount OR {_A_TELLS})"})
_IN_FRONTIER = "(a.tx, a.pos) IN (SELECT * FROM unnest(CAST(:txs AS bigint[]), CAST(:positions AS bigint[])))"
_BY_LEG = text(_CANDIDATES % {"frontier": f"{_IN_FRONTIER} AND (:by_amount OR {_A_TELLS} OR {_B_TELLS})"})

_TOUCHED_TRANSFERS = text(
    """
    SELECT t.transfer_id FROM transactions t
    WHERE t.tenant_id = :tenant AND t.transfer_id IS NOT NULL AND (t.account_id, t.booked_on) IN
      (SELECT * FROM unnest(CAST(:accounts AS bigint[]), CAST(:days AS date[])))
    UNION
    SELECT s.transfer_id FROM splits s
    JOIN transactions t ON t.tenant_id = s.tenant_id AND t.id = s.transaction_id
    WHERE s.tenant_id = :tenant AND s.transfer_id IS NOT NULL AND (t.account_id, t.booked_on) IN
      (SELECT * FROM unnest(CAST(:accounts AS bigint[]), CAST(:days AS date[])))
    """
)


def rematch(session: Session, tenant: TenantInfo, version: int, touched: dict[int, set[date]]) -> None:
    """Recompute the automatic pairs of all groups that `touched` (account -> days) reaches.

    Adds to `touched` the days of other legs whose pair or flow changed, so that the rollups follow.
    """
    transfers = _touched_transfers(session, tenant.id, touched)
    edges = _closure(session, tenant, touched)
    if not edges and not transfers:
        return
    legs = load_legs(session, tenant.id, {key for edge in edges for key in edge}, transfers)
    pairs = _choose(edges, legs, by_amount=tenant.match_by_amount)
    pairing.store(session, tenant.id, version, legs, pairs, touched)


def _by_day(touched: dict[int, set[date]]) -> dict[str, object]:
    pairs = [(account, day) for account, days in touched.items() for day in days]
    return {"accounts": [account for account, _ in pairs], "days": [day for _, day in pairs]}


def _near(touched: dict[int, set[date]]) -> list[date]:
    """The touched days and those around them: a leg that is no candidate any more sets others free."""
    days = set().union(*touched.values())
    reach = range(-WINDOW_DAYS, WINDOW_DAYS + 1)
    return sorted({day + timedelta(days=step) for day in days for step in reach})


def _touched_transfers(session: Session, tenant_id: int, touched: dict[int, set[date]]) -> set[int]:
    rows = session.execute(_TOUCHED_TRANSFERS, {"tenant": tenant_id, **_by_day(touched)})
    return {transfer_id for (transfer_id,) in rows}


def _closure(session: Session, tenant: TenantInfo, touched: dict[int, set[date]]) -> set[Edge]:
    """All candidate edges of the connected groups that begin at the touched days."""
    own = session.execute(
        text(
            "SELECT upper(replace(v, ' ', '')) FROM accounts, unnest(ARRAY[identifier, name]) AS v "
            "WHERE tenant_id = :tenant AND v IS NOT NULL"
        ),
        {"tenant": tenant.id},
    ).scalars()
    common = {"tenant": tenant.id, "window": WINDOW_DAYS, "own": list(own), "by_amount": tenant.match_by_amount}
    rows = session.execute(_BY_DAY, {**common, "near": _near(touched)})
    edges: set[Edge] = set()
    expanded: set[LegKey] = set()
    while True:
        fresh = {_edge((row[0], row[1]), (row[2], row[3])) for row in rows} - edges
        edges |= fresh
        frontier = {key for edge in fresh for key in edge} - expanded
        if not frontier:
            return edges
        expanded |= frontier
        keys = list(frontier)
        rows = session.execute(
            _BY_LEG, {**common, "txs": [tx for tx, _ in keys], "positions": [position for _, position in keys]}
        )


def _edge(one: LegKey, other: LegKey) -> Edge:
    return (one, other) if one < other else (other, one)


def _choose(edges: set[Edge], legs: dict[LegKey, Leg], *, by_amount: bool) -> list[pairing.Pair]:
    """The pairs (outflow, inflow, evidence) among the candidates, strongest evidence first, each leg once."""
    degree: dict[LegKey, int] = {}
    for edge in edges:
        for key in edge:
            degree[key] = degree.get(key, 0) + 1
    ranked = []
    for one, other in edges:
        out, into = sorted((legs[one], legs[other]), key=lambda leg: leg.amount)
        alone = by_amount and degree[one] == degree[other] == 1
        evidence = _evidence(out, into, alone=alone)
        if evidence:
            ranked.append((_rank(out, into, evidence), out, into, evidence))
    taken: set[LegKey] = set()
    pairs = []
    for _, out, into, evidence in sorted(ranked, key=lambda entry: entry[0]):
        if out.key not in taken and into.key not in taken:
            taken |= {out.key, into.key}
            pairs.append((out, into, evidence))
    return pairs


def _evidence(out: Leg, into: Leg, *, alone: bool) -> int:
    if out.names(into) or into.names(out):
        return 1
    if out.kind or into.kind:
        return 2
    return 3 if alone else 0


def _rank(out: Leg, into: Leg, evidence: int) -> tuple[object, ...]:
    days = abs((out.booked_on - into.booked_on).days)
    earlier = min(out.booked_on, into.booked_on)
    return (evidence, days, earlier, out.account_label, into.account_label, out.line, into.line)
