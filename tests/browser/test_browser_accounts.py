"""Accounts in a browser: the list, adding one, reconciling it by keyboard, deleting it; on a phone and for a viewer."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import VIEWER, Product, Visits, sideways
from tests.browser.test_browser_accessible import violations

pytestmark = pytest.mark.browser
KEEPER, BOOKS = "kim@example.org", "user_31"
NAME = "<b>Kim's</b> current account 🏦"


@pytest.fixture(scope="module")
def kim(product: Product) -> dict[str, Any]:
    """Books of one account with three entries."""
    product.town.tenant(BOOKS, name="Kim")
    product.town.person(KEEPER, **{BOOKS: "owner"})
    account = {"name": NAME, "type": "checking", "opening_balance": "100.00", "opening_on": "2026-05-01"}
    made = product.ask(KEEPER, BOOKS, "POST", "/financial/accounts", account)
    entries = [
        {"account_id": made["id"], "booked_on": f"2026-05-{day}", "amount": amount, "payee": payee}
        for day, amount, payee in (("02", "-30.00", "Shop"), ("20", "-20.00", "Rent"), ("30", "7.50", "Refund"))
    ]
    product.ask(KEEPER, BOOKS, "POST", "/financial/transactions", {"transactions": entries})
    found: dict[str, Any] = made
    return found


def test_an_account_is_reconciled_by_keyboard(visit: Visits, product: Product, kim: dict[str, Any]) -> None:
    page = visit(KEEPER, BOOKS)
    page.goto("/accounts")
    page.get_by_role("link", name=NAME).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(NAME)
    panel = page.locator("#accounts-reconcile")
    panel.get_by_label("Statement of").fill("2026-05-31")
    panel.get_by_label("Its closing balance").fill("fifty")
    panel.get_by_role("button", name="Start").click()
    expect(panel).to_contain_text("Write an amount")
    panel.get_by_label("Its closing balance").fill("50")
    panel.get_by_label("Its closing balance").press("Enter")
    left = panel.locator(".reconcile-left")
    expect(left).to_have_text("−€50.00")
    boxes = panel.locator(".reconcile-list input")
    expect(boxes).to_have_count(3)
    assert violations(page) == []
    boxes.nth(1).focus()
    page.keyboard.press("Enter")  # Rent, and on to the shop
    expect(left).to_have_text("−€30.00")
    page.keyboard.press("Space")
    expect(left).to_have_text(re.compile("€0.00"))
    panel.get_by_role("button", name="Finish", exact=True).click()
    expect(panel).to_contain_text("Reconciled to Sun 31 May 2026")
    expect(panel).to_contain_text("2 entries")

    panel.get_by_role("button", name="Reopen the statement").click()
    panel.get_by_role("button", name="Tick all").click()
    expect(left).to_have_text("−€7.50")
    panel.get_by_role("button", name="Finish with an adjustment").click()
    page.get_by_role("button", name="Book it and finish").click()
    expect(panel).to_contain_text("4 entries, with an adjustment")
    expect(page.locator("#accounts-cards .figure").first).to_contain_text("€50")


def test_an_account_is_added_closed_and_deleted(visit: Visits, kim: dict[str, Any]) -> None:
    visit.expected += ["status of 422", "status of 409"]
    page = visit(KEEPER, BOOKS, screen="phone", theme="dark")
    page.goto("/accounts")
    expect(page.locator("#accounts")).to_have_class(re.compile("is-list"))
    assert sideways(page) == 0
    page.get_by_role("button", name="Add account").click()
    form = page.get_by_role("dialog")
    form.get_by_role("button", name="Add account").click()
    expect(form).to_contain_text("Give it a name")
    form.get_by_label("Name").fill("Wallet")
    form.get_by_label("Opening balance").fill("1.234,50")
    form.get_by_role("button", name="Add account").click()
    expect(form).to_contain_text("must be given together")
    assert violations(page) == []
    form.get_by_label("At the start of").fill("2026-01-01")
    form.get_by_role("button", name="Add account").click()
    expect(page.locator("#accounts-list")).to_contain_text("€1,234.50")

    page.get_by_role("link", name=NAME).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(NAME)
    page.get_by_role("button", name="Delete").click()
    page.get_by_role("button", name="Delete account").click()
    page.get_by_role("button", name="Move and delete").click()
    expect(page.locator("#accounts")).to_have_class(re.compile("is-list"))
    expect(page.locator("#accounts-list")).not_to_contain_text(NAME)
    page.get_by_role("link", name="Wallet").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Wallet")
    page.get_by_role("button", name="Close", exact=True).click()
    page.get_by_role("button", name="Close account").click()
    expect(page.get_by_role("button", name="Reopen", exact=True)).to_be_visible()
    assert sideways(page) == 0
    assert violations(page) == []


def test_a_viewer_changes_nothing_and_sees_what_moved_net_worth(visit: Visits) -> None:
    page = visit(VIEWER, screen="phone", theme="dark")
    page.goto("/accounts")
    page.locator(".account-name").first.click()
    expect(page.locator("#accounts-reconcile")).to_contain_text("Reconcile")
    expect(page.locator("#accounts-months")).to_contain_text("In and out by month")
    for name in ("Start", "Edit", "Delete", "Add account"):
        expect(page.get_by_role("button", name=name, exact=True)).to_have_count(0)
    page.goto("/net-worth?period=last_12_months")
    expect(page.locator("#worth")).to_have_class(re.compile("is-ready"))
    drawn = (
        "() => ['history', 'moves'].every((name) => document.querySelector(`.panel-worth-${name} .main-svg .trace`))"
    )
    page.wait_for_function(drawn)
    expect(page.locator(".worth-moves")).to_contain_text("Income")
    assert sideways(page) == 0
    assert violations(page) == []
    page.locator("#worth-presets summary").click()
    page.get_by_role("link", name="Last 3 months").click()
    expect(page).to_have_url(re.compile("period=last_3_months"))
    expect(page.locator("#worth-presets summary")).to_contain_text("Last 3 months")
    page.go_back()
    expect(page.locator("#worth-presets summary")).to_contain_text("Last 12 months")
    page.locator(".worth-moves").get_by_role("link").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Income")
