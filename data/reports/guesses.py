"""`/financial/categorise/guesses`: what was learned, how sure it is and why."""

from __future__ import annotations

from typing import Final

from core.money import format_amount
from data.context import TenantContext
from data.frames.books import read_span
from data.frames.guesses import guess_counts, guess_rows
from data.schemas.categorise import Categorised, Guesses

_SHOWN: Final = 50


def guesses(context: TenantContext, least: float) -> Guesses:
    """The learned categories that nobody confirmed, the least sure first, and how many are at least so sure."""
    with context.db.reading() as session:
        count, sure = guess_counts(session, least)
        return Guesses(
            count=count,
            sure=sure,
            version=read_span(session).version,
            data=[
                Categorised(
                    transaction_id=str(row.id),
                    booked_on=row.booked_on,
                    amount=format_amount(row.amount, row.currency),
                    currency=row.currency,
                    payee=row.payee,
                    category_id=str(row.category_id),
                    source="learned",
                    confidence=round(row.category_confidence, 4),
                    because=row.category_because,
                )
                for row in guess_rows(session, _SHOWN)
            ],
        )
