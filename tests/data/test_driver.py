"""SELECTs that go to the driver as they are: how they are written, asked for ahead, and kept prepared."""

from __future__ import annotations

import psycopg
import pytest

from core.errors import AppError, Invalid, Unavailable
from core.query import Query
from data.context import TenantContext
from data.frames.driver import Select, ahead, rows
from data.reports.dashboard import dashboard_report
from data.timing import recording
from tests.ledger_books import Books

PREPARED = "SELECT count(*) FROM pg_prepared_statements"


def test_a_text_may_hold_casts_classes_and_percents(context: TenantContext) -> None:
    sql = "SELECT CAST(:word AS text), 7::int % 4, 'a1' ~ '[[:alnum:]]+', CAST(:days AS date[]) -- :not that, 100 %"
    with context.db.reading() as session:
        assert rows(session, sql, {"word": "50 %", "days": []}) == [("50 %", 3, True, [])]


def test_what_was_asked_for_ahead_is_not_asked_for_again(context: TenantContext) -> None:
    one, other = Select("SELECT CAST(:n AS integer)", {"n": 1}), Select("SELECT :tenant + :n", {"n": 2})
    with context.db.reading() as session, recording() as ran:
        ahead(session, (one, other))
        assert rows(session, *one) == [(1,)]
        assert rows(session, one.sql, {"n": 3}) == [(3,)]
        assert rows(session, *other) == [(context.tenant.id + 2,)]
        assert rows(session, *one) == [(1,)]
    assert [text for text in ran.texts if "SET LOCAL" not in text] == [
        "SELECT CAST(%(n)s AS integer)",
        "SELECT %(tenant)s + %(n)s",
        "SELECT CAST(%(n)s AS integer)",
        "SELECT CAST(%(n)s AS integer)",
    ]


def test_an_error_ahead_is_told_as_any_other_and_leaves_the_connection_usable(context: TenantContext) -> None:
    """Of an error of the server, of one of the driver, and of a sum that is too large."""
    for sql, expected in (
        ("SELECT sum(n)::bigint FROM (VALUES (9223372036854775807), (1)) AS v(n)", Invalid),
        ("SELECT 1 FROM nowhere", Unavailable),
        ("SELECT 1 / 0", psycopg.errors.DivisionByZero),
    ):
        with pytest.raises((AppError, psycopg.Error)) as raised, context.db.reading() as session:
            ahead(session, (Select("SELECT 1", {}), Select(sql, {})))
        assert isinstance(raised.value, expected)
        with context.db.reading() as session:
            assert rows(session, "SELECT 1", {}) == [(1,)]


def test_a_report_finds_its_statements_prepared(context: TenantContext) -> None:
    """The fifth time a statement runs it is prepared, and stays so though each report is a transaction of its own."""
    Books(context).book(Books(context).account("Giro"), "2026-06-10", "-20.00", payee="Shop")
    for _ in range(6):
        dashboard_report(context, Query())
    with context.db.reading() as session:
        ((number,),) = rows(session, PREPARED, {})
    assert number > 10


def test_texts_of_a_list_come_as_they_are(context: TenantContext) -> None:
    plain = ["", "NULL", "a,b", "{x}", " blank ", "Ümlaut 'x'"]
    for texts in (plain, [*plain, 'say "no"'], [*plain, "back\\slash"], ['","'], []):
        with context.db.reading() as session:
            assert rows(session, "SELECT CAST(:texts AS text[])", {"texts": texts}) == [(texts,)]


def test_what_is_read_under_a_tag_is_planned_each_time(context: TenantContext) -> None:
    """One plan for all tags and periods takes many times as long on a large ledger."""
    books = Books(context)
    books.book(books.account("Giro"), "2026-06-10", "-20.00", payee="Shop", tags=["trip"])
    for _ in range(12):
        dashboard_report(context, Query(tags=("trip",)))
    plans = "SELECT sum(generic_plans)::int, sum(custom_plans)::int > 0 FROM pg_prepared_statements"
    plans += " WHERE statement ~ 'taggings'"
    with context.db.reading() as session:
        assert rows(session, plans, {}) == [(0, True)]


def test_the_largest_are_planned_each_time(context: TenantContext) -> None:
    """By one plan for all periods they are looked for day by day, through ten years where it is so."""
    Books(context).book(Books(context).account("Giro"), "2026-06-10", "-20.00", payee="Shop")
    for _ in range(6):
        dashboard_report(context, Query())
    with context.db.reading() as session:
        kept = rows(session, "SELECT statement FROM pg_prepared_statements", {})
    assert not [statement for (statement,) in kept if "AS sign" in statement]
    assert len(kept) > 10
