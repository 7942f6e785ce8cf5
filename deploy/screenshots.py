"""Pictures of the product: `python deploy/screenshots.py [FOLDER]` starts it with its demo and photographs its pages.

Each page in four variants, desktop and phone, light and dark: `FOLDER/<page>-<screen>-<theme>.png`. Needs Chromium
on PATH. The product runs in a temporary directory and is stopped at the end.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess  # nosec B404
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from playwright.sync_api import Browser, Page, sync_playwright

ROOT: Final = Path(__file__).resolve().parent.parent
CHROMIUMS: Final = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS: Final = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-dev-shm-usage")
SCREENS: Final[dict[str, dict[str, Any]]] = {
    "desktop": {"viewport": {"width": 1440, "height": 900}},
    "phone": {
        "viewport": {"width": 390, "height": 844},
        "device_scale_factor": 2,
        "is_mobile": True,
        "has_touch": True,
    },
}
PASSWORD: Final = "demo-demo-demo"  # noqa: S105 - everybody knows it
OWNER, NEW = "demo@example.org", "new@example.org"
PERSON, EMPTY = "user_1", "user_9"
OVERVIEWS: Final = (("person", OWNER, PERSON), ("organisation", OWNER, "org_2"), ("empty", NEW, EMPTY))
PAGES: Final = (
    ("refused", "/?period=forever"),
    ("not-found", "/nowhere"),
    ("error", "/assets/nowhere"),
    ("import", "/import"),
    ("transactions", "/transactions"),
    ("budgets", "/budgets"),
    ("accounts", "/accounts"),
    ("cash-flow", "/cash-flow"),
    ("net-worth", "/net-worth"),
    ("report", "/report"),
    ("categories", "/categories"),
    ("explain", "/explain?figure=summary.net_worth"),
    ("embeds", "/embeds"),
    ("settings", "/settings"),
)
DRAWN: Final = """() => document.fonts.status === 'loaded'
    && document.querySelector('.plain, .page.is-ready, .page.is-other')
    && !document.querySelector('[data-dash-is-loading], .is-ready .ledger-panel:not(.is-filled)')
    && !document.querySelector('#settings:not([data-drawn]), #explain .skeleton')
    && [...document.querySelectorAll('.is-ready .plot')].every(
        (plot) => !plot.offsetParent || plot.querySelector('.main-svg :is(.trace, .sankey, .slice, .hm)'))"""


@contextmanager
def product() -> Iterator[str]:
    """The product with its demo and an empty tenant, at this address for as long as the block runs."""
    with tempfile.TemporaryDirectory() as folder:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("DATABASE_", "CACHE_"))}
        environment = {**kept, "VAR_DIR": folder, "HOST": "127.0.0.1", "PORT": str(port), "APP_ENV": "development"}
        environment |= {"LOG_LEVEL": "WARNING", "WEB_WORKERS": "1", "WEB_THREADS": "32"}
        command = [sys.executable, "-u", "-m", "flask"]
        serving = subprocess.Popen(  # noqa: S603  # nosec B603
            [*command, "serve"], cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True
        )
        try:
            if not any("Ctrl-C stops it" in line for line in serving.stdout or ()):
                raise SystemExit("The product did not start; see the messages above.")
            tenant = ["tenant", "create", EMPTY, "--name", "Nora", "--currency", "EUR", "--timezone", "Europe/Berlin"]
            person = ["user", "create", NEW, "--tenant", EMPTY, "--role", "owner", "--password-stdin"]
            for made in (tenant, person):
                subprocess.run(  # noqa: S603  # nosec B603
                    [*command, *made], cwd=ROOT, env=environment, input=PASSWORD, text=True, check=True
                )
            yield f"http://127.0.0.1:{port}"
        finally:
            serving.terminate()
            serving.communicate(timeout=60)


def sign_in(page: Page, email: str, tenant: str) -> None:
    """Through the form, and on to `tenant` when the person was in another one."""
    page.goto("/sign-in")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    with page.expect_navigation():
        page.get_by_role("button", name="Sign in").click()
    page.wait_for_function(DRAWN)
    other = page.locator(f"#shell-tenant button[value={tenant}]")
    if other.count():
        more = page.locator("#shell-more-button")
        if more.is_visible():
            more.click()
        page.locator("#shell-tenant summary").click()
        with page.expect_navigation():
            other.click()
        page.wait_for_function(DRAWN)


def photograph(browser: Browser, base: str, folder: Path, screen: str, theme: str) -> None:
    """All pages on one screen in one theme."""

    def shoot(name: str, *, whole: bool = True) -> None:
        page.wait_for_function(DRAWN)
        if whole:  # a window as tall as the page, or what is fixed to its edge would hang in the middle
            height = page.evaluate("document.documentElement.scrollHeight")
            page.set_viewport_size({"width": window["width"], "height": max(height, window["height"])})
        page.screenshot(path=folder / f"{name}-{screen}-{theme}.png", animations="disabled")
        page.set_viewport_size(window)

    window = SCREENS[screen]["viewport"]
    scheme: Any = theme
    context = browser.new_context(
        base_url=base, color_scheme=scheme, reduced_motion="reduce", locale="en-GB", **SCREENS[screen]
    )
    page = context.new_page()
    page.goto("/sign-in")
    shoot("sign-in")
    page.goto("/docs")
    shoot("docs", whole=False)
    for name, email, tenant in OVERVIEWS:
        sign_in(page, email, tenant)
        shoot(f"overview-{name}")
        if name == "person":
            shoot("top", whole=False)
        context.clear_cookies()
    sign_in(page, OWNER, PERSON)
    for name, address in PAGES:
        page.goto(address)
        shoot(name)
    context.close()


def main() -> None:
    """Take all pictures."""
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "screenshots")
    executable = next(filter(None, map(shutil.which, CHROMIUMS)), None)
    if executable is None:
        raise SystemExit(f"None of {', '.join(CHROMIUMS)} is on PATH")
    folder.mkdir(parents=True, exist_ok=True)
    with product() as base, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=list(ARGUMENTS))
        for screen in SCREENS:
            for theme in ("light", "dark"):
                photograph(browser, base, folder, screen, theme)
        browser.close()
    sys.stdout.write(f"{len(list(folder.glob('*.png')))} pictures are in {folder}\n")


if __name__ == "__main__":
    main()
