"""Every figure of every report explains itself: the parts add up to the number that the report shows."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from random import Random
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from hypothesis import given

from core.money import exponent
from core.query import Query
from data.context import TenantContext
from data.reports.dashboard import dashboard_report
from data.reports.explain import explain_figure
from data.reports.registry import DEFINITIONS, find
from data.schemas.figures import Explanation
from data.timing import recording
from tests.data.test_statements_of_reports import CURRENCIES, fill
from tests.figures import strategies as make
from tests.figures import worlds
from tests.figures.compare import flat
from tests.figures.conftest import load_world
from tests.figures.driver import Driver
from tests.figures.examples import Opener, examples
from tests.figures.formulas import results, word
from tests.figures.identity import most_rounding, other_terms

if TYPE_CHECKING:
    from data.db import Database
    from tests.conftest import Town

KEY = ("net_worth", "assets", "liabilities", "income", "expenses", "net_cash_flow", "savings_rate", "saved")
OF = {
    "account": ("balance", "balance_converted", "pending", "inflow", "outflow", "change", "transaction_count"),
    "category": ("amount", "count", "share"),
    "budget": (
        *("amount", "rollover", "limit", "spent", "committed", "remaining"),
        *("used", "elapsed", "projected", "left_per_day", "status"),
    ),
}
LOOSE = (
    *(("uncategorised", part) for part in ("income", "expenses", "count")),
    *(("unmatched_transfers", part) for part in ("amount", "count")),
)
DIFFERENT = (
    *(f"summary.{name}" for name in ("net_worth", "liabilities", "income", "uncategorised.count", "health")),
    *("summary.change.savings_rate", "summary.previous.net_worth", "transactions.average"),
    *("transactions.by_month.<month>.expenses", "account.<id>.balance", "account.<id>.inflow"),
    *("account.<id>.balance_converted", "category.<id>.amount", "category.<id>.share"),
    *("budget.<id>.spent", "budget.<id>.rollover", "budget.<id>.projected", "budget.<id>.status"),
    *("transactions.by_payee.<payee>.amount", "transactions.by_weekday.1.expenses", "transactions.largest_outflow"),
)
LARGEST = ("largest_inflow", "largest_outflow")
OF_MONTHS = ("income", "expenses", "net", "count")
Values = dict[str, Any]


def walk(data: Values) -> Values:
    """Every figure of a dashboard answer that can be explained, by its id."""
    summary, flows = data["summary"], data["transactions"]
    found: Values = {f"summary.{name}": summary[name] for name in KEY}
    for part in ("previous", "change"):
        found |= {f"summary.{part}.{name}": (summary[part] or {}).get(name) for name in KEY}
    for name, part in LOOSE:
        found[f"summary.{name}.{part}"] = summary[name][part]
    found["summary.unmatched_transfers"] = summary["unmatched_transfers"]["amount"]
    found["summary.health"] = found["summary.health.index"] = (summary["health"] or {}).get("index")
    found |= {f"transactions.{name}": flows[name] for name in ("count", "inflow", "outflow", "average")}
    for month in flows["by_month"]:
        found |= {f"transactions.by_month.{month['month']}.{name}": month[name] for name in OF_MONTHS}
    for row in flows["by_payee"]:
        payee = f"transactions.by_payee.{quote(row['payee'], safe='')}"
        found |= {f"{payee}.{name}": row[name] for name in ("amount", "count")}
    found |= {f"transactions.by_weekday.{row['weekday']}.expenses": row["expenses"] for row in flows["by_weekday"]}
    found |= {f"transactions.{name}": flows[name] for name in LARGEST}
    rows = [("account", row["id"], row) for row in data["accounts"]]
    rows += [("category", row["category_id"], row) for row in flows["by_category"] if row["category_id"]]
    rows += [("budget", row["id"], row) for row in data["budgets"]]
    for noun, number, row in rows:
        found |= {f"{noun}.{number}.{name}": row[name] for name in OF[noun]}
    return found


def pages(context: TenantContext, figure: str, query: Query, limit: int) -> Explanation:
    """The explanation with all its lines, fetched page by page."""
    first = explain_figure(context, figure, query, limit)
    lines, cursor = list(first.transactions), first.next_cursor
    while cursor:
        more = explain_figure(context, figure, query, limit, cursor)
        assert more.total == first.total
        assert len(lines) % limit == 0
        lines, cursor = lines + more.transactions, more.next_cursor
    assert len({(each.id, each.part) for each in lines}) == len(lines)
    return first.model_copy(update={"transactions": lines})


def number(value: Any) -> Fraction:
    return Fraction(str(value or 0))


def check(found: Explanation, values: Values) -> None:
    """The explanation's total is the report's figure, and what it is said to be made of makes it. A largest line is one
    of a transaction, which is all that the report says of it."""
    if found.id.endswith(LARGEST):
        shown = values[found.id]
        assert [each.id for each in found.transactions] == ([shown["id"]] if shown else [])
    else:
        assert found.total == values[found.id]
    known = {each.figure_id: each.value for each in found.inputs if each.figure_id}
    assert {name: values[name] for name in known} == known
    assert all(each.count for each in found.excluded)
    if found.kind == "sum":
        parts = [each.amount_converted for each in found.transactions] + [each.amount for each in found.adjustments]
        assert sum(map(number, parts)) == number(found.total)
        return
    assert not found.transactions
    if found.unit == "status":
        assert word(found.formula, {each.name: number(each.value) for each in found.inputs}) == found.total
    elif found.total is not None:
        step = Fraction(1, 10 ** {"ratio": 4, "index": 0}.get(found.unit, exponent(found.currency or "EUR")))
        inputs = {each.name: number(each.value) for each in found.inputs if each.unit != "day"}
        every = [number(each.value) for each in found.inputs if each.unit == "money"]
        assert set(results(found.formula, inputs, every, step)) == {number(found.total)}


def walked(driver: Driver, query: Query) -> Values:
    """The figures of the dashboard's answer."""
    return walk(dashboard_report(driver.context, query).model_dump(mode="json", by_alias=True)["data"])


