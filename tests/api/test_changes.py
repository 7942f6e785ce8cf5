"""The change feed: whoever replays it has the books, whatever happened in between."""

from __future__ import annotations

import json
from collections.abc import Iterator
from random import Random
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data.models.followed import FOLLOWED
from data.notices import CHANNEL, read_notice
from tests.api.test_imports import send
from tests.conftest import Caller, Town, _plain

LISTED = {
    "account": "accounts",
    "alert": "alerts",
    "budget": "budgets",
    "category": "categories",
    "import": "imports",
    "import_mapping": "import-mappings",
    "rate": "rates",
    "rule": "rules",
    "tag": "tags",
    "transaction": "transactions",
}
DAYS = ("2026-06-02", "2026-06-03", "2026-06-15")


class Life:
    """Things that happen to books, one of them at a time; ids are drawn from what is there."""

    def __init__(self, caller: Caller, seed: int) -> None:
        self.caller, self.draw = caller, Random(seed)

    def happen(self) -> None:
        deeds = [name for name in dir(self) if name.startswith("do_")]
        getattr(self, self.draw.choice(deeds))()

    def some(self, kind: str) -> str | None:
        rows = self.caller.get(f"/financial/{LISTED[kind]}").get_json()["data"]
        return self.draw.choice(rows)["id"] if rows else None

    def name(self) -> str:
        return f"{self.draw.choice('abcdefgh')}{self.draw.randrange(10_000)}"

    def do_account(self) -> None:
        self.caller.post("/financial/accounts", {"name": self.name(), "identifier": self.name()})

    def do_category(self) -> None:
        self.caller.post("/financial/categories", {"name": self.name(), "kind": "expense"})

    def do_post(self) -> None:
        amount = self.draw.choice(("-20.00", "-10.00", "10.00", "20.00"))
        new: dict[str, Any] = {"booked_on": self.draw.choice(DAYS), "amount": amount, "tags": [self.name()[:1]]}
        new |= {"account_id": self.some("account"), "category_id": self.some("category")}
        if self.draw.random() < 0.3:
            half = "-10.00" if amount == "-20.00" else amount
            parts = [half, half] if amount == "-20.00" else [half]
            new |= {"category_id": None, "splits": [{"amount": part, "tags": ["part"]} for part in parts]}
        self.caller.post("/financial/transactions", new)

    do_book = do_post

    def do_edit(self) -> None:
        patch = self.draw.choice(({"note": self.name()}, {"tags": [self.name()[:1]]}, {"amount": "7.00", "splits": []}))
        self.caller.patch(f"/financial/transactions/{self.some('transaction')}", patch)

    def do_remove(self) -> None:
        self.caller.delete(f"/financial/transactions/{self.some('transaction')}")

    def do_rename(self) -> None:
        kind = self.draw.choice(("tag", "category", "account"))
        self.caller.patch(f"/financial/{LISTED[kind]}/{self.some(kind)}", {"name": self.name()})

    def do_merge(self) -> None:
        kind = self.draw.choice(("tag", "category", "account"))
        self.caller.delete(f"/financial/{LISTED[kind]}/{self.some(kind)}?replace_by={self.some(kind)}")

    def do_budget(self) -> None:
        new = {"name": self.name(), "category_ids": [self.some("category") or "0"], "amount": "5.00"}
        self.caller.post("/financial/budgets", new)

    def do_no_budget(self) -> None:
        self.caller.delete(f"/financial/budgets/{self.some('budget')}")

    def do_see(self) -> None:
        self.caller.patch(f"/financial/alerts/{self.some('alert')}", {"acknowledged": True})

    def do_rate(self) -> None:
        self.caller.post("/financial/rates", {"base": "EUR", "quote": "USD", "date": DAYS[0], "rate": "1.1"})

    def do_rule(self) -> None:
        condition = {"field": "payee", "operator": "is", "value": self.name()}
        rule = {"conditions": [condition], "actions": [{"type": "set_category", "category_id": self.some("category")}]}
        self.caller.post("/financial/rules", rule)
        if self.draw.random() < 0.3:
            self.caller.delete(f"/financial/rules/{self.some('rule')}")

    def do_import(self) -> None:
        rows = "\n".join(f"0{self.draw.randrange(1, 9)}.06.2026;{self.name()};-1,00" for _ in range(3))
        mapping = {"columns": {"booked_on": "Date", "amount": "Amount", "payee": "Payee"}}
        text = f"Date;Payee;Amount\n{rows}\n"
        send(self.caller, text, create_accounts="true", mapping=json.dumps(mapping))

    def do_take_back(self) -> None:
        self.caller.delete(f"/financial/imports/{self.some('import')}")


class Follower:
    """Knows of the books only what the feed tells, by pages of `limit`."""

    def __init__(self, caller: Caller, limit: int) -> None:
        self.caller, self.limit = caller, limit
        self.version = 0
        self.known: dict[tuple[str, str], Any] = {}

    def pages(self) -> Iterator[dict[str, Any]]:
        path = f"/financial/changes?since={self.version}&limit={self.limit}"
        cursor = ""
        while cursor is not None:
            page = self.caller.get(path + (f"&cursor={cursor}" if cursor else "")).get_json()
            yield page
            cursor = page["next_cursor"]

    def follow(self) -> set[str]:
        """Catch up; the kinds that were named."""
        kinds = set()
        for page in self.pages():
            for each in page["created"] + page["updated"]:
                if each["kind"] in LISTED:
                    found = self.caller.get(f"/financial/{LISTED[each['kind']]}/{each['id']}")
                    assert found.status_code == 200, each
                    self.known[each["kind"], each["id"]] = found.get_json()
            for each in page["deleted"]:
                self.known.pop((each["kind"], each["id"]), None)
            kinds |= {each["kind"] for part in ("created", "updated", "deleted") for each in page[part]}
            self.version = page["version"]
        return kinds


