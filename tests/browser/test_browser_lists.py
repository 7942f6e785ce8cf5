"""Lists that people work in follow the books and take nothing away; a closed statement asks before it gives."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Product, Visits
from tests.browser.test_browser_accessible import violations
from tests.browser.test_browser_live import is_live

pytestmark = pytest.mark.browser
EDITOR, BOOKS = "liv@example.org", "org_lists"
TODAY = date.today()
TOP_ROW = """() => {
    const top = document.querySelector('.ag-body-viewport').getBoundingClientRect().top;
    const rows = [...document.querySelectorAll('.ag-center-cols-container .ag-row')]
        .map((row) => [Math.round(row.getBoundingClientRect().top - top), row.getAttribute('row-id')]);
    return rows.filter((row) => row[0] >= 0).sort((one, other) => one[0] - other[0])[0];
}"""


@pytest.fixture(scope="module")
def post(product: Product) -> Callable[..., Any]:
    """An organization of its own, and how its books are changed from elsewhere."""
    return product.organization(BOOKS, EDITOR, "admin", name="Lists Ltd")


@pytest.fixture(scope="module")
def account(post: Callable[..., Any]) -> str:
    """Books of 230 bookings in one account; its id."""
    own: str = post("accounts", name="Giro")["id"]
    days = [TODAY - timedelta(days=3 + n // 5) for n in range(230)]
    rows = [
        {"account_id": own, "booked_on": f"{day}", "amount": f"-{n}.10", "payee": f"Kiosk {n}"}
        for n, day in enumerate(days, 1)
    ]
    post("transactions", transactions=rows)
    return own


def opened(page: Page) -> None:
    page.goto("/transactions")
    expect(page.locator(".ledger-panel")).to_have_class(re.compile("is-filled"))
    expect(page.get_by_text("Kiosk 1", exact=True)).to_be_visible()
    is_live(page)


def test_a_list_keeps_its_place_its_choice_and_what_is_typed(
    visit: Visits, account: str, post: Callable[..., Any]
) -> None:
    page = visit(EDITOR, BOOKS)
    opened(page)
    page.locator(".ag-row").nth(2).locator(".ag-checkbox-input").first.click()
    expect(page.locator(".ledger-bar")).to_contain_text("1")
    chosen = page.evaluate("[...fdLedger.selected]")
    page.evaluate("document.querySelector('.ag-body-viewport').scrollTop = 44 * 40 + 7")
    expect(page.get_by_text("Kiosk 45", exact=True)).to_be_visible()
    page.locator(".ag-row").filter(has=page.get_by_text("Kiosk 45", exact=True)).locator("[col-id=note]").click()
    page.get_by_label("Note", exact=True).fill("half a note")
    before = page.evaluate(TOP_ROW)
    for payee in ("From elsewhere", "And once more"):  # the second comes while the list is read again
        post("transactions", account_id=account, booked_on=f"{TODAY}", amount="-7.00", payee=payee)
    expect(page.locator("#ledger-totals")).to_contain_text("232 transactions")
    page.wait_for_function("() => fdLedger.grid.getDisplayedRowAtIndex(0).data.payee === 'And once more'")
    page.wait_for_function(f"(before) => JSON.stringify(({TOP_ROW})()) === JSON.stringify(before)", arg=before)
    assert page.evaluate("[...fdLedger.selected]") == chosen
    expect(page.get_by_label("Note", exact=True)).to_have_value("half a note")
    expect(page.get_by_label("Note", exact=True)).to_be_focused()


def test_settings_follow_but_not_where_somebody_types(visit: Visits, product: Product, account: str) -> None:
    _ = account
    page = visit(EDITOR, BOOKS)
    page.goto("/settings")
    expect(page.locator("#settings")).to_have_attribute("data-drawn", "")
    is_live(page)
    page.locator("#tenant input[type=text]").first.fill("Half a name")
    page.locator("#tenant input[type=text]").first.blur()
    before = page.locator("#audit").inner_text()
    product.ask(EDITOR, BOOKS, "PATCH", "/tenant", {"name": "Lists Group"})
    expect(page.locator("#audit")).not_to_have_text(before, use_inner_text=True)
    expect(page.locator("#tenant input[type=text]").first).to_have_value("Half a name")


def test_what_a_closed_statement_holds_is_changed_after_a_question(
    visit: Visits, product: Product, account: str, post: Callable[..., Any]
) -> None:
    visit.expected.append("status of 409")
    page = visit(EDITOR, BOOKS)
    balance = product.ask(EDITOR, BOOKS, "GET", "/financial/dashboard?period=all")["data"]["accounts"][0]["balance"]
    begun = post(f"accounts/{account}/reconciliations", statement_on=f"{TODAY}", balance=balance)
    post(f"reconciliations/{begun['id']}/entries", cleared=True)
    post(f"reconciliations/{begun['id']}/close")
    opened(page)
    page.get_by_text("Kiosk 1", exact=True).click()
    drawer = page.locator("dialog").filter(has=page.get_by_role("heading", name="Kiosk 1"))
    drawer.get_by_role("button", name="Not cleared").click()
    question = page.get_by_role("dialog", name="A closed statement holds this")
    expect(question).to_be_visible()
    assert violations(page, "dialog:last-of-type") == []
    question.get_by_role("button", name="Leave it as it is").click()
    expect(page.locator("#ledger-toast")).to_contain_text("That was not saved")
    drawer.get_by_role("button", name="Not cleared").click()
    question.get_by_role("button", name="Change anyway").click()
    expect(page.locator("#ledger-toast")).to_contain_text("No longer marked as cleared.")
    told = product.ask(EDITOR, BOOKS, "GET", f"/financial/reconciliations/{begun['id']}")
    assert told["disturbed"] is True
