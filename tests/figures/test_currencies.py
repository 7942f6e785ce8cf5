"""Figures in several currencies with the European Central Bank's real rates, against Decimal by hand."""

from __future__ import annotations

import csv
import io
import zipfile
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal, localcontext
from pathlib import Path
from typing import Any

import pytest

from core.money import AmountOverflow
from core.query import Query
from data.commands.accounts import create_account
from data.commands.budgets import create_budget
from data.commands.categories import create_category
from data.commands.rates import create_rate, delete_rate, update_rate
from data.commands.transactions import post_transactions
from data.context import TenantContext
from data.global_rates import load_rates, read_rates
from data.reports.accounts import accounts_report
from data.reports.alerts import list_alerts
from data.reports.budgets import budgets_report
from data.reports.summary import summary_report
from data.reports.transactions import transactions_report
from data.schemas.budgets import BudgetIn
from data.schemas.ledger import AccountIn, CategoryIn, TransactionIn
from data.schemas.rates import RateIn, RatePatch
from tests.conftest import Town

MARCH = Query.parse({"from": ["2026-03-01"], "to": ["2026-03-31"]})
FILE = "fx/eurofxref-hist.zip"


@pytest.fixture
def ecb(shared: Path, town: Town) -> dict[str, dict[str, str]]:
    """The real file, loaded into the product, and as it stands: day -> currency -> units per euro."""
    data = (shared / FILE).read_bytes()
    with town.database.directory() as session:
        load_rates(session, read_rates(data))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        text = archive.read("eurofxref-hist.csv").decode()
    return {row["Date"]: row for row in csv.DictReader(io.StringIO(text))}


def account(context: TenantContext, currency: str, **values: Any) -> str:
    new = AccountIn.model_validate({"name": f"In {currency}", "currency": currency, **values})
    return create_account(context, new)[0].id


def book(context: TenantContext, account_id: str, *lines: tuple[str, str], **values: Any) -> None:
    rows = [{"account_id": account_id, "booked_on": day, "amount": amount, **values} for day, amount in lines]
    post_transactions(context, [TransactionIn.model_validate(row) for row in rows])


def rounded(value: Decimal, places: str = "0.01") -> Decimal:
    return value.quantize(Decimal(places), ROUND_HALF_EVEN)


def asked(currency: str, first: str, last: str) -> Query:
    return Query.parse({"currency": [currency], "from": [first], "to": [last]})


@pytest.mark.shared
def test_flows_have_the_rate_of_their_day_and_a_weekend_that_of_friday(
    context: TenantContext, ecb: dict[str, dict[str, str]]
) -> None:
    dollars = account(context, "USD")
    book(context, dollars, ("2026-03-02", "-100.00"), ("2026-03-08", "-33.33"), ("2026-03-31", "2500.00"))
    assert "2026-03-08" not in ecb
    days = {day: Decimal(ecb[day]["USD"]) for day in ("2026-03-02", "2026-03-06", "2026-03-31")}
    spent = rounded(100 / days["2026-03-02"]) + rounded(Decimal("33.33") / days["2026-03-06"])
    income = rounded(2500 / days["2026-03-31"])
    report = summary_report(context, MARCH)
    assert report.complete
    data = report.data
    assert (data.income, data.expenses) == (str(income), str(spent))
    assert data.net_worth == str(rounded(Decimal("2366.67") / days["2026-03-31"]))
    flows = transactions_report(context, MARCH).data
    assert flows.outflow == str(spent)
    assert flows.by_weekday[6].expenses == str(rounded(Decimal("33.33") / days["2026-03-06"]))


@pytest.mark.shared
def test_a_cross_goes_through_the_euro_unrounded(context: TenantContext, ecb: dict[str, dict[str, str]]) -> None:
    yen = account(context, "JPY")
    book(context, yen, ("2026-03-02", "-123456"))
    with localcontext(prec=60):
        pounds = rounded(123456 / Decimal(ecb["2026-03-02"]["JPY"]) * Decimal(ecb["2026-03-02"]["GBP"]))
    assert summary_report(context, asked("GBP", "2026-03-01", "2026-03-31")).data.expenses == str(pounds)
    thousandths = asked("KWD", "2026-03-01", "2026-03-31")
    assert summary_report(context, thousandths).data.expenses is None
    create_rate(context, RateIn.model_validate({"base": "KWD", "quote": "EUR", "date": "2026-02-22", "rate": "7"}))
    assert summary_report(context, thousandths).data.expenses is None
    create_rate(context, RateIn.model_validate({"base": "KWD", "quote": "EUR", "date": "2026-02-25", "rate": "2.8"}))
    with localcontext(prec=60):
        dinars = rounded(123456 / Decimal(ecb["2026-03-02"]["JPY"]) / Decimal("2.8"), "0.001")
    assert summary_report(context, thousandths).data.expenses == str(dinars)


