"""How sure the figures are: what could not be converted, and hints at what would make them better."""

from __future__ import annotations

from typing import Any

from components.context import Picture
from components.elements import html
from components.format import counted
from components.parts import icon
from core.i18n import NN_, _

_WORDS = {
    "uncategorised": NN_("transaction without a category", "transactions without a category"),
    "unmatched_transfers": NN_("transfer without its other side", "transfers without their other side"),
    "transfer_suggestions": NN_("possible transfer to confirm", "possible transfers to confirm"),
    "stale_accounts": NN_("account without news for 45 days", "accounts without news for 45 days"),
    "missing_rates": NN_("missing exchange rate", "missing exchange rates"),
    "suspected_duplicates": NN_("possible duplicate", "possible duplicates"),
    "review_entries": NN_("imported entry to review", "imported entries to review"),
    "unreconciled": NN_("account that differs from its statement", "accounts that differ from their statement"),
    "unknown_interest": NN_("loan payment with unknown interest", "loan payments with unknown interest"),
}


def hints(picture: Picture) -> list[str]:
    """What would make the figures surer, each with its count."""
    return [counted(hint.count, *_WORDS[hint.id], picture.fmt) for hint in picture.data.data_quality if hint.count]


def quality_line(picture: Picture) -> list[Any]:
    """One calm line of hints; a good word when there is nothing to mend."""
    found = hints(picture)
    if not found:
        return [icon("circle-check"), html.Span(_("Every booking is sorted and every account is up to date."))]
    items = html.Ul([html.Li(hint) for hint in found])
    return [icon("info-circle"), html.Span(f"{_('To make these figures surer')}: "), items]


def incomplete_banner(picture: Picture) -> html.Div | None:
    """What stays out of the totals because no exchange rate is known for it; None when all is in."""
    if picture.answer.complete:
        return None
    known = picture.answer.unconverted
    places = [counted(left.count, "booking or balance", "bookings and balances", picture.fmt) for left in known]
    items = [
        html.Li(
            [
                html.Span(picture.fmt.money(left.amount, left.currency), className="money strong"),
                f" {_('in {places}', places=place)}",
            ]
        )
        for left, place in zip(known, places, strict=True)
    ]
    said = _("These totals leave out money that could not be converted to {currency}:", currency=picture.currency)
    words = html.Div([html.P(said), html.Ul(items)])
    return html.Div([icon("alert-triangle"), words], className="banner banner-warning", role="status")
