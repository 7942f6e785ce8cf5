"""The pieces of changing a stored transaction: merge the patch, store what differs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete, func, insert, literal, select, update
from sqlalchemy.orm import Session

from core.errors import Invalid
from data.commands.conflicts import readable_conflicts
from data.commands.unit import Write
from data.models.tag import Tagging
from data.models.transaction import Split, Transaction, Transfer, TransferSeparation
from data.schemas import ledger

_NOT_NULL = ("account_id", "booked_on", "amount", "type", "pending", "cleared")
_LISTS = ("tags", "splits")
"""Null removes them: none are left."""


def merge(before: ledger.Transaction, patch: ledger.TransactionPatch) -> ledger.TransactionIn:
    """The transaction as it is to be, checked whole."""
    changes = patch.model_dump(exclude_unset=True)
    for name in _NOT_NULL:
        if name in changes and changes[name] is None:
            raise Invalid.field(name, "must not be null")
    changes.update({name: [] for name in _LISTS if name in changes and changes[name] is None})
    names = ledger.TransactionIn.model_fields
    values = {name: value for name, value in before.model_dump().items() if name in names}
    if changes.get("category_id") is not None and "splits" not in changes:
        changes["splits"] = []
    values.update({name: value for name, value in changes.items() if name in names})
    return ledger.TransactionIn.model_validate(values)


def chosen(category_id: object) -> dict[str, Any]:
    """The columns that say who chose a category that was given, or left out, by hand."""
    source = None if category_id is None else "person"
    return {"category_source": source, "category_confidence": None, "category_because": None}


def keep_choice(columns: dict[str, Any], patch: ledger.TransactionPatch) -> dict[str, Any]:
    """The columns to store: who chose the category stays as it was unless the patch is about it. A category that is
    given again is confirmed; one that is taken away is not guessed anew."""
    if patch.model_fields_set & {"category_id", "splits"}:
        taken = "category_id" in patch.model_fields_set and not columns["is_split"]
        return {**columns, "category_source": "person"} if taken else columns
    return {name: value for name, value in columns.items() if name not in chosen(None)}


def store(unit: Write, row: Transaction, columns: dict[str, Any]) -> None:
    """Write the columns over the row. An imported line keeps the fingerprint of what the bank said.

    A transaction that is split is no leg any more, its parts are: it leaves its pair.
    """
    values = {name: value for name, value in columns.items() if name not in ("tenant_id", "created_version")}
    if row.import_id is not None:
        values["fingerprint"] = row.fingerprint
    if values["is_split"]:
        values["transfer_id"] = None
    if (values["account_id"], values["fingerprint"]) != (row.account_id, row.fingerprint):
        highest = select(func.max(Transaction.occurrence)).where(
            Transaction.account_id == values["account_id"], Transaction.fingerprint == values["fingerprint"]
        )
        values["occurrence"] = (unit.session.execute(highest).scalar_one() or 0) + 1
    statement = update(Transaction).where(Transaction.id == row.id).values(**values, updated_at=func.now())
    with readable_conflicts():
        unit.session.execute(statement, execution_options={"synchronize_session": False})


def clear_tags(session: Session, ids: Sequence[int], *, own: bool = True) -> None:
    """Take all tags off these transactions' parts, and off the transactions themselves when `own`."""
    parts = select(Split.id).where(Split.transaction_id.in_(ids))
    session.execute(delete(Tagging).where(Tagging.kind == "split", Tagging.object_id.in_(parts)))
    if own:
        session.execute(delete(Tagging).where(Tagging.kind == "transaction", Tagging.object_id.in_(ids)))


def separate(unit: Write, row: Transaction, transfer_id: str | None) -> None:
    """Remember that a person said these legs are no transfer; matching will not pair them again."""
    paired = _legs_with_partners(unit.session, row.id)
    if transfer_id is not None:
        if transfer_id not in {str(each) for each, *_ in paired}:
            raise Invalid.field("transfer_id", "can only be removed, with null; pairs are found by the matching rules")
        return
    rows = [
        {
            "tenant_id": unit.tenant_id,
            "from_transaction_id": row.id,
            "from_position": position,
            "to_transaction_id": other,
            "to_position": other_position,
        }
        for _, position, other, other_position in paired
    ]
    if rows:
        unit.session.execute(insert(TransferSeparation), rows)
        ids = {each for each, *_ in paired}
        for model in (Transaction, Split):
            unit.session.execute(
                update(model).where(model.transfer_id.in_(ids)).values(transfer_id=None, flow=0),
                execution_options={"synchronize_session": False},
            )
        unit.session.execute(delete(Transfer).where(Transfer.id.in_(ids)))
        # The other legs changed, too: their versions tell the sums by payee, the change feed and ETags.
        unit.session.execute(
            update(Transaction)
            .where(Transaction.id.in_({each["to_transaction_id"] for each in rows}))
            .values(updated_version=unit.version, updated_at=func.now()),
            execution_options={"synchronize_session": False},
        )


def _legs_with_partners(session: Session, transaction_id: int) -> list[tuple[int, int, int, int]]:
    """(transfer, own position, other transaction, other position) for each pair the transaction is in."""
    legs = (
        select(Transaction.transfer_id, Transaction.id, literal(0).label("position"))
        .union_all(select(Split.transfer_id, Split.transaction_id, Split.position))
        .subquery()
    )
    mine, other = legs.alias(), legs.alias()
    found = session.execute(
        select(mine.c.transfer_id, mine.c.position, other.c.id, other.c.position)
        .join(other, other.c.transfer_id == mine.c.transfer_id)
        .where(mine.c.id == transaction_id, other.c.id != transaction_id)
    )
    return [(transfer_id, position, other_id, place) for transfer_id, position, other_id, place in found]


def difference(before: ledger.Transaction, after: ledger.Transaction) -> tuple[dict[str, Any], dict[str, Any]]:
    """The fields that changed, as they were and as they are, in JSON's types."""
    old, new = before.model_dump(mode="json"), after.model_dump(mode="json")
    changed = [name for name in new if new[name] != old[name] and name not in ("created_at", "updated_at")]
    return {name: old[name] for name in changed}, {name: new[name] for name in changed}
