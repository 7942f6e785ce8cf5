"""What the worker does once a day: the audit log forgets what it need not know any more."""

from __future__ import annotations

from threading import Event, Thread
from typing import Any

import psycopg
import pytest

from core.errors import NotFound
from core.settings import Settings
from data.commands.accounts import create_account
from data.commands.transactions import delete_transaction, post_transactions
from data.commands.undo import undo
from data.context import TenantContext
from data.db import Database
from data.queue import Queue, Taken
from data.schemas.ledger import AccountIn, TransactionIn
from jobs.kinds import Kind, Later, Reins
from jobs.registry import kinds_of
from jobs.worker import Worker


def sql(database_url: str, statement: str) -> list[Any]:
    with psycopg.connect(database_url.replace("+psycopg", "")) as connection:
        cursor = connection.execute(statement)
        return cursor.fetchall() if cursor.description else []


def tidy(database: Database, days: int) -> None:
    """What a worker does on a day."""
    Queue(database, "test").stand("daily")
    Worker(database, kinds_of(Settings(audit_keep_days=days)), threads=1).run(until_idle=True)


def log(database_url: str) -> list[Any]:
    return sql(database_url, "SELECT version, action FROM audit_log ORDER BY version, id")


def test_keepsakes_go_when_nothing_can_be_taken_back_and_the_rest_when_the_operator_says(
    context: TenantContext, database: Database, database_url: str
) -> None:
    account, _ = create_account(context, AccountIn(name="Everyday", type="checking"))
    new = [
        {"account_id": account.id, "booked_on": "2026-06-01", "amount": "-1.00"},
        {"account_id": account.id, "booked_on": "2026-06-02", "amount": "-2.00"},
    ]
    post_transactions(context, [TransactionIn.model_validate(each) for each in new])
    for (number,) in sql(database_url, "SELECT id FROM transactions ORDER BY id"):
        delete_transaction(context, number)
    rows = [(1, "create"), (2, "create"), (3, "delete"), (3, "keep"), (4, "delete"), (4, "keep")]
    assert sorted(log(database_url)) == rows
    sql(database_url, "UPDATE audit_log SET at = now() - interval '25 hours' WHERE version = 3")
    sql(database_url, "UPDATE audit_log SET at = now() - interval '40 days' WHERE version = 1")
    tidy(database, 0)
    assert sorted(log(database_url)) == [row for row in rows if row != (3, "keep")]
    with pytest.raises(NotFound):
        undo(context, 3)
    sql(database_url, "UPDATE jobs SET run_at = now()")
    tidy(database, 30)
    assert sorted(log(database_url)) == [(2, "create"), (3, "delete"), (4, "delete"), (4, "keep")]
    assert sql(database_url, "SELECT version FROM tenant_state") == [(4,)]
    assert undo(context, 4).restored == 1
    days = "extract(epoch FROM run_at - now()) BETWEEN 80000 AND 86400"
    assert sql(database_url, f"SELECT kind, {days}, failed_at FROM jobs") == [("daily", True, None)]


def test_a_worker_asks_for_standing_jobs_by_itself(database: Database, database_url: str) -> None:
    done = Event()

    def run(_database: Database, _job: Taken, _reins: Reins) -> None:
        done.set()
        raise Later(3600, "in an hour")

    worker = Worker(database, [Kind("standing", run, standing=True)], threads=1)
    thread = Thread(target=worker.run)
    thread.start()
    assert done.wait(20)
    worker.stop()
    thread.join()
    assert sql(database_url, "SELECT kind, name, attempts, error FROM jobs") == [
        ("standing", "standing", 1, "in an hour")
    ]
