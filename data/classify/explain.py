"""Why a transaction has its category, and what else it might be."""

from __future__ import annotations

import threading
from typing import Final, cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.errors import NotFound
from data.classify.examples import learn
from data.classify.learn import NONE, Learned
from data.classify.lines import Line
from data.context import TenantContext
from data.models.state import TenantState
from data.models.transaction import Transaction
from data.schemas.categorise import Alternative, CategoryChoice, CategorySource

_LEAST_SHARE: Final = 0.01
_SAID: Final = {
    "person": "a person chose it",
    "file": "the imported file names it",
}


class _Shelf:
    """What was learned last in this process: asking about several transactions of a tenant learns once."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._key: tuple[int, int] | None = None
        self._learned: Learned | None = None

    def get(self, session: Session, tenant_id: int) -> Learned | None:
        key = (tenant_id, session.execute(select(TenantState.version)).scalar_one())
        with self._lock:
            if key != self._key:
                self._learned = learn(session, tenant_id)
                self._key = key
            return self._learned


_shelf: Final = _Shelf()


def category_choice(context: TenantContext, transaction_id: int) -> CategoryChoice:
    """Who chose the category of a transaction and why; `NotFound` when the tenant has no such transaction."""
    with context.db.reading() as session:
        row = session.scalars(select(Transaction).where(Transaction.id == transaction_id)).first()
        if row is None:
            raise NotFound(f"There is no transaction {transaction_id}")
        source = row.category_source or ("file" if row.category_id is not None and row.import_id is not None else None)
        confidence = row.category_confidence
        return CategoryChoice(
            category_id=None if row.category_id is None else str(row.category_id),
            source=cast(CategorySource | None, source),
            confidence=None if confidence is None else round(confidence, 4),
            because=row.category_because or _SAID.get(source or ""),
            alternatives=[] if row.is_split else _alternatives(session, context.tenant.id, row),
        )


def _alternatives(session: Session, tenant_id: int, row: Transaction) -> list[Alternative]:
    learned = _shelf.get(session, tenant_id)
    if learned is None or row.amount == 0:
        return []
    line = Line(row.payee, row.purpose, row.counterparty, row.mcc, row.amount > 0, len(str(abs(row.amount))))
    (guess,) = learned.guess([line], 1.0)
    return [
        Alternative(category_id=str(category_id), confidence=round(share, 4))
        for category_id, share in guess.ranking
        if category_id not in (NONE, row.category_id) and share >= _LEAST_SHARE
    ]
