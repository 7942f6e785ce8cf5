"""What net worth is made of: account types before and after, assets before liabilities."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Final

from components.accounts import type_name
from components.context import Picture
from components.elements import Link, html
from components.format import counted
from components.parts import HIDDEN, about, icon, scroll, spoken, unknown
from core.i18n import N_, _
from data.schemas.common import LIABILITY_TYPES
from data.schemas.net_worth import WorthPart, WorthStory

NO_RATE: Final = N_("No exchange rate is known for any of it.")
_HEADS: Final = (N_("Kind"), N_("Before"), N_("Change"), N_("Now"))


def by_type(picture: Picture, story: WorthStory) -> list[Any]:
    """The table of account types, assets before liabilities, each with its share of its side."""
    title = _("What it is made of")
    if not story.parts:
        return about(title, picture.span, _("No account is in net worth in this period."))
    body: list[Any] = []
    sides = ((_("Assets"), False), (_("Liabilities"), True))
    for name, owed in sides:
        own = [part for part in story.parts if (part.type in LIABILITY_TYPES) is owed]
        if own:
            whole = sum((Decimal(part.after or 0) for part in own), Decimal(0))
            body += [_side(name, own, picture), *(_part(part, whole, picture) for part in own)]
    head = html.Tr(
        [html.Th(_(each), scope="col", className="number" if place else "") for place, each in enumerate(_HEADS)]
    )
    table = html.Table([html.Caption(spoken(title)), html.Thead(head), html.Tbody(body)], className="table worth-types")
    number = counted(sum(part.accounts for part in story.parts), "account", "accounts", picture.fmt)
    days = _("{first} and {last}", first=picture.fmt.day(story.starts_on), last=picture.fmt.day(story.ends_on))
    link = Link([icon("wallet"), _("All accounts")], href=f"/accounts{picture.view.href}", className="button")
    return [
        *about(title, picture.span, _("{number} by kind, on {days}.", number=number, days=days)),
        scroll(table, title),
        html.P(link),
    ]


def _side(name: str, parts: Sequence[WorthPart], picture: Picture) -> html.Tr:
    cells = []
    for field in ("before", "change", "after"):
        known = [getattr(part, field) for part in parts]
        if None in known:
            cells.append(html.Td(unknown(_(NO_RATE)), className="number"))
        else:
            total = str(sum((Decimal(value) for value in known), Decimal(0)))
            shown = picture.exact(total, signed=field == "change")
            cells.append(html.Td(shown, className="number money"))
    return html.Tr([html.Th(name, scope="rowgroup"), *cells], className="worth-sum")


def _part(part: WorthPart, whole: Decimal, picture: Picture) -> html.Tr:
    share = max(0.0, min(1.0, float(Decimal(part.after or 0) / whole))) if whole else 0.0
    bar = html.Span(
        html.Span(className="worth-share", style={"width": f"{share:.1%}"}), className="worth-bar", **HIDDEN
    )
    said = spoken(f", {_('{share} of its side', share=picture.fmt.percent(share))}")
    cells = [
        html.Td(
            unknown(_(NO_RATE)) if value is None else picture.exact(value, signed=signed),
            className="number money",
        )
        for value, signed in ((part.before, False), (part.change, True), (part.after, False))
    ]
    return html.Tr([html.Th([type_name(part.type), said, bar], scope="row"), *cells])
