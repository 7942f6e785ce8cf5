"""Who people are at providers of identity (global table; open directory sessions)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from core.errors import Conflict
from data.models.identity import PersonIdentity
from data.shapes import shaped


@dataclass(frozen=True, slots=True)
class ProviderIdentity:
    """A person at a provider; `email` is the address it told, if any."""

    issuer: str
    subject: str
    email: str | None
    created_at: datetime


def person_with(session: Session, issuer: str, subject: str) -> int | None:
    """The id of the person whom the provider calls this, None when it is nobody here."""
    which = (PersonIdentity.issuer == issuer, PersonIdentity.subject == subject)
    return session.execute(select(PersonIdentity.person_id).where(*which)).scalar_one_or_none()


def identity_of(session: Session, person_id: int, issuer: str) -> ProviderIdentity | None:
    """Who the person is at this provider, None when not linked."""
    which = (PersonIdentity.person_id == person_id, PersonIdentity.issuer == issuer)
    row = session.scalars(select(PersonIdentity).where(*which)).first()
    return None if row is None else shaped(ProviderIdentity, row)


def add(session: Session, person_id: int, issuer: str, subject: str, email: str | None) -> None:
    """Link a person; `Conflict` when either side is linked already."""
    values = {"person_id": person_id, "issuer": issuer, "subject": subject, "email": email}
    try:
        session.execute(insert(PersonIdentity).values(**values))
    except IntegrityError as error:
        raise Conflict("This sign-in belongs to somebody here already, or you have another one") from error


def remove(session: Session, person_id: int, issuer: str) -> bool:
    """Forget who the person is at this provider; False when there was nothing to forget."""
    which = (PersonIdentity.person_id == person_id, PersonIdentity.issuer == issuer)
    removed = session.execute(delete(PersonIdentity).where(*which).returning(PersonIdentity.person_id))
    return removed.first() is not None
