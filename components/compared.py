"""A month (week, quarter, year) of each category, payee, tag or account beside the ones before it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from components.axes import height
from components.context import Picture
from components.elements import Link, html
from components.flow_tree import NONE
from components.flow_view import STEPS, TABLES, FlowView, table_switch
from components.format import UNKNOWN
from components.parts import HIDDEN, about, scroll
from components.query import View
from components.why import explain_href, linked, of_payee
from core.i18n import N_, _, ngettext
from core.money import format_amount, parse_amount
from core.period import Period
from data.schemas.common import CategoryKind
from data.schemas.comparisons import Compared, Comparison
from data.schemas.dashboard import Envelope
from data.schemas.ledger import Category

_SIDES: tuple[tuple[CategoryKind, str], ...] = (("income", N_("Income")), ("expense", N_("Expenses")))
_NOTHING = {
    "category": N_("No categories have income or expenses here."),
    "payee": N_("No payees have income or expenses here."),
    "tag": N_("No tags have income or expenses here."),
    "account": N_("No accounts have income or expenses here."),
}
_LAST = {
    "week": N_("The last week of the period"),
    "month": N_("The last month of the period"),
    "quarter": N_("The last quarter of the period"),
    "year": N_("The last year of the period"),
}
_BEFORE = {
    "week": N_("the week before"),
    "month": N_("the month before"),
    "quarter": N_("the quarter before"),
    "year": N_("the year before"),
}
_AVERAGE = {
    "week": N_("in the average of the last six weeks"),
    "month": N_("in the average of the last six months"),
    "quarter": N_("in the average of the last six quarters"),
    "year": N_("in the average of the last six years"),
}
_HEADS = {"previous": N_("{} before"), "last_year": N_("Year before"), "average": N_("Average of 6")}


@dataclass(frozen=True, slots=True)
class Listing:
    """What the table is drawn from. `picture` lends its texts; `categories` are all by id."""

    picture: Picture
    view: FlowView
    answer: Envelope[Comparison]
    categories: Mapping[str, Category]

    @property
    def span(self) -> Period:
        current = self.answer.data.spans.current
        return Period.closed(current.from_, current.to)

    @property
    def words(self) -> str:
        """The span that is compared, in words."""
        return self.picture.fmt.span(self.span.start, self.span.last)

    @property
    def inside(self) -> View:
        """The view of that span alone."""
        days = (("from", self.span.start.isoformat()), ("to", self.span.last.isoformat()))
        return View((*days, *self.view.plain.filters))


def compared(listing: Listing) -> list[Any]:
    """The panel with the switch between categories, payees, tags and accounts, and the table."""
    rows = listing.answer.data.rows
    name = _(TABLES[listing.view.of])
    head = about(_("{name} compared", name=name), listing.words, _sentence(listing))
    switch = html.Div(table_switch(listing.view), className="panel-tools")
    if not rows:
        nothing = html.P(_(_NOTHING[listing.view.of]), className="quiet nothing")
        return [*head, switch, nothing]
    parts = [part for kind, word in _SIDES for part in _side(listing, kind, _(word))]
    columns = [html.Th(_("Name"), scope="col"), html.Th(_("Amount"), scope="col", className="number")]
    columns += [html.Th(_("Share"), scope="col", className="number share")]
    columns += [_column(listing, name) for name in _HEADS]
    caption = html.Caption(f"{name}, {listing.words}", className="visually-hidden")
    table = html.Table([caption, html.Thead(html.Tr(columns)), *parts], className="table compared")
    more = listing.answer.data.more
    count = listing.picture.fmt.count(more)
    said = ngettext("{more} smaller one is not listed.", "{more} smaller ones are not listed.", more, more=count)
    foot = [html.P(said, className="quiet nothing")]
    return [*head, switch, scroll(table, _("{name} compared", name=name)), *(foot if more else [])]


def _column(listing: Listing, which: str) -> html.Th:
    step = STEPS[listing.answer.data.by]
    chosen = " chosen" if which == listing.view.beside else ""
    return html.Th(_(_HEADS[which]).format(_(step)), scope="col", className=f"number against-{which}{chosen}")


def _sentence(listing: Listing) -> str:
    data, picture = listing.answer.data, listing.picture
    today = picture.answer.as_of
    running = f" {_('so far')}" if today in listing.span and today < listing.span.last else ""
    spent = [row for row in data.rows if row.kind == "expense"]
    known = [row for row in spent if _against(row, listing.view.beside) is not None]
    if not known:
        return _("{last}{running}; there is nothing to compare it with.", last=_(_LAST[data.by]), running=running)
    changed = max(known, key=lambda row: abs(_difference(row, listing)))
    difference = _difference(changed, listing)
    whole = picture.whole(format_amount(abs(difference), picture.currency))
    if not difference:
        return _("Nothing changed against {before}.", before=_named(listing))
    more = _("The largest change{running}: {amount} more on {name} than {before}.")
    less = _("The largest change{running}: {amount} less on {name} than {before}.")
    return (more if difference > 0 else less).format(
        running=running, before=_named(listing), amount=whole, name=_title(changed)
    )


def _named(listing: Listing) -> str:
    if listing.view.beside == "last_year":
        return _("a year before")
    names = _BEFORE if listing.view.beside == "previous" else _AVERAGE
    return _(names[listing.answer.data.by])


def _against(row: Compared, which: str) -> str | None:
    amount: str | None = getattr(row, which)
    return amount


def _difference(row: Compared, listing: Listing, which: str | None = None) -> int:
    currency = listing.picture.currency
    before = _against(row, which or listing.view.beside) or format_amount(0, currency)
    return parse_amount(row.amount, currency) - parse_amount(before, currency)


def _side(listing: Listing, kind: CategoryKind, word: str) -> list[Any]:
    rows = [row for row in listing.answer.data.rows if row.kind == kind]
    if not rows:
        return []
    currency = listing.picture.currency
    total = sum(parse_amount(row.amount, currency) for row in rows)
    largest = max((abs(height(row.amount)) for row in rows), default=0.0)
    # A tag's bookings may have other tags too: tags do not add up.
    shown = "" if listing.view.of == "tag" else listing.picture.exact(format_amount(total, currency))
    chosen = listing.view.beside
    filled = [html.Td(className="share")]
    filled += [html.Td(className=f"against-{each}{' chosen' if each == chosen else ''}") for each in _HEADS]
    head = html.Tr([html.Th(word, scope="rowgroup"), html.Td(shown, className="number money"), *filled])
    return [html.Tbody([head, *_rows(listing, rows, total, largest)])]


def _rows(listing: Listing, rows: Sequence[Compared], total: int, largest: float) -> list[html.Tr]:
    return [_row(listing, row, total, largest) for row in rows]


def _row(listing: Listing, row: Compared, total: int, largest: float) -> html.Tr:
    picture = listing.picture
    share = None if total <= 0 else parse_amount(row.amount, picture.currency) / total
    width = max(0.0, height(row.amount)) / largest * 100 if largest else 0.0
    fill = html.I(className=f"bar-fill fill-{row.kind}", style={"width": f"{width:.2f}%"})
    name = [_name(listing, row), html.Span(fill, className="bar", **HIDDEN)]
    amount = linked(picture.exact(row.amount), _made_of(listing, row))
    cells = [html.Td(amount, className="number money"), html.Td(picture.fmt.percent(share), className="number share")]
    cells += [_change(listing, row, which) for which in _HEADS]
    return html.Tr([html.Th(name, scope="row"), *cells])


def _made_of(listing: Listing, row: Compared) -> str:
    """The address of what the row is made of; none where no figure is the same."""
    view, side = listing.inside, "income" if row.kind == "income" else "expenses"
    match listing.view.of:
        case "category" if row.id is None:
            return explain_href(f"summary.uncategorised.{side}", view)
        case "category":
            return explain_href(f"category.{row.id}.amount", view)
        case "payee":
            return explain_href(of_payee(row.name), view) if side == "expenses" else ""
        case "account":
            others = tuple(pair for pair in view.pairs if pair[0] != "account_id")
            return explain_href(f"summary.{side}", View((*others, ("account_id", row.id or ""))))
    # Tags of a filter are joined by or: with one, a tag's own sum is no figure.
    filtered = any(name == "tag" for name, _value in view.pairs)
    return "" if filtered else explain_href(f"summary.{side}", View((*view.pairs, ("tag", row.name))))


def _title(row: Compared) -> str:
    """The group's name; what has no category is called so in the language of the reader."""
    return row.name if row.id is not None else _(row.name)


