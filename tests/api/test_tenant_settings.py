"""`PATCH /tenant`: who may, what is refused, and that every figure follows. `/financial/views`: a person's own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest

from data import directory
from data.commands.rollup_check import differences
from data.commands.transactions import post_transactions
from data.schemas.ledger import TransactionIn
from tests.conftest import Caller, Town

BOOKED = (
    ("2026-05-20", "-10.00", "Shop"),
    ("2026-05-28", "-20.00", "Shop"),
    ("2026-06-02", "-40.00", "Market"),
    ("2026-06-16", "-80.00", "Shop"),
)


@pytest.fixture
def books(alice: Caller, acorn: Town) -> Iterator[Caller]:
    """Acorn's books; whatever a test does to them, the sums kept beside the ledger are right at its end."""
    account = alice.post("/financial/accounts", {"name": "Giro", "type": "checking"}).get_json()["id"]
    for day, amount, payee in BOOKED:
        one = {"account_id": account, "booked_on": day, "amount": amount, "payee": payee}
        assert alice.post("/financial/transactions", one).status_code == 201
    yield alice
    with acorn.database.directory() as session:
        tenant = directory.find_tenant(session, "org_1")
    assert list(differences(acorn.context(tenant))) == []


def data_of(caller: Caller, view: str, query: str = "period=all") -> Any:
    return caller.get(f"/financial/dashboard/{view}?{query}").get_json()


def by_month(caller: Caller) -> dict[str, str]:
    months = data_of(caller, "transactions")["data"]["by_month"]
    return {each["month"]: each["expenses"] for each in months if each["count"]}


def test_admins_change_the_settings_and_others_read_them(
    books: Caller, sign_in: Callable[..., Caller], acorn: Town
) -> None:
    before = books.get("/tenant")
    assert before.get_json()["name"] == "Acorn Ltd"
    patch = {"name": " Acorn GmbH ", "timezone": "America/New_York", "locale": "de_DE"}
    answer = books.patch("/tenant", patch, headers={"If-Match": before.headers["ETag"]})
    assert answer.status_code == 200, answer.get_json()
    assert {**patch, "name": "Acorn GmbH", "locale": "de-DE"}.items() <= answer.get_json().items()
    vera = sign_in("vera@acorn.test", "org_1")
    assert vera.get("/tenant").get_json() == answer.get_json()
    assert vera.get("/tenant/info").get_json()["name"] == "Acorn GmbH"
    assert books.patch("/tenant", {"name": "Late"}, headers={"If-Match": before.headers["ETag"]}).status_code == 412
    assert books.patch("/tenant", {}, headers={"If-Match": answer.headers["ETag"]}).status_code == 200
    for role in ("vera", "bob"):
        assert sign_in(f"{role}@acorn.test", "org_1").patch("/tenant", {"name": "Mine"}).status_code == 403
    log = books.get("/financial/audit?kind=tenant").get_json()["data"]
    assert [each["after"]["name"] for each in log] == ["Acorn GmbH"]
    assert log[0]["before"] == {"name": "Acorn Ltd", "timezone": "Europe/Berlin", "locale": "en-IE"}


def test_what_is_wrong_is_named(alice: Caller) -> None:
    for field, value in (
        *(("name", wrong) for wrong in ("  ", None, "x" * 201)),
        ("currency", "EURO"),
        *(("timezone", wrong) for wrong in ("Berlin", "../etc/passwd")),
        *(("month_start", wrong) for wrong in (0, 29, "1")),
        ("locale", "klingon"),
        ("match_by_amount", 1),
        *(("key", "org_2"), ("type", "user")),
    ):
        answer = alice.patch("/tenant", {field: value})
        assert answer.status_code == 422, (field, value)
        assert [each["field"] for each in answer.get_json()["errors"]] == [field]
    long = alice.post("/financial/tags", {"name": "x" * 201}).get_json()["errors"]
    assert long == [{"field": "name", "message": "String should have at most 200 characters"}]


def test_months_begin_on_another_day(books: Caller) -> None:
    assert by_month(books) == {"2026-05": "30.00", "2026-06": "120.00"}
    assert books.patch("/tenant", {"month_start": 25}).status_code == 200
    assert by_month(books) == {"2026-04": "10.00", "2026-05": "140.00"}
    assert books.patch("/tenant", {"month_start": 1}).status_code == 200
    assert by_month(books) == {"2026-05": "30.00", "2026-06": "120.00"}


def test_a_write_that_waited_keeps_the_sums_by_the_new_months(books: Caller, acorn: Town) -> None:
    with acorn.database.directory() as session:
        before = acorn.context(directory.find_tenant(session, "org_1"))
    assert books.patch("/tenant", {"month_start": 25}).status_code == 200
    account = books.get("/financial/accounts").get_json()["data"][0]["id"]
    one = TransactionIn(account_id=account, booked_on=date(2026, 5, 26), amount="-7.00", payee="Shop")
    post_transactions(before, [one])
    assert by_month(books) == {"2026-04": "10.00", "2026-05": "147.00"}


