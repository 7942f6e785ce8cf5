"""Open a bank's statement, mark what it has, and close it once the ledger agrees with it."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from sqlalchemy import func, insert, select, text

from core.errors import Conflict, Invalid, NotFound
from core.money import format_amount, parse_amount
from core.query import read_id
from data.commands import resources
from data.commands.legs import plain_flow
from data.commands.resources import Versioned
from data.commands.transactions import number_occurrences, remove
from data.commands.unit import Write, write
from data.context import TenantContext
from data.frames.reconciliations import ENTRIES, cleared_sums, moving
from data.imports.fingerprint import fingerprint
from data.models.account import Account
from data.models.reconciliation import Reconciliation
from data.models.transaction import Transaction
from data.reports.reconciliations import record
from data.schemas import reconciliations as schemas

KIND: Final = "reconciliation"
_MARK: Final = f"""
    UPDATE transactions t SET cleared = :cleared, updated_version = :version, updated_at = now()
    WHERE {ENTRIES} AND (CAST(:ids AS bigint[]) IS NULL OR t.id = ANY(:ids)) AND t.cleared <> :cleared
"""  # noqa: S608 - the parts are constants of this program
_FOUND: Final = f"SELECT t.id FROM transactions t WHERE {ENTRIES} AND t.id = ANY(:ids)"  # noqa: S608 - as above
_HOLD: Final = f"""
    INSERT INTO reconciled_entries (tenant_id, transaction_id, reconciliation_id)
    SELECT :tenant, t.id, :own FROM transactions t WHERE {ENTRIES} AND t.cleared
"""  # noqa: S608 - as above
_LET_GO: Final = "DELETE FROM reconciled_entries WHERE tenant_id = :tenant AND reconciliation_id = :own"


def open_statement(
    context: TenantContext, account_id: int, new: schemas.ReconciliationIn
) -> Versioned[schemas.Reconciliation]:
    """Begin with a statement; `Conflict` (reconciliation_open) while another one of the account is open."""
    with write(context) as unit:
        account = resources.find(unit, Account, account_id, "account")
        if _open_one(unit, account_id) is not None:
            raise Conflict("Another statement of this account is open: close it first", code="reconciliation_open")
        _check_day(unit, account, new.statement_on)
        row = Reconciliation(
            **unit.stamp,
            account_id=account_id,
            statement_on=new.statement_on,
            balance=parse_amount(new.balance, account.currency, field="balance"),
            disturbed=False,
        )
        return resources.add(unit, KIND, row, lambda stored: record(unit.session, stored, account))


def change_statement(
    context: TenantContext, own: int, patch: schemas.ReconciliationPatch, if_match: int | None = None
) -> Versioned[schemas.Reconciliation]:
    """Correct an open statement's day or balance."""
    with write(context) as unit:
        row, account = _open_row(unit, own, if_match)
        values = resources.given(patch, ())
        if "statement_on" in values:
            _check_day(unit, account, values["statement_on"])
        if "balance" in values:
            values["balance"] = parse_amount(values["balance"], account.currency, field="balance")
        return resources.change(unit, KIND, row, values, lambda stored: record(unit.session, stored, account))


def drop_statement(context: TenantContext, own: int, if_match: int | None = None) -> None:
    """Give up an open statement; what is marked stays marked."""
    with write(context) as unit:
        row, account = _open_row(unit, own, if_match)
        resources.remove(unit, KIND, row, record(unit.session, row, account))


def mark_entries(context: TenantContext, own: int, wanted: schemas.EntriesIn) -> Versioned[schemas.Reconciliation]:
    """Mark entries of an open statement as cleared, or not; `NotFound` for one that is none of them."""
    with write(context) as unit:
        row, account = _open_row(unit, own)
        ids = None if wanted.ids is None else sorted({read_id(each, "transaction") for each in wanted.ids})
        given: dict[str, Any] = {**moving(account, row.statement_on), "ids": ids}
        if ids is not None:
            found = unit.session.execute(text(_FOUND), {"tenant": unit.tenant_id, **given}).scalars()
            missing = set(ids) - set(found)
            if missing:
                raise NotFound(f"There is no entry {min(missing)} in this statement")
        resources.run(unit, _MARK, cleared=wanted.cleared, **given)
        unit.audit("mark", KIND, own, after={"cleared": wanted.cleared, "ids": wanted.ids})
        return record(unit.session, row, account), row.updated_version


