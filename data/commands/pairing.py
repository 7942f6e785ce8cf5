"""Stores what matching chose: the transfers, each leg's pair, and what the leg is for the figures."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from sqlalchemy import insert, text
from sqlalchemy.orm import Session

from data.commands.legs import Leg, LegKey
from data.models.rollup import Flow
from data.models.transaction import Transfer
from data.schemas.common import SAVING_TYPES

Pair = tuple[Leg, Leg, int]
"""(outflow, inflow, evidence 1..3)."""

_UPDATE_TRANSACTIONS = text(
    """
    UPDATE transactions t SET transfer_id = u.transfer_id, flow = u.flow, updated_version = :version, updated_at = now()
    FROM unnest(CAST(:txs AS bigint[]), CAST(:transfers AS bigint[]), CAST(:flows AS smallint[]))
      AS u(tx, transfer_id, flow)
    WHERE t.tenant_id = :tenant AND t.id = u.tx
    """
)
_UPDATE_SPLITS = text(
    """
    UPDATE splits s SET transfer_id = u.transfer_id, flow = u.flow
    FROM unnest(CAST(:txs AS bigint[]), CAST(:positions AS bigint[]), CAST(:transfers AS bigint[]),
                CAST(:flows AS smallint[])) AS u(tx, pos, transfer_id, flow)
    WHERE s.tenant_id = :tenant AND s.transaction_id = u.tx AND s.position = u.pos
    """
)
_RAISE_PARENTS = text(
    """
    UPDATE transactions SET updated_version = :version, updated_at = now()
    WHERE tenant_id = :tenant AND id = ANY(CAST(:txs AS bigint[]))
    """
)
_DELETE_TRANSFERS = text("DELETE FROM transfers WHERE tenant_id = :tenant AND id = ANY(CAST(:ids AS bigint[]))")


def saved_leg(out: Leg, into: Leg) -> Leg | None:
    """The leg that counts as money put aside, or None (`semantics.md`, Flows: saved; a pair counts once)."""
    from_savings, to_savings = out.account_type in SAVING_TYPES, into.account_type in SAVING_TYPES
    marked = [leg for leg in (out, into) if leg.kind == "saving"]
    if from_savings and to_savings:
        return None
    if len(marked) == 1:
        return marked[0]
    if from_savings != to_savings:
        return out if from_savings else into
    return out if marked else None


def store(
    session: Session,
    tenant_id: int,
    version: int,
    legs: dict[LegKey, Leg],
    pairs: list[Pair],
    touched: dict[int, set[date]],
) -> bool:
    """Write what differs: new transfers, the legs' pair and flow, and remove transfers that no leg has any more.
    Answers whether any leg differed."""
    wanted: dict[LegKey, tuple[int | None, Flow]] = {key: (None, leg.plain_flow) for key, leg in legs.items()}
    for out, into in _confirmed(legs.values()):
        _assign(wanted, out, into, out.transfer_id)
    kept: list[Pair] = []
    fresh: list[Pair] = []
    for pair in pairs:
        (kept if pair[0].transfer_id and pair[0].transfer_id == pair[1].transfer_id else fresh).append(pair)
    for out, into, _ in kept:
        _assign(wanted, out, into, out.transfer_id)
    for (out, into, _), transfer_id in zip(fresh, _new_transfers(session, tenant_id, version, fresh), strict=True):
        _assign(wanted, out, into, transfer_id)
    changed = [leg for key, leg in legs.items() if wanted[key] != (leg.transfer_id, leg.flow)]
    _update_legs(session, tenant_id, version, [(leg, *wanted[leg.key]) for leg in changed])
    used = {transfer_id for transfer_id, _ in wanted.values()}
    gone = {leg.transfer_id for leg in legs.values() if leg.transfer_id and leg.transfer_id not in used}
    if gone:
        session.execute(_DELETE_TRANSFERS, {"tenant": tenant_id, "ids": sorted(gone)})
    for leg in changed:
        touched.setdefault(leg.account_id, set()).add(leg.booked_on)
    return bool(changed)


def _confirmed(legs: Iterable[Leg]) -> list[tuple[Leg, Leg]]:
    """The pairs that a person confirmed, as (outflow, inflow); a lone remaining leg is no pair."""
    by_transfer: dict[int, list[Leg]] = {}
    for leg in legs:
        if leg.confirmed and leg.transfer_id and not leg.set_aside:
            by_transfer.setdefault(leg.transfer_id, []).append(leg)
    pairs = []
    for group in by_transfer.values():
        if len(group) == 2:
            out, into = sorted(group, key=lambda leg: leg.amount)
            pairs.append((out, into))
    return pairs


def _assign(wanted: dict[LegKey, tuple[int | None, Flow]], out: Leg, into: Leg, transfer_id: int | None) -> None:
    counted = saved_leg(out, into)
    for leg in (out, into):
        wanted[leg.key] = (transfer_id, Flow.SAVED if leg is counted else Flow.MATCHED)


def _new_transfers(session: Session, tenant_id: int, version: int, pairs: list[Pair]) -> list[int]:
    if not pairs:
        return []
    rows = [
        {"tenant_id": tenant_id, "created_version": version, "updated_version": version, "evidence": evidence}
        for _, _, evidence in pairs
    ]
    statement = insert(Transfer).returning(Transfer.id, sort_by_parameter_order=True)
    return list(session.execute(statement, rows).scalars())


def _update_legs(session: Session, tenant_id: int, version: int, changes: list[tuple[Leg, int | None, Flow]]) -> None:
    for statements, rows in (
        ((_UPDATE_TRANSACTIONS,), [change for change in changes if change[0].position == 0]),
        ((_UPDATE_SPLITS, _RAISE_PARENTS), [change for change in changes if change[0].position > 0]),
    ):
        for statement in statements if rows else ():
            session.execute(
                statement,
                {
                    "tenant": tenant_id,
                    "version": version,
                    "txs": [leg.transaction_id for leg, _, _ in rows],
                    "positions": [leg.position for leg, _, _ in rows],
                    "transfers": [transfer_id for _, transfer_id, _ in rows],
                    "flows": [int(flow) for _, _, flow in rows],
                },
            )
