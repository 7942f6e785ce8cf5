"""Payments that public bodies publish: months of the real registers, against sums of their own and published ones."""

from __future__ import annotations

import csv
import io
import json
import lzma
import re
import tarfile
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from data.imports.csv_reader import parse
from data.imports.statement import Entry, Options, ParsedFile

pytestmark = pytest.mark.shared
OPTIONS = Options("GBP", date(2026, 11, 23))


def members(archive: Path, wanted: str) -> Iterator[tuple[str, bytes]]:
    with tarfile.open(archive) as files:
        for member in files:
            content = files.extractfile(member) if re.search(wanted, member.name) else None
            if content:
                yield member.name, content.read()


def entries(parsed: ParsedFile) -> list[Entry]:
    return [entry for statement in parsed.statements for entry in statement.entries]


def by_the_rule(data: bytes) -> tuple[int, Decimal]:
    """(lines, sum) by the rule that reproduces the published sums: an ISO day and a numeric amount, else dropped."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("latin-1")
    amounts = []
    for row in csv.DictReader(io.StringIO(text)):
        amount = (row["Amount"] or "").strip()
        if re.fullmatch(r"\d{4}-\d\d-\d\d", (row["Payment Date"] or "").strip()) and re.fullmatch(
            r"-?\d+(\.\d+)?", amount
        ):
            amounts.append(Decimal(amount))
    return len(amounts), sum(amounts, Decimal(0))


@pytest.mark.parametrize(
    ("body", "months"),
    [
        ("manchester", r"/(2016-04|2020-04)\.csv$"),
        ("calderdale", r"/(2014-12-card|2018-04)\.csv$"),
        ("harrogate", r"/(2016-09|2022-01-Harrogate-Borough-Council)\.csv$"),
        ("networkrail", r"/(2017-01|2020-12)\.csv$"),
    ],
)
def test_the_months_of_a_public_body_add_up(shared: Path, body: str, months: str):
    read = 0
    for _, data in members(shared / "council" / f"{body}.tar.xz", months):
        parsed = parse(data, OPTIONS)
        found = entries(parsed)
        lines, total = by_the_rule(data)
        assert (len(found), -Decimal(sum(entry.amount for entry in found)) / 100) == (lines, total)
        assert (parsed.errors, len(parsed.warnings)) == ([], 1)  # the warning that payments are taken as money out
        read += 1
    assert read == 2


# The body's own sums of these months are lower than the lines that it published for them.
REVISED = {"2019-03", "2019-04", "2019-05", "2019-06", "2020-03", "2020-11"}


def test_every_file_of_network_rail_without_its_grand_totals(shared: Path):
    ours: dict[str, int] = {}
    totals = 0
    archive = shared / "council/networkrail.tar.xz"
    ((_, index),) = members(archive, r"/index\.json$")
    wanted = {f"networkrail/processed/{each['file']}" for each in json.loads(index)["files"] if each.get("file")}
    for name, data in members(archive, r"\.csv$"):
        if name not in wanted:
            continue
        parsed = parse(data, OPTIONS)
        lines, total = by_the_rule(data)
        found = entries(parsed)
        assert (len(found), -Decimal(sum(entry.amount for entry in found)) / 100) == (lines, total), name
        assert parsed.errors == [], name
        totals += b"Grand Total" in data
        for entry in found:
            ours[f"{entry.booked_on:%Y-%m}"] = ours.get(f"{entry.booked_on:%Y-%m}", 0) - entry.amount
    assert (len(wanted), totals > 40) == (52, True)
    published = (shared / "council-published/networkrail/summary.csv").read_text(encoding="utf-8")
    theirs = {row[0]: Decimal(row[1]) for row in csv.reader(io.StringIO(published)) if row and row[0][:2] == "20"}
    assert {month for month in theirs if Decimal(ours[month]) / 100 != theirs[month]} == REVISED
    assert all(Decimal(ours[month]) / 100 > theirs[month] for month in REVISED)


def test_the_month_of_manchester_is_the_published_one(shared: Path):
    published = (shared / "council-published/manchester/summary.csv").read_text(encoding="utf-8")
    total = Decimal(next(row[1] for row in csv.reader(io.StringIO(published)) if row[0] == "2020-04"))
    (_, data), *_ = members(shared / "council/manchester.tar.xz", r"/2020-04\.csv$")
    assert -Decimal(sum(entry.amount for entry in entries(parse(data, OPTIONS)))) / 100 == total


@pytest.mark.parametrize(
    ("month", "lines", "lost_signs"),
    [("2010-12", 10303, 126), ("2011-05", 7299, 0), ("2011-06", 9485, 92), ("2011-11", 9279, 151)],
)
def test_a_month_of_leeds_as_published_and_as_cleaned(shared: Path, month: str, lines: int, lost_signs: int):
    """The cleaned files lost the minus of refunds: line 24 of 2010-12 is `-592.30 ` as published and `592.30` cleaned.
    Everything else agrees, though days, blanks and empty lines are written differently."""
    files = [
        lzma.decompress((shared / "council-raw" / f"leeds-{month}.{kind}.csv.xz").read_bytes())
        for kind in ("raw", "clean")
    ]
    raw, clean = (entries(parse(data, OPTIONS)) for data in files)
    assert len(raw) == len(clean) == lines
    differing = [(ours, theirs) for ours, theirs in zip(raw, clean, strict=True) if ours.amount != theirs.amount]
    assert len(differing) == lost_signs
    assert all(ours.amount == -theirs.amount > 0 for ours, theirs in differing)
    assert [(e.booked_on, e.external_id, e.payee) for e in raw] == [
        (e.booked_on, e.external_id, e.payee) for e in clean
    ]


def test_the_purchase_cards_of_calderdale(shared: Path):
    count, total, categories = 0, Decimal(0), set()
    expected = Decimal(0)
    for _, data in members(shared / "categorise/calderdale-cards-2014-2020.tar.xz", r"/201[89]-\d\d-card\.csv$"):
        found = entries(parse(data, OPTIONS))
        count += len(found)
        total -= Decimal(sum(entry.amount for entry in found)) / 100
        categories |= {entry.category for entry in found}
        rows = list(csv.DictReader(io.StringIO(data.decode("utf-8", "replace"))))
        assert len(rows) == len(found)
        expected += sum((Decimal(row["Net Amount"].replace(",", "")) for row in rows), Decimal(0))
    assert count > 10_000
    assert total == expected
    assert len(categories) > 100
