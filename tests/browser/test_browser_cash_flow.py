"""The cash flow page as a person uses it, on a desktop, a phone and paper."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OWNER, VIEWER, Visits, sideways
from tests.browser.test_browser_accessible import violations

pytestmark = pytest.mark.browser
DRAWN = """() => ['.panel-steps .trace', '.panel-waterfall .trace', '.panel-sankey .sankey-link',
    '.panel-treemap .slice', '.panel-days .hm image', '.outlook.is-ready .panel-forecast .trace']
    .every((mark) => document.querySelector(mark)) && document.fonts.status === 'loaded'"""
SECOND_BAR = """() => {
    const chart = document.querySelector('.panel-waterfall .js-plotly-plot');
    chart.scrollIntoView({block: 'center'});
    const layout = chart._fullLayout, box = chart.getBoundingClientRect(), bar = chart.calcdata[0][1];
    return [box.left + layout._size.l + layout.xaxis.c2p((bar.s0 + bar.s1) / 2),
        box.top + layout._size.t + layout.yaxis.c2p(1)];
}"""
LAST_DOT = """() => {
    const chart = document.querySelector('.panel-steps .js-plotly-plot');
    chart.scrollIntoView({block: 'center'});
    const layout = chart._fullLayout, box = chart.getBoundingClientRect(), dots = chart.data[chart.data.length - 1];
    const last = dots.x.length - 1;
    return [box.left + layout._size.l + layout.xaxis.d2p(dots.x[last]),
        box.top + layout._size.t + layout.yaxis.d2p(dots.y[last])];
}"""
CUT = """() => [...document.querySelectorAll('.plot .svg-container')].filter((box) => {
    const drawn = box.querySelector('.main-svg').getBoundingClientRect();
    return drawn.height < 80 || drawn.width > document.documentElement.clientWidth
        || Math.abs(drawn.height - box.getBoundingClientRect().height) > 8;
}).length"""


def drawn(page: Page) -> None:
    expect(page.locator("#flow")).to_have_class(re.compile("is-ready"))
    page.wait_for_function(DRAWN)


def test_from_the_whole_to_the_bookings_and_back(visit: Visits) -> None:
    page = visit(OWNER)
    page.goto("/cash-flow?period=last_year")
    drawn(page)
    assert violations(page) == []
    page.get_by_role("link", name="Quarter").click()
    page.wait_for_url("**/cash-flow?period=last_year&by=quarter")
    expect(page.locator("#steps-table [data-table*='Q4 ']")).to_have_count(1)
    page.locator("#steps-table summary").click()
    expect(page.locator("#steps-table tbody tr")).to_have_count(4)
    page.locator("#steps-table tbody a.why").first.press("Enter")
    page.wait_for_url("**/explain?figure=summary.income&from=*")
    expect(page.get_by_role("heading", name="Transactions")).to_be_visible()
    page.go_back()
    drawn(page)
    page.mouse.click(*page.evaluate(LAST_DOT))
    page.wait_for_url("**/explain?figure=summary.net_cash_flow&from=*")
    expect(page.get_by_role("heading", name="How it is computed")).to_be_visible()
    page.go_back()
    drawn(page)
    page.get_by_role("link", name="Payees").click()
    page.wait_for_url("**&of=payee")
    expect(page.get_by_role("heading", name="Payees compared")).to_be_visible()
    place = page.evaluate(SECOND_BAR)
    page.mouse.move(place[0] - 2, place[1])
    page.mouse.move(*place)
    expect(page.locator(".panel-waterfall .hovertext")).to_be_visible()
    page.mouse.click(*place)
    page.wait_for_url(re.compile(r"category_id=\d+&by=quarter&of=payee"))
    expect(page.locator("#flow-chips .chip")).to_have_count(1)
    page.go_back()
    expect(page.locator("#flow-chips .chip")).to_have_count(0)
    page.get_by_role("link", name="Categories", exact=True).last.click()
    expect(page.get_by_role("heading", name="Categories compared")).to_be_visible()
    page.locator(".compared .row-name").nth(3).click()
    page.wait_for_url(re.compile("category_id="))
    expect(page.locator(".compared .row-name")).to_have_count(1)
    page.locator(".compared .row-name").click()
    page.wait_for_url("**/transactions?period=last_year&category_id=*")


def test_a_phone_and_paper(visit: Visits) -> None:
    page = visit(VIEWER, screen="phone", viewport={"width": 360, "height": 740})
    page.goto("/cash-flow")
    drawn(page)
    assert sideways(page) == 0
    assert violations(page) == []
    page.set_viewport_size({"width": 703, "height": 1000})  # A4 between its margins
    page.emulate_media(media="print")
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    expect(page.locator(".rail")).to_be_hidden()
    expect(page.locator("#flow-print")).to_be_hidden()
    assert page.evaluate(CUT) == 0
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    assert page.locator(".plot .main-svg[viewBox]").count() == 0


def test_an_address_that_asks_for_what_is_not_there(visit: Visits) -> None:
    page = visit(VIEWER)
    page.goto("/cash-flow?by=day")
    expect(page.get_by_role("heading", name="This view cannot be shown")).to_be_visible()
    page.get_by_role("link", name="Show the latest 12 months").click()
    drawn(page)
