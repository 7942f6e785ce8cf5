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
from sqlalchemy import text

from core.query import Query
from data.commands.accounts import create_account
from data.commands.imports import ImportRequest, import_statement
from data.context import TenantContext
from data.reports.opening import opened
from data.reports.stocks import Balances
from data.schemas.ledger import AccountIn
from tests.conftest import Caller, Town
from tests.peers.councils import Cell, differing, of_payees, published_payees

pytestmark = pytest.mark.shared


def council_files(shared: Path, name: str) -> list[tuple[str, bytes]]:
    """The council's monthly registers, those that its index lists."""
    with tarfile.open(shared / "council" / f"{name}.tar.xz") as archive:
        # In the archive's order: to go back in it is to unpack it anew.
        files = {member.name: file.read() for member in archive if (file := archive.extractfile(member))}
    index = json.loads(files[f"{name}/index.json"])
    names = [each["file"] for each in index["files"] if each.get("file")]
    return [(each, files[f"{name}/processed/{each}"]) for each in names]


def published(shared: Path, name: str) -> dict[str, Decimal]:
    """Month -> what ODI Leeds published as the council's total."""
    summary = (shared / "council-published" / name / "summary.csv").read_text(encoding="utf-8")
    rows = [row for row in csv.reader(io.StringIO(summary)) if row and row[0][:2] == "20"]
    return {row[0]: Decimal(row[1].replace(",", "")).quantize(Decimal("0.01")) for row in rows}


BY_PAYEE = """
    SELECT payee, to_char(booked_on, 'YYYY-MM'), purpose, -sum(amount)::bigint FROM transactions
    WHERE tenant_id = :tenant GROUP BY 1, 2, 3
"""


def payees(context: TenantContext) -> dict[Cell, Decimal]:
    """(payee, month, unit) -> what the ledger says was spent."""
    with context.db.reading() as session:
        found = session.execute(text(BY_PAYEE), {"tenant": context.tenant.id})
        return of_payees([(row[0], row[1], row[2], row[3]) for row in found])


@pytest.mark.parametrize(
    ("name", "since", "rows", "months", "sums", "units"),
    [("harrogate", "2020-06", 42_706, 27, 17_762, 274), ("manchester", "2020-06", 74_468, 24, 47_793, 0)],
)
def test_a_councils_months_are_the_published_ones(
    shared: Path,
    town: Town,
    sign_in: Callable[..., Caller],
    name: str,
    since: str,
    rows: int,
    months: int,
    sums: int,
    units: int,
) -> None:
    """The totals of the months, and every sum of a payee in a month: not one differs. Of those by unit only Harrogate's
    months of Brimhams Active do, whose files name one unit on all lines: what all lines say is no text of a line. (Of
    Harrogate's 89 and Manchester's 138 months, all of which agree, two years each: they all take minutes.)"""
    council = town.tenant("org_46", currency="GBP", timezone="Europe/London", locale="en-GB")
    town.person("alice@acorn.test", org_46="owner")
    context = town.context(council)
    account = create_account(context, AccountIn(name="Payments"))[0].id
    read = 0
    files = [file for file in council_files(shared, name) if file[0] >= since]
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
    theirs = {month: total for month, total in published(shared, name).items() if month >= since}
    assert len(theirs) == months
    assert {month: ours[month] for month in theirs} == theirs
    by_payee = {cell: total for cell, total in published_payees(shared, name).items() if cell[1] >= since}
    differ = differing(payees(context), by_payee)
    assert (len(by_payee), len(differ), [cell for cell in differ if cell[2] == "total"]) == (sums, units, [])


def test_a_czech_banks_balances_are_ours(shared: Path, town: Town, sign_in: Callable[..., Caller]) -> None:
    """PKDD'99: after each of 28,205 bookings our balance is the printed one, within the 1 CZK its rounding explains;
    and so are the histories of all 1,139 accounts by day, as the endpoint tells them."""
    data = (shared / "berka" / "trans_1993.asc").read_bytes()
    context = town.context(town.tenant("org_46", currency="CZK", timezone="Europe/Prague", locale="cs-CZ"))
    result = import_statement(context, ImportRequest(data, "trans_1993.asc", create_accounts=True))
    assert (result.counts.new, result.counts.failed, len(result.accounts)) == (28_205, 0, 1_139)
    printed = printed_balances(data)
    assert balances_that_differ(context, printed) == []
    town.person("alice@acorn.test", org_46="owner")
    alice = sign_in("alice@acorn.test", "org_46")
    assert histories_that_differ(alice, printed) == []


Printed = dict[tuple[str, str], list[Decimal]]
"""(account, day) -> the balances that are printed on that day: the order within a day is unknown."""


def printed_balances(data: bytes) -> Printed:
    printed: Printed = {}
    for row in csv.DictReader(io.StringIO(data.decode("latin-1")), delimiter=";"):
        day = f"19{row['date'][:2]}-{row['date'][2:4]}-{row['date'][4:]}"
        printed.setdefault((row["account_id"], day), []).append(Decimal(row["balance"]))
    return printed


QUARTERS = (("01-01", "03-31"), ("04-01", "06-30"), ("07-01", "09-30"), ("10-01", "12-31"))


def histories_that_differ(caller: Caller, printed: Printed) -> list[str]:
    """Days of 1993 on which an account's `balance_history` is not what was printed last: then, or on a day before."""
    known: dict[str, list[Decimal]] = {}
    wrong = []
    for first, last in QUARTERS:
        answer = caller.get(f"/financial/dashboard/accounts?from=1993-{first}&to=1993-{last}").get_json()["data"]
        assert len(answer) == 1_139
        for account in answer:
            name, (_, *points) = account["name"], account["balance_history"]
            for point in points:
                known[name] = printed.get((name, point["date"]), known.get(name, [Decimal(0)]))
                if all(abs(Decimal(point["balance"]) - each) > 1 for each in known[name]):
                    wrong.append(f"{name} on {point['date']}")
    return wrong


def balances_that_differ(context: TenantContext, printed: Printed) -> list[str]:
    """The printed balances that ours miss, at the end of each account's day."""
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
