"""Imports in the background: asked for, watched, cancelled, failed, and taken up again after a worker died."""

from __future__ import annotations

import io
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread
from typing import Any

import psycopg
import pytest

from data.db import Database
from jobs.registry import KINDS
from jobs.worker import Worker
from tests.api.test_dashboard import assert_problem
from tests.conftest import Caller
from tests.jobs.processes import child, killed, until_done, waiting

CSV = """Date;Description;Amount;Balance
01.06.2026;Salary;2.500,00;3.000,00
02.06.2026;Bakery;-3,20;2.996,80
02.06.2026;Bakery;-3,20;2.993,60
"""


def submit(caller: Caller, data: str = CSV, prefer: str = "respond-async", **fields: str) -> Any:
    return caller.post(
        "/financial/imports",
        data={"file": (io.BytesIO(data.encode()), "statement.csv"), "create_accounts": "true", **fields},
        content_type="multipart/form-data",
        headers={"Prefer": prefer},
    )


def refused(answer: Any, status: int, code: str) -> None:
    assert_problem(answer, status)
    assert answer.get_json()["code"] == code


def work(database: Database) -> None:
    Worker(database, KINDS, threads=1).run(until_idle=True)


@contextmanager
def working(database: Database) -> Iterator[None]:
    """A worker, told to stop at the end and waited for."""
    worker = Worker(database, KINDS, threads=1)
    thread = Thread(target=worker.run)
    thread.start()
    try:
        yield
    finally:
        worker.stop()
        thread.join()


def left_over(database_url: str) -> tuple[int, ...]:
    """Rows of transactions, daily_rollup, import_chunks, jobs."""
    tables = ("transactions", "daily_rollup", "import_chunks", "jobs")
    with psycopg.connect(database_url.replace("+psycopg", "")) as connection:
        return tuple(connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in tables)  # type: ignore[index]


def run_out(database_url: str) -> None:
    """Let all leases run out, so that they cannot be renewed, and wake the workers."""
    with psycopg.connect(database_url.replace("+psycopg", "")) as connection:
        connection.execute("UPDATE jobs SET leased_until = now() - interval '1 second', worker = 'nobody'")
        connection.execute("SELECT pg_notify('fd_jobs', '')")


@contextmanager
def held(database_url: str) -> Iterator[None]:
    """While this lasts, an import stands still when its entries are in the ledger and their sums are not."""
    with psycopg.connect(database_url.replace("+psycopg", "")) as connection:
        connection.execute("LOCK TABLE daily_rollup IN ACCESS EXCLUSIVE MODE")
        yield


def test_an_import_in_the_background_answers_like_one_at_once(
    alice: Caller, database: Database, database_url: str
) -> None:
    answer = submit(alice, prefer='wait=1, Respond-Async; foo="bar"')
    body = answer.get_json()
    assert answer.status_code == 202, body
    assert answer.headers["Preference-Applied"] == "respond-async"
    assert answer.headers["Location"] == f"/financial/imports/{body['id']}"
    assert body == {"id": body["id"], "state": "queued", "progress": {"read": 0, "total": 0}}
    waits = alice.get(answer.headers["Location"])
    assert (waits.get_json()["state"], "ETag" in waits.headers) == ("queued", False)
    assert alice.get("/financial/dashboard/summary").get_json()["data"]["income"] == "0.00"

    work(database)
    done = alice.get(answer.headers["Location"])
    again = submit(alice, prefer="").get_json()
    assert "ETag" in done.headers
    found = done.get_json()
    assert (found["state"], found["progress"]) == ("done", {"read": 3, "total": 3})
    assert found["counts"] == {"read": 3, "new": 3, "duplicate": 0, "review": 0, "skipped": 0, "failed": 0}
    for name in ("accounts", "balance_check", "format", "errors"):
        assert found[name] == again[name], name
    assert [entry["status"] for entry in found["preview"]] == ["new"] * 3
    assert set(again) - {"id"} <= set(found)
    assert again["counts"]["duplicate"] == 3
    assert left_over(database_url)[0] == 3
    assert left_over(database_url)[2:] == (0, 0)


def test_the_preference_is_passed_over_where_the_answer_is_the_point(alice: Caller, database_url: str) -> None:
    dry = submit(alice, dry_run="true")
    full = submit(alice, preview="all")
    assert (dry.status_code, full.status_code) == (200, 201)
    assert "Preference-Applied" not in dry.headers
    assert left_over(database_url)[3] == 0


def test_what_is_wrong_with_the_request_is_told_at_once(alice: Caller, database_url: str) -> None:
    refused(submit(alice, format="tarot"), 422, "invalid")
    refused(submit(alice, account_id="123456789"), 422, "invalid")
    refused(submit(alice, mapping='{"columns": {"nothing": "x"}}'), 422, "invalid")
    assert left_over(database_url) == (0, 0, 0, 0)


def test_what_is_wrong_with_the_file_is_told_later(alice: Caller, database: Database, database_url: str) -> None:
    place = submit(alice, "This is a poem; and no statement.\n").headers["Location"]
    work(database)
    found = alice.get(place).get_json()
    assert (found["state"], found["problem"]["code"]) == ("failed", "unreadable_statement")
    assert found["problem"]["detail"]
    assert found["problem"]["status"] == 422
    assert left_over(database_url) == (0, 0, 0, 0)
    refused(alice.post(f"{place}/cancel"), 409, "import_ended")


def test_accounts_that_are_missing_are_named(alice: Caller, database: Database) -> None:
    place = submit(alice, create_accounts="false").headers["Location"]
    work(database)
    problem = alice.get(place).get_json()["problem"]
    assert (problem["code"], problem["accounts"]) == ("account_required", ["statement"])


