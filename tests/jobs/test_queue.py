"""The queue: what is asked for happens, once it is committed; what fails is tried again, and given up at last."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from threading import Event, Thread
from typing import Any

import psycopg
import pytest

from data import queue
from data.context import TenantContext
from data.db import Database
from data.queue import Queue, Taken
from jobs.kinds import Kind, Reins, open_books
from jobs.worker import Worker


def ask(database: Database, kind: str = "test", **options: Any) -> int | None:
    with database.directory() as session:
        return queue.enqueue(session, kind, {"word": "x"}, **options)


def sql(database_url: str, statement: str) -> list[Any]:
    with psycopg.connect(database_url.replace("+psycopg", "")) as connection:
        cursor = connection.execute(statement)
        return cursor.fetchall() if cursor.description else []


def work(database: Database, *kinds: Kind) -> None:
    Worker(database, kinds, threads=1).run(until_idle=True)


class Recorder:
    """A kind that notes what it is asked, and fails as often as told."""

    def __init__(self, failures: int = 0, attempts: int = 3) -> None:
        self.failures, self.seen, self.given_up = failures, list[Taken](), list[str]()
        self.kind = Kind("test", self._run, self._gave_up, attempts)

    def _run(self, _database: Database, job: Taken, _reins: Reins) -> None:
        self.seen.append(job)
        if len(self.seen) <= self.failures:
            raise ValueError("no luck")

    def _gave_up(self, _database: Database, _job: Taken, error: str) -> None:
        self.given_up.append(error)


def test_what_is_rolled_back_was_never_asked_for(context: TenantContext, database: Database) -> None:
    def ask_and_fail() -> None:
        with context.db.writing() as session:
            queue.enqueue(session, "test", {}, tenant_id=context.tenant.id)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        ask_and_fail()
    assert Queue(database, "w").take(["test"]) is None


def test_a_job_is_done_once(context: TenantContext, database: Database, database_url: str) -> None:
    recorder = Recorder()
    with context.db.writing() as session:
        job_id = queue.enqueue(session, "test", {"word": "x"}, tenant_id=context.tenant.id)
    work(database, recorder.kind)
    work(database, recorder.kind)
    assert [(job.id, job.payload, job.tenant_id, job.attempt) for job in recorder.seen] == [
        (job_id, {"word": "x"}, context.tenant.id, 1)
    ]
    assert sql(database_url, "SELECT * FROM jobs") == []


def test_jobs_of_other_kinds_are_left_alone(database: Database) -> None:
    ask(database, "other")
    recorder = Recorder()
    work(database, recorder.kind)
    assert recorder.seen == []
    assert Queue(database, "w").take(["other"]) is not None


def test_a_job_waits_for_its_time(database: Database) -> None:
    ask(database, run_at=datetime.now(UTC) + timedelta(hours=1))
    ask(database, run_at=datetime.now(UTC) - timedelta(hours=1))
    found = Queue(database, "w")
    assert found.take(["test"]) is not None
    assert found.take(["test"]) is None
    due = found.next_in(["test"])
    assert due is not None
    assert 0 < due < 3601


def test_of_one_name_there_is_one_at_a_time(database: Database, database_url: str) -> None:
    assert ask(database, name="nightly") is not None
    assert ask(database, name="nightly") is None
    work(database, Recorder().kind)
    assert ask(database, name="nightly") is not None
    work(database, Recorder(failures=9, attempts=1).kind)
    assert ask(database, name="nightly") is not None, "one that was given up does not stand in the way"
    assert len(sql(database_url, "SELECT * FROM jobs")) == 2


def test_what_fails_is_tried_again_later_and_given_up_at_last(database: Database, database_url: str) -> None:
    ask(database)
    recorder = Recorder(failures=3)
    for attempt in (1, 2, 3):
        work(database, recorder.kind)
        assert len(recorder.seen) == attempt
        sql(database_url, "UPDATE jobs SET run_at = now() WHERE run_at > now() AND error LIKE '%no luck'")
    work(database, recorder.kind)
    assert [job.attempt for job in recorder.seen] == [1, 2, 3]
    assert recorder.given_up == ["ValueError: no luck"]
    assert sql(database_url, "SELECT failed_at IS NULL, error FROM jobs") == [(False, "ValueError: no luck")]
    sql(database_url, "UPDATE jobs SET failed_at = now() - interval '31 days'")
    Queue(database, "w").sweep()
    assert sql(database_url, "SELECT * FROM jobs") == []


def test_what_its_workers_did_not_survive_is_given_up(database: Database, database_url: str) -> None:
    ask(database)
    recorder = Recorder(attempts=2)
    for _ in (1, 2):
        assert Queue(database, "mayfly").take(["test"]) is not None
        sql(database_url, "UPDATE jobs SET leased_until = now() - interval '1 second'")
    work(database, recorder.kind)
    assert (recorder.seen, len(recorder.given_up)) == ([], 1)


def test_a_lease_keeps_others_away_until_it_runs_out(database: Database, database_url: str) -> None:
    ask(database)
    one, other = Queue(database, "one"), Queue(database, "other")
    job = one.take(["test"])
    assert job is not None
    assert other.take(["test"]) is None
    assert other.renew([job.id]) == set()
    assert one.renew([job.id]) == {job.id}
    sql(database_url, "UPDATE jobs SET leased_until = now() - interval '1 second'")
    assert other.take(["test"]) is not None
    assert one.renew([job.id]) == set()
    one.done(job.id)
    one.fail(job.id, "late")
    assert sql(database_url, "SELECT worker, failed_at FROM jobs") == [("other", None)]


def test_one_tenants_jobs_of_a_kind_run_one_after_another(context: TenantContext, database: Database) -> None:
    for _ in (1, 2):
        ask(database, tenant_id=context.tenant.id)
    ask(database, tenant_id=context.tenant.id, kind="other")
    ask(database, tenant_id=context.tenant.id + 1)
    found = Queue(database, "w")
    taken = [found.take(["test", "other"]) for _ in range(4)]
    assert [job and (job.tenant_id, job.kind) for job in taken] == [
        (context.tenant.id, "test"),
        (context.tenant.id, "other"),
        (context.tenant.id + 1, "test"),
        None,
    ]


def test_a_waiting_worker_hears_of_new_work_at_once(database: Database) -> None:
    done = Event()
    worker = Worker(database, [Kind("test", lambda *_: done.set())], threads=2)
    thread = Thread(target=worker.run)
    thread.start()
    try:
        while worker._word < 1 or len(worker._news._waiters) < 2:  # type: ignore[attr-defined]
            pass
        ask(database)
        assert done.wait(20), "without a notification it would ask again after 30 seconds"
    finally:
        worker.stop()
        thread.join()


def test_a_worker_whose_connection_is_cut_listens_again(
    database: Database, database_url: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("jobs.worker._DEAF_SECONDS", 0.01)
    done = Event()
    worker = Worker(database, [Kind("test", lambda *_: done.set())], threads=1)
    thread = Thread(target=worker.run)
    thread.start()
    try:
        for times in (1, 2):
            while worker._word < times or not worker._news._waiters:  # type: ignore[attr-defined]
                pass
            if times == 1:
                sql(database_url, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN %'")
        ask(database)
        assert done.wait(20), "without a notification it would ask again after 30 seconds"
    finally:
        worker.stop()
        thread.join()
    assert [record for record in caplog.records if "NoneType" in record.getMessage()] == []


def test_a_job_that_is_withdrawn_is_told_to_stop(context: TenantContext, database: Database) -> None:
    begun, ended = Event(), Event()

    def run(_database: Database, _job: Taken, reins: Reins) -> None:
        begun.set()
        try:
            while True:
                reins.check()
        finally:
            ended.set()

    job_id = ask(database, tenant_id=context.tenant.id)
    assert job_id is not None
    worker = Worker(database, [Kind("test", run)], threads=1)
    thread = Thread(target=worker.run)
    thread.start()
    try:
        assert begun.wait(20)
        with context.db.writing() as session:
            queue.withdraw(session, job_id, context.tenant.id)
        assert ended.wait(20)
    finally:
        worker.stop()
        thread.join()


def test_nobody_withdraws_a_job_of_another_tenant(context: TenantContext, database: Database) -> None:
    job_id = ask(database, tenant_id=context.tenant.id + 1)
    assert job_id is not None
    with context.db.writing() as session:
        queue.withdraw(session, job_id, context.tenant.id)
    assert Queue(database, "w").take(["test"]) is not None


def test_the_books_of_a_tenant_that_is_gone_are_not_opened(context: TenantContext, database: Database) -> None:
    def job(tenant_id: int | None) -> Taken:
        return Taken(1, "test", tenant_id, {}, 1)

    assert open_books(database, job(None)) is None
    assert open_books(database, job(10**9)) is None
    books = open_books(database, job(context.tenant.id))
    assert books is not None
    assert (books.tenant, books.actor.name) == (context.tenant, "worker")


def test_figures_say_what_waits_and_for_how_long(database: Database, database_url: str) -> None:
    for _ in range(3):
        ask(database)
    Queue(database, "w").take(["test"])
    sql(database_url, "UPDATE jobs SET run_at = now() - interval '100 seconds' WHERE leased_until IS NULL")
    with database.directory() as session:
        found = queue.figures(session)
    assert (found.waiting, found.running, found.failed) == (2, 1, 0)
    assert 100 <= found.overdue < 200
