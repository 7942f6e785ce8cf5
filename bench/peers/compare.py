"""Income and expenses by month and category of the last 12 months, asked of our server, Fava and hledger.

    .venv/bin/python -m bench.peers.compare --fava .venv/bench-peers/bin/fava --sizes 10000 100000

Each is asked again and again (*again*), and each time after one more transaction was booked (*after a write*). Ours
answers the whole dashboard, which holds these figures. All three must find the same totals. Prints a table.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import shutil
import subprocess
import time
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from statistics import median
from typing import Any, Final

import psycopg

from bench.many_books import Seat, make_many
from bench.peers.journal import Line, lines, write_beancount, write_hledger
from bench.support import Server, free_port, installation, server
from bench.trouble import plain_url

ROUNDS: Final = 5
Totals = tuple[Decimal, Decimal]
"""Income and expenses of the period."""


@dataclass(frozen=True)
class Asked:
    """How to ask a program, how to book one more, and what it said first."""

    ask: Callable[[], Totals]
    book: Callable[[], object]


def main() -> None:
    """Compare at each size."""
    parser = argparse.ArgumentParser(prog="python -m bench.peers.compare")
    parser.add_argument("--fava", type=Path, required=True)
    parser.add_argument("--sizes", type=int, nargs="*", default=[10_000, 100_000])
    given = parser.parse_args()
    print("| Transactions | Program | again, ms | after a write, ms |\n|---|---|---|---|")
    for size in given.sizes:
        compare(size, given.fava)


def compare(size: int, fava: Path) -> None:
    """All programs on one ledger; an error when they do not agree."""
    seats: list[Seat] = []
    with installation(lambda new: seats.extend(make_many(new, 1, size))) as made, server(made) as running:
        with psycopg.connect(plain_url(made.url)) as connection:
            row = connection.execute("SELECT id FROM tenants WHERE key = 'user_1000'").fetchone()
            ledger = lines(connection, row[0] if row else 0)
        ours, (start, end) = _ours(running, seats[0])
        hledger = _hledger(made.folder / "bench.journal", ledger, start, end)
        with _fava(fava, made.folder / "bench.beancount", ledger, start, end) as beancount:
            programs = {"this product": ours, "Fava": beancount, "hledger": hledger}
            found = {name: each.ask() for name, each in programs.items()}
            if len(set(found.values())) != 1:
                raise RuntimeError(f"they do not agree: {found}")
            for name, each in programs.items():
                again, written = _times(each)
                print(f"| {size:,} | {name} | {again:,.1f} | {written:,.0f} |", flush=True)


def _times(program: Asked) -> tuple[float, float]:
    again = [_timed(program.ask) for _ in range(ROUNDS)]
    written = []
    for _ in range(ROUNDS):
        program.book()
        written.append(_timed(program.ask))
    return median(again), median(written)


def _timed(run: Callable[[], object]) -> float:
    began = time.perf_counter()
    run()
    return (time.perf_counter() - began) * 1000


def _ours(running: Server, seat: Seat) -> tuple[Asked, tuple[date, date]]:
    bearer = {"Authorization": f"Bearer {seat.token}"}

    def answer() -> Any:
        return json.loads(running.call("GET", "/financial/dashboard?period=last_12_months", headers=bearer)[2])

    def ask() -> Totals:
        summary = answer()["data"]["summary"]
        return Decimal(summary["income"]), Decimal(summary["expenses"])

    def book() -> None:
        entry = {"account_id": str(seat.account), "booked_on": "2020-01-01", "amount": "-1.00", "payee": "One more"}
        status, _, body = running.call("POST", "/financial/transactions", entry, bearer)
        if status != 201:
            raise RuntimeError(body)

    period = answer()["period"]
    return Asked(ask, book), (date.fromisoformat(period["from"]), date.fromisoformat(period["to"]))


def _hledger(path: Path, ledger: list[Line], start: date, end: date) -> Asked:
    write_hledger(path, ledger)
    program = shutil.which("hledger") or "hledger"
    command = [program, "-f", str(path), "balance", "^(Income|Expenses):", "--monthly", "-b", str(start)]
    command += ["-e", str(date.fromordinal(end.toordinal() + 1)), "-O", "csv", "--layout", "bare", "--no-total"]

    def ask() -> Totals:
        text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        sums = {"Income": Decimal(0), "Expenses": Decimal(0)}
        for name, _, *months in list(csv.reader(io.StringIO(text)))[1:]:
            sums[name.partition(":")[0]] += sum(map(Decimal, months))
        return -sums["Income"], sums["Expenses"]

    return Asked(ask, lambda: _append(path, "2020-01-01 One more"))


@contextmanager
def _fava(program: Path, path: Path, ledger: list[Line], start: date, end: date) -> Iterator[Asked]:
    write_beancount(path, ledger)
    question = (
        "SELECT year, month, account, sum(number) WHERE account ~ '^(Income|Expenses):'"
        f" AND date >= {start} AND date <= {end} GROUP BY year, month, account"
    )
    port = free_port()
    address = f"http://127.0.0.1:{port}/bench/api/query?{urllib.parse.urlencode({'query_string': question})}"

    def ask() -> Totals:
        with urllib.request.urlopen(address, timeout=120) as answer:
            rows: list[Any] = json.load(answer)["data"]["rows"]
        sums = {"Income": Decimal(0), "Expenses": Decimal(0)}
        for _, _, name, amount in rows:
            sums[name.partition(":")[0]] += Decimal(str(amount))
        return -sums["Income"], sums["Expenses"]

    process = subprocess.Popen(
        [program, "--port", str(port), str(path)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        _wait(ask)
        yield Asked(ask, lambda: _append(path, '2020-01-01 * "One more" ""'))
    finally:
        process.terminate()
        process.wait()


def _wait(ask: Callable[[], object]) -> None:
    deadline = time.monotonic() + 120
    while True:
        try:
            ask()
            return
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)


def _append(path: Path, head: str) -> None:
    with path.open("a", encoding="utf-8") as file:
        file.write(f"{head}\n    Assets:A1  -1.00 EUR\n    Expenses:Uncategorised  1.00 EUR\n\n")


if __name__ == "__main__":
    main()
