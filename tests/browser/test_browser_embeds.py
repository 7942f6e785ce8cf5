"""Figures in other sites: real frames across sites, in a browser that gives third parties no cookies."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, FrameLocator, Page, expect

from tests.browser.conftest import OWNER, STRANGER, VIEWER, WAIT_MS, Product, Visits, sideways, wait_until_drawn
from tests.browser.test_browser_accessible import violations
from tests.proxies import behind_nginx
from web import tokens

pytestmark = pytest.mark.browser
VIEWS = ("dashboard", "summary", "accounts", "transactions", "budgets", "net-worth", "cash-flow", "categories")
PAGE = """<!doctype html><html lang="en"><title>Portal</title><script src="{product}/assets/embed-host.js"></script>
<div id="frames"></div><script>
window.said = [];
function show(name, url) {{
  const place = document.createElement('div');
  place.id = name;
  document.getElementById('frames').append(place);
  window[name] = FinancialEmbed.mount(place, {{
    url, title: name,
    token: (reason) => fetch(`/token?name=${{name}}&reason=${{reason}}`, {{ method: 'POST' }}).then((r) => r.text()),
    on: (type, event) => window.said.push([name, type, event])
  }});
}}
</script></html>"""


@dataclass
class Portal:
    """Somebody else's site: its pages show frames, its server asks the product for tokens."""

    product: Product
    origin: str = ""
    asks: dict[str, tuple[str, str, dict[str, Any]]] = field(default_factory=dict)
    given: dict[str, list[str]] = field(default_factory=dict)
    answers: dict[str, Any] = field(default_factory=dict)
    fixed: dict[str, str] = field(default_factory=dict)
    silent: set[str] = field(default_factory=set)

    def make(self, name: str, who: str = OWNER, tenant: str = "user_1", **body: Any) -> dict[str, Any]:
        """Let the frame `name` show what `body` says; gives the answer with its address."""
        self.asks[name] = (who, tenant, {"view": "summary", "lock": {}, **body})
        self.given[name] = []
        self.answers[name] = self.product.ask(who, tenant, "POST", "/financial/embeds", self.asks[name][2])
        found: dict[str, Any] = self.answers[name]
        return found

    def token(self, name: str) -> str:
        who, tenant, body = self.asks[name]
        made = self.fixed.get(name) or self.product.ask(who, tenant, "POST", "/financial/embeds", body)["token"]
        self.given[name].append(made)
        return str(made)


@pytest.fixture(scope="module")
def portal(product: Product) -> Iterator[Portal]:
    found = Portal(product)

    class Handler(BaseHTTPRequestHandler):
        def _send(self, text: str, kind: str) -> None:
            body = text.encode()
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_GET(self) -> None:
            self._send(PAGE.format(product=found.product.base), "text/html")

        def do_POST(self) -> None:
            given = parse_qs(urlsplit(self.path).query)
            name, reason = given["name"][0], given["reason"][0]
            answers = name not in found.silent or reason == "refused"
            self._send(found.token(name) if answers else "", "text/plain")

        def log_message(self, *_words: Any) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    found.origin = f"http://localhost:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    for who, tenant in ((OWNER, "user_1"), (STRANGER, "org_3")):
        product.ask(who, tenant, "PUT", "/financial/embed-settings", {"origins": [found.origin]})
    yield found
    server.shutdown()
    server.server_close()


@dataclass
class Visitor:
    """A page of the portal, and what went wrong on it."""

    page: Page
    faults: list[str] = field(default_factory=list)
    cookies: list[str] = field(default_factory=list)

    def show(self, portal: Portal, name: str, **body: Any) -> FrameLocator:
        made = portal.make(name, **body)
        self.page.evaluate("([name, url]) => show(name, url)", [name, made["url"]])
        return self.frame(name)

    def frame(self, name: str) -> FrameLocator:
        return self.page.frame_locator(f"#{name} iframe")

    def events(self, name: str, kind: str) -> list[Any]:
        found: list[Any] = self.page.evaluate(
            "([name, kind]) => said.filter((each) => each[0] === name && each[1] === kind).map((each) => each[2])",
            [name, kind],
        )
        return found


@pytest.fixture
def visitor(browser: Browser, portal: Portal) -> Iterator[Visitor]:
    context = browser.new_context(viewport={"width": 1200, "height": 900})
    page = context.new_page()
    found = Visitor(page)
    page.on("console", lambda said: found.faults.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: found.faults.append(str(error)))
    page.on(
        "request",
        lambda request: found.cookies.append(request.url) if "cookie" in request.headers else None,
    )
    page.goto(portal.origin)
    yield found
    assert found.cookies == []
    assert [each for each in context.cookies() if each["name"].startswith("fd")] == []
    context.close()


