"""The page on net worth: its course, what it is made of, and what moved it."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Final

from dash import dcc, html

from components import ids, theme
from components.accounts import TYPE_NAMES, card
from components.charts_moves import axis, moves_chart, reached
from components.context import Picture
from components.controls import preset_menu, range_picker
from components.format import counted
from components.parts import (
    HIDDEN,
    about,
    chart_panel,
    icon,
    labelled,
    money,
    no_chart,
    rows_skeleton,
    scroll,
    skeleton,
    spoken,
    unknown,
)
from components.query import View
from components.why import why
from data.schemas.common import LIABILITY_TYPES
from data.schemas.net_worth import Term, WorthPart, WorthStory

LOADING, READY, OTHER = "page is-loading worth", "page is-ready worth", "page is-other worth"
EMPTY: Final = "page is-other is-empty worth"
TERMS: Final[dict[Term, tuple[str, str]]] = {
    "income": ("Income", "What came in, by the categories of income."),
    "expenses": ("Expenses", "What went out, by the categories of expenses."),
    "transfers_net": ("Transfers", "Transfers whose other side is not in your books."),
    "saving_net": ("Savings", "Put aside or taken back, where the other side is not in your books."),
    "adjustments": ("Adjustments", "New values of what you own, and differences found while reconciling."),
    "opened": ("Accounts added", "What accounts held when they entered net worth."),
    "closed": ("Accounts closed", "What accounts held when they left net worth."),
    "flows_outside": ("Outside net worth", "Booked in accounts while they are kept out of net worth."),
    "revaluation": ("Exchange rates", "What your foreign balances gained or lost because rates changed."),
    "rounding": ("Rounding", "Parts of a cent, from amounts that were converted one by one."),
    "missing_rates": ("No rate known", "What cannot be told because an exchange rate is missing."),
}
_NO_RATE: Final = "No exchange rate is known for any of it."
_HEADS: Final = ("Kind", "Before", "Change", "Now")


def net_worth_skeleton() -> html.Div:
    """The page before its first answer."""
    titles = html.Div([html.P(skeleton(14, "160px"), id=ids.WORTH_EYEBROW, className="eyebrow"), html.H1("Net worth")])
    controls = html.Div(
        [
            html.Div(id=ids.WORTH_CURRENCY, className="worth-currency"),
            html.Div(preset_menu(View()), id=ids.WORTH_PRESETS),
            html.Div(range_picker(ids.WORTH_RANGE), className="range-box"),
            dcc.Store(id=ids.WORTH_SPAN),
        ],
        className="controls",
    )
    content = html.Div(
        [
            html.Div(id=ids.WORTH_NOTICE),
            html.Section(id=ids.WORTH_CARDS, className="cards", **labelled("Key figures")),
            chart_panel(ids.WORTH_HISTORY),
            html.Div(
                [
                    chart_panel(ids.WORTH_MOVES),
                    html.Section(rows_skeleton(8, 44), id=ids.WORTH_TYPES, className="panel"),
                ],
                className="worth-columns",
            ),
        ],
        className="content",
    )
    head = html.Div([titles, controls], className="page-head")
    chips = html.Div(id=ids.WORTH_CHIPS, className="chips")
    return html.Div([head, chips, html.Div(id=ids.WORTH_STATE), content], id=ids.WORTH, className=LOADING)


def currency_menu(view: View, currencies: Sequence[str], chosen: str) -> Any:
    """The button with the currency in use and the others as links; nothing where there is one only."""
    if len(currencies) < 2:
        return None
    rest = tuple(pair for pair in view.pairs if pair[0] != "currency")
    links = [html.Li(_currency(code, View((*rest, ("currency", code))), code == chosen)) for code in currencies]
    summary = html.Summary([html.Span([spoken("Currency: "), chosen]), icon("chevron-down")], className="button")
    return html.Details([summary, html.Ul(links, className="sheet")], className="menu")


def _currency(code: str, to: View, here: bool) -> dcc.Link:
    mark = [icon("check"), spoken("shown now")] if here else []
    return dcc.Link([html.Span(code), *mark], href=to.href, className="sheet-item")


def worth_figures(picture: Picture, story: WorthStory) -> list[Any]:
    """Net worth, its two sides, and by how much it changed."""
    named = (("Net worth", "net_worth"), ("Assets", "assets"), ("Liabilities", "liabilities"))
    day = f"on {picture.fmt.day(story.ends_on)}"
    cards = [card(name, _figure(getattr(picture.data.summary, field), field, picture), day) for name, field in named]
    since = f"since {picture.fmt.day(story.starts_on)}"
    if story.before is None or story.after is None:
        return [*cards, card("Change", unknown(_NO_RATE), since)]
    change = str(Decimal(story.after) - Decimal(story.before))
    shown = money(picture.fmt.key_figure(change, picture.currency, signed=True), picture.exact(change, signed=True))
    return [*cards, card("Change", shown, since)]


def _figure(value: str | None, field: str, picture: Picture) -> Any:
    if value is None:
        return unknown(_NO_RATE)
    shown = money(picture.fmt.key_figure(value, picture.currency), picture.exact(value))
    return why(shown, f"summary.{field}", picture)


def moves_figure(picture: Picture, story: WorthStory) -> theme.Chart:
    """The unpainted waterfall, an empty frame where a net worth is not known."""
    if story.before is None or story.after is None:
        return {"figure": theme.blank(), "narrow": {}}
    moves = [(TERMS[move.name][0], move.amount) for move in story.moves]
    return moves_chart(("Before", story.before), moves, ("Now", story.after), picture)


def moves_about(picture: Picture, story: WorthStory) -> list[Any]:
    title = "What moved it"
    if story.before is None or story.after is None:
        return no_chart(title, picture.span, "Net worth is not known on both days.")
    sentence = f"From {picture.whole(story.before)} to {picture.whole(story.after)}: {_kept(story, picture)}."
    if axis(reached([story.before, *(move.amount for move in story.moves)]))[0] > 0:
        sentence += " The axis does not begin at zero."
    return about(title, picture.span, sentence)


def _kept(story: WorthStory, picture: Picture) -> str:
    """What income and expenses left, and which of the other terms moved most."""
    flows = [move for move in story.moves if move.name in ("income", "expenses")]
    others = [move for move in story.moves if move not in flows]
    left = sum((Decimal(move.amount) for move in flows), Decimal(0))
    verb = "you earned" if left >= 0 else "you spent"
    words = f"{verb} {picture.whole(str(abs(left)))} more than you {'spent' if left >= 0 else 'earned'}"
    if not left:
        words = "you earned as much as you spent"
    if not others:
        return words
    most = max(others, key=lambda move: abs(Decimal(move.amount)))
    name = TERMS[most.name][0].lower()
    return f"{words}; of the rest, {name} moved it most, {picture.whole(most.amount, signed=True)}"


def moves_table(picture: Picture, story: WorthStory) -> Any:
    """Every term with what it means: they add up."""
    if story.before is None or story.after is None:
        return None
    days = {day: picture.fmt.day(day) for day in (story.starts_on, story.ends_on)}
    rows = [_move(f"Net worth on {days[story.starts_on]}", None, picture.exact(story.before), None, picture)]
    for move in story.moves:
        name, words = TERMS[move.name]
        figure = f"summary.{move.name}" if move.name in ("income", "expenses") else None
        rows.append(_move(name, words, picture.exact(move.amount, signed=True), figure, picture))
    rows.append(_move(f"Net worth on {days[story.ends_on]}", None, picture.exact(story.after), None, picture))
    caption = html.Caption(spoken(f"What moved net worth, {picture.span}"))
    heads = html.Thead(html.Tr([html.Th("What", scope="col"), html.Th("How much", scope="col", className="number")]))
    return scroll(html.Table([caption, heads, html.Tbody(rows)], className="table worth-moves"), "What moved it")


def _move(name: str, words: str | None, amount: str, figure: str | None, picture: Picture) -> html.Tr:
    shown: Any = html.Span(amount, className="money")
    below = [html.Span(words, className="worth-words")] if words else []
    return html.Tr(
        [
            html.Th([html.Span(name), *below], scope="row"),
            html.Td(why(shown, figure, picture) if figure else shown, className="number"),
        ],
        className="" if words else "worth-sum",
    )


def by_type(picture: Picture, story: WorthStory) -> list[Any]:
    """The table of account types, assets before liabilities, each with its share of its side."""
    title = "What it is made of"
    if not story.parts:
        return about(title, picture.span, "No account is in net worth in this period.")
    body: list[Any] = []
    sides = (("Assets", False), ("Liabilities", True))
    for name, owed in sides:
        own = [part for part in story.parts if (part.type in LIABILITY_TYPES) is owed]
        if own:
            whole = sum((Decimal(part.after or 0) for part in own), Decimal(0))
            body += [_side(name, own, picture), *(_part(part, whole, picture) for part in own)]
    head = html.Tr(
        [html.Th(each, scope="col", className="number" if place else "") for place, each in enumerate(_HEADS)]
    )
    table = html.Table([html.Caption(spoken(title)), html.Thead(head), html.Tbody(body)], className="table worth-types")
    number = counted(sum(part.accounts for part in story.parts), "account", "accounts", picture.fmt)
    days = f"{picture.fmt.day(story.starts_on)} and {picture.fmt.day(story.ends_on)}"
    link = dcc.Link([icon("wallet"), "All accounts"], href=f"/accounts{picture.view.href}", className="button")
    return [*about(title, picture.span, f"{number} by kind, on {days}."), scroll(table, title), html.P(link)]


def _side(name: str, parts: Sequence[WorthPart], picture: Picture) -> html.Tr:
    cells = []
    for field in ("before", "change", "after"):
        known = [getattr(part, field) for part in parts]
        if None in known:
            cells.append(html.Td(unknown(_NO_RATE), className="number"))
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
    said = spoken(f", {picture.fmt.percent(share)} of its side")
    cells = [
        html.Td(
            unknown(_NO_RATE) if value is None else picture.exact(value, signed=signed),
            className="number money",
        )
        for value, signed in ((part.before, False), (part.change, True), (part.after, False))
    ]
    return html.Tr([html.Th([TYPE_NAMES[part.type], said, bar], scope="row"), *cells])