def close_statement(context: TenantContext, own: int, *, adjust: bool) -> Versioned[schemas.Reconciliation]:
    """Close a statement: its cleared entries are reconciled. A difference is a `Conflict` (not_balanced), or booked as
    an adjustment on the statement's day."""
    with write(context) as unit:
        row, account = _open_row(unit, own)
        difference = row.balance - cleared_sums(unit.session, account, row.statement_on)[0]
        if difference and not adjust:
            shown = format_amount(difference, account.currency)
            raise Conflict(
                f"{shown} {account.currency} are missing to the statement's balance: mark what it has, or close it"
                " with an adjustment",
                code="not_balanced",
            )
        if difference:
            row.adjustment_id = _book(unit, account, row.statement_on, difference)
        given = moving(account, row.statement_on)
        resources.run(unit, _HOLD, own=row.id, **given)
        row.closed_at = func.now()
        return _stored(unit, row, account, "close")


def reopen_statement(context: TenantContext, own: int) -> Versioned[schemas.Reconciliation]:
    """Take the closing of an account's newest statement back, with the adjustment that it booked."""
    with write(context) as unit:
        row = resources.find(unit, Reconciliation, own, KIND)
        account = resources.find(unit, Account, row.account_id, "account")
        newest = _newest_closed(unit, account.id)
        if newest is None or newest.id != row.id:
            raise Conflict("Only the newest closed statement of an account can be reopened", code="not_the_newest")
        if _open_one(unit, account.id) is not None:
            raise Conflict("Another statement of this account is open: close it first", code="reconciliation_open")
        resources.run(unit, _LET_GO, own=row.id)
        if row.adjustment_id is not None:
            known = select(Transaction.id).where(Transaction.id == row.adjustment_id)
            remove(unit, list(unit.session.scalars(known)))
        row.adjustment_id, row.closed_at, row.disturbed = None, None, False
        return _stored(unit, row, account, "reopen")


def _stored(unit: Write, row: Reconciliation, account: Account, action: str) -> Versioned[schemas.Reconciliation]:
    resources.stamp(unit, row)
    unit.session.flush()
    unit.session.refresh(row)
    answer = record(unit.session, row, account)
    unit.audit(action, KIND, row.id, after=answer.model_dump(mode="json"))
    return answer, row.updated_version


def _open_row(unit: Write, own: int, if_match: int | None = None) -> tuple[Reconciliation, Account]:
    row = resources.find(unit, Reconciliation, own, KIND, if_match)
    if row.closed_at is not None:
        raise Conflict("This statement is closed: reopen it first", code="reconciliation_closed")
    return row, resources.find(unit, Account, row.account_id, "account")


def _open_one(unit: Write, account_id: int) -> Reconciliation | None:
    statement = select(Reconciliation).where(
        Reconciliation.account_id == account_id, Reconciliation.closed_at.is_(None)
    )
    return unit.session.scalars(statement).first()


def _newest_closed(unit: Write, account_id: int) -> Reconciliation | None:
    statement = (
        select(Reconciliation)
        .where(Reconciliation.account_id == account_id, Reconciliation.closed_at.is_not(None))
        .order_by(Reconciliation.statement_on.desc(), Reconciliation.id.desc())
    )
    return unit.session.scalars(statement.limit(1)).first()


def _check_day(unit: Write, account: Account, day: date) -> None:
    """Statements follow each other, and none lies before the opening balance."""
    if account.opening_on is not None and day < account.opening_on:
        raise Invalid.field("statement_on", f"must not be before the opening balance of {account.opening_on}")
    newest = _newest_closed(unit, account.id)
    if newest is not None and day <= newest.statement_on:
        raise Invalid.field("statement_on", f"must be after the newest reconciled statement of {newest.statement_on}")


def _book(unit: Write, account: Account, day: date, amount: int) -> int:
    """An adjustment that is cleared already; its id."""
    columns = {
        **unit.stamp,
        "account_id": account.id,
        "type": "adjustment",
        "booked_on": day,
        "amount": amount,
        "note": "Difference to the reconciled statement",
        "cleared": True,
        "flow": plain_flow(pending=False, type_="adjustment"),
        "fingerprint": fingerprint(day, amount, None, None),
    }
    number_occurrences(unit.session, [columns])
    unit.touch(account.id, [day])
    return unit.session.execute(insert(Transaction).values(columns).returning(Transaction.id)).scalar_one()
