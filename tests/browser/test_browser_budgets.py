"""Budgets, categories and rules as people keep them: proposed, tried out, applied, taken back; on a phone too."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import HOSTILE, VIEWER, Product, Visits, sideways
from tests.browser.test_browser_accessible import violations

pytestmark = pytest.mark.browser
KEEPER, BOOKS = "kim@example.org", "org_plans"
TODAY = date.today()


@pytest.fixture(scope="module")
def plans(product: Product) -> dict[str, str]:
    """Half a year of food and travel, one kiosk without a category, and no budget."""
    post = product.organization(BOOKS, KEEPER, "editor", name="Plans Ltd")
    giro = post("accounts", name="Giro")["id"]
    food = post("categories", name="Food")["id"]
    made = {"food": food, "hostile": post("categories", name=HOSTILE, parent_id=food)["id"]}
    made["travel"] = post("categories", name="Travel")["id"]
    first = TODAY.replace(day=1)
    days = [first]
    for _ in range(6):
        days.append((days[-1] - timedelta(days=1)).replace(day=1))
    rows = [{"booked_on": f"{day}", "amount": "-100.00", "payee": "Shop", "category_id": food} for day in days]
    rows += [
        {"booked_on": f"{day}", "amount": "-40.00", "payee": "Tram", "category_id": made["travel"]} for day in days
    ]
    rows += [{"booked_on": f"{days[0]}", "amount": "-3.00", "payee": "Kiosk North"}]
    post("transactions", transactions=[{"account_id": giro, **row} for row in rows])
    return made


def ready(page: Page, address: str) -> None:
    page.goto(address)
    expect(page.locator(".page")).to_have_class(re.compile("is-ready"))


def test_budgets_are_proposed_tried_out_changed_and_deleted(visit: Visits, plans: dict[str, str]) -> None:
    page = visit(KEEPER, BOOKS)
    ready(page, "/budgets")
    page.get_by_label("Amount a month for Food").fill("120")
    page.get_by_label("Add a budget for Travel").uncheck()
    page.get_by_role("button", name="Add 1 budget").click()
    expect(page.locator(".budget-row")).to_contain_text("€100€100.00 of €120")

    page.get_by_role("button", name="New budget").click()
    page.get_by_role("button", name="Add budget").click()
    expect(page.get_by_text("Choose at least one category")).to_be_visible()
    page.get_by_label("Name", exact=True).fill(HOSTILE)
    page.get_by_role("checkbox", name="Travel").check()
    page.get_by_label("Amount a period").fill("30,50")
    expect(page.locator(".budget-try")).to_contain_text("over the limit in 6 of 6")
    page.get_by_label("Period", exact=True).select_option("fixed")
    page.get_by_role("button", name="Add budget").click()
    expect(page.get_by_text("Choose the first day")).to_be_visible()
    page.get_by_label("Period", exact=True).select_option("monthly")
    assert violations(page) == []
    page.get_by_role("button", name="Add budget").click()
    expect(page).to_have_url(re.compile(r"/budgets\?id=\d+$"))
    expect(page.locator(".budget-now .status")).to_have_text("Over")
    assert violations(page) == []

    page.get_by_role("button", name="Edit").click()
    page.get_by_label("Amount a period").fill("60")
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".budget-figures")).to_contain_text("€60.00")
    seen = page.get_by_role("button", name=re.compile("^Mark as seen"))
    seen.click()
    expect(seen).to_have_count(0)
    page.get_by_role("button", name="Delete").click()
    page.locator("dialog").get_by_role("button", name="Delete").click()
    expect(page.locator(".budget-row")).to_have_count(1)
    assert sideways(page) == 0


def test_categories_rules_and_tags_are_kept(visit: Visits, product: Product, plans: dict[str, str]) -> None:
    page = visit(KEEPER, BOOKS)
    ready(page, "/categories")
    expect(page.locator(".cats-table").first).to_contain_text("Uncategorised")
    assert violations(page) == []
    page.get_by_role("button", name="New category").click()
    page.get_by_label("Name", exact=True).fill("Snacks")
    page.get_by_role("button", name="Add category").click()
    expect(page.get_by_role("link", name="Snacks")).to_be_visible()

    page.goto("/categories?tab=rules&payee=Kiosk")
    box = page.get_by_role("dialog")
    box.get_by_label("Category", exact=True).fill("snack")
    page.keyboard.press("Enter")
    box.get_by_role("button", name="Try it").click()
    expect(box).to_contain_text("1 transaction would change.")
    assert violations(page) == []
    box.get_by_role("button", name="Add rule").click()
    page.get_by_role("button", name="Change 1").click()
    expect(page.locator(".rule-runs")).to_contain_text("1 rule changed 1 transaction")
    page.get_by_role("button", name=re.compile("^Undo: 1 rule")).click()
    page.get_by_role("button", name="Take back").click()
    expect(page.locator(".rule-runs")).to_have_count(0)

    page.get_by_role("button", name="New rule").click()
    box.get_by_label("Value").fill("Tram")
    box.get_by_label("What is done").select_option("add_tags")
    box.get_by_label("Tags").fill("line 4")
    page.keyboard.press("Enter")
    box.get_by_role("button", name="Add rule").click()
    page.get_by_role("button", name="Cancel").click()
    up = page.get_by_role("button", name=re.compile("^Move up: When payee contains Tram"))
    up.press("Enter")
    expect(page.locator(".rule-row").first).to_contain_text("Tram")

    page.get_by_role("link", name="Tags").click()
    expect(page.locator(".cats-tags li")).to_have_count(1)
    page.get_by_label("Name of a new tag").fill("trip")
    product.ask(KEEPER, BOOKS, "POST", "/financial/tags", {"name": "From elsewhere"})
    expect(page.locator(".cats-tags li")).to_have_count(2)  # drawn again, and what was typed stands
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Change the tag trip").click()
    page.get_by_label("Merge into").fill("line")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Merge").click()
    expect(page.locator(".cats-tags li")).to_have_count(2)

    page.goto("/categories")
    page.get_by_role("button", name="Change Snacks").click()
    page.get_by_role("button", name="Merge into another").click()
    page.get_by_label("Into").fill("travel")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Merge", exact=True).click()
    expect(page.get_by_role("link", name="Snacks")).to_have_count(0)


def test_they_fit_a_phone_and_a_viewer_only_reads(visit: Visits, plans: dict[str, str]) -> None:
    page = visit(VIEWER, "user_1", screen="phone", viewport={"width": 360, "height": 740})
    for address in ("/categories", "/categories?tab=rules"):
        ready(page, address)
        expect(page.get_by_role("heading", level=2).first).to_be_visible()
        assert sideways(page) == 0
    expect(page.locator(".page button")).to_have_count(0)
    ready(page, "/budgets")
    assert sideways(page) == 0
    page.locator(".budget-name").first.click()
    expect(page.locator(".budget-now")).to_be_visible()
    assert (sideways(page), violations(page)) == (0, [])
    expect(page.get_by_role("button", name="Edit")).to_have_count(0)
