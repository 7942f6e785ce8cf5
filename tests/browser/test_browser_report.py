"""A report on paper, and charts as files: what a person takes along is what the page shows."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import OWNER, VIEWER, Visits, sideways, wait_until_drawn
from tests.browser.test_browser_accessible import violations

pytestmark = pytest.mark.browser
DRAWN = """() => ['flow', 'worth'].every((chart) => document.querySelector(`.panel-report-${chart} .main-svg .trace`))
    && document.fonts.status === 'loaded'"""

_BOX = re.compile(rb"/MediaBox \[([^\]]*)\]")


def drawn(page: Page) -> None:
    expect(page.locator("#report")).to_have_class(re.compile("is-ready"))
    page.wait_for_function(DRAWN)


def test_from_the_overview_to_paper(visit: Visits) -> None:
    page = visit(OWNER, theme="dark")
    page.goto("/?period=last_year")
    wait_until_drawn(page)
    income = page.locator("#overview .card-income .figure .visually-hidden").inner_text()
    page.get_by_role("link", name="Report", exact=True).click()
    page.wait_for_url("**/report?period=last_year")
    drawn(page)
    expect(page.locator("#report-figures .table tbody tr").filter(has_text="Income")).to_contain_text(income)
    assert violations(page) == []
    page.get_by_text("Compared with: Period before").click()
    page.get_by_role("link", name="Year before").click()
    page.wait_for_url("**/report?period=last_year&compare=last_year")
    expect(page.get_by_text("Compared with: Year before")).to_be_visible()
    drawn(page)
    name = page.locator("[data-report-name]").get_attribute("data-report-name") or ""
    pdf = page.pdf(prefer_css_page_size=True, print_background=True)
    assert 3 <= len(re.findall(rb"/Type\s*/Page\b", pdf)) <= 9
    boxes = {tuple(round(float(side)) for side in box.split()) for box in _BOX.findall(pdf)}
    assert boxes == {(0, 0, 595, 842)}  # A4
    title = re.search(rb"/Title (?:<FEFF([0-9A-F]+)>|\(([^)]*)\))", pdf)
    assert title is not None
    told = bytes.fromhex(title[1].decode()).decode("utf-16-be") if title[1] else title[2].decode()
    assert told == name
    assert page.title() != name
    page.emulate_media(media="print")
    assert page.evaluate("getComputedStyle(document.documentElement).colorScheme") == "light"
    expect(page.get_by_role("button", name="Print or save as PDF")).to_be_hidden()
    assert page.evaluate("getComputedStyle(document.querySelector('.paper thead')).display") == "table-header-group"


def test_on_a_phone(visit: Visits) -> None:
    page = visit(VIEWER, screen="phone", viewport={"width": 360, "height": 740})
    page.goto("/report?compare=none")
    drawn(page)
    assert sideways(page) == 0
    assert violations(page) == []
    page.goto("/report?compare=yesterday")
    expect(page.get_by_role("heading", name="This view cannot be shown")).to_be_visible()


def test_charts_as_files(visit: Visits) -> None:
    page = visit(OWNER)
    page.goto("/?period=last_year")
    wait_until_drawn(page)
    panel = page.locator(".panel-cash-flow")
    name, text = _saved(page, panel.locator("[data-download=csv]"))
    assert re.fullmatch(r"income-against-expenses-.*2025\.csv", name)
    lines = list(csv.reader(io.StringIO(text.decode("utf-8-sig"))))
    assert len(lines) == 13
    assert re.fullmatch(r"Income \(.+\)", lines[0][1])
    assert re.fullmatch(r"20\d\d-01", lines[1][0])
    panel.locator("summary").click()
    shown = panel.locator("tbody tr").first.locator("td").first.inner_text()
    assert re.sub(r"[^\d.]", "", shown) == lines[1][1]
    for chart in (".panel-cash-flow", "#overview-categories"):  # one is drawn by Plotly, one is plain elements
        name, picture = _saved(page, page.locator(f"{chart} [data-download=png]"))
        assert name.endswith(".png")
        assert picture.startswith(b"\x89PNG")
        assert int.from_bytes(picture[16:20], "big") > 600
        assert len(picture) > 8_000


def _saved(page: Page, button: Locator) -> tuple[str, bytes]:
    with page.expect_download() as waited:
        button.click()
    return waited.value.suggested_filename, Path(waited.value.path()).read_bytes()
