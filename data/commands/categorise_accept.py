"""Confirm learned categories: from then on they are a person's, and what is learned next rests on them."""

from __future__ import annotations

from typing import Final

from sqlalchemy import text

from core.query import read_id
from data.commands.unit import write
from data.context import TenantContext
from data.schemas.categorise import Accepted, AcceptIn

_ACCEPT: Final = text(
    """
    UPDATE transactions
    SET category_source = 'person', category_confidence = NULL, category_because = NULL,
        updated_version = :version, updated_at = now()
    WHERE tenant_id = :tenant AND category_source = 'learned' AND category_confidence >= :least
      AND (CAST(:ids AS bigint[]) IS NULL OR id = ANY (CAST(:ids AS bigint[])))
    RETURNING id
    """
)


def accept_guesses(context: TenantContext, wanted: AcceptIn) -> Accepted:
    """Confirm all learned categories that are sure enough, or those of some transactions; others stay guesses."""
    ids = None if wanted.transaction_ids is None else [read_id(each, "transaction") for each in wanted.transaction_ids]
    with write(context) as unit:
        parameters = {"tenant": unit.tenant_id, "version": unit.version, "least": wanted.min_confidence, "ids": ids}
        accepted = len(unit.session.execute(_ACCEPT, parameters).all())
        unit.audit("accept", "categorise", None, after={"learned": accepted})
        return Accepted(accepted=accepted)
