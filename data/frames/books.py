"""The frame of a tenant's books: its version and span, its categories, its tags."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

import pandas as pd
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from data.frames.base import framed
from data.frames.driver import Select, rows
from data.models.tag import Tag
from data.models.tenant import RATES_VERSION
from data.schemas.common import CategoryKind


@dataclass(frozen=True, slots=True)
class Span:
    """The tenant's version, the global rates' version, the first opening or booking day, and the newest booked day
    (None without any)."""

    version: int
    rates_version: int
    first: date | None
    newest: date | None


_SPAN: Final = """
    SELECT s.version,
           coalesce((SELECT CAST(i.value ->> 'version' AS bigint) FROM installation i WHERE i.name = :rates), 0),
           (SELECT min(a.opening_on) FROM accounts a WHERE a.tenant_id = :tenant),
           (SELECT min(r.booked_on) FROM daily_rollup r WHERE r.tenant_id = :tenant AND r.flow <> 2),
           (SELECT max(r.booked_on) FROM daily_rollup r WHERE r.tenant_id = :tenant AND r.flow <> 2)
    FROM tenant_state s WHERE s.tenant_id = :tenant
"""
SPAN: Final = Select(_SPAN, {"rates": RATES_VERSION})
CATEGORIES: Final = Select("SELECT id, name, parent_id, kind FROM categories WHERE tenant_id = :tenant ORDER BY id", {})


def read_span(session: Session) -> Span:
    """One statement, five index probes."""
    ((version, rates_version, opening, first, newest),) = rows(session, *SPAN)
    days = [day for day in (opening, first) if day is not None]
    return Span(version, rates_version, min(days, default=None), newest)


def category_rows(session: Session) -> list[tuple[int, str, int | None, CategoryKind]]:
    """All categories: id, name, id of the parent, kind."""
    return rows(session, *CATEGORIES)


def category_frame(session: Session) -> pd.DataFrame:
    """The same as a frame: id (int64), name, parent_id (int or None), kind."""
    dtypes = {"id": "int64", "name": "object", "parent_id": "object", "kind": "object"}
    return framed(category_rows(session), dtypes)


def tag_ids(session: Session, names: tuple[str, ...]) -> dict[str, int]:
    """The ids of the tags with these lower-case names; names that do not exist are left out."""
    found = session.execute(select(func.lower(Tag.name), Tag.id).where(func.lower(Tag.name).in_(names)))
    return {row[0]: row[1] for row in found}
