"""The database's refusals in the program's own words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from core.errors import Unavailable
from core.money import AmountOverflow

_CANCELLED = "57014"
_NOT_MIGRATED = frozenset({"42P01", "42703", "42704", "22023"})


@contextmanager
def readable_errors() -> Iterator[None]:
    """Turn a database that is away, or not migrated, into `Unavailable`, and a sum beyond bigint into `Invalid`."""
    try:
        yield
    except (OperationalError, InterfaceError, PoolTimeout, psycopg.OperationalError, psycopg.InterfaceError) as error:
        if getattr(getattr(error, "orig", error), "sqlstate", None) == _CANCELLED:
            raise Unavailable("The database took too long to answer", code="statement_timeout") from error
        raise Unavailable("The database cannot be reached", code="database_unavailable") from error
    except (DBAPIError, psycopg.Error) as error:
        state = getattr(getattr(error, "orig", error), "sqlstate", None)
        if state in _NOT_MIGRATED:
            raise Unavailable("The database is not migrated: run flask db upgrade", code="not_migrated") from error
        if state == "22003":
            raise AmountOverflow() from error
        raise
