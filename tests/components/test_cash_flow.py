"""The cash flow page's parts: figures that Plotly takes, words that add up, links that lead where they say."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import plotly.graph_objects as go
import pytest

from components import ids, theme
from components.cash_flow import draw
from components.charts_money import sankey_chart, streams, waterfall_chart
from components.context import Picture
from components.due import Calendar, due
from components.flow_panels import Steps, waterfall_panel
from components.flow_tree import money_of
from components.flow_view import FlowView
from components.format import Format
from components.outlook import forecast_panel
from components.query import View
from core.errors import Invalid
from data.reports.registry import DEFINITIONS
from data.schemas.cash_flow import BalanceDay, CashFlow, DayFlow, StepFlow
from data.schemas.comparisons import Compared, ComparedSpans, Comparison
from data.schemas.dashboard import CategoryFlow, Envelope
from data.schemas.ledger import Category
from data.schemas.recurring import Forecast, ForecastError, ForecastPoint, PriceChange, Recurring
from tests.components import sample
from tests.components.reading import walk, with_class, words
from tests.components.test_tokens import tokens

EN = Format("en-GB")
OCTOBER = {"from": date(2026, 10, 1), "to": date(2026, 10, 31)}
NOVEMBER = {"from": date(2026, 11, 1), "to": date(2026, 11, 30)}
CATEGORIES = {
    each.id: each
    for each in (
        Category(id="1", name="Income", parent_id=None, kind="income"),
        Category(id="2", name="Salary", parent_id="1", kind="income"),
        Category(id="3", name="Bonus", parent_id="1", kind="income"),
        Category(id="7", name="Home", parent_id=None, kind="expense"),
        Category(id="8", name="Rent", parent_id="7", kind="expense"),
        Category(id="9", name=sample.HOSTILE, parent_id=None, kind="expense"),
    )
}


def flow(name: str, id_: str | None, amount: str, kind: Any = "expense") -> CategoryFlow:
    return CategoryFlow(category_id=id_, name=name, kind=kind, amount=amount, count=3, share=None)


FLOWS = [
    flow("Salary", "2", "3000.00", "income"),
    flow("Bonus", "3", "500.00", "income"),
    flow("Home", "7", "100.00"),
    flow("Rent", "8", "1200.00"),
    flow(sample.HOSTILE, "9", "-50.00"),
    flow("Uncategorised expenses", None, "20.00"),
]


def picture(flows: list[CategoryFlow] | None = None) -> Picture:
    return sample.picture(
        sample.answer(transactions=sample.transactions(by_category=FLOWS if flows is None else flows))
    )


def step(span: Any, income: str = "3500.00", expenses: str = "1270.00", before: str | None = "900.00") -> StepFlow:
    net = f"{float(income) - float(expenses):.2f}"
    given = {"income": income, "expenses": expenses, "net": net, "count": 4}
    return StepFlow(**span, **given, before_income=before, before_expenses=before)


def envelope(data: Any, **given: Any) -> Any:
    outer = sample.answer().model_dump(by_alias=True, exclude={"data"}) | given
    return Envelope[Any](**outer, data=data)


def cash_flow(*steps: StepFlow, by: Any = "month") -> Any:
    days = [DayFlow(date=date(2026, 11, 2), income="10.00", expenses="40.00", count=2)]
    return envelope(CashFlow(by=by, steps=list(steps), days=days, before=None))


def row(name: str, **given: Any) -> Compared:
    values: dict[str, Any] = {
        "id": "8", "name": name, "kind": "expense", "amount": "100.00", "count": 1, "previous": "80.00",
        "change": "20.00", "last_year": None, "average": "100.00",
    }  # fmt: skip
    return Compared(**(values | given))


def comparison(*rows: Compared, of: Any = "category") -> Any:
    spans = ComparedSpans(current=NOVEMBER, previous=OCTOBER, last_year=OCTOBER, last_six=OCTOBER)
    return envelope(Comparison(by="month", of=of, spans=spans, rows=list(rows), more=3))


def page(search: str = "", flows: list[CategoryFlow] | None = None, *rows: Compared) -> dict[str, Any]:
    view = FlowView.read(View.parse(search))
    compared = comparison(*(rows or (row("Rent"),)), of=view.of)
    return draw(picture(flows), view, cash_flow(step(OCTOBER), step(NOVEMBER)), compared, CATEGORIES, "Alice")


def series(payee: str = "Gym", **given: Any) -> Recurring:
    values: dict[str, Any] = {
        "id": payee, "payee": payee, "account_id": "1", "category_id": None, "kind": "expense", "currency": "EUR",
        "interval": "monthly", "amount": "-30.00", "next_on": date(2026, 11, 20), "first_on": date(2026, 1, 20),
        "last_on": date(2026, 10, 20), "confidence": 0.9, "price_changes": [], "ended": False,
        "upcoming": [date(2026, 11, 20), date(2026, 12, 20)],
    }  # fmt: skip
    return Recurring(**(values | given))


def forecast(**given: Any) -> Any:
    points = [
        ForecastPoint(date=date(2026, 11, 18 + day), expected="100.00", low="50.00", high="180.00", recurring="0.00")
        for day in (1, 2)
    ]
    error = ForecastError(median="12.00", days=30, tests=6)
    values: dict[str, Any] = {
        "account_ids": ["1"], "balance": "90.00", "points": points, "error": error, "reason": None
    }  # fmt: skip
    return envelope(Forecast(**(values | given)))


HELD = [BalanceDay(date=date(2026, 11, day), balance=f"{day}.00") for day in (16, 17, 18)]


def test_plotly_takes_every_figure_and_colours_are_tokens() -> None:
    palette = {f"--{name}": value for name, value in tokens("light").items()}
    charts = [value for name, value in page().items() if name.endswith("_figure")]
    charts.append(forecast_panel(forecast(), HELD, EN)[1])
    assert len(charts) == 6
    for chart in charts:
        assert "#" not in json.dumps(chart)
        assert "<script" not in json.dumps(chart)
        go.Figure(theme.resolve(chart["figure"], palette))
        assert chart["figure"]["data"]


def test_a_view_without_bookings_closes_its_panels() -> None:
    parts = page("", [])
    for chart in (ids.WATERFALL, ids.SANKEY, ids.TREEMAP):
        assert with_class(parts[f"{chart}_about"], "no-chart")
        assert parts[f"{chart}_figure"]["figure"]["data"] == []
    empty = draw(picture([]), FlowView(View()), cash_flow(), comparison(), CATEGORIES, "Alice")
    assert with_class(empty["steps_about"], "no-chart")
    assert "No categories have income or expenses here." in words(empty["compared"])


def test_one_category_that_holds_all_is_opened() -> None:
    money = money_of(picture(), FlowView(View()), CATEGORIES)
    assert [(each.name, each.minor) for each in money.income] == [("Salary", 300000), ("Bonus", 50000)]
    assert [(each.key, each.minor) for each in money.expenses] == [("7", 130000), ("none", 2000), ("9", -5000)]
    assert money.left == 350000 - 127000


def test_what_flows_in_is_what_flows_out() -> None:
    for amounts in (FLOWS, [*FLOWS, flow("Rent", "8", "9000.00")]):
        into, out = streams(money_of(picture(amounts), FlowView(View()), CATEGORIES))
        assert sum(each.minor for each in into) == sum(each.minor for each in out)
        assert all(each.minor > 0 for each in (*into, *out))


def test_the_waterfall_ends_with_what_is_left() -> None:
    data = page()["waterfall_figure"]["figure"]["data"][0]
    assert data["x"] == [3500.0, -1300.0, -20.0, 50.0, 2230.0]
    assert data["measure"][-1] == "total"
    assert data["customdata"] == ["", "?category_id=7", "?category_id=none", "?category_id=9", ""]


def test_each_mark_of_the_money_leads_to_what_it_is_made_of() -> None:
    many = [flow(f"Kind {place}", f"{place}", "10.00") for place in range(20, 32)]
    plain = sample.picture(sample.answer(transactions=sample.transactions(by_category=[*FLOWS[:2], *many])))
    told = Picture(plain.answer, plain.fmt, plain.months, plain.view, DEFINITIONS)
    money = money_of(told, FlowView(View()), CATEGORIES)
    falls = waterfall_chart(money)["figure"]["data"][0]["customdata"]
    nodes = sankey_chart(money)["figure"]["data"][0]["node"]["customdata"]
    assert (falls[0], falls[-1]) == ("/explain?figure=summary.income", "/explain?figure=summary.net_cash_flow")
    assert falls[-2].startswith("/transactions?period=latest_12_months&category_id=28&category_id=29")
    assert nodes[2:4] == [falls[0], "?category_id=20"]
    assert nodes[-1] == falls[-1]
    assert all(falls)
    assert all(nodes)
    table = next(part for part in walk(waterfall_panel(money)[2]) if hasattr(part, "data-table"))
    rows = json.loads(getattr(table, "data-table"))["rows"]
    assert [row[1][1] for row in (rows[0], rows[-1])] == [falls[0], falls[-1]]


def test_a_click_narrows_and_the_second_shows_the_bookings() -> None:
    view = FlowView.read(View.parse("?period=this_year&by=week&category_id=3&account_id=1"))
    assert view.narrowed("7") == "?period=this_year&account_id=1&category_id=7&by=week"
    assert view.narrowed("3") == "/transactions?period=this_year&category_id=3&account_id=1"
    assert FlowView(View()).bookings(("q", "a&b")) == "/transactions?period=latest_12_months&q=a%26b"


@pytest.mark.parametrize("search", ["?by=day", "?compare=x", "?of=", "?by=week&by=month"])
def test_unknown_choices_are_refused(search: str) -> None:
    with pytest.raises(Invalid):
        FlowView.read(View.parse(search))


def test_the_switches_keep_the_rest_of_the_address() -> None:
    parts = page("?period=this_year&tag=x&by=quarter&of=payee")
    links = [each.href for each in walk(parts["switches"]) if hasattr(each, "href")]
    assert "?period=this_year&tag=x&of=payee" in links
    assert "?period=this_year&tag=x&by=quarter&compare=average&of=payee" in links
    assert [words(chip) for chip in with_class(parts["chips"], "chip-text")] == ["Tag: x"]


def test_steps_are_compared_with_what_was_chosen() -> None:
    steps = (step(OCTOBER, before="900.00"), step(NOVEMBER, before=None))
    view = FlowView(View())
    assert Steps(picture(), view, cash_flow(*steps)).ghost == (["900.00", None], ["900.00", None])
    average = FlowView(View(), beside="average")
    assert Steps(picture(), average, cash_flow(*steps)).ghost == (["3500.00"] * 2, ["1270.00"] * 2)
    assert [Steps(picture(), view, cash_flow(*steps)).open(each) for each in steps] == [False, True]


def test_the_table_says_what_changed_and_by_how_much() -> None:
    parts = page("", None, row("Rent"), row("Gifts", id=None, kind="income", amount="5.00", previous="9.00"))
    text = words(parts["compared"])
    assert "The largest change so far: €20 more on Rent than the month before." in text
    assert "+€20.00" in text
    assert "−€4.00" in text
    assert "3 smaller ones are not listed." in text
    hrefs = [each.href for each in with_class(parts["compared"], "row-name")]
    assert hrefs == ["?category_id=none", "?category_id=8"]
    payees = page("?of=payee", None, row("A & B", id=None))["compared"]
    link = with_class(payees, "row-name")[0].href
    assert link == "/transactions?q=A+%26+B&from=2026-11-01&to=2026-11-30"
    days = "&from=2026-11-01&to=2026-11-30"
    for of, figure in (
        ("payee", f"transactions.by_payee.A%2520%2526%2520B.amount{days}"),
        ("tag", f"summary.expenses{days}&tag=A+%26+B"),
        ("account", f"summary.expenses{days}&account_id=8"),
    ):
        rows = page(f"?of={of}", None, row("A & B", id=None if of == "payee" else "8"))["compared"]
        assert [each.href for each in with_class(rows, "why")] == [f"/explain?figure={figure}"]
    assert not with_class(page("?of=tag&tag=x", None, row("A & B"))["compared"], "why")


def test_recurring_payments_on_their_days() -> None:
    late = series("Phone", upcoming=[date(2026, 11, 10)], amount="-20.00")
    dearer = PriceChange(date=date(2026, 10, 20), before="-25.00", after="-30.00")
    own = [series(price_changes=[dearer]), late, series("Savings", kind="transfer"), series("Old", ended=True)]
    drawn = due(Calendar(own, date(2026, 11, 18), "EUR", EN, FlowView(View())))
    text = words(drawn)
    assert "In the next 30 days €30 are due and €0 should come in." in text
    assert "was due on 10 Nov" in text
    assert "instead of −€25.00 since 20 Oct" in text
    twentieth = next(day for day in with_class(drawn, "due-day") if "20 Nov" in words(day))
    assert "Gym" in words(twentieth)
    assert "Old" not in words(with_class(drawn, "due-day"))
    assert "No payments come back yet" in words(due(Calendar([], date(2026, 11, 18), "EUR", EN, FlowView(View()))))


def test_the_forecast_says_how_far_off_it_was_or_why_there_is_none() -> None:
    head, chart, _ = forecast_panel(forecast(), HELD, EN)
    assert "in 8 of 10 cases between €50 and €180" in words(head)
    assert "it was off by €12 after 30 days" in words(head)
    low, high, past, expected = chart["figure"]["data"]
    assert past["x"][-1] == expected["x"][0] == low["x"][0] == high["x"][0] == "2026-11-18"
    assert past["y"][-1] == expected["y"][0] == low["y"][0] == high["y"][0]
    none = forecast_panel(forecast(points=None, error=None, reason="no_rates"), [], EN)
    assert "No exchange rate is known" in words(none[0])
