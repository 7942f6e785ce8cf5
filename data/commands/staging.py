"""The temporary table through which statement entries enter the ledger.

COPY into a table with row-level security is refused to the web role, so entries are copied into a temporary table
and from there inserted with ON CONFLICT, which also runs on Citus (docs/decisions/0003-tenants-in-postgresql.md).
It is the only place where a whole file is held: `account_id` is at first the place of the entry's statement in the
file, until the file is read to its end and `data.commands.import_stage` puts the accounts there.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from io import StringIO
from itertools import islice
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.orm import Session

COLUMNS = (
    "n",
    "account_id",
    "booked_on",
    "value_on",
    "amount",
    "payee",
    "counterparty",
    "purpose",
    "reference",
    "external_id",
    "category_id",
    "pending",
    "balance",
    "category",
    "original_amount",
    "original_currency",
    "is_split",
    "mcc",
    "fingerprint",
    "occurrence",
)
ENTRY_COLUMNS: Final = COLUMNS[:-1]
"""What the entries of a file say; `data.commands.import_stage` adds the rest."""
_FINGERPRINT: Final = COLUMNS.index("fingerprint")
_BLOCK: Final = 4096  # rows that are sent at once
_CREATE = """
    CREATE TEMPORARY TABLE staging (
        n bigint NOT NULL, account_id bigint NOT NULL, booked_on date NOT NULL, value_on date,
        amount bigint NOT NULL, payee text, counterparty text, purpose text, reference text, external_id text,
        category_id bigint, pending boolean NOT NULL, balance bigint, category text,
        original_amount bigint, original_currency text, is_split boolean NOT NULL, mcc text,
        category_source text, category_confidence real, category_because text,
        fingerprint bytea NOT NULL, occurrence bigint NOT NULL DEFAULT 1,
        status text NOT NULL DEFAULT 'new', transaction_id bigint, candidate_id bigint,
        by_text boolean NOT NULL DEFAULT false, told_apart boolean NOT NULL DEFAULT false
    ) ON COMMIT DROP
