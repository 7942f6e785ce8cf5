"""What the page on accounts shows beside the dashboard's figures: how accounts are set up, reconciled, and moved."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from core.errors import NotFound
from core.money import format_amount
from core.period import Months
from data.context import TenantContext
from data.frames.account_months import account_months
from data.frames.reconciliations import standings
from data.frames.records import account_record
from data.frames.resources import tenant_version
from data.models.account import Account
from data.reports.reconciliations import differing_ids
from data.schemas.account_page import AccountMonth, AccountState, AccountStates

_MOST_MONTHS = 36


def account_states(context: TenantContext) -> AccountStates:
    """Every account with what its statements say."""
    with context.db.reading() as session:
        accounts = session.scalars(select(Account).order_by(Account.id)).all()
        found = {each.account_id: each for each in standings(session)}
        differing = differing_ids(session, context.months, list(found.values()), list(accounts))
        version = tenant_version(session)
        states = {
            str(row.id): AccountState(
                account=account_record(row),
                reconciled_on=found[row.id].reconciled_on if row.id in found else None,
                differs=row.id in differing,
            )
            for row in accounts
        }
    return AccountStates(data=states, version=version)


def months_of(context: TenantContext, account_id: int, first: date, last: date) -> list[AccountMonth]:
    """The newest whole months with bookings that these days touch, at most 36, the newest first."""
    months: Months = context.months
    with context.db.reading() as session:
        row = session.scalars(select(Account).where(Account.id == account_id)).first()
        if row is None:
            raise NotFound(f"There is no account {account_id}")
        currency = row.currency
        found = account_months(session, account_id, months.index(first), months.index(last), _MOST_MONTHS)
    return [
        AccountMonth(
            month=months.name(month),
            inflow=format_amount(inflow, currency),
            outflow=format_amount(outflow, currency),
            net=format_amount(inflow - outflow, currency),
            count=count,
        )
        for month, inflow, outflow, count in found
    ]
