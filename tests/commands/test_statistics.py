"""What a large write leaves behind is planned for what it is, from the first question on."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import text

from data.commands.imports import ImportRequest, import_statement
from data.commands.statistics import follow
from data.context import TenantContext

LINES, FIRST = 3_000, date(2020, 12, 1)
TABLES = ["transactions", "daily_rollup", "splits"]
KNOWN = text("SELECT relname, CAST(reltuples AS integer) FROM pg_class WHERE relname = ANY(:tables)")


def known(context: TenantContext) -> dict[str, int]:
    with context.db.reading() as session:
        return {row.relname: row.reltuples for row in session.execute(KNOWN, {"tables": TABLES})}


def test_tables_that_an_import_fills_are_analysed_in_its_own_transaction(context: TenantContext) -> None:
    days = [FIRST + timedelta(days=n % 2_000) for n in range(LINES)]
    rows = "".join(f"{day};Shop {n % 900};-{n + 1}.10;EUR\n" for n, day in enumerate(days))
    request = ImportRequest(f"Date;Payee;Amount;Currency\n{rows}".encode(), "a.csv", create_accounts=True)
    before = known(context)
    import_statement(context, ImportRequest(request.data, "a.csv", create_accounts=True, dry_run=True))
    assert known(context) == before  # nothing of a dry run stays
    import_statement(context, request)
    after = known(context)
    assert before["transactions"] < LINES <= after["transactions"]
    assert before["daily_rollup"] < 2_000 <= after["daily_rollup"]
    assert after["splits"] == before["splits"]  # of what has not grown the statistics stay
    with context.db.writing() as session:
        follow(session)  # the second time there is nothing to do
    assert known(context) == after
