"""How a tenant wants its lines categorised: whether to learn, how sure to be, which category a group of codes is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from data.classify import mcc
from data.models.category import Category
from data.models.learning import CategoryLearning, MccLink

DEFAULT_CONFIDENCE: Final = 0.9


@dataclass(frozen=True, slots=True)
class Wishes:
    """`links`: group of merchant category codes -> category, where the tenant said so; `groups`: where it is known."""

    learn: bool
    min_confidence: float
    links: dict[str, int]
    groups: dict[str, int]


def read_wishes(session: Session) -> Wishes:
    """The tenant's settings, or the defaults."""
    row = session.scalars(select(CategoryLearning)).first()
    links = {link.mcc_group: link.category_id for link in session.scalars(select(MccLink))}
    named = [(found[0], found[1]) for found in session.execute(select(Category.id, Category.name))]
    return Wishes(
        learn=row.learn if row else True,
        min_confidence=round(row.min_confidence, 4) if row else DEFAULT_CONFIDENCE,
        links=links,
        groups=mcc.choose(named, links),
    )
