"""Opening balances that imports set: the first statement that states one anchors its account.

When that import is taken back, the next statement's opening takes its place, as an heir: the same file, imported
again, gets it back, and with it every figure.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import select, update

from data.commands.unit import Write
from data.models.account import Account
from data.models.imports import Import, StatementBalance

Opening = tuple[date, int]
"""The balance in minor units at the start of a day."""


def anchor(unit: Write, import_id: int, openings: dict[int, Opening]) -> list[list[Any]]:
    """Set the openings (account id -> opening) of accounts that have none, or only an heir of this very file.

    Answers what was set, as `Import.made` keeps it.
    """
    if not openings:
        return []
    accounts = {row.id: row for row in unit.session.scalars(select(Account).where(Account.id.in_(openings)))}
    file_hash = unit.session.scalars(select(Import.file_hash).where(Import.id == import_id)).one().hex()
    made = []
    for account_id, opening in sorted(openings.items()):
        account = accounts[account_id]
        if account.opening_on is None or _take_from_heir(unit, account, file_hash):
            _set(unit, account_id, opening)
            made.append(_record(account_id, opening, None))
    return made


def release(unit: Write, row: Import) -> None:
    """Take back the openings that an import set, where they still stand; another import's statement is the heir."""
    for account_id, day, amount, heir_of in row.made.get("openings", []):
        account = unit.session.scalars(select(Account).where(Account.id == account_id)).first()
        if account is None or _record(account_id, _opening(account), None) != [account_id, day, amount, None]:
            continue
        heir = _heir(unit, account_id, row.id)
        _set(unit, account_id, None if heir is None else (heir.opening_on, heir.opening))
        if heir is not None:
            opening = (heir.opening_on, heir.opening)
            _change(unit, heir.import_id, [_record(account_id, opening, heir_of or row.file_hash.hex())], [])


def _take_from_heir(unit: Write, account: Account, file_hash: str) -> bool:
    """Whether the account's opening is that of an heir of this file, who then loses it."""
    current = _record(account.id, _opening(account), file_hash)
    holders = unit.session.scalars(select(Import).where(Import.made.contains({"openings": [current]}))).all()
    found = [row for row in holders if current in row.made.get("openings", [])]
    for row in found:
        _change(unit, row.id, [], [current])
    return bool(found)


def _heir(unit: Write, account_id: int, import_id: int) -> Any:
    """The opening that the earliest other import states for the account, of its statements the first."""
    statement = (
        select(StatementBalance)
        .where(
            StatementBalance.account_id == account_id,
            StatementBalance.import_id != import_id,
            StatementBalance.opening.is_not(None),
        )
        .order_by(StatementBalance.import_id, StatementBalance.opening_on, StatementBalance.position)
        .limit(1)
    )
    return unit.session.scalars(statement).first()


def _change(unit: Write, import_id: int, more: list[list[Any]], less: list[list[Any]]) -> None:
    row = unit.session.scalars(select(Import).where(Import.id == import_id)).one()
    openings = [each for each in row.made.get("openings", []) if each not in less] + more
    row.made = {**row.made, "openings": openings}
    unit.session.flush()


def _set(unit: Write, account_id: int, opening: Opening | tuple[Any, Any] | None) -> None:
    day, amount = opening or (None, None)
    unit.session.execute(
        update(Account)
        .where(Account.id == account_id)
        .values(opening_on=day, opening_balance=amount, updated_version=unit.version),
        execution_options={"synchronize_session": "fetch"},
    )


def _opening(account: Account) -> Opening | None:
    if account.opening_on is None or account.opening_balance is None:
        return None
    return account.opening_on, account.opening_balance


def _record(account_id: int, opening: Opening | None, heir_of: str | None) -> list[Any]:
    return [account_id, opening and opening[0].isoformat(), opening and opening[1], heir_of]
