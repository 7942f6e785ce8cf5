"""The explanation of a figure follows its address."""

from __future__ import annotations

import logging
from typing import Any

from dash import Dash, Input, Output, ctx

from components import ids
from components.explanation import Story, explanation
from components.format import Format
from components.query import View
from components.states import failed, feature_off, refused
from core.errors import AppError, Invalid
from core.query import Query, single
from data.frames.resources import list_accounts
from data.reports.explain import explain_figure
from data.schemas.pages import LARGEST_LIMIT
from web.identity import current

log = logging.getLogger(__name__)
_ROWS = 50


def show_explanation(search: str | None) -> Any:
    """The page for the figure and the view in `search`. Raises what the report raises; `show_failure` draws that."""
    identity = current()
    identity.require_feature("dashboard")
    view = View.parse(search)
    params = view.params
    figure, cursor = single(params, "figure"), single(params, "cursor")
    if figure is None:
        raise Invalid("The address names no figure")
    asked = {name: values for name, values in params.items() if name not in ("figure", "cursor")}
    answer = explain_figure(identity.context, figure, Query.parse(asked), _ROWS, cursor)
    accounts = {account.id: account.name for account in list_accounts(identity.context, LARGEST_LIMIT).data}
    return explanation(Story(answer, Format(identity.tenant.locale), view, identity.tenant.name, accounts))


def show_failure(error: Exception) -> Any:
    """A calm page instead of the explanation; what is not the person's doing is logged."""
    view = View.parse(str(ctx.inputs.get(f"{ids.URL}.search") or ""))
    if isinstance(error, AppError) and error.code == "feature_disabled":
        return feature_off()
    if isinstance(error, AppError) and error.status < 500:
        return refused(error.detail)
    log.error("a figure could not be explained", exc_info=error)
    return failed("This is our mistake, not yours. Please try again in a moment.", f"explain{view.href}")


def register(app: Dash) -> None:
    app.callback(Output(ids.EXPLAIN, "children"), Input(ids.URL, "search"), on_error=show_failure)(show_explanation)
