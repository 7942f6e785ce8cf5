"""Decide what an entry in review is: a booking of its own, or a transaction that the ledger has in another form."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, func, insert, select, update
from sqlalchemy.orm import Session

from core.errors import Conflict, Invalid, NotFound
from data.commands import resources
from data.commands.legs import plain_flow
from data.commands.transactions import touch
from data.commands.unit import Write, write
from data.context import TenantContext
from data.models.category import Category
from data.models.imports import Import, ImportAlias, ImportEntry
from data.models.transaction import Split, Transaction
from data.reports.imports import read_entry
from data.schemas.imports import Decision, StoredEntry

_TEXTS = ("payee", "counterparty", "purpose", "reference", "original_amount", "original_currency")
_NO_SYNC = {"synchronize_session": False}


def decide_entry(
    context: TenantContext, import_id: int, n: int, decision: Decision, if_match: int | None = None
) -> tuple[StoredEntry, int]:
    """The entry after the decision, and the import's version.

    `Conflict` (already_decided) when it is not in review, `Invalid` for a transaction that is not of its account.
    """
    with write(context) as unit:
        parent = resources.find(unit, Import, import_id, "import", if_match)
        row = _waiting(unit.session, import_id, n)
        transaction_id = _keep(unit, row) if decision.action == "keep" else _merge(unit, row, decision.transaction_id)
        _count(unit, parent, "new" if decision.action == "keep" else "duplicate")
        details = {"n": n, "transaction_id": str(transaction_id)}
        unit.audit(decision.action, "import_entry", import_id, after=details)
        unit.session.flush()
        unit.settle()
        return read_entry(unit.session, unit.tenant_id, import_id, n), parent.updated_version


def _waiting(session: Session, import_id: int, n: int) -> ImportEntry:
    row = session.scalars(select(ImportEntry).where(ImportEntry.import_id == import_id, ImportEntry.n == n)).first()
    if row is None:
        booked = select(Transaction.id).where(Transaction.import_id == import_id, Transaction.import_line == n)
        if session.execute(booked).first() is None:
            raise NotFound(f"Import {import_id} has no entry {n}")
    if row is None or row.status != "review":
        raise Conflict(f"Entry {n} is not in review, or not any more", code="already_decided")
    return row


def _count(unit: Write, parent: Import, status: str) -> None:
    counts = parent.counts
    parent.counts = {**counts, "review": counts["review"] - 1, status: counts[status] + 1}
    resources.stamp(unit, parent)


def _keep(unit: Write, row: ImportEntry) -> int:
    """Book the entry as a transaction of its import."""
    session, entry = unit.session, row.entry
    parts = entry.get("parts", [])
    pending = bool(entry.get("pending"))
    flow = plain_flow(pending=pending, type_="normal")
    values = {
        **{name: entry.get(name) for name in _TEXTS},
        "account_id": row.account_id,
        "booked_on": row.booked_on,
        "value_on": _day(entry.get("value_on")),
        "amount": row.amount,
        "external_id": _free_id(session, row),
        "category_id": session.scalars(select(Category.id).where(Category.id == entry.get("category_id"))).first(),
        "pending": pending,
        "is_split": bool(parts),
        "flow": flow,
        "import_id": row.import_id,
        "import_line": row.n,
        "statement_balance": entry.get("balance"),
        "statement_category": entry.get("category"),
        "fingerprint": row.fingerprint,
        "occurrence": _free_occurrence(session, row.account_id, row.fingerprint, row.occurrence),
        **unit.stamp,
    }
    transaction_id = session.execute(insert(Transaction).values(values).returning(Transaction.id)).scalar_one()
    owner = {"tenant_id": unit.tenant_id, "transaction_id": transaction_id, "flow": flow}
    if parts:
        rows = [
            {**owner, "position": place, "amount": amount, "note": note}
            for place, (amount, note) in enumerate(parts, 1)
        ]
        session.execute(insert(Split), rows)
    session.delete(row)
    unit.touch(row.account_id, [row.booked_on])
    return transaction_id


def _merge(unit: Write, row: ImportEntry, given: str | None) -> int:
    """Say that the entry is a transaction which the account has, and remember the entry's form of it."""
    target = _target(unit.session, row, given)
    values: dict[str, Any] = {}
    notes: dict[str, Any] = {}
    external_id = _free_id(unit.session, row)
    if target.external_id is None and external_id is not None:
        values["external_id"] = external_id
        notes["gave_id"] = True
    if target.pending and not row.entry.get("pending"):
        notes["was"] = _as_it_was(target)
        touch(unit, [target.id])
        unit.touch(target.account_id, [row.booked_on])
        values |= _booked(target, row)
    if values:
        _change(unit.session, target.id, {**values, "updated_version": unit.version, "updated_at": func.now()})
    unit.session.add(
        ImportAlias(
            tenant_id=unit.tenant_id,
            import_id=row.import_id,
            n=row.n,
            transaction_id=target.id,
            external_id=row.entry.get("external_id"),
            fingerprint=row.fingerprint,
            occurrence=row.occurrence,
        )
    )
    row.status, row.transaction_id, row.entry = "duplicate", target.id, {**row.entry, **notes}
    return target.id


