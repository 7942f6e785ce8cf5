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
from tests.peers.councils import differing, of_payees, published_payees

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


Payment = tuple[str | None, str, str | None, int]
"""Payee, month, unit and pence spent."""


def payment(entry: Entry) -> Payment:
    return entry.payee, entry.booked_on.isoformat()[:7], entry.purpose, -entry.amount


def registers(shared: Path, body: str) -> list[tuple[str, bytes]]:
    """The monthly files that count: those that the body's index lists."""
    files = dict(members(shared / f"council/{body}.tar.xz", r"/(index\.json|processed/.*\.csv)$"))
    index = json.loads(files[f"{body}/index.json"])
    wanted = {f"{body}/processed/{each['file']}" for each in index["files"] if each.get("file")}
    return [(name, data) for name, data in files.items() if name in wanted]


def monthly(shared: Path, body: str) -> dict[str, Decimal]:
    """Month -> the published total."""
    text = (shared / f"council-published/{body}/summary.csv").read_text(encoding="utf-8")
    return {row[0]: Decimal(row[1]) for row in csv.reader(io.StringIO(text)) if row and row[0][:2] == "20"}


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
    payees: list[Payment] = []
    totals = 0
    for name, data in (files := registers(shared, "networkrail")):
        parsed = parse(data, OPTIONS)
        lines, total = by_the_rule(data)
        found = entries(parsed)
        assert (len(found), -Decimal(sum(entry.amount for entry in found)) / 100) == (lines, total), name
        assert parsed.errors == [], name
        totals += b"Grand Total" in data
        for entry in found:
            ours[f"{entry.booked_on:%Y-%m}"] = ours.get(f"{entry.booked_on:%Y-%m}", 0) - entry.amount
        payees += map(payment, found)
    assert (len(files), totals > 40) == (52, True)
    theirs = monthly(shared, "networkrail")
    assert {month for month in theirs if Decimal(ours[month]) / 100 != theirs[month]} == REVISED
    assert all(Decimal(ours[month]) / 100 > theirs[month] for month in REVISED)
    # And the difference is one payee, whose name has a quote in it: published as 0.00 to UNKNOWN in an unknown unit.
    by_payee = published_payees(shared, "networkrail")
    odd = differing(of_payees(payees), by_payee)
    assert len(by_payee) == 53_445
    assert {(payee, month) for payee, month, _ in odd} == {
        (payee, month) for payee in ("unknown", "youngsamuelchambersyscltd") for month in REVISED
    }


def test_every_month_and_payee_of_calderdale(shared: Path):
    """156 of 156 months, and all 122,773 sums of a payee in a month.

    The register has `Directorate-Service`, the published sums are by directorate. Two kinds of those by unit differ:
    those of "Adults, Health and Social Care" are 0.00 though the payee's total has them (the comma in the name was
    taken for the next column), and 37 of June 2015, of payees from W on, published twice in different ways.
    """
    payees: list[Payment] = []
    for _, data in registers(shared, "calderdale"):
        payees += [(name, month, re.sub(r"(?<=.)-.*", "", unit or ""), pence)
                   for name, month, unit, pence in map(payment, entries(parse(data, OPTIONS)))]  # fmt: skip
    assert (len(payees), sum(pence for *_, pence in payees)) == (577_914, 265_656_668_874)
    months: dict[str, int] = {}
    for _, month, _, pence in payees:
        months[month] = months.get(month, 0) + pence
    theirs = monthly(shared, "calderdale")
    assert (len(theirs), {month: Decimal(months.get(month, 0)) / 100 for month in theirs}) == (156, theirs)
    by_payee = published_payees(shared, "calderdale")
    odd = differing(of_payees(payees), by_payee)
    assert sum(unit == "total" for _, _, unit in by_payee) == 122_773
    assert not [cell for cell in odd if cell[2] == "total"]
    rest = [cell for cell in odd if not cell[2].startswith("Adults, Health and Social Care")]
    assert (len(rest), {month for _, month, _ in rest}) == (37, {"2015-06"})


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
