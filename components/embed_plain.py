"""Parts of the pages made fit for a frame: no links out of it, and nothing that needs the pages' own UI kit."""

from __future__ import annotations

from typing import Any

import dash_mantine_components as dmc
from dash import dcc
from dash.development.base_component import Component

from components.elements import html


def plain(part: Any) -> Any:
    """`part` with tooltips as titles, links and forms as text, without downloads; everything else as it is."""
    if isinstance(part, list | tuple):
        return [plain(each) for each in part]
    if not isinstance(part, Component):
        return part
    if "downloads" in (getattr(part, "className", None) or "").split():
        return None
    if hasattr(part, "children"):
        part.children = plain(part.children)
    if isinstance(part, dmc.Tooltip):
        return html.Span(part.children, title=part.label)
    if isinstance(part, html.A | dcc.Link | html.Form):
        return html.Span(part.children, className=getattr(part, "className", None) or "")
    return part
