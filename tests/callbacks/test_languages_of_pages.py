"""Every page in German: what is drawn for an English reader and says the same to a German one was forgotten."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from components.shell import NAVIGATION
from core.i18n import PAGES, catalogue
from pages.site import PAGES as MODULES
from tests.conftest import Caller

_SAID = frozenset({"children", "label", "title", "placeholder", "aria-label", "headerName", "hovertext", "data-table"})
_OURS = re.compile(r"zq[a-z]*", re.IGNORECASE)
"""All names in the books below begin like this: people's own words are in no language."""
_SAME = {"Alice", "Acorn Ltd", "Financial Dashboard", "POST /financial/imports", "file", "EUR", "USD", "PNG"}
"""Names that are the same in all languages, besides messages whose translation is the same."""
_CODE = re.compile(
    r"[A-Z]\w+ \d{4}|YYYY-MM-DD|\w+ · Financial Dashboard|[a-z0-9 @.:/_{}=?&-]*"
    r"|<.*|import requests.*|Content-Security.*|CSV.*|flask .*",
    re.DOTALL,
)
"""Months that are called the same, and what programs read."""


@pytest.fixture
def reader(alice: Caller) -> Caller:
    """Alice, with books in which there is something to draw on each page."""
    own = alice.post(
        "/financial/accounts",
        {"name": "Zqone", "type": "checking", "opening_balance": "900.00", "opening_on": "2026-01-01"},
    )
    alice.post(
        "/financial/accounts",
        {"name": "Zqtwo", "type": "loan", "opening_balance": "-50.00", "opening_on": "2026-01-01"},
    )
    foods = alice.post("/financial/categories", {"name": "Zqfood", "kind": "expense"}).get_json()["id"]
    pay = alice.post("/financial/categories", {"name": "Zqpay", "kind": "income"}).get_json()["id"]
    number = own.get_json()["id"]
    rows = [
        {
            "account_id": number,
            "booked_on": f"2026-0{month}-0{day}",
            "amount": amount,
            "payee": "Zqshop",
            "category_id": category,
        }
        for month in range(1, 7)
        for day, amount, category in ((2, "-30.00", foods), (3, "200.00", pay), (5, "-4.00", None))
    ]
    assert alice.post("/financial/transactions", {"transactions": rows}).status_code == 201
    rule = {"type": "monthly", "day": 1}
    budget = {"name": "Zqlimit", "category_ids": [foods], "amount": "40.00", "rule": rule}
    assert alice.post("/financial/budgets", budget).status_code == 201
    return alice


def texts(drawn: Any, said: bool = False) -> Iterator[str]:
    """What a drawing says to its reader."""
    if isinstance(drawn, str):
        if said:
            yield drawn.strip(" :,·")
    elif isinstance(drawn, list):
        for each in drawn:
            yield from texts(each, said)
    elif isinstance(drawn, dict):
        for name, value in drawn.items():
            yield from texts(value, name in _SAID)


def draw(reader: Caller, spec: dict[str, Any], path: str, search: str, language: str) -> set[str]:
    """The texts of one call of a callback."""
    places = {"pathname": path, "search": search}
    outputs = []
    for name in spec["output"].strip(".").split("..."):
        where, _dot, prop = name.rpartition(".")
        outputs.append({"id": json.loads(where) if where.startswith("{") else where, "property": prop})
    known = [{**each, "value": places.get(each["property"])} for each in spec["inputs"]]
    body = {
        "output": spec["output"],
        "outputs": outputs if spec["output"].startswith("..") else outputs[0],
        "inputs": known,
        "state": [{**each, "value": ""} for each in spec["state"]],
        "changedPropIds": [f"{each['id']}.{each['property']}" for each in spec["inputs"]],
    }
    reader.client.set_cookie("fd_language", language)
    answer = reader.post("/_dash-update-component", body)
    assert answer.status_code in (200, 204), answer.get_data(as_text=True)[:500]
    return set(texts(answer.get_json())) if answer.status_code == 200 else set()


def same_in_german() -> re.Pattern[str]:
    """What is said in the same words in both languages."""
    known = catalogue("de", PAGES)
    same = {english for english, german in known.messages.items() if english == german} | _SAME
    return re.compile("|".join(re.sub(r"\\{\w*\\}", ".+", re.escape(each)) for each in sorted(same)))


def test_no_page_speaks_english_to_a_german(reader: Caller) -> None:
    specs = [each for each in reader.get("/_dash-dependencies").get_json() if not each.get("clientside_function")]
    router = next(each for each in specs if "_pages_content" in each["output"])
    calls = [(router, page.PATH or "/nowhere", page.__name__) for page in MODULES]
    calls += [
        (each, "/", each["output"].strip(".").split(".")[0])
        for each in specs
        if each is not router and {one["property"] for one in each["inputs"]} & {"pathname", "search", "id"}
    ]
    allowed, found, drawn = same_in_german(), set(), 0
    for spec, path, name in calls:
        search = "?figure=summary.net_worth" if name == "explain" else ""
        english, german = (draw(reader, spec, path, search, language) for language in ("en", "de"))
        drawn += bool(english)
        left = {each for each in english & german if re.search("[A-Za-z]{3}", _OURS.sub("", each))}
        found |= {(name, each) for each in left if not (_CODE.fullmatch(each) or allowed.fullmatch(each))}
    assert not found, "\n".join(map(str, sorted(found)))
    assert drawn > len(MODULES) + len(NAVIGATION)
