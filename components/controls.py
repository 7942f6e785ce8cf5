"""Period, date range and filters: all of them links or inputs that change the address, nothing else."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import dash_mantine_components as dmc

from components import ids
from components.context import Picture
from components.elements import Link, html
from components.parts import icon, spoken
from components.query import PRESET_NAMES, View
from core.i18n import N_, _

_KINDS = {"account_id": N_("Account"), "category_id": N_("Category"), "tag": N_("Tag"), "currency": N_("Currency")}
_PICKER_LABELS = {
    "nextMonth": N_("Next month"),
    "previousMonth": N_("Previous month"),
    "nextYear": N_("Next year"),
    "previousYear": N_("Previous year"),
    "nextDecade": N_("Next ten years"),
    "previousDecade": N_("Previous ten years"),
}


def range_picker(name: str = ids.OVERVIEW_RANGE) -> dmc.DatePickerInput:
    """A picker for a range of the person's own; its value is set from the answer."""
    return dmc.DatePickerInput(
        id=name,
        type="range",
        label=_("Date range"),
        placeholder=_("Date range"),
        valueFormat=_("D MMM YYYY"),
        leftSection=icon("calendar"),
        leftSectionPointerEvents="none",
        ariaLabels={place: _(words) for place, words in _PICKER_LABELS.items()},
        size="sm",
        radius="md",
        allowSingleDateInRange=True,
        className="range",
        popoverProps={"position": "bottom-end", "shadow": "md"},
    )


def period_name(view: View) -> str:
    """The period of a view in words."""
    return _(PRESET_NAMES.get(view.preset, N_("Other period")) if view.preset else N_("Own range"))


def filter_name(kind: str) -> str:
    """What a filter of the address narrows, in words."""
    return _(_KINDS[kind]) if kind in _KINDS else kind


def preset_menu(view: View) -> html.Details:
    """The button with the period's name and its menu of presets, each a link that keeps the filters."""
    name = period_name(view)
    links = [html.Li(_preset(preset, _(text), view)) for preset, text in PRESET_NAMES.items()]
    summary = html.Summary([html.Span([spoken(f"{_('Period')}: "), name]), icon("chevron-down")], className="button")
    return html.Details([summary, html.Ul(links, className="sheet")], className="menu")


def _preset(preset: str, text: str, view: View) -> Link:
    mark = [icon("check"), spoken(_("shown now"))] if preset == view.preset else []
    return Link([html.Span(text), *mark], href=view.with_preset(preset).href, className="sheet-item")


def chips(view: View, picture: Picture | None = None, besides: Collection[str] = ()) -> list[Any]:
    """One chip for each filter in the address; its cross leads to the view without that filter. `besides` are
    parameters that are no filters."""
    names = _names(picture)
    return [
        html.Span(
            [
                html.Span(f"{filter_name(kind)}: {names.get((kind, value), value)}", className="chip-text"),
                Link([icon("x"), spoken(_("Remove this filter"))], href=view.without((kind, value)).href),
            ],
            className="chip",
        )
        for kind, value in view.filters
        if kind not in besides
    ]


def _names(picture: Picture | None) -> dict[tuple[str, str], str]:
    names = {("category_id", "none"): _("none")}
    if picture is not None:
        names |= {("account_id", account.id): account.name for account in picture.data.accounts}
        flows = picture.data.transactions.by_category
        names |= {("category_id", flow.category_id): flow.name for flow in flows if flow.category_id}
    return names
