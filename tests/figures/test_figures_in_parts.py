"""The dashboard is its four parts: the same figures from the same books."""

from __future__ import annotations

from datetime import date
from random import Random
from typing import Any

from hypothesis import given
from pydantic import BaseModel

from data.reports.accounts import accounts_report
from data.reports.budgets import budgets_report
from data.reports.dashboard import dashboard_report
from data.reports.summary import summary_report
from data.reports.transactions import transactions_report
from tests.conftest import NOW
from tests.figures import strategies as make
from tests.figures import worlds
from tests.figures.driver import Driver
from tests.figures.examples import Opener, examples
from tests.figures.ledger import Account, Asked, Booking, Ledger
from web.ask import REPORTS, part_of
from web.json import dumps


def plain(report: BaseModel) -> dict[str, Any]:
    return report.model_dump(mode="json", by_alias=True)


def four_parts(driver: Driver, asked: Asked) -> dict[str, Any]:
    context, query = driver.context, driver.parse(asked)
    return {
        "summary": plain(summary_report(context, query)),
        "accounts": plain(accounts_report(context, query)),
        "transactions": plain(transactions_report(context, query)),
        "budgets": plain(budgets_report(context, query)),
    }


@examples(4)
@given(make.chances)
def test_the_dashboard_is_its_four_parts(open_books: Opener, rng: Random) -> None:
    ledger = make.ledger(rng)
    driver = open_books(ledger)
    driver.build(ledger, [*ledger.bookings])
    asked = make.query(rng, ledger)
    assert_is_its_parts(driver, asked)


@examples(8)
@given(make.chances)
def test_it_is_in_several_currencies_too(open_books: Opener, rng: Random) -> None:
    """What is left out of a part for want of a rate is left out of the dashboard; a part lists its own only."""
    ledger = worlds.ledger(rng)
    driver = open_books(ledger)
    driver.build(ledger, [*ledger.bookings])
    assert_is_its_parts(driver, worlds.query(rng, ledger))


def assert_is_its_parts(driver: Driver, asked: Asked) -> None:
    report = dashboard_report(driver.context, driver.parse(asked))
    whole, parts = plain(report), four_parts(driver, asked)
    for view, compute in REPORTS.items():
        taken = part_of(view, dumps(report)) if view != "dashboard" else None
        if whole["complete"] and view != "dashboard":
            assert taken == dumps(compute(driver.context, driver.parse(asked)))
        else:
            assert taken is None
    for name, part in parts.items():
        assert part["data"] == whole["data"][name]
        for each in set(part) - {"data", "complete", "unconverted"}:
            assert part[each] == whole[each]
        assert part["complete"] is (not part["unconverted"])
    assert whole["complete"] is all(part["complete"] for part in parts.values())
    listed = [each for part in parts.values() for each in part["unconverted"]]
    assert {each["currency"] for each in whole["unconverted"]} == {each["currency"] for each in listed}
    assert all(each in listed for each in whole["unconverted"])


def test_with_more_than_50_accounts_only_the_dashboard_leaves_out_their_histories(open_books: Opener) -> None:
    accounts = {f"account {n}": Account(f"account {n}") for n in range(51)}
    booking = Booking("t", "account 7", date(2026, 6, 16), -1_200)
    ledger = Ledger(NOW, accounts=accounts, bookings={"t": booking})
    driver = open_books(ledger)
    driver.build(ledger, ["t"])
    asked = Asked("last_30_days")
    report = dashboard_report(driver.context, driver.parse(asked))
    assert part_of("accounts", dumps(report)) is None
    assert part_of("summary", dumps(report)) is not None
    whole = plain(report)["data"]["accounts"]
    alone = four_parts(driver, asked)["accounts"]["data"]
    assert len(alone) == 51
    assert all(len(row["balance_history"]) == 31 for row in alone)
    assert whole == [{**row, "balance_history": []} for row in alone]