@examples(5)
@given(make.chances)
def test_every_figure_adds_up_to_the_number_in_the_report(open_world: Opener, rng: Random) -> None:
    """Some figures of each answer; over all examples every kind of figure comes up. The largest line is the largest of
    those that all money in, or out, is the sum of."""
    ledger = worlds.ledger(rng)
    driver = open_world(ledger)
    ledger = driver.build(ledger, [*ledger.bookings])
    query = driver.parse(worlds.query(rng, ledger))
    values = walked(driver, query)
    grouped = [figure for figure in values if ".by_payee." in figure or ".by_weekday." in figure]
    status = [figure for figure in values if figure.endswith(".status")]
    for figure in [*rng.sample(sorted(values), 10), *rng.sample(grouped, 3), *rng.sample(status, min(2, len(status)))]:
        check(pages(driver.context, figure, query, rng.choice([2, 1000])), values)
    for name in LARGEST:
        largest = pages(driver.context, f"transactions.{name}", query, 2)
        check(largest, values)
        every = pages(driver.context, f"transactions.{name.removeprefix('largest_')}", query, 1000)
        assert number(largest.total) == max([number(each.amount_converted) for each in every.transactions], default=0)


def test_the_walk_knows_every_figure_of_the_registry() -> None:
    row = dict.fromkeys([*OF["account"], *OF["category"], *OF["budget"], "expenses"])
    month = {"month": "2026-06", **dict.fromkeys(OF_MONTHS)}
    flows = {**dict.fromkeys(("count", "inflow", "outflow", "average", *LARGEST)), "by_month": [month]}
    flows["by_category"] = [{"category_id": "2", **row}]
    flows["by_payee"], flows["by_weekday"] = [{"payee": "A/B. %", **row}], [{"weekday": 7, **row}]
    summary: Values = {**dict.fromkeys((*KEY, "previous", "change", "health"))}
    summary["uncategorised"] = dict.fromkeys(("income", "expenses", "count"))
    summary["unmatched_transfers"] = dict.fromkeys(("amount", "count"))
    data = {
        "summary": summary,
        "transactions": flows,
        "accounts": [{"id": "1", **row}],
        "budgets": [{"id": "3", **row}],
    }
    assert {find(figure)[0].id for figure in walk(data)} == {*DEFINITIONS} - {"summary.uncategorised"}


@examples(5)
@given(make.chances)
def test_net_worth_returns_the_terms_of_its_identity(database: Database, open_books: Opener, rng: Random) -> None:
    """They are those of the reference, and what is left is rounding: half a minor unit for each group and balance,
    for the two balances of each account that enters or leaves, and for what it was valued anew."""
    load_world(database, worlds.GAPLESS)
    ledger = replace(worlds.ledger(rng), world=worlds.GAPLESS)
    asked = replace(worlds.query(rng, ledger), categories=(), tags=())
    driver = open_books(ledger)
    ledger = driver.build(ledger, [*ledger.bookings])
    found = explain_figure(driver.context, "summary.net_worth", driver.parse(asked))
    check(found, walked(driver, driver.parse(asked)))
    terms = {each.name: flat(str(each.value)) for each in found.inputs}
    wanted = other_terms(ledger, asked)
    accounts = len(ledger.accounts)
    said = {
        "transfers_and_saving": terms["transfers_net"] + terms["saving_net"],
        "adjustments": terms["adjustments"],
        "opened": terms["opened"],
        "closed": -terms["closed"],
        "flows_outside": -terms["flows_outside"],
        "revaluation": terms["revaluation"],
    }
    # Each account's part of a term of stocks is rounded once.
    assert all(abs(said[name] - wanted[name]) <= Fraction(accounts, 2) for name in said)
    assert said["adjustments"] == wanted["adjustments"]
    assert said["transfers_and_saving"] == wanted["transfers_and_saving"]
    assert terms["missing_rates"] == 0
    assert abs(terms["rounding"]) <= most_rounding(ledger, asked) + Fraction(3 * accounts, 2)


def test_what_an_explanation_costs_does_not_grow_with_the_books(town: Town) -> None:
    """One figure of each way to explain them, in books of 2 and of 9 accounts, categories, budgets and currencies."""
    counts: list[dict[str, int]] = []
    for place, size in enumerate((2, 9)):
        context = town.context(town.tenant(f"user_{place + 1}"))
        fill(context, size, CURRENCIES)
        ids = [row["id"] for row in walked_rows(context)]
        counts.append({})
        for pattern in DIFFERENT:
            figure = (
                pattern.replace("<id>", ids[noun(pattern)]).replace("<month>", "2026-06").replace("<payee>", "Shop")
            )
            with recording() as ran:
                explain_figure(context, figure, Query())
            counts[-1][pattern] = len(ran.texts)
    assert counts[0] == counts[1]
    assert max(counts[0].values()) <= 25


def walked_rows(context: TenantContext) -> list[Values]:
    """The first account, category and budget."""
    data = dashboard_report(context, Query()).model_dump(mode="json")["data"]
    budget = data["budgets"][0]
    return [data["accounts"][0], {"id": budget["category_ids"][0]}, budget]


def noun(pattern: str) -> int:
    """The place of a pattern's noun among those with ids; of the others any."""
    return ("account", "category", "budget").index(found) if (found := pattern.split(".")[0]) in OF else 0
