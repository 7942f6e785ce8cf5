"""The real product in a real Chromium: gunicorn with the demo's books, and pages whose console must stay clean."""

from __future__ import annotations

import http.client
import json
import os
import re
import shutil
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect, sync_playwright

from cli.demo import OWNER, STRANGER, load_demo
from cli.processes import wait_until_healthy, web_server
from core.settings import Settings
from data import directory
from data.db import Database
from tests.conftest import SECRET, Town, _plain, _with_name
from web import tokens

CHROMIUMS = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-dev-shm-usage"]
SCREENS: dict[str, dict[str, Any]] = {
    "desktop": {"viewport": {"width": 1440, "height": 900}},
    "phone": {
        "viewport": {"width": 390, "height": 844},
        "device_scale_factor": 2,
        "is_mobile": True,
        "has_touch": True,
    },
}
WAIT_MS = 45_000  # two cores, and others are busy; only a failure waits so long
REPORTS_VIOLATIONS = """document.addEventListener('securitypolicyviolation',
    (event) => console.error(`refused by the policy: ${event.violatedDirective} ${event.blockedURI}`))"""
CHARTS_DRAWN = """() => ['net-worth', 'cash-flow'].every(
    (chart) => document.querySelector(`.panel-${chart} .main-svg .trace`)) && document.fonts.status === 'loaded'"""
VIEWER, NEW, IMPORTER = "rita@example.org", "nora@example.org", "ida@example.org"
EMPTY, IMPORTING = "user_9", "user_7"
HOSTILE = "<img src=x onerror=alert(1)>\u202egnp " + "W" * 150
"""A name that would break a page which trusts it."""


@dataclass(frozen=True)
class Product:
    """The running product, seen from outside; `town` makes people and tenants behind its back."""

    base: str
    database: Database
    town: Town

    def token(self, purpose: tokens.Purpose, email: str, tenant: str, now: datetime) -> tuple[str, tokens.Claims]:
        """A token of this person in this tenant, as the product itself issues them."""
        with self.database.directory() as session:
            person = directory.find_person(session, email)
            place = directory.find_tenant(session, tenant)
        assert person is not None
        key = {"person_id": person.id, "tenant_id": place.id, "epoch": person.epoch}
        return tokens.issue(SECRET, purpose, **key, now=now)

    def session(self, email: str, tenant: str, now: datetime | None = None) -> list[Any]:
        """The cookies of somebody who signed in at `now`."""
        token, claims = self.token(tokens.SESSION, email, tenant, now or datetime.now(UTC))
        csrf = tokens.csrf_token(SECRET, claims.jti)
        return [
            {"name": "fd_session", "value": token, "url": self.base, "httpOnly": True, "sameSite": "Lax"},
            {"name": "fd_csrf", "value": csrf, "url": self.base, "sameSite": "Lax"},
        ]

    def ask(self, email: str, tenant: str, method: str, path: str, body: Any = None, kind: str = "") -> Any:
        """The API's answer to a program of this person; `kind` is the content type of a body that is no JSON."""
        token, _ = self.token(tokens.ACCESS, email, tenant, datetime.now(UTC))
        headers = {"Authorization": f"Bearer {token}"}
        if body is not None:
            headers["Content-Type"] = kind or "application/json"
        connection = http.client.HTTPConnection(self.base.removeprefix("http://"), timeout=30)
        connection.request(method, path, body if kind or body is None else json.dumps(body), headers)
        answer = connection.getresponse()
        text = answer.read()
        connection.close()
        assert answer.status < 300, text
        return json.loads(text)

    def organization(self, key: str, email: str, role: str, name: str) -> Callable[..., Any]:
        """A new organization and a person in it; what is returned posts to `/financial/...` for that person."""
        self.town.tenant(key, name=name)
        self.town.person(email, **{key: role})

        def post(path: str, **body: Any) -> Any:
            return self.ask(email, key, "POST", f"/financial/{path}", body)

        return post


