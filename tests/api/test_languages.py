"""In which language one is answered: the books' locale, one's own choice, the browser's; programs in English."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from http import HTTPStatus
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from flask import Flask

from core import i18n
from core.errors import Forbidden, Invalid, NotFound
from core.i18n import speaking
from core.settings import Settings
from data.frames.alert_mail import FiredAlert
from jobs import alert_mail
from tests.conftest import PASSWORD, Caller, Town
from web import language
from web.refusals import DETAILS, told

ROOT = Path(__file__).resolve().parent.parent.parent
DE = {"Accept-Language": "de-AT,de;q=0.9,en;q=0.5"}


def test_a_stranger_is_spoken_to_as_the_browser_asks(app: Flask) -> None:
    client = app.test_client()
    german, french = client.get("/sign-in", headers=DE), client.get("/sign-in", headers={"Accept-Language": "fr"})
    assert "<h1>Anmelden</h1>" in german.get_data(as_text=True)
    assert '<html lang="de">' in german.get_data(as_text=True)
    assert "<h1>Sign in</h1>" in french.get_data(as_text=True)
    wrong = client.post("/sign-in", data={"email": "nobody@acorn.test", "password": "x"}, headers=DE)
    assert (wrong.status_code, "ist falsch" in wrong.get_data(as_text=True)) == (401, True)
    assert "nicht gefunden" in client.get("/assets/words/fr.js", headers=DE).get_data(as_text=True).lower()
    client.set_cookie(language.COOKIE, "en")
    assert "<h1>Sign in</h1>" in client.get("/sign-in", headers=DE).get_data(as_text=True)
    client.set_cookie(language.COOKIE, '"><script>')
    assert "<h1>Anmelden</h1>" in client.get("/sign-in", headers=DE).get_data(as_text=True)
    assert i18n.language() == "en"


@pytest.fixture
def german(town: Town, sign_in: Callable[..., Caller]) -> Caller:
    """Dora, whose books are German."""
    town.tenant("user_7", name="Dora", locale="de-CH")
    town.person("dora@acorn.test", user_7="owner")
    return sign_in("dora@acorn.test", "user_7")


def test_the_books_say_the_language_and_a_person_may_choose(german: Caller) -> None:
    page = german.get("/").get_data(as_text=True)
    assert '<html lang="de" data-locale="de-CH">' in page
    found = re.search(r'<script src="(/assets/words/de\.js\?m=[0-9a-f]{12})">', page)
    assert found is not None
    words = german.get(found[1])
    assert (words.status_code, words.mimetype, "immutable" in words.headers["Cache-Control"]) == (
        200,
        "text/javascript",
        True,
    )
    assert '"Speichern"' in words.get_data(as_text=True)
    assert "Einstellungen" in german.get("/_dash-layout").get_data(as_text=True)
    german.client.set_cookie(language.COOKIE, "en")
    assert '<html lang="en" data-locale="en-GB">' in german.get("/").get_data(as_text=True)
    assert "Settings" in german.get("/_dash-layout").get_data(as_text=True)


def test_programs_are_answered_in_english(german: Caller) -> None:
    refused = german.get("/financial/dashboard?period=forever", headers=DE).get_json()
    assert (refused["title"], "must be one of" in refused["detail"]) == ("Some of the input is not valid", True)
    meaning = german.get("/financial/explain/summary.income", headers=DE).get_json()
    assert meaning["definition"].startswith("Booked transactions in income categories")
    assert (
        german.post("/auth/login", {"email": "dora@acorn.test", "password": f"{PASSWORD}x"}, headers=DE)
        .get_json()["detail"]
        .startswith("The e-mail address")
    )


def test_errors_are_told_in_the_language_of_the_page() -> None:
    error = Forbidden("This needs the role admin or more; yours is viewer")
    assert told(error) == error.detail
    with speaking("de"):
        assert told(error) == "Das erfordert mindestens die Rolle Admin; Ihre ist Leser"
        assert told(NotFound("There is no account 7")) == "Es gibt kein Konto 7"
        assert told(Invalid.field("to", "must not be before from")) == "to: darf nicht vor from liegen"
        assert told(NotFound("Something that nobody foresaw")) == "Something that nobody foresaw"


def test_letters_are_in_the_language_of_the_books() -> None:
    books = SimpleNamespace(tenant=SimpleNamespace(name="Dora", locale="de-CH"))
    fired = [FiredAlert("Essen", level, date(2026, 6, 1), date(2026, 6, 30)) for level in ("0.8", "1.0")]
    with speaking(books.tenant.locale):
        subject, text = alert_mail._words(cast(Any, books), Settings(public_url="https://money.test"), fired)
    assert subject == "Dora: 2 Budgets brauchen einen Blick"
    assert "- Essen: hat 80 % erreicht (2026-06-01 bis 2026-06-30)\n- Essen: ist überschritten" in text


def test_every_detail_that_is_translated_is_one_that_is_told() -> None:
    """A message that was changed where it is told would be English again, and nobody would notice."""
    folders = ("core", "data", "web", "api", "callbacks", "components")
    files = [path for folder in folders for path in (ROOT / folder).rglob("*.py") if path.name != "refusals.py"]
    told_somewhere = "\n".join(path.read_text(encoding="utf-8") for path in files)
    for message in DETAILS:
        piece = max(re.split(r"\{\w+\}|^\{field\}: ", message), key=len).strip(" :,")
        assert piece in told_somewhere or piece in {each.phrase for each in HTTPStatus}, message
