"""All figures that can be explained, by the pattern of their ids."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final
from urllib.parse import unquote

from core.errors import NotFound
from data.reports.definitions import ACCOUNT, CATEGORY, KEY, SUMMARY, TRANSACTIONS, Row
from data.reports.definitions_budgets import BUDGET
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
_GROUP: Final = re.compile(
    r"^(transactions\.by_)(?:(?P<month>month\.[0-9]{4}-(?:0[1-9]|1[0-2]))|(?P<weekday>weekday\.[1-7])"
    r"|(?P<payee>payee\..+))\.(?=[a-z]+$)",
    re.DOTALL,
)


def find(figure_id: str) -> tuple[FigureDefinition, str]:
    """The definition of a figure and what its pattern leaves open (an id, a month, a weekday, a payee, or nothing);
    `NotFound`. A payee's name is percent-encoded (RFC 3986, section 2.1), as it may hold anything."""
    pattern, variable = figure_id, ""
    if found := _ID.match(figure_id):
        variable, pattern = found[2], f"{found[1]}.<id>.{figure_id[found.end() :]}"
    elif found := _GROUP.match(figure_id):
        name = str(found.lastgroup)
        variable = found[name].partition(".")[2]
        pattern = f"{found[1]}{name}.<{name}>.{figure_id[found.end() :]}"
    if pattern not in DEFINITIONS or pattern.count("<") != bool(variable):
        raise NotFound(f"There is no figure {figure_id[:80]}")
    return DEFINITIONS[pattern], unquote(variable)
