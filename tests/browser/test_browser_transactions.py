"""The transactions page as people use it: find, read, put right, split, change many, take back; on a phone too."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import HOSTILE, VIEWER, Product, Visits, sideways
from tests.browser.test_browser_accessible import violations

pytestmark = pytest.mark.browser
EDITOR, BOOKS = "edda@example.org", "org_ledger"
TODAY = date.today()


@pytest.fixture(scope="module")
def ledger(product: Product) -> dict[str, str]:
    """Books of 250 bookings, newest first: one of each kind, then many equal ones."""
    post = product.organization(BOOKS, EDITOR, "editor", name="Ledger Ltd")
    giro = post("accounts", name="Giro")["id"]
    savings = post("accounts", name="Savings", type="savings")["id"]
    made = {name: post("categories", name=name)["id"] for name in ("Food", "Travel", HOSTILE)}
    days = [f"{TODAY - timedelta(days=back)}" for back in range(60)]
    rows: list[dict[str, Any]] = [
        {"booked_on": days[0], "amount": "-12.50", "payee": "Corner Shop", "tags": ["home"]},
        {"booked_on": days[0], "amount": "-99999999.99", "payee": HOSTILE, "note": HOSTILE, "tags": [HOSTILE[:60]]},
        {"booked_on": days[1], "amount": "-100.00", "payee": "To savings", "counterparty": "Savings"},
        {"booked_on": days[2], "amount": "-3.00", "payee": "Waiting", "pending": True},
    ]
    rows += [{"booked_on": days[3 + n // 5], "amount": f"-{n}.10", "payee": f"Kiosk {n}"} for n in range(1, 246)]
    post("transactions", transactions=[{"account_id": giro, **row} for row in rows])
    into = {"account_id": savings, "booked_on": days[1], "amount": "100.00", "payee": "From giro"}
    post("transactions", **into)
    return {"giro": giro, **made}


def ready(page: Page, address: str = "/transactions") -> None:
    page.goto(address)
    expect(page.locator(".ledger-panel")).to_have_class(re.compile("is-filled"))
    expect(page.locator("#ledger-totals .strong").first).to_be_visible()


def row(page: Page, payee: str) -> Locator:
    return page.locator(".ag-center-cols-container .ag-row").filter(has=page.get_by_text(payee, exact=True))


def stored(page: Page, query: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = page.request.get(f"/financial/transactions?{query}").json()["data"]
    return found


def undo(page: Page) -> None:
    page.get_by_role("button", name="Undo", exact=True).click()
    expect(page.locator("#ledger-toast")).to_contain_text("Taken back")


def test_find_read_and_put_right(visit: Visits, ledger: dict[str, str]) -> None:
    page = visit(EDITOR, BOOKS)
    ready(page)
    expect(row(page, "Corner Shop")).to_be_visible()
    expect(page.locator("#ledger-totals")).to_contain_text("250 transactions")
    assert sideways(page) == 0
    assert violations(page) == []

    # Typing a category's name in its cell, by keyboard alone; the toast takes it back.
    cell = row(page, "Corner Shop").locator("[col-id=account_id]")
    cell.focus()
    expect(cell).to_be_focused()
    page.keyboard.press("e")
    expect(page.locator(".ledger-popover input")).to_be_focused()
    page.keyboard.type("foo")
    page.keyboard.press("Enter")
    expect(row(page, "Corner Shop")).to_contain_text("Food")
    expect(page.locator("#ledger-toast")).to_contain_text("Category is now Food")
    undo(page)
    expect(row(page, "Corner Shop")).to_contain_text("Uncategorised")
    assert stored(page, "q=Corner")[0]["category_id"] is None

    # A note that somebody else changed meanwhile is not lost, and nothing is overwritten unseen.
    visit.expected.append("status of 412")
    popover = page.locator(".ledger-popover")
    with page.expect_response(re.compile(r"/financial/transactions/\d+$")):
        row(page, "Corner Shop").locator("[col-id=note]").click()
    popover.locator("input").fill("mine")
    number = stored(page, "q=Corner")[0]["id"]
    token = page.request.get("/auth/csrf").json()
    csrf = {"X-CSRF-Token": next(iter(token.values()))}
    assert page.request.patch(f"/financial/transactions/{number}", data={"note": "theirs"}, headers=csrf).ok
    popover.locator("input").press("Enter")
    expect(popover).to_contain_text("it now has theirs")
    expect(popover.locator("input")).to_have_value("mine")
    assert stored(page, "q=Corner")[0]["note"] == "theirs"
    popover.locator("input").press("Enter")
    expect(row(page, "Corner Shop")).to_contain_text("mine")

    # The other side of a transfer.
    row(page, "To savings").locator("[col-id=amount]").click()
    drawer = page.locator("dialog[open]")
    drawer.get_by_role("button", name="Open the other side in Savings").click()
    expect(page.locator("dialog[open] h2")).to_have_text("From giro")
    assert violations(page, "dialog[open]") == []
    page.keyboard.press("Escape")
    expect(page.locator("dialog")).to_have_count(0)

    # Searching, and taking the search away by its chip.
    page.keyboard.press("/")
    page.keyboard.type("kiosk 24")
    expect(page).to_have_url(re.compile("q=kiosk\\+24"))
    expect(page.locator("#ledger-totals")).to_contain_text("7 transactions")
    expect(page.locator(".chip")).to_contain_text("Search: kiosk 24")
    page.locator(".chip a").click()
    expect(page.locator("#ledger-totals")).to_contain_text("250 transactions")


def test_filters_sorting_scrolling_and_the_way_back(visit: Visits, ledger: dict[str, str]) -> None:
    page = visit(EDITOR, BOOKS)
    ready(page)
    page.get_by_role("button", name="Filter").click()
    dialog = page.locator("dialog[open]")
    assert violations(page, "dialog[open]") == []
    dialog.get_by_label("Amount up to").fill("ten")
    dialog.get_by_role("button", name="Show").click()
    expect(dialog).to_contain_text("Write an amount")
    dialog.get_by_label("Amount up to").fill("-200,10")
    dialog.get_by_label("Giro").check()
    dialog.get_by_role("button", name="Show").click()
    expect(page.locator(".chip")).to_contain_text(["Account: Giro", "Up to"])
    expect(page.locator("#ledger-totals")).to_contain_text("47 transactions")
    page.get_by_role("columnheader", name="Amount").click()
    expect(page).to_have_url(re.compile("sort=-amount"))
    expect(page.locator("[row-index='0'] [col-id=payee]")).to_contain_text("Kiosk 200")
    page.go_back()
    expect(page.locator("[row-index='0'] [col-id=payee]")).to_contain_text("W" * 20)
    page.goto("/transactions?sort=booked_on")
    for _ in range(12):
        page.locator(".ag-body-viewport").evaluate("each => each.scrollTo(0, each.scrollHeight)")
        page.wait_for_function("() => !document.querySelector('.ag-row .ledger-bone')")
    expect(row(page, "Corner Shop")).to_be_visible()
    expect(page.locator(".ag-row .ledger-bone")).to_have_count(0)
    page.goto("/transactions?q=nothing-like-this")
    expect(page.get_by_role("heading", name="Nothing matches")).to_be_visible()
    visit.expected.append("status of 404")
    page.goto("/transactions?category_id=99999999")
    expect(page.get_by_text("This view cannot be shown")).to_be_visible()


def test_split_delete_and_many_at_once(visit: Visits, ledger: dict[str, str]) -> None:
    page = visit(EDITOR, BOOKS)
    ready(page, "/transactions?q=kiosk+1")
    before = stored(page, "q=kiosk+1&limit=1000")

    row(page, "Kiosk 100").locator("[col-id=payee]").click()
    page.get_by_role("button", name="Split").click()
    dialog = page.locator("dialog[data-dialog=split]")
    dialog.get_by_label("Amount of part 2").fill("40,10")
    expect(dialog.get_by_label("Amount of part 1")).to_have_value("60.00")  # the first part is the rest
    dialog.get_by_label("Amount of part 2").fill("")
    dialog.get_by_label("Amount of part 1").fill("60")
    expect(dialog).to_contain_text("Left to divide: €40.10")
    expect(dialog.get_by_role("button", name="Save split")).to_be_disabled()
    dialog.get_by_label("Category of part 2").fill("trav")
    dialog.get_by_label("Category of part 2").press("Enter")
    dialog.get_by_label("Amount of part 2").fill("40,10")
    expect(dialog).to_contain_text("The parts add up")
    assert violations(page, "dialog[data-dialog=split]") == []
    dialog.get_by_role("button", name="Save split").click()
    expect(page.locator("dialog[open] .ledger-parts li")).to_have_count(2)
    undo(page)
    page.locator("dialog[open]").get_by_role("button", name="Delete").click()
    page.locator("dialog[data-dialog=delete]").get_by_role("button", name="Delete").click()
    expect(page.locator("#ledger-totals")).to_contain_text(f"{len(before) - 1} transactions")
    undo(page)
    expect(page.locator("#ledger-totals")).to_contain_text(f"{len(before)} transactions")

    row(page, "Kiosk 100").locator("[col-id=booked_on]").focus()
    page.keyboard.press("Space")
    expect(page.locator("#ledger-bar")).to_contain_text("1 selected")
    page.get_by_role("button", name=f"Select all {len(before)}").click()
    page.locator("#ledger-bar").get_by_role("button", name="Edit").click()
    dialog = page.locator("dialog[data-dialog=bulk]")
    dialog.get_by_label("Category").fill("foo")
    dialog.get_by_label("Category").press("Enter")
    dialog.get_by_role("button", name="Preview").click()
    expect(dialog).to_contain_text(f"{len(before)} of {len(before)} transactions will change")
    assert violations(page, "dialog[data-dialog=bulk]") == []
    dialog.get_by_role("button", name=f"Change {len(before)}").click()
    expect(page.locator("#ledger-toast")).to_contain_text(f"{len(before)} transactions changed")
    assert {each["category_id"] for each in stored(page, "q=kiosk+1&limit=1000")} == {ledger["Food"]}
    undo(page)

    def plain(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [{name: value for name, value in each.items() if name != "updated_at"} for each in rows]

    assert plain(stored(page, "q=kiosk+1&limit=1000")) == plain(before)


def test_a_phone_shows_cards_and_loads_no_grid(visit: Visits, ledger: dict[str, str]) -> None:
    page = visit(EDITOR, BOOKS, screen="phone", viewport={"width": 360, "height": 740})
    ready(page)
    expect(page.locator(".ledger-card").first).to_contain_text("W" * 20)
    assert page.evaluate("window.dash_ag_grid === undefined")
    assert violations(page) == []
    page.wait_for_function("""() => {
        window.scrollTo(0, document.documentElement.scrollHeight);
        return document.querySelectorAll('.ledger-card').length === 250;
    }""")
    assert sideways(page) == 0
    assert page.locator("main img").count() == 0
    page.get_by_role("button", name="New transaction").click()
    dialog = page.locator("dialog[open]")
    dialog.get_by_role("button", name="Add").last.click()
    expect(dialog).to_contain_text("Write an amount")
    dialog.get_by_label("Amount").fill("7,5")
    dialog.get_by_label("Payee").fill("Ice cream")
    assert violations(page, "dialog[open]") == []
    dialog.get_by_role("button", name="Add", exact=True).click()
    expect(page.locator(".ledger-card").first).to_contain_text("Ice cream")
    page.locator(".ledger-card-press").first.click()
    expect(page.locator("dialog[open] .ledger-big")).to_have_text("−€7.50")
    assert violations(page, "dialog[open]") == []
    page.get_by_role("button", name="Close").click()
    page.get_by_role("button", name="Select", exact=True).click()
    page.locator(".ledger-card-press").first.click()
    page.locator("#ledger-bar").get_by_role("button", name="Delete").click()
    page.locator("dialog[data-dialog=delete]").get_by_role("button", name="Delete").click()
    expect(page.locator("#ledger-toast")).to_contain_text("1 transaction deleted")
    assert sideways(page) == 0


def test_a_viewer_reads_and_other_pages_load_no_grid(visit: Visits) -> None:
    page = visit(VIEWER)
    page.goto("/")
    expect(page.locator("#overview")).to_have_class(re.compile("is-ready"))
    assert page.evaluate("window.dash_ag_grid === undefined")
    page.locator(".rail nav a[href='/transactions']").click()
    expect(page.locator(".ag-row .ledger-who").first).to_be_visible()
    expect(page.get_by_role("button", name="New transaction")).to_have_count(0)
    expect(page.locator(".ag-checkbox")).to_have_count(0)
    page.locator(".ag-row [col-id=category_id]").first.click()
    expect(page.locator("dialog[open] .ledger-facts")).to_be_visible()
    expect(page.locator("dialog[open] :is(input, textarea)")).to_have_count(0)
