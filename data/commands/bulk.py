"""Change or delete many transactions in one transaction, after a preview if one is asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from sqlalchemy import case, delete, func, literal, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from core.errors import Conflict, Invalid, NotFound
from core.query import Query, read_id
from data.commands import edits
from data.commands.keepsakes import keep
from data.commands.legs import plain_flow
from data.commands.reconciled import guard
from data.commands.references import categories_named, tags_named
from data.commands.transactions import remove, touch
from data.commands.unit import Write, write
from data.context import TenantContext
from data.frames.books import category_frame, tag_ids
from data.frames.transactions import TransactionFilter, transaction_ids, transactions
from data.models.tag import Tagging
from data.models.transaction import Split, Transaction
from data.reports.categories import CategoryTree
from data.reports.listing import check_accounts
from data.reports.opening import scope_of
from data.schemas import ledger
from data.schemas.bulk import MOST, BulkChanges, BulkIn, BulkLine, BulkResult

_PREVIEW: Final = 20
_PLAIN: Final = ("payee", "note", "pending", "cleared")
_OF_BALANCES: Final = {"pending", "cleared"}
Difference = tuple[dict[str, Any], dict[str, Any]]


def change_many(
    context: TenantContext, query: Query, wanted: TransactionFilter, bulk: BulkIn, *, force: bool = False
) -> BulkResult:
    """Change or delete the transactions that `bulk` names, or all that the filters find; what is as asked already
    stays untouched. A dry run changes nothing. What closed statements hold is a `Conflict` (reconciled) unless
    `force`, where its balance would change."""
    with write(context) as unit:
        unit.discard = bulk.dry_run
        if bulk.changes is not None and bulk.changes.category_id is not None:
            categories_named(unit.session, [bulk.changes.category_id])
        ids = _wanted(unit.session, query, wanted, bulk)
        if bulk.expected is not None and bulk.expected != len(ids):
            raise Conflict(
                f"The selection changed: it has {len(ids)} transactions now, not {bulk.expected}",
                code="selection_changed",
            )
        found = transactions(unit.session, ids)
        differing = {key: _deleted(row) for key, row in found.items()}
        if bulk.changes is not None:
            every = {key: difference(row, bulk.changes) for key, row in found.items()}
            differing = {key: each for key, each in every.items() if each[1]}
        if differing and not bulk.dry_run:
            if bulk.changes is None or _OF_BALANCES & bulk.changes.model_fields_set:
                guard(unit, sorted(differing), force=force)
            _carry_out(unit, bulk, sorted(differing), found)
        return BulkResult(
            dry_run=bulk.dry_run,
            found=len(ids),
            changed=len(differing),
            split=_split(found, bulk.changes),
            version=unit.version if differing and not bulk.dry_run else None,
            preview=[_line(found[key], differing[key]) for key in ids if key in differing][:_PREVIEW],
        )


def _wanted(session: Session, query: Query, wanted: TransactionFilter, bulk: BulkIn) -> list[int]:
    """The ids in the order of the list."""
    if bulk.ids is not None:
        ids = list(dict.fromkeys(read_id(each, "transaction") for each in bulk.ids))
        missing = set(ids) - set(transactions(session, ids))
        if missing:
            raise NotFound(f"There is no transaction {min(missing)}")
        return ids
    check_accounts(session, query, wanted.import_id)
    scope = scope_of(session, query, CategoryTree.of(category_frame(session)))
    found = [row[0] for row in transaction_ids(session, replace(wanted, scope=scope), MOST + 1)]
    if len(found) > MOST:
        raise Invalid(
            f"The filter finds more than {MOST:,} transactions: narrow it, and do it in parts", code="too_many"
        )
    return found


def difference(row: ledger.Transaction, changes: BulkChanges) -> Difference:
    """The fields of this transaction that the changes alter: as they are, and as they will be."""
    new: dict[str, Any] = {name: getattr(changes, name) for name in _PLAIN if name in changes.model_fields_set}
    if "category_id" in changes.model_fields_set and not row.splits:
        new["category_id"] = changes.category_id
    tags = _tags(row.tags, changes)
    if tags is not None:
        new["tags"] = tags
    altered = [name for name, value in new.items() if getattr(row, name) != value]
    return {name: getattr(row, name) for name in altered}, {name: new[name] for name in altered}


def _tags(tags: Sequence[str], changes: BulkChanges) -> list[str] | None:
    """The tags as they will be, None when they stay; names are compared without regard to case."""
    gone = {name.strip().lower() for name in changes.remove_tags or ()}
    kept = [name for name in tags if name.lower() not in gone]
    held = {name.lower() for name in kept}
    added = [name.strip() for name in changes.add_tags or () if name.strip() and name.strip().lower() not in held]
    after = kept + list(dict.fromkeys(added))
    return None if after == list(tags) else after


def _deleted(row: ledger.Transaction) -> Difference:
    return {"id": row.id}, {}


def _split(found: Mapping[int, ledger.Transaction], changes: BulkChanges | None) -> int:
    if changes is None or "category_id" not in changes.model_fields_set:
        return 0
    return sum(bool(row.splits) for row in found.values())


def _line(row: ledger.Transaction, altered: Difference) -> BulkLine:
    return BulkLine(
        id=row.id,
        booked_on=row.booked_on,
        payee=row.payee or row.counterparty or row.purpose,
        amount=row.amount,
        currency=row.currency,
        before=altered[0],
        after=altered[1],
    )


def _carry_out(unit: Write, bulk: BulkIn, ids: list[int], found: Mapping[int, ledger.Transaction]) -> None:
    keep(unit, ids)
    if bulk.changes is None:
        unit.audit("delete", "transaction", None, after={"count": len(ids)})
        remove(unit, ids)
        return
    touch(unit, ids)
    _set_columns(unit, bulk.changes, ids, [key for key in ids if not found[key].splits])
    _set_tags(unit, bulk.changes, ids)
    unit.audit("update", "transaction", None, after={"count": len(ids), **bulk.changes.model_dump(exclude_unset=True)})


def _set_columns(unit: Write, changes: BulkChanges, ids: list[int], whole: list[int]) -> None:
    """Every changed transaction is stamped, also where only its tags differ; split ones keep their category."""
    values: dict[str, Any] = {name: getattr(changes, name) for name in _PLAIN if name in changes.model_fields_set}
    if "pending" in values:
        flows = (
            (Transaction.type == "adjustment", plain_flow(pending=values["pending"], type_="adjustment")),
            (literal(True), plain_flow(pending=values["pending"], type_="normal")),
        )
        values["flow"] = case(*flows)
    _update(unit, ids, {**values, "updated_version": unit.version, "updated_at": func.now()})
    if "pending" in values:
        parts = update(Split).where(Split.transaction_id.in_(ids), Split.transfer_id.is_(None))
        flow = plain_flow(pending=bool(changes.pending), type_="normal")
        unit.session.execute(parts.values(flow=flow), execution_options={"synchronize_session": False})
    if "category_id" in changes.model_fields_set and whole:
        named = categories_named(unit.session, [] if changes.category_id is None else [changes.category_id])
        chosen = {**edits.chosen(changes.category_id), "category_source": "person"}
        _update(unit, whole, {"category_id": named.get(changes.category_id or ""), **chosen})


def _update(unit: Write, ids: list[int], values: dict[str, Any]) -> None:
    statement = update(Transaction).where(Transaction.id.in_(ids)).values(**values)
    unit.session.execute(statement, execution_options={"synchronize_session": False})


def _set_tags(unit: Write, changes: BulkChanges, ids: list[int]) -> None:
    gone = tag_ids(unit.session, tuple(name.strip().lower() for name in changes.remove_tags or ()))
    if gone:
        own = delete(Tagging).where(
            Tagging.kind == "transaction", Tagging.object_id.in_(ids), Tagging.tag_id.in_(gone.values())
        )
        unit.session.execute(own)
    for tag_id in tags_named(unit, changes.add_tags or ()).values():
        rows = [
            {"tenant_id": unit.tenant_id, "kind": "transaction", "object_id": each, "tag_id": tag_id} for each in ids
        ]
        unit.session.execute(insert(Tagging).on_conflict_do_nothing(), rows)
