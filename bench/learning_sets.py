"""Real, labelled lines that `bench.learning` measures with, read from the files of a data folder (not in here)."""

from __future__ import annotations

import csv
import io
import re
import tarfile
from datetime import date
from pathlib import Path
from typing import NamedTuple

import numpy as np

from data.classify.lines import Line


class Known(NamedTuple):
    """A line and what it is."""

    day: date
    line: Line
    label: str


def line_of(payee: str, purpose: str | None, amount: float) -> Line:
    """A line as an import makes it, the amount with inflow positive."""
    return Line(payee, purpose, None, None, amount > 0, len(str(round(abs(amount) * 100))))


def calderdale(data: Path, purpose: bool = False) -> list[Known]:
    """The card lines, oldest first; with `purpose`, the council's own expense type is told too."""
    found = []
    with tarfile.open(data / "categorise" / "calderdale-cards-2014-2020.tar.xz") as archive:
        for member in sorted(archive.getnames()):
            file = archive.extractfile(member) if member.endswith(".csv") else None
            if file is None:
                continue
            for row in csv.DictReader(io.StringIO(_text(file.read()))):
                if row["Merchant Category Group"]:
                    amount = -float(row["Net Amount"].replace(",", "") or 0)
                    line = line_of(row["Supplier Name"], row["Expense Type"] if purpose else None, amount)
                    found.append(
                        Known(date.fromisoformat(row["Transaction Date"]), line, row["Merchant Category Group"])
                    )
    return sorted(found, key=lambda each: each.day)


def _text(data: bytes) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def personal(data: Path) -> list[Known]:
    """A household's 806 lines of 2018 and 2019, 22 categories."""
    with (data / "personal" / "personal_transactions.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    found = []
    for row in rows:
        dd, mm, yyyy = row["Date"].split("-")
        day = date(int(yyyy), int(mm), int(dd))
        amount = float(row["Amount"]) * (1 if row["Transaction Type"] == "credit" else -1)
        found.append(Known(day, line_of(row["Description"], None, amount), row["Category"]))
    return sorted(found, key=lambda each: each.day)


def sparkov(data: Path) -> list[Known]:
    """799 generated names of merchants in 14 categories, in a fixed random order: names say next to nothing here."""
    with (data / "categorise" / "sparkov" / "merchants.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file, delimiter="|"))
    order = np.random.default_rng(7).permutation(len(rows))
    day = date(2020, 1, 1)
    return [Known(day, line_of(rows[each]["merchant_name"], None, -10.0), rows[each]["category"]) for each in order]


_HEAD = re.compile(r'^(\d{4}-\d\d-\d\d) \S+ "([^"]*)"(?: "([^"]*)")?')
_LEG = re.compile(r"^\s+(\S+)(?:\s+(-?[\d.]+))?")


def beancount(path: Path) -> tuple[list[Known], list[Known]]:
    """(training lines, lines to tell) of a smart_importer example; what those are is the same payee's in training."""
    parts: dict[str, list[tuple[str, str, str | None, float, str]]] = {"INPUT": [], "TRAINING": []}
    part, head, amount = "INPUT", None, 0.0
    for text in path.read_text(encoding="utf-8").splitlines():
        if text.startswith("# "):
            part = text[2:].split()[0]
        if found := _HEAD.match(text):
            head, amount = found, 0.0
        elif head and (leg := _LEG.match(text)) and part in parts:
            if leg[2]:
                amount = float(leg[2])
            if not leg[1].startswith("Assets") or part == "INPUT":
                parts[part].append((head[1], head[2], head[3], amount, leg[1]))
    known = [Known(date.fromisoformat(d), line_of(p, n, a), label) for d, p, n, a, label in parts["TRAINING"]]
    of_payee = {each.line.payee: each.label for each in known}
    told = [
        Known(date.fromisoformat(d), line_of(p, n, a), of_payee[p]) for d, p, n, a, _ in parts["INPUT"] if p in of_payee
    ]
    return known, told
