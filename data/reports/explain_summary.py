"""The figures of the summary explained, those of the previous period and the changes against it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

from core.money import parse_amount
from core.query import UNCATEGORISED
from data.frames.converted import AtRates
from data.frames.explained import KINDS, Members
from data.models.rollup import Flow
from data.reports.explain_stocks import Asked, net_worth, side
from data.reports.explained import Explained, Lines, excluded, given, ordinary, unfiltered
from data.reports.flows import Flows
from data.reports.health import health_period, read_health
from data.reports.opening import Opened
from data.reports.stocks import Balances
from data.reports.summary import balance_days, flows_of, left_out, summary
from data.schemas.dashboard import FinancialSummary
from data.schemas.figures import Excluded, Input, Reason

_SAVED: Final = frozenset((Flow.SAVED, kind) for kind in KINDS) | ordinary("saving")
SUMS: Final[dict[str, Members]] = {
    "income": Members(ordinary("income"), "in"),
    "expenses": Members(ordinary("expense"), "out"),
    "saved": Members(_SAVED, "aside"),
    "uncategorised.income": Members(ordinary("income"), "in", category=UNCATEGORISED),
    "uncategorised.expenses": Members(ordinary("expense"), "out", category=UNCATEGORISED),
    "uncategorised.count": Members(ordinary("income", "expense"), "one", category=UNCATEGORISED),
    "unmatched_transfers": Members(ordinary("transfer"), "in"),
    "unmatched_transfers.amount": Members(ordinary("transfer"), "in"),
    "unmatched_transfers.count": Members(ordinary("transfer"), "one"),
}
"""The figures that are sums of lines."""
_LOOKS_LIKE: Final[dict[str, int]] = {
    **dict.fromkeys(("income", "uncategorised.income"), 1),
    **dict.fromkeys(("expenses", "uncategorised.expenses"), -1),
}
"""The sign of lines that might be taken for members."""
_LEFT_OUT: Final[dict[str, tuple[Reason, ...]]] = {
    "saved": ("pending", "no_rate", "filtered"),
    "uncategorised.count": ("pending", "filtered"),
    "unmatched_transfers.count": ("pending", "filtered"),
}
_ALL: Final[tuple[Reason, ...]] = ("transfer", "saving", "adjustment", "pending", "no_rate", "filtered")


def explain_summary(books: Opened, name: str) -> Explained:
    """The figure `summary.<name>`."""
    flows = flows_of(books)
    balances = Balances.read(books, [*balance_days(books), health_period(books).last])
    health = read_health(books, balances) if name.startswith("health") else None
    found = summary(books, flows, balances, health)
    if name.startswith("change."):
        explained = _change(books, name.removeprefix("change."), found)
    elif name.startswith("previous."):
        explained = _previous(books, name.removeprefix("previous."), found)
    else:
        explained = _figure(Asked(books, name, "summary.", found, found), flows, balances)
    explained.left_out = left_out(books, flows, balances)
    return explained


def _previous(books: Opened, name: str, found: FinancialSummary) -> Explained:
    if books.previous is None or found.previous is None:
        return Explained(books.period, currency=None if name == "savings_rate" else books.currency)
    before = replace(books, period=books.previous, previous=None)
    asked = Asked(before, name, "summary.previous.", found.previous, found)
    return _figure(asked, flows_of(before), Balances.read(before, [before.period.last]))


def _figure(asked: Asked, flows: Flows, balances: Balances) -> Explained:
    if asked.name in SUMS:
        return _sum(asked, flows)
    return _DERIVED[asked.name](asked, flows, balances)


def _sum(asked: Asked, flows: Flows) -> Explained:
    books, members = asked.books, SUMS[asked.name]
    total: Any = asked.figures
    for part in _path(asked.name):
        total = getattr(total, part)
    found = Explained(books.period, total, None if members.effect == "one" else books.currency)
    found.excluded = flow_exclusions(
        books, members, flows, _LEFT_OUT.get(asked.name, _ALL), sign=_LOOKS_LIKE.get(asked.name, 0)
    )
    if total is not None:
        # What is to be mended counts what no rate converts too.
        at = AtRates() if members.effect == "one" else rates_of(books, flows)
        found.lines = Lines(books, members, (books.period.start, books.period.end), at)
    return found


def _path(name: str) -> list[str]:
    return ["unmatched_transfers", "amount"] if name == "unmatched_transfers" else name.split(".")


def rates_of(books: Opened, flows: Flows) -> AtRates:
    """What converts the lines of `flows` one by one."""
    return books.convert.at_rates(books.accounts["id"].tolist(), flows.frame)


def flow_exclusions(
    books: Opened,
    members: Members,
    flows: Flows,
    of: tuple[Reason, ...] = _ALL,
    every: Opened | None = None,
    sign: int = 0,
) -> list[Excluded]:
    """What was left out of a sum of the period's lines; `every` are the books without the filters, `sign` that of lines
    which might be taken for members. Under an embed's lock nothing is said of what lies outside of it."""
    if books.query.lock is not None:
        every = books
    every = every or unfiltered(books)
    unlimited = None if every is books else flows_of(every)
    return excluded(books, members, flows, of=of, every=unlimited, sign=sign)


