"""Open, change and delete accounts."""

from __future__ import annotations

from datetime import date
from typing import Any

from core.errors import Conflict, FieldError, Invalid
from core.money import parse_amount
from data.commands import resources
from data.commands.account_merge import merge, touch_account
from data.commands.resources import Versioned
from data.commands.rule_references import IN_USE
from data.commands.unit import Write, write
from data.context import TenantContext
from data.frames.records import account_record
from data.models.account import Account
from data.schemas import ledger

_NULLABLE = frozenset({"institution", "identifier", "opening_balance", "opening_on", "opened_on", "closed_on"})
_TEXTS = ("name", "institution", "identifier")
_USES = {
    "transactions": "SELECT 1 FROM transactions WHERE tenant_id = :tenant AND account_id = :account",
    "budgets": "SELECT 1 FROM budget_accounts WHERE tenant_id = :tenant AND account_id = :account",
    "rules": IN_USE["account"],
    "imports": "SELECT 1 FROM import_entries WHERE tenant_id = :tenant AND account_id = :account",
}
_IN_ITS_CURRENCY = (
    _USES["transactions"],
    _USES["imports"],
    "SELECT 1 FROM statement_balances WHERE tenant_id = :tenant AND account_id = :account",
)


def create_account(context: TenantContext, new: ledger.AccountIn) -> Versioned[ledger.Account]:
    """Open an account; `currency` is by default the tenant's. `Conflict` (identifier_taken) for a known identifier."""
    values = _trimmed(new.model_dump())
    values["currency"] = new.currency or context.tenant.currency
    if new.opening_balance is not None:
        values["opening_balance"] = parse_amount(new.opening_balance, values["currency"], field="opening_balance")
    with write(context) as unit:
        row = Account(**unit.stamp, **values)
        _check(values)
        return resources.add(unit, "account", row, account_record)


def update_account(
    context: TenantContext, account_id: int, patch: ledger.AccountPatch, if_match: int | None = None
) -> Versioned[ledger.Account]:
    """Change an account. Its currency is fixed once anything is booked in it (`Conflict`, currency_fixed)."""
    with write(context) as unit:
        row = resources.find(unit, Account, account_id, "account", if_match)
        values = _merged(unit, row, _trimmed(resources.given(patch, _NULLABLE)))
        _check(values)
        if any(values[name] != getattr(row, name) for name in ("type", "name", "identifier")):
            # All of these decide about pairs: who names whom, the order among candidates, which leg is saved.
            touch_account(unit, row.id, {row.name, row.identifier, values["name"], values["identifier"]})
        return resources.change(unit, "account", row, values, account_record)


def delete_account(
    context: TenantContext, account_id: int, if_match: int | None = None, replace_by: int | None = None
) -> None:
    """Remove an account; all that is booked in it moves to `replace_by`, an account of the same currency, which
    keeps its own opening balance. Without that an account in use is a `Conflict`."""
    with write(context) as unit:
        row = resources.find(unit, Account, account_id, "account", if_match)
        details = None
        if replace_by is not None:
            target = resources.replacement(unit, Account, row, replace_by, "account")
            if target.currency != row.currency:
                raise Invalid.field("replace_by", f"must be an account in {row.currency}")
            merge(unit, row, target)
            details = {"replaced_by": str(target.id)}
        else:
            uses = {what: resources.holds(unit, found, account=row.id) for what, found in _USES.items()}
            resources.refuse_in_use("account", uses)
        resources.remove(unit, "account", row, account_record(row), details=details)


def _trimmed(values: dict[str, Any]) -> dict[str, Any]:
    texts = {name: resources.plain_name(values[name], name) for name in _TEXTS if values.get(name) is not None}
    return {**values, **texts}


def _merged(unit: Write, row: Account, changes: dict[str, Any]) -> dict[str, Any]:
    """All columns of the account as they are to be, money in minor units of its currency."""
    names = ledger.AccountIn.model_fields
    values: dict[str, Any] = {name: getattr(row, name) for name in names} | changes
    currency = values["currency"]
    if currency != row.currency and any(resources.holds(unit, found, account=row.id) for found in _IN_ITS_CURRENCY):
        message = f"stays {row.currency}: the account has bookings in it"
        raise Conflict(f"currency: {message}", code="currency_fixed", errors=(FieldError("currency", message),))
    if changes.get("opening_balance") is not None:
        values["opening_balance"] = parse_amount(changes["opening_balance"], currency, field="opening_balance")
    elif "opening_balance" not in changes:
        values["opening_balance"] = resources.recast(row.opening_balance, row.currency, currency)
    return values


def _check(values: dict[str, Any]) -> None:
    """What the fields demand of each other."""
    if (values["opening_balance"] is None) != (values["opening_on"] is None):
        missing = "opening_on" if values["opening_on"] is None else "opening_balance"
        raise Invalid.field(missing, "opening_balance and opening_on must be given together")
    closed_on: date | None = values["closed_on"]
    for name in ("opened_on", "opening_on"):
        if closed_on is not None and values[name] is not None and closed_on < values[name]:
            raise Invalid.field("closed_on", f"must not be before {name}")
