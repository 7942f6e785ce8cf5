"""The stored exchange rates that conversions on some days may need: the tenant's own and the global ones."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from sqlalchemy import Date, String, any_, cast, literal, select, union_all
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from core.rates import LOOK_BACK_DAYS, RateRow
from data.frames.base import unnest
from data.models.rates import ExchangeRate, TenantRate

_LOOK_BACK = timedelta(days=LOOK_BACK_DAYS)


def rate_rows(session: Session, currencies: Iterable[str], days: Iterable[date]) -> list[RateRow]:
    """All rates between these currencies that hold on these days. One statement however many of either."""
    spans = runs(days, _LOOK_BACK)
    if not spans:
        return []
    wanted = cast(literal(sorted(set(currencies)), ARRAY(String)), ARRAY(String))
    span = unnest("span", {"first": Date, "last": Date}, spans)
    arms = [
        select(literal(own), table.base, table.quote, table.day, table.rate)
        .join(span, table.day.between(span.c.first, span.c.last))
        .where(table.base == any_(wanted), table.quote == any_(wanted))
        for own, table in ((True, TenantRate), (False, ExchangeRate))
    ]
    return [(row[0], row[1], row[2], row[3], row[4]) for row in session.execute(union_all(*arms))]


def runs(days: Iterable[date], before: timedelta) -> list[tuple[date, date]]:
    """Each of `days` with as many days `before` it, as (first, last) of runs without a gap, in order."""
    spans: list[tuple[date, date]] = []
    for day in sorted(set(days)):
        first = day - before
        if spans and first <= spans[-1][1]:
            spans[-1] = (spans[-1][0], day)
        else:
            spans.append((first, day))
    return spans
