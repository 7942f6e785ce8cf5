"""`flask rates load`: the bank's files, what is refused, and what follows from a load."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import text

from core.errors import Invalid
from core.query import Query
from data import directory, global_rates
from data.commands.accounts import create_account
from data.commands.transactions import post_transactions
from data.db import Database
from data.global_rates import load_rates, read_rates, unfollowed
from data.reports.summary import summary_report
from data.schemas.ledger import AccountIn, TransactionIn
from tests.conftest import SECRET, Caller, Town

Run = Callable[..., Result]
HISTORY = "Date,USD,JPY,ROL,\n2026-06-16,1.1,160.5,N/A,\n2026-06-15,1.0875,,13111,\n"
DAILY = "Date, USD, JPY, \n16 June 2026, 1.2, 160.5, \n"


@pytest.fixture
def run(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, app: Flask) -> Run:
    """Load a file with this text as an operator would."""
    for name in ("DATABASE_OWNER_URL", "CACHE_URL", "APP_ENV"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("VAR_DIR", str(tmp_path / "var"))
    monkeypatch.setenv("SECRET_KEY", SECRET)

    def load(data: str | bytes) -> Result:
        path = tmp_path / "rates"
        path.write_bytes(data.encode() if isinstance(data, str) else data)
        return app.test_cli_runner().invoke(args=["rates", "load", str(path)])

    return load


def stored(database: Database) -> dict[tuple[str, str], Decimal]:
    with database.directory() as session:
        rows = session.execute(text("SELECT quote, day, rate FROM exchange_rates WHERE base = 'EUR'"))
        return {(row[0], row[1].isoformat()): row[2] for row in rows}


def version(database: Database) -> int:
    with database.directory() as session:
        return int(
            session.execute(text("SELECT value->>'version' FROM installation WHERE name = 'rates'")).scalar_one()
        )


def test_a_load_adds_and_corrects_and_the_same_file_changes_nothing(run: Run, database: Database) -> None:
    first = run(HISTORY)
    assert first.exit_code == 0, first.stderr
    assert first.stdout.startswith("4 rates read, 4 new, 0 corrected.\n")
    assert stored(database)["ROL", "2026-06-15"] == Decimal("13111")
    raised = version(database)
    assert run(HISTORY).stdout == "4 rates read, 0 new, 0 corrected.\n"
    assert version(database) == raised
    assert run(DAILY).stdout.startswith("2 rates read, 0 new, 1 corrected.\n")
    assert stored(database)["USD", "2026-06-16"] == Decimal("1.2")
    assert len(stored(database)) == 4
    assert version(database) == raised + 1


def zipped(**files: str) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return held.getvalue()


def test_the_zip_is_read_as_its_file() -> None:
    assert read_rates(zipped(a=HISTORY)) == read_rates(HISTORY.encode())


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff\xfe",
        b"Date\n2026-01-01\n",
        b"Datum,USD\n2026-01-01,1\n",
        b"Date,USD,USD\n2026-01-01,1,2\n",
        b"Date,usd\n2026-01-01,1\n",
        b"Date,USD\n",
        b"Date,USD\n01.01.2026,1\n",
        b"Date,USD\n2026-02-30,1\n",
        b"Date,USD\n30 Brumaire 2026,1\n",
        b"Date,USD\n2026-01-01,0\n",
        b"Date,USD\n2026-01-01,-1\n",
        b"Date,USD\n2026-01-01,1e3\n",
        b"Date,USD\n2026-01-01,NaN\n",
        b"Date,USD\n2026-01-01\n",
        b"Date,USD\n2026-01-01,1,2\n",
        b"Date,USD\n2026-01-01,1\n2026-01-01,2\n",
        b"Date,Payee,Amount\n2026-06-01,Bakery,-3.50\n",
        b"PK\x03\x04 broken",
        zipped(),
        zipped(a=HISTORY, b=HISTORY),
    ],
)
def test_what_is_no_such_file_is_refused(data: bytes) -> None:
    with pytest.raises(Invalid) as error:
        read_rates(data)
    assert error.value.code == "not_rates"


def test_a_zip_that_grows_without_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(global_rates, "_LARGEST", 10)
    with pytest.raises(Invalid, match="too large"):
        read_rates(zipped(a=HISTORY))


def test_a_refused_file_changes_nothing_and_says_why(run: Run, database: Database) -> None:
    before = version(database)
    result = run(HISTORY + "tomorrow,1,2,3,\n")
    assert result.exit_code == 1
    assert "line 4 does not begin with a day" in result.stderr
    assert not stored(database)
    assert version(database) == before


def test_currencies_that_are_unknown_here_are_left_out() -> None:
    assert [rate[0] for rate in read_rates(b"Date,USD,QQQ\n2026-01-01,1.5,2\n")] == ["USD"]


@pytest.mark.shared
def test_the_whole_history_is_loaded(shared: Path, run: Run, database: Database) -> None:
    result = run((shared / "fx/eurofxref-hist.zip").read_bytes())
    assert result.stdout.startswith("221702 rates read, 221702 new, 0 corrected.\n"), result.output
    rates = stored(database)
    assert rates["USD", "1999-01-04"] == Decimal("1.1789")
    assert rates["TRL", "2004-12-31"] / 1_000_000 == Decimal("1.8362")
    assert ("RUB", "2022-03-02") not in rates


def fill(town: Town, key: str, *lines: tuple[str, str, str]) -> None:
    context = town.context(town.tenant(key))
    for number, (currency, day, amount) in enumerate(lines):
        new = AccountIn.model_validate({"name": f"{number}", "currency": currency, "identifier": f"ID{number}"})
        held = create_account(context, new)[0].id
        row: dict[str, Any] = {"account_id": held, "booked_on": day, "amount": amount, "counterparty": "ID0"}
        post_transactions(context, [TransactionIn.model_validate(row)])


def income(town: Town, key: str) -> str | None:
    with town.database.directory() as session:
        context = town.context(directory.find_tenant(session, key))
    return summary_report(context, Query.parse({"period": ["this_month"]})).data.income


def test_transfers_follow_a_load_at_the_tenants_that_it_concerns(run: Run, town: Town, database: Database) -> None:
    fill(town, "user_1", ("EUR", "2026-06-16", "-100.00"), ("USD", "2026-06-19", "112.00"))
    fill(town, "user_2", ("EUR", "2026-06-16", "-100.00"), ("EUR", "2026-06-17", "112.00"))
    assert income(town, "user_1") is None
    result = run(HISTORY)
    assert "Transfers and alerts of 1 tenants brought up to date.\n" in result.stdout
    assert income(town, "user_1") == "0.00"
    assert income(town, "user_2") == "112.00"
    with database.directory() as session:
        assert unfollowed(session) is None


def test_a_load_that_was_broken_off_is_followed_by_the_next(run: Run, town: Town, database: Database) -> None:
    fill(town, "user_1", ("EUR", "2026-06-16", "-100.00"), ("USD", "2026-06-19", "112.00"))
    with database.directory() as session:
        load_rates(session, read_rates(HISTORY.encode()))
    assert income(town, "user_1") == "101.82"
    assert "of 1 tenants brought up to date" in run(HISTORY).stdout
    assert income(town, "user_1") == "0.00"


def test_an_answer_kept_ready_is_void_after_a_load(run: Run, alice: Caller) -> None:
    first = alice.get("/financial/dashboard/summary")
    kept = {"If-None-Match": first.headers["ETag"]}
    assert alice.get("/financial/dashboard/summary", headers=kept).status_code == 304
    assert run(HISTORY).exit_code == 0
    again = alice.get("/financial/dashboard/summary", headers=kept)
    assert again.status_code == 200
    assert again.headers["ETag"] != first.headers["ETag"]
    assert (
        alice.get("/financial/dashboard/summary", headers={"If-None-Match": again.headers["ETag"]}).status_code == 304
    )
