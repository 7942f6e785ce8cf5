"""A frame in another site: one answer for its view, under its lock. Only an embed token comes here (`web.embeds`)."""

from __future__ import annotations

from typing import Any

from dash import MATCH, ClientsideFunction, Dash, Input, Output

from components import ids
from components.context import Picture
from components.embed_frame import draw_view
from components.format import Format
from components.masking import MaskedFormat, masked
from components.query import View
from core.errors import Invalid
from core.period import Months
from data.schemas.dashboard import DashboardData, Envelope
from web.ask import ANSWERS
from web.embeds import REPORT_OF, ask_embed, current_embed

_LONGEST = 2_000


def show_view(query: Any, _version: Any = None) -> list[Any]:
    """The view of the frame's token for the query that its viewer chose. Raises what `web.embeds.ask_embed` raises."""
    if query is not None and (not isinstance(query, str) or len(query) > _LONGEST):
        raise Invalid.field("query", "must be a query string")
    embed, view = current_embed(), View.parse(query)
    grant, tenant = embed.grant, embed.tenant
    answer = _answer(view)
    accounts = _choices(view, answer)
    fmt = Format(grant.ui.locale or tenant.locale)
    if grant.allow.amounts == "masked":
        answer = _with(answer, masked(answer.data))
        fmt = MaskedFormat(fmt.name)
    picture = Picture(answer, fmt, Months(tenant.month_start), view)
    return draw_view(grant.view, picture, grant.allow, accounts)


def _answer(view: View) -> Envelope[DashboardData]:
    """The answer as if it were a whole dashboard's: what the token's report does not tell is empty."""
    name = REPORT_OF[current_embed().grant.view]
    envelope: Any = ANSWERS[name].model_validate_json(ask_embed(view.params).body)
    if name == "dashboard":
        whole: Envelope[DashboardData] = envelope
        return whole
    parts: dict[str, Any] = {"summary": None, "accounts": [], "transactions": None, "budgets": []}
    parts[name] = envelope.data
    return _with(envelope, DashboardData.model_construct(**parts, alerts=[], data_quality=[]))


def _with(envelope: Any, data: DashboardData) -> Envelope[DashboardData]:
    fields = {name: getattr(envelope, name) for name in type(envelope).model_fields}
    return Envelope[DashboardData].model_construct(**{**fields, "data": data})


def _choices(view: View, answer: Envelope[DashboardData]) -> list[tuple[str, str]]:
    """The accounts that the viewer may choose from: all under the lock, as the view without that filter has them."""
    if "account_id" not in current_embed().grant.allow.parameters():
        return []
    if "account_id" in view.params:
        rest = View(tuple(pair for pair in view.pairs if pair[0] != "account_id"))
        answer = _answer(rest)
    return [(account.id, account.name) for account in answer.data.accounts]


def register(app: Dash) -> None:
    """Tie the frames' callbacks to `app`: an embed token can call these and no others."""
    in_browser: Any = app.clientside_callback
    in_browser(ClientsideFunction("fd", "startQuery"), Output(ids.EMBED_QUERY, "data"), Input(ids.EMBED_CONTENT, "id"))
    app.callback(
        Output(ids.EMBED_CONTENT, "children"), Input(ids.EMBED_QUERY, "data"), Input(ids.EMBED_VERSION, "data")
    )(show_view)
    in_browser(
        ClientsideFunction("fd", "paint"),
        Output(ids.graph(MATCH), "figure"),
        Input(ids.figure(MATCH), "data"),
        Input(ids.THEME, "data"),
    )
