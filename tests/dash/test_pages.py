"""Each page under dash.testing: it loads, its callbacks fire and end, and the console has nothing to say."""

from __future__ import annotations

from typing import Any

import pytest
from dash.testing.wait import until
from flask import Flask

import callbacks
from components import ids
from pages.site import PAGES, create_site
from tests.browser.conftest import Product

CALM = """return document.querySelector('.page.is-ready, .page.is-other')
    && !document.querySelector('[data-dash-is-loading]') && document.fonts.status === 'loaded'"""
SHOWN = [page for page in PAGES if getattr(page, "PATH", None) is not None]


def came(browser: Any, address: str) -> None:
    """The page at an address, once its callbacks have ended."""
    browser.driver.get(address)
    until(lambda: browser.driver.execute_script(CALM) and not browser.redux_state_is_loading, 60)
    assert browser.get_logs() == []


@pytest.mark.parametrize("page", SHOWN, ids=lambda page: page.__name__)
def test_a_page_loads_and_its_callbacks_fire(pages: Any, product: Product, page: Any) -> None:
    figure = "?figure=summary.net_worth" if page.PATH == "/explain" else ""
    came(pages, f"{product.base}{page.PATH}{figure}")
    assert pages.find_element("#shell-account").text
    assert pages.redux_state_paths["strs"]


def test_a_link_draws_the_next_view_without_a_new_document(pages: Any, product: Product) -> None:
    came(pages, f"{product.base}/")
    pages.driver.execute_script("window.same = true")
    before = pages.find_element(f"#{ids.OVERVIEW_CARDS}").text
    pages.find_element(f"#{ids.OVERVIEW_PRESETS} summary").click()
    pages.find_element(f"#{ids.OVERVIEW_PRESETS} a[href='?period=last_month']").click()
    until(lambda: pages.find_element(f"#{ids.OVERVIEW_CARDS}").text != before, 30)
    assert pages.driver.execute_script("return window.same") is True
    assert pages.get_logs() == []


def test_the_pages_application_serves_by_itself(dash_duo: Any) -> None:
    """Dash's own server in this process, without the product around it: the frame and the page that is not there."""
    server = Flask(__name__)
    site = create_site(server)
    callbacks.register(site)
    dash_duo.start_server(site, navigate=False)
    dash_duo.driver.get(f"{dash_duo.server.url}/nowhere")
    dash_duo.wait_for_text_to_equal("h2", "There is no such page", timeout=30)
