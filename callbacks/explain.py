"""The explanation of a figure follows its address."""

from __future__ import annotations

from typing import Any

from dash import Dash, Input, Output, no_update

from callbacks.failures import asked, failure_state, stands
from components import ids
from components.explanation import Story, explanation
from components.format import Format
from components.query import View
from core.errors import Invalid
from core.query import Query, single
from data.frames.resources import list_accounts
from data.reports.explain import explain_figure
from data.schemas.pages import LARGEST_LIMIT
from web.identity import current
from web.language import spoken_locale

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
    return explanation(
        Story(answer, Format(spoken_locale(identity.tenant.locale)), view, identity.tenant.name, accounts)
    )


def follow_explanation(search: str | None, _live: Any) -> Any:
    """The page for its address, or the page again because the books changed."""
    return show_explanation(search)


def show_failure(error: Exception) -> Any:
    """A calm page instead of the explanation, or what stands already."""
    if stands(error, "an explanation"):
        return no_update
    return failure_state(error, "an explanation", f"/explain{asked().href}", "/")


def register(app: Dash) -> None:
    inputs = [Input(ids.URL, "search"), Input(ids.LIVE, "data")]
    app.callback(Output(ids.EXPLAIN, "children"), inputs, on_error=show_failure)(follow_explanation)
