"""What the database refuses, in words: by SQLSTATE and the start of the constraint's name (Citus adds a shard's id)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from sqlalchemy.exc import IntegrityError

from core.errors import Conflict

_UNIQUE_VIOLATION: Final = "23505"
_MESSAGES: Final = {
    "uq_transactions_external_id": (
        "external_id_taken",
        "A transaction with this external_id is in the account already",
    ),
}


@contextmanager
def readable_conflicts() -> Iterator[None]:
    """Turn a violated unique index into a `Conflict` that says which."""
    try:
        yield
    except IntegrityError as error:
        name = getattr(getattr(error.orig, "diag", None), "constraint_name", None) or ""
        if getattr(error.orig, "sqlstate", None) == _UNIQUE_VIOLATION:
            for prefix, (code, detail) in _MESSAGES.items():
                if name.startswith(prefix):
                    raise Conflict(detail, code=code) from error
        raise
