"""How often something about sign-in was tried lately, for all servers together (a global table).

A window begins with the first try and has a fixed end, which later tries do not move: nobody can keep somebody else
locked out by trying on and on.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import case, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from data.models.credential import Attempt

WINDOW: Final = timedelta(minutes=15)
_SWEPT: Final = 100
"""So many old rows are swept away each time: more than come."""


def add(session: Session, limits: Mapping[bytes, int], now: datetime, window: timedelta = WINDOW) -> int:
    """Count one more try for each subject; how many seconds to wait, 0 if none is beyond its limit."""
    old = select(Attempt.subject).where(Attempt.ends_at <= now).limit(_SWEPT).with_for_update(skip_locked=True)
    session.execute(
        delete(Attempt).where(Attempt.subject.in_(old.scalar_subquery())),
        execution_options={"synchronize_session": False},
    )
    wait = 0
    for subject in sorted(limits):  # in one order, or two requests could wait for each other
        statement = insert(Attempt).values(subject=subject, count=1, ends_at=now + window)
        over = Attempt.ends_at <= now
        count, ends_at = session.execute(
            statement.on_conflict_do_update(
                index_elements=["subject"],
                set_={
                    "count": case((over, 1), else_=Attempt.count + 1),
                    "ends_at": case((over, statement.excluded.ends_at), else_=Attempt.ends_at),
                },
            ).returning(Attempt.count, Attempt.ends_at)
        ).one()
        if count > limits[subject]:
            wait = max(wait, int((ends_at - now).total_seconds()) + 1)
    return wait


def has(session: Session, subject: bytes, now: datetime) -> bool:
    """Whether the subject is remembered."""
    found = select(Attempt.subject).where(Attempt.subject == subject, Attempt.ends_at > now)
    return session.execute(found).first() is not None


def take_back(session: Session, subjects: Iterable[bytes]) -> None:
    """Uncount one try of each subject: it succeeded."""
    for subject in sorted(subjects):
        session.execute(
            update(Attempt).where(Attempt.subject == subject).values(count=func.greatest(Attempt.count - 1, 0)),
            execution_options={"synchronize_session": False},
        )


def forget(session: Session, subject: bytes) -> None:
    """Begin anew with this subject."""
    session.execute(delete(Attempt).where(Attempt.subject == subject))


def remember(session: Session, subject: bytes, until: datetime) -> None:
    """Keep the subject in mind till then."""
    statement = insert(Attempt).values(subject=subject, count=1, ends_at=until)
    session.execute(statement.on_conflict_do_update(index_elements=["subject"], set_={"ends_at": until}))
