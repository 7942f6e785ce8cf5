"""Which accounts a statement file is about."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePath

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from core.errors import Invalid
from data.commands.legs import account_key
from data.commands.unit import Write
from data.imports.statement import Statement
from data.models.account import Account


class AccountRequired(Invalid):
    """The file names accounts that the tenant does not have."""

    code, title = "account_required", "The file is about an account that is not here yet"


@dataclass(frozen=True, slots=True)
class Target:
    """The account that a statement's entries go to."""

    account_id: int
    name: str
    currency: str
    new: bool


def targets(
    unit: Write, statements: list[Statement], given: Account | None, *, create: bool, filename: str
) -> list[Target]:
    """An account for each statement, in order: the given one, the one with its number or name, or a new one."""
    known = _known(unit.session)
    if given is not None:
        _check_one_account(statements)
    found: list[Target] = []
    missing: list[str] = []
    for statement in statements:
        key, name = _key_and_name(statement, given, filename)
        target = known.get(account_key(key))
        if target is not None and _foreign(statement, target):
            key = name = f"{key}/{statement.currency}"
            target = known.get(account_key(key))
        if target is None and create:
            target = known[account_key(key)] = _create(unit, statement, key, name)
        if target is None:
            missing.append(key)
        else:
            found.append(target)
    if missing:
        names = list(dict.fromkeys(missing))
        raise AccountRequired(
            f"No account matches: {', '.join(names[:20])}. "
            "Name one with account_id, or let new ones be made with create_accounts.",
            extra={"accounts": names},
        )
    return found


def _check_one_account(statements: list[Statement]) -> None:
    numbers = {(statement.account or "").split("/")[0] for statement in statements}
    if len(numbers) > 1:
        raise Invalid.field("account_id", f"the file is about {len(numbers)} accounts; leave account_id out")


def _key_and_name(statement: Statement, given: Account | None, filename: str) -> tuple[str, str]:
    """By what an account is looked for, and how a new one is called."""
    if given is not None:
        return given.identifier or given.name, given.name
    base = PurePath(filename).stem[:200] or "Imported account"
    if statement.currency is not None and statement.account == f"/{statement.currency}":
        name = f"{base}{statement.account}"
        return name, name
    name = statement.name or statement.account or base
    return statement.account or name, name


def _foreign(statement: Statement, target: Target) -> bool:
    """Whether the statement says a currency, and another one than the account's."""
    return statement.currency is not None and statement.currency != target.currency


def _known(session: Session) -> dict[str, Target]:
    """Accounts by number, and by name where no number has that text."""
    rows = session.scalars(select(Account).order_by(Account.id)).all()
    known: dict[str, Target] = {}
    for row in rows:
        known.setdefault(account_key(row.name), Target(row.id, row.name, row.currency, new=False))
    for row in rows:
        if row.identifier:
            known[account_key(row.identifier)] = Target(row.id, row.name, row.currency, new=False)
    return known


def _create(unit: Write, statement: Statement, key: str, name: str) -> Target:
    currency = statement.currency or next((entry.currency for entry in statement.entries), None)
    currency = currency or unit.context.tenant.currency
    account_id = unit.session.execute(
        insert(Account)
        .values(
            name=name[:200],
            type=statement.type or "checking",
            institution=statement.institution,
            identifier=key[:200] if key != name or statement.account else None,
            currency=currency,
            **unit.stamp,
        )
        .returning(Account.id)
    ).scalar_one()
    unit.audit("create", "account", account_id, after={"name": name, "currency": currency})
    return Target(account_id, name, currency, new=True)
