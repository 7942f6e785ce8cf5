"""What the browser does itself: the parts of pages that scripts in `assets/` draw."""

from __future__ import annotations

from typing import Any

from dash import ClientsideFunction, Dash, Input, Output, State

from components import ids


def open_part(app: Dash, function: str, opened: str, *told: Input) -> None:
    """Call `fd.<function>` with what the callback told; what it answers goes to the store `opened`."""
    in_browser: Any = app.clientside_callback
    in_browser(ClientsideFunction("fd", function), Output(opened, "data"), *told)


def open_marks(app: Dash, *charts: str) -> None:
    """A click on a mark of a chart leads to the address that it carries."""
    in_browser: Any = app.clientside_callback
    clicks = [Input(ids.graph(chart), "clickData") for chart in charts]
    in_browser(ClientsideFunction("fd", "openMark"), *clicks, prevent_initial_call=True)


def open_range(app: Dash, picked: str, span: str) -> None:
    """Go to the range that is picked, unless it is the `span` that is shown."""
    in_browser: Any = app.clientside_callback
    in_browser(
        ClientsideFunction("fd", "openRange"), Input(picked, "value"), State(span, "data"), prevent_initial_call=True
    )