def test_one_that_waits_is_cancelled(alice: Caller, database: Database, database_url: str) -> None:
    place = submit(alice).headers["Location"]
    answer = alice.post(f"{place}/cancel")
    assert (answer.status_code, answer.get_json()["state"]) == (200, "cancelled")
    work(database)
    assert alice.get(place).get_json()["state"] == "cancelled"
    assert left_over(database_url) == (0, 0, 0, 0)
    refused(alice.post(f"{place}/cancel"), 409, "import_ended")


def test_one_that_was_done_at_once_cannot_be_cancelled(alice: Caller) -> None:
    place = submit(alice, prefer="").headers["Location"]
    refused(alice.post(f"{place}/cancel"), 409, "import_ended")
    assert alice.get(place).get_json()["state"] == "done"


def test_only_editors_of_the_tenant_cancel(alice: Caller, charlie: Caller, sign_in: Any) -> None:
    place = submit(alice).headers["Location"]
    refused(charlie.get(place), 404, "not_found")
    refused(charlie.post(f"{place}/cancel"), 404, "not_found")
    refused(sign_in("vera@acorn.test", "org_1").post(f"{place}/cancel"), 403, "forbidden")
    assert alice.get(place).get_json()["state"] == "queued"


def test_a_retry_with_the_same_key_queues_nothing_twice(alice: Caller, database_url: str) -> None:
    def send() -> Any:
        data = {"file": (io.BytesIO(CSV.encode()), "statement.csv"), "create_accounts": "true"}
        headers = {"Prefer": "respond-async", "Idempotency-Key": "k1"}
        return alice.post("/financial/imports", data=data, content_type="multipart/form-data", headers=headers)

    first, second = send(), send()
    assert (first.status_code, second.status_code) == (202, 202)
    assert second.headers["Idempotency-Replayed"] == "true"
    assert second.headers["Location"] == first.headers["Location"]
    assert left_over(database_url)[3] == 1


def test_one_that_runs_is_cancelled_in_the_middle_of_its_transaction(
    alice: Caller, database: Database, database_url: str
) -> None:
    place = submit(alice).headers["Location"]
    with held(database_url), working(database):
        waiting(database_url, "daily_rollup")
        assert alice.get(place).get_json()["state"] == "running"
        answer = alice.post(f"{place}/cancel")
        assert (answer.status_code, answer.get_json()["state"]) == (200, "cancelled")
        # The worker comes to its end though what it waited for is held still.
    assert left_over(database_url) == (0, 0, 0, 0)
    assert alice.get(place).get_json()["state"] == "cancelled"


def test_a_worker_that_stops_gives_its_job_back(alice: Caller, database: Database, database_url: str) -> None:
    place = submit(alice).headers["Location"]
    with held(database_url):
        with working(database):
            waiting(database_url, "daily_rollup")
        assert alice.get(place).get_json()["state"] == "running"
    work(database)
    assert alice.get(place).get_json()["state"] == "done"
    assert left_over(database_url)[0] == 3


def test_of_two_workers_with_one_job_one_books(
    alice: Caller, database: Database, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jobs.worker.BEAT_SECONDS", 3600.0)  # the first one does not notice what happens to it
    place = submit(alice).headers["Location"]
    with working(database), working(database):
        with held(database_url):
            waiting(database_url, "daily_rollup")
            run_out(database_url)  # the one that has it is thought dead, and is not
            waiting(database_url, "tenant_state")
        until_done(database_url)
    assert alice.get(place).get_json()["counts"]["new"] == 3
    assert left_over(database_url)[0] == 3
    assert left_over(database_url)[2:] == (0, 0)


def test_a_worker_that_is_killed_leaves_its_job_to_another(
    alice: Caller, database: Database, database_url: str, tmp_path: Any
) -> None:
    place = submit(alice).headers["Location"]
    with child(database_url, tmp_path, "worker") as process:
        with held(database_url):
            waiting(database_url, "daily_rollup")
            killed(process, database_url)
        assert left_over(database_url)[:3] == (0, 0, 1)
        assert alice.get(place).get_json()["state"] == "running"
    work(database)
    assert alice.get(place).get_json()["state"] == "running", "its lease has not run out"
    run_out(database_url)
    work(database)
    found = alice.get(place).get_json()
    assert (found["state"], found["counts"]["new"], found["counts"]["duplicate"]) == ("done", 3, 0)
    assert left_over(database_url)[0] == 3


def test_the_command_works_until_it_is_told_to_stop(
    alice: Caller, database: Database, database_url: str, tmp_path: Any
) -> None:
    place = submit(alice).headers["Location"]
    with child(database_url, tmp_path, "worker") as process:
        until_done(database_url)
        assert alice.get(place).get_json()["state"] == "done"
        assert process.poll() is None
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0


def test_a_file_that_kills_every_worker_is_given_up(alice: Caller, database: Database, database_url: str) -> None:
    place = submit(alice).headers["Location"]
    with psycopg.connect(database_url.replace("+psycopg", "")) as connection:
        connection.execute("UPDATE jobs SET attempts = 3")
    work(database)
    found = alice.get(place).get_json()
    assert (found["state"], found["problem"]["code"]) == ("failed", "internal_error")
    assert left_over(database_url)[:3] == (0, 0, 0)


@pytest.mark.parametrize("columns", ["kind, tenant_id, payload"])
def test_the_queue_holds_no_data_of_tenants(alice: Caller, database_url: str, columns: str) -> None:
    place = submit(alice).headers["Location"]
    with psycopg.connect(database_url.replace("+psycopg", "")) as connection:
        row = connection.execute(f"SELECT {columns} FROM jobs").fetchone()
    assert row is not None
    assert (row[0], row[2]) == ("import", {"import_id": int(place.rsplit("/", 1)[1])})
