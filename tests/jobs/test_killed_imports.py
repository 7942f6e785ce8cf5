"""An import whose process is killed, for real, with its transaction open: the ledger is as it was before."""

from __future__ import annotations

from pathlib import Path

import psycopg

from data.commands.imports import ImportRequest, import_statement
from data.context import TenantContext
from tests.jobs.processes import child, killed, waiting

ROWS = 2_000
_BOOKS = (
    "SELECT to_jsonb(t) FROM transactions t ORDER BY id",
    "SELECT to_jsonb(r) FROM daily_rollup r ORDER BY account_id, booked_on, category_id, flow, sign",
    "SELECT to_jsonb(a) FROM accounts a ORDER BY id",
    "SELECT to_jsonb(i) FROM imports i ORDER BY id",
    "SELECT to_jsonb(s) FROM tenant_state s",
    "SELECT to_jsonb(l) FROM audit_log l ORDER BY id",
)


def books(database_url: str) -> list[object]:
    """Everything that an import writes."""
    with psycopg.connect(database_url.replace("+psycopg", "")) as connection:
        return [connection.execute(statement).fetchall() for statement in _BOOKS]


def statement(first: int, rows: int) -> str:
    lines = (f"2026-0{1 + n % 5}-{1 + n % 28:02d},Shop {n},{n}.50\n" for n in range(first, first + rows))
    return "Date,Payee,Amount\n" + "".join(sorted(lines))


def test_a_process_that_is_killed_in_the_middle_leaves_the_ledger_as_it_was(
    context: TenantContext, database_url: str, tmp_path: Path
) -> None:
    import_statement(context, ImportRequest(statement(1, 10).encode(), "bank.csv", create_accounts=True))
    before = books(database_url)
    file = tmp_path / "bank.csv"
    file.write_text(statement(5, ROWS))
    arguments = ("statements", "import", str(file), "--tenant", "user_1")
    with (
        psycopg.connect(database_url.replace("+psycopg", "")) as lock,
        child(database_url, tmp_path, *arguments) as one,
    ):
        # Its entries are in the ledger and their sums are not yet.
        lock.execute("LOCK TABLE daily_rollup IN ACCESS EXCLUSIVE MODE")
        waiting(database_url, "daily_rollup")
        killed(one, database_url)
    assert books(database_url) == before

    result = import_statement(context, ImportRequest(file.read_bytes(), file.name))
    assert (result.counts.read, result.counts.new, result.counts.duplicate) == (ROWS, ROWS - 6, 6)
    again = import_statement(context, ImportRequest(file.read_bytes(), file.name))
    assert (again.counts.new, again.counts.duplicate) == (0, ROWS)
    with psycopg.connect(database_url.replace("+psycopg", "")) as connection:
        sums = connection.execute(
            "SELECT (SELECT sum(amount) FROM transactions), (SELECT sum(amount) FROM daily_rollup)"
        ).fetchone()
    assert sums is not None
    assert sums[0] == sums[1]
