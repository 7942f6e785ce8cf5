"""The figures of payees, of weekdays and of the largest lines explained."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Final

from core.errors import NotFound
from core.money import format_amount
from data.frames.explained import Members, explained_frame
from data.frames.transactions import transactions
from data.reports.explain_flows import counted_lines, sum_of
from data.reports.explain_summary import flow_exclusions, rates_of
from data.reports.explained import Explained, Lines, ordinary
from data.reports.opening import Opened
from data.reports.summary import flows_of, sums_of
from data.reports.transactions import flow_lines, flow_totals, largest_lines, weekday_flows

_SPENT: Final = Members(ordinary("expense"), "out")
_LARGEST: Final = {
    "largest_inflow": Members(ordinary("income", "expense"), "in", sign=1),
    "largest_outflow": Members(ordinary("income", "expense"), "out", sign=-1),
}
_MOST_PARTS: Final = 10_000
WEEKDAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def explain_payee(books: Opened, payee: str, name: str) -> Explained:
    """The figure `transactions.by_payee.<payee>.<name>`, of any payee and not the largest only; `NotFound` where
    nothing of the period was spent there."""
    unknown = NotFound("There is no such payee in this period")
    if not payee.strip(" ") or "\0" in payee:
        raise unknown
    books = replace(books, scope=replace(books.scope, payee=payee))
    flows = flows_of(books)
    if not counted_lines(flows, _SPENT):
        raise unknown
    return sum_of(books, flows, _SPENT, name, payee, sign=-1)


def explain_weekday(books: Opened, weekday: str, _name: str) -> Explained:
    """The figure `transactions.by_weekday.<weekday>.expenses`."""
    flows, day = sums_of(books), int(weekday)
    row = weekday_flows(books, flows, blank=flow_totals(flows).blank)[day - 1]
    found = Explained(books.period, row.expenses, books.currency, subject=WEEKDAYS[day - 1])
    found.left_out = flows.left_out(flow_lines(flows))
    own = replace(books, scope=replace(books.scope, weekday=day))
    of_day = flows_of(own)
    found.excluded = flow_exclusions(own, _SPENT, of_day, sign=-1)
    if found.total is not None:
        found.lines = Lines(own, _SPENT, (books.period.start, books.period.end), rates_of(own, of_day))
    return found


def explain_largest(books: Opened, name: str) -> Explained:
    """The figure `transactions.largest_inflow` or `_outflow`: one line, which may be a part of a split transaction."""
    members, flows = _LARGEST[name], flows_of(books)
    found = Explained(books.period, currency=books.currency, left_out=flows.left_out(flow_lines(flows)))
    found.excluded = flow_exclusions(books, members, flows)
    at = rates_of(books, flows)
    transaction = largest_lines(books, at).get(members.sign)
    if transaction is None:
        return found
    day = transactions(books.session, [transaction])[transaction].booked_on
    days, own = (day, day + timedelta(days=1)), replace(members, transaction=transaction)
    frame = explained_frame(books.session, books.scope, at, own, days, _MOST_PARTS)
    parts = zip(frame["added"].tolist(), frame["position"].tolist(), strict=True)
    amount, position = max(parts, key=lambda part: (part[0], -part[1]))
    found.total = format_amount(amount, books.currency)
    found.lines = Lines(books, replace(own, position=position), days, at)
    return found
