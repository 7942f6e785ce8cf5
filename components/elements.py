"""Dash's elements of which a page has hundreds, made without Dash's checks of their properties, which take 15 times as
long as the making: a page is drawn anew whenever its books change. The tests draw all pages with the checks on.
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, Final

import dash.html
import dash_mantine_components as dmc
from dash import dcc
from dash.development.base_component import Component

if TYPE_CHECKING:
    from dash import html as html
    from dash.dcc import Link as Link
    from dash_mantine_components import Tooltip as Tooltip


def _init(element: Any, children: Any = None, **properties: Any) -> None:
    vars(element).update(properties)
    if children is not None:
        element.children = children


def _to_plotly_json(element: Any) -> dict[str, Any]:
    return {"props": vars(element).copy(), "type": element._type, "namespace": element._namespace}


def _quick(kind: type[Component], **required: str) -> type[Component]:
    """The same element, which holds nothing but the properties that it was given."""
    make: Any = kind
    same = {name: value for name, value in vars(make(**required)).items() if name not in required}
    same |= {"children": None, "__module__": kind.__module__, "__doc__": kind.__doc__}
    return type(kind.__name__, (kind,), {**same, "__init__": _init, "to_plotly_json": _to_plotly_json})


_HTML: Final = {name: _quick(getattr(dash.html, name)) for name in vars(dash.html)["__all__"]}
if not TYPE_CHECKING:
    html = SimpleNamespace(**_HTML)
    Link = _quick(dcc.Link, href="")
    Tooltip = _quick(dmc.Tooltip, label="")

QUICK: Final[tuple[Any, ...]] = (*_HTML.values(), Link, Tooltip)
"""All of them; each one's base is Dash's own."""
