"""Reading drawn components as people do: all their words, and all of one kind."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from dash.development.base_component import Component
from plotly.utils import PlotlyJSONEncoder


def walk(part: Any) -> Iterator[Any]:
    """Every component in `part`, outermost first."""
    if isinstance(part, Component):
        yield part
        yield from walk(getattr(part, "children", None))
    elif isinstance(part, list | tuple):
        for item in part:
            yield from walk(item)


def words(part: Any) -> str:
    """All text in `part`, in order."""
    if isinstance(part, str | int | float):
        return str(part)
    if isinstance(part, list | tuple):
        return " ".join(filter(None, (words(item) for item in part)))
    return words(getattr(part, "children", None)) if isinstance(part, Component) else ""


def with_class(part: Any, name: str) -> list[Any]:
    """The components whose class list holds `name`."""
    return [found for found in walk(part) if name in (getattr(found, "className", "") or "").split()]


def as_json(part: Any) -> Any:
    """What the browser gets."""
    return json.loads(json.dumps(part, cls=PlotlyJSONEncoder))
