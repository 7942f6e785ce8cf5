"""The overview as people use it: figures, periods, filters, tables, themes."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import EMPTY, IMPORTER, IMPORTING, NEW, OWNER, Product, Visits, sideways, wait_until_drawn
from tests.browser.figures import expect_figures, expect_period, expected, summary

pytestmark = pytest.mark.browser
PRESETS = (
    "this_month",
    "last_month",
    "last_30_days",
    "last_3_months",
    "last_12_months",
    "this_year",
    "last_year",
    "all",
)
# The text of amounts inside `main` that nothing blurs: what privacy mode leaves readable.
READABLE_AMOUNTS = """() => {
    const found = [], texts = document.createTreeWalker(document.querySelector('main'), NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
        const text = texts.currentNode;
        let part = text.parentElement;
        if (!/[€£$]\\s?\\d/.test(text.textContent)) continue;
        if (part.closest('.visually-hidden, :not([open]) > .table-scroll')) continue;
        while (part && getComputedStyle(part).filter === 'none') part = part.parentElement;
        if (!part) found.push(text.textContent);
    }
    return found;
}"""
AS_WIDE = """() => {
    const plot = document.querySelector('.panel-cash-flow .plot');
    return Math.abs(plot.querySelector('.main-svg').getBoundingClientRect().width - plot.clientWidth) <= 1;
}"""
AXIS_COLOUR = "() => getComputedStyle(document.querySelector('.panel-cash-flow .xtick text')).fill"


@pytest.mark.parametrize(
    ("tenant", "screen", "theme"),
    [
        ("user_1", "desktop", "light"),
        ("user_1", "phone", "dark"),
        ("org_2", "desktop", "dark"),
        ("org_2", "phone", "light"),
    ],
)
def test_the_overview_shows_the_endpoints_figures(visit: Visits, tenant: str, screen: str, theme: str) -> None:
    page = visit(OWNER, tenant, screen=screen, theme=theme)
    page.goto("/")
    wait_until_drawn(page)
    expect_figures(page, summary(page))
    expect(page.locator(".card")).to_have_count(5)
    expect(page.locator(".panel-net-worth .scatterlayer .trace")).not_to_have_count(0)
    expect(page.locator(".panel-cash-flow .barlayer .point")).to_have_count(24)
    for panel in ("budgets", "categories", "recent"):
        expect(page.locator(f"#overview-{panel} .sentence")).to_be_visible()
    assert page.locator("html").get_attribute("data-mantine-color-scheme") == theme
    assert sideways(page) == 0
    clipped = page.locator(".figure, .card-note").evaluate_all(
        "all => all.filter(e => e.scrollWidth > e.clientWidth + 1)"
    )
    assert clipped == []


def choose(page: Page, preset: str) -> None:
    page.locator("#overview-presets summary").click()
    page.locator(f"#overview-presets a[href='?period={preset}']").click()


def test_every_preset_changes_the_address_and_the_figures(visit: Visits) -> None:
    page = visit(OWNER)
    page.goto("/")
    wait_until_drawn(page)
    seen = {}
    for preset in PRESETS:
        choose(page, preset)
        expect(page).to_have_url(re.compile(rf"/\?period={preset}$"))
        answer = seen[preset] = summary(page, f"?period={preset}")
        expect_period(page, answer)
        expect_figures(page, answer)
    assert len({str(expected(answer)) for answer in seen.values()}) >= 6
    for before in reversed(PRESETS[-3:-1]):
        page.go_back()
        expect(page).to_have_url(re.compile(f"period={before}$"))
        expect_figures(page, seen[before])
    page.go_forward()
    expect(page).to_have_url(re.compile(f"period={PRESETS[-2]}$"))
    expect_figures(page, seen[PRESETS[-2]])


@pytest.mark.parametrize("screen", ["desktop", "phone"])
def test_a_range_of_ones_own_goes_into_the_address(visit: Visits, screen: str) -> None:
    page = visit(OWNER, screen=screen)
    page.goto("/?period=last_month")
    wait_until_drawn(page)
    month = date.fromisoformat(summary(page, "?period=last_month")["period"]["from"])
    first, last = month.replace(day=3), month.replace(day=17)
    page.locator("#overview-range").click()
    for day in (first, last):
        page.get_by_role("button", name=f"{day.day} {day:%B %Y}", exact=True).click()
    expect(page).to_have_url(re.compile(rf"\?from={first}&to={last}$"))
    expect(page.locator("#overview-presets summary")).to_contain_text("Own range")
    expect_figures(page, summary(page, f"?from={first}&to={last}"))


def test_a_link_opens_the_view_it_was_copied_from(visit: Visits) -> None:
    last = date.today().replace(day=1) - timedelta(days=1)
    search = f"?from={last.replace(day=2)}&to={last.replace(day=20)}"
    page = visit(OWNER)
    page.goto(f"/{search}")
    wait_until_drawn(page)
    answer = summary(page, search)
    expect_figures(page, answer)
    expect_period(page, answer)
    assert page.url.endswith(search)
    assert expected(answer) != expected(summary(page))


def test_a_filter_is_shown_and_can_be_taken_away(visit: Visits, product: Product) -> None:
    flows = product.ask(OWNER, "user_1", "GET", "/financial/dashboard/transactions")["data"]["by_category"]
    flow = max((each for each in flows if each["kind"] == "expense"), key=lambda each: float(each["amount"]))
    page = visit(OWNER)
    page.goto(f"/?category_id={flow['category_id']}")
    expect(page.locator(".chip")).to_have_text(re.compile(f"Category: {flow['name']}"))
    spent = page.locator(".card-expenses .figure .visually-hidden")
    expect(spent).to_have_text(f"€{float(flow['amount']):,.2f}")
    expect(page.locator(".card-net-worth .figure .unknown")).to_contain_text("Not known")
    page.locator(".chip a").click()
    expect(page.locator(".chip")).to_have_count(0)
    expect(page).to_have_url(re.compile(r"/\??$"))
    expect_figures(page, summary(page))


def test_the_tables_say_what_the_charts_say(visit: Visits) -> None:
    page = visit(OWNER)
    page.goto("/")
    wait_until_drawn(page)
    months = page.request.get("/financial/dashboard/transactions").json()["data"]["by_month"]
    panel = page.locator(".panel-cash-flow")
    panel.get_by_text("Show as table").click()
    expect(panel.locator("tbody tr")).to_have_count(len(months))
    expect(panel.locator("tbody tr").last).to_contain_text(f"€{float(months[-1]['expenses']):,.2f}")
    expect(panel.locator(".plot")).to_be_hidden()
    choose(page, "last_3_months")
    expect(panel.locator("tbody tr")).to_have_count(3)
    panel.get_by_text("Show as chart").click()
    expect(panel.locator(".plot")).to_be_visible()
    expect(panel.locator(".barlayer .point")).to_have_count(6)
    page.wait_for_function(AS_WIDE)


def test_a_table_leads_on_without_another_document(visit: Visits) -> None:
    page = visit(OWNER)
    page.goto("/")
    wait_until_drawn(page)
    page.evaluate("window.same = true")
    panel = page.locator(".panel-net-worth")
    panel.get_by_text("Show as table").click()
    link = panel.locator("tbody a").first
    with page.context.expect_page() as opened:
        link.click(modifiers=["ControlOrMeta"])
    expect(opened.value.locator("#explain .panel").first).to_be_visible()
    opened.value.close()
    link.click()
    expect(page.locator("#explain .panel").first).to_be_visible()
    assert page.evaluate("window.same")
    page.go_back()
    wait_until_drawn(page)
    assert page.evaluate("window.same")


def test_the_theme_changes_without_a_request_and_stays(visit: Visits) -> None:
    page = visit(OWNER)
    page.goto("/")
    wait_until_drawn(page)
    colour = page.evaluate(AXIS_COLOUR)
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url) if "favicon" not in request.url else None)
    page.get_by_role("button", name="Dark theme").click()
    page.wait_for_function(f"before => ({AXIS_COLOUR})() !== before", arg=colour)
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != ground
    assert requests == []
    page.reload()
    wait_until_drawn(page)
    expect(page.locator("html")).to_have_attribute("data-mantine-color-scheme", "dark")
    expect(page.get_by_role("button", name="Dark theme")).to_have_attribute("aria-pressed", "true")


def test_privacy_mode_leaves_no_amount_readable(visit: Visits) -> None:
    page = visit(OWNER)
    page.goto("/")
    wait_until_drawn(page)
    assert page.evaluate(READABLE_AMOUNTS) != []
    button = page.get_by_role("button", name="Hide amounts")
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")
    assert page.evaluate(READABLE_AMOUNTS) == []
    assert page.locator(".plot").evaluate_all("all => all.every(e => getComputedStyle(e).filter !== 'none')")
    page.reload()
    wait_until_drawn(page)
    assert page.evaluate(READABLE_AMOUNTS) == []
    button.click()
    page.wait_for_function(f"() => ({READABLE_AMOUNTS})().length > 0")


@pytest.mark.parametrize("screen", ["desktop", "phone"])
def test_an_empty_tenant_is_told_how_to_begin(visit: Visits, screen: str) -> None:
    page = visit(NEW, EMPTY, screen=screen)
    page.goto("/")
    expect(page.get_by_role("heading", name="Your figures will be here")).to_be_visible()
    expect(page.locator("pre")).to_contain_text(f"--tenant {EMPTY}")
    expect(page.locator(".card").first).to_be_hidden()
    assert sideways(page) == 0


def test_an_import_is_there_after_a_reload(visit: Visits, product: Product) -> None:
    def api(method: str, path: str, body: Any = None, kind: str = "") -> Any:
        return product.ask(IMPORTER, IMPORTING, method, path, body, kind)

    today = date.today()
    account = api("POST", "/financial/accounts", {"name": "Checking"})
    booking = {"account_id": account["id"], "booked_on": f"{today}", "amount": "100.00", "payee": "Salary"}
    api("POST", "/financial/transactions", booking)
    page = visit(IMPORTER, IMPORTING)
    page.goto("/")
    wait_until_drawn(page)
    expect(page.locator(".recent tbody tr")).to_have_count(1)

    statement = f"Date,Payee,Amount\n{today},Grocer & Sons,-12.34\n{today},Baker,-5.66\n"
    parts = {"account_id": account["id"], 'file"; filename="statement.csv': statement}
    body = "".join(
        f'--cut\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{text}\r\n' for name, text in parts.items()
    )
    imported = api("POST", "/financial/imports", f"{body}--cut--\r\n", "multipart/form-data; boundary=cut")
    assert imported["id"] is not None
    page.reload()
    wait_until_drawn(page)
    expect(page.locator(".recent tbody tr")).to_have_count(3)
    expect(page.locator(".recent")).to_contain_text("Grocer & Sons")
    answer = summary(page)
    assert answer["data"]["net_worth"] == "82.00"
    expect_figures(page, answer)
