"""The frame of a tenant's books: its version and span, its categories, its tags."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pandas as pd
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from data.frames.base import fetch
from data.models.account import Account
from data.models.category import Category
from data.models.rollup import DailyRollup, Flow
from data.models.state import TenantState
from data.models.tag import Tag
from data.models.tenant import rates_version_column


@dataclass(frozen=True, slots=True)
class Span:
    """The tenant's version, the global rates' version, the first opening or booking day, and the newest booked day
    (None without any)."""

    version: int
    rates_version: int
    first: date | None
    newest: date | None


def read_span(session: Session) -> Span:
    """One statement, five index probes."""
    booked = DailyRollup.flow != Flow.PENDING
    version, rates_version, opening, first, newest = session.execute(
        select(
            TenantState.version,
            rates_version_column(),
            select(func.min(Account.opening_on)).scalar_subquery(),
            select(func.min(DailyRollup.booked_on)).where(booked).scalar_subquery(),
            select(func.max(DailyRollup.booked_on)).where(booked).scalar_subquery(),
        )
    ).one()
    days = [day for day in (opening, first) if day is not None]
    return Span(version, rates_version, min(days, default=None), newest)


def category_frame(session: Session) -> pd.DataFrame:
    """All categories: id (int64), name, parent_id (int or None), kind."""
    statement = select(Category.id, Category.name, Category.parent_id, Category.kind).order_by(Category.id)
    return fetch(session, statement, {"id": "int64", "name": "object", "parent_id": "object", "kind": "object"})


def tag_ids(session: Session, names: tuple[str, ...]) -> dict[str, int]:
    """The ids of the tags with these lower-case names; names that do not exist are left out."""
    rows = session.execute(select(func.lower(Tag.name), Tag.id).where(func.lower(Tag.name).in_(names)))
    return {row[0]: row[1] for row in rows}
