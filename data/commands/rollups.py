"""Keeps the rollups by day, month and payee equal to the ledger, in the transaction of every write.

What they hold is said in `data.models.rollup`, how it is kept in `data.commands.rollup_sql`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.orm import Session

from core.period import Months
from data.commands import rollup_sql
from data.directory import TenantInfo

_MOST_CELLS: Final = 2_000
_REFRESH: Final = text(rollup_sql.REFRESH)
_ADD_NEW: Final = text(rollup_sql.ADD_NEW)
_CHANGED_DAYS: Final = text(rollup_sql.CHANGED_DAYS)
_FORGET_EMPTY: Final = text(rollup_sql.FORGET_EMPTY)
_CHANGED: Final = text(rollup_sql.CHANGED)
_DAYS: Final = text("SELECT DISTINCT booked_on FROM daily_rollup WHERE tenant_id = :tenant AND account_id = :account")
_PAYEES: Final = text(rollup_sql.REFRESH_PAYEES)
_MONTHS_OF_PAYEES: Final = text(rollup_sql.REFRESH_MONTHS_OF_PAYEES)


@dataclass(frozen=True, slots=True)
class Changes:
    """What a write changed: the lines of its `version`, and lines that are gone or had another payee or account
    (account, payee). `reread`: the meaning of lines changed that did not change themselves (a category's kind).
    `only_new`: no line is gone, and those that changed have the version; `none_changed`: nor are there any of those."""

    version: int
    payees_before: set[tuple[int, str]]
    reread: bool = False
    only_new: bool = False
    none_changed: bool = False


def refresh(session: Session, tenant: TenantInfo, touched: Mapping[int, set[date]], changes: Changes) -> None:
    """Bring the sums of the touched days (account id -> days) in line with the ledger, and those of the payees that
    `changes` concern; once in a write. A sum beyond bigint fails the whole command."""
    pairs = [(account, day) for account, days in sorted(touched.items()) for day in sorted(days)]
    if not pairs:
        return
    parameters: dict[str, Any] = {
        "tenant": tenant.id,
        "start": tenant.month_start,
        "version": changes.version,
        "accounts": [account for account, _ in pairs],
        "days": [day for _, day in pairs],
    }
    _refresh_days(session, parameters, changes)
    crossed = _crossed(touched, changes.payees_before)
    if not changes.none_changed:
        crossed += session.execute(_CHANGED, parameters).scalar_one()
    if changes.reread or crossed > _MOST_CELLS:
        session.execute(_MONTHS_OF_PAYEES, _whole_months(tenant, touched))
    else:
        old = sorted(changes.payees_before)
        parameters["old_accounts"] = [account for account, _ in old]
        parameters["old_payees"] = [payee for _, payee in old]
        session.execute(_PAYEES, parameters)


def _refresh_days(session: Session, parameters: dict[str, Any], changes: Changes) -> None:
    """The sums by day, month and account. New lines are added; days on which others changed are read again."""
    if changes.only_new:
        days = [] if changes.none_changed else session.execute(_CHANGED_DAYS, parameters).all()
        parameters = {**parameters, "accounts": [row[0] for row in days], "days": [row[1] for row in days]}
        session.execute(_ADD_NEW, parameters)
        if not days:
            return
    if session.execute(_REFRESH, parameters).scalar_one():
        session.execute(_FORGET_EMPTY, parameters)


def forget_account(session: Session, tenant: TenantInfo, account_id: int) -> None:
    """Take out the sums of an account whose lines are gone, before it is removed and its daily sums with it."""
    days = session.execute(_DAYS, {"tenant": tenant.id, "account": account_id}).scalars().all()
    parameters = {"tenant": tenant.id, "start": tenant.month_start, "accounts": [account_id] * len(days), "days": days}
    session.execute(_REFRESH, parameters)
    session.execute(_FORGET_EMPTY, parameters)


def _crossed(touched: Mapping[int, set[date]], payees_before: set[tuple[int, str]]) -> int:
    """How many days and former payees would have to be combined."""
    return sum(len(touched.get(account, ())) for account, _ in payees_before)


def _whole_months(tenant: TenantInfo, touched: Mapping[int, set[date]]) -> dict[str, Any]:
    """The touched months, and the days from the first to the last of them."""
    months = Months(tenant.month_start)
    found = sorted({months.index(day) for days in touched.values() for day in days})
    return {
        "tenant": tenant.id,
        "start": tenant.month_start,
        "months": found,
        "first": months.first(found[0]),
        "end": months.first(found[-1] + 1),
    }
