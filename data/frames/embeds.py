"""What decides about a tenant's embeds: keys, sites, epoch, tokens taken back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from data import directory
from data.changes import directory_version
from data.directory import TenantInfo
from data.models.embed import EmbedKey, EmbedSettings, RevokedEmbed
from data.models.state import TenantState
from data.models.tenant import Installation, rates_version_column


@dataclass(frozen=True, slots=True)
class EmbedPlace:
    """A tenant as its embeds stand on it, at one moment. `keys`: kid -> sealed secret, the newest last. `features`
    hold the installation's flags too (what is not named is on)."""

    tenant: TenantInfo
    version: int
    features: dict[str, bool]
    rates_version: int
    directory: int
    keys: dict[str, bytes]
    origins: tuple[str, ...]
    epoch: int
    revoked: frozenset[str]


def embed_keys(session: Session) -> Sequence[EmbedKey]:
    """The tenant's keys, the oldest first."""
    return session.scalars(select(EmbedKey).order_by(EmbedKey.created_version, EmbedKey.kid)).all()


def embed_settings(session: Session) -> EmbedSettings | None:
    """The tenant's row of settings; None until something was set."""
    return session.scalars(select(EmbedSettings)).first()


def read_place(session: Session, tenant_id: int) -> EmbedPlace | None:
    """Everything a token of this tenant is held against, None without the tenant. For `Database.directory_of`."""
    tenant = directory.find_tenant_by_id(session, tenant_id)
    row = session.execute(
        select(TenantState.version, Installation.value, rates_version_column(), directory_version())
        .outerjoin(Installation, Installation.name == "features")
        .where(TenantState.tenant_id == tenant_id)
    ).first()
    if tenant is None or row is None:
        return None
    version, flags, rates_version, directory_now = row
    settings = embed_settings(session)
    return EmbedPlace(
        tenant=tenant,
        version=version,
        features={**(flags or {}), **tenant.features},
        rates_version=rates_version,
        directory=directory_now,
        keys={key.kid: key.sealed for key in embed_keys(session)},
        origins=tuple(settings.origins) if settings else (),
        epoch=settings.epoch if settings else 0,
        revoked=frozenset(session.scalars(select(RevokedEmbed.jti))),
    )
