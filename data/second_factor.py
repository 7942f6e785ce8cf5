"""Authenticator apps and backup codes of people (global tables; open directory sessions)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from data.models.credential import BackupCode, SecondFactor


@dataclass(frozen=True, slots=True)
class Factor:
    """A person's second factor; it is asked for once it is confirmed."""

    sealed: bytes
    confirmed: bool
    backup_codes: int


def find(session: Session, person_id: int) -> Factor | None:
    """The person's second factor, None without one."""
    codes = select(func.count()).select_from(BackupCode).where(BackupCode.person_id == person_id).scalar_subquery()
    row = session.execute(
        select(SecondFactor.sealed, SecondFactor.confirmed_at, codes).where(SecondFactor.person_id == person_id)
    ).first()
    return None if row is None else Factor(row[0], row[1] is not None, row[2])


def begin(session: Session, person_id: int, sealed: bytes) -> None:
    """Note a secret that is still to be confirmed, instead of an earlier one."""
    remove(session, person_id)
    session.execute(insert(SecondFactor).values(person_id=person_id, sealed=sealed))


def seal_anew(session: Session, reseal: Callable[[int, bytes], bytes | None]) -> tuple[int, int]:
    """Give every secret the seal that `reseal` answers (None: it cannot be opened, and stays as it is).

    Answers how many changed, and how many cannot be opened.
    """
    rows = session.execute(select(SecondFactor.person_id, SecondFactor.sealed).with_for_update()).all()
    found = [(row.person_id, row.sealed, reseal(row.person_id, row.sealed)) for row in rows]
    changed = [(person_id, new) for person_id, old, new in found if new is not None and new != old]
    for person_id, new in changed:
        session.execute(update(SecondFactor).where(SecondFactor.person_id == person_id).values(sealed=new))
    return len(changed), sum(new is None for _, _, new in found)


def confirm(session: Session, person_id: int, now: datetime) -> None:
    """From now on the factor is asked for."""
    session.execute(update(SecondFactor).where(SecondFactor.person_id == person_id).values(confirmed_at=now))


def use_step(session: Session, person_id: int, step: int) -> bool:
    """Use the code of a time step up; False when it, or a later one, was used before (RFC 6238, section 5.2)."""
    used = session.execute(
        update(SecondFactor)
        .where(SecondFactor.person_id == person_id, SecondFactor.last_step < step)
        .values(last_step=step)
        .returning(SecondFactor.person_id),
        execution_options={"synchronize_session": False},
    )
    return used.first() is not None


def set_backup_codes(session: Session, person_id: int, hashes: Iterable[bytes]) -> None:
    """These codes instead of all earlier ones."""
    session.execute(delete(BackupCode).where(BackupCode.person_id == person_id))
    rows = [{"person_id": person_id, "code_hash": each} for each in hashes]
    session.execute(upsert(BackupCode).on_conflict_do_nothing(), rows)


def use_backup_code(session: Session, person_id: int, code_hash: bytes) -> bool:
    """Use a backup code up; False when it is none."""
    used = delete(BackupCode).where(BackupCode.person_id == person_id, BackupCode.code_hash == code_hash)
    found = session.execute(used.returning(BackupCode.person_id), execution_options={"synchronize_session": False})
    return found.first() is not None


def remove(session: Session, person_id: int) -> None:
    """The person signs in by password alone again."""
    session.execute(delete(BackupCode).where(BackupCode.person_id == person_id))
    session.execute(delete(SecondFactor).where(SecondFactor.person_id == person_id))
