"""Post, change and delete transactions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import delete, insert, or_, select
from sqlalchemy.orm import Session, aliased

from core.errors import Invalid
from core.money import parse_amount
from data.commands import edits
from data.commands.import_traces import keep_traces
from data.commands.keepsakes import keep
from data.commands.legs import plain_flow
from data.commands.posting import insert_rows
from data.commands.reconciled import guard, guard_change
from data.commands.references import accounts_named, categories_named, tag_objects
from data.commands.resources import find
from data.commands.rule_runs import fill_posted
from data.commands.unit import Write, write
from data.context import TenantContext
from data.frames.driver import rows as run
from data.frames.transactions import transactions
from data.imports.fingerprint import fingerprint
from data.models.account import Account
from data.models.tag import Tagging
from data.models.transaction import Split, Transaction
from data.schemas import ledger

_TEXTS = ("payee", "counterparty", "purpose", "reference", "external_id", "note")
# The fingerprints as hexadecimal digits, an array of which needs no quotes.
_OCCURRENCES = """
    SELECT known.account_id, known.fingerprint, known.occurrence
    FROM unnest(CAST(:accounts AS bigint[]), CAST(:prints AS text[])) AS new(account_id, print)
    CROSS JOIN LATERAL (
        SELECT t.account_id, t.fingerprint, t.occurrence FROM transactions t
        WHERE t.tenant_id = :tenant AND t.account_id = new.account_id AND t.fingerprint = decode(new.print, 'hex')
        ORDER BY t.occurrence DESC LIMIT 1) AS known
"""
MANY: Final = 2_000
"""Lines that are much in a young table."""
_OF_PARTS = frozenset({"amount", "account_id", "splits", "pending", "type"})


@dataclass(frozen=True, slots=True)
class _Draft:
    """A transaction ready to store: its columns, its parts' amounts in minor units, and the input for the rest."""

    new: ledger.TransactionIn
    columns: dict[str, Any]
    parts: list[int]


def post_transactions(context: TenantContext, new: Sequence[ledger.TransactionIn]) -> list[ledger.Transaction]:
    """Add transactions, all or nothing, and answer them in order with their ids."""
    with write(context) as unit:
        accounts = accounts_named(unit.session, {each.account_id for each in new})
        categories = categories_named(unit.session, _category_ids(new))
        drafts = [_draft(unit, each, accounts[each.account_id], categories) for each in new]
        number_occurrences(unit.session, [draft.columns for draft in drafts])
        ids = insert_rows(unit.session, [draft.columns for draft in drafts])
        stored = dict(zip(ids, drafts, strict=True))
        _put_parts(unit, stored, categories)
        tag_objects(unit, "transaction", {key: draft.new.tags for key, draft in stored.items() if draft.new.tags})
        for draft in drafts:
            unit.touch(draft.columns["account_id"], [draft.columns["booked_on"]])
        fill_posted(unit, [key for key, draft in stored.items() if _left_open(draft.new)])
        unit.only_new, unit.many = True, len(new) >= MANY
        unit.audit("create", "transaction", ids[0] if len(ids) == 1 else None, after={"count": len(ids)})
        unit.settle()
        found = transactions(unit.session, ids)
        return [found[key] for key in ids]


def _left_open(new: ledger.TransactionIn) -> bool:
    """Whether the caller leaves it to the rules what the transaction is; a null category is an answer."""
    return "category_id" not in new.model_fields_set and not new.splits


def change_transaction(
    context: TenantContext,
    transaction_id: int,
    patch: ledger.TransactionPatch,
    if_match: int | None,
    force: bool = False,
) -> ledger.Transaction:
    """Apply a JSON Merge Patch (RFC 7396): fields that are absent stay, null removes. A null `transfer_id` separates
    the pair for good; no other value can be given, pairs are found by the matching rules."""
    with write(context) as unit:
        row = find(unit, Transaction, transaction_id, "transaction", if_match)
        before = transactions(unit.session, [transaction_id])[transaction_id]
        merged = edits.merge(before, patch)
        accounts = accounts_named(unit.session, [merged.account_id])
        categories = categories_named(unit.session, _category_ids([merged]))
        draft = _draft(unit, merged, accounts[merged.account_id], categories)
        guard_change(unit, row, draft.columns, force=force)
        keep(unit, [transaction_id])
        touch(unit, [transaction_id])
        if "transfer_id" in patch.model_fields_set:
            edits.separate(unit, row, patch.transfer_id)
        edits.store(unit, row, edits.keep_choice(draft.columns, patch))
        _replace_parts(unit, transaction_id, draft, patch.model_fields_set, categories)
        unit.touch(draft.columns["account_id"], [draft.columns["booked_on"]])
        unit.settle()
        after = transactions(unit.session, [transaction_id])[transaction_id]
        unit.audit("update", "transaction", transaction_id, *edits.difference(before, after))
        return after


def delete_transaction(
    context: TenantContext, transaction_id: int, if_match: int | None = None, force: bool = False
) -> None:
    """Remove a transaction; `NotFound` when it is not there, `Conflict` when a closed statement holds it."""
    with write(context) as unit:
        find(unit, Transaction, transaction_id, "transaction", if_match)
        guard(unit, [transaction_id], force=force)
        before = transactions(unit.session, [transaction_id])[transaction_id]
        unit.audit("delete", "transaction", transaction_id, before=before.model_dump(mode="json"))
        keep(unit, [transaction_id])
        remove(unit, [transaction_id])


