"""`/financial/embeds`, `-keys`, `-settings`: figures in other sites; and what their frames ask for themselves."""

from __future__ import annotations

from html import escape

from flask import Blueprint, Response, g

from api import resource
from core.errors import Invalid, NotFound
from core.query import Query
from data.commands import embeds as commands
from data.reports import embeds as reports
from data.reports.opening import opened
from data.schemas.embeds import (
    EmbedIn,
    EmbedKey,
    EmbedOut,
    EmbedSettings,
    EmbedSettingsIn,
    EmbedState,
    NewEmbedKey,
)
from data.schemas.pages import Page
from web import embed_tokens
from web.embed_csv import csv_of
from web.embed_seats import EmbedStanding
from web.embeds import ask_embed, current_embed, installation, new_key, standing_of
from web.http import etag, if_match, nothing, parameters, read_json, reply
from web.identity import Identity, current
from web.json import dumps
from web.openapi import REPORT_PARAMETERS, operation
from web.state import state

blueprint = Blueprint("embeds", __name__)
_NEVER_STORED = {"Cache-Control": "no-store"}
_SNIPPET = """<div data-fd-embed="{url}" data-fd-token="/embed-token"></div>
<script src="{host}/assets/embed-host.js" defer></script>"""


@blueprint.post("/financial/embeds")
@operation(
    "A token for a view of the figures in another site",
    body=EmbedIn,
    returns=EmbedOut,
    status=201,
    errors=resource.POST_ERRORS,
)
def post_embed() -> Response:
    resource.only()
    identity, given = current(), read_json(EmbedIn)
    with opened(identity.context, Query().under(given.lock.lock())):
        pass  # NotFound for an account or category that is not there
    standing, kid = _signing_key(identity)
    now, tenant = state().clock(), identity.tenant
    registered = standing.place.origins
    origins = list(registered) if given.origins is None else given.origins
    unknown = sorted(set(origins) - set(registered))
    if unknown:
        raise Invalid.field("origins", f"not registered: {', '.join(unknown[:5])}", code="embed_origin")
    jti = embed_tokens.new_jti(state().settings.secret_key, tenant.id)
    token = embed_tokens.issue(tenant, standing.place.epoch, kid, standing.secrets[kid], given, origins, jti, now)
    if len(token) > embed_tokens.LONGEST:
        raise Invalid.field("lock", "is too long for a token: lock to fewer ids")
    host = installation()
    url = f"{host}/embed/{given.view}?k={kid}"
    snippet = _SNIPPET.format(url=escape(url), host=escape(host))
    answer = EmbedOut(token=token, url=url, expires_in=given.ttl, snippet=snippet, jti=jti)
    return reply(answer, 201, {**_NEVER_STORED, "Location": f"/financial/embeds/{jti}"})


def _signing_key(identity: Identity) -> tuple[EmbedStanding, str]:
    """The tenant's newest key that can be used; a first one is made when there is none."""
    standing = standing_of(identity.tenant.id)
    if standing is None or not standing.secrets:
        kid, _, sealed = new_key(identity.tenant.id)
        commands.ensure_embed_key(identity.context, kid, sealed)
        standing = standing_of(identity.tenant.id)
    if standing is None or not standing.secrets:
        raise Invalid("The embed keys were made under another SECRET_KEY: delete them", code="embed_keys_lost")
    return standing, list(standing.secrets)[-1]


@blueprint.delete("/financial/embeds/<jti>")
@operation("Take a token back, at once", status=204)
def remove_embed(jti: str) -> Response:
    resource.only()
    identity = current()
    if not embed_tokens.may_revoke(state().settings.secret_keys, identity.tenant.id, jti):
        raise NotFound("There is no such token")
    commands.revoke_embed(identity.context, jti, state().clock())
    return nothing()


@blueprint.post("/financial/embeds/revoke-all")
@operation("Take all tokens back, at once, by a new epoch", returns=EmbedSettings, errors=(409,))
def post_revoke_all() -> Response:
    resource.only()
    settings, version = commands.revoke_all_embeds(current().context)
    return reply(settings, headers={"ETag": etag(version)})


@blueprint.get("/financial/embed-settings")
@operation("The sites that may show embeds, and the epoch", returns=EmbedSettings)
def get_settings() -> Response:
    resource.only()
    settings, version = reports.get_embed_settings(current().context)
    return reply(settings, headers={"ETag": etag(version)})


@blueprint.put("/financial/embed-settings")
@operation(
    "Register exactly these sites",
    body=EmbedSettingsIn,
    returns=EmbedSettings,
    errors=(400, 412, 415),
    headers=resource.IF_MATCH,
)
def put_settings() -> Response:
    resource.only()
    settings, version = commands.set_embed_origins(current().context, read_json(EmbedSettingsIn).origins, if_match())
    return reply(settings, headers={"ETag": etag(version)})


@blueprint.get("/financial/embed-keys")
@operation("The live keys, without their secrets", returns=Page[EmbedKey], parameters=resource.PAGE_PARAMETERS)
def list_keys() -> Response:
    return resource.page(reports.list_embed_keys)


@blueprint.post("/financial/embed-keys")
@operation("Make a key; its secret is shown this once", returns=NewEmbedKey, status=201, errors=(409,))
def post_key() -> Response:
    resource.only()
    identity = current()
    kid, secret, sealed = new_key(identity.tenant.id)
    key, version = commands.add_embed_key(identity.context, kid, sealed)
    shown = NewEmbedKey(**key.model_dump(), secret=secret)
    g.repeated_body = dumps(key)  # a repeated request gets the key without its secret
    place = f"/financial/embed-keys/{kid}"
    return reply(shown, 201, {**_NEVER_STORED, "Location": place, "ETag": etag(version)})


@blueprint.get("/financial/embed-keys/<kid>")
@operation("One key, without its secret", returns=EmbedKey)
def get_key(kid: str) -> Response:
    resource.only()
    key, version = reports.get_embed_key(current().context, kid)
    return reply(key, headers={"ETag": etag(version)})


@blueprint.delete("/financial/embed-keys/<kid>")
@operation("Delete a key: its tokens are void at once", status=204)
def remove_key(kid: str) -> Response:
    resource.only()
    commands.delete_embed_key(current().context, kid)
    return nothing()


@blueprint.get("/embed/_version")
@operation("For frames: the version of the figures; an embed token in the header", returns=EmbedState)
def get_state() -> Response:
    embed = current_embed()
    embed.require_feature("dashboard")
    return reply(EmbedState(version=embed.standing.place.version), headers=_NEVER_STORED)


@blueprint.get("/embed/_export")
@operation(
    "For frames: the view as a CSV file, where the token allows it",
    returns={"type": "string"},
    parameters=REPORT_PARAMETERS,
)
def get_export() -> Response:
    grant = current_embed().grant
    return Response(
        csv_of(grant, ask_embed(parameters()).body),
        mimetype="text/csv",
        headers={**_NEVER_STORED, "Content-Disposition": f'attachment; filename="{grant.view}.csv"'},
    )
