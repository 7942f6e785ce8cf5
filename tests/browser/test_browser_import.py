"""The import page as people use it: choose files, see what is in them, import, undo; names that are only ever text."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from jobs.registry import KINDS
from jobs.worker import Worker
from tests.browser.conftest import VIEWER, Product, Visits, sideways
from tests.browser.test_browser_accessible import violations

pytestmark = pytest.mark.browser
HOSTILE = '"><img src=x onerror=alert(1)>\u202e.csv'
REAL = "csv/bank2ynab/test-data/20180226-1000594757-umsatz.CSV"
STATEMENT = "Date,Payee,Amount\n2026-03-02,Grocer & Sons,-12.34\n2026-03-03,Baker,-5.66\n2026-03-04,Employer,100.00\n"


def newcomer(product: Product, key: str) -> str:
    """The owner of a new, empty tenant."""
    email = f"{key}@example.org"
    product.town.tenant(key)
    product.town.person(email, **{key: "owner"})
    return email


def choose(page: Page, *files: tuple[str, bytes]) -> None:
    chosen = [{"name": name, "mimeType": "text/csv", "buffer": data} for name, data in files]
    page.locator("#import-drop input").set_input_files(chosen)  # type: ignore[arg-type]


def count(file: Locator, name: str) -> Locator:
    return file.locator(".import-counts > div").filter(has_text=name).locator("dd")


@pytest.mark.parametrize("screen", ["desktop", "phone"])
def test_a_statement_is_seen_imported_and_taken_back(visit: Visits, product: Product, screen: str) -> None:
    key = f"user_import_{screen}"
    page = visit(newcomer(product, key), key, screen=screen)
    page.goto("/")
    page.get_by_role("link", name="Import a statement").click()
    expect(page).to_have_url(re.compile("/import$"))
    expect(page.get_by_text("No file has been imported yet.")).to_be_visible()
    assert violations(page) == []

    choose(page, (HOSTILE, STATEMENT.encode()))
    file = page.locator(".import-file")
    expect(count(file, "New")).to_have_text("3")
    expect(file.locator(".import-entries tbody tr")).to_have_count(3)
    assert file.locator(".import-name").text_content() == HOSTILE
    assert page.locator("main img").count() == 0
    assert product.ask(f"{key}@example.org", key, "GET", "/financial/transactions")["data"] == []
    assert violations(page) == []
    assert sideways(page) == 0

    file.get_by_role("button", name="Import 3 entries").click()
    expect(file.get_by_text("Imported: 3 new entries, 0 duplicates.")).to_be_visible()
    expect(page.locator(".import-rows > li")).to_have_count(1)
    assert violations(page) == []
    file.get_by_role("link", name="See the overview").click()
    expect(page.locator(".recent tbody tr")).to_have_count(3)

    page.goto("/import")
    row = page.locator(".import-rows > li")
    row.get_by_role("button", name="Undo the import").click()
    expect(row.get_by_text("Take it back?")).to_be_visible()
    row.get_by_role("button", name="Undo import", exact=True).click()
    expect(page.get_by_text("No file has been imported yet.")).to_be_visible()
    assert product.ask(f"{key}@example.org", key, "GET", "/financial/transactions")["data"] == []


def test_a_file_that_is_no_statement_stays_with_the_reason(visit: Visits, product: Product) -> None:
    visit.expected.append("status of 422")
    page = visit(newcomer(product, "user_import_bad"), "user_import_bad")
    page.goto("/import")
    choose(page, ("photo.png", b"\x89PNG\r\n\x1a\n0000"), ("good.csv", STATEMENT.encode()))
    bad, good = page.locator(".import-file").nth(0), page.locator(".import-file").nth(1)
    expect(bad.get_by_role("alert")).to_contain_text("cannot be imported")
    expect(count(good, "New")).to_have_text("3")
    assert violations(page) == []
    bad.get_by_role("button", name="Leave out").click()
    expect(page.locator(".import-file")).to_have_count(1)


@pytest.mark.parametrize("screen", ["desktop", "phone"])
def test_a_person_says_how_a_file_is_read_and_it_is_remembered(visit: Visits, product: Product, screen: str) -> None:
    key = f"user_import_mapping_{screen}"
    page = visit(newcomer(product, key), key, screen=screen)
    page.goto("/import")
    text = "Day,Who,What,Sum\n03/04/2026,Grocer,food,12.34\n04/05/2026,Baker,bread,5.66\n"
    choose(page, ("register.csv", text.encode()))
    file = page.locator(".import-file")
    expect(count(file, "New")).to_have_text("2")
    file.get_by_text("How the file is read").click()
    expect(file.locator(".import-sample tr")).to_have_count(3)
    file.get_by_label("Dates look like").select_option("%m/%d/%Y")
    file.get_by_label("Payee").select_option(label="What")
    file.get_by_label("Purpose").select_option(label="Who")
    file.get_by_label("Positive amounts went out").check()
    assert violations(page) == []
    assert sideways(page) == 0
    file.get_by_role("button", name="Read it this way").click()
    expect(file.locator(".import-entries tbody tr").first).to_contain_text("food")
    expect(file.locator(".import-entries tbody tr").first).to_contain_text("\u2212€12.34")
    file.get_by_role("button", name="Import 2 entries").click()
    expect(file.get_by_text("Imported: 2 new")).to_be_visible()
    found = product.ask(f"{key}@example.org", key, "GET", "/financial/transactions")["data"]
    assert [(each["booked_on"], each["payee"], each["amount"]) for each in found] == [
        ("2026-04-05", "bread", "-5.66"),
        ("2026-03-04", "food", "-12.34"),
    ]
    file.get_by_role("button", name="Close").click()
    choose(page, ("next.csv", text.replace("2026", "2025").encode()))
    expect(file.get_by_text("Read with the mapping that was given for register.csv")).to_be_visible()
    expect(file.locator(".import-entries tbody tr").first).to_contain_text("food")


def test_files_are_dropped_on_the_page(visit: Visits, product: Product) -> None:
    page = visit(newcomer(product, "user_import_drop"), "user_import_drop")
    page.goto("/import")
    expect(page.locator("#import-drop input")).to_have_count(1)
    carried = page.evaluate_handle(
        """(text) => {
            const carried = new DataTransfer();
            carried.items.add(new File([text], 'dropped.csv', { type: 'text/csv' }));
            return carried;
        }""",
        STATEMENT,
    )
    page.dispatch_event("#import-drop", "dragover", {"dataTransfer": carried})
    expect(page.locator("#import-drop.is-over")).to_be_visible()
    page.dispatch_event("#import-drop", "drop", {"dataTransfer": carried})
    expect(count(page.locator(".import-file"), "New")).to_have_text("3")
    expect(page.locator("#import-drop.is-over")).to_have_count(0)


def test_entries_are_filtered_by_what_became_of_them(visit: Visits, product: Product) -> None:
    key = "user_import_again"
    page = visit(newcomer(product, key), key)
    page.goto("/import")
    choose(page, ("first.csv", STATEMENT.encode()))
    file = page.locator(".import-file")
    file.get_by_role("button", name="Import 3 entries").click()
    expect(file.get_by_text("Imported:")).to_be_visible()
    file.get_by_role("button", name="Close").click()
    account = product.ask(f"{key}@example.org", key, "GET", "/financial/accounts")["data"][0]
    choose(page, ("second.csv", (STATEMENT + "2026-03-05,Bookshop,-20.00\n").encode()))
    file.get_by_label("Account").select_option(account["id"])
    expect(count(file, "Duplicates")).to_have_text("3")
    file.get_by_role("button", name="New 1").click()
    expect(file.locator(".import-entries tbody tr")).to_have_count(1)
    expect(file.locator(".import-entries tbody")).to_contain_text("Bookshop")


def test_what_may_be_known_already_is_kept_or_merged(visit: Visits, product: Product) -> None:
    key = "user_import_review"
    page = visit(newcomer(product, key), key, screen="phone")
    page.goto("/import")
    choose(page, ("first.csv", STATEMENT.encode()))
    file = page.locator(".import-file")
    file.get_by_role("button", name="Import 3 entries").click()
    expect(file.get_by_text("Imported:")).to_be_visible()
    file.get_by_role("button", name="Close").click()
    account = product.ask(f"{key}@example.org", key, "GET", "/financial/accounts")["data"][0]
    reworded = re.sub(r"(Sons|Baker|Employer)", r"\1 AG Berlin", STATEMENT)
    choose(page, ("second.csv", reworded.encode()))
    file.get_by_label("Account").select_option(account["id"])
    expect(count(file, "To review")).to_have_text("3")
    file.get_by_role("button", name="Import", exact=True).click()
    reviews = page.locator(".import-reviews > li")
    expect(reviews).to_have_count(3)
    expect(reviews.first).to_contain_text("You have")
    assert violations(page) == []
    assert sideways(page) == 0
    reviews.first.get_by_role("button", name="Keep").click()
    expect(reviews).to_have_count(2)
    reviews.first.get_by_role("button", name="Merge").click()
    expect(reviews).to_have_count(1)
    assert len(product.ask(f"{key}@example.org", key, "GET", "/financial/transactions")["data"]) == 4


def test_a_large_file_waits_in_the_background_and_can_be_cancelled(visit: Visits, product: Product) -> None:
    """No worker runs at first, so that the import waits for as long as it takes to cancel it."""
    page = visit(newcomer(product, "user_import_large"), "user_import_large")
    page.goto("/import")
    words = "long purpose " * 150
    lines = "".join(f"2026-03-{day:02},Payee {n},{words},-{n}.00\n" for day in range(1, 29) for n in range(1, 100))
    choose(page, ("large.csv", f"Date,Payee,Purpose,Amount\n{lines}".encode()))
    file = page.locator(".import-file")
    file.get_by_role("button", name=re.compile("^Import ")).click()
    expect(file.get_by_text("Waiting for its turn")).to_be_visible()
    file.get_by_role("button", name="Cancel").click()
    expect(file.get_by_text("Cancelled. Nothing was booked.")).to_be_visible()
    file.get_by_role("button", name=re.compile("^Import ")).click()
    expect(file.get_by_text("Waiting for its turn")).to_be_visible()
    Worker(product.town.database, KINDS, threads=1).run(until_idle=True)
    expect(file.get_by_text("Imported: 2,772 new entries, 0 duplicates.")).to_be_visible()


@pytest.mark.shared
def test_a_banks_own_file(visit: Visits, product: Product, shared: Path) -> None:
    page = visit(newcomer(product, "user_import_real"), "user_import_real")
    page.goto("/import")
    choose(page, ("umsatz.csv", (shared / REAL).read_bytes()))
    file = page.locator(".import-file")
    expect(count(file, "New")).not_to_have_text("0")
    lines = int(count(file, "New").inner_text())
    file.get_by_role("button", name=re.compile("^Import ")).click()
    expect(file.get_by_text(re.compile(f"Imported: {lines} new"))).to_be_visible()
    file.get_by_role("button", name="Undo the import").click()
    file.get_by_role("button", name="Undo import", exact=True).click()
    expect(file.get_by_text("Taken back.")).to_be_visible()


def test_news_from_the_server_closes_no_open_question(visit: Visits, product: Product) -> None:
    """After an import the accounts, the history and the reviews are fetched again, at a time nobody chooses."""
    page = visit(newcomer(product, "user_import_question"), "user_import_question")
    held: list[Route] = []
    page.goto("/import")
    expect(page.locator("#import-history")).to_have_text("No file has been imported yet.")
    page.route("**/financial/accounts?limit=1000", lambda route: held.append(route))
    choose(page, ("small.csv", b"Date,Payee,Amount\n2026-03-01,Baker,-3.20\n"))
    file = page.locator(".import-file")
    with page.expect_request("**/financial/accounts?limit=1000"):
        file.get_by_role("button", name="Import 1 entry").click()
    file.get_by_role("button", name="Undo the import").click()
    sure = file.get_by_role("button", name="Undo import", exact=True)
    expect(sure).to_be_focused()
    with page.expect_response("**/financial/accounts?limit=1000"):
        held.pop().continue_()
    page.unroute("**/financial/accounts?limit=1000")
    page.locator("#import-history").get_by_role("button", name="Undo the import").click()
    in_history = page.locator("#import-history").get_by_role("button", name="Undo import", exact=True)
    expect(sure).to_be_visible()
    with page.expect_response("**/financial/imports?limit=20"):
        page.evaluate("window.fdImport.refresh()")
    page.evaluate("new Promise(requestAnimationFrame)")
    expect(in_history).to_be_focused()
    in_history.click()
    expect(file.get_by_text("Taken back.")).to_be_visible()


def test_a_viewer_reads_why_not(visit: Visits) -> None:
    page = visit(VIEWER)
    page.goto("/import")
    expect(page.get_by_text("Your role is viewer")).to_be_visible()
    expect(page.locator("#import-history")).not_to_be_empty()
    assert page.locator("input[type=file], #import-choose").count() == 0
    assert page.get_by_role("button", name=re.compile("Undo")).count() == 0
    assert violations(page) == []
