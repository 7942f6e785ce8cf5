"""What the database refuses, in words: by SQLSTATE and the start of the constraint's name."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from sqlalchemy.exc import IntegrityError

from core.errors import Conflict, FieldError

_UNIQUE_VIOLATION: Final = "23505"
_FOREIGN_KEY_VIOLATION: Final = "23503"
_TAKEN: Final = {
    "uq_accounts_identifier": ("identifier", "identifier_taken", "another account has this identifier"),
    "uq_categories_name": ("name", "name_taken", "another category beside it has this name"),
    "uq_tags_name": ("name", "name_taken", "another tag has this name"),
    "uq_saved_views_name": ("name", "name_taken", "another of your views has this name"),
    "uq_tenant_rates_pair_day": ("date", "rate_taken", "there is a rate of this pair and day already"),
    "uq_transactions_external_id": (
        "external_id",
        "external_id_taken",
        "another transaction of the account has this bank id",
    ),
}


@contextmanager
def readable_conflicts() -> Iterator[None]:
    """Turn what a unique index or a foreign key refuses into a `Conflict` that names the field."""
    try:
        yield
    except IntegrityError as error:
        state = getattr(error.orig, "sqlstate", None)
        name = getattr(getattr(error.orig, "diag", None), "constraint_name", None) or ""
        # Prefixes: on Citus the names of a shard's constraints end in the shard's number.
        for prefix, (field, code, message) in _TAKEN.items():
            if state == _UNIQUE_VIOLATION and name.startswith(prefix):
                raise Conflict(f"{field}: {message}", code=code, errors=(FieldError(field, message),)) from error
        if state == _FOREIGN_KEY_VIOLATION:
            raise Conflict("Something still refers to this", code="in_use") from error
        raise
