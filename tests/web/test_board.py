"""The board of versions: hits without the database, never a stale one, whatever happens to those who write."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from data import directory
from data.board import DIRECTORY, LEASE_SECONDS, SLOTS, Board, now_ns
from data.commands import tenants
from data.commands.accounts import create_account
from data.context import Actor, TenantContext
from data.db import Database
from data.lease import Keeper
from data.schemas.ledger import AccountIn
from data.timing import recording
from tests.conftest import Caller, Town
from tests.web.boards import Writer

SUMMARY = "/financial/dashboard/summary"


@pytest.fixture
def board(tmp_path: Path) -> Board:
    return Board(tmp_path / "board")


@pytest.fixture
def database(database_url: str, board: Board) -> Iterator[Database]:
    """The application's database, with a board in power."""
    database = Database(database_url, pool_size=4, board=board)
    yield database
    database.dispose()


@pytest.fixture
def keeper(database: Database) -> Keeper:
    keeper = database.keeper()
    assert keeper is not None
    assert keeper.keep()
    return keeper


@pytest.fixture
def elsewhere(database_url: str, board: Board) -> Iterator[Database]:
    """Another process of this machine: the same file, mapped once more."""
    database = Database(database_url, pool_size=2, board=Board(board.path))
    yield database
    database.dispose()


def account(name: str = "Current", balance: str = "5.00") -> AccountIn:
    return AccountIn.model_validate({"name": name, "opening_balance": balance, "opening_on": "2026-06-01"})


def at_org_1(database: Database, town: Town) -> Any:
    with database.directory() as session:
        return Town(database, "").context(directory.find_tenant(session, "org_1"))


def worth(caller: Caller) -> str:
    answer = caller.get(SUMMARY)
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return str(answer.get_json()["data"]["net_worth"])


def is_hit(answer: Any) -> bool:
    return 'desc="hit"' in answer.headers["Server-Timing"]