def environment(url: str, port: int, var_dir: Path) -> dict[str, str]:
    """What the web server is told, nothing of it from the environment of the tests."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
    return kept | {
        "APP_ENV": "testing",
        "DATABASE_URL": url,
        "HOST": "127.0.0.1",
        "PORT": str(port),
        "VAR_DIR": str(var_dir),
        "SECRET_KEY": SECRET,
        "CACHE_URL": f"file:{var_dir / 'cache'}",
        "WEB_WORKERS": "2",
        "WEB_THREADS": "128",  # half of them for streams; one of a page that was left ends with its next heartbeat
        "LOG_LEVEL": "ERROR",
    }


@pytest.fixture(scope="session")
def product(server: str, template: str, password_hash: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The product as it is deployed, with the demo's books and some people more, on a database of its own."""
    if chromium() is None:
        no_chromium()
    name = f"browser_{os.getpid()}"
    with psycopg.connect(_plain(server), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")
    url = _with_name(server, name)
    database = Database(url, pool_size=2)
    load_demo(database)
    town = Town(database, password_hash)
    town.person(VIEWER, user_1="viewer")
    for email, tenant in ((NEW, EMPTY), (IMPORTER, IMPORTING)):
        town.tenant(tenant)
        town.person(email, **{tenant: "owner"})
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    told = environment(url, port, tmp_path_factory.mktemp("var"))
    with web_server(told) as process:
        assert wait_until_healthy(process, replace(Settings.load(told), host="127.0.0.1"))
        yield Product(f"http://127.0.0.1:{port}", database, town)
    database.dispose()
    with psycopg.connect(_plain(server), autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def chromium() -> str | None:
    return next(filter(None, map(shutil.which, CHROMIUMS)), None)


def no_chromium() -> None:
    if os.environ.get("CI"):
        pytest.fail(f"the CI needs one of {', '.join(CHROMIUMS)} on PATH")
    pytest.skip(f"needs one of {', '.join(CHROMIUMS)} on PATH")


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as driver:
        yield driver


@pytest.fixture(scope="module")
def browser(playwright: Playwright) -> Iterator[Browser]:
    executable = chromium()
    if executable is None:
        no_chromium()
    expect.set_options(timeout=WAIT_MS)
    launched = playwright.chromium.launch(executable_path=executable, args=ARGUMENTS)
    yield launched
    launched.close()


@dataclass
class Visits:
    """Opens pages, each in a browser context of its own, and listens to all of them."""

    browser: Browser
    product: Product
    contexts: list[BrowserContext] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    expected: list[str] = field(default_factory=list)
    """What the console may say in this test: it belongs to what is tested, such as a refused request."""

    def __call__(
        self,
        email: str | None = None,
        tenant: str = "user_1",
        *,
        screen: str = "desktop",
        theme: Any = "light",
        **more: Any,
    ) -> Page:
        """A new page of somebody (nobody without an e-mail) in a tenant."""
        options = SCREENS[screen] | more
        context = self.browser.new_context(
            base_url=self.product.base, color_scheme=theme, reduced_motion="reduce", locale="en-GB", **options
        )
        self.contexts.append(context)
        context.set_default_timeout(WAIT_MS)
        context.add_init_script(REPORTS_VIOLATIONS)
        context.on("console", lambda message: self._note(message.text) if message.type == "error" else None)
        context.on("weberror", lambda error: self._note(str(error.error)))
        context.on("dialog", lambda dialog: (self._note(f"dialog: {dialog.message}"), dialog.dismiss()))
        if email is not None:
            context.add_cookies(self.product.session(email, tenant))
        return context.new_page()

    def _note(self, fault: str) -> None:
        self.faults.append(fault)

    def close(self) -> list[str]:
        """Close all pages; what their consoles said that no test expected."""
        for context in self.contexts:
            context.close()
        return [fault for fault in self.faults if not any(re.search(each, fault) for each in self.expected)]


@pytest.fixture
def visit(browser: Browser, product: Product) -> Iterator[Visits]:
    """Opens pages; the test fails when a console shows an error or anything the policy refused."""
    visits = Visits(browser, product)
    yield visits
    assert visits.close() == []


def wait_until_drawn(page: Page) -> None:
    """The overview with its figures, both charts included."""
    expect(page.locator("#overview")).to_have_class(re.compile("is-ready"))
    page.wait_for_function(CHARTS_DRAWN)


def sideways(page: Page) -> int:
    """By how many pixels the page is wider than its window."""
    found: int = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return max(0, found)


__all__ = ["OWNER", "STRANGER", "WAIT_MS", "Product", "Visits", "sideways", "wait_until_drawn"]
