"""All figures that can be explained, by the pattern of their ids."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from core.errors import NotFound
from data.reports.definitions import ACCOUNT, BUDGET, CATEGORY, KEY, SUMMARY, TRANSACTIONS, Row
from data.schemas.figures import FigureDefinition

_NOUNS: Final = (
    ("summary", KEY + SUMMARY),
    ("account.<id>", ACCOUNT),
    ("category.<id>", CATEGORY),
    ("transactions", TRANSACTIONS),
    ("budget.<id>", BUDGET),
)
_CHANGE: Final = "This period's figure less that of the period before."
_OF_RATES: Final = "(income - expenses) / income - (previous_income - previous_expenses) / previous_income"


def _rows() -> Iterator[tuple[str, Row]]:
    """Every figure's id pattern and what is said of it."""
    for noun, rows in _NOUNS:
        for row in rows:
            yield f"{noun}.{row[0]}", row
    for name, kind, unit, words, formula in KEY:
        yield f"summary.previous.{name}", (name, kind, unit, f"Of the period before: {words}", formula)
    for name, _, unit, _, _ in KEY:
        formula = _OF_RATES if unit == "ratio" else "now - before"
        yield f"summary.change.{name}", (name, "derived", unit, _CHANGE, formula)


DEFINITIONS: Final = {
    pattern: FigureDefinition(id=pattern, kind=kind, unit=unit, definition=words, formula=formula)
    for pattern, (_, kind, unit, words, formula) in _rows()
}
"""Id pattern -> what it means, in the order in which they are listed."""
_ID: Final = re.compile(r"^(account|category|budget)\.([1-9][0-9]{0,17})\.")
_MONTH: Final = re.compile(r"^(transactions\.by_month)\.([0-9]{4}-(?:0[1-9]|1[0-2]))\.")


def find(figure_id: str) -> tuple[FigureDefinition, str]:
    """The definition of a figure and what its pattern leaves open (an id, a month, or nothing); `NotFound`."""
    pattern, variable = figure_id, ""
    for expression, name in ((_ID, "<id>"), (_MONTH, "<month>")):
        if found := expression.match(figure_id):
            variable = found[2]
            pattern = f"{found[1]}.{name}.{figure_id[found.end() :]}"
    if pattern not in DEFINITIONS or pattern.count("<") != bool(variable):
        raise NotFound(f"There is no figure {figure_id[:80]}")
    return DEFINITIONS[pattern], variable
