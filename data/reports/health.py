"""The health index of the summary: three whole months of all accounts, whatever the report's period and filters."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from typing import Final

from core.budget_status import ratio4
from core.health import MONTHS, Inputs, health
from core.money import checked, format_amount
from core.period import Period
from data.frames.accounts import account_frame
from data.frames.base import Scope
from data.frames.budgets import Covered
from data.frames.debts import DEBT_TYPES, interest_frame
from data.frames.flows import flow_frame
from data.models.rollup import Flow
from data.reports.budgeting import Spending, all_results
from data.reports.budgets import plans_of
from data.reports.flows import FlowLine, Flows, read_flows, read_sums_of
from data.reports.opening import Opened
from data.reports.stocks import Balances
from data.schemas.dashboard import Health, HealthComponent

_CUSHION_TYPES: Final = frozenset({"cash", "checking", "savings"})


def health_period(books: Opened) -> Period:
    """The three whole months before the day that the report looks from."""
    months = books.context.months
    return months.span(months.index(min(books.period.last, books.context.today)) - MONTHS, MONTHS)


@dataclass(frozen=True, slots=True)
class HealthBooks:
    """What the index is computed from, read and not converted yet."""

    books: Opened
    period: Period
    balances: Balances
    flows: Flows
    debts: Flows | None
    interest: list[tuple[int, date, int]]
    spending: Spending


def read_health(books: Opened, balances: Balances) -> HealthBooks | None:
    """Read what the index needs; its money will be converted. `None` under a filter that only flows have, and under an
    embed's lock: the index is of all accounts.

    `balances` must know the last day of `health_period`.
    """
    if books.query.flows_only or books.query.lock is not None:
        return None
    period = health_period(books)
    every = _all_accounts(books)
    if every is not books:
        balances = Balances.read(every, [period.last])
    flows = read_sums_of(every, period)
    return HealthBooks(
        every, period, balances, flows, _debts(every, period), _interest(every, period), _ended_budgets(every, period)
    )


def health_of(read: HealthBooks | None) -> Health | None:
    """The index with its components."""
    if read is None:
        return None
    totals = read.flows.totals()
    limits, overspent = _adherence(read)
    inputs = Inputs(
        income=totals.income,
        expenses=totals.expenses,
        cushion=_cushion(read.balances, read.period.last),
        debt_payments=checked(_into_debts(read.debts) + _paid_interest(read)),
        limits=limits,
        overspent=overspent,
    )
    return _shown(read.books.currency, inputs)


def _all_accounts(books: Opened) -> Opened:
    """The same books without a filter by account."""
    if not books.query.account_ids:
        return books
    accounts = account_frame(books.session)
    accounts["native"] = accounts["currency"] == books.currency
    return replace(books, query=replace(books.query, account_ids=()), accounts=accounts, scope=Scope())


def _cushion(balances: Balances, day: date) -> int:
    accounts = [account for account, kind in balances.counting(day) if kind in _CUSHION_TYPES]
    return checked(sum(balances.converted(account, day) or 0 for account in accounts))


def _debts(books: Opened, period: Period) -> Flows | None:
    """The lines of loans and mortgages."""
    debts = books.accounts.loc[books.accounts["type"].isin(DEBT_TYPES), "id"].tolist()
    if not debts:
        return None
    start_day = books.context.tenant.month_start
    frame = flow_frame(books.session, Scope(account_ids=tuple(debts)), period, None, start_day, books.foreign)
    return read_flows(books, frame)


def _into_debts(flows: Flows | None) -> int:
    """What loans and mortgages received: matched legs, and others of kind transfer."""
    if flows is None:
        return 0
    return sum(line.amount for line in flows.lines if not line.lost and _pays_debt(line))


def _pays_debt(line: FlowLine) -> bool:
    if line.account_type not in DEBT_TYPES or line.amount <= 0:
        return False
    return line.flow in (Flow.MATCHED, Flow.SAVED) or (line.flow == Flow.ORDINARY and line.kind == "transfer")


def _interest(books: Opened, period: Period) -> list[tuple[int, date, int]]:
    """The interest that was paid beside what the loans received: (account, day, signed amount)."""
    if not books.accounts["type"].isin(DEBT_TYPES).any():
        return []
    frame = interest_frame(books.session, period)
    rows = list(zip(*(frame[name].tolist() for name in frame), strict=True))
    books.convert.need((books.convert.currency_of(row[0]) for row in rows), [row[1] for row in rows])
    return rows


def _paid_interest(read: HealthBooks) -> int:
    convert = read.books.convert
    return -sum(
        convert.amount(amount, convert.currency_of(account), day) or 0 for account, day, amount in read.interest
    )


def _ended_budgets(books: Opened, period: Period) -> Spending:
    """The spending of all budgets with a period that ended in these months, as far back as something rolls over."""
    wanted = []
    for plan in plans_of(books):
        ended = [each for each in plan.rule.periods(period.last) if each.end <= period.end]
        if plan.budget.rollover_policy == "reset":
            ended = [each for each in ended if each.end > period.start]
        if ended and ended[-1].end > period.start:
            covered = tuple(sorted(books.categories.with_children(plan.category_ids)))
            wanted.append(Covered(plan, covered, tuple(ended)))
            books.convert.need([plan.budget.currency], [each.last for each in ended if each.end > period.start])
    return Spending(books.session, wanted, books.categories, books.convert, books.context.today)


def _adherence(read: HealthBooks) -> tuple[int, int]:
    """Sums of the limits, and of what was spent beyond them, over the budget periods that ended in these months."""
    limits = overspent = 0
    for plan, period, result in all_results(read.spending):
        if period.end > read.period.start and result.limit > 0:
            amounts = (result.limit, max(0, result.spent - result.limit))
            rated = _converted(read.books, amounts, plan.budget.currency, period.last)
            limits, overspent = limits + rated[0], overspent + rated[1]
    return limits, overspent


def _converted(books: Opened, amounts: Iterable[int], currency: str, day: date) -> list[int]:
    """A budget period's money at the rate of its last day; 0 where there is none."""
    return [books.convert.amount(amount, currency, day) or 0 for amount in amounts]


def _shown(currency: str, inputs: Inputs) -> Health:
    def money(minor: int) -> str:
        return format_amount(minor, currency)

    found = health(inputs)
    rate = Fraction(inputs.income - inputs.expenses, inputs.income) if inputs.income > 0 else None
    shown: dict[str, dict[str, str | float | None]] = {
        "savings": {
            "income": money(inputs.income),
            "expenses": money(inputs.expenses),
            "savings_rate": ratio4(rate),
        },
        "cushion": {
            "balances": money(inputs.cushion),
            "monthly_expenses": money(round(Fraction(inputs.expenses, MONTHS))),
        },
        "debt": {"debt_payments": money(inputs.debt_payments), "income": money(inputs.income)},
        "adherence": {"overspent": money(inputs.overspent), "limits": money(inputs.limits)},
    }
    return Health(
        index=found.index,
        coverage=ratio4(found.coverage) or 0.0,
        components=[
            HealthComponent(
                id=each.id, value=ratio4(each.value), weight=ratio4(each.weight) or 0.0, inputs=shown[each.id]
            )
            for each in found.components
        ],
    )
