"""Coming in, going out, changing the tenant, and what a stranger gets to see."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from cli.demo import PASSWORD as DEMO_PASSWORD
from tests.browser.conftest import OWNER, STRANGER, VIEWER, Product, Visits, wait_until_drawn
from tests.browser.figures import expect_figures, expected, summary
from tests.conftest import PASSWORD
from web.tokens import SESSION_TTL

pytestmark = pytest.mark.browser
WRONG = "The e-mail address or the password is wrong"
REFUSED = "status of 401"


def enter(page: Page, email: str, password: str) -> None:
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()


@pytest.mark.parametrize("screen", ["desktop", "phone"])
def test_signing_in_leads_to_the_page_that_was_asked_for(visit: Visits, screen: str) -> None:
    visit.expected.append(REFUSED)
    page = visit(screen=screen)
    page.goto("/?period=this_year")
    expect(page).to_have_url(re.compile("/sign-in"))
    enter(page, VIEWER, "not the password")
    expect(page.get_by_role("alert")).to_have_text(WRONG)
    expect(page.get_by_label("E-mail")).to_have_value(VIEWER)
    expect(page.get_by_label("Password")).to_have_value("")
    expect(page.get_by_label("Password")).to_be_focused()
    enter(page, VIEWER, PASSWORD)
    expect(page).to_have_url(re.compile(r"/\?period=this_year$"))
    wait_until_drawn(page)
    expect_figures(page, summary(page, "?period=this_year"))


def test_nobody_and_a_wrong_password_are_told_apart_by_nothing(visit: Visits) -> None:
    visit.expected.append(REFUSED)
    page = visit()
    page.goto("/sign-in")
    enter(page, "nobody@example.org", PASSWORD)
    expect(page.get_by_role("alert")).to_have_text(WRONG)


def test_signing_out_ends_and_the_back_button_does_not_bring_it_back(visit: Visits) -> None:
    page = visit()
    page.goto("/sign-in")
    enter(page, OWNER, DEMO_PASSWORD)
    wait_until_drawn(page)
    page.locator("#shell-account summary").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page).to_have_url(re.compile("/sign-in$"))
    page.go_back()
    expect(page).to_have_url(re.compile("/sign-in"))
    expect(page.get_by_label("E-mail")).to_be_visible()
    assert page.request.get("/financial/dashboard/summary").status == 401
    assert "fd_session" not in {cookie["name"] for cookie in page.context.cookies()}


def test_an_expired_session_leads_from_the_open_page_to_sign_in_and_back(visit: Visits, product: Product) -> None:
    visit.expected += [REFUSED, "Callback failed", "body stream already read"]  # Dash reads some refusals twice
    page = visit(VIEWER)
    page.goto("/")
    wait_until_drawn(page)
    page.context.add_cookies(product.session(VIEWER, "user_1", datetime.now(UTC) - SESSION_TTL - timedelta(seconds=1)))
    page.locator("#overview-presets summary").click()
    page.locator("#overview-presets a[href='?period=last_year']").click()
    expect(page.get_by_label("Password")).to_be_visible()
    enter(page, VIEWER, PASSWORD)
    expect(page).to_have_url(re.compile(r"/\?period=last_year$"))
    wait_until_drawn(page)
    expect_figures(page, summary(page, "?period=last_year"))


@pytest.mark.parametrize("screen", ["desktop", "phone"])
def test_changing_the_tenant_leaves_no_figure_of_the_other(visit: Visits, product: Product, screen: str) -> None:
    page = visit(OWNER, "user_1", screen=screen)
    page.goto("/?period=this_year")
    wait_until_drawn(page)
    first = summary(page)
    if screen == "phone":
        page.get_by_role("button", name="More").click()
    page.locator("#shell-tenant summary").click()
    page.get_by_role("button", name="Copperlight Lamps Ltd").click()
    expect(page.locator("#overview-eyebrow")).to_contain_text("Copperlight Lamps Ltd")
    wait_until_drawn(page)
    second = summary(page)
    assert (first["tenant"], second["tenant"]) == ("user_1", "org_2")
    expect_figures(page, second)
    text = page.locator("main").inner_text()
    assert not [figure for figure in expected(first).values() if figure in text]
    assert "€" not in text
    assert "Demo person" not in text
    page.go_back()
    expect(page.locator("#overview-eyebrow")).to_contain_text("Copperlight Lamps Ltd")
    expect_figures(page, summary(page, "?period=this_year"))


def test_a_stranger_sees_nothing_of_another_tenant_by_any_address(visit: Visits, product: Product) -> None:
    foreign = product.ask(OWNER, "user_1", "GET", "/financial/dashboard")["data"]
    own = str(product.ask(STRANGER, "org_3", "GET", "/financial/dashboard?period=all"))
    account = foreign["accounts"][0]["id"]
    category = next(flow["category_id"] for flow in foreign["transactions"]["by_category"] if flow["category_id"])
    secrets = {name for name in names(foreign) | {"Demo person", OWNER} if name not in own}
    secrets -= {"Cash"}  # the page itself says "Cash flow"
    assert len(secrets) > 12
    page = visit(STRANGER, "org_3")
    for search, state in (
        ("", "is-ready"),
        ("?currency=USD", "is-ready"),
        ("?tenant=user_1", "is-other"),
        ("?tenant_id=1", "is-other"),
        (f"?account_id={account}", "is-other"),
        (f"?category_id={category}", "is-other"),
    ):
        page.goto(f"/{search}")
        expect(page.locator("#overview")).to_have_class(re.compile(state))
        text = page.locator("body").inner_text()
        assert [secret for secret in secrets if secret in text] == [], search
        assert "€" not in text, search
        assert page.request.get(f"/financial/dashboard{search}").ok == (state == "is-ready")
    expect(page.locator("#shell-tenant button")).to_have_count(0)


def names(data: Any) -> set[str]:
    """What the books of a dashboard answer call things."""
    rows = [*data["accounts"], *data["budgets"], *data["transactions"]["by_category"]]
    payees = [row["payee"] for row in data["transactions"]["recent"]]
    return {row["name"] for row in rows} | {payee for payee in payees if payee}