@pytest.mark.shared
def test_redenominated_currencies_are_different_ones(context: TenantContext, ecb: dict[str, dict[str, str]]) -> None:
    old, new = account(context, "TRL"), account(context, "TRY")
    book(context, old, ("2004-12-31", "-1836200000"))
    book(context, new, ("2005-01-03", "-1836.20"))
    year = Query.parse({"from": ["2004-12-01"], "to": ["2005-01-31"]})
    spent = rounded(Decimal("1836200000") / Decimal(ecb["2004-12-31"]["TRL"])) + rounded(
        Decimal("1836.20") / Decimal(ecb["2005-01-03"]["TRY"])
    )
    assert summary_report(context, year).data.expenses == str(spent)


@pytest.mark.shared
@pytest.mark.usefixtures("ecb")
def test_a_currency_that_ended_has_no_rate_any_more(context: TenantContext) -> None:
    rubles = account(context, "RUB")
    book(context, rubles, ("2022-03-01", "-100.00"), ("2022-03-09", "-5.00"), ("2022-03-10", "-7.00"))
    report = summary_report(context, asked("EUR", "2022-03-01", "2022-03-31"))
    assert not report.complete
    assert [each.model_dump() for each in report.unconverted] == [{"currency": "RUB", "amount": "-12.00", "count": 2}]
    assert report.data.expenses == "0.85"
    assert report.data.net_worth is None


def usd(day: str, rate: str) -> RateIn:
    return RateIn.model_validate({"base": "USD", "quote": "EUR", "date": day, "rate": rate})


def test_a_missing_rate_is_neither_one_nor_zero(context: TenantContext) -> None:
    euros, dollars = account(context, "EUR"), account(context, "USD")
    book(context, euros, ("2026-03-02", "-10.00"))
    book(context, dollars, ("2026-03-02", "-100.00"), ("2026-03-03", "40.00"))
    report = summary_report(context, MARCH)
    assert (report.complete, report.data.expenses, report.data.income) == (False, "10.00", None)
    assert (report.data.net_cash_flow, report.data.savings_rate, report.data.net_worth) == (None, None, "-10.00")
    assert [each.model_dump() for each in report.unconverted] == [{"currency": "USD", "amount": "-60.00", "count": 2}]
    balances = accounts_report(context, MARCH)
    assert [row.balance_converted for row in balances.data] == ["-10.00", None]
    assert [each.model_dump() for each in balances.unconverted] == [{"currency": "USD", "amount": "-60.00", "count": 1}]


def test_nothing_converted_is_null_money(context: TenantContext) -> None:
    euros = account(context, "EUR")
    book(context, euros, ("2026-03-02", "-10.00"))
    report = summary_report(context, asked("JPY", "2026-03-01", "2026-03-31"))
    money = ("net_worth", "assets", "liabilities", "income", "expenses", "net_cash_flow", "saved")
    assert {getattr(report.data, name) for name in money} == {None}
    assert report.data.net_worth_history == []
    flows = transactions_report(context, asked("JPY", "2026-03-01", "2026-03-31")).data
    assert (flows.inflow, flows.outflow, flows.average, flows.by_payee, flows.by_category) == (None, None, None, [], [])
    assert {row.expenses for row in (*flows.by_month, *flows.by_weekday)} == {None}


def test_a_rate_that_is_made_corrected_or_deleted_counts_at_once(context: TenantContext) -> None:
    dollars = account(context, "USD")
    book(context, dollars, ("2026-03-02", "-100.00"))
    seen = [summary_report(context, MARCH)]
    made, _ = create_rate(context, usd("2026-03-02", "0.9"))
    seen.append(summary_report(context, MARCH))
    update_rate(context, int(made.id), RatePatch(rate="0.8"))
    seen.append(summary_report(context, MARCH))
    delete_rate(context, int(made.id))
    seen.append(summary_report(context, MARCH))
    assert [report.data.expenses for report in seen] == [None, "90.00", "80.00", None]
    assert len({report.version for report in seen}) == 4


