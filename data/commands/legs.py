"""Legs: the lines that may be one side of a transfer, read with what the matching rules ask of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import text
from sqlalchemy.orm import Session

from data.models.rollup import Flow

LegKey = tuple[int, int]
"""(transaction id, split position); position 0 is the whole transaction."""

_ELIGIBLE = """
    NOT t.pending AND t.type = 'normal' AND {category}
    AND NOT EXISTS (SELECT 1 FROM transfers c WHERE c.tenant_id = :tenant AND c.id = l.transfer_id AND c.confirmed)
"""
_NONE = "l.category_id IS NULL"
_TELLING = """l.category_id = ANY(ARRAY(
        SELECT id FROM categories WHERE tenant_id = :tenant AND kind IN ('transfer', 'saving')))"""
_WHOLE = """
    SELECT t.id AS tx, 0 AS pos, t.account_id, t.booked_on, t.amount, t.category_id,
           upper(replace(t.counterparty, ' ', '')) AS named
    FROM transactions t
    WHERE t.tenant_id = :tenant AND NOT t.is_split AND t.amount <> 0 AND
"""
_PARTS = """
    SELECT t.id AS tx, l.position AS pos, t.account_id, t.booked_on, l.amount, l.category_id,
           upper(replace(t.counterparty, ' ', '')) AS named
    FROM splits l
    JOIN transactions t ON t.tenant_id = l.tenant_id AND t.id = l.transaction_id
    WHERE l.tenant_id = :tenant AND l.amount <> 0 AND
"""
SQL_LEG_SOURCES = (
    *(_WHOLE + _ELIGIBLE.format(category=category).replace("l.", "t.") for category in (_NONE, _TELLING)),
    _PARTS + _ELIGIBLE.format(category=f"({_NONE} OR {_TELLING})"),
)
"""The eligible legs of whole transactions and of split parts, apart so that each is found by an index of categories."""

_COLUMNS = """
    t.account_id, t.booked_on, t.counterparty, t.fingerprint, t.occurrence, t.pending, t.type,
    c.kind, p.confirmed, a.type AS account_type, a.identifier, a.name AS account_name
"""
_JOINS = """
    JOIN accounts a ON a.tenant_id = t.tenant_id AND a.id = t.account_id
    LEFT JOIN categories c ON c.tenant_id = t.tenant_id AND c.id = l.category_id
    LEFT JOIN transfers p ON p.tenant_id = t.tenant_id AND p.id = l.transfer_id
"""
_LOAD = text(
    f"""
    SELECT t.id AS tx, 0 AS pos, t.amount, t.transfer_id, t.flow, {_COLUMNS}
    FROM transactions t {_JOINS.replace("l.", "t.")}
    WHERE t.tenant_id = :tenant AND NOT t.is_split
      AND (t.id = ANY(CAST(:txs AS bigint[])) OR t.transfer_id = ANY(CAST(:transfers AS bigint[])))
    UNION ALL
    SELECT t.id, l.position, l.amount, l.transfer_id, l.flow, {_COLUMNS}
    FROM splits l
    JOIN transactions t ON t.tenant_id = l.tenant_id AND t.id = l.transaction_id {_JOINS}
    WHERE l.tenant_id = :tenant
      AND (l.transaction_id = ANY(CAST(:txs AS bigint[])) OR l.transfer_id = ANY(CAST(:transfers AS bigint[])))
    """  # noqa: S608 - the parts are constants of this program
)


def account_key(value: str | None) -> str:
    """An account's number or name as it is compared: no blanks, upper case."""
    return (value or "").replace(" ", "").upper()


@dataclass(frozen=True, slots=True)
class Leg:
    """One line as the matching rules see it. `kind` is transfer, saving or None (any other kind is not eligible)."""

    transaction_id: int
    position: int
    amount: int
    transfer_id: int | None
    flow: int
    account_id: int
    booked_on: date
    counterparty: str | None
    fingerprint: bytes
    occurrence: int
    pending: bool
    type: str
    kind: str | None
    confirmed: bool
    account_type: str
    identifier: str | None
    account_name: str

    @property
    def key(self) -> LegKey:
        return (self.transaction_id, self.position)

    @property
    def account_label(self) -> str:
        """The account's place among accounts: its identifier, or its name when it has none."""
        return self.identifier or self.account_name

    @property
    def line(self) -> tuple[bytes, int, int]:
        """The leg's place among those of its account, by the ledger's contents only."""
        return (self.fingerprint, self.occurrence, self.position)

    @property
    def set_aside(self) -> bool:
        """Not booked, or not a movement of money: in no pair."""
        return self.pending or self.type != "normal"

    @property
    def plain_flow(self) -> Flow:
        """The flow of the line when it is in no pair."""
        return plain_flow(pending=self.pending, type_=self.type)

    def names(self, other: Leg) -> bool:
        """Whether this leg's counterparty is the other leg's account, by number or by name."""
        named = account_key(self.counterparty)
        return bool(named) and named in (account_key(other.identifier), account_key(other.account_name))


def plain_flow(*, pending: bool, type_: str) -> Flow:
    """The flow of a line that is in no pair."""
    if pending:
        return Flow.PENDING
    return Flow.ADJUSTMENT if type_ == "adjustment" else Flow.ORDINARY


def load_legs(session: Session, tenant_id: int, keys: set[LegKey], transfers: Iterable[int]) -> dict[LegKey, Leg]:
    """The legs with these keys, and all legs of these transfers, whatever became of them."""
    wanted = set(transfers)
    rows = session.execute(
        _LOAD, {"tenant": tenant_id, "txs": sorted({tx for tx, _ in keys}), "transfers": sorted(wanted)}
    )
    return {
        (row.tx, row.pos): Leg(
            transaction_id=row.tx,
            position=row.pos,
            amount=row.amount,
            transfer_id=row.transfer_id,
            flow=row.flow,
            account_id=row.account_id,
            booked_on=row.booked_on,
            counterparty=row.counterparty,
            fingerprint=row.fingerprint,
            occurrence=row.occurrence,
            pending=row.pending,
            type=row.type,
            kind=row.kind,
            confirmed=bool(row.confirmed),
            account_type=row.account_type,
            identifier=row.identifier,
            account_name=row.account_name,
        )
        for row in rows
        if (row.tx, row.pos) in keys or row.transfer_id in wanted
    }