def test_a_hit_asks_the_database_nothing(
    keeper: Keeper, alice: Caller, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    alice.get(SUMMARY)

    def refuse(*_: Any) -> Any:
        raise AssertionError("the database was asked")

    monkeypatch.setattr(Database, "versions", refuse)
    with recording() as statements:
        assert is_hit(alice.get(SUMMARY))
        assert alice.get("/tenant/info").status_code == 200
    assert statements.texts == []


def test_a_write_of_another_process_is_seen_at_once(
    keeper: Keeper, alice: Caller, acorn: Town, elsewhere: Database
) -> None:
    for number in range(1, 4):
        assert is_hit(alice.get(SUMMARY)) == (number > 1)
        create_account(at_org_1(elsewhere, acorn), account(f"A{number}"))
        assert worth(alice) == f"{5 * number}.00"
        assert is_hit(alice.get(SUMMARY))


def test_a_read_between_announcement_and_commit_asks_the_database(
    keeper: Keeper, alice: Caller, acorn: Town, elsewhere: Database, board: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert worth(alice) == "0.00"
    tenant = at_org_1(elsewhere, acorn).tenant.id
    seen: list[str] = []
    real = Board.announce

    def announce(self: Board, slot: int) -> int:
        token = real(self, slot)
        if slot == tenant and not seen:
            assert board.settled(tenant) == 0
            seen.append(worth(alice))
        return token

    monkeypatch.setattr(Board, "announce", announce)
    create_account(at_org_1(elsewhere, acorn), account())
    assert (seen, worth(alice)) == (["0.00"], "5.00")


@pytest.mark.parametrize(("when", "after"), [("before commit", "0.00"), ("after commit", "5.00")])
def test_a_writer_killed_on_the_way_leaves_nothing_stale(
    keeper: Keeper, alice: Caller, database: Database, board: Board, when: str, after: str
) -> None:
    assert worth(alice) == "0.00"
    writer = Writer(database.url, board.path, when, "kill")
    writer.wait_until_stopped()
    try:
        assert worth(alice) == after
        alice.get(SUMMARY)
        assert is_hit(alice.get(SUMMARY))
        alice.post("/financial/accounts", {"name": "B", "opening_balance": "7.00", "opening_on": "2026-06-01"})
        assert worth(alice) == f"{float(after) + 7:.2f}"
    finally:
        writer.end()


@pytest.mark.parametrize(("when", "meanwhile"), [("before commit", "0.00"), ("after commit", "5.00")])
def test_a_frozen_writer_stops_nobody_and_is_seen_when_it_goes_on(
    keeper: Keeper, alice: Caller, database: Database, board: Board, when: str, meanwhile: str
) -> None:
    assert worth(alice) == "0.00"
    writer = Writer(database.url, board.path, when, "stop")
    try:
        writer.wait_until_stopped()
        assert [worth(alice) for _ in range(3)] == [meanwhile] * 3
        writer.go_on()
        assert [worth(alice) for _ in range(3)] == ["5.00"] * 3
        assert is_hit(alice.get(SUMMARY))
    finally:
        writer.end()


def test_a_writer_that_cannot_see_the_board_is_seen_all_the_same(
    keeper: Keeper, alice: Caller, acorn: Town, database_url: str, database: Database, board: Board
) -> None:
    assert worth(alice) == "0.00"
    assert is_hit(alice.get(SUMMARY))
    other_machine = Database(database_url, pool_size=2)
    writing = threading.Thread(target=lambda: create_account(at_org_1(other_machine, acorn), account()))
    writing.start()
    while keeper.keep():  # until the block is seen, and the lease given up
        assert writing.is_alive()
        assert worth(alice) == "0.00"
    writing.join(60)
    assert worth(alice) == "5.00"
    create_account(at_org_1(other_machine, acorn), account("Second"))
    assert worth(alice) == "10.00"
    assert is_hit(alice.get(SUMMARY))  # by the versions in the database
    assert not keeper.keep()
    assert board.trusted() == 0
    other_machine.dispose()


def test_the_board_counts_no_longer_than_its_lease(keeper: Keeper, alice: Caller, board: Board) -> None:
    alice.get(SUMMARY)
    assert board.settled(DIRECTORY)
    board.extend(now_ns() - LEASE_SECONDS * 1_000_000_000)
    assert board.settled(DIRECTORY) == 0
    assert is_hit(alice.get(SUMMARY))
    board.extend(now_ns() + 10 * LEASE_SECONDS * 1_000_000_000)  # a file of another boot: its clock is ahead
    assert board.settled(DIRECTORY) == 0


def test_a_lease_that_ran_out_begins_anew_knowing_nothing(
    keeper: Keeper, alice: Caller, database: Database, board: Board, database_url: str
) -> None:
    import psycopg

    alice.get(SUMMARY)
    before = board.generation
    with psycopg.connect(database_url.replace("+psycopg", ""), autocommit=True) as owner:
        owner.execute("UPDATE board_lease SET lease_until = clock_timestamp()")
        # What the board cannot know: somebody wrote while it had no lease.
        owner.execute("UPDATE tenant_state SET version = version + 1")
    assert keeper.keep()
    assert board.generation != before
    assert board.settled(DIRECTORY) == 0
    assert not is_hit(alice.get(SUMMARY))


def test_two_boards_never_have_the_lease_at_once(keeper: Keeper, database_url: str, tmp_path: Path) -> None:
    second = Database(database_url, pool_size=1, board=Board(tmp_path / "second"))
    rival = second.keeper()
    assert rival is not None
    assert not rival.keep()
    assert keeper.keep()
    assert not rival.keep()
    second.dispose()


@pytest.mark.parametrize("change", ["role", "end_sessions", "password", "membership", "feature", "installation"])
def test_a_revocation_acts_at_the_next_request(
    keeper: Keeper, sign_in: Callable[..., Caller], acorn: Town, elsewhere: Database, change: str
) -> None:
    bob = sign_in("bob@acorn.test", "org_1")
    assert bob.get(SUMMARY).status_code == 200
    assert is_hit(bob.get(SUMMARY))
    with elsewhere.directory() as session:
        person = directory.find_person(session, "bob@acorn.test")
        tenant = directory.find_tenant(session, "org_1")
        assert person is not None
        if change == "role":
            directory.set_role(session, person.id, tenant.id, "viewer")
        elif change == "end_sessions":
            directory.end_sessions(session, person.id)
        elif change == "password":
            directory.set_password(session, person.id, "x", end_sessions=True)
        elif change == "membership":
            from sqlalchemy import text

            session.execute(text("DELETE FROM memberships WHERE person_id = :p"), {"p": person.id})
        elif change == "installation":
            directory.set_feature(session, None, "dashboard", enabled=False)
    if change == "feature":
        books = TenantContext(elsewhere.tenant(tenant.id), tenant, Actor("cli"), acorn.context(tenant).today)
        tenants.set_feature(books, "dashboard", enabled=False)
    if change == "role":
        assert bob.get("/tenant/info").get_json()["role"] == "viewer"
        assert bob.post("/financial/tags", {"name": "x"}).status_code == 403
    else:
        answer = bob.get(SUMMARY)
        status, code = (404, "feature_disabled") if change in ("feature", "installation") else (401, "session_ended")
        assert (answer.status_code, answer.get_json()["code"]) == (status, code)


def test_signing_in_leaves_what_others_remember(
    keeper: Keeper, alice: Caller, sign_in: Callable[..., Caller], board: Board
) -> None:
    alice.get(SUMMARY)
    before = board.settled(DIRECTORY)
    sign_in("bob@acorn.test", "org_1")
    alice.post("/financial/accounts", {"name": "A", "opening_balance": "5.00", "opening_on": "2026-06-01"})
    assert before
    assert board.settled(DIRECTORY) == before


def test_global_rates_are_part_of_an_answers_validity(keeper: Keeper, alice: Caller, elsewhere: Database) -> None:
    from data.models.tenant import RATES_VERSION, Installation

    tag = alice.get(SUMMARY).headers["ETag"]
    with elsewhere.directory() as session:
        session.merge(Installation(name=RATES_VERSION, value={"version": 1_000}))
    answer = alice.get(SUMMARY, headers={"If-None-Match": tag})
    assert answer.status_code == 200
    assert not is_hit(answer)


def test_a_late_settlement_does_not_bless_what_came_after(board: Board) -> None:
    board.begin(1, now_ns())
    first = board.announce(7)
    second = board.announce(7)
    board.settle(7, second)
    board.settle(7, first)
    assert board.settled(7) == 0


def test_tenants_beyond_the_board_are_asked_for(keeper: Keeper, board: Board) -> None:
    assert board.announce(SLOTS) == 0
    board.settle(SLOTS, 0)
    board.see(SLOTS)
    assert board.settled(SLOTS) == 0


def test_a_board_that_others_could_write_is_not_used(tmp_path: Path) -> None:
    path = tmp_path / "board"
    Board(path)
    path.chmod(0o666)
    with pytest.raises(PermissionError):
        Board(path)
    (tmp_path / "link").symlink_to(path)
    with pytest.raises(OSError, match="link"):
        Board(tmp_path / "link")


def test_boards_that_nobody_uses_are_swept_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("data.board.shared_memory", lambda: tmp_path)
    old, used = Board.of("postgresql://old"), Board.of("postgresql://used")
    assert old is not None
    assert used is not None
    path = old.path
    del old
    third = Board.of("postgresql://third")
    assert third is not None
    assert not path.exists()
    assert used.path.exists()
    again = Board.of("postgresql://used")
    assert again is not None
    used.begin(5, now_ns())
    assert again.trusted() == 5


def test_a_server_that_ends_gives_its_lease_up(keeper: Keeper, database_url: str, tmp_path: Path, board: Board) -> None:
    keeper.release()
    assert board.trusted() == 0
    next_one = Database(database_url, pool_size=1, board=Board(tmp_path / "next"))
    successor = next_one.keeper()
    assert successor is not None
    assert successor.keep()
    keeper.release()  # once more: it is another's now
    assert successor.keep()
    next_one.dispose()


def test_a_database_that_is_away_is_an_answer_not_a_crash(
    keeper: Keeper, alice: Caller, database: Database, board: Board
) -> None:
    import dataclasses

    from web.state import attach, state_of

    app = alice.client.application
    alice.get(SUMMARY)
    away = Database("postgresql://nobody@127.0.0.1:1/nowhere", board=board)
    attach(app, dataclasses.replace(state_of(app), database=away))
    assert is_hit(alice.get(SUMMARY))
    board.announce(DIRECTORY)
    answer = alice.get(SUMMARY)
    assert (answer.status_code, answer.get_json()["code"]) == (503, "database_unavailable")
    away.dispose()


def test_active_tenants_are_counted_once(board: Board) -> None:
    for slot in (3, 9, 3):
        board.see(slot)
    assert board.active(60) == 2
    assert board.active(-1) == 0


def test_without_a_board_every_request_asks_once(app: Flask, alice: Caller, acorn: Town, database_url: str) -> None:
    from web.state import State, attach, state_of

    plain = Database(database_url, pool_size=2)
    attach(app, State(state_of(app).settings, plain, clock=state_of(app).clock))
    assert worth(alice) == "0.00"
    assert is_hit(alice.get(SUMMARY))
    create_account(at_org_1(plain, acorn), account())
    assert worth(alice) == "5.00"
    plain.dispose()