def test_each_view_draws(visitor: Visitor, portal: Portal) -> None:
    for view in VIEWS:
        name = view.replace("-", "_")
        frame = visitor.show(portal, name, view=view)
        expect(frame.locator(".embed .panel, .embed .cards").first).to_be_visible()
        if view in ("summary", "net-worth", "cash-flow", "dashboard"):
            expect(frame.locator(".main-svg .trace").first).to_be_attached()
        visitor.page.wait_for_function(f"() => document.querySelector('#{name} iframe').offsetHeight !== 320")
        visitor.page.evaluate(f"{name}.remove()")
    assert visitor.faults == []


def test_the_viewer_chooses_narrows_and_downloads(visitor: Visitor, portal: Portal) -> None:
    allow = {"filters": ["period"], "drill": True, "export": True}
    frame = visitor.show(portal, "chooser", view="transactions", allow=allow)
    frame.locator(".embed-controls summary").first.click()
    frame.get_by_role("button", name="This year").click()
    expect(frame.locator(".embed-controls summary").first).to_contain_text("This year")
    first = frame.locator(".bars .drill[role=button]").first
    name = first.inner_text()
    first.press("Enter")
    expect(frame.locator(".chip")).to_contain_text(name)
    expect(frame.locator(".bars .bar-name")).to_have_count(1)
    assert visitor.events("chooser", "drill")[0]["parameter"] == "category_id"
    assert "category_id=" in visitor.events("chooser", "filter")[-1]["query"]
    with visitor.page.expect_download() as loading:
        frame.get_by_role("button", name="Download").click()
    assert loading.value.path().read_text(encoding="utf-8").startswith("month,income,expenses,net,count")
    frame.locator(".chip-cross").click()
    expect(frame.locator(".chip")).to_have_count(0)
    visitor.page.evaluate("chooser.filter('account_id=999999')")
    expect(frame.get_by_role("alert")).to_contain_text("There is no account 999999")
    frame.get_by_role("button", name="Show all").click()
    expect(frame.get_by_role("alert")).to_have_count(0)
    visitor.page.evaluate("chooser.theme('dark')")
    expect(frame.locator("html")).to_have_attribute("data-mantine-color-scheme", "dark")
    assert [each for each in visitor.faults if "404" not in each and "Callback" not in each] == []


def test_a_token_is_renewed_before_and_after_it_has_expired(visitor: Visitor, portal: Portal) -> None:
    frame = visitor.show(portal, "renewed", view="accounts", ttl=3)
    expect(frame.locator(".embed .panel")).to_be_visible()
    visitor.page.wait_for_event("response", lambda answer: "reason=renew" in answer.url, timeout=WAIT_MS)
    assert len(set(portal.given["renewed"])) >= 2
    portal.silent.add("renewed")  # until after its token has expired
    visitor.page.wait_for_event("response", lambda answer: "reason=refused" in answer.url, timeout=WAIT_MS)
    portal.silent.discard("renewed")
    account = portal.product.ask(OWNER, "user_1", "GET", "/financial/accounts?limit=1")["data"][0]["id"]
    day = portal.product.ask(OWNER, "user_1", "GET", "/financial/dashboard/summary")["as_of"]
    new = {"account_id": account, "booked_on": day, "amount": "-0.01"}
    before = frame.locator(".panel-accounts table").inner_text()
    portal.product.ask(OWNER, "user_1", "POST", "/financial/transactions", new)
    expect(frame.locator(".panel-accounts table")).not_to_have_text(before, use_inner_text=True)
    assert visitor.events("renewed", "expired") == []
    assert len(visitor.events("renewed", "ready")) == 1  # it was never loaded again


def test_a_frame_stops_when_its_token_is_taken_back_and_comes_back_with_another(
    visitor: Visitor, portal: Portal
) -> None:
    made = portal.make("stopped", view="summary")
    portal.fixed["stopped"] = made["token"]
    visitor.page.evaluate("([name, url]) => show(name, url)", ["stopped", made["url"]])
    frame = visitor.frame("stopped")
    expect(frame.locator(".cards")).to_be_visible()
    access, _ = portal.product.token(tokens.ACCESS, OWNER, "user_1", datetime.now(UTC))
    address = f"{portal.product.base}/financial/embeds/{made['jti']}"
    asking = visitor.page.context.request
    assert asking.delete(address, headers={"Authorization": f"Bearer {access}"}).status == 204
    expect(frame.get_by_role("alert")).to_contain_text("not available any more")
    expect(frame.locator(".cards")).to_have_count(0)
    assert len(visitor.events("stopped", "expired")) == 1
    portal.fixed.clear()
    fresh = portal.product.ask(OWNER, "user_1", "POST", "/financial/embeds", portal.asks["stopped"][2])["token"]
    visitor.page.evaluate("(token) => stopped.token(token)", fresh)
    expect(frame.locator(".cards")).to_be_visible()
    expect(frame.get_by_role("alert")).to_have_count(0)


