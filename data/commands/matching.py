"""Transfers between the tenant's own accounts: which legs are pairs, as a function of ledger and exchange rates alone.

The rules are those of `semantics.md`, Transfers. A leg is a transaction, or a part of a split one (position > 0).
Candidates come from `data.commands.candidates`; the choice among them is made here, in an order that no id and no
arrival time can influence.
"""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from sqlalchemy import text
from sqlalchemy.orm import Session

from data.commands import pairing
from data.commands.candidates import Edge, find_edges
from data.commands.legs import Leg, LegKey, load_legs
from data.directory import TenantInfo

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


def rematch(
    session: Session, tenant: TenantInfo, version: int, touched: dict[int, set[date]], *, only_new: bool = False
) -> bool:
    """Recompute the automatic pairs of all groups that `touched` (account -> days) reaches.

    Adds to `touched` the days of other legs whose pair or flow changed, so that the rollups follow, and answers whether
    there were any. With `only_new`
    lines were made and none changed: pairs that stand are then only looked at where a new line is a candidate too.
    """
    transfers = set() if only_new else _touched_transfers(session, tenant.id, touched)
    edges = find_edges(session, tenant, touched)
    if not edges and not transfers:
        return False
    legs = load_legs(session, tenant.id, {key for edge in edges for key in edge}, transfers)
    pairs = _choose(edges, legs, by_amount=tenant.match_by_amount)
    return pairing.store(session, tenant.id, version, legs, pairs, touched)


def _by_day(touched: dict[int, set[date]]) -> dict[str, object]:
    pairs = [(account, day) for account, days in touched.items() for day in days]
    return {"accounts": [account for account, _ in pairs], "days": [day for _, day in pairs]}


def _touched_transfers(session: Session, tenant_id: int, touched: dict[int, set[date]]) -> set[int]:
    rows = session.execute(_TOUCHED_TRANSFERS, {"tenant": tenant_id, **_by_day(touched)})
    return {transfer_id for (transfer_id,) in rows}


def _choose(edges: dict[Edge, Fraction], legs: dict[LegKey, Leg], *, by_amount: bool) -> list[pairing.Pair]:
    """The pairs (outflow, inflow, evidence) among the candidates, strongest evidence first, each leg once."""
    degree: dict[LegKey, int] = {}
    for edge in edges:
        for key in edge:
            degree[key] = degree.get(key, 0) + 1
    ranked = []
    for (one, other), difference in edges.items():
        out, into = sorted((legs[one], legs[other]), key=lambda leg: leg.amount)
        alone = by_amount and degree[one] == degree[other] == 1
        evidence = _evidence(out, into, alone=alone)
        if evidence:
            ranked.append((_rank(out, into, evidence, difference), out, into, evidence))
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


def _rank(out: Leg, into: Leg, evidence: int, difference: Fraction) -> tuple[object, ...]:
    days = abs((out.booked_on - into.booked_on).days)
    earlier = min(out.booked_on, into.booked_on)
    return (evidence, days, difference, earlier, out.account_label, into.account_label, out.line, into.line)
