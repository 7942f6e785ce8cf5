"""Sessions that ended, stored API tokens, signing keys: what each request's credential is held against (global tables).

Like `data.directory`, all functions take an open directory session.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import delete, insert, or_, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from core.errors import NotFound
from data.changes import QUIET
from data.models.credential import EndedSession
from data.models.tenant import Installation, Tenant
from data.models.token import ApiToken
from data.shapes import shaped

STORED: Final = "token:"
"""How the id of a stored token begins among the ids (`jti`) of all credentials."""
USED_AT_MOST_EVERY: Final = timedelta(minutes=1)
_KEYS_ROW: Final = "signing_keys"


@dataclass(frozen=True, slots=True)
class TokenInfo:
    """A stored API token; the token itself is not known to anybody but its holder."""

    id: int
    person_id: int
    tenant_id: int
    name: str
    scopes: tuple[str, ...]
    expires_on: date | None
    created_at: datetime
    last_used_at: datetime | None


def _token(row: ApiToken) -> TokenInfo:
    return shaped(TokenInfo, row, scopes=tuple(row.scopes))


def create_token(session: Session, values: Mapping[str, Any]) -> TokenInfo:
    """Store a token; `values` are columns of `api_tokens`."""
    return _token(session.scalars(insert(ApiToken).values(**values).returning(ApiToken)).one())


def find_token(session: Session, token_hash: bytes) -> tuple[TokenInfo, str] | None:
    """The token with this hash and its tenant's time zone; None when it is unknown or revoked."""
    row = session.execute(
        select(ApiToken, Tenant.timezone)
        .join(Tenant, Tenant.id == ApiToken.tenant_id)
        .where(ApiToken.token_hash == token_hash, ApiToken.revoked_at.is_(None))
    ).first()
    return None if row is None else (_token(row[0]), row[1])


def find_token_anywhere(session: Session, token_id: int | None, token_hash: bytes) -> tuple[int, int] | None:
    """The id and the tenant's id of a token that is not revoked, by its id or else by its hash."""
    which = ApiToken.token_hash == token_hash if token_id is None else ApiToken.id == token_id
    row = session.execute(select(ApiToken.id, ApiToken.tenant_id).where(which, ApiToken.revoked_at.is_(None))).first()
    return None if row is None else (row.id, row.tenant_id)


def tokens_of(session: Session, person_id: int, tenant_id: int) -> list[TokenInfo]:
    """The person's tokens for a tenant that are not revoked, oldest first."""
    rows = session.scalars(
        select(ApiToken)
        .where(ApiToken.person_id == person_id, ApiToken.tenant_id == tenant_id, ApiToken.revoked_at.is_(None))
        .order_by(ApiToken.id)
    )
    return [_token(row) for row in rows]


def revoke_token(session: Session, token_id: int, person_id: int | None, tenant_id: int, now: datetime) -> TokenInfo:
    """Revoke a token of the tenant (and person, unless None). `NotFound` when there is none, or not any more."""
    whose = [ApiToken.id == token_id, ApiToken.tenant_id == tenant_id, ApiToken.revoked_at.is_(None)]
    if person_id is not None:
        whose.append(ApiToken.person_id == person_id)
    row = session.scalars(update(ApiToken).where(*whose).values(revoked_at=now).returning(ApiToken)).first()
    if row is None:
        raise NotFound(f"There is no token {token_id}")
    return _token(row)


def note_use(session: Session, used: Mapping[int, datetime]) -> None:
    """Write when tokens were last used, each at most once a minute whatever the workers report."""
    for token_id, at in used.items():
        stale = or_(ApiToken.last_used_at.is_(None), ApiToken.last_used_at <= at - USED_AT_MOST_EVERY)
        session.execute(
            update(ApiToken).where(ApiToken.id == token_id, stale).values(last_used_at=at),
            execution_options={QUIET: True, "synchronize_session": False},
        )


def end_session(session: Session, jti: str, expires_at: datetime, now: datetime) -> None:
    """End one session or access token at once, on all servers. Those that expired anyway are forgotten."""
    old = select(EndedSession.jti).where(EndedSession.expires_at < now).with_for_update(skip_locked=True)
    session.execute(
        delete(EndedSession).where(EndedSession.jti.in_(old.scalar_subquery())),
        execution_options={"synchronize_session": False},
    )
    session.execute(upsert(EndedSession).values(jti=jti, expires_at=expires_at).on_conflict_do_nothing())


def has_ended(session: Session, jti: str) -> bool:
    """Whether this credential was signed out or revoked."""
    if jti.startswith(STORED):
        token_id = int(jti.removeprefix(STORED))
        alive = select(ApiToken.id).where(ApiToken.id == token_id, ApiToken.revoked_at.is_(None))
        return session.execute(alive).first() is None
    return session.execute(select(EndedSession.jti).where(EndedSession.jti == jti)).first() is not None


def key_salts(session: Session) -> tuple[str, ...]:
    """The salts of the live generations of signing keys, newest first; the first generation's is empty."""
    value = session.execute(select(Installation.value).where(Installation.name == _KEYS_ROW)).scalar_one_or_none()
    return tuple(value["salts"]) if value else ("",)


def set_key_salts(session: Session, salts: Sequence[str]) -> None:
    """Store which generations live from now on."""
    value = {"salts": list(salts)}
    statement = upsert(Installation).values(name=_KEYS_ROW, value=value)
    session.execute(statement.on_conflict_do_update(index_elements=["name"], set_={"value": value}))
