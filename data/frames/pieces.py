"""A period cut into whole months, which the monthly sums have, and the days at its edges, which the daily ones have."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any, Final

from sqlalchemy import Dialect, text
from sqlalchemy.orm import Session

from core.period import Months, Period

_PLAIN: Final = frozenset({int, date, bool})


@dataclass(frozen=True, slots=True)
class Pieces:
    """Months `first` <= index < `end` (none when equal), and spans of days (first, end) outside of them."""

    first: int
    end: int
    days: tuple[tuple[date, date], ...]

    @classmethod
    def of(cls, months: Months, period: Period) -> Pieces:
        """The pieces of a period."""
        first, last = months.index(period.start), months.index(period.last)
        first += months.first(first) != period.start
        end = last + (months.last(last) == period.last)
        if first >= end:
            return cls(first, first, ((period.start, period.end),))
        edges = ((period.start, months.first(first)), (months.first(end), period.end))
        return cls(first, end, tuple(edge for edge in edges if edge[0] < edge[1]))


@cache
def _driver_sql(sql: str, dialect: Dialect) -> str:
    """A text with `:name` parameters as the driver takes it, made once."""
    return str(text(sql).compile(dialect=dialect))


def rows(session: Session, sql: str, parameters: Mapping[str, Any]) -> list[Any]:
    """Run a SELECT that names its tenant as `:tenant` itself; all rows.

    SQL that is ready for the driver spares the time in which a statement is put together and its parameters are looked
    at, more than such a SELECT takes to run.
    """
    bound = {name: _literal(value) if isinstance(value, list) else value for name, value in parameters.items()}
    bound["tenant"] = session.info["tenant_id"]
    session.flush()  # as before an ORM statement
    connection = session.connection()
    return list(connection.exec_driver_sql(_driver_sql(sql, connection.dialect), bound).all())


def _literal(values: list[Any]) -> Any:
    """Numbers, days and truth values as PostgreSQL writes an array: the driver would look at each for quotes."""
    if all(type(value) in _PLAIN for value in values):
        return "{" + ",".join(map(str, values)) + "}"
    return values
