"""How a page is felt: a Chromium that opens the overview as a person does, and says when what stood there.

Times are the page's own, from the start of the navigation or from the press, to the frame in which it stood.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from bench.support import Server

CHROMIUMS: Final = ("chromium", "chromium-browser", "google-chrome")
_ARGUMENTS: Final = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-dev-shm-usage")
_WAIT_MS: Final = 60_000
_QUIET_MS: Final = 500
_WATCH: Final = """(() => {
    const felt = window.felt = {};
    const look = () => {
        const now = performance.now();
        if (!felt.figures && document.querySelector('#overview.is-ready #overview-cards .money')) felt.figures = now;
        if (!felt.charts && felt.figures && ['net-worth', 'cash-flow'].every(
            (chart) => document.querySelector(`.panel-${chart} .main-svg .trace`))) felt.charts = now;
        if (!felt.charts) requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
})()"""
_CHANGE: Final = """(search) => new Promise((done, failed) => {
    setTimeout(() => failed(new Error(`${search} was not drawn`)), 30_000);
    const plots = [...document.querySelectorAll('#overview .js-plotly-plot')];
    const waiting = new Set(plots);
    performance.clearResourceTimings();
    const began = performance.now();
    const answers = () => performance.getEntriesByType('resource').filter(
        (each) => each.name.includes('/_dash-update-component') && each.startTime >= began);
    plots.forEach((plot) => plot.on('plotly_afterplot', () => {
        if (!answers().length) return;  // the end of what was drawn before
        waiting.delete(plot);
        if (waiting.size) return;
        const ended = performance.now();
        requestAnimationFrame(() => {
            const server = Math.max(...answers().map((each) => each.responseEnd - each.requestStart));
            plots.forEach((each) => each.removeAllListeners('plotly_afterplot'));
            done({total: ended - began, server, redrawn: plots.length});
        });
    }));
    window.dash_clientside.set_props('url', {search});
})"""
_PRESS: Final = """() => new Promise((done, failed) => {
    setTimeout(() => failed(new Error('the explanation did not come')), 30_000);
    const began = performance.now();
    const look = () => {
        if (document.querySelector('#explain .panel')) { done(performance.now() - began); return; }
        requestAnimationFrame(look);
    };
    document.querySelector('#overview-cards a.why').click();
    look();
})"""


@dataclass(frozen=True, slots=True)
class Visit:
    """One visit of the overview: seconds until its figures and its last chart stood, and kB that came over the net."""

    figures: float
    charts: float
    kilobytes: float


@dataclass(frozen=True, slots=True)
class Change:
    """Another period, in ms: until all charts were drawn again, and what of that the server took."""

    total: float
    server: float


@contextmanager
def chromium() -> Iterator[Browser]:
    """A browser without a window."""
    executable = next(filter(None, map(shutil.which, CHROMIUMS)), None)
    if executable is None:
        raise RuntimeError(f"None of {', '.join(CHROMIUMS)} is on PATH")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=list(_ARGUMENTS))
        yield browser
        browser.close()


class Person:
    """Somebody who is signed in, with a browser that has nothing of the product yet; `slower` divides its processor."""

    def __init__(self, browser: Browser, server: Server, cookies: dict[str, str], slower: float = 1) -> None:
        base = server.url("")
        self.context: BrowserContext = browser.new_context(base_url=base, viewport={"width": 1440, "height": 900})
        self.context.set_default_timeout(_WAIT_MS)
        self.context.add_init_script(_WATCH)
        given: list[Any] = [{"name": name, "value": value, "url": base} for name, value in cookies.items()]
        self.context.add_cookies(given)
        self.page: Page = self.context.new_page()
        self._bytes = 0.0
        wire = self.context.new_cdp_session(self.page)
        wire.send("Network.enable")
        wire.send("Emulation.setCPUThrottlingRate", {"rate": slower})
        wire.on("Network.loadingFinished", self._count)

    def _count(self, event: dict[str, Any]) -> None:
        self._bytes += event["encodedDataLength"]

    def visit(self) -> Visit:
        """Open the overview in a document of its own."""
        self._bytes = 0.0
        self.page.goto("/")
        self.page.wait_for_function("() => window.felt.charts")
        self.page.wait_for_timeout(_QUIET_MS)  # what comes after the last chart counts too
        felt = self.page.evaluate("window.felt")
        return Visit(felt["figures"] / 1000, felt["charts"] / 1000, self._bytes / 1000)

    def change(self, first: str, last: str) -> Change:
        """Look at other days, as the range picker does."""
        found = self.page.evaluate(_CHANGE, f"?from={first}&to={last}")
        if found["redrawn"] < 2:
            raise RuntimeError("a chart of the overview was not there")
        return Change(found["total"], found["server"])

    def press(self) -> float:
        """Seconds from the press on the first key figure until its explanation stood."""
        return float(self.page.evaluate(_PRESS)) / 1000

    def leave(self) -> None:
        """Close the browser's window and forget all of it."""
        self.context.close()