def test_figures_are_told_in_another_currency(books: Caller) -> None:
    for day in ("2026-05-20", "2026-05-28"):
        rate = {"base": "EUR", "quote": "USD", "date": day, "rate": "2"}
        assert books.post("/financial/rates", rate).status_code == 201
    old = data_of(books, "summary", "from=2026-05-01&to=2026-05-31")
    assert (old["currency"], old["data"]["expenses"]) == ("EUR", "30.00")
    assert books.patch("/tenant", {"currency": "USD"}).status_code == 200
    new = data_of(books, "summary", "from=2026-05-01&to=2026-05-31")
    assert (new["currency"], new["data"]["expenses"], new["complete"]) == ("USD", "60.00", True)
    assert books.get("/financial/accounts").get_json()["data"][0]["currency"] == "EUR"


def test_transfers_follow_whether_amounts_suffice(books: Caller) -> None:
    other = books.post("/financial/accounts", {"name": "Cash", "type": "cash"}).get_json()["id"]
    one = {"account_id": other, "booked_on": "2026-06-03", "amount": "40.00"}
    assert books.post("/financial/transactions", one).status_code == 201
    june = "from=2026-06-01&to=2026-06-30"
    for suffices, expenses in ((True, "80.00"), (False, "120.00"), (True, "80.00")):
        assert books.patch("/tenant", {"match_by_amount": suffices}).status_code == 200
        assert data_of(books, "summary", june)["data"]["expenses"] == expenses


def test_the_day_is_that_of_the_new_time_zone(books: Caller, clock: list[datetime]) -> None:
    clock[0] = datetime(2026, 6, 17, 10, 31, tzinfo=UTC)
    assert data_of(books, "summary")["as_of"] == "2026-06-17"
    assert books.patch("/tenant", {"timezone": "Pacific/Kiritimati"}).status_code == 200
    assert data_of(books, "summary")["as_of"] == "2026-06-18"


def test_views_are_a_persons_own(alice: Caller, sign_in: Callable[..., Caller]) -> None:
    vera = sign_in("vera@acorn.test", "org_1")
    version = vera.get("/tenant/info").get_json()["version"]
    made = vera.post("/financial/views", {"name": " Rent ", "path": "/transactions", "query": "?q=r%C3%A9nt&tag=a+b"})
    view = made.get_json()
    assert (made.status_code, view["name"], view["query"]) == (201, "Rent", "q=r%C3%A9nt&tag=a+b")
    path = made.headers["Location"]
    assert vera.get(path).get_json() == view
    assert vera.get(path).headers["ETag"] == made.headers["ETag"]
    assert vera.post("/financial/views", {"name": "rent", "path": "/"}).get_json()["code"] == "name_taken"
    assert alice.post("/financial/views", {"name": "rent", "path": "/"}).status_code == 201
    assert [each["name"] for each in alice.get("/financial/views").get_json()["data"]] == ["rent"]
    for method in ("GET", "PATCH", "DELETE"):
        assert alice(method, path, json={}).status_code == 404
    renamed = vera.patch(path, {"name": "Flat"}, headers={"If-Match": made.headers["ETag"]})
    assert renamed.get_json() == {**view, "name": "Flat"}
    assert vera.patch(path, {"name": "Late"}, headers={"If-Match": made.headers["ETag"]}).status_code == 412
    assert vera.delete(path, headers={"If-Match": made.headers["ETag"]}).status_code == 412
    assert vera.delete(path).status_code == 204
    assert vera.get(path).status_code == 404
    assert vera.get("/tenant/info").get_json()["version"] == version


def test_views_lead_nowhere_else(alice: Caller) -> None:
    for field, value in (
        *(("path", f"{site}evil.example") for site in ("//", "https://", "/a/../")),
        ("path", "/" + "a" * 199 + "!"),
        ("path", "javascript:alert(1)"),
        *(("query", wrong) for wrong in ("a=<b>", "a\nb")),
        *(("name", wrong) for wrong in (" ", "x" * 101)),
    ):
        answer = alice.post("/financial/views", {"name": "A", "path": "/", field: value})
        assert answer.status_code == 422, (field, value)
        assert [each["field"] for each in answer.get_json()["errors"]] == [field]


def test_views_come_in_pages_and_have_an_end(alice: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("data.commands.views.MOST", 3)
    for name in "abc":
        assert alice.post("/financial/views", {"name": name, "path": "/"}).status_code == 201
    assert alice.post("/financial/views", {"name": "d", "path": "/"}).get_json()["code"] == "too_many_views"
    first = alice.get("/financial/views?limit=2").get_json()
    rest = alice.get(f"/financial/views?limit=2&cursor={first['next_cursor']}").get_json()
    assert [each["name"] for each in (*first["data"], *rest["data"])] == ["a", "b", "c"]
    assert rest["next_cursor"] is None
