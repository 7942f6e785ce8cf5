"""Open pages follow their books: what a program writes is seen, and whoever is using the page is not disturbed."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from playwright.sync_api import Page, Request, expect

from tests.browser.conftest import OWNER, Product, Visits, wait_until_drawn

pytestmark = pytest.mark.browser


def book(product: Product, amount: str) -> None:
    """A program books something today."""
    account = product.ask(OWNER, "user_1", "GET", "/financial/accounts")["data"][0]["id"]
    new = {"account_id": account, "booked_on": date.today().isoformat(), "amount": amount, "payee": f"Live {amount}"}
    product.ask(OWNER, "user_1", "POST", "/financial/transactions", new)


def is_live(page: Page) -> None:
    """The stream is open, in this tab or in another one of the browser."""
    page.wait_for_function("async () => (await navigator.locks.query()).held.some((l) => l.name.startsWith('fd-live'))")


def test_a_change_shows_by_itself_and_disturbs_nobody(visit: Visits, product: Product) -> None:
    page = visit(OWNER)
    asked: list[Request] = []
    page.context.on("request", lambda request: asked.append(request) if "/stream" in request.url else None)
    with page.expect_response(re.compile("/financial/stream")):
        page.goto("/")
    wait_until_drawn(page)
    is_live(page)
    other = page.context.new_page()
    other.goto("/")
    wait_until_drawn(other)
    page.bring_to_front()
    menu = page.locator("#overview-presets details")
    menu.locator("summary").click()
    entry = menu.locator("a").first
    entry.focus()
    recent = page.locator("#overview-recent")
    book(product, "-12.34")
    expect(recent).to_contain_text("Live -12.34")
    expect(menu).to_have_attribute("open", "")
    expect(entry).to_be_focused()
    other.bring_to_front()
    expect(other.locator("#overview-recent")).to_contain_text("Live -12.34")
    assert len(asked) == 1


def test_without_a_stream_the_version_is_asked_for(visit: Visits, product: Product) -> None:
    visit.expected.append("503")
    page = visit(OWNER)
    page.clock.install()
    page.route("**/financial/stream*", lambda route: route.fulfill(status=503))
    page.goto("/")
    wait_until_drawn(page)
    book(product, "-43.21")
    page.clock.fast_forward(11_000)
    expect(page.locator("#overview-recent")).to_contain_text("Live -43.21")


def test_a_lost_connection_is_said_after_a_while_and_made_up_for(visit: Visits, product: Product) -> None:
    visit.expected.append("ERR_INTERNET_DISCONNECTED|Failed to fetch")
    page: Any = visit(OWNER)
    page.clock.install()
    page.goto("/")
    wait_until_drawn(page)
    is_live(page)
    page.context.set_offline(True)
    hint = page.locator("#fd-live")
    expect(hint).to_have_count(0)
    page.clock.fast_forward(6_000)
    expect(hint).to_be_visible()
    book(product, "-5.55")
    page.context.set_offline(False)
    expect(hint).to_have_count(0)
    expect(page.locator("#overview-recent")).to_contain_text("Live -5.55")
