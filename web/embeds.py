"""Who asks in a frame of another site: an embed token, never a cookie. It opens its view, under its lock, no more."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from flask import g, request

from core.errors import Forbidden, NotFound, Unauthorized
from core.i18n import speak
from core.query import PARAMETERS, Query, refuse_unknown
from data.context import TenantContext
from data.directory import TenantInfo
from data.schemas.embeds import VIEWS
from web import embed_tokens
from web.ask import answer_of
from web.cache import Answer
from web.embed_seats import PURPOSE, EmbedStanding
from web.embed_tokens import Grant
from web.identity import books_of
from web.sealing import seal
from web.state import state

PREFIX: Final = "/embed/"
PROTECTED: Final = frozenset({"_dash-layout", "_dash-dependencies", "_dash-update-component", "_version", "_export"})
"""What a token is needed for; besides the shells and the suites of components there is nothing else."""
REPORT_OF: Final = {
    "dashboard": "dashboard",
    "summary": "summary",
    "accounts": "accounts",
    "transactions": "dashboard",
    "budgets": "budgets",
    "net-worth": "summary",
    "cash-flow": "dashboard",
    "categories": "dashboard",
}
"""View -> the report it is drawn from."""


@dataclass(frozen=True, slots=True)
class Embed:
    """A frame's request: what its token opens, and the books of its tenant."""

    grant: Grant
    standing: EmbedStanding
    context: TenantContext

    @property
    def tenant(self) -> TenantInfo:
        return self.standing.place.tenant

    def require_feature(self, name: str) -> None:
        """As `web.identity.Identity.require_feature`."""
        if not self.standing.place.features.get(name, True):
            raise NotFound(f"The {name} is switched off for this tenant", code="feature_disabled")


def current_embed() -> Embed:
    """The embed of this request; `Unauthorized` when it has none."""
    found = g.get("embed")
    if not isinstance(found, Embed):
        raise Unauthorized()
    return found


def standing_of(tenant_id: int) -> EmbedStanding | None:
    """The embeds of a tenant, None without such a tenant."""
    return state().embeds.standing(state().database, state().settings.secret_keys, tenant_id)


def new_key(tenant_id: int) -> tuple[str, str, bytes]:
    """A key for a tenant: its id, its secret, and the secret sealed for the database."""
    kid, secret = embed_tokens.new_kid(tenant_id), secrets.token_urlsafe(32)
    return kid, secret, seal(state().settings.secret_key, PURPOSE, secret.encode(), kid)


def installation() -> str:
    """The origin at which this installation is reached."""
    return (state().settings.public_url or request.host_url).rstrip("/")


def guard_embed() -> None:
    """Let shells and suites pass, give every other request its embed; what is not known is not there."""
    place = request.path.removeprefix(PREFIX)
    if place.startswith("_dash-component-suites/"):
        return
    if place in PROTECTED:
        g.embed = embed = authenticate_embed()
        speak(embed.grant.ui.locale or embed.tenant.locale)
    elif place in VIEWS:
        _open_shell(place)
    else:
        raise NotFound("There is no such view")


def authenticate_embed() -> Embed:
    """Read the token in the request's header and take its place; errors as `web.embed_tokens.read`."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        raise Unauthorized("An embed needs its token")
    grant, standing = embed_tokens.read(token.strip(), state().clock(), standing_of)
    _check_frame(grant)
    place = standing.place
    g.embed_tenant = place.tenant
    return Embed(grant, standing, books_of(place.tenant, f"embed:{grant.jti}"))


def _check_frame(grant: Grant) -> None:
    """The frame that asks must be the one that the token is for: what it says of itself must not differ."""
    kid = request.args.get("k") or request.headers.get("X-Embed-Key")
    if kid is not None and kid != grant.kid:
        raise Unauthorized("The token belongs to another key than the frame's address", code="invalid_token")
    view = request.headers.get("X-Embed-View", grant.view)
    if view != grant.view:
        raise Forbidden(f"The token is for the view {grant.view}", code="embed_view")
    host = request.headers.get("X-Embed-Host")
    if host is not None and grant.origins and host not in grant.origins:
        raise Forbidden("The token is not for the site that shows the frame", code="embed_origin")


def _open_shell(view: str) -> None:
    """A frame's empty page, for the sites that the tenant of its key has registered; `NotFound` without such a key."""
    kid = request.args.get("k")
    tenant_id = embed_tokens.tenant_of(kid)
    standing = standing_of(tenant_id) if tenant_id is not None else None
    if standing is None or kid not in standing.secrets:
        raise NotFound("There is no such embed")
    if "Authorization" in request.headers and authenticate_embed().grant.view != view:
        raise Forbidden("The token is for another view", code="embed_view")
    origins = list(standing.place.origins)
    if "preview" in request.args:  # the page where embeds are made shows them too, and only that page can frame them
        origins.append("'self'")
    g.frame_ancestors = " ".join(origins) or "'none'"
    g.embed_origins = standing.place.origins


def ask_embed(parameters: Mapping[str, Sequence[str]]) -> Answer:
    """The answer for the view of this request's token, to the query under its lock.

    `Forbidden` for a parameter that the viewer may not set; else as `web.ask.ask`.
    """
    embed = current_embed()
    embed.require_feature("dashboard")
    refuse_unknown(parameters, PARAMETERS)
    refused = sorted(set(parameters) - embed.grant.allow.parameters())
    if refused:
        raise Forbidden(f"This cannot be chosen here: {', '.join(refused)}", code="filter_not_allowed")
    query = Query.parse(parameters).under(embed.grant.lock)
    return answer_of(REPORT_OF[embed.grant.view], embed, query)