"""
_FIRST = text(
    """
    SELECT n, account_id, booked_on, value_on, amount, payee, counterparty, purpose, reference, external_id, pending,
           balance, category, status
    FROM staging WHERE n <= coalesce(CAST(:most AS bigint), n) ORDER BY n
    """
)
_REMEMBER_IDS = text(
    """
    UPDATE transactions t SET external_id = s.external_id, updated_version = :version, updated_at = now()
    FROM staging s
    WHERE t.tenant_id = :tenant AND t.id = s.transaction_id AND s.transaction_id IS NOT NULL
      AND t.external_id IS NULL AND s.external_id IS NOT NULL AND s.candidate_id IS NULL
    """
)
_BOOK_PENDING = text(
    """
    UPDATE transactions t
    SET pending = false, flow = 0, booked_on = s.booked_on, value_on = coalesce(s.value_on, t.value_on),
        amount = CASE WHEN t.is_split THEN t.amount ELSE s.amount END,
        external_id = coalesce(CASE WHEN s.candidate_id IS NULL THEN s.external_id END, t.external_id),
        fingerprint = CASE WHEN t.external_id = s.external_id THEN t.fingerprint ELSE s.fingerprint END,
        occurrence = CASE WHEN t.external_id = s.external_id THEN t.occurrence ELSE s.occurrence END,
        updated_version = :version, updated_at = now()
    FROM staging s
    WHERE t.tenant_id = :tenant AND t.id = s.transaction_id AND t.pending AND NOT s.pending
    """
)
_BOOK_PARTS = text(
    """
    UPDATE splits p SET flow = 0
    FROM staging s JOIN transactions t ON t.tenant_id = :tenant AND t.id = s.transaction_id
    WHERE p.tenant_id = :tenant AND p.transaction_id = t.id AND p.flow = 2 AND NOT t.pending
    """
)
_INSERT = text(
    """
    INSERT INTO transactions (
        tenant_id, account_id, booked_on, value_on, amount, payee, counterparty, purpose, reference, external_id,
        category_id, pending, is_split, flow, original_amount, original_currency, import_id, import_line,
        statement_balance, statement_category, mcc, category_source, category_confidence, category_because,
        fingerprint, occurrence, created_version, updated_version)
    SELECT :tenant, account_id, booked_on, value_on, amount, payee, counterparty, purpose, reference, external_id,
           category_id, pending, is_split, CASE WHEN pending THEN 2 ELSE 0 END, original_amount, original_currency,
           :import, n, balance, category, mcc,
           coalesce(category_source, CASE WHEN category_id IS NOT NULL THEN 'file' END), category_confidence,
           category_because, fingerprint, occurrence, :version, :version
    FROM staging WHERE status = 'new'
    ORDER BY n
    ON CONFLICT DO NOTHING
    """
)
# `was` and `gave_id` are what taking the import back needs: how a pending line looked, and whose bank id is ours.
# `category_id` and the original amount are what keeping an entry in review needs.
_KEEP_OTHERS = text(
    """
    INSERT INTO import_entries (
        tenant_id, import_id, n, status, account_id, booked_on, amount, fingerprint, occurrence, entry, transaction_id)
    SELECT :tenant, :import, s.n, s.status, s.account_id, s.booked_on, s.amount, s.fingerprint, s.occurrence,
           jsonb_strip_nulls(jsonb_build_object(
               'value_on', s.value_on, 'payee', s.payee, 'counterparty', s.counterparty, 'purpose', s.purpose,
               'reference', s.reference, 'external_id', s.external_id, 'pending', s.pending, 'balance', s.balance,
               'category', s.category, 'category_id', s.category_id, 'original_amount', s.original_amount,
               'original_currency', s.original_currency,
               'gave_id', CASE WHEN t.external_id IS NULL AND s.external_id IS NOT NULL AND s.candidate_id IS NULL
                               THEN true END,
               'was', CASE WHEN t.pending AND NOT s.pending THEN jsonb_build_object(
                   'booked_on', t.booked_on, 'value_on', t.value_on, 'amount', t.amount,
                   'fingerprint', encode(t.fingerprint, 'hex'), 'occurrence', t.occurrence) END)),
           coalesce(s.transaction_id, s.candidate_id)
    FROM staging s
    LEFT JOIN transactions t ON t.tenant_id = :tenant AND t.id = s.transaction_id
    WHERE s.status <> 'new'
    ON CONFLICT DO NOTHING
    """
)
_DAYS = text(
    """
    SELECT DISTINCT account_id, booked_on FROM staging WHERE status = 'new'
    UNION
    SELECT t.account_id, unnest(ARRAY[t.booked_on, s.booked_on]) FROM staging s
    JOIN transactions t ON t.tenant_id = :tenant AND t.id = s.transaction_id
    WHERE s.transaction_id IS NOT NULL AND t.pending AND NOT s.pending
    """
)


def copy_in(session: Session, rows: Iterable[Sequence[Any]]) -> None:
    """Create the staging table and fill it with rows in the order of `COLUMNS`."""
    fill(session, rows, COLUMNS)
    index(session)


def fill(session: Session, rows: Iterable[Sequence[Any]], columns: Sequence[str] = ENTRY_COLUMNS) -> None:
    """Create the staging table and copy rows in; the row source may run no statement of its own."""
    session.execute(text("DROP TABLE IF EXISTS pg_temp.staging"))
    session.execute(text(_CREATE))
    copying = f"COPY staging ({', '.join(columns)}) FROM STDIN (FORMAT csv)"
    with connection_of(session).cursor() as cursor, cursor.copy(copying) as copy:
        for block in _blocks(rows):
            copy.write(block)


def connection_of(session: Session) -> Any:
    """The driver's connection."""
    connection = session.connection().connection.driver_connection
    if connection is None:
        raise RuntimeError("the session has no connection")
    return connection


def _blocks(rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    """The rows as CSV: the standard library writes it in C, which is faster than row by row. None is an empty cell."""
    source = iter(rows)
    while block := list(islice(source, _BLOCK)):
        text_ = StringIO()
        csv.writer(text_, lineterminator="\r\n").writerows(
            (*row[:_FINGERPRINT], "\\x" + row[_FINGERPRINT].hex(), *row[_FINGERPRINT + 1 :]) for row in block
        )
        yield text_.getvalue()


def index(session: Session) -> None:
    """The key and the statistics of the filled table: made afterwards, which is faster."""
    session.execute(text("ALTER TABLE staging ADD PRIMARY KEY (n)"))
    session.execute(text("ANALYZE staging"))


def counts(session: Session) -> dict[str, int]:
    """How many entries have which status."""
    rows = session.execute(text("SELECT status, count(*) FROM staging GROUP BY status"))
    return {row[0]: row[1] for row in rows}


def days(session: Session, tenant_id: int) -> dict[int, set[date]]:
    """Account -> the days whose lines change: those of new entries, and both days of pending lines that get booked."""
    found: dict[int, set[date]] = {}
    for account_id, day in session.execute(_DAYS, {"tenant": tenant_id}):
        found.setdefault(account_id, set()).add(day)
    return found


def land(session: Session, tenant_id: int, import_id: int, version: int) -> None:
    """Move the entries from staging into the ledger; what became of the others is kept with the import."""
    parameters = {"tenant": tenant_id, "import": import_id, "version": version}
    if session.execute(text("SELECT 1 FROM staging WHERE status <> 'new' LIMIT 1")).first():
        for statement in (_KEEP_OTHERS, _REMEMBER_IDS, _BOOK_PENDING, _BOOK_PARTS):
            session.execute(statement, parameters)
    session.execute(_INSERT, parameters)


def first(session: Session, most: int | None) -> Sequence[Any]:
    """The first entries of the file with their status, in order; all for None."""
    return session.execute(_FIRST, {"most": most}).all()
