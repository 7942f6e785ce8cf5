"""The printable report of a period at `/report`."""

from __future__ import annotations

from components.elements import html
from components.report import report_skeleton

PATH, TITLE = "/report", "Report · Financial Dashboard"


def layout() -> html.Div:
    """The page's skeleton; the callback of `components.ids.REPORT` fills it."""
    return report_skeleton()
