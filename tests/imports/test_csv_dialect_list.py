"""bank2ynab's list of dialects: a file is made for each of its banks, in its columns and format, and read back."""

from __future__ import annotations

import configparser
import random
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import pytest

from data.imports.csv_reader import parse
from data.imports.statement import Options

pytestmark = pytest.mark.shared
# No day among its columns; no year in its days; and `Af` (off the account) listed as money in: the entry
# "NL ING Checking 2020" of the same list has it the right way round.
LEFT_OUT = {"AT Raiffeisen VISA", "DE Kreissparkasse", "NL ING"}
HEADERS = {
    "Date": "Datum",
    "Payee": "Empfänger",
    "Memo": "Verwendungszweck",
    "CDFlag": "Typ",
    "Running Balance": "Saldo",
}
HEADERS |= {"Inflow": "Betrag", "Amount": "Betrag", "Outflow": "Betrag", "Category": "Kategorie"}


@dataclass(frozen=True)
class Layout:
    """One bank of the list. `pair`: money in and money out have columns of their own."""

    columns: list[str]
    delimiter: str
    form: str
    header_rows: int
    footer_rows: int
    flags: list[str]

    @property
    def pair(self) -> tuple[int, int] | None:
        """The columns of money out and money in; a second `Inflow` column holds negative amounts (AU ING)."""
        if self.columns.count("Inflow") == 2:
            return self.columns.index("Inflow"), self.columns.index("Inflow") + 1
        if "Inflow" in self.columns and "Outflow" in self.columns:
            return self.columns.index("Outflow"), self.columns.index("Inflow")
        return None


def layouts(shared: Path) -> dict[str, Layout]:
    config = configparser.RawConfigParser(strict=False, allow_no_value=True)
    config.read(shared / "csv/bank2ynab/bank2ynab.conf", encoding="utf-8")
    return {
        name: Layout(
            columns=[column.strip() for column in (config[name].get("Input Columns") or "").split(",")],
            delimiter=(config[name].get("Source CSV Delimiter") or ",").replace("\\t", "\t"),
            form=(config[name].get("Date Format") or "").split("#")[0].strip() or "%d/%m/%Y",
            header_rows=int(config[name].get("Header Rows") or 0),
            footer_rows=int(config[name].get("Footer Rows") or 0),
            flags=(config[name].get("Inflow or Outflow Indicator") or ",,").split(","),
        )
        for name in config.sections()
        if name not in LEFT_OUT
    }


def text_of(minor: int, layout: Layout) -> str:
    decimal = "," if layout.delimiter == ";" else "."
    return f"{'-' * (minor < 0)}{abs(minor) // 100}{decimal}{abs(minor) % 100:02d}"


def line(layout: Layout, day: date, amount: int, balance: int, rng: random.Random) -> str:
    texts = {
        "Date": day.strftime(layout.form),
        "Payee": rng.choice(["Rewe", "Shell", "Netflix", "ACME GmbH"]) + f" {rng.randint(1, 9)}",
        "Memo": f"Invoice number {rng.randint(1, 99999)}, thanks",
        "Category": rng.choice(["Food", "Car"]),
        "CDFlag": layout.flags[2] if amount < 0 else layout.flags[1],
        "Running Balance": text_of(balance, layout),
        "Inflow": text_of(abs(amount) if "CDFlag" in layout.columns else amount, layout),
        "Outflow": text_of(amount, layout),
        "Amount": text_of(amount, layout),
    }
    cells = [texts.get(column, rng.choice(["", "x1"])) for column in layout.columns]
    if layout.pair:
        out, into = layout.pair
        negative = layout.columns[out] == "Inflow"
        cells[into] = text_of(amount, layout) if amount > 0 else ""
        cells[out] = "" if amount > 0 else text_of(amount if negative else -amount, layout)
    return layout.delimiter.join(f'"{cell}"' if layout.delimiter in cell else cell for cell in cells)


def export(layout: Layout, rng: random.Random) -> tuple[str, list[tuple[date, int]]]:
    """A file as the bank writes it, and the bookings in it."""
    day, balance = date(2019, 1, 28), 10**7
    lines, bookings = [], []
    for _ in range(25):
        day += timedelta(days=rng.choice([0, 0, 1, 2, 5]))
        amount = rng.randint(100, 500_000) * (-1 if rng.random() < 0.7 else 1)
        balance += amount
        bookings.append((day, amount))
        lines.append(line(layout, day, amount, balance, rng))
    header = [HEADERS.get(name, f"Feld {at}") for at, name in enumerate(layout.columns)]
    if layout.pair:
        header[layout.pair[0]], header[layout.pair[1]] = "Belastung", "Gutschrift"
    above = [*(f"Preamble {number}" for number in range(1, layout.header_rows)), layout.delimiter.join(header)]
    below = [f"Footer {number}" for number in range(layout.footer_rows)]
    ordered = lines if rng.random() < 0.5 else lines[::-1]
    return "\n".join([*above[: layout.header_rows], *ordered, *below]), bookings


@pytest.mark.parametrize("seed", range(3))
def test_every_dialect_of_the_list_reads_back(shared: Path, seed: int):
    found = layouts(shared)
    assert len(found) > 100
    for name, layout in found.items():
        text, bookings = export(layout, random.Random(f"{name} {seed}"))
        parsed = parse(text.encode(), Options("EUR", date(2026, 11, 23)))
        entries = [entry for statement in parsed.statements for entry in statement.entries]
        assert sorted((e.booked_on, e.amount) for e in entries) == sorted(bookings), f"{name}: {parsed.mapping}"
        assert parsed.errors == [], name