def remove(unit: Write, ids: Sequence[int]) -> None:
    """Delete these transactions within a write: their parts, tags, pairs; days are touched, tombstones left."""
    touch(unit, ids)
    keep_traces(unit, ids)
    edits.clear_tags(unit.session, ids)
    unit.session.execute(delete(Transaction).where(Transaction.id.in_(ids)))
    unit.deleted("transaction", ids)


def touch(unit: Write, ids: Sequence[int]) -> None:
    """Note that these transactions are about to change, and with them the other legs of their pairs."""
    partner = aliased(Transaction)
    own = select(Transaction.account_id, Transaction.booked_on, Transaction.payee).where(Transaction.id.in_(ids))
    for account_id, day, payee in unit.session.execute(own):
        unit.touch(account_id, [day])
        unit.payees_before.add((account_id, payee or ""))
    pairs = (
        select(Transaction.transfer_id)
        .where(Transaction.id.in_(ids), Transaction.transfer_id.is_not(None))
        .union(select(Split.transfer_id).where(Split.transaction_id.in_(ids), Split.transfer_id.is_not(None)))
    )
    transfer_ids = list(unit.session.execute(pairs).scalars())
    if transfer_ids:
        of_parts = select(Split.transaction_id).where(Split.transfer_id.in_(transfer_ids))
        others = select(partner.account_id, partner.booked_on).where(
            or_(partner.transfer_id.in_(transfer_ids), partner.id.in_(of_parts))
        )
        for account_id, day in unit.session.execute(others):
            unit.touch(account_id, [day])


def number_occurrences(session: Session, rows: list[dict[str, Any]]) -> None:
    """Give equal lines of an account (columns account_id, fingerprint) the next free occurrence numbers."""
    keys = sorted({(row["account_id"], row["fingerprint"]) for row in rows})
    wanted = {"accounts": [key[0] for key in keys], "prints": f"{{{','.join(key[1].hex() for key in keys)}}}"}
    highest = {(account_id, bytes(print_)): number for account_id, print_, number in run(session, _OCCURRENCES, wanted)}
    for row in rows:
        key = (row["account_id"], row["fingerprint"])
        row["occurrence"] = highest[key] = highest.get(key, 0) + 1


def _category_ids(new: Sequence[ledger.TransactionIn]) -> set[str]:
    own = {each.category_id for each in new}
    parts = {part.category_id for each in new for part in each.splits}
    return {text for text in own | parts if text is not None}


def _draft(unit: Write, new: ledger.TransactionIn, account: Account, categories: dict[str, int]) -> _Draft:
    """Check what only the account's currency can tell."""
    amount = parse_amount(new.amount, account.currency)
    parts = [parse_amount(part.amount, account.currency, field="splits") for part in new.splits]
    if parts and sum(parts) != amount:
        raise Invalid.field("splits", "the parts must add up to the amount", code="splits_do_not_add_up")
    if (new.original_amount is None) != (new.original_currency is None):
        raise Invalid.field("original_amount", "original_amount and original_currency must be given together")
    original = None
    if new.original_amount is not None and new.original_currency is not None:
        original = parse_amount(new.original_amount, new.original_currency, field="original_amount")
    columns = {
        **unit.stamp,
        **{name: getattr(new, name) for name in _TEXTS},
        "account_id": account.id,
        "type": new.type,
        "booked_on": new.booked_on,
        "value_on": new.value_on,
        "amount": amount,
        "category_id": None if parts or new.category_id is None else categories[new.category_id],
        **edits.chosen(None if parts else new.category_id),
        "pending": new.pending,
        "cleared": new.cleared,
        "is_split": bool(parts),
        "flow": plain_flow(pending=new.pending, type_=new.type),
        "original_amount": original,
        "original_currency": new.original_currency,
        "fingerprint": fingerprint(new.booked_on, amount, new.payee, new.purpose),
    }
    return _Draft(new, columns, parts)


def _put_parts(unit: Write, drafts: dict[int, _Draft], categories: dict[str, int]) -> None:
    """Store the split parts of transactions and the parts' tags."""
    rows, tags = [], []
    for transaction_id, draft in drafts.items():
        for position, (part, amount) in enumerate(zip(draft.new.splits, draft.parts, strict=True), start=1):
            rows.append(
                {
                    "tenant_id": unit.tenant_id,
                    "transaction_id": transaction_id,
                    "position": position,
                    "amount": amount,
                    "category_id": None if part.category_id is None else categories[part.category_id],
                    "note": part.note,
                    "flow": draft.columns["flow"],
                }
            )
            tags.append(part.tags)
    if rows:
        statement = insert(Split).returning(Split.id, sort_by_parameter_order=True)
        split_ids = unit.session.execute(statement, rows).scalars()
        tag_objects(unit, "split", dict(zip(split_ids, tags, strict=True)))


def _replace_parts(
    unit: Write, transaction_id: int, draft: _Draft, changed: set[str], categories: dict[str, int]
) -> None:
    """Store parts and tags anew where the patch concerns them; other parts keep their pairs."""
    if _OF_PARTS & changed or "category_id" in changed:
        edits.clear_tags(unit.session, [transaction_id], own=False)
        unit.session.execute(delete(Split).where(Split.transaction_id == transaction_id))
        _put_parts(unit, {transaction_id: draft}, categories)
    if "tags" in changed:
        unit.session.execute(delete(Tagging).where(Tagging.kind == "transaction", Tagging.object_id == transaction_id))
        tag_objects(unit, "transaction", {transaction_id: draft.new.tags})
