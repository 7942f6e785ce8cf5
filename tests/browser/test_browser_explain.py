"""From a figure on the overview to what is behind it, and back."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OWNER, Visits, sideways, wait_until_drawn
from tests.browser.figures import exact
from tests.browser.test_browser_accessible import violations

pytestmark = pytest.mark.browser


def test_a_figure_says_what_it_means_and_leads_to_what_it_is_made_of(visit: Visits) -> None:
    page = visit(OWNER)
    page.goto("/?period=last_month")
    wait_until_drawn(page)
    rate = page.locator(".card-savings-rate .figure a")
    rate.focus()
    expect(page.get_by_role("tooltip")).to_contain_text("The share of the income that was not spent.")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/explain\?figure=summary\.savings_rate&period=last_month$"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Savings rate")
    page.get_by_role("link", name="Expenses").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Expenses")
    answer = page.request.get("/financial/explain/summary.expenses?period=last_month&limit=50").json()
    expect(page.locator(".explain-total .figure")).to_have_text(exact(answer["total"], answer["currency"]))
    expect(page.locator(".explain tbody tr")).to_have_count(len(answer["transactions"]) + len(answer["excluded"]))
    assert violations(page) == []
    page.get_by_role("button", name="Hide amounts").click()
    amounts = "[...document.querySelectorAll('.explain .figure, .explain td .money')]"
    page.wait_for_function(f"() => {amounts}.every((each) => getComputedStyle(each).filter !== 'none')")
    page.get_by_role("link", name="Back to the overview").click()
    expect(page).to_have_url(re.compile(r"/\?period=last_month$"))
    wait_until_drawn(page)


def test_it_fits_a_phone(visit: Visits) -> None:
    page = visit(OWNER, screen="phone")
    page.goto("/explain?figure=summary.net_worth")
    expect(page.get_by_role("heading", name="What moved it")).to_be_visible()
    assert sideways(page) == 0
    assert violations(page) == []
