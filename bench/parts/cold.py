"""What a dashboard costs that nobody asked for before, by size of the ledger; and what 1,000 new transactions cost.

The questions and how they are asked: `bench.cold`; the ledgers: `bench.cold_books` (payees have their category and
account). All sizes and their bare SQL take turns.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any, Final

import psycopg

from bench.cold import posting, questions, recorded, replay, timed
from bench.cold_books import LAST_DAY, Books, make
from bench.harness.figures import Bar, Figure, Findings, against, in_turns, plain
from bench.harness.options import Options
from bench.support import Installation, installation
from bench.trouble import plain_url
from core.query import Query
from data.context import Actor, TenantContext
from data.db import WEB_ROLE, Database
from data.reports.dashboard import dashboard_report

TITLE = "answers that nobody asked for before"
ROUNDS: Final = 9
POSTS: Final = 3
_SCANS: Final = frozenset({"all", "cut", "last_30_days", "tag"})
"""Payees over cut months, and what bears a tag, may read single lines. `all` cuts the month of the first day."""


@dataclass(frozen=True, slots=True)
class _Ledger:
    """Books of one size, and a connection of the driver alone."""

    size: int
    books: Books
    context: TenantContext
    bare: psycopg.Connection[Any]


def run(options: Options) -> Findings:
    """All questions to all sizes, then the posts."""
    found = Findings()
    gc.collect()
    gc.freeze()  # what was loaded, as the server does (deploy/gunicorn.conf.py)
    made_books: dict[int, Books] = {}
    with installation(lambda new: made_books.update(_make(new, options.sizes))) as made, ExitStack() as stack:
        database = made.database()
        stack.callback(database.dispose)
        ledgers = [_ledger(stack, database, made, size, books) for size, books in made_books.items()]
        for name in questions(ledgers[0].books):
            with ExitStack() as bare:  # connections of its own: one plan for all may serve what another question asked
                rates = in_turns(_runs(database, ledgers, name, lambda: _bare(bare, made)), ROUNDS)
            found.figures += _question(name, options.sizes, rates)
            medians = {figure.name: figure.measured.median for figure in found.figures}
            found.series[name] = [(size, medians[_named(name, size)]) for size in options.sizes]
        found.figures += [_posted(each) for each in ledgers]
    found.notes.append(f"{ROUNDS} rounds of all sizes. An answer is the report and its JSON, in one process.")
    return found


def _make(made: Installation, sizes: list[int]) -> dict[int, Books]:
    database = made.database()
    found = {size: make(database, made.url, f"user_{size}", size, "real") for size in sizes}
    database.dispose()
    return found


def _ledger(stack: ExitStack, database: Database, made: Installation, size: int, books: Books) -> _Ledger:
    context = TenantContext(database.tenant(books.tenant.id), books.tenant, Actor("bench"), LAST_DAY)
    return _Ledger(size, books, context, _bare(stack, made))


def _bare(stack: ExitStack, made: Installation) -> psycopg.Connection[Any]:
    bare = stack.enter_context(psycopg.connect(plain_url(made.url)))
    bare.execute(f"SET ROLE {WEB_ROLE}")
    bare.commit()
    return bare


def _runs(
    database: Database, ledgers: list[_Ledger], name: str, connected: Callable[[], psycopg.Connection[Any]]
) -> dict[str, Callable[[], float]]:
    found: dict[str, Callable[[], float]] = {}
    for each in ledgers:
        query = questions(each.books)[name]
        statements = recorded(database, each.context, query)
        found[f"answer {each.size}"] = _answering(each.context, query)
        found[f"sql {each.size}"] = _replaying(connected(), statements)
    return found


def _answering(context: TenantContext, query: Query) -> Callable[[], float]:
    return lambda: timed(lambda: dashboard_report(context, query).model_dump_json())


def _replaying(bare: psycopg.Connection[Any], statements: list[tuple[str, Any]]) -> Callable[[], float]:
    return lambda: timed(lambda: replay(bare, statements))


def _named(name: str, size: int) -> str:
    return f"{name}, {size:,} transactions"


def _question(name: str, sizes: list[int], rates: Mapping[str, list[float]]) -> list[Figure]:
    smallest, largest = sizes[0], sizes[-1]
    found = []
    for size in sizes:
        bar = Bar("<=", 400 if name in _SCANS else 25) if size == largest else None
        found.append(plain(_named(name, size), "ms", rates[f"answer {size}"], bar))
    answers, sql = rates[f"answer {largest}"], rates[f"sql {largest}"]
    found.append(against(f"{name}, answer to its SQL", "ms", answers, ("SQL alone", sql), Bar("<=", 2.5)))
    if largest != smallest:
        floor = (f"at {smallest:,}", rates[f"answer {smallest}"])
        bar = None if name in _SCANS else Bar("<=", 2)
        found.append(against(f"{name}, {largest:,} to {smallest:,}", "ms", answers, floor, bar))
    return found


def _posted(ledger: _Ledger) -> Figure:
    posts = [posting(ledger.context, ledger.bare, ledger.books) for _ in range(POSTS)]
    commands, inserts = ([each[name] for each in posts] for name in ("command_ms", "insert_ms"))
    name = f"posting 1,000 into {ledger.size:,}"
    return against(name, "ms", commands, ("bare INSERT", inserts), Bar("<=", 2.5))
