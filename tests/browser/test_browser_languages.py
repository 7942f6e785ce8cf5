"""Pages in German, with what their scripts say; a page's own script comes when somebody goes there."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OWNER, Product, Visits, sideways, wait_until_drawn
from tests.browser.test_browser_accessible import violations

pytestmark = pytest.mark.browser


def german(visit: Visits, product: Product, **screen: str) -> Page:
    page = visit(OWNER, "user_1", **screen)
    page.context.add_cookies([{"name": "fd_language", "value": "de", "url": product.base}])
    return page


def test_scripts_speak_german_and_come_when_they_are_needed(visit: Visits, product: Product) -> None:
    page, asked = german(visit, product), []
    page.on("request", lambda request: asked.append(request.url))
    page.goto("/")
    wait_until_drawn(page)
    assert [url for url in asked if "/bundle/transactions.js" in url] == []
    page.locator(".rail nav").get_by_role("link", name="Buchungen").click()
    expect(page.locator("#ledger-totals")).to_contain_text(re.compile(r"[\d.]+ Buchungen"))
    expect(page.get_by_role("searchbox", name="Buchungen durchsuchen")).to_be_visible()
    page.locator(".ag-row [col-id=payee] .ledger-who").first.click()  # not a row that is still to come
    drawer = page.get_by_role("dialog")
    expect(drawer).to_contain_text("Zuletzt geändert")
    expect(drawer.get_by_role("button", name="Bearbeiten", exact=True)).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("Control+k")
    page.get_by_role("combobox").fill("dunk")
    expect(page.get_by_role("option", name="Dunkles Design")).to_be_visible()
    page.keyboard.press("Escape")
    assert len([url for url in asked if "/bundle/transactions.js" in url]) == 1

    page.goto("/settings")
    expect(page.get_by_role("button", name="Überall abmelden")).to_be_visible()
    page.locator("#language").get_by_label("Sprache").select_option("en")
    page.locator("#language").get_by_role("button", name="Speichern").click()
    expect(page.get_by_role("button", name="Sign out everywhere")).to_be_visible()


def test_german_words_have_room_on_a_phone(visit: Visits, product: Product) -> None:
    page = german(visit, product, screen="phone")
    page.set_viewport_size({"width": 360, "height": 740})
    for path, there in (
        ("/transactions", "#ledger-totals .strong"),
        ("/settings", "#settings[data-drawn]"),
        ("/categories?tab=rules", "#categories-rules h2"),
    ):
        page.goto(path)
        expect(page.locator(there).first).to_be_visible()
        assert sideways(page) == 0, path


def test_the_overview_is_german_and_may_be_mirrored(visit: Visits, product: Product) -> None:
    """No language of ours is written from right to left yet; the styles are ready for one."""
    page = german(visit, product, screen="phone")
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto("/")
    wait_until_drawn(page)
    expect(page).to_have_title("Übersicht · Financial Dashboard")
    expect(page.locator("#overview-range")).to_have_text(re.compile(r"\d{4} – \d+\. \w+ \d{4}"))
    rests = page.evaluate("[...document.querySelectorAll('#overview h2')].map((each) => each.textContent)")
    assert not {"Net worth", "Income", "Spending by category"} & set(rests)
    assert sideways(page) == 0
    assert violations(page) == []
    page.evaluate("document.documentElement.dir = 'rtl'")
    assert sideways(page) == 0
    page.set_viewport_size({"width": 1280, "height": 800})
    assert page.locator(".rail").evaluate("(rail) => rail.getBoundingClientRect().right === document.body.clientWidth")
    assert sideways(page) == 0
