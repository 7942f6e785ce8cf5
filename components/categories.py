"""Spending by category: sorted bars with the amount and the share beside each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from components.axes import height
from components.context import Picture
from components.elements import html
from components.format import counted
from components.parts import HIDDEN, about, attributes, data_table, money
from components.why import why
from core.i18n import N_, _
from core.money import format_amount, parse_amount
from data.schemas.dashboard import CategoryFlow

SHOWN = 8
UNNAMED = (N_("Uncategorised income"), N_("Uncategorised expenses"))
"""What reports call the flows that have no category."""
_OTHER = N_("Other")


def spending(picture: Picture) -> list[Any]:
    """The panel of expense categories; the ones after the eighth are added up as "Other"."""
    flows = sorted(
        (_named(flow) for flow in picture.data.transactions.by_category if flow.kind == "expense"),
        key=lambda flow: (-height(flow.amount), flow.name),
    )
    title, expenses = _("Spending by category"), picture.data.summary.expenses
    if not flows:
        return about(title, picture.span, _("Nothing was spent in this period."))
    rows = _folded(flows, picture)
    sentence = _sentence(rows[0], expenses, picture)
    heads = (_("Category"), _("Amount"), _("Share"), _("Bookings"))
    table = data_table(f"{title}, {picture.span}", heads, [_cells(flow, picture) for flow in flows])
    return [*about(title, picture.span, sentence), _bars(rows, picture), html.Div(table, className="panel-foot")]


def _named(flow: CategoryFlow) -> CategoryFlow:
    return flow if flow.category_id is not None else flow.model_copy(update={"name": _(flow.name)})


def _sentence(first: CategoryFlow, expenses: str | None, picture: Picture) -> str:
    if first.share is None or expenses is None:
        return _("You spent most on {name}: {amount}.", name=first.name, amount=picture.whole(first.amount))
    share, total = picture.fmt.percent(first.share), picture.whole(expenses)
    return _("You spent most on {name}: {share} of {total}.", name=first.name, share=share, total=total)


def _folded(flows: Sequence[CategoryFlow], picture: Picture) -> list[CategoryFlow]:
    rest = flows[SHOWN:]
    if len(rest) < 2:
        return list(flows)
    minor = sum(parse_amount(flow.amount, picture.currency) for flow in rest)
    shares = [flow.share for flow in rest]
    other = CategoryFlow(
        category_id=None,
        name=f"{_(_OTHER)}, {counted(len(rest), 'category', 'categories', picture.fmt)}",
        kind="expense",
        amount=format_amount(minor, picture.currency),
        count=sum(flow.count for flow in rest),
        share=None if None in shares else round(sum(share or 0.0 for share in shares), 4),
    )
    return [*flows[:SHOWN], other]


def _bars(rows: Sequence[CategoryFlow], picture: Picture) -> html.Ol:
    longest = max(height(flow.amount) for flow in rows) or 1.0
    return html.Ol([_bar(flow, longest, picture) for flow in rows], className="bars")


def _bar(flow: CategoryFlow, longest: float, picture: Picture) -> html.Li:
    width = max(0.0, height(flow.amount)) / longest * 100 if longest > 0 else 0.0
    fill = html.I(className="bar-fill", style={"width": f"{width:.2f}%"})
    known = attributes(data_category=flow.category_id)
    return html.Li(
        [
            html.Span(flow.name, className="bar-name drill", title=flow.name, **known),
            _amount(flow, picture),
            html.Span(picture.fmt.percent(flow.share), className="bar-share"),
            html.Span(fill, className="bar", **HIDDEN),
        ]
    )


def _amount(flow: CategoryFlow, picture: Picture) -> Any:
    shown = money(picture.whole(flow.amount), picture.exact(flow.amount), "bar-amount")
    if flow.category_id is None:
        several = flow.name.startswith(f"{_(_OTHER)}, ")
        return shown if several else why(shown, "summary.uncategorised.expenses", picture)
    return why(shown, f"category.{flow.category_id}.amount", picture)


def _cells(flow: CategoryFlow, picture: Picture) -> tuple[str, ...]:
    share = picture.fmt.percent(flow.share, 1)
    return flow.name, picture.exact(flow.amount), share, picture.fmt.count(flow.count)
