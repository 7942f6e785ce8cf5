"""What a page shows when it could not be drawn: on every page the same words for the same mistake."""

from __future__ import annotations

import logging
from typing import Any

from dash import ctx

from components import ids
from components.query import View
from components.states import failed, feature_off, refused
from core.errors import AppError
from core.i18n import _
from web.refusals import told

log = logging.getLogger(__name__)


def asked() -> View:
    """The view whose callback failed."""
    return View.parse(str(ctx.inputs.get(f"{ids.URL}.search") or ""))


def stands(error: Exception, page: str) -> bool:
    """Whether what is on `page` stays: it was to be drawn again because the books changed, and that it could not is not
    the person's doing. Older figures are better than none."""
    if ctx.triggered_id != ids.LIVE or (isinstance(error, AppError) and error.status < 500):
        return False
    log.warning("%s could not be drawn again: %s", page, error)
    return True


def failure_state(error: Exception, page: str, again: str, home: str, back: str | None = None) -> Any:
    """A calm state in place of `page`, with the address to ask for again, or the one of a view that is there, which
    `back` names. What is not the person's doing is logged."""
    if isinstance(error, AppError) and error.code == "feature_disabled":
        return feature_off()
    if isinstance(error, AppError) and error.status in (403, 404, 422):
        return refused(told(error), home, back)
    if isinstance(error, AppError) and error.status < 500:
        return failed(told(error), again)
    log.error("%s could not be drawn", page, exc_info=error)
    return failed(_("This is our mistake, not yours. Please try again in a moment."), again)
