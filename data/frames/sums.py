"""Flows of accounts in the report's currency, summed by the database as far as the figures need them.

Whole months come from `monthly_rollup`, the days at the edges of a cut period from `daily_rollup`. What it costs
depends on categories and months, not on how much is in the ledger.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Final, NamedTuple

from sqlalchemy.orm import Session

from core.period import Months, Period
from data.frames.base import Scope
from data.frames.driver import Select, rows
from data.frames.pieces import Pieces
from data.models.rollup import ALL_ACCOUNTS


class SumLine(NamedTuple):
    """Lines of one category (0 none), flow and sign, of the period (`current`) or the one before, minor units."""

    category_id: int
    flow: int
    sign: int
    current: bool
    amount: int
    number: int


class MonthLine(NamedTuple):
    """Income or expense lines of one month of the period, category kind and sign; `days` are the parts by weekday."""

    month: int
    kind: str
    sign: int
    amount: int
    number: int
    days: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Sums:
    """All native flows of a report: `lines` that are ordinary or saved, and `aside` those of them that are in accounts
    for savings and put money aside (saved, or of a category of kind saving)."""

    lines: list[SumLine]
    months: list[MonthLine]
    aside: list[SumLine]


_WEEKDAYS: Final = range(1, 8)
_SCOPE: Final = "CAST(:sums AS bigint[])"
_SAVINGS: Final = """ARRAY(SELECT id FROM accounts WHERE tenant_id = :tenant AND type IN ('savings', 'investment')
                            AND id = ANY(CAST(:natives AS bigint[])))"""
_DAYS: Final = ", ".join(f"day{day}" for day in _WEEKDAYS)
_EACH_DAY: Final = ", ".join(
    f"coalesce(sum(d.amount) FILTER (WHERE d.weekday = {day}), 0) AS day{day}" for day in _WEEKDAYS
)
_BY_DAY: Final = ", ".join(f"CAST(sum(day{day}) AS bigint)" for day in _WEEKDAYS)
_KIND: Final = "coalesce(c.kind, CASE WHEN r.sign > 0 THEN 'income' ELSE 'expense' END)"
_MONTHS: Final = """
    SELECT r.account_id, r.month, r.category_id, r.flow, r.sign, r.month >= :first AS current, r.amount, r.count {days}
    FROM monthly_rollup r
    WHERE r.tenant_id = :tenant AND r.account_id = ANY({scope}) AND r.currency = :currency AND r.month < :end {months}
      {where}
"""
_BOTH: Final = "AND r.month >= :before AND (r.month < :before_end OR r.month >= :first)"
_CURRENT: Final = "AND r.month >= :first"
# The days of cut months, read once and summed; the sub-select keeps each span an index look-up.
_EDGES: Final = """
    WITH edges AS MATERIALIZED (
        SELECT d.account_id, edge.month, d.category_id, d.flow, d.sign, edge.current, sum(d.amount) AS amount,
               sum(d.count) AS count, {each_day}
        FROM unnest(CAST(:edge_first AS date[]), CAST(:edge_end AS date[]), CAST(:edge_month AS bigint[]),
                    CAST(:edge_current AS boolean[])) AS edge(first, stop, month, current)
        CROSS JOIN LATERAL (
            SELECT r.*, CAST(extract(isodow FROM r.booked_on) AS integer) AS weekday FROM daily_rollup r
            WHERE r.tenant_id = :tenant AND r.booked_on >= edge.first AND r.booked_on < edge.stop
              AND r.account_id = ANY(CAST(:natives AS bigint[])) {where}
            OFFSET 0) AS d
        GROUP BY d.account_id, edge.month, d.category_id, d.flow, d.sign, edge.current
    )
"""
_OF_EDGES: Final = """
    UNION ALL
    SELECT r.account_id, r.month, r.category_id, r.flow, r.sign, r.current, r.amount, r.count {days}
    FROM edges r WHERE true {where}
"""
_LINES: Final = """
    {edges}
    SELECT 0, category_id, flow, sign, current, NULL AS month, NULL AS kind, CAST(sum(amount) AS bigint),
           CAST(sum(count) AS bigint), {nothing}
    FROM ({lines}) AS r GROUP BY category_id, flow, sign, current HAVING sum(count) > 0
