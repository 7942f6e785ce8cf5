"""What a frame's viewer may choose: buttons that `assets/embed-frame.js` answers; the server refuses all else."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from components.context import Picture
from components.controls import filter_name, period_name
from components.elements import html
from components.parts import attributes, icon, spoken
from components.query import PRESET_NAMES, View
from core.i18n import _
from data.schemas.embeds import EmbedAllow


def controls(picture: Picture, allow: EmbedAllow, accounts: Sequence[tuple[str, str]]) -> Any:
    """The row above the figures; None where there is nothing to choose."""
    view, may = picture.view, allow.parameters()
    parts = [
        _periods(view) if "period" in may else None,
        _accounts(view, accounts) if "account_id" in may and len(accounts) > 1 else None,
        *_chips(picture),
        _download() if allow.export else None,
    ]
    shown = [part for part in parts if part is not None]
    return html.Div(shown, className="embed-controls") if shown else None


def _set(view: View) -> dict[str, Any]:
    """The attribute that makes a button lead to `view`."""
    found: dict[str, Any] = attributes(data_query=urlencode(view.pairs))
    return found


def _menu(summary: list[Any], items: list[tuple[str, View, bool]]) -> html.Details:
    entries = [
        html.Li(
            html.Button(
                [html.Span(text), *([icon("check"), spoken(_("shown now"))] if shown else [])],
                type="button",
                className="sheet-item",
                **_set(view),
            )
        )
        for text, view, shown in items
    ]
    head = html.Summary([html.Span(summary), icon("chevron-down")], className="button")
    return html.Details([head, html.Ul(entries, className="sheet")], className="menu")


def _periods(view: View) -> html.Details:
    items = [(_(text), view.with_preset(preset), preset == view.preset) for preset, text in PRESET_NAMES.items()]
    return _menu([spoken(f"{_('Period')}: "), period_name(view)], items)


def _accounts(view: View, accounts: Sequence[tuple[str, str]]) -> html.Details:
    chosen = {value for name, value in view.pairs if name == "account_id"}
    rest = tuple(pair for pair in view.pairs if pair[0] != "account_id")
    items = [(_("All accounts"), View(rest), not chosen)]
    items += [(name, View((*rest, ("account_id", key))), key in chosen) for key, name in accounts]
    return _menu([spoken(f"{_('Account')}: "), _("Accounts")], items)


def _chips(picture: Picture) -> list[html.Span]:
    names = {("account_id", account.id): account.name for account in picture.data.accounts}
    flows = picture.data.transactions.by_category if picture.data.transactions else []
    names |= {("category_id", flow.category_id): flow.name for flow in flows if flow.category_id}
    return [
        html.Span(
            [
                html.Span(f"{filter_name(kind)}: {names.get((kind, value), value)}", className="chip-text"),
                html.Button(
                    [icon("x"), spoken(_("Remove this filter"))],
                    type="button",
                    className="chip-cross",
                    **_set(picture.view.without((kind, value))),
                ),
            ],
            className="chip",
        )
        for kind, value in picture.view.filters
    ]


def _download() -> html.Button:
    return html.Button(
        [icon("download"), _("Download")],
        type="button",
        className="button embed-download",
        **attributes(data_export="csv"),
    )
