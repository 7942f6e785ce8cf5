"""Figures that explain themselves: what one means on hover and focus, and the way to its explanation."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final, Protocol
from urllib.parse import urlencode

import dash_mantine_components as dmc
from dash import dcc

from components.query import View
from data.schemas.figures import FigureDefinition

PATH: Final = "/explain"
_NUMBER: Final = re.compile(r"^(account|category|budget)\.\d+\.")
_MONTH: Final = re.compile(r"\.\d{4}-\d{2}\.")


class Explains(Protocol):
    """What a drawing knows of its figures: the view they are of, and what each means."""

    @property
    def view(self) -> View: ...

    @property
    def definitions(self) -> Mapping[str, FigureDefinition]: ...


def explain_href(figure: str, view: View) -> str:
    """The address of a figure's explanation in a view."""
    kept = [pair for pair in view.pairs if pair[0] not in ("figure", "cursor")]
    return f"{PATH}?{urlencode([('figure', figure), *kept])}"


def why(shown: Any, figure: str, picture: Explains) -> Any:
    """`shown`, as a link to what the figure is made of; unchanged where nothing is explained."""
    definition = picture.definitions.get(_MONTH.sub(".<month>.", _NUMBER.sub(r"\1.<id>.", figure)))
    if definition is None:
        return shown
    return dmc.Tooltip(
        dcc.Link(shown, href=explain_href(figure, picture.view), className="why"),
        label=definition.definition,
        events={"hover": True, "focus": True, "touch": False},
        openDelay=300,
        boxWrapperProps={"display": "inline"},
        multiline=True,
        w=300,
        withArrow=True,
    )
