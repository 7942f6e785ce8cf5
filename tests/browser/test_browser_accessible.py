"""axe on every kind of page, on a desktop and a phone, in both themes: no violation of WCAG 2.2 A or AA."""

from __future__ import annotations

import re
from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page, expect

from tests.browser.conftest import EMPTY, NEW, OWNER, Visits, sideways, wait_until_drawn

pytestmark = pytest.mark.browser
RUN = """([where, theme]) => {
    document.documentElement.setAttribute('data-mantine-color-scheme', theme);
    return axe.run(where, {
        runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'], resultTypes: ['violations']
    }).then((found) => found.violations.map((each) => [theme, each.id, each.nodes.map((node) => node.html)]));
}"""


@pytest.fixture(params=["desktop", "phone"])
def screen(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def violations(page: Page, where: str = "html") -> Any:
    """What axe finds in both themes; its source is evaluated, because the page's policy refuses a foreign script."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    return [fault for theme in ("dark", "light") for fault in page.evaluate(RUN, [where, theme])]


def test_the_themes_differ_and_axe_sees_what_is_wrong(visit: Visits) -> None:
    page = visit()
    page.goto("/sign-in")
    page.evaluate("document.querySelector('h1').style.color = '#f0f0f0'")
    page.evaluate("document.querySelector('label').remove()")
    assert [(theme, rule) for theme, rule, _ in violations(page)] == [
        ("dark", "label"),
        ("light", "color-contrast"),
        ("light", "label"),
    ]


def test_the_full_overview(visit: Visits, screen: str) -> None:
    page = visit(OWNER, screen=screen)
    page.goto("/")
    wait_until_drawn(page)
    assert violations(page) == []
    page.locator(".as-table summary").evaluate_all("all => all.forEach((each) => each.click())")
    assert violations(page, "main .columns") == []
    for menu in ("#overview-presets", "#shell-tenant", "#shell-account"):
        if screen == "phone" and menu == "#shell-tenant":
            page.get_by_role("button", name="More").click()
            assert violations(page, "#shell-more") == []
        page.locator(f"{menu} summary").click()
        expect(page.locator(f"{menu} .sheet")).to_be_visible()
        assert violations(page, menu) == []
    page.keyboard.press("Escape")
    page.locator("#overview-range").click()
    expect(page.get_by_role("button", name=re.compile("Next month"))).to_be_visible()
    assert violations(page, ".mantine-Popover-dropdown") == []


def test_pages_without_figures(visit: Visits, screen: str) -> None:
    visit.expected += ["status of 404", "ERR_FAILED", "Callback failed"]
    page = visit(OWNER, screen=screen)
    for address, words in (
        ("/nowhere", "There is no such page"),
        ("/assets/nowhere", "Not found"),
        ("/?period=forever", "This view cannot be shown"),
    ):
        page.goto(address)
        expect(page.get_by_role("heading", name=words)).to_be_visible()
        assert violations(page) == [], address
        assert sideways(page) == 0
    page.route("**/_dash-update-component*", lambda route: route.abort())
    page.locator("#overview-presets summary").click()
    page.locator("#overview-presets a[href='?period=last_year']").click()
    expect(page.get_by_role("alert").filter(has_text="could not be fetched")).to_be_visible()
    assert violations(page, "#fd-connection") == []
    assert sideways(page) == 0
    page = visit(NEW, EMPTY, screen=screen)
    page.goto("/")
    expect(page.get_by_role("heading", name="Your figures will be here")).to_be_visible()
    assert violations(page) == []
    page.goto("/import")
    expect(page.get_by_text("No file has been imported yet.")).to_be_visible()
    assert violations(page) == []
    assert sideways(page) == 0


def test_pages_before_signing_in(visit: Visits, screen: str) -> None:
    visit.expected.append("status of 401")
    page = visit(screen=screen)
    page.goto("/sign-in")
    assert violations(page) == []
    page.get_by_label("E-mail").fill("nobody@example.org")
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_be_visible()
    assert violations(page) == []
    page.goto("/docs")
    expect(page.get_by_role("heading", name="API")).to_be_visible()
    page.locator(".call summary").evaluate_all("all => all.slice(0, 12).forEach((each) => each.click())")
    assert violations(page) == []
    assert sideways(page) == 0


def test_the_docs_name_every_path_and_link_the_document(visit: Visits) -> None:
    page = visit()
    page.goto("/docs")
    document = page.request.get(page.get_by_role("link", name="/openapi.json").get_attribute("href") or "").json()
    calls = [f"{method.upper()} {path}" for path, methods in document["paths"].items() for method in methods]
    shown = page.locator(".call summary").evaluate_all(
        "all => all.map((each) => `${each.querySelector('.method').innerText} ${each.querySelector('code').innerText}`)"
    )
    assert shown == calls
    page.locator(".call summary").first.click()
    expect(page.locator(".call").first.get_by_text("Answers")).to_be_visible()