def _name(listing: Listing, row: Compared) -> Any:
    """A link to what narrows the page to the group, or to the bookings of a payee."""
    view, of = listing.view, listing.view.of
    if of == "category":
        own = listing.categories.get(row.id or "")
        parent = listing.categories.get((own and own.parent_id) or "")
        above = [html.Span(f"{parent.name} › ", className="quiet")] if parent else []
        name = _title(row)
        return Link([*above, name], href=view.narrowed(row.id or NONE), className="row-name", title=name)
    if of == "payee":
        href = view.bookings(("q", row.name), *listing.inside.pairs)
        return Link(row.name, href=href, className="row-name", title=row.name)
    pair = ("tag", row.name) if of == "tag" else ("account_id", row.id or "")
    kept = tuple(each for each in view.plain.pairs if each[0] != pair[0])
    href = replace(view, plain=View((*kept, pair))).view.href
    return Link(row.name, href=href, className="row-name", title=row.name)


def _change(listing: Listing, row: Compared, which: str) -> html.Td:
    """The signed difference; what it was before on hover. Spending less and earning more are welcome."""
    picture, before = listing.picture, _against(row, which)
    css = f"number against-{which}{' chosen' if which == listing.view.beside else ''}"
    if before is None:
        return html.Td(UNKNOWN, className=f"{css} quiet", title=_("There is nothing to compare it with"))
    difference = _difference(row, listing, which)
    text = picture.exact(format_amount(difference, picture.currency), signed=True)
    good = difference and (difference > 0) == (row.kind == "income")
    css = f"{css} money{' good' if good else '' if difference else ' quiet'}"
    return html.Td(
        text if difference else "0", className=css, title=_("Before: {before}", before=picture.exact(before))
    )
