"""What a demo tenant's books hold, with symbolic keys instead of ids.

Amounts are whole minor units of the account's currency, inflow positive; a liability's balance is negative.
A budget's amount is in the tenant's base currency. `person` is a tenant of type `user` with base EUR, the others
are organisations with base GBP (`organisation`) and USD (`stranger`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from data.schemas.budgets import RolloverPolicy, RuleType
from data.schemas.common import AccountType, CategoryKind

Part = tuple[int, str | None, str | None]
"""One part of a split: amount, category key, note."""


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """An account; `opening_balance` is the balance at the start of `opening_on`."""

    key: str
    name: str
    type: AccountType
    currency: str
    institution: str | None
    identifier: str | None
    opening_balance: int | None
    opening_on: date | None
    closed_on: date | None = None
    in_net_worth: bool = True


@dataclass(frozen=True, slots=True)
class DemoCategory:
    """A category; parents come before their children and share their kind."""

    key: str
    name: str
    kind: CategoryKind
    parent_key: str | None = None


@dataclass(frozen=True, slots=True)
class DemoTransaction:
    """A booking. `counterparty` is the other side's account number; the parts of `splits` add up to `amount`."""

    account_key: str
    booked_on: date
    amount: int
    payee: str
    category_key: str | None = None
    purpose: str | None = None
    counterparty: str | None = None
    value_on: date | None = None
    reference: str | None = None
    external_id: str | None = None
    tags: tuple[str, ...] = ()
    note: str | None = None
    pending: bool = False
    type: Literal["normal", "adjustment"] = "normal"
    splits: tuple[Part, ...] = ()
    original_amount: int | None = None
    original_currency: str | None = None


@dataclass(frozen=True, slots=True)
class DemoBudget:
    """A budget with its rule (the fields of `data.schemas.budgets.Rule`) and its rollover."""

    name: str
    category_keys: tuple[str, ...]
    amount: int
    effective_from: date
    rule_type: RuleType = "monthly"
    weekday: int | None = None
    day: int | None = None
    starts_on: date | None = None
    ends_on: date | None = None
    rollover_policy: RolloverPolicy = "reset"
    rollover_cap: int | None = None
    account_keys: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Book:
    """Everything of one tenant; transactions are ordered by booking date."""

    accounts: tuple[DemoAccount, ...]
    categories: tuple[DemoCategory, ...]
    transactions: tuple[DemoTransaction, ...]
    budgets: tuple[DemoBudget, ...]
