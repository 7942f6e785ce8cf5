"""`/financial/embed-keys` and `/financial/embed-settings`: what a tenant has set up for its embeds."""

from __future__ import annotations

from core.errors import NotFound
from data.context import TenantContext
from data.frames import embeds as frames
from data.frames.accounts import account_frame
from data.frames.books import category_frame
from data.frames.resources import paged, tenant_version
from data.models import embed as models
from data.schemas.embeds import EmbedKey, EmbedSettings
from data.schemas.pages import DEFAULT_LIMIT, Page, read_cursor


def key_record(row: models.EmbedKey) -> EmbedKey:
    """A key as the API shows it: never its secret."""
    return EmbedKey(id=row.kid, kid=row.kid, created_by=row.created_by, created_at=row.created_at)


def list_embed_keys(context: TenantContext, limit: int = DEFAULT_LIMIT, cursor: str | None = None) -> Page[EmbedKey]:
    """The live keys, the oldest first; two at most."""
    resource = context.list_name("embed-keys")
    after = ("", "") if cursor is None else tuple(read_cursor(resource, cursor, str, str))
    with context.db.reading() as session:
        keys = [each for each in map(key_record, frames.embed_keys(session)) if _place(each) > after]
        return paged(resource, keys, limit, tenant_version(session), lambda place: _place(keys[place]))


def _place(key: EmbedKey) -> tuple[str, str]:
    return key.created_at.isoformat(), key.kid


def get_embed_key(context: TenantContext, kid: str) -> tuple[EmbedKey, int]:
    """One key and its version; `NotFound`."""
    with context.db.reading() as session:
        row = next((row for row in frames.embed_keys(session) if row.kid == kid), None)
        if row is None:
            raise NotFound("There is no such embed key")
        return key_record(row), row.created_version


def get_embed_settings(context: TenantContext) -> tuple[EmbedSettings, int]:
    """The registered sites and the epoch, with the version at which they last changed."""
    with context.db.reading() as session:
        return settings_record(frames.embed_settings(session))


def settings_record(row: models.EmbedSettings | None) -> tuple[EmbedSettings, int]:
    """The settings as the API shows them."""
    if row is None:
        return EmbedSettings(origins=[], epoch=0), 0
    return EmbedSettings(origins=row.origins, epoch=row.epoch), row.updated_version


def embed_choices(context: TenantContext) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """What an embed can be locked to: accounts and categories as (id, name), children behind their parents."""
    with context.db.reading() as session:
        accounts, categories = account_frame(session), category_frame(session)
    names = dict(zip(categories["id"].tolist(), categories["name"].tolist(), strict=True))
    paths = sorted(
        (f"{names[int(parent)]} › {names[own]}" if parent is not None else names[own], str(own))
        for own, parent in zip(categories["id"].tolist(), categories["parent_id"].tolist(), strict=True)
    )
    return (
        [(str(own), name) for own, name in zip(accounts["id"].tolist(), accounts["name"].tolist(), strict=True)],
        [(own, path) for path, own in paths],
    )
