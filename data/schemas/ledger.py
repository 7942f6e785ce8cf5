"""Accounts, categories, tags and transactions as the API shows and takes them."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import Field

from data.schemas.common import AccountType, CategoryKind, Currency, Day, Id, In, Money, Name, Out, Text


class Account(Out):
    """An account of the tenant. `opening_balance` is the balance at the start of `opening_on`."""

    id: Id
    name: str
    type: AccountType
    institution: str | None
    identifier: str | None
    currency: Currency
    opening_balance: Money | None
    opening_on: Day | None
    opened_on: Day | None
    closed_on: Day | None
    in_net_worth: bool


class AccountIn(In):
    name: Name
    type: AccountType = "checking"
    institution: Name | None = None
    identifier: Name | None = None
    currency: Currency | None = None
    opening_balance: Money | None = None
    opening_on: Day | None = None
    opened_on: Day | None = None
    closed_on: Day | None = None
    in_net_worth: bool = True


class AccountPatch(In):
    name: Name | None = None
    type: AccountType | None = None
    institution: Name | None = None
    identifier: Name | None = None
    currency: Currency | None = None
    opening_balance: Money | None = None
    opening_on: Day | None = None
    opened_on: Day | None = None
    closed_on: Day | None = None
    in_net_worth: bool | None = None


class Category(Out):
    """A category; a child has its parent's kind, and the kind decides what its amounts are."""

    id: Id
    name: str
    parent_id: Id | None
    kind: CategoryKind


class CategoryIn(In):
    name: Name
    parent_id: Id | None = None
    kind: CategoryKind | None = None


class CategoryPatch(In):
    name: Name | None = None
    parent_id: Id | None = None
    kind: CategoryKind | None = None


class Tag(Out):
    id: Id
    name: str


class TagIn(In):
    name: Name


class Split(Out):
    """One part of a split transaction; parts are counted one by one, the parent is not."""

    amount: Money
    category_id: Id | None
    note: str | None
    tags: list[str]


class SplitIn(In):
    amount: Money
    category_id: Id | None = None
    note: Text | None = None
    tags: list[Name] = Field(default_factory=list, max_length=50)


class Transaction(Out):
    """A booking: inflow positive, outflow negative, in the account's currency."""

    id: Id
    account_id: Id
    type: Literal["normal", "adjustment"]
    booked_on: Day
    value_on: Day | None
    amount: Money
    currency: Currency
    payee: str | None
    counterparty: str | None
    purpose: str | None
    reference: str | None
    external_id: str | None
    category_id: Id | None
    tags: list[str]
    note: str | None
    pending: bool
    cleared: bool
    transfer_id: Id | None
    splits: list[Split]
    original_amount: Money | None
    original_currency: Currency | None
    import_id: Id | None
    created_at: datetime
    updated_at: datetime


class TransactionIn(In):
    account_id: Id
    booked_on: Day
    amount: Money
    type: Literal["normal", "adjustment"] = "normal"
    value_on: Day | None = None
    payee: Text | None = None
    counterparty: Text | None = None
    purpose: Text | None = None
    reference: Text | None = None
    external_id: Name | None = None
    category_id: Id | None = None
    tags: list[Name] = Field(default_factory=list, max_length=50)
    note: Text | None = None
    pending: bool = False
    cleared: bool = False
    splits: list[SplitIn] = Field(default_factory=list, max_length=500)
    original_amount: Money | None = None
    original_currency: Currency | None = None


class TransactionsIn(In):
    """Up to 10,000 transactions, all or nothing."""

    transactions: list[TransactionIn] = Field(min_length=1, max_length=10_000)


class TransactionPatch(In):
    account_id: Id | None = None
    booked_on: Day | None = None
    amount: Money | None = None
    type: Literal["normal", "adjustment"] | None = None
    value_on: Day | None = None
    payee: Text | None = None
    counterparty: Text | None = None
    purpose: Text | None = None
    reference: Text | None = None
    external_id: Name | None = None
    category_id: Id | None = None
    tags: list[Name] | None = Field(default=None, max_length=50)
    note: Text | None = None
    pending: bool | None = None
    cleared: bool | None = None
    transfer_id: Id | None = None
    splits: list[SplitIn] | None = Field(default=None, max_length=500)
    original_amount: Money | None = None
    original_currency: Currency | None = None
