"""Names that would break a page which trusts them."""

from __future__ import annotations

import re
from datetime import date

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Product, Visits, sideways, wait_until_drawn

pytestmark = pytest.mark.browser
NAMES = {
    "script": "<script>alert(1)</script>",
    "image": '"><img src=x onerror=alert(1)>',
    "right-to-left": "\u202egnp.tnemyap\u202c \u2067שלום\u2069",
    "long": "W" * 200,
    "emoji": "👩‍👩‍👧‍👦🧾 " * 12 + "💶",
}


@pytest.mark.parametrize("case", NAMES)
def test_a_name_is_only_ever_text(visit: Visits, product: Product, case: str) -> None:
    name, key, email = NAMES[case], f"org_hostile_{list(NAMES).index(case)}", f"{case}@example.org"
    post = product.organization(key, email, "owner", name=name)
    product.town.person(email, user_1="viewer")
    today = date.today().isoformat()
    account = post("accounts", name=name, opening_balance="1234567.89", opening_on=today)["id"]
    category = post("categories", name=name, kind="expense")["id"]
    post("budgets", name=name, category_ids=[category], amount="10.00")
    for amount, payee in (("-99999.99", name), ("1.00", "Somebody")):
        booking = {"account_id": account, "booked_on": today, "amount": amount, "payee": payee, "tags": [name]}
        post("transactions", **booking, category_id=category, purpose=name, note=name)

    page = visit(email, key, screen="phone", viewport={"width": 360, "height": 740})
    page.goto("/")
    wait_until_drawn(page)
    shown = name.strip()
    for place in (".recent .payee >> nth=1", ".bar-name", ".bullet-name", ".tenant-name", ".alerts strong >> nth=0"):
        assert (page.locator(place).text_content() or "").strip() == shown, place
    expect(page.locator("#overview-eyebrow")).to_contain_text(shown)
    assert sideways(page) == 0
    page.goto(f"/?account_id={account}&category_id={category}")
    expect(page.locator(".chip")).to_contain_text([shown, shown])
    expect(page.locator("#overview")).to_have_class(re.compile("is-ready"))
    assert sideways(page) == 0
    for summary in page.locator(".as-table summary").all():
        summary.click()
    page.get_by_role("button", name="More").click()
    page.locator("#shell-tenant summary").click()
    expect(page.locator("#shell-tenant .sheet")).to_be_visible()
    assert sideways(page) == 0
    assert page.locator("img, script:text('alert')").count() == 0


def test_an_address_is_only_ever_text(visit: Visits) -> None:
    page = visit()
    page.goto("/sign-in?next=%22%3E%3Cscript%3Ealert(1)%3C/script%3E")
    expect(page.locator("input[name=next]")).to_have_value("/")
    page = visit("demo@example.org")
    for search in (
        "?category_id=<img src=x onerror=alert(1)>",
        "?period=<script>alert(1)</script>",
        "?tag=" + "W" * 900,
    ):
        page.goto(f"/{search}")
        expect(page.get_by_role("heading", name="This view cannot be shown")).to_be_visible()
        assert page.locator("img, script:text('alert')").count() == 0
        assert sideways(page) == 0
