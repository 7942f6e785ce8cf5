"""The page on embeds: its form becomes a request, its buttons set up sites and keys. For admins and owners alone."""

from __future__ import annotations

from typing import Any, Final

from dash import ALL, Dash, Input, Output, State, ctx, no_update

from callbacks.browser import open_part
from callbacks.page import spoken
from components import ids
from components.embeds import OTHER, READY, findings, no_rights
from components.embeds_setup import code, key_list, new_secret
from core.errors import AppError, Forbidden, Invalid
from core.i18n import _
from data.commands import embeds as commands
from data.reports import embeds as reports
from data.schemas.embeds import EmbedIn, EmbedSettingsIn, NewEmbedKey
from web import embed_check
from web.embeds import installation, new_key, standing_of
from web.http import validated
from web.identity import Identity, current
from web.refusals import told
from web.state import state

_FORM: Final = (
    ids.EMBEDS_VIEW,
    ids.EMBEDS_ACCOUNTS,
    ids.EMBEDS_CATEGORIES,
    ids.EMBEDS_FIRST,
    ids.EMBEDS_LAST,
    ids.EMBEDS_CURRENCY,
    ids.EMBEDS_FILTERS,
    ids.EMBEDS_ALLOW,
    ids.EMBEDS_THEME,
    ids.EMBEDS_LOCALE,
)


def _admin() -> Identity:
    identity = current()
    identity.require("admin")
    return identity


def show_page(_page: str | None) -> tuple[Any, ...]:
    """Who is here; for an admin what can be locked, the sites and the keys."""
    identity = current()
    name = identity.tenant.name
    if not identity.has_role("admin"):
        return name, OTHER, no_rights(), [], [], "", None
    accounts, categories = reports.embed_choices(identity.context)
    settings, _tag = reports.get_embed_settings(identity.context)
    keys = reports.list_embed_keys(identity.context).data
    return (
        name,
        READY,
        None,
        [{"value": own, "label": label} for own, label in accounts],
        [{"value": own, "label": label} for own, label in [("none", _("Uncategorised")), *categories]],
        "\n".join(settings.origins),
        key_list(keys, spoken(identity.tenant)),
    )


def compose(*form: Any) -> tuple[Any, Any, str]:
    """The request that the form says, the code for it, and what is wrong with it."""
    identity = current()
    if not identity.has_role("admin"):
        return no_update, no_update, ""
    try:
        given = validated(EmbedIn, _body(*form))
    except Invalid as error:
        return no_update, no_update, told(error)
    body = given.model_dump(mode="json", by_alias=True, exclude_unset=True)
    standing = standing_of(identity.tenant.id)
    kid = list(standing.secrets)[-1] if standing and standing.secrets else None
    origins = list(standing.place.origins) if standing else []
    return body, code(installation(), kid, body, origins), ""


def _body(
    view: Any,
    accounts: Any,
    categories: Any,
    first: Any,
    last: Any,
    currency: Any,
    filters: Any,
    allow: Any,
    theme: Any,
    locale: Any,
) -> dict[str, Any]:
    """The form's values as the API takes them; what is empty is left out."""
    lock = {"account_ids": accounts, "category_ids": categories, "from": first, "to": last, "currency": currency}
    may = allow or []
    return {
        "view": view,
        "lock": {name: value for name, value in lock.items() if value},
        "allow": {
            "filters": filters or [],
            "drill": "drill" in may,
            "export": "export" in may,
            "amounts": "masked" if "masked" in may else "full",
        },
        "ui": {"theme": theme, **({"locale": locale} if locale else {})},
    }


def save_sites(_clicks: int | None, text: str | None) -> tuple[str, Any]:
    """Register the sites as they stand in the field; what is wrong stays there, with the reason beside it."""
    origins = [line.strip() for line in (text or "").splitlines() if line.strip()]
    try:
        given = validated(EmbedSettingsIn, {"origins": origins})
        saved, _tag = commands.set_embed_origins(_admin().context, given.origins)
    except (Invalid, Forbidden) as error:
        return told(error), no_update
    return _("Saved."), "\n".join(saved.origins)