"""
# Each part reads its own rows again: that takes a third of the time of keeping them for all three.
_ALL: Final = f"""
    {_LINES}
    UNION ALL
    SELECT 1, NULL, NULL, sign, NULL, month, kind, CAST(sum(amount) AS bigint), CAST(sum(count) AS bigint), {{by_day}}
    FROM (SELECT r.*, {{kind}} AS kind
          FROM ({{months}}) AS r LEFT JOIN categories c ON c.tenant_id = :tenant AND c.id = r.category_id) AS r
    WHERE kind IN ('income', 'expense') GROUP BY month, kind, sign HAVING sum(count) > 0
    UNION ALL
    SELECT 2, category_id, flow, sign, current, NULL, NULL, CAST(sum(amount) AS bigint), CAST(sum(count) AS bigint),
           {{nothing}}
    FROM ({{aside}}) AS r GROUP BY category_id, flow, sign, current HAVING sum(count) > 0
"""  # noqa: S608 - the parts are constants of this program


def read_sums(session: Session, select: Select) -> Sums:
    """What a `sums_select` finds."""
    found = rows(session, *select)
    return Sums(
        [SumLine(row[1], row[2], row[3], row[4], row[7], row[8]) for row in found if row[0] == 0],
        [MonthLine(row[5], row[6], row[3], row[7], row[8], tuple(row[9:])) for row in found if row[0] == 1],
        [SumLine(row[1], row[2], row[3], row[4], row[7], row[8]) for row in found if row[0] == 2],
    )


def sums_select(
    scope: Scope,
    natives: Sequence[int],
    currency: str,
    months: Months,
    period: Period,
    previous: Period | None,
    *,
    whole: bool = True,
) -> Select:
    """The flows of the `natives` (accounts in scope that are in the report's currency), in both periods. Without
    `whole` only the `lines` of `Sums`."""
    now, before = Pieces.of(months, period), Pieces.of(months, previous or period)
    edges = [(*span, months.index(span[0]), True) for span in _by_month(months, now)]
    if previous:
        edges += [(*span, months.index(span[0]), False) for span in _by_month(months, before)]
    parameters = {
        "natives": list(natives),
        "sums": list(natives) if scope.account_ids is not None else [ALL_ACCOUNTS],
        "currency": currency,
        "categories": list(scope.category_ids or ()),
        "first": now.first,
        "end": max(now.end, now.first),
        "before": before.first if previous else now.first,
        "before_end": before.end if previous else now.first,
        **{
            f"edge_{name}": [edge[place] for edge in edges]
            for place, name in enumerate(("first", "end", "month", "current"))
        },
    }
    return Select(_sql(edges=bool(edges), categories=scope.category_ids is not None, whole=whole), parameters)


def _by_month(months: Months, pieces: Pieces) -> list[tuple[date, date]]:
    """The days of a cut period, a span for each month they are in."""
    spans = []
    for first, end in pieces.days:
        at = first
        while at < end:
            stop = min(end, months.first(months.index(at) + 1))
            spans.append((at, stop))
            at = stop
    return spans


@cache
def _sql(*, edges: bool, categories: bool, whole: bool) -> str:
    chosen = "AND r.category_id = ANY(CAST(:categories AS bigint[]))" if categories else ""
    aside = f"""{chosen} AND (r.flow = 4 OR (r.flow = 0 AND r.category_id = ANY(ARRAY(
        SELECT id FROM categories WHERE tenant_id = :tenant AND kind = 'saving'))))"""  # noqa: S608 - constants
    return (_ALL if whole else _LINES).format(
        edges=_EDGES.format(each_day=_EACH_DAY, where=chosen) if edges else "",
        kind=_KIND,
        lines=_source(_SCOPE, f"{chosen} AND r.flow IN (0, 4)", edges=edges),
        months=_source(_SCOPE, f"{chosen} AND r.flow = 0", edges=edges, now=True),
        by_day=_BY_DAY,
        aside=_source(_SAVINGS, aside, edges=edges),
        nothing=", ".join("0" for _ in _WEEKDAYS),
    )


def _source(scope: str, where: str, *, edges: bool, now: bool = False) -> str:
    """Rows of both periods without their days, or of the present one with them (`now`)."""
    days = f", {_DAYS}" if now else ""
    found = _MONTHS.format(scope=scope, days=days, where=where, months=_CURRENT if now else _BOTH)
    if edges:
        of = f"AND r.account_id = ANY({scope})" if scope == _SAVINGS else ""
        found += _OF_EDGES.format(days=days, where=f"{where} {of} {'AND r.current' if now else ''}")
    return found
