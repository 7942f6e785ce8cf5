"""The pages on accounts and net worth, drawn on real books: sums, marks, what moved net worth, and calm failures."""

from __future__ import annotations

from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest

from callbacks import accounts, net_worth
from components import ids
from components.account_list import spark
from components.accounts import DETAIL, EMPTY, LIST, OTHER, accounts_skeleton
from components.axes import ticks_around
from components.net_worth import READY, net_worth_skeleton
from components.query import View
from core.errors import Invalid, NotFound, Unavailable
from core.query import Query
from data.commands.accounts import create_account
from data.commands.rates import create_rate
from data.commands.reconciliations import close_statement, open_statement
from data.commands.transactions import post_transactions
from data.context import TenantContext
from data.reports.account_page import account_states
from data.reports.accounts import accounts_report
from data.reports.dashboard import dashboard_report
from data.reports.net_worth import net_worth_report
from data.schemas.ledger import AccountIn, TransactionIn
from data.schemas.rates import RateIn
from data.schemas.reconciliations import ReconciliationIn
from tests.components.reading import walk, with_class, words

HOSTILE = "<script>alert(1)</script>\u202e" + "x" * 150


@pytest.fixture
def books(context: TenantContext, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Accounts of several kinds and currencies, one closed, one outside of net worth; their ids by name."""
    rows: list[dict[str, Any]] = [
        {
            "name": HOSTILE,
            "type": "checking",
            "opening_balance": "1000.00",
            "opening_on": "2026-01-01",
            "institution": "B",
        },
        {
            "name": "Dollars",
            "type": "savings",
            "currency": "USD",
            "opening_balance": "100.00",
            "opening_on": "2026-01-01",
        },
        {"name": "Card", "type": "credit_card", "opening_balance": "-50.00", "opening_on": "2026-01-01"},
        {
            "name": "Gone",
            "type": "cash",
            "opening_balance": "9.00",
            "opening_on": "2026-01-01",
            "closed_on": "2026-04-30",
        },
        {
            "name": "Company",
            "type": "checking",
            "in_net_worth": False,
            "opening_balance": "5.00",
            "opening_on": "2026-01-01",
        },
        {"name": "Old", "type": "other_asset", "opening_balance": "7.00", "opening_on": "2026-01-01"},
    ]
    own = {row["name"]: create_account(context, AccountIn.model_validate(row))[0].id for row in rows}
    for day, rate in (("2026-05-30", "0.90"), ("2026-06-04", "0.90"), ("2026-06-10", "0.95"), ("2026-06-15", "0.95")):
        create_rate(context, RateIn.model_validate({"base": "USD", "quote": "EUR", "date": day, "rate": rate}))
    lines: list[tuple[str, str, str, dict[str, Any]]] = [
        (HOSTILE, "2026-06-02", "300.00", {}),
        (HOSTILE, "2026-06-03", "-80.50", {}),
        (HOSTILE, "2026-06-16", "-5.00", {"pending": True}),
        ("Dollars", "2026-06-04", "1.01", {}),
        ("Card", "2026-06-05", "-20.00", {}),
        ("Old", "2026-06-06", "2.00", {"type": "adjustment"}),
    ]
    post_transactions(
        context,
        [
            TransactionIn.model_validate({"account_id": own[name], "booked_on": day, "amount": amount, **more})
            for name, day, amount, more in lines
        ],
    )
    identity = SimpleNamespace(context=context, tenant=context.tenant, version=3, has_role=lambda _role: True)
    for module in (accounts, net_worth):
        monkeypatch.setattr(module, "current", lambda: identity)
        monkeypatch.setattr(module, "dashboard", lambda params: dashboard_report(context, Query.parse(params)))
    monkeypatch.setattr(
        accounts,
        "ask",
        lambda _view, params: SimpleNamespace(
            body=accounts_report(context, Query.parse(params)).model_dump_json(by_alias=True)
        ),
    )
    return own


def props(part: Any) -> Any:
    """The attributes that the browser gets."""
    return part.to_plotly_json()["props"]


def actions_of(part: Any) -> list[str]:
    found = [props(button).get("data-account-action") for button in with_class(part, "button")]
    return [name for name in found if name]


def line_of(*balances: str) -> str | None:
    """The small line's points, for a history of these balances."""
    row: Any = SimpleNamespace(balance_history=[SimpleNamespace(balance=each) for each in balances])
    points: str | None = props(spark(row)).get("data-spark")
    return points


def test_the_list_has_every_account_and_sums_what_is_in_net_worth(
    context: TenantContext, books: dict[str, str]
) -> None:
    parts = accounts.show_accounts("?from=2026-06-01&to=2026-06-30")
    assert (parts["page"], parts["title"], actions_of(parts["actions"])) == (LIST, "Accounts", ["add"])
    assets, liabilities, closed = parts["list"]
    # 1,219.50 + 7.00 + 2.00 + 101.01 USD at 0.95 (95.96); the company's 5.00 are outside.
    assert words(with_class(assets, "account-total")) == "€1,324.46"
    assert words(with_class(liabilities, "account-total")) == "−€70.00"
    assert "1 closed account" in words(closed)
    told = words(assets)
    assert HOSTILE in told
    assert "US$101.01" in told
    assert "€95.96" in told
    assert "−€5.00  pending" in told
    assert told.count("Not in net worth") == 1
    assert "No news for 45 days" in told
    hrefs = [part.href for part in with_class(parts["list"], "account-name")]
    assert f"?id={books['Card']}&from=2026-06-01&to=2026-06-30" in hrefs
    cards = words(parts["cards"])
    assert "€1,324" in cards
    assert "−€70" in cards
    day = {"statement_on": "2026-06-10", "balance": "-70.00"}
    statement = open_statement(context, int(books["Card"]), ReconciliationIn.model_validate(day))[0]
    assert account_states(context).data[books["Card"]].reconciled_on is None
    close_statement(context, int(statement.id), adjust=True)
    state = account_states(context).data[books["Card"]]
    assert (str(state.reconciled_on), state.differs) == ("2026-06-10", False)


def test_one_account_with_its_course_and_months(books: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    parts = accounts.show_accounts(f"?id={books['Dollars']}&from=2026-06-01&to=2026-06-30&currency=EUR")
    assert (parts["page"], parts["title"]) == (DETAIL, "Dollars")
    assert actions_of(parts["actions"]) == ["edit", "close", "delete"]
    assert "The balance rose from US$100 on 31 May 2026" in words(parts["balance_about"])
    assert parts["balance_figure"]["figure"]["data"][0]["y"][-1] == 101.01
    assert "June 2026 US$1.01 US$0.00 +US$1.01" in words(parts["months"])
    assert "id" not in words(parts["chips"]).lower().split()
    assert "€95.96" in words(parts["cards"])
    assert parts["context"]["account"]["id"] == books["Dollars"]
    closed = accounts.show_accounts(f"?id={books['Gone']}")
    assert actions_of(closed["actions"]) == ["edit", "reopen", "delete"]
    # Who may only look gets no buttons.
    monkeypatch.setattr(vars(accounts)["current"](), "has_role", lambda _role: False)
    assert actions_of(accounts.show_accounts("")["actions"]) == []
    seen = accounts.show_accounts(f"?id={books['Card']}")
    assert (actions_of(seen["actions"]), seen["context"]["writes"]) == ([], False)


def test_what_is_not_there_is_said_calmly(books: dict[str, str], caplog: pytest.LogCaptureFixture) -> None:
    parts = accounts.show_accounts("?category_id=none&period=this_month")
    assert "Not known" in words(parts["list"])
    with pytest.raises(Invalid, match="whole accounts"):
        net_worth.show_net_worth("?category_id=none&period=this_month")
    for search in ("?id=999999", "?id=x", "?period=never"):
        with pytest.raises((NotFound, Invalid)) as raised:
            accounts.show_accounts(search)
        parts = accounts.PAGE.failure(raised.value, View.parse(search))
        assert (parts["page"], parts["actions"]) == (OTHER, [])
    for page in (accounts, net_worth):
        assert "switched off" in words(page.PAGE.failure(NotFound("x", code="feature_disabled"), View())["state"])
        assert "could not be fetched" in words(page.PAGE.failure(Unavailable("Later"), View())["state"])
        assert "secret" not in words(page.PAGE.failure(RuntimeError("secret"), View())["state"])


def test_books_without_accounts_say_how_to_begin(context: TenantContext, monkeypatch: pytest.MonkeyPatch) -> None:
    identity = SimpleNamespace(context=context, tenant=context.tenant, version=1, has_role=lambda _role: True)
    monkeypatch.setattr(accounts, "current", lambda: identity)
    parts = accounts.show_accounts("")
    assert (parts["page"], actions_of(parts["actions"])) == (EMPTY, ["add"])
    assert "Your figures will be here" in words(parts["state"])


def test_what_moved_net_worth_adds_up(context: TenantContext, books: dict[str, str]) -> None:
    for query in ("?from=2026-06-01&to=2026-06-30", "?from=2026-06-03&to=2026-06-16&currency=USD"):
        check_moves(context, query)
    parts = net_worth.show_net_worth("?from=2026-06-01&to=2026-06-30")
    said = words(parts["moves_about"])
    assert "you earned €200 more than you spent; of the rest, exchange rates moved it most, +€5." in said
    assert "The axis does not begin at zero." in said
    assert "92% of its side" in words(parts["types"])
    # On the day before the year begins there is no rate of the dollar, and no dollar either.
    answer = net_worth_report(context, Query.parse({"period": ["this_year"]}))
    (savings,) = [part for part in answer.data.parts if part.type == "savings"]
    assert (savings.before, savings.change, savings.after) == ("0.00", "95.96", "95.96")
    answer = net_worth_report(context, Query.parse({"from": ["2026-03-01"], "to": ["2026-06-16"]}))
    (savings,) = [part for part in answer.data.parts if part.type == "savings"]
    assert (savings.before, savings.change, savings.after, answer.complete) == (None, None, "95.96", False)
    assert "could not be converted" in words(net_worth.show_net_worth("?from=2026-03-01&to=2026-06-16")["notice"])


def check_moves(context: TenantContext, query: str) -> None:
    """The terms lead from one day to the other, and the parts make up both."""
    story = net_worth_report(context, Query.parse(View.parse(query).params)).data
    assert story.before is not None
    assert story.after is not None
    moved = sum((Decimal(move.amount) for move in story.moves), Decimal(0))
    assert Decimal(story.before) + moved == Decimal(story.after)
    for day, total in (("before", story.before), ("after", story.after)):
        assert sum(Decimal(getattr(part, day)) for part in story.parts) == Decimal(total)
    parts = net_worth.show_net_worth(query)
    assert parts["page"] == READY
    assert "Exchange rates" in words(parts["moves_table"])
    steps = parts["moves_figure"]["figure"]["data"][0]
    assert len(steps["x"]) == len(story.moves) + 2
    assert "US$" in words(parts["types"]) or "€" in words(parts["types"])
    assert [part.href for part in walk(parts["currency"]) if hasattr(part, "href")]


def test_axes_begin_at_zero_unless_everything_is_far_from_it() -> None:
    assert ticks_around([-5.0, 20.0])[0] < 0 <= ticks_around([10.0, 100.0])[0]
    far = ticks_around([1_000_000.0, 1_000_700.0])
    assert 999_000 < far[0] < 1_000_000
    assert far[-1] >= 1_000_700


def test_a_line_of_balances_has_its_shape_and_no_more_points_than_it_can_show() -> None:
    drawn = (line_of(*map(str, range(100))) or "").split(",")
    assert (drawn[-1], len(drawn) <= 40, drawn == sorted(drawn, key=int)) == ("100", True, True)
    assert line_of("5.00", "5.00", "5.00") == "50,50,50"
    assert line_of("5.00") is None


@pytest.mark.parametrize(("module", "skeleton"), [(accounts, accounts_skeleton), (net_worth, net_worth_skeleton)])
def test_the_skeletons_have_a_place_for_every_part(module: Any, skeleton: Any) -> None:
    found = [getattr(part, "id", None) for part in walk(skeleton())]
    for output in module.PARTS.values():
        assert output.component_id in found
    assert ids.ACCOUNTS in found or ids.WORTH in found
