"""The health index of the summary: three whole months of all accounts, whatever the report's period and filters."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from typing import Final

from core.budget_status import ratio4
from core.health import MONTHS, Inputs, health
from core.money import checked, format_amount
from core.period import Period
from core.query import Query
from data.frames.accounts import account_rows
from data.frames.base import Scope
from data.frames.budgets import Covered
from data.frames.debts import DEBT_TYPES, interest
from data.frames.flows import flow_frame
from data.frames.spending import Spent
from data.models.rollup import Flow
from data.reports.budgeting import Spending, all_results
from data.reports.budgets import plans_of, spending_of
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


def has_health(query: Query) -> bool:
    """Whether there is an index: not under a filter that only flows have, and not under an embed's lock."""
    return not query.flows_only and query.lock is None


def read_health(
    books: Opened, balances: Balances, ended: Sequence[Covered] | None = None, found: Sequence[Spent] | None = None
) -> HealthBooks | None:
    """Read what the index needs; its money will be converted. `None` under a filter that only flows have, and under an
    embed's lock: the index is of all accounts.

    `balances` must know the last day of `health_period`. `ended` are the `ended_budgets` and `found` the spending on
    them, where they are known already.
    """
    if not has_health(books.query):
        return None
    period = health_period(books)
    every = _all_accounts(books)
    if every is not books:
        balances = Balances.read(every, [period.last])
    flows = read_sums_of(every, period, whole=False)
    debts, interest = _debts(every, period), _interest(every, period)
    spending = spending_of(every, ended_budgets(every) if ended is None else ended, found)
    return HealthBooks(every, period, balances, flows, debts, interest, spending)


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
    every = account_rows(books.session)
    return replace(books, query=replace(books.query, account_ids=()), account_rows=every, scope=Scope())


def _cushion(balances: Balances, day: date) -> int:
    accounts = [account for account, kind in balances.counting(day) if kind in _CUSHION_TYPES]
    return checked(sum(balances.converted(account, day) or 0 for account in accounts))


def _debts(books: Opened, period: Period) -> Flows | None:
    """The lines of loans and mortgages."""
    debts = [row.id for row in books.account_rows if row.type in DEBT_TYPES]
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
    if all(row.type not in DEBT_TYPES for row in books.account_rows):
        return []
    rows = interest(books.session, period)
    books.convert.need((books.convert.currency_of(row[0]) for row in rows), [row[1] for row in rows])
    return rows


def _paid_interest(read: HealthBooks) -> int:
    convert = read.books.convert
    return -sum(
        convert.amount(amount, convert.currency_of(account), day) or 0 for account, day, amount in read.interest
    )


def ended_budgets(books: Opened) -> list[Covered]:
    """All budgets with a period that ended in the months of the index, as far back as something rolls over."""
    wanted, period = [], health_period(books)
    for plan in plans_of(books):
        since = period.start if plan.budget.rollover_policy == "reset" else None
        ended = [each for each in plan.rule.periods(period.last, since) if each.end <= period.end]
        if ended and ended[-1].end > period.start:
            covered = tuple(sorted(books.categories.with_children(plan.category_ids)))
            wanted.append(Covered(plan, covered, tuple(ended)))
            books.convert.need([plan.budget.currency], [each.last for each in ended if each.end > period.start])
    return wanted


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
