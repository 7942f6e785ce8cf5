"""Beancount and hledger: where they are, and the figures that they make of a journal."""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
import subprocess
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
BEANCOUNT = Path(os.environ.get("PEERS_PYTHON") or ROOT / ".venv/peers/bin/python")
SCRIPT = Path(__file__).with_name("ask_beancount.py")
FLOWS, STOCKS = "^(Income|Expenses):", "^(Assets|Liabilities):"
Flows = dict[tuple[str, str], Decimal]
"""(month, account) -> the sum of its postings in the base currency, without zeros."""
Worth = dict[str, Decimal]
"""Month -> net worth on its last day."""


def need_programs() -> None:
    """Without the programs the tests are skipped, but not in CI."""
    if not BEANCOUNT.is_file() or shutil.which("hledger") is None:
        give_up = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
        give_up("Beancount or hledger is not installed: see deploy/peers.sh")


def last_day(month: str) -> date:
    year, number = map(int, month.split("-"))
    return date(year, number, monthrange(year, number)[1])


@dataclass(frozen=True)
class Beancount:
    journal: Path
    currency: str

    def ask(self, *queries: str) -> dict[str, Any]:
        done = subprocess.run(
            [BEANCOUNT, SCRIPT, self.journal], input=json.dumps(queries), capture_output=True, text=True, check=True
        )
        answer: dict[str, Any] = json.loads(done.stdout)
        return answer

    def errors(self) -> list[str]:
        """What is wrong with the journal, an assertion that does not hold for one."""
        return list(self.ask()["errors"])

    def figures(self, months: list[str]) -> tuple[list[str], Flows, Worth]:
        """Errors, and by month: flows at the price of their day, balances at that of the month's last."""
        flows = (
            f"SELECT year, month, account, sum(convert(position, '{self.currency}', date)) AS worth "
            f"WHERE account ~ '{FLOWS}' GROUP BY year, month, account"
        )
        worth = [
            f"SELECT sum(convert(position, '{self.currency}', {day})) AS worth "
            f"WHERE account ~ '{STOCKS}' AND date <= {day}"
            for day in map(last_day, months)
        ]
        answer = self.ask(flows, *worth)
        first, *rest = answer["answers"]
        found = {(f"{year}-{month:0>2}", name): self.number(value) for year, month, name, value in first}
        by_month = {month: self.number(rows[0][0]) for month, rows in zip(months, rest, strict=True)}
        return answer["errors"], {key: value for key, value in found.items() if value}, by_month

    def number(self, inventory: str) -> Decimal:
        """`(12.30 EUR)` as Beancount prints what an account holds; nothing is `()`."""
        found = inventory.strip("()").split()
        assert found[1:] in ([self.currency], []), inventory
        return Decimal(found[0]) if found else Decimal(0)


@dataclass(frozen=True)
class Hledger:
    journal: Path
    currency: str

    def rows(self, *words: str) -> Iterator[dict[str, str]]:
        """A balance report's rows by account."""
        command = ["hledger", "-f", str(self.journal), "balance", "--flat", "-O", "csv", *words]
        done = subprocess.run(command, capture_output=True, text=True, check=True, env={**os.environ, **ENGLISH})
        head, *rows = csv.reader(io.StringIO(done.stdout))
        yield from (dict(zip(head, row, strict=True)) for row in rows)

    def balances(self, first: date, end: date) -> dict[tuple[str, str], Decimal]:
        """(account, day) -> its balance in its own currency at the day's end, from `first` to before `end`."""
        found = self.rows("--daily", "--historical", "-b", str(first), "-e", str(end), "--empty", STOCKS)
        return {
            (row["account"], day): number(value)
            for row in found
            if row["account"] != "total"
            for day, value in row.items()
            if day != "account"
        }

    def figures(self, months: list[str]) -> tuple[Flows, Worth]:
        """By month; flows at the price of their day, balances at that of the month's last."""
        span = ("--monthly", "-b", f"{months[0]}-01", "-e", str(date.fromordinal(last_day(months[-1]).toordinal() + 1)))
        flows = self.rows(*span, f"--value=then,{self.currency}", FLOWS)
        found = {
            (month, row["account"]): value
            for row in flows
            if row["account"] != "total"
            for month, shown in row.items()
            if month != "account" and (value := number(shown, self.currency))
        }
        *_, total = self.rows(*span, "--historical", f"--value=end,{self.currency}", STOCKS)
        return found, {month: number(v, self.currency) for month, v in total.items() if month != "account"}

    def budgets(self, accounts: list[str], first: date, end: date) -> dict[tuple[str, str], tuple[Decimal, Decimal]]:
        """(account, month) -> what was spent and the goal."""
        value, span = f"--value=then,{self.currency}", ("-b", str(first), "-e", str(end))
        command = ["hledger", "-f", str(self.journal), "balance", "--budget", "--monthly", "-O", "csv", value, *span]
        done = subprocess.run([*command, "^Expenses:"], capture_output=True, text=True, check=True)
        head, *rows = csv.reader(io.StringIO(done.stdout))
        return {
            (row[0], head[n]): (number(row[n], self.currency), number(row[n + 1], self.currency))
            for row in rows
            if row[0] in accounts
            for n in range(1, len(head), 2)
        }


ENGLISH = {"LC_ALL": "C.UTF-8"}


def number(shown: str, currency: str | None = None) -> Decimal:
    """`12.30 EUR` as hledger prints an amount; nothing is `0`."""
    amount, _, unit = shown.partition(" ")
    assert "," not in shown, shown
    assert not unit or currency in (None, unit), shown
    return Decimal(amount or 0)