def test_it_is_the_same_through_the_deployments_nginx(
    visitor: Visitor, portal: Portal, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    direct = portal.product.base.removeprefix("http://")
    with behind_nginx(tmp_path / "nginx", [direct]) as proxy:
        monkeypatch.setattr(portal, "product", replace(portal.product, base=proxy.url))
        visitor.page.goto(portal.origin)
        with visitor.page.expect_response(lambda answer: "/embed/accounts" in answer.url) as framed:
            frame = visitor.show(portal, "proxied", view="accounts")
        expect(frame.locator(".panel-accounts")).to_be_visible()
        assert framed.value.url.startswith(proxy.url)
        headers = framed.value.headers
        assert f"frame-ancestors {portal.origin}" in headers["content-security-policy"]
        assert "x-frame-options" not in headers
        assert "set-cookie" not in headers
        assert visitor.faults == []
        visitor.page.evaluate("proxied.remove()")


def test_two_tenants_and_a_signed_in_tab_do_not_meet(visitor: Visitor, portal: Portal, visit: Visits) -> None:
    page = visit(OWNER, "user_1")
    page.goto("/")
    wait_until_drawn(page)
    mine = visitor.show(portal, "mine", view="accounts")
    theirs = visitor.show(portal, "theirs", view="accounts", who=STRANGER, tenant="org_3")
    expect(mine.locator(".panel-accounts")).to_be_visible()
    expect(theirs.locator(".panel-accounts")).to_be_visible()
    names = {
        tenant: [row["name"] for row in portal.product.ask(who, tenant, "GET", "/financial/accounts")["data"]]
        for who, tenant in ((OWNER, "user_1"), (STRANGER, "org_3"))
    }
    shown = {"user_1": mine.locator(".embed").inner_text(), "org_3": theirs.locator(".embed").inner_text()}
    for tenant, text in shown.items():
        other = "org_3" if tenant == "user_1" else "user_1"
        assert all(name in text for name in names[tenant])
        assert not [name for name in set(names[other]) - set(names[tenant]) if name in text]
    page.context.new_page().goto(portal.answers["mine"]["url"])  # the frame's address by itself, cookie and all
    alone = page.context.pages[-1]
    expect(alone.get_by_role("alert")).to_contain_text("made to stand in another page")
    assert not [name for name in names["user_1"] if name in alone.locator("body").inner_text()]
    for path in ("/financial/dashboard", "/_dash-layout", "/embed/_version"):
        token = {"Authorization": f"Bearer {portal.given['mine'][-1]}"}
        answer = visitor.page.context.request.get(f"{portal.product.base}{path}", headers=token)
        assert answer.status == (200 if path.startswith("/embed/") else 401), path


def test_a_site_that_is_not_registered_shows_nothing(visitor: Visitor, portal: Portal) -> None:
    made = portal.make("framed", view="summary")
    visitor.page.goto(portal.origin.replace("localhost", "127.0.0.1"))
    visitor.page.evaluate("([name, url]) => show(name, url)", ["framed", made["url"]])
    with visitor.page.expect_console_message(lambda said: "frame-ancestors" in said.text):
        visitor.page.evaluate("framed.frame.src = framed.frame.src + '&again'")
    assert portal.given["framed"] == []


@pytest.mark.parametrize("screen", ["desktop", "phone"])
def test_the_page_on_embeds(visit: Visits, portal: Portal, screen: str) -> None:
    page = visit(OWNER, screen=screen)
    page.goto("/embeds")
    frame = page.frame_locator("#embeds-frame iframe")
    expect(frame.locator(".cards")).to_be_visible()
    page.get_by_role("textbox", name="View").click()
    page.get_by_role("option", name="Budgets").click()
    expect(frame.locator(".panel-budgets")).to_be_visible()
    expect(page.locator("#embeds-code")).to_contain_text("/embed/budgets?k=")
    expect(page.locator("#embeds-code")).to_contain_text(f"frame-ancestors {portal.origin}")
    page.get_by_label("Address of your page").fill("https://other.example.org/page")
    page.get_by_role("button", name="Check").click()
    expect(page.locator("#embeds-findings")).to_contain_text("not among your sites")
    page.get_by_role("textbox", name="Sites").fill(f"{portal.origin}\nnonsense")
    page.get_by_role("button", name="Save the sites").click()
    expect(page.locator("#embeds-saved")).to_contain_text("must be an origin")
    expect(page.get_by_role("textbox", name="Sites")).to_have_value(f"{portal.origin}\nnonsense")
    assert sideways(page) == 0
    assert violations(page) == []


def test_the_page_on_embeds_is_for_admins(visit: Visits) -> None:
    page = visit(VIEWER)
    page.goto("/embeds")
    expect(page.locator("#embeds")).to_contain_text("ask an admin")
    expect(page.get_by_role("button", name="Make a key")).to_have_count(0)
