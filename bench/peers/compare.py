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

from bench.many_books import Seat, make_many
from bench.peers.asking import Ours, ledger, timed, wait
from bench.peers.journal import Line, write_beancount, write_hledger
from bench.support import free_port, installation, server

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
        booked = ledger(made)
        ours, (start, end) = _ours(Ours(running, seats[0]))
        hledger = _hledger(made.folder / "bench.journal", booked, start, end)
        with _fava(fava, made.folder / "bench.beancount", booked, start, end) as beancount:
            programs = {"this product": ours, "Fava": beancount, "hledger": hledger}
            found = {name: each.ask() for name, each in programs.items()}
            if len(set(found.values())) != 1:
                raise RuntimeError(f"they do not agree: {found}")
            for name, each in programs.items():
                again, written = _times(each)
                print(f"| {size:,} | {name} | {again:,.1f} | {written:,.0f} |", flush=True)


def _times(program: Asked) -> tuple[float, float]:
    again = [timed(program.ask) for _ in range(ROUNDS)]
    written = []
    for _ in range(ROUNDS):
        program.book()
        written.append(timed(program.ask))
    return median(again), median(written)


def _ours(ours: Ours) -> tuple[Asked, tuple[date, date]]:
    path = "/financial/dashboard?period=last_12_months"

    def ask() -> Totals:
        summary = ours.get(path)["data"]["summary"]
        return Decimal(summary["income"]), Decimal(summary["expenses"])

    period = ours.get(path)["period"]
    return Asked(ask, ours.book), (date.fromisoformat(period["from"]), date.fromisoformat(period["to"]))


def _hledger(path: Path, booked: list[Line], start: date, end: date) -> Asked:
    write_hledger(path, booked)
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
def _fava(program: Path, path: Path, booked: list[Line], start: date, end: date) -> Iterator[Asked]:
    write_beancount(path, booked)
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
        wait(ask)
        yield Asked(ask, lambda: _append(path, '2020-01-01 * "One more" ""'))
    finally:
        process.terminate()
        process.wait()


def _append(path: Path, head: str) -> None:
    with path.open("a", encoding="utf-8") as file:
        file.write(f"{head}\n    Assets:A1  -1.00 EUR\n    Expenses:Uncategorised  1.00 EUR\n\n")


if __name__ == "__main__":
    main()
