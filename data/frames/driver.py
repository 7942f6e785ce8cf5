"""SELECTs that go to the driver as they are: one by one, or many at once.

To put a statement together by SQLAlchemy, to look at its parameters and to wrap its rows takes longer than most SELECTs
of a report run; and so does it to wait for each.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache
from time import perf_counter
from typing import Any, Final, NamedTuple

from psycopg.rows import tuple_row
from sqlalchemy import Connection
from sqlalchemy import text as sql_text
from sqlalchemy.orm import Session

from data.models.base import Base
from data.timing import note

_DRIVER: Final = "driver"
"""Under which a session's `info` has the driver's connection."""
_AHEAD: Final = "ahead"
"""Under which it has the rows that were asked for ahead."""
_PLAIN: Final = frozenset({int, date, bool})
_PARAMETER: Final = re.compile(r"(?<![:\w]):([a-z]\w*)(?![\w:])")
_COMMENT: Final = re.compile(r"--.*")


class Select(NamedTuple):
    """A SELECT that names its tenant as `:tenant` itself, its other parameters, and a row factory of psycopg.

    `replan` where the plan must follow the parameters: what ran five times may get one plan for all of them.
    """

    sql: str
    parameters: Mapping[str, Any]
    made: Any = tuple_row
    replan: bool = False


def begin(session: Session, connection: Connection, first: str) -> None:
    """Begin a session's transaction with its `first` statement, both in one message."""
    driver: Any = connection.connection.driver_connection
    began = perf_counter()
    with driver.pipeline():
        driver.execute(first)
    note(first, None, perf_counter() - began)
    session.info[_DRIVER] = driver


def ahead(session: Session, selects: Iterable[Select]) -> None:
    """Run these at once, in one message to the server and one back; `rows` of the same then has the answer.

    One that is not asked for afterwards costs its time and changes nothing; one that differs is run when it is asked
    for. A command that writes must ask for the rows at once, before it writes.
    """
    session.flush()  # as before an ORM statement
    driver, began = _driver(session), perf_counter()
    asked = [(*_bound(session, each.sql, each.parameters), each) for each in selects]
    with driver.pipeline():
        cursors = [_run(driver.cursor(row_factory=each.made), text, bound, each.replan) for text, bound, each in asked]
    kept = session.info.setdefault(_AHEAD, {})
    for (text, bound, _), cursor in zip(asked, cursors, strict=True):
        kept[text, str(bound)] = cursor.fetchall()
    seconds = perf_counter() - began
    for text, bound, _ in asked:
        note(text, bound, seconds / len(asked))


def rows(
    session: Session, sql: str, parameters: Mapping[str, Any], made: Any = tuple_row, replan: bool = False
) -> list[Any]:
    """The rows of a SELECT as in `Select`. Errors of the driver are told by `data.db.readable_errors`."""
    text, bound = _bound(session, sql, parameters)
    kept = session.info.get(_AHEAD)
    if kept:
        found: list[Any] | None = kept.pop((text, str(bound)), None)
        if found is not None:
            return found
    session.flush()  # as before an ORM statement
    driver, began = _driver(session), perf_counter()
    with driver.cursor(row_factory=made) as cursor:
        found = _run(cursor, text, bound, replan).fetchall()
    note(text, bound, perf_counter() - began)
    return found


def replan_all(session: Session) -> None:
    """As `Select.replan`, for whatever is read from now on in this transaction. Lists need it: one plan for all texts
    that are looked for takes a second where each text's own takes a tenth of it."""
    session.execute(sql_text("SET LOCAL plan_cache_mode = force_custom_plan"))


def _run(cursor: Any, text: str, bound: Mapping[str, Any], replan: bool) -> Any:
    return cursor.execute(text, bound, prepare=False if replan else None)


def columns_of(model: type[Base], alias: str) -> str:
    """SQL for all columns of a table. Prepared statements name them: of `*` the answer changes with the next migration,
    which the server refuses."""
    return ", ".join(f"{alias}.{column.name}" for column in model.__table__.columns)


def _driver(session: Session) -> Any:
    if not session.in_transaction():
        session.connection()
    return session.info[_DRIVER]


def _bound(session: Session, sql: str, parameters: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """What the driver gets."""
    bound = {name: _literal(value) if type(value) is list else value for name, value in parameters.items()}
    bound["tenant"] = session.info["tenant_id"]
    return _driver_sql(sql), bound


@cache
def _driver_sql(sql: str) -> str:
    """A text with `:name` parameters as the driver takes it, made once; short, because it remembers short ones only."""
    short = " ".join(_COMMENT.sub("", sql).split()).replace("%", "%%")
    return _PARAMETER.sub(r"%(\1)s", short)


def _literal(values: list[Any]) -> Any:
    """Numbers, days, truth values and texts as PostgreSQL writes an array: the driver would look at each for quotes. It
    does where a text has any."""
    if _PLAIN.issuperset(map(type, values)):
        return "{" + ",".join(map(str, values)) + "}"
    if {str}.issuperset(map(type, values)):
        joined = '","'.join(values)
        if "\\" not in joined and joined.count('"') == 2 * len(values) - 2:
            return f'{{"{joined}"}}'
    return values
