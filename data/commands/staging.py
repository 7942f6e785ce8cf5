"""The temporary table through which statement entries enter the ledger.

COPY into a table with row-level security is refused to the web role, so entries are copied into a temporary table
and from there inserted with ON CONFLICT, which also runs on Citus (docs/decisions/0003-tenants-in-postgresql.md).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

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
    "fingerprint",
    "occurrence",
)
_CREATE = """
    CREATE TEMPORARY TABLE staging (
        n bigint PRIMARY KEY, account_id bigint NOT NULL, booked_on date NOT NULL, value_on date,
        amount bigint NOT NULL, payee text, counterparty text, purpose text, reference text, external_id text,
        category_id bigint, pending boolean NOT NULL, balance bigint, category text,
        original_amount bigint, original_currency text, is_split boolean NOT NULL,
        fingerprint bytea NOT NULL, occurrence bigint NOT NULL,
        status text NOT NULL DEFAULT 'new', transaction_id bigint, by_text boolean NOT NULL DEFAULT false
    ) ON COMMIT DROP
"""
_REMEMBER_IDS = text(
    """
    UPDATE transactions t SET external_id = s.external_id, updated_version = :version, updated_at = now()
    FROM staging s
    WHERE t.tenant_id = :tenant AND t.id = s.transaction_id AND s.transaction_id IS NOT NULL
      AND t.external_id IS NULL AND s.external_id IS NOT NULL
    """
)
_BOOK_PENDING = text(
    """
    UPDATE transactions t
    SET pending = false, flow = 0, booked_on = s.booked_on, value_on = coalesce(s.value_on, t.value_on),
        external_id = coalesce(s.external_id, t.external_id),
        fingerprint = CASE WHEN t.external_id = s.external_id THEN t.fingerprint ELSE s.fingerprint END,
        occurrence = CASE WHEN t.external_id = s.external_id THEN t.occurrence ELSE s.occurrence END,
        updated_version = :version, updated_at = now()
    FROM staging s
    WHERE t.tenant_id = :tenant AND t.id = s.transaction_id AND t.pending AND NOT s.pending
    """
)
_INSERT = text(
    """
    INSERT INTO transactions (
        tenant_id, account_id, booked_on, value_on, amount, payee, counterparty, purpose, reference, external_id,
        category_id, pending, is_split, flow, original_amount, original_currency, import_id, import_line,
        fingerprint, occurrence, created_version, updated_version)
    SELECT :tenant, account_id, booked_on, value_on, amount, payee, counterparty, purpose, reference, external_id,
           category_id, pending, is_split, CASE WHEN pending THEN 2 ELSE 0 END, original_amount, original_currency,
           :import, n, fingerprint, occurrence, :version, :version
    FROM staging WHERE status = 'new'
    ORDER BY n
    ON CONFLICT DO NOTHING
    """
)
# `was` and `gave_id` are what taking the import back needs: how a pending line looked, and whose bank id is ours.
_KEEP_OTHERS = text(
    """
    INSERT INTO import_entries (tenant_id, import_id, n, status, account_id, booked_on, amount, entry, transaction_id)
    SELECT :tenant, :import, s.n, s.status, s.account_id, s.booked_on, s.amount,
           jsonb_strip_nulls(jsonb_build_object(
               'value_on', s.value_on, 'payee', s.payee, 'counterparty', s.counterparty, 'purpose', s.purpose,
               'reference', s.reference, 'external_id', s.external_id, 'pending', s.pending, 'balance', s.balance,
               'category', s.category,
               'gave_id', CASE WHEN t.external_id IS NULL AND s.external_id IS NOT NULL THEN true END,
               'was', CASE WHEN t.pending AND NOT s.pending THEN jsonb_build_object(
                   'booked_on', t.booked_on, 'value_on', t.value_on,
                   'fingerprint', encode(t.fingerprint, 'hex'), 'occurrence', t.occurrence) END)),
           s.transaction_id
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


def copy_in(session: Session, rows: Iterable[tuple[Any, ...]]) -> None:
    """Create the staging table and fill it with rows in the order of `COLUMNS`."""
    session.execute(text(_CREATE))
    connection = session.connection().connection.driver_connection
    if connection is None:
        raise RuntimeError("the session has no connection")
    with connection.cursor() as cursor, cursor.copy(f"COPY staging ({', '.join(COLUMNS)}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)
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
        for statement in (_KEEP_OTHERS, _REMEMBER_IDS, _BOOK_PENDING):
            session.execute(statement, parameters)
    session.execute(_INSERT, parameters)


def statuses(session: Session, numbers: list[int]) -> dict[int, str]:
    """Entry number -> status."""
    rows = session.execute(text("SELECT n, status FROM staging WHERE n = ANY(:numbers)"), {"numbers": numbers})
    return {row[0]: row[1] for row in rows}
