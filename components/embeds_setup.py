"""The parts of the page on embeds that follow the tenant's setup: its keys, and the code to paste."""

from __future__ import annotations

import json
from typing import Any

from components import ids
from components.elements import html
from components.format import Format
from components.parts import attributes
from core.i18n import _
from data.schemas.embeds import EmbedKey, NewEmbedKey

_SERVER = """import requests

@app.post("/embed-token")
def embed_token():
    # first make sure that whoever asks is signed in with you
    answer = requests.post("{host}/financial/embeds", json={body},
                           headers={{"Authorization": f"Bearer {{API_TOKEN}}"}}, timeout=5)
    answer.raise_for_status()
    return answer.json()["token"]"""


def key_list(keys: list[EmbedKey], fmt: Format) -> Any:
    """The live keys, each with the way to delete it."""
    if not keys:
        return html.P(_("There is no key yet. The first token makes one."), className="quiet")
    return html.Ul([_key(key, fmt) for key in keys], className="embeds-keys")


def _key(key: EmbedKey, fmt: Format) -> html.Li:
    delete = html.Button(_("Delete"), id=ids.delete_key(key.kid), type="button", className="button")
    made = _("made {date}", date=fmt.day(key.created_at.date()))
    return html.Li([html.Code(key.kid), html.Span(made, className="quiet"), delete])


def new_secret(key: NewEmbedKey) -> html.Div:
    """The secret of a new key, to be copied now."""
    return html.Div(
        [
            html.P(_("Copy the secret now: it is not shown again.")),
            html.Pre([html.Code(f"EMBED_KID={key.kid}\nEMBED_SECRET={key.secret}")]),
        ],
        className="banner banner-warning",
    )


def code(host: str, kid: str | None, body: dict[str, Any], origins: list[str]) -> list[Any]:
    """The snippet, what your server does, and the header that the frame is sent with."""
    url = f"{host}/embed/{body['view']}?k={kid or 'YOUR-KEY'}"
    snippet = (
        f'<div data-fd-embed="{url}" data-fd-token="/embed-token"></div>\n'
        f'<script src="{host}/assets/embed-host.js" defer></script>'
    )
    ancestors = " ".join(origins) or "'none'"
    policy = f"script-src {host}; frame-src {host}"
    text = json.dumps(body, ensure_ascii=False).replace("true", "True").replace("false", "False")
    return [
        _block(_("In your page"), snippet),
        _block(_("On your server (Python with Flask)"), _SERVER.format(host=host, body=text)),
        _block(_("The frame's header: who may show it"), f"Content-Security-Policy: frame-ancestors {ancestors}"),
        _block(_("If your page has a policy of its own, add"), f"Content-Security-Policy: {policy}"),
    ]


def _block(title: str, text: str) -> html.Div:
    copy = html.Button(
        _("Copy"),
        type="button",
        className="button",
        **attributes(data_copy=text, aria_label=_("Copy: {title}", title=title)),
    )
    head = html.Div([html.H3(title), copy], className="embeds-block-head")
    return html.Div([head, html.Pre(html.Code(text), tabIndex=0)], className="embeds-block")
