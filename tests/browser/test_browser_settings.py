"""The settings and the palette as people use them; a tenant of their own, so that nobody else's figures move."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Product, Visits, sideways
from tests.browser.test_browser_accessible import violations
from tests.conftest import PASSWORD

pytestmark = pytest.mark.browser
TENANT, OWNING, LOOKING = "org_71", "olga@example.org", "otto@example.org"
HOSTILE = "<img src=x onerror=alert(1)> \u202egnihtyna \U0001f4b6" + "y" * 120


@pytest.fixture(scope="module")
def town(product: Product) -> Product:
    product.town.tenant(TENANT, name="Quiet Hill")
    product.town.person(OWNING, **{TENANT: "owner"})
    product.town.person(LOOKING, **{TENANT: "viewer"})
    return product


def settings(page: Page) -> None:
    page.goto("/settings")
    page.wait_for_selector("#settings[data-drawn]")


def test_an_owner_sets_things_up(visit: Visits, town: Product) -> None:
    visit.expected += ["status of 422", "status of 412"]
    page = visit(OWNING, TENANT)
    settings(page)
    assert violations(page) == []
    form = page.locator("#tenant form")
    form.get_by_label("Name").fill("   ")
    form.get_by_role("button", name="Save").click()
    expect(form.locator(".ledger-wrong").first).to_have_text("must not be blank")
    form.get_by_label("Name").fill(HOSTILE)
    form.get_by_label("First day of a month").select_option("25")
    town.ask(OWNING, TENANT, "PATCH", "/tenant", {"locale": "de-DE"})
    form.get_by_role("button", name="Save").click()
    question = page.get_by_role("dialog")
    expect(question).to_contain_text("Months will begin on day 25")
    question.get_by_role("button", name="Change it").click()
    expect(form.get_by_role("alert")).to_contain_text("Somebody else changed the settings")
    form.get_by_role("button", name="Save").click()
    page.get_by_role("dialog").get_by_role("button", name="Change it").click()
    expect(page.locator(".ledger-toast")).to_contain_text("saved")
    assert town.ask(OWNING, TENANT, "GET", "/tenant")["month_start"] == 25
    expect(page.locator("#tenant form").get_by_label("Name")).to_have_value(HOSTILE)

    page.locator("#tokens").get_by_label("Name").fill("Sheet")
    page.locator("#tokens").get_by_role("button", name="Make a token").click()
    expect(page.locator("dialog code")).to_have_text(re.compile("^fd_.{20,}"))
    page.get_by_role("dialog").get_by_role("button", name="Done").click()
    expect(page.locator("#tokens .settings-list")).to_contain_text("not used yet")
    page.locator("#people").get_by_label("E-mail").fill("new@quiet.test")
    page.locator("#people").get_by_role("button", name="Invite").click()
    expect(page.locator("dialog code")).to_have_text(re.compile(r"/invitation\?token="))
    page.get_by_role("dialog").get_by_role("button", name="Done").click()
    page.get_by_role("button", name="Revoke the invitation of new@quiet.test").click()
    expect(page.get_by_text("Nobody waits for an answer.")).to_be_visible()
    page.get_by_label(f"Role of {LOOKING}", exact=True).select_option("editor")
    page.get_by_role("button", name=f"Change the role of {LOOKING}").click()
    expect(page.locator("#audit .settings-log li").first).to_contain_text("role: viewer → editor")
    signed_in = {"email": OWNING, "password": PASSWORD}
    page.request.post("/auth/login", data=signed_in, headers={"User-Agent": "backup-job/1.0"})
    page.reload()
    page.get_by_role("button", name="End the session of backup-job").click()
    page.get_by_role("dialog").get_by_role("button", name="End", exact=True).click()
    expect(page.locator("#sessions")).to_contain_text("There are none.")
    page.locator("#danger").get_by_label(re.compile("Type")).fill("org_7")
    page.locator("#danger").get_by_role("button").click()
    expect(page.locator("#danger .ledger-wrong")).to_have_text(f"This is not {TENANT}")
    town.ask(OWNING, TENANT, "PATCH", "/tenant", {"name": "Quiet Hill"})
    town.town.person(LOOKING, **{TENANT: "viewer"})


def test_a_viewer_sees_what_is_theirs_on_a_phone(visit: Visits, town: Product) -> None:
    page = visit(LOOKING, TENANT, screen="phone", viewport={"width": 360, "height": 780})
    settings(page)
    shown = page.locator("#settings-sections > section").evaluate_all("all => all.map((each) => each.id)")
    assert shown == ["tenant", "language", "tokens", "sign-ins", "sessions", "alerts", "data"]
    expect(page.locator("#tenant form")).to_have_count(0)
    expect(page.locator("#tokens input[type=checkbox]")).to_have_count(1)
    assert sideways(page) == 0
    assert violations(page) == []


def test_the_palette_and_the_keys_lead_everywhere(visit: Visits, town: Product) -> None:
    page = visit(OWNING, TENANT)
    settings(page)
    field = page.locator("#tokens").get_by_label("Name")
    field.focus()
    page.keyboard.type("gtp?")
    expect(field).to_have_value("gtp?")
    expect(page.locator("html")).not_to_have_attribute("data-privacy", "on")
    page.keyboard.press("Control+k")
    box, found = page.get_by_role("combobox", name=re.compile("Go to")), page.locator(".palette [role=option]")
    expect(box).to_be_focused()
    expect(page.get_by_role("option", name="Save this view")).to_be_attached()
    assert violations(page, ".palette") == []
    for _ in range(2):  # nothing else on the page can be reached
        page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement === document.body || !!document.activeElement.closest('dialog')")
    page.keyboard.press("Escape")
    expect(field).to_be_focused()
    page.keyboard.press("Control+k")
    box.fill("sv ths vw")
    expect(found).to_contain_text(["Save this view", "Search transactions for sv ths vw"])
    page.keyboard.press("Enter")
    page.get_by_role("dialog").get_by_label("Name").fill("My corner")
    page.keyboard.press("Enter")
    expect(page.locator(".ledger-toast")).to_contain_text("My corner")
    page.locator("h1").click()
    page.keyboard.press("g")
    page.keyboard.press("i")
    expect(page).to_have_url(re.compile("/import$"))
    page.keyboard.press("p")
    expect(page.locator("html")).to_have_attribute("data-privacy", "on")
    page.keyboard.press("p")
    page.keyboard.press("Control+k")
    box.fill("corner")
    expect(found).to_contain_text(["My corner"])
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/settings$"))
    page.locator("details.views summary").click()
    page.get_by_role("button", name="Rename My corner").click()
    page.get_by_role("dialog").get_by_label("Name").fill("Corner")
    page.keyboard.press("Enter")
    expect(page.locator(".ledger-toast")).to_contain_text("Corner")
    page.locator("details.views summary").click()
    page.get_by_role("button", name="Delete Corner").click()
    page.locator(".ledger-toast").get_by_role("button", name="Undo").click()
    expect(page.locator(".ledger-toast")).to_contain_text("It is back")
    assert [each["name"] for each in town.ask(OWNING, TENANT, "GET", "/financial/views")["data"]] == ["Corner"]