def test_budgets_convert_into_their_own_currency_and_alerts_follow_a_rate(context: TenantContext) -> None:
    dollars = account(context, "USD")
    food = create_category(context, CategoryIn(name="Food", kind="expense"))[0].id
    create_budget(
        context, BudgetIn.model_validate({"name": "Food", "category_ids": [food], "amount": "100", "currency": "CHF"})
    )
    book(context, dollars, ("2026-06-02", "-90.00"), ("2026-06-03", "-30.00"), category_id=food)
    query = Query.parse({"period": ["this_month"], "currency": ["JPY"]})
    before = budgets_report(context, query)
    assert (before.data[0].spent, before.complete) == ("0.00", False)
    assert [each.model_dump() for each in before.unconverted] == [{"currency": "USD", "amount": "-120.00", "count": 2}]
    assert not list_alerts(context).data
    create_rate(context, RateIn.model_validate({"base": "USD", "quote": "CHF", "date": "2026-06-01", "rate": "0.75"}))
    after = budgets_report(context, query)
    assert (after.data[0].spent, after.data[0].currency, after.complete) == ("90.00", "CHF", True)
    assert [alert.level for alert in list_alerts(context).data] == ["projected_over"]


def test_a_sum_near_the_limit_is_an_error_and_not_another_sum(context: TenantContext) -> None:
    dollars, euros = account(context, "USD"), account(context, "EUR")
    book(context, dollars, ("2026-03-02", "90000000000000000.00"))
    made, _ = create_rate(context, usd("2026-03-01", "1"))
    assert summary_report(context, MARCH).data.income == "90000000000000000.00"
    book(context, euros, ("2026-03-02", "2000000000000000.00"))
    for rate in ("1.01", "1.03"):
        update_rate(context, int(made.id), RatePatch(rate=rate))
        with pytest.raises(AmountOverflow):
            summary_report(context, MARCH)


def test_transfers_meet_across_currencies_and_what_stays_on_the_way_is_no_expense(context: TenantContext) -> None:
    create_rate(context, usd("2026-03-01", "0.9"))
    euros, dollars = account(context, "EUR", identifier="DE1"), account(context, "USD", identifier="US1")
    book(context, euros, ("2026-03-02", "-91.00"))
    book(context, dollars, ("2026-03-04", "100.00"), counterparty="DE1")
    data = summary_report(context, asked("EUR", "2026-03-01", "2026-03-08")).data
    assert (data.income, data.expenses) == ("0.00", "0.00")
    assert data.net_worth == "-1.00"


@pytest.mark.parametrize(("amount", "pairs"), [("110.01", False), ("110.00", True), ("90.91", True), ("90.90", False)])
def test_ten_per_cent_is_of_the_later_leg_and_exact(context: TenantContext, amount: str, pairs: bool) -> None:
    """100 USD leave; 121 EUR of them are 10 % above 110, and 100 are within 10 % of what is at least 90.909..."""
    rate = {"110.01": "1.210111", "110.00": "1.21", "90.91": "1", "90.90": "1"}[amount]
    create_rate(context, usd("2026-03-02", rate))
    dollars, euros = account(context, "USD", identifier="US1"), account(context, "EUR")
    book(context, dollars, ("2026-03-02", "-100.00"))
    book(context, euros, ("2026-03-02", amount), counterparty="US1")
    assert (summary_report(context, MARCH).data.income == "0.00") is pairs


def test_future_days_have_todays_rate_for_flows_and_stocks_alike(context: TenantContext) -> None:
    dollars = account(context, "USD")
    create_rate(context, usd("2026-06-15", "0.9"))
    create_rate(context, usd("2026-06-20", "0.1"))
    book(context, dollars, ("2026-06-25", "-100.00"))
    assert context.today == date(2026, 6, 17)
    data = summary_report(context, Query.parse({"period": ["this_month"]})).data
    assert (data.expenses, data.net_worth) == ("90.00", "-90.00")
