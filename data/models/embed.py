"""embed_keys, embed_settings, revoked_embeds: how a tenant's figures may stand in other sites."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import LargeBinary, Text, func
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from data.models.base import Base, TenantOwned


class EmbedKey(TenantOwned, Base):
    """A key that signs embed tokens. Its secret is stored sealed (`web.sealing`): HS256 needs it back."""

    __tablename__ = "embed_keys"

    kid: Mapped[str] = mapped_column(primary_key=True)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    created_by: Mapped[str]
    created_version: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class EmbedSettings(TenantOwned, Base):
    """The sites that may show embeds, and the epoch: tokens of an earlier one are void."""

    __tablename__ = "embed_settings"

    origins: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}")
    epoch: Mapped[int] = mapped_column(server_default="0")
    updated_version: Mapped[int]


class RevokedEmbed(TenantOwned, Base):
    """A token that was taken back, kept until it would have expired in any case."""

    __tablename__ = "revoked_embeds"

    jti: Mapped[str] = mapped_column(primary_key=True)
    revoked_at: Mapped[datetime] = mapped_column(server_default=func.now())
