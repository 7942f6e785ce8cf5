"""Refresh tokens in the directory: stored as hashes, used once, revoked by family."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.orm import Session

from data.directory import PersonInfo
from data.models.session import PersonSession
from data.models.token import RefreshToken


@dataclass(frozen=True, slots=True)
class Used:
    """What a refresh token that was used for the first time stood for."""

    family: str
    person_id: int
    tenant_id: int
    epoch: int


def store(
    session: Session, token_hash: bytes, family: str, person: PersonInfo, tenant_id: int, expires_at: datetime
) -> None:
    """Remember a token that was issued."""
    session.execute(
        insert(RefreshToken).values(
            token_hash=token_hash,
            family=family,
            person_id=person.id,
            tenant_id=tenant_id,
            epoch=person.epoch,
            expires_at=expires_at,
        )
    )


def use(session: Session, token_hash: bytes, now: datetime) -> Used | None:
    """Use a token up. None when it is unknown, expired or revoked; one that was used before ends its session."""
    row = session.scalars(select(RefreshToken).where(RefreshToken.token_hash == token_hash).with_for_update()).first()
    if row is None or row.revoked_at is not None or row.expires_at <= now:
        return None
    if row.used_at is not None:
        revoke_family(session, row.family, now)
        session.execute(delete(PersonSession).where(PersonSession.sid == row.family))
        return None
    row.used_at = now
    return Used(row.family, row.person_id, row.tenant_id, row.epoch)


def family_of(session: Session, token_hash: bytes, person_id: int) -> str | None:
    """The family of one of the person's tokens, None for an unknown one."""
    which = (RefreshToken.token_hash == token_hash, RefreshToken.person_id == person_id)
    return session.execute(select(RefreshToken.family).where(*which)).scalar_one_or_none()


def began_at(session: Session, family: str) -> datetime | None:
    """When the first token of a family was issued; None when one was revoked, and so all."""
    told = select(func.min(RefreshToken.created_at), func.count(RefreshToken.revoked_at))
    began, revoked = session.execute(told.where(RefreshToken.family == family)).one()
    return None if revoked else began


def revoke_family(session: Session, family: str, now: datetime) -> None:
    """End all tokens of a sign-in."""
    session.execute(
        update(RefreshToken)
        .where(RefreshToken.family == family, RefreshToken.revoked_at.is_(None))
        .values(revoked_at=now)
    )
