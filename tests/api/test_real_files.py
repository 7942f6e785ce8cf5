"""Real books end to end: two councils' published totals to the penny, a Czech bank's printed balances.

The files are read from ../shared/data (see its README for the sources); none of them is kept here.
"""

from __future__ import annotations

import csv
import io
import json
import tarfile
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from core.query import Query
from data.commands.accounts import create_account
from data.commands.imports import ImportRequest, import_statement
from data.context import TenantContext
from data.reports.opening import opened
from data.reports.stocks import Balances
from data.schemas.ledger import AccountIn
from tests.conftest import Caller, Town

pytestmark = pytest.mark.shared


def council_files(shared: Path, name: str) -> list[tuple[str, bytes]]:
    """The council's monthly registers, those that its index lists."""
    with tarfile.open(shared / "council" / f"{name}.tar.xz") as archive:
        members = {member.name: member for member in archive.getmembers() if member.isfile()}

        def content(path: str) -> bytes:
            file = archive.extractfile(members[path])
            assert file is not None
            return file.read()

        index = json.loads(content(f"{name}/index.json"))
        names = [each["file"] for each in index["files"] if each.get("file")]
        return [(each, content(f"{name}/processed/{each}")) for each in names]


def published(shared: Path, name: str) -> dict[str, Decimal]:
    """Month -> what ODI Leeds published as the council's total."""
    text = (shared / "council-published" / name / "summary.csv").read_text(encoding="utf-8")
    rows = [row for row in csv.reader(io.StringIO(text)) if row and row[0][:2] == "20"]
    return {row[0]: Decimal(row[1].replace(",", "")).quantize(Decimal("0.01")) for row in rows}


@pytest.mark.parametrize(("name", "rows", "months"), [("harrogate", 146_915, 89), ("manchester", 474_674, 138)])
def test_a_councils_months_are_the_published_ones(
    shared: Path,
    town: Town,
    sign_in: Callable[..., Caller],
    name: str,
    rows: int,
    months: int,
) -> None:
    council = town.tenant("org_46", currency="GBP", timezone="Europe/London", locale="en-GB")
    town.person("alice@acorn.test", org_46="owner")
    context = town.context(council)
    account = create_account(context, AccountIn(name="Payments"))[0].id
    read = 0
    files = council_files(shared, name)
    for filename, data in files:
        result = import_statement(context, ImportRequest(data, filename, account_id=account))
        assert (result.counts.duplicate, result.counts.failed) == (0, 0), filename
        read += result.counts.new
    assert read == rows
    again = import_statement(context, ImportRequest(files[0][1], "other-name.csv", account_id=account))
    assert again.counts.new == 0
    body = sign_in("alice@acorn.test", "org_46").get("/financial/dashboard/transactions?period=all").get_json()
    assert body["data"]["count"] == rows
    ours = {each["month"]: -Decimal(each["net"]) for each in body["data"]["by_month"]}
    theirs = published(shared, name)
    assert len(theirs) == months
    assert {month: ours[month] for month in theirs} == theirs


def test_a_czech_banks_balances_are_ours(shared: Path, town: Town) -> None:
    """PKDD'99: after each of 28,205 bookings our balance is the printed one, within the 1 CZK its rounding explains."""
    data = (shared / "berka" / "trans_1993.asc").read_bytes()
    context = town.context(town.tenant("org_46", currency="CZK", timezone="Europe/Prague", locale="cs-CZ"))
    result = import_statement(context, ImportRequest(data, "trans_1993.asc", create_accounts=True))
    assert (result.counts.new, result.counts.failed, len(result.accounts)) == (28_205, 0, 1_139)
    assert balances_that_differ(context, data) == []


def balances_that_differ(context: TenantContext, data: bytes) -> list[str]:
    """The printed balances that ours miss: at the end of each account's day, for the order within a day is unknown."""
    printed: dict[tuple[str, str], list[Decimal]] = {}
    for row in csv.DictReader(io.StringIO(data.decode("latin-1")), delimiter=";"):
        day = f"19{row['date'][:2]}-{row['date'][2:4]}-{row['date'][4:]}"
        printed.setdefault((row["account_id"], day), []).append(Decimal(row["balance"]))
    with opened(context, Query.parse({"period": ["all"]})) as books:
        ids = dict(zip(books.accounts["name"].tolist(), books.accounts["id"].tolist(), strict=True))
        balances = Balances.read(books, sorted({date.fromisoformat(day) for _, day in printed}))
        return [
            f"{account} on {day}"
            for (account, day), candidates in printed.items()
            if all(
                abs(Decimal(balances.on(ids[account], date.fromisoformat(day))) / 100 - each) > 1 for each in candidates
            )
        ]
