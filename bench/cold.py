"""What a dashboard costs that nobody asked for before, at 10 thousand, 100 thousand and a million transactions.

    .venv/bin/python -m bench.cold [sizes ...]

For each size and question: the report with its JSON in the server's own process (`server_ms`), its SQL alone, the same
statements with the same parameters by psycopg on one connection (`sql_ms`), their ratio, and the ratio to the smallest
size. Then 1,000 posted transactions beside the bare multi-row INSERT of as many. Medians; prints JSON.
"""

from __future__ import annotations

import json
import random
import sys
import time
from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import psycopg

from bench.cold_books import LAST_DAY, TAG, Books, Shape, make
from core.period import PeriodQuery
from core.query import Query
from data import schema
from data.commands.transactions import post_transactions
from data.context import Actor, TenantContext
from data.db import WEB_ROLE, Database
from data.embedded import Embedded
from data.reports.dashboard import dashboard_report
from data.schemas.ledger import TransactionIn
from data.timing import recording
from web.json import dumps

SIZES = (10_000, 100_000, 1_000_000)
ROUNDS = 15
POSTED = 1_000
_BARE = 2**40
"""The version of rows that are inserted bare: the ledger's own never reach it."""


def main(sizes: tuple[int, ...] = SIZES, shapes: tuple[Shape, ...] = ("real", "random")) -> dict[str, Any]:
    """Measure, print, and answer the figures."""
    report: dict[str, Any] = {}
    with TemporaryDirectory(prefix="bench-", dir=".") as folder, Embedded(Path(folder) / "postgres") as running:
        schema.upgrade(running.url)
        database = Database(running.url, pool_size=2)
        for shape in shapes:
            for size in sizes:
                books = make(database, running.url, f"user_{shape}{size}", size, shape)
                report[f"{shape} {size}"] = measure(database, running.url, books)
            for size in sizes:
                compare(report[f"{shape} {sizes[0]}"], report[f"{shape} {size}"])
        database.dispose()
    print(json.dumps(report, indent=2))
    return report


def questions(books: Books) -> dict[str, Query]:
    """What is asked."""
    return {
        "default": Query(),
        "account": Query(account_ids=(books.accounts[0],)),
        "category": Query(category_ids=(books.categories[30],)),
        "last_month": Query(period=PeriodQuery("last_month")),
        "last_30_days": Query(period=PeriodQuery("last_30_days")),
        "all": Query(period=PeriodQuery("all")),
        "tag": Query(tags=(TAG,)),
        "cut": Query(period=PeriodQuery(None, date(2025, 3, 5), date(2026, 2, 11))),
    }


def measure(database: Database, url: str, books: Books, rounds: int = ROUNDS) -> dict[str, Any]:
    """All questions to one tenant, and a post."""
    context = TenantContext(database.tenant(books.tenant.id), books.tenant, Actor("bench"), LAST_DAY)
    found: dict[str, Any] = {}
    with psycopg.connect(url.replace("+psycopg", "")) as bare:
        bare.execute(f"SET ROLE {WEB_ROLE}")
        bare.commit()
        for name, query in questions(books).items():
            statements = recorded(database, context, query)
            # One after the other, so that what else the machine does strikes both alike.
            server, alone = [], []
            for _ in range(rounds):
                server.append(timed(partial(_answer, context, query)))
                alone.append(timed(partial(replay, bare, statements)))
            ratio = round(median(server) / median(alone), 2)
            found[name] = {"server_ms": median(server), "sql_ms": median(alone), "ratio": ratio}
            found[name]["best_ms"] = min(server)
            found[name]["statements"] = len(statements)
        found["post"] = posting(context, bare, books)
    return found


def _answer(context: TenantContext, query: Query) -> bytes:
    return dumps(dashboard_report(context, query))


def compare(smallest: dict[str, Any], report: dict[str, Any]) -> None:
    """Add how much more each question costs than at the smallest size."""
    for name, figures in report.items():
        if "server_ms" in figures:
            figures["to_smallest"] = round(figures["server_ms"] / smallest[name]["server_ms"], 2)


def timed(run: Callable[[], Any]) -> float:
    """Milliseconds."""
    began = time.perf_counter()
    run()
    return round((time.perf_counter() - began) * 1000, 2)


def recorded(_database: Database, context: TenantContext, query: Query) -> list[tuple[str, Any]]:
    """The statements of a report with their parameters, as the driver gets them."""
    with recording() as ran:
        dashboard_report(context, query)
    return list(zip(ran.texts, ran.parameters, strict=True))


def replay(connection: psycopg.Connection[Any], statements: list[tuple[str, Any]]) -> None:
    """The same statements by the driver alone, all rows read."""
    with connection.transaction():
        for statement, parameters in statements:
            cursor = connection.execute(statement, parameters or None)
            if cursor.description:
                cursor.fetchall()


def posting(context: TenantContext, bare: psycopg.Connection[Any], books: Books) -> dict[str, float]:
    """1,000 transactions of the last month by the command, and as many by a bare INSERT; each three times. Others of
    the same kind: for the same ones the command would have brought the pages of the indexes that they go to."""
    chance = random.Random(7)
    command, insert = [], []
    for _ in range(3):
        command.append(timed(partial(post_transactions, context, _drawn(books, chance))))
        insert.append(timed(partial(_insert, bare, context.tenant.id, _drawn(books, chance), chance)))
        _take_back(bare, context.tenant.id)
    ratio = round(median(command) / median(insert), 2)
    return {"command_ms": median(command), "insert_ms": median(insert), "ratio": ratio}


def _drawn(books: Books, chance: random.Random) -> list[TransactionIn]:
    return [
        TransactionIn(
            account_id=str(chance.choice(books.accounts)),
            booked_on=LAST_DAY - timedelta(days=chance.randrange(30)),
            amount=f"-{chance.randrange(1, 99_999) / 100:.2f}",
            payee=f"Payee {chance.randrange(5_000)}",
            category_id=str(chance.choice(books.categories[10:])),
        )
        for _ in range(POSTED)
    ]


def _insert(connection: psycopg.Connection[Any], tenant: int, new: list[TransactionIn], chance: random.Random) -> None:
    """The same rows in one INSERT by the driver, committed like the command's; what all rows share is in its text."""
    row = f"(%s, %s, 'normal', %s, %s, %s, %s, 'person', false, false, false, 0, %s, 1, {_BARE}, {_BARE})"
    values = [
        value
        for each in new
        for value in (
            tenant, int(each.account_id), each.booked_on, round(float(each.amount) * 100), each.payee,
            int(each.category_id or 0), chance.randbytes(16),
        )
    ]  # fmt: skip
    with connection.transaction():
        connection.execute(f"SET LOCAL app.tenant_id = {tenant}")
        connection.execute(
            "INSERT INTO transactions (tenant_id, account_id, type, booked_on, amount, payee, category_id,"
            " category_source, pending, cleared, is_split, flow, fingerprint, occurrence, created_version,"
            f" updated_version) VALUES {', '.join([row] * len(new))}",
            values,
        )


def _take_back(connection: psycopg.Connection[Any], tenant: int) -> None:
    """Remove what was inserted bare: no rollup knows it."""
    with connection.transaction():
        connection.execute(f"SET LOCAL app.tenant_id = {tenant}")
        connection.execute("DELETE FROM transactions WHERE tenant_id = %s AND updated_version = %s", (tenant, _BARE))


if __name__ == "__main__":
    main(tuple(map(int, sys.argv[1:])) or SIZES)
