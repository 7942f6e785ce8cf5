"""Period, date range and filters: all of them links or inputs that change the address, nothing else."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import dash_mantine_components as dmc
from dash import dcc, html

from components import ids
from components.context import Picture
from components.parts import icon, spoken
from components.query import PRESET_NAMES, View

_KINDS = {"account_id": "Account", "category_id": "Category", "tag": "Tag", "currency": "Currency"}
_PICKER_LABELS = {
    "nextMonth": "Next month",
    "previousMonth": "Previous month",
    "nextYear": "Next year",
    "previousYear": "Previous year",
    "nextDecade": "Next ten years",
    "previousDecade": "Previous ten years",
}


def range_picker(name: str = ids.OVERVIEW_RANGE) -> dmc.DatePickerInput:
    """A picker for a range of the person's own; its value is set from the answer."""
    return dmc.DatePickerInput(
        id=name,
        type="range",
        label="Date range",
        placeholder="Date range",
        valueFormat="D MMM YYYY",
        leftSection=icon("calendar"),
        leftSectionPointerEvents="none",
        ariaLabels=_PICKER_LABELS,
        size="sm",
        radius="md",
        allowSingleDateInRange=True,
        className="range",
        popoverProps={"position": "bottom-end", "shadow": "md"},
    )


def preset_menu(view: View) -> html.Details:
    """The button with the period's name and its menu of presets, each a link that keeps the filters."""
    name = PRESET_NAMES.get(view.preset, "Other period") if view.preset else "Own range"
    links = [html.Li(_preset(preset, text, view)) for preset, text in PRESET_NAMES.items()]
    summary = html.Summary([html.Span([spoken("Period: "), name]), icon("chevron-down")], className="button")
    return html.Details([summary, html.Ul(links, className="sheet")], className="menu")


def _preset(preset: str, text: str, view: View) -> dcc.Link:
    mark = [icon("check"), spoken("shown now")] if preset == view.preset else []
    return dcc.Link([html.Span(text), *mark], href=view.with_preset(preset).href, className="sheet-item")


def chips(view: View, picture: Picture | None = None, besides: Collection[str] = ()) -> list[Any]:
    """One chip for each filter in the address; its cross leads to the view without that filter. `besides` are
    parameters that are no filters."""
    names = _names(picture)
    return [
        html.Span(
            [
                html.Span(f"{_KINDS.get(kind, kind)}: {names.get((kind, value), value)}", className="chip-text"),
                dcc.Link([icon("x"), spoken("Remove this filter")], href=view.without((kind, value)).href),
            ],
            className="chip",
        )
        for kind, value in view.filters
        if kind not in besides
    ]


def _names(picture: Picture | None) -> dict[tuple[str, str], str]:
    names = {("category_id", "none"): "none"}
    if picture is not None:
        names |= {("account_id", account.id): account.name for account in picture.data.accounts}
        flows = picture.data.transactions.by_category
        names |= {("category_id", flow.category_id): flow.name for flow in flows if flow.category_id}
    return names
