"""Set up embeds, and take back what was issued.

Each but a new seal is a write of the tenant, so its version rises and every worker looks again at the next request.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from core.errors import Conflict, NotFound, PreconditionFailed
from data.commands.unit import Write, write
from data.context import TenantContext
from data.frames.embeds import embed_keys, embed_settings
from data.models import embed as models
from data.reports.embeds import key_record, settings_record
from data.schemas.embeds import LONGEST_TTL, EmbedKey, EmbedSettings

MOST_KEYS: Final = 2
_KEPT: Final = timedelta(seconds=LONGEST_TTL) + timedelta(hours=1)
"""A token taken back so long ago has expired, whatever the clocks of the servers say."""


def add_embed_key(context: TenantContext, kid: str, sealed: bytes) -> tuple[EmbedKey, int]:
    """Add a key; `Conflict` (embed_keys_full) when two are live."""
    with write(context) as unit:
        if len(embed_keys(unit.session)) >= MOST_KEYS:
            raise Conflict("Two keys are live: delete one first", code="embed_keys_full")
        return _add(unit, kid, sealed)


def ensure_embed_key(context: TenantContext, kid: str, sealed: bytes) -> str:
    """The newest key's id, after adding this key if there was none."""
    with write(context) as unit:
        rows = embed_keys(unit.session)
        if rows:
            unit.discard = True
            return rows[-1].kid
        return _add(unit, kid, sealed)[0].kid


def _add(unit: Write, kid: str, sealed: bytes) -> tuple[EmbedKey, int]:
    actor = unit.context.actor.name
    row = models.EmbedKey(
        tenant_id=unit.tenant_id, kid=kid, sealed=sealed, created_by=actor, created_version=unit.version
    )
    unit.session.add(row)
    unit.session.flush()
    unit.audit("create", "embed_key", None, after={"kid": kid})
    return key_record(row), row.created_version


def delete_embed_key(context: TenantContext, kid: str) -> None:
    """Remove a key: its tokens are void at once. `NotFound`."""
    with write(context) as unit:
        row = next((row for row in embed_keys(unit.session) if row.kid == kid), None)
        if row is None:
            raise NotFound("There is no such embed key")
        unit.session.delete(row)
        unit.audit("delete", "embed_key", None, before={"kid": kid})


def seal_keys_anew(context: TenantContext, reseal: Callable[[str, bytes], bytes | None]) -> tuple[int, int]:
    """Give every key the seal that `reseal` answers (None: it cannot be opened, and stays as it is).

    Answers how many changed, and how many cannot be opened. The secrets are the same, so the version stays.
    """
    with context.db.writing() as session:
        rows = session.scalars(select(models.EmbedKey).with_for_update()).all()
        found = [(row, reseal(row.kid, row.sealed)) for row in rows]
        changed = [(row, new) for row, new in found if new is not None and new != row.sealed]
        for row, new in changed:
            row.sealed = new
        return len(changed), sum(new is None for _, new in found)


def set_embed_origins(
    context: TenantContext, origins: list[str], if_match: int | None = None
) -> tuple[EmbedSettings, int]:
    """Register exactly these sites; tokens that name another one are refused from now on."""
    with write(context) as unit:
        row = _settings(unit, if_match)
        before, row.origins = list(row.origins), list(dict.fromkeys(origins))
        return _stored(unit, row, {"origins": before}, {"origins": row.origins})


def revoke_all_embeds(context: TenantContext) -> tuple[EmbedSettings, int]:
    """Begin a new epoch: every token issued before is void."""
    with write(context) as unit:
        row = _settings(unit, None)
        row.epoch += 1
        return _stored(unit, row, {"epoch": row.epoch - 1}, {"epoch": row.epoch})


def revoke_embed(context: TenantContext, jti: str, now: datetime) -> None:
    """Take one token back; again is the same as once."""
    with write(context) as unit:
        unit.session.execute(delete(models.RevokedEmbed).where(models.RevokedEmbed.revoked_at < now - _KEPT))
        unit.session.execute(
            insert(models.RevokedEmbed)
            .values(tenant_id=unit.tenant_id, jti=jti, revoked_at=now)
            .on_conflict_do_nothing()
        )
        unit.audit("revoke", "embed", None, after={"jti": jti})


def _settings(unit: Write, if_match: int | None) -> models.EmbedSettings:
    row = embed_settings(unit.session)
    if if_match is not None and if_match != (row.updated_version if row else 0):
        raise PreconditionFailed("The embed settings were changed in the meantime: read them again")
    if row is None:
        row = models.EmbedSettings(tenant_id=unit.tenant_id, origins=[], epoch=0, updated_version=unit.version)
        unit.session.add(row)
    return row


def _stored(
    unit: Write, row: models.EmbedSettings, before: dict[str, object], after: dict[str, object]
) -> tuple[EmbedSettings, int]:
    row.updated_version = unit.version
    unit.session.flush()
    unit.audit("update", "embed_settings", None, before, after)
    return settings_record(row)