def books(caller: Caller) -> dict[tuple[str, str], Any]:
    """All that the lists show."""
    found = {}
    for kind, plural in LISTED.items():
        for row in caller.get(f"/financial/{plural}?limit=1000").get_json()["data"]:
            whole = kind == "import"  # a list of imports leaves their previews out
            found[kind, row["id"]] = caller.get(f"/financial/imports/{row['id']}").get_json() if whole else row
    return found


def test_replaying_the_feed_gives_the_books(alice: Caller, database_url: str) -> None:
    """Whatever happens; and what is announced at a commit names just the kinds that the feed then lists."""
    follower = Follower(alice, limit=7)
    heard: set[str] = set()
    with psycopg.connect(_plain(database_url), autocommit=True) as connection:
        connection.execute(f"LISTEN {CHANNEL}")

        @settings(max_examples=6, deadline=None, database=None, suppress_health_check=list(HealthCheck))
        @given(st.integers(min_value=0), st.integers(min_value=1, max_value=12))
        def live(seed: int, deeds: int) -> None:
            life = Life(alice, seed)
            for _ in range(deeds):
                life.happen()
            kinds = follower.follow()
            notices = [read_notice(each.payload) for each in connection.notifies(timeout=0)]
            told = {kind for notice in notices if notice for kind in notice.kinds}
            assert kinds <= told
            heard.update(told)
            assert follower.known == books(alice)

        life = Life(alice, 0)
        for always in (life.do_account, life.do_category, life.do_post):  # what the draws may leave out
            always()
        live()
    assert {"account", "transaction", "tag", "category"} <= heard <= set(FOLLOWED)
    fresh = Follower(alice, limit=1000)
    fresh.follow()
    assert fresh.known == follower.known


def test_pages_stand_at_one_version(alice: Caller) -> None:
    for name in "abc":
        alice.post("/financial/tags", {"name": name})
    first = alice.get("/financial/changes?since=1&limit=1").get_json()
    assert [each["kind"] for each in first["created"]] == ["tag"]
    assert first["version"] == 3
    alice.post("/financial/tags", {"name": "later"})
    second = alice.get(f"/financial/changes?since=1&limit=1&cursor={first['next_cursor']}").get_json()
    assert (len(second["created"]), second["version"], second["next_cursor"]) == (1, 3, None)
    assert len(alice.get("/financial/changes?since=3").get_json()["created"]) == 1


def test_a_change_is_told_from_something_new(alice: Caller) -> None:
    old = alice.post("/financial/tags", {"name": "old"}).get_json()["id"]
    alice.patch(f"/financial/tags/{old}", {"name": "older"})
    alice.post("/financial/tags", {"name": "new"})
    body = alice.get("/financial/changes?since=1").get_json()
    assert body["updated"] == [{"kind": "tag", "id": old}]
    assert len(body["created"]) == 1
    alice.delete(f"/financial/tags/{old}")
    assert alice.get("/financial/changes?since=3").get_json() == {
        "created": [],
        "updated": [],
        "deleted": [{"kind": "tag", "id": old}],
        "version": 4,
        "next_cursor": None,
    }


def test_deletions_are_kept_for_90_days(alice: Caller, database_url: str) -> None:
    for name in "ab":
        made = alice.post("/financial/tags", {"name": name}).get_json()["id"]
        alice.delete(f"/financial/tags/{made}")
    with psycopg.connect(_plain(database_url), autocommit=True) as connection:
        connection.execute("UPDATE deletions SET deleted_at = now() - interval '91 days' WHERE version = 2")
    assert alice.get("/financial/changes?since=2").status_code == 200
    gone = alice.get("/financial/changes?since=1")
    assert (gone.status_code, gone.get_json()["code"]) == (410, "since_gone")
    assert alice.get("/financial/changes?since=0").status_code == 200
    with psycopg.connect(_plain(database_url), autocommit=True) as connection:
        connection.execute("UPDATE tenant_state SET version = 99")  # the hundredth looks for what is too old
    alice.post("/financial/tags", {"name": "c"})
    with psycopg.connect(_plain(database_url)) as connection:
        assert connection.execute("SELECT array_agg(version) FROM deletions").fetchone() == ([4],)
    assert alice.get("/financial/changes?since=1").status_code == 410
    assert alice.get("/financial/changes?since=2").status_code == 200


@pytest.mark.parametrize("query", ["since=-1", "since=x", "since=1e3", "limit=0", "cursor=x", "until=3"])
def test_what_is_no_question_is_refused(alice: Caller, query: str) -> None:
    assert alice.get(f"/financial/changes?{query}").status_code == 422


def test_a_version_that_never_was_is_gone_and_other_books_are_apart(alice: Caller, acorn: Town) -> None:
    assert alice.get("/financial/changes?since=999").status_code == 410
    assert alice.get("/financial/changes").get_json()["created"] == []