def revoke_all(_clicks: int | None) -> str:
    """End every token."""
    settings, _tag = commands.revoke_all_embeds(_admin().context)
    return _("Done: epoch {epoch}.", epoch=settings.epoch)


def change_keys(_made: int | None, _deleted: list[int | None]) -> tuple[Any, Any]:
    """Make a key, or delete the one whose button was pressed; the list afterwards."""
    identity, pressed = _admin(), ctx.triggered_id
    shown: Any = None
    try:
        if pressed == ids.EMBEDS_NEW_KEY:
            shown = new_secret(_make_key(identity))
        elif isinstance(pressed, dict) and any(_deleted):
            commands.delete_embed_key(identity.context, str(pressed["kid"]))
        else:
            return no_update, no_update
    except AppError as error:
        shown = told(error)
    keys = reports.list_embed_keys(identity.context).data
    return key_list(keys, spoken(identity.tenant)), shown


def _make_key(identity: Identity) -> NewEmbedKey:
    kid, secret, sealed = new_key(identity.tenant.id)
    key, _tag = commands.add_embed_key(identity.context, kid, sealed)
    return NewEmbedKey(**key.model_dump(), secret=secret)


def check(_clicks: int | None, address: str | None, headers: str | None, token: str | None) -> Any:
    """What the checker finds."""
    identity, now = _admin(), state().clock()
    settings, _tag = reports.get_embed_settings(identity.context)
    found = embed_check.check_site(address, settings.origins) if address else []
    found += embed_check.check_headers((headers or "")[:20_000], installation(), now)
    if token:
        # Only the tenant's own tokens: another's are as unknown as any text.
        own = identity.tenant.id
        found += embed_check.check_token(token, lambda tenant: standing_of(own) if tenant == own else None, now)
    return findings(found or [(False, _("Write the address of your page, or paste its headers or a token."))])


def register(app: Dash) -> None:
    app.callback(
        Output(ids.EMBEDS_EYEBROW, "children"),
        Output(ids.EMBEDS, "className"),
        Output(ids.EMBEDS_STATE, "children"),
        Output(ids.EMBEDS_ACCOUNTS, "data"),
        Output(ids.EMBEDS_CATEGORIES, "data"),
        Output(ids.EMBEDS_ORIGINS, "value"),
        Output(ids.EMBEDS_KEYS, "children"),
        Input(ids.EMBEDS, "id"),
    )(show_page)
    app.callback(
        Output(ids.EMBEDS_REQUEST, "data"),
        Output(ids.EMBEDS_CODE, "children"),
        Output(ids.EMBEDS_WRONG, "children"),
        *[Input(name, "value") for name in _FORM],
    )(compose)
    _register_setup(app)
    open_part(app, "showEmbed", ids.EMBEDS_SHOWN, Input(ids.EMBEDS_REQUEST, "data"))


def _register_setup(app: Dash) -> None:
    app.callback(
        Output(ids.EMBEDS_SAVED, "children"),
        Output(ids.EMBEDS_ORIGINS, "value", allow_duplicate=True),
        Input(ids.EMBEDS_SAVE, "n_clicks"),
        State(ids.EMBEDS_ORIGINS, "value"),
        prevent_initial_call=True,
    )(save_sites)
    app.callback(
        Output(ids.EMBEDS_REVOKED, "children"), Input(ids.EMBEDS_REVOKE, "n_clicks"), prevent_initial_call=True
    )(revoke_all)
    app.callback(
        Output(ids.EMBEDS_KEYS, "children", allow_duplicate=True),
        Output(ids.EMBEDS_MADE_KEY, "children"),
        Input(ids.EMBEDS_NEW_KEY, "n_clicks"),
        Input(ids.delete_key(ALL), "n_clicks"),
        prevent_initial_call=True,
    )(change_keys)
    app.callback(
        Output(ids.EMBEDS_FINDINGS, "children"),
        Input(ids.EMBEDS_CHECK, "n_clicks"),
        State(ids.EMBEDS_CHECK_SITE, "value"),
        State(ids.EMBEDS_CHECK_HEADERS, "value"),
        State(ids.EMBEDS_CHECK_JWT, "value"),
        prevent_initial_call=True,
    )(check)
