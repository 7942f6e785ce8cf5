"""The page on net worth: its course, what it is made of, and what moved it."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Final

from dash import dcc

from components import ids, theme
from components.accounts import card
from components.axes import ticks_around
from components.charts_moves import moves_chart, reached
from components.context import Picture
from components.controls import preset_menu, range_picker
from components.elements import Link, html
from components.parts import (
    about,
    chart_panel,
    downloads,
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
from components.static import Static
from components.why import mark_href, why
from components.worth_types import NO_RATE
from core.i18n import N_, _, small
from data.schemas.net_worth import Term, WorthStory

LOADING, READY, OTHER = "page is-loading worth", "page is-ready worth", "page is-other worth"
EMPTY: Final = "page is-other is-empty worth"
TERMS: Final[dict[Term, tuple[str, str]]] = {
    "income": (N_("Income"), N_("What came in, by the categories of income.")),
    "expenses": (N_("Expenses"), N_("What went out, by the categories of expenses.")),
    "transfers_net": (N_("Transfers"), N_("Transfers whose other side is not in your books.")),
    "saving_net": (N_("Savings"), N_("Put aside or taken back, where the other side is not in your books.")),
    "adjustments": (N_("Adjustments"), N_("New values of what you own, and differences found while reconciling.")),
    "opened": (N_("Accounts added"), N_("What accounts held when they entered net worth.")),
    "closed": (N_("Accounts closed"), N_("What accounts held when they left net worth.")),
    "flows_outside": (N_("Outside net worth"), N_("Booked in accounts while they are kept out of net worth.")),
    "revaluation": (N_("Exchange rates"), N_("What your foreign balances gained or lost because rates changed.")),
    "rounding": (N_("Rounding"), N_("Parts of a cent, from amounts that were converted one by one.")),
    "missing_rates": (N_("No rate known"), N_("What cannot be told because an exchange rate is missing.")),
}


def net_worth_skeleton() -> html.Div:
    """The page before its first answer."""
    titles = html.Div(
        [html.P(skeleton(14, "160px"), id=ids.WORTH_EYEBROW, className="eyebrow"), html.H1(_("Net worth"))]
    )
    controls = html.Div(
        [
            Static(id=ids.WORTH_CURRENCY, className="worth-currency"),
            Static(preset_menu(View()), id=ids.WORTH_PRESETS),
            html.Div(range_picker(ids.WORTH_RANGE), className="range-box"),
            dcc.Store(id=ids.WORTH_SPAN),
        ],
        className="controls",
    )
    content = html.Div(
        [
            Static(id=ids.WORTH_NOTICE),
            Static(id=ids.WORTH_CARDS, tag="section", className="cards", **labelled(_("Key figures"))),
            chart_panel(ids.WORTH_HISTORY),
            html.Div(
                [
                    chart_panel(ids.WORTH_MOVES),
                    Static(rows_skeleton(8, 44), id=ids.WORTH_TYPES, tag="section", className="panel"),
                ],
                className="worth-columns",
            ),
        ],
        className="content",
    )
    head = html.Div([titles, controls], className="page-head")
    chips = Static(id=ids.WORTH_CHIPS, className="chips")
    return html.Div([head, chips, Static(id=ids.WORTH_STATE), content], id=ids.WORTH, className=LOADING)


def currency_menu(view: View, currencies: Sequence[str], chosen: str) -> Any:
    """The button with the currency in use and the others as links; nothing where there is one only."""
    if len(currencies) < 2:
        return None
    rest = tuple(pair for pair in view.pairs if pair[0] != "currency")
    links = [html.Li(_currency(code, View((*rest, ("currency", code))), code == chosen)) for code in currencies]
    summary = html.Summary(
        [html.Span([spoken(f"{_('Currency')}: "), chosen]), icon("chevron-down")], className="button"
    )
    return html.Details([summary, html.Ul(links, className="sheet")], className="menu")


def _currency(code: str, to: View, here: bool) -> Link:
    mark = [icon("check"), spoken(_("shown now"))] if here else []
    return Link([html.Span(code), *mark], href=to.href, className="sheet-item")


def worth_figures(picture: Picture, story: WorthStory) -> list[Any]:
    """Net worth, its two sides, and by how much it changed."""
    named = ((_("Net worth"), "net_worth"), (_("Assets"), "assets"), (_("Liabilities"), "liabilities"))
    day = _("on {day}", day=picture.fmt.day(story.ends_on))
    cards = [card(name, _figure(getattr(picture.data.summary, field), field, picture), day) for name, field in named]
    since = _("since {day}", day=picture.fmt.day(story.starts_on))
    if story.before is None or story.after is None:
        return [*cards, card(_("Change"), unknown(_(NO_RATE)), since)]
    change = str(Decimal(story.after) - Decimal(story.before))
    shown = money(picture.fmt.key_figure(change, picture.currency, signed=True), picture.exact(change, signed=True))
    return [*cards, card(_("Change"), shown, since)]


def _figure(value: str | None, field: str, picture: Picture) -> Any:
    if value is None:
        return unknown(_(NO_RATE))
    shown = money(picture.fmt.key_figure(value, picture.currency), picture.exact(value))
    return why(shown, f"summary.{field}", picture)


def moves_figure(picture: Picture, story: WorthStory) -> theme.Chart:
    """The unpainted waterfall, an empty frame where a net worth is not known."""
    if story.before is None or story.after is None:
        return {"figure": theme.blank(), "narrow": {}}
    moves = [(_(TERMS[move.name][0]), move.amount) for move in story.moves]
    starts = (min(picture.answer.period.from_, story.starts_on), story.starts_on)
    figures = [move.name if move.name in ("income", "expenses") else "net_worth" for move in story.moves]
    hrefs = [mark_href("summary.net_worth", picture, starts)]
    hrefs += [mark_href(f"summary.{name}", picture) for name in (*figures, "net_worth")]
    return moves_chart((_("Before"), story.before), moves, (_("Now"), story.after), picture, hrefs)


def moves_about(picture: Picture, story: WorthStory) -> list[Any]:
    title = _("What moved it")
    if story.before is None or story.after is None:
        return no_chart(title, picture.span, _("Net worth is not known on both days."))
    sentence = _(
        "From {before} to {after}: {kept}.",
        before=picture.whole(story.before),
        after=picture.whole(story.after),
        kept=_kept(story, picture),
    )
    if ticks_around(reached([story.before, *(move.amount for move in story.moves)]))[0] > 0:
        sentence = f"{sentence} {_('The axis does not begin at zero.')}"
    return about(title, picture.span, sentence)


def _kept(story: WorthStory, picture: Picture) -> str:
    """What income and expenses left, and which of the other terms moved most."""
    flows = [move for move in story.moves if move.name in ("income", "expenses")]
    others = [move for move in story.moves if move not in flows]
    left = sum((Decimal(move.amount) for move in flows), Decimal(0))
    more = _("you earned {amount} more than you spent") if left >= 0 else _("you spent {amount} more than you earned")
    words = more.format(amount=picture.whole(str(abs(left))))
    if not left:
        words = _("you earned as much as you spent")
    if not others:
        return words
    most = max(others, key=lambda move: abs(Decimal(move.amount)))
    name = small(TERMS[most.name][0])
    return _(
        "{words}; of the rest, {name} moved it most, {amount}",
        words=words,
        name=name,
        amount=picture.whole(most.amount, signed=True),
    )


def moves_table(picture: Picture, story: WorthStory) -> Any:
    """Every term with what it means: they add up."""
    if story.before is None or story.after is None:
        return None
    days = {day: picture.fmt.day(day) for day in (story.starts_on, story.ends_on)}
    first, last = (_("Net worth on {day}", day=days[day]) for day in (story.starts_on, story.ends_on))
    rows = [_move(first, None, picture.exact(story.before), None, picture)]
    for move in story.moves:
        name, words = TERMS[move.name]
        figure = f"summary.{move.name}" if move.name in ("income", "expenses") else None
        rows.append(_move(_(name), _(words), picture.exact(move.amount, signed=True), figure, picture))
    rows.append(_move(last, None, picture.exact(story.after), None, picture))
    caption = html.Caption(spoken(_("What moved net worth, {span}", span=picture.span)))
    named = [html.Th(_("What"), scope="col"), html.Th(_("How much"), scope="col", className="number")]
    heads = html.Thead(html.Tr(named))
    table = html.Table([caption, heads, html.Tbody(rows)], className="table worth-moves")
    return [scroll(table, _("What moved it")), downloads(_("What moved net worth, {span}", span=picture.span))]


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
