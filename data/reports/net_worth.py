"""Net worth by account type, and what moved it: the terms of the identity in `semantics.md`, Stocks."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Final, cast, get_args

from core.errors import Invalid
from core.query import Query
from data.context import TenantContext
from data.frames.base import total
from data.reports.explain_worth import WorthTerms
from data.reports.flows import Flows
from data.reports.opening import LeftOut, Opened, opened
from data.reports.stocks import Balances
from data.reports.summary import flows_of
from data.schemas.common import AccountType
from data.schemas.dashboard import Envelope
from data.schemas.net_worth import Term, WorthMove, WorthPart, WorthStory

_DAY: Final = timedelta(days=1)
_TAKEN: Final = frozenset({"expenses", "closed", "flows_outside"})
"""The terms that are taken off in the identity."""


def net_worth_report(context: TenantContext, query: Query) -> Envelope[WorthStory]:
    """What net worth is made of before the query's period and at its end; `Invalid` with a filter on flows."""
    if query.flows_only:
        raise Invalid("Net worth is of whole accounts: remove the filter on categories and tags")
    with opened(context, query) as books:
        flows = flows_of(books)
        worth = WorthTerms.read(books, flows)
        days = (books.period.start - _DAY, books.period.last)
        balances = worth.balances
        before, after = (balances.net_worth(day).net_worth for day in days)
        known = before is not None and after is not None
        story = WorthStory(
            starts_on=days[0],
            ends_on=days[1],
            before=books.money(before),
            after=books.money(after),
            moves=_moves(books, flows, worth) if known else [],
            parts=_parts(books, balances),
        )
        return books.envelope(story, _left_out(books, flows, balances))


def _moves(books: Opened, flows: Flows, worth: WorthTerms) -> list[WorthMove]:
    """Income and expenses, and of the other terms those that are not nothing."""
    totals = flows.totals()
    found: dict[str, int] = {"income": totals.income, "expenses": totals.expenses, **worth.terms()}
    return [
        WorthMove(name=cast(Term, name), amount=books.money(-amount if name in _TAKEN else amount) or "0")
        for name, amount in found.items()
        if amount or name in ("income", "expenses")
    ]


def _parts(books: Opened, balances: Balances) -> list[WorthPart]:
    """The types in the order of the schema."""
    start, last = books.period.start - _DAY, books.period.last
    held = {day: balances.counting(day) for day in (start, last)}
    kinds = {kind for counting in held.values() for _, kind in counting}
    parts = []
    for kind in (each for each in get_args(AccountType) if each in kinds):
        ids = {day: [own for own, its in counting if its == kind] for day, counting in held.items()}
        before, after = (_sum(balances.converted(own, day) for own in ids[day]) for day in (start, last))
        change = None if before is None or after is None else after - before
        parts.append(
            WorthPart(
                type=kind,
                accounts=len(set(ids[start]) | set(ids[last])),
                before=books.money(before),
                after=books.money(after),
                change=books.money(change),
            )
        )
    return parts


def _sum(amounts: Iterable[int | None]) -> int | None:
    """What could be converted; None where nothing could."""
    found = list(amounts)
    known = [amount for amount in found if amount is not None]
    return None if found and not known else total(known)


def _left_out(books: Opened, flows: Flows, balances: Balances) -> LeftOut:
    found = flows.left_out(flows.counted())
    for day in (books.period.last, books.period.start - _DAY):
        found = balances.left_out([own for own, _ in balances.counting(day)], day) | found
    return found
