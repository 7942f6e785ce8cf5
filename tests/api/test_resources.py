"""What all small resources of the ledger promise alike (`contract.md`, Conventions): one test for each promise."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.conftest import Caller

BODIES: dict[str, list[dict[str, Any]]] = {
    "accounts": [{"name": name, "currency": "EUR"} for name in ("One", "Two", "Three")],
    "categories": [{"name": name} for name in ("One", "Two", "Three")],
    "tags": [{"name": name} for name in ("One", "Two", "Three")],
    "rates": [{"base": "USD", "quote": "EUR", "date": f"2026-05-0{day}", "rate": "0.92"} for day in (1, 2, 3)],
    "budgets": [{"name": name, "amount": "100.00"} for name in ("One", "Two", "Three")],
}
CHANGES: dict[str, dict[str, Any]] = {name: {"name": "Changed"} for name in BODIES} | {"rates": {"rate": "0.93"}}
ALL = pytest.mark.parametrize("noun", BODIES)
REPLACEABLE = pytest.mark.parametrize("noun", ["accounts", "categories", "tags"])


def problem(answer: Any, status: int, code: str | None = None, *fields: str) -> dict[str, Any]:
    """The answer's problem document, checked."""
    body: dict[str, Any] = answer.get_json()
    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json"), body
    assert body["status"] == status
    if code is not None:
        assert body["code"] == code
    assert sorted(each["field"] for each in body.get("errors", [])) == sorted(fields)
    return body


def bodies(caller: Caller, noun: str) -> list[dict[str, Any]]:
    if noun != "budgets":
        return BODIES[noun]
    category = caller.post("/financial/categories", {"name": "Food"}).get_json()["id"]
    return [{**body, "category_ids": [category]} for body in BODIES[noun]]


def made(caller: Caller, noun: str) -> list[dict[str, Any]]:
    """Three new resources."""
    answers = [caller.post(f"/financial/{noun}", body) for body in bodies(caller, noun)]
    assert [answer.status_code for answer in answers] == [201] * 3, answers[0].get_json()
    return [answer.get_json() for answer in answers]


@ALL
def test_a_post_says_where_the_resource_is(alice: Caller, noun: str) -> None:
    answer = alice.post(f"/financial/{noun}", bodies(alice, noun)[0])
    assert answer.status_code == 201
    where = answer.headers["Location"]
    assert where == f"/financial/{noun}/{answer.get_json()['id']}"
    read = alice.get(where)
    assert (read.status_code, read.get_json()) == (200, answer.get_json())
    assert read.headers["ETag"] == answer.headers["ETag"]
    assert read.headers["Cache-Control"] == "private, no-cache"


@ALL
def test_a_patch_is_a_merge_patch_under_if_match(alice: Caller, noun: str) -> None:
    first, *_ = made(alice, noun)
    where = f"/financial/{noun}/{first['id']}"
    etag = alice.get(where).headers["ETag"]
    answer = alice.patch(where, CHANGES[noun], headers={"If-Match": etag})
    assert (answer.status_code, answer.get_json()) == (200, {**first, **CHANGES[noun]})
    assert answer.headers["ETag"] != etag
    problem(alice.patch(where, CHANGES[noun], headers={"If-Match": etag}), 412)
    problem(alice.patch(where, CHANGES[noun], headers={"If-Match": 'W/"x"'}), 412)
    problem(alice.delete(where, headers={"If-Match": etag}), 412)
    merged = alice.patch(where, data=b"{}", headers={"Content-Type": "application/merge-patch+json", "If-Match": "*"})
    assert (merged.status_code, merged.get_json()) == (200, answer.get_json())
    assert merged.headers["ETag"] == answer.headers["ETag"]


@ALL
def test_a_deleted_resource_is_gone(alice: Caller, noun: str) -> None:
    first, *rest = made(alice, noun)
    answer = alice.delete(f"/financial/{noun}/{first['id']}")
    assert (answer.status_code, answer.get_data()) == (204, b"")
    for method in ("GET", "PATCH", "DELETE"):
        problem(alice(method, f"/financial/{noun}/{first['id']}", json={}), 404, "not_found")
    assert alice.get(f"/financial/{noun}").get_json()["data"] == rest


@ALL
def test_a_list_comes_in_pages(alice: Caller, charlie: Caller, noun: str) -> None:
    all_of_them = made(alice, noun)
    whole = alice.get(f"/financial/{noun}").get_json()
    assert (whole["data"], whole["next_cursor"]) == (all_of_them, None)
    assert isinstance(whole["version"], int)
    assert alice.get(f"/financial/{noun}?limit=3").get_json() == whole
    first = alice.get(f"/financial/{noun}?limit=2").get_json()
    last = alice.get(f"/financial/{noun}", query_string={"limit": 2, "cursor": first["next_cursor"]}).get_json()
    assert first["data"] + last["data"] == all_of_them
    assert last["next_cursor"] is None
    foreign = charlie.get(f"/financial/{noun}", query_string={"cursor": first["next_cursor"]})
    problem(foreign, 422, "bad_cursor", "cursor")