def _net_cash_flow(asked: Asked, _flows: Flows, _balances: Balances) -> Explained:
    inputs = [asked.input("income"), asked.input("expenses")]
    return Explained(asked.books.period, asked.figures.net_cash_flow, asked.books.currency, inputs)


def _savings_rate(asked: Asked, _flows: Flows, _balances: Balances) -> Explained:
    return Explained(
        asked.books.period, asked.figures.savings_rate, None, [asked.input("income"), asked.input("expenses")]
    )


def _uncategorised(asked: Asked, _flows: Flows, _balances: Balances) -> Explained:
    loose, currency = asked.summary.uncategorised, asked.books.currency
    inputs = [
        given(name, getattr(loose, name), "money", currency, f"summary.uncategorised.{name}")
        for name in ("income", "expenses")
    ]
    total = None if loose.income is None and loose.expenses is None else _added(asked.books, inputs)
    return Explained(asked.books.period, total, currency, inputs)


def _added(books: Opened, inputs: list[Input]) -> str | None:
    return books.money(sum(parse_amount(str(each.value), books.currency) for each in inputs if each.value is not None))


def _health(asked: Asked, _flows: Flows, _balances: Balances) -> Explained:
    """The index from what its components are computed from; a component that is not defined has no part."""
    months = health_period(asked.books)
    found = Explained(months)
    health = asked.summary.health
    if health is None:
        return found
    found.total = health.index
    parts, weights = [], 0
    for component in health.components:
        found.inputs += [
            given(name, value, "ratio" if isinstance(value, float) else "money", asked.books.currency)
            for name, value in component.inputs.items()
            if name not in ("savings_rate", "monthly_expenses") and name not in {each.name for each in found.inputs}
        ]
        if component.value is not None:
            weight, formula = _COMPONENTS[component.id]
            parts.append(f"{weight} * min(1, max(0, {formula}))")
            weights += weight
    found.formula = f"100 * ({' + '.join(parts)}) / {weights}" if parts else None
    return found


_COMPONENTS: Final = {
    "savings": (30, "(income - expenses) / income / 0.20"),
    "cushion": (30, "balances / (expenses / 3) / 6"),
    "debt": (20, "(0.43 - debt_payments / income) / (0.43 - 0.15)"),
    "adherence": (20, "1 - overspent / limits"),
}
"""`core.health` in words: the weight of each component and its share."""


def _change(books: Opened, name: str, found: FinancialSummary) -> Explained:
    now = Asked(books, name, "summary.", found, found)
    explained = Explained(books.period, currency=None if name == "savings_rate" else books.currency)
    if found.previous is None or found.change is None:
        return explained
    before = Asked(books, name, "summary.previous.", found.previous, found)
    explained.total = getattr(found.change, name)
    explained.inputs = [now.input(name, "now"), before.input(name, "before")]
    if name == "savings_rate":
        those = ("income", "expenses")
        explained.inputs = [now.input(each) for each in those]
        explained.inputs += [before.input(each, f"previous_{each}") for each in those]
    return explained


_DERIVED: Final[dict[str, Callable[[Asked, Flows, Balances], Explained]]] = {
    "net_worth": net_worth,
    "assets": side,
    "liabilities": side,
    "net_cash_flow": _net_cash_flow,
    "savings_rate": _savings_rate,
    "uncategorised": _uncategorised,
    "health": _health,
    "health.index": _health,
}