def _target(session: Session, row: ImportEntry, given: str | None) -> Transaction:
    if given is None and row.transaction_id is None:
        raise Invalid.field("transaction_id", "is missing: say which transaction the entry is")
    found = None
    if given is None or (given.isascii() and given.isdecimal() and len(given) < 19):
        number = int(given) if given is not None else row.transaction_id
        found = session.scalars(select(Transaction).where(Transaction.id == number)).first()
    if found is None or found.account_id != row.account_id:
        raise Invalid.field("transaction_id", f"there is no transaction {given or row.transaction_id} in the account")
    return found


def _booked(target: Transaction, row: ImportEntry) -> dict[str, Any]:
    """What a pending transaction gets from the entry that books it; parts of a split one keep its amount."""
    return {
        "pending": False,
        "flow": plain_flow(pending=False, type_=target.type),
        "booked_on": row.booked_on,
        "value_on": _day(row.entry.get("value_on")) or target.value_on,
        "amount": target.amount if target.is_split else row.amount,
    }


def _as_it_was(target: Transaction) -> dict[str, Any]:
    """A pending transaction as taking the import back restores it."""
    return {
        "booked_on": target.booked_on.isoformat(),
        "value_on": target.value_on and target.value_on.isoformat(),
        "amount": target.amount,
        "fingerprint": target.fingerprint.hex(),
        "occurrence": target.occurrence,
    }


def _change(session: Session, transaction_id: int, values: dict[str, Any]) -> None:
    session.execute(
        update(Transaction).where(Transaction.id == transaction_id).values(values), execution_options=_NO_SYNC
    )
    if "flow" in values:
        parts = update(Split).where(Split.transaction_id == transaction_id).values(flow=values["flow"])
        session.execute(parts, execution_options=_NO_SYNC)


def _free_id(session: Session, row: ImportEntry) -> str | None:
    """The bank's id of the entry, unless a transaction of the account has it."""
    external_id: str | None = row.entry.get("external_id")
    holder = select(Transaction.id).where(
        Transaction.account_id == row.account_id, Transaction.external_id == external_id
    )
    if external_id is None or session.execute(holder).first() is not None:
        return None
    return external_id


def _free_occurrence(session: Session, account_id: int, print_: bytes | None, wanted: int | None) -> int:
    """The number among equal lines that the entry has in its file, or the next free one."""
    equal: list[ColumnElement[bool]] = [Transaction.account_id == account_id, Transaction.fingerprint == print_]
    taken = set(session.scalars(select(Transaction.occurrence).where(*equal)))
    return wanted if wanted is not None and wanted not in taken else max(taken, default=0) + 1


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