@ALL
def test_a_wrong_limit_is_named(alice: Caller, noun: str) -> None:
    for limit in ("0", "1001", "-1", "1.5", "x", "", "٣", "99999999999999999999"):
        problem(alice.get(f"/financial/{noun}", query_string={"limit": limit}), 422, None, "limit")


def cursor(value: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


@pytest.mark.parametrize("noun", [*BODIES, "alerts"])
def test_a_cursor_of_elsewhere_is_refused(alice: Caller, noun: str) -> None:
    name = f"{noun}:org_1"
    wrong = ["x", "!", "ä", "AAAA", "9" * 1100, "W" * 999, cursor([]), cursor(1), cursor([name]), cursor([name, True])]
    wrong += [cursor([name, 2**63]), cursor([name, "1"]), cursor([name, 1, 1]), cursor([name, None]), cursor({name: 1})]
    wrong += [cursor(["transactions", 1]), cursor([name, "2026", 1]), cursor([name, "x", 1]), cursor([name, "\x00", 1])]
    for text in wrong:
        problem(alice.get(f"/financial/{noun}", query_string={"cursor": text}), 422, "bad_cursor", "cursor")


@ALL
def test_unknown_parameters_are_named(alice: Caller, noun: str) -> None:
    first, *_ = made(alice, noun)
    where = f"/financial/{noun}/{first['id']}"
    for answer in (
        alice.get(f"/financial/{noun}?limits=1"),
        alice.get(f"{where}?limits=1"),
        alice.post(f"/financial/{noun}?limits=1", {}),
        alice.patch(f"{where}?limits=1", {}),
        alice.delete(f"{where}?limits=1"),
    ):
        problem(answer, 422, "unknown_parameter", "limits")


@ALL
def test_bodies_that_are_no_resource_are_refused(alice: Caller, noun: str) -> None:
    first, *_ = made(alice, noun)
    for method, where in (("POST", f"/financial/{noun}"), ("PATCH", f"/financial/{noun}/{first['id']}")):
        problem(alice(method, where, data=b"{", headers={"Content-Type": "application/json"}), 400)
        problem(alice(method, where, data=b"a=1", headers={"Content-Type": "text/plain"}), 415)
        assert "surprise" in str(alice(method, where, json={"surprise": 1}).get_json()["errors"])
        problem(alice(method, where, json=[]), 422, None, "body")


@ALL
def test_one_who_looks_on_may_read_only(sign_in: Callable[..., Caller], alice: Caller, noun: str) -> None:
    first, *_ = made(alice, noun)
    vera = sign_in("vera@acorn.test", "org_1")
    where = f"/financial/{noun}/{first['id']}"
    assert vera.get(where).get_json() == first
    problem(vera.post(f"/financial/{noun}", {}), 403, "forbidden")
    problem(vera.patch(where, {}), 403, "forbidden")
    problem(vera.delete(where), 403, "forbidden")
    problem(vera.delete(f"/financial/{noun}/999999"), 404)


@ALL
def test_a_stranger_sees_nothing(alice: Caller, charlie: Caller, noun: str) -> None:
    first, second, _ = made(alice, noun)
    where = f"/financial/{noun}/{first['id']}"
    for answer in (charlie.get(where), charlie.patch(where, CHANGES[noun]), charlie.delete(where)):
        problem(answer, 404, "not_found")
    problem(charlie.patch(where, data=b"{"), 404, "not_found")
    assert charlie.get(f"/financial/{noun}").get_json()["data"] == []
    assert alice.get(where).get_json() == first
    assert second


@REPLACEABLE
def test_what_replaces_is_named_by_an_id_of_the_tenant(alice: Caller, charlie: Caller, noun: str) -> None:
    first, second, _ = made(alice, noun)
    foreign, *_ = made(charlie, noun)
    where = f"/financial/{noun}/{first['id']}"
    for wrong in (foreign["id"], "999999", "x"):
        problem(alice.delete(f"{where}?replace_by={wrong}"), 404, "not_found")
    problem(alice.delete(f"{where}?replace_by={first['id']}"), 422, None, "replace_by")
    problem(alice.delete(f"{where}?replace_by=1&replace_by=2"), 422, None, "replace_by")
    assert alice.delete(f"{where}?replace_by={second['id']}").status_code == 204


@pytest.mark.parametrize("noun", ["rates", "budgets"])
def test_what_nothing_refers_to_is_not_replaced(alice: Caller, noun: str) -> None:
    first, second, _ = made(alice, noun)
    answer = alice.delete(f"/financial/{noun}/{first['id']}?replace_by={second['id']}")
    problem(answer, 422, "unknown_parameter", "replace_by")


@ALL
def test_ids_that_cannot_be_are_not_found(alice: Caller, noun: str) -> None:
    for text in ("0", "x", "-1", "1e3", "9" * 30, "%00"):
        problem(alice.get(f"/financial/{noun}/{text}"), 404)


@ALL
def test_other_methods_are_not_allowed(alice: Caller, noun: str) -> None:
    first, *_ = made(alice, noun)
    for answer in (alice("PUT", f"/financial/{noun}/{first['id']}", json={}), alice.delete(f"/financial/{noun}")):
        problem(answer, 405)
        assert "GET" in answer.headers["Allow"]
