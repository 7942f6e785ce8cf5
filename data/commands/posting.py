"""Stores new transactions: one INSERT from one JSON document, which costs a fifth of as many rows of parameters."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

import orjson
from sqlalchemy import Dialect, TextClause, text
from sqlalchemy.orm import Session

from data.commands.conflicts import readable_conflicts
from data.models.transaction import Transaction


def insert_rows(session: Session, rows: Sequence[dict[str, Any]]) -> list[int]:
    """Store rows that all have the same columns; their ids in the same order.

    What the bank's line was (account_id, fingerprint, occurrence) tells which id is whose: an INSERT promises no order.
    """
    if not rows:
        return []
    document = orjson.dumps(rows, default=_hexadecimal).decode()
    with readable_conflicts():
        found = session.execute(_statement(tuple(rows[0]), session.connection().dialect), {"rows": document}).all()
    ids = {(line[0], bytes(line[1]), line[2]): line[3] for line in found}
    return [ids[each["account_id"], each["fingerprint"], each["occurrence"]] for each in rows]


@cache
def _statement(names: tuple[str, ...], written: Dialect) -> TextClause:
    """INSERT of these columns, with the types that the table gives them."""
    table = Transaction.__table__
    typed = ", ".join(f"{name} {table.c[name].type.compile(dialect=written)}" for name in names)
    columns = ", ".join(names)
    return text(
        f"""
        INSERT INTO transactions ({columns})
        SELECT {columns} FROM json_to_recordset(CAST(:rows AS json)) AS new({typed})
        RETURNING account_id, fingerprint, occurrence, id
        """  # noqa: S608 - names and types are those of the table  # nosec B608
    )


def _hexadecimal(value: bytes) -> str:
    """Bytes as PostgreSQL reads them from text."""
    return "\\x" + value.hex()
