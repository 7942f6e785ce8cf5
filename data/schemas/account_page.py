"""What the page on accounts shows beside the dashboard's figures."""

from __future__ import annotations

from data.schemas.common import Day, Id, Money, Out
from data.schemas.ledger import Account


class AccountMonth(Out):
    """A month of an account in its own currency: `inflow` and `outflow` are >= 0, transfers included."""

    month: str
    inflow: Money
    outflow: Money
    net: Money
    count: int


class AccountState(Out):
    """An account, the day up to which it is reconciled, and whether it differs from its newest statement."""

    account: Account
    reconciled_on: Day | None
    differs: bool


class AccountStates(Out):
    """All accounts by id."""

    data: dict[Id, AccountState]
    version: int
