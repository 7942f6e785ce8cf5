"""The five dashboard answers: one envelope, four reports and their union (`contract.md`)."""

from __future__ import annotations

from typing import Generic, Literal, TypeVar

from pydantic import Field, PrivateAttr

from data.schemas.budgets import BudgetAlert, BudgetStatus, DaySpan
from data.schemas.common import AccountType, CategoryKind, Currency, Day, Id, Money, Out
from data.schemas.ledger import Transaction

T = TypeVar("T")
Finding = Literal[
    "uncategorised",
    "unmatched_transfers",
    "transfer_suggestions",
    "stale_accounts",
    "missing_rates",
    "suspected_duplicates",
    "review_entries",
    "unreconciled",
    "unknown_interest",
]


class ReportPeriod(DaySpan):
    """The period the answer is for, in the tenant's time zone."""

    timezone: str


class Unconverted(Out):
    """Money that stays out of a total because no exchange rate is known for it."""

    currency: Currency
    amount: Money
    count: int


class Envelope(Out, Generic[T]):
    """What every dashboard answer says of itself. `complete` is false when `unconverted` is not empty."""

    tenant: str
    period: ReportPeriod
    currency: Currency
    as_of: Day
    version: int
    complete: bool
    unconverted: list[Unconverted]
    data: T
    _rates_version: int = PrivateAttr(0)

    @property
    def rates_version(self) -> int:
        """The version of the global rates that the answer was computed with: for its validity, not for its reader."""
        return self._rates_version

    def note_rates(self, version: int) -> None:
        """Remember with which global rates this was computed."""
        self._rates_version = version


class Uncategorised(Out):
    income: Money | None
    expenses: Money | None
    count: int


class TransferLeg(Out):
    """One leg of kind transfer whose other side was not found."""

    transaction_id: Id
    account_id: Id
    booked_on: Day
    amount: Money
    currency: Currency
    payee: str | None


class UnmatchedTransfers(Out):
    count: int
    amount: Money | None
    items: list[TransferLeg]


class KeyFigures(Out):
    """The figures that have a value in the previous period and a change against it; null where not defined."""

    net_worth: Money | None
    assets: Money | None
    liabilities: Money | None
    income: Money | None
    expenses: Money | None
    net_cash_flow: Money | None
    savings_rate: float | None
    saved: Money | None


class NetWorthPoint(Out):
    """Money is null on a day on which nothing could be converted."""

    date: Day
    net_worth: Money | None
    assets: Money | None
    liabilities: Money | None


class HealthComponent(Out):
    id: Literal["savings", "cushion", "debt", "adherence"]
    value: float | None
    weight: float
    inputs: dict[str, str | float | None]


class Health(Out):
    index: int | None
    coverage: float
    components: list[HealthComponent]


class FinancialSummary(KeyFigures):
    uncategorised: Uncategorised
    unmatched_transfers: UnmatchedTransfers
    previous: KeyFigures | None
    change: KeyFigures | None
    net_worth_history: list[NetWorthPoint]
    health: Health | None


class BalancePoint(Out):
    date: Day
    balance: Money


class AccountSummary(Out):
    """One account in the period; `balance` at the period's last day, `balance_history` in its own currency."""

    id: Id
    name: str
    type: AccountType
    institution: str | None
    currency: Currency
    balance: Money | None
    balance_converted: Money | None
    pending: Money
    inflow: Money
    outflow: Money
    change: Money | None
    transaction_count: int
    last_booked_on: Day | None
    closed_on: Day | None
    balance_history: list[BalancePoint]


class MonthFlow(Out):
    month: str = Field(pattern=r"^\d{4}-\d{2}$")
    income: Money | None
    expenses: Money | None
    net: Money | None
    count: int


class CategoryFlow(Out):
    category_id: Id | None
    name: str
    kind: CategoryKind
    amount: Money
    count: int
    share: float | None


class PayeeFlow(Out):
    payee: str | None
    amount: Money
    count: int


class WeekdayFlow(Out):
    weekday: int = Field(ge=1, le=7)
    expenses: Money | None


class TransactionSummary(Out):
    count: int
    inflow: Money | None
    outflow: Money | None
    average: Money | None
    largest_inflow: Transaction | None
    largest_outflow: Transaction | None
    by_month: list[MonthFlow]
    by_category: list[CategoryFlow]
    by_payee: list[PayeeFlow]
    by_weekday: list[WeekdayFlow]
    recent: list[Transaction]


class DataQuality(Out):
    """Something that makes figures less sure, and where to mend it."""

    id: Finding
    count: int
    amount: Money | None
    share: float | None
    href: str


class DashboardData(Out):
    summary: FinancialSummary
    accounts: list[AccountSummary]
    transactions: TransactionSummary
    budgets: list[BudgetStatus]
    alerts: list[BudgetAlert]
    data_quality: list[DataQuality]
