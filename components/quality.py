"""How sure the figures are: what could not be converted, and hints at what would make them better."""

from __future__ import annotations

from typing import Any

from dash import html

from components.context import Picture
from components.format import counted
from components.parts import icon

_WORDS = {
    "uncategorised": ("transaction without a category", "transactions without a category"),
    "unmatched_transfers": ("transfer without its other side", "transfers without their other side"),
    "transfer_suggestions": ("possible transfer to confirm", "possible transfers to confirm"),
    "stale_accounts": ("account without news for 45 days", "accounts without news for 45 days"),
    "missing_rates": ("missing exchange rate", "missing exchange rates"),
    "suspected_duplicates": ("possible duplicate", "possible duplicates"),
    "review_entries": ("imported entry to review", "imported entries to review"),
    "unreconciled": ("account that differs from its statement", "accounts that differ from their statement"),
    "unknown_interest": ("loan payment with unknown interest", "loan payments with unknown interest"),
}


def quality_line(picture: Picture) -> list[Any]:
    """One calm line of hints; a good word when there is nothing to mend."""
    hints = [counted(hint.count, *_WORDS[hint.id], picture.fmt) for hint in picture.data.data_quality if hint.count]
    if not hints:
        return [icon("circle-check"), html.Span("Every booking is sorted and every account is up to date.")]
    items = html.Ul([html.Li(hint) for hint in hints])
    return [icon("info-circle"), html.Span("To make these figures surer: "), items]


def incomplete_banner(picture: Picture) -> html.Div | None:
    """What stays out of the totals because no exchange rate is known for it; None when all is in."""
    if picture.answer.complete:
        return None
    items = [
        html.Li(
            [
                html.Span(picture.fmt.money(left.amount, left.currency), className="money strong"),
                f" in {counted(left.count, 'booking or balance', 'bookings and balances', picture.fmt)}",
            ]
        )
        for left in picture.answer.unconverted
    ]
    said = f"These totals leave out money that could not be converted to {picture.currency}:"
    words = html.Div([html.P(said), html.Ul(items)])
    return html.Div([icon("alert-triangle"), words], className="banner banner-warning", role="status")
