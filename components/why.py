"""Figures that explain themselves: what one means on hover and focus, and the way to its explanation."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any, Final, Protocol
from urllib.parse import quote, urlencode

from components.elements import Link, Tooltip
from components.figure_words import meaning
from components.query import View
from data.schemas.figures import FigureDefinition

PATH: Final = "/explain"
_OPEN: Final = (
    (re.compile(r"^(account|category|budget)\.\d+\."), r"\1.<id>."),
    (re.compile(r"^(transactions\.by_(month|payee|weekday))\..+\."), r"\1.<\2>."),
)


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


def of_payee(name: str) -> str:
    """The figure of what was spent at a payee."""
    return f"transactions.by_payee.{quote(name, safe='')}.amount"


def mark_href(figure: str, picture: Explains, days: tuple[date, date] | None = None) -> str:
    """The address that a mark of a chart, or a row of its table, leads to, of these days or of the view's; empty where
    nothing is explained."""
    if not picture.definitions:
        return ""
    if days is None:
        return explain_href(figure, picture.view)
    span = (("from", days[0].isoformat()), ("to", days[1].isoformat()))
    return explain_href(figure, View((*span, *picture.view.filters)))


def linked(text: str, href: str) -> Any:
    """A text of a table as a plain link: a tool tip for each of hundreds would be slow to draw."""
    return Link(text, href=href, className="why") if href else text


def why(shown: Any, figure: str, picture: Explains) -> Any:
    """`shown`, as a link to what the figure is made of; unchanged where nothing is explained."""
    pattern = figure
    for expression, place in _OPEN:
        pattern = expression.sub(place, pattern)
    definition = picture.definitions.get(pattern)
    if definition is None:
        return shown
    return Tooltip(
        Link(shown, href=explain_href(figure, picture.view), className="why"),
        label=meaning(definition.definition),
        events={"hover": True, "focus": True, "touch": False},
        openDelay=300,
        boxWrapperProps={"display": "inline"},
        multiline=True,
        w=300,
        withArrow=True,
    )
