"""What an explanation of any figure is made of: its lines in pages, and what was left out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final

from core.money import format_amount
from core.period import Period
from core.query import Query
from data.frames.accounts import account_rows
from data.frames.base import Scope
from data.frames.converted import AtRates
from data.frames.explained import Effect, Members, Place, explained_frame
from data.models.rollup import Flow
from data.reports.flows import FlowLine, Flows, put_aside
from data.reports.opening import LeftOut, Opened
from data.schemas.common import CategoryKind
from data.schemas.figures import Adjustment, Excluded, ExplainedLine, Input, Reason, Unit, Value
from data.schemas.pages import write_cursor

_ORDER: Final[tuple[Reason, ...]] = ("transfer", "saving", "adjustment", "pending", "no_rate", "filtered")


@dataclass(frozen=True, slots=True)
class Lines:
    """The lines of a sum: which, in the scope and currency of `books`, from the first day up to but not with the
    second (None: without an end)."""

    books: Opened
    members: Members
    days: tuple[date | None, date | None]
    at: AtRates = AtRates()


@dataclass(slots=True)
class Explained:
    """One explained figure. Without `currency` it is no money; `formula` replaces the one of its definition;
    `subject` names what it is a figure of."""

    period: Period
    total: Value = None
    currency: str | None = None
    inputs: list[Input] = field(default_factory=list)
    adjustments: list[Adjustment] = field(default_factory=list)
    excluded: list[Excluded] = field(default_factory=list)
    lines: Lines | None = None
    left_out: LeftOut = field(default_factory=dict)
    formula: str | None = None
    subject: str | None = None


def ordinary(*kinds: CategoryKind) -> frozenset[tuple[Flow, CategoryKind]]:
    """Ordinary lines of these kinds."""
    return frozenset((Flow.ORDINARY, kind) for kind in kinds)


def given(name: str, value: Value, unit: Unit, currency: str | None = None, figure: str | None = None) -> Input:
    """An input of a formula."""
    return Input(name=name, value=value, unit=unit, currency=currency, figure_id=figure)


def unfiltered(books: Opened) -> Opened:
    """The same books without the query's filters."""
    query = books.query
    if not (query.account_ids or query.category_ids or query.tags):
        return books
    accounts = books.account_rows
    if query.account_ids:
        accounts = account_rows(books.session)
    scope = Scope(payee=books.scope.payee, weekday=books.scope.weekday)
    return replace(books, query=Query(query.period, currency=query.currency), account_rows=accounts, scope=scope)


def is_member(members: Members, line: FlowLine) -> bool:
    return (line.flow, line.kind) in members.pairs and _looks_alike(members, line)


def _looks_alike(members: Members, line: FlowLine) -> bool:
    fits = members.category is None or line.category_id == members.category
    return fits and (not members.sign or line.amount * members.sign > 0)


def adds(effect: Effect, line: FlowLine) -> int:
    """What a line adds to a figure; of a count, how many it is."""
    if effect == "one":
        return line.lines
    if effect == "aside" or (effect == "budget" and line.kind == "saving"):
        return put_aside(line.amount, line.account_type)
    return line.amount if effect == "in" else -line.amount


def excluded(
    books: Opened,
    members: Members,
    flows: Flows,
    *,
    of: Iterable[Reason] = _ORDER,
    every: Flows | None = None,
    sign: int = 0,
) -> list[Excluded]:
    """What was left out of the sum of `members`, of these reasons. `every` are the same lines without the query's
    filters; lines of another `sign` nobody would take for members."""
    alike = Members(members.pairs, members.effect, members.sign or sign, members.category)
    found: dict[tuple[Reason, str], tuple[int, int]] = {}
    effect: Effect = "in" if members.effect == "one" else members.effect

    def note(reason: Reason, line: FlowLine, factor: int = 1) -> None:
        own = books.convert.currency_of(line.account_id) if line.lost else books.currency
        count, amount = found.get((reason, own), (0, 0))
        found[reason, own] = (count + factor * line.lines, amount + factor * adds(effect, line))

    for line in _current(flows):
        reason = _reason(members, alike, line)
        if reason is not None:
            note(reason, line)
    if every is not None:
        for those, factor in ((every, 1), (flows, -1)):
            for line in _current(those):
                if is_member(members, line):
                    note("filtered", line, factor)
    wanted = set(of)
    return [
        Excluded(reason=reason, count=count, amount=format_amount(amount, own), currency=own)
        for (reason, own), (count, amount) in sorted(found.items(), key=lambda each: (_ORDER.index(each[0][0]), each))
        if count and reason in wanted
    ]


def _current(flows: Flows) -> list[FlowLine]:
    return [line for line in flows.lines if line.current]


def _reason(members: Members, alike: Members, line: FlowLine) -> Reason | None:
    """Why a line that looks like a member is not counted; None for one that is, and for one that does not."""
    if is_member(members, line):
        return "no_rate" if line.lost else None
    if not _looks_alike(alike, line):
        return None
    if line.flow in (Flow.PENDING, Flow.ADJUSTMENT):
        return "pending" if line.flow == Flow.PENDING else "adjustment"
    if line.flow == Flow.MATCHED or (line.flow == Flow.ORDINARY and line.kind == "transfer"):
        return "transfer"
    return "saving" if line.flow == Flow.SAVED or line.kind == "saving" else None


def page_of(
    figure_id: str, lines: Lines | None, unit: Unit, limit: int, after: Place | None
) -> tuple[list[ExplainedLine], str | None]:
    """A page of the lines, newest first, and the cursor of the next one."""
    if lines is None:
        return [], None
    books = lines.books
    frame = explained_frame(books.session, books.scope, lines.at, lines.members, lines.days, limit + 1, after)
    rows = frame.to_dict("records")
    shown = [_line(row, books.currency, unit) for row in rows[:limit]]
    if len(rows) <= limit:
        return shown, None
    last = rows[limit - 1]
    place = (last["booked_on"].isoformat(), last["transaction_id"], last["position"])
    return shown, write_cursor(f"explain:{books.context.tenant.key}:{figure_id}", *place)


def _line(row: dict[str, object] | dict[object, object], currency: str, unit: Unit) -> ExplainedLine:
    values = {str(name): value for name, value in row.items()}
    added = int(str(values["added"]))
    return ExplainedLine.model_validate(
        {
            "id": str(values["transaction_id"]),
            "part": values["position"] or None,
            "account_id": str(values["account_id"]),
            "booked_on": values["booked_on"],
            "payee": values["payee"],
            "category_id": str(values["category_id"]) if values["category_id"] else None,
            "amount": format_amount(int(str(values["amount"])), str(values["currency"])),
            "currency": values["currency"],
            "amount_converted": str(added) if unit == "count" else format_amount(added, currency),
        }
    )
