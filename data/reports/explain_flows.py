"""The figures of the transactions report and of its categories and months explained."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Final

from core.errors import NotFound
from core.money import format_amount
from core.period import Period
from data.frames.explained import Members
from data.models.rollup import Flow
from data.reports.explain_summary import flow_exclusions, rates_of
from data.reports.explained import Explained, Lines, adds, given, is_member, ordinary
from data.reports.flows import FlowLine, Flows, usual
from data.reports.opening import Opened
from data.reports.summary import flows_of
from data.reports.transactions import average_of, category_flows, flow_lines, flow_totals, month_flows
from data.schemas.common import CategoryKind
from data.schemas.figures import Value

_FLOWS: Final = ordinary("income", "expense")
_SUMS: Final[dict[str, Members]] = {
    "count": Members(_FLOWS, "one"),
    "inflow": Members(_FLOWS, "in", sign=1),
    "outflow": Members(_FLOWS, "out", sign=-1),
}
_OF_MONTH: Final[dict[str, Members]] = {
    "income": Members(ordinary("income"), "in"),
    "expenses": Members(ordinary("expense"), "out"),
    "count": Members(_FLOWS, "one"),
}
_SIGNS: Final = {"income": 1, "expenses": -1}


def explain_transactions(books: Opened, name: str) -> Explained:
    """The figure `transactions.<name>`."""
    flows = flows_of(books)
    totals = flow_totals(flows)
    figures: dict[str, Value] = {
        "count": totals.count,
        "inflow": books.money(totals.known("inflow")),
        "outflow": books.money(totals.known("outflow")),
        "average": books.money(average_of(totals)),
    }
    found = _sum(books, flows, name, figures[name]) if name in _SUMS else Explained(books.period)
    if name == "average":
        found.total, found.currency = figures[name], books.currency
        found.inputs = [
            given(each, figures[each], "count" if each == "count" else "money", books.currency, f"transactions.{each}")
            for each in ("inflow", "outflow", "count")
        ]
    found.left_out = flows.left_out(flow_lines(flows))
    return found


def _sum(books: Opened, flows: Flows, name: str, total: Value) -> Explained:
    members = _SUMS[name]
    found = Explained(books.period, total, None if members.effect == "one" else books.currency)
    found.excluded = flow_exclusions(books, members, flows)
    if total is not None:
        found.lines = Lines(books, members, (books.period.start, books.period.end), rates_of(books, flows))
    return found


def explain_month(books: Opened, month: str, name: str) -> Explained:
    """The figure `transactions.by_month.<month>.<name>`; `NotFound` for a month outside of the period."""
    flows = flows_of(books)
    blank = flow_totals(flows).blank
    row = next((each for each in month_flows(books, flow_lines(flows), blank=blank) if each.month == month), None)
    if row is None:
        raise NotFound(f"There is no month {month} in this period")
    days = _days_of(books, month)
    found = Explained(days, getattr(row, name), None if name == "count" else books.currency, subject=month)
    found.left_out = flows.left_out(flow_lines(flows))
    if name == "net":
        found.inputs = [
            given(each, getattr(row, each), "money", books.currency, f"transactions.by_month.{month}.{each}")
            for each in ("income", "expenses")
        ]
    elif found.total is not None:
        members = _OF_MONTH[name]
        found.lines = Lines(books, members, (days.start, days.end), rates_of(books, flows))
        of_month = replace(books, period=days, previous=None)
        found.excluded = flow_exclusions(of_month, members, flows_of(of_month), sign=_SIGNS.get(name, 0))
    return found


def _days_of(books: Opened, month: str) -> Period:
    """The month's days that are in the period."""
    months, day = books.context.months, date.fromisoformat(f"{month}-28")
    index = months.index(day)
    return Period(max(months.first(index), books.period.start), min(months.first(index + 1), books.period.end))


def explain_category(books: Opened, category_id: int, name: str) -> Explained:
    """The figure `category.<id>.<name>`, of a category of any kind; `NotFound` when it is not the tenant's."""
    tree = books.categories
    if category_id not in tree.kinds:
        raise NotFound(f"There is no category {category_id}")
    lock = books.query.lock
    if lock is not None and lock.category_ids and category_id not in tree.with_children(lock.category_ids):
        raise NotFound(f"There is no category {category_id}")
    flows, kind = flows_of(books), tree.kinds[category_id]
    members = _of_category(category_id, kind)
    if name == "share":
        lost = flows.left_out(counted_lines(flows, members))
        found = Explained(books.period, left_out=lost, subject=tree.names[category_id])
        _share(found, books, flows, category_id, kind)
        return found
    return sum_of(books, flows, members, name, tree.names[category_id])


def counted_lines(flows: Flows, members: Members) -> list[FlowLine]:
    """The lines of the period that are members."""
    return [line for line in flows.lines if line.current and is_member(members, line)]


def sum_of(books: Opened, flows: Flows, members: Members, name: str, subject: str, sign: int = 0) -> Explained:
    """What all members add up to, or how many they are (`count`); lines of another `sign` are not missed in it."""
    counted = counted_lines(flows, members)
    number = sum(line.lines for line in counted if not line.lost)
    found = Explained(books.period, number, left_out=flows.left_out(counted), subject=subject)
    found.excluded = flow_exclusions(books, members, flows, sign=sign)
    if name == "count":
        members = replace(members, effect="one")
    else:
        amount = sum(adds(members.effect, line) for line in counted if not line.lost)
        known = number or not found.left_out
        found.total, found.currency = format_amount(amount, books.currency) if known else None, books.currency
    if number or not found.left_out:
        found.lines = Lines(books, members, (books.period.start, books.period.end), rates_of(books, flows))
    return found


def _of_category(category_id: int, kind: CategoryKind) -> Members:
    """What was booked in the category itself; of savings, what they put aside, matched or not."""
    if kind == "saving":
        return Members(ordinary(kind) | {(Flow.SAVED, kind)}, "aside", category=category_id)
    return Members(ordinary(kind), "in" if kind == "income" else "out", category=category_id)


def _share(found: Explained, books: Opened, flows: Flows, category_id: int, kind: CategoryKind) -> None:
    rows = [row for row in category_flows(books, flow_lines(flows)) if row.kind == kind]
    row = next((each for each in rows if each.category_id == str(category_id)), None)
    if row is None:
        return
    found.total = row.share
    whole = sum(usual(kind, line.amount) for line in flow_lines(flows) if line.kind == kind and not line.lost)
    found.inputs = [
        given("amount", row.amount, "money", books.currency, f"category.{category_id}.amount"),
        given("total_of_kind", books.money(whole), "money", books.currency, _WHOLE[kind]),
    ]


_WHOLE: Final[dict[CategoryKind, str]] = {"income": "summary.income", "expense": "summary.expenses"}
