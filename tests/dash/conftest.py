"""Chromium under dash.testing, against gunicorn with the demo's books (`tests/browser/conftest.py` starts it)."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Any

import pytest

from cli.demo import OWNER
from tests.browser.conftest import ARGUMENTS, Product, chromium, product

__all__ = ["product"]
# dash.testing is in an environment of its own: `deploy/dash_testing.sh` runs these, other runs leave them out.
collect_ignore_glob = [] if find_spec("selenium") else ["test_*.py"]


@pytest.hookimpl(optionalhook=True)
def pytest_setup_options() -> Any:
    """What dash.testing starts Chromium with."""
    from selenium.webdriver.chrome.options import Options

    options = Options()
    options.binary_location = chromium() or ""
    for argument in (*ARGUMENTS, "--window-size=1440,900"):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    return options


@pytest.fixture
def pages(dash_br: Any, product: Product) -> Any:
    """A browser in which the demo's owner is signed in, at the product under gunicorn."""
    dash_br.driver.get(f"{product.base}/sign-in")
    for cookie in product.session(OWNER, "user_1"):
        dash_br.driver.add_cookie({"name": cookie["name"], "value": cookie["value"], "path": "/"})
    return dash_br
