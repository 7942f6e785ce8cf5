"""The page that explains a figure: what it means, what it is computed from, what was left out, its transactions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from components import ids
from components.elements import Link, html
from components.figure_words import ADJUSTMENTS, REASONS, STANDINGS, meaning, readable, term, title_of
from components.format import MINUS, UNKNOWN, Format, counted
from components.parts import icon, rows_skeleton, scroll, skeleton, spoken
from components.query import View
from components.why import explain_href
from core.i18n import N_, _
from data.schemas.figures import Excluded, ExplainedLine, Explanation, Input, Unit, Value

_LINE_HEADS: Final = (N_("Day"), N_("Payee"), N_("Account"), N_("Amount"), N_("Adds"))
_LINE_CSS: Final = ("", "", "explain-wide", "number explain-wide", "number")


@dataclass(frozen=True, slots=True)
class Story:
    """An explanation, to be drawn for one tenant; `accounts` are names by id."""

    answer: Explanation
    fmt: Format
    view: View
    tenant: str
    accounts: Mapping[str, str]

    def text(self, value: Value, unit: Unit, currency: str | None) -> str:
        """A value as people write it."""
        if value is None:
            return UNKNOWN
        if unit == "money":
            return self.fmt.money(str(value), currency or "EUR")
        if unit == "ratio":
            return self.fmt.percent(float(value), 2)
        if unit == "status":
            return _(STANDINGS[str(value)])
        return str(value) if unit in ("rate", "day") else self.fmt.count(int(value))


def explanation_skeleton() -> html.Div:
    """The page before its first answer."""
    head = html.Div([html.P(skeleton(14, "160px"), className="eyebrow"), html.H1(_("What is behind this figure"))])
    panel = html.Section([skeleton(40, "40%"), skeleton(16, "72%"), rows_skeleton(6, 44)], className="panel")
    return html.Div(
        html.Div([html.Div(head, className="page-head"), panel]), id=ids.EXPLAIN, className="page is-ready explain"
    )


def explanation(story: Story) -> list[Any]:
    """The whole page."""
    answer = story.answer
    back = View(tuple(pair for pair in story.view.pairs if pair[0] not in ("figure", "cursor"))).href
    days = story.fmt.span(answer.period.from_, answer.period.to)
    head = html.Div(
        [html.P(f"{story.tenant} · {days}", className="eyebrow"), html.H1(title_of(answer))],
    )
    return [
        html.Div([head, Link(_("Back to the overview"), href=f"/{back}", className="button")], className="page-head"),
        _total(story),
        *_inputs(story),
        *_excluded(story),
        *_lines(story),
    ]


def _total(story: Story) -> html.Section:
    answer = story.answer
    shown = story.text(answer.total, answer.unit, answer.currency)
    if answer.unit == "ratio" and ".change." in answer.id:
        shown = story.fmt.points(None if answer.total is None else float(answer.total))
    parts: list[Any] = [
        html.P(html.Span(shown, className="money"), className="figure"),
        html.P(meaning(answer.definition), className="sentence"),
    ]
    if answer.unconverted:
        missing = ", ".join(story.fmt.money(each.amount, each.currency) for each in answer.unconverted)
        parts.append(
            html.P(
                [
                    icon("alert-triangle"),
                    " ",
                    _("Incomplete: no exchange rate is known for {missing}.", missing=missing),
                ],
                className="explain-note money-text",
            )
        )
    return html.Section(parts, className="panel explain-total")


def _inputs(story: Story) -> list[Any]:
    """What the formula is over; a second side of it says what moved the figure."""
    answer = story.answer
    what, _sides, moved = answer.formula.partition(" = ")
    names = _signed(moved)
    rows = [_input(each, story) for each in answer.inputs if each.name not in names]
    rows += [
        [
            _(ADJUSTMENTS[each.name]),
            html.Span(story.fmt.money(each.amount, answer.currency or "EUR"), className="money"),
        ]
        for each in answer.adjustments
    ]
    if not rows:
        return []
    told = what.startswith("sum(inputs") or answer.unit == "status"  # the definition says it in words
    formula = None if told else html.P(html.Code(readable(what)), className="formula")
    panels = [_panel(_("How it is computed"), formula, _table(_("Computed from"), (_("Part"), _("Value")), rows))]
    if names:
        # A term of nothing says nothing.
        terms = [each for each in answer.inputs if each.name in names and (each.figure_id or _counts(each))]
        said = html.P(_("From the day before the period to its last day."), className="sentence")
        moves = [_input(each, story, names[each.name]) for each in terms]
        panels.append(_panel(_("What moved it"), said, _table(_("What moved it"), (_("Part"), _("Value")), moves)))
    return panels


def _signed(side: str) -> dict[str, str]:
    """The names in a chain of sums, each with its sign."""
    words = side.split()
    return {name: words[place - 1] if place else "" for place, name in enumerate(words) if name.isidentifier()}


def _counts(each: Input) -> bool:
    return each.value is not None and bool(Decimal(str(each.value)))


def _input(each: Input, story: Story, sign: str = "") -> list[Any]:
    plain = story.answer.formula == "sum(inputs)"
    name = each.name if plain else term(each.name)
    label = Link(name, href=explain_href(each.figure_id, story.view)) if each.figure_id else name
    shown = story.text(each.value, each.unit, each.currency)
    mark = [html.Span(sign.replace("-", MINUS), className="explain-sign")] if sign else []
    return [html.Span([*mark, label]), html.Span(shown, className="money" if each.unit == "money" else "")]


def _excluded(story: Story) -> list[Any]:
    if not story.answer.excluded:
        return []
    rows = [_left_out(each, story) for each in story.answer.excluded]
    said = html.P(_("These look as if they belonged here, and do not count."), className="sentence")
    return [_panel(_("What was left out"), said, _table(_("Left out"), (_("Why"), _("How many"), _("Amount")), rows))]


def _left_out(each: Excluded, story: Story) -> list[Any]:
    amount = story.text(each.amount, "money", each.currency)
    return [_(REASONS[each.reason]), story.fmt.count(each.count), html.Span(amount, className="money")]


def _lines(story: Story) -> list[Any]:
    answer = story.answer
    if answer.kind != "sum":
        return []
    if not answer.transactions:
        return [_panel(_("Transactions"), html.P(_("There are none."), className="sentence"), None)]
    table = _table(
        _("Transactions"),
        [_(head) for head in _LINE_HEADS],
        [_line(each, story) for each in answer.transactions],
        _LINE_CSS,
    )
    following = None
    if answer.next_cursor:
        view = View((*(pair for pair in story.view.pairs if pair[0] != "cursor"), ("cursor", answer.next_cursor)))
        following = html.P(Link(_("Older ones"), href=view.href, className="button"), className="explain-more")
    number = counted(len(answer.transactions), "line", "lines", story.fmt)
    said = (
        _("{number}, the newest first.", number=number)
        if not answer.next_cursor
        else _("{number} on this page, the newest first.", number=number)
    )
    return [_panel(_("Transactions"), html.P(said, className="sentence"), html.Div([table, following]))]


def _line(each: ExplainedLine, story: Story) -> list[Any]:
    payee: list[Any] = [each.payee or UNKNOWN]
    if each.part is not None:
        payee.append(html.Span(_("part {part}", part=each.part), className="quiet explain-part"))
    adds = each.amount_converted
    if story.answer.unit == "money":
        adds = story.fmt.money(adds, story.answer.currency or "EUR")
    return [
        html.Span(story.fmt.day_of(each.booked_on, story.answer.as_of.year), className="date"),
        html.Span(payee, className="explain-payee", title=each.payee),
        html.Span(story.accounts.get(each.account_id, UNKNOWN), className="explain-payee"),
        html.Span(story.fmt.money(each.amount, each.currency), className="money"),
        html.Span(adds, className="money"),
    ]


def _panel(title: str, sentence: Any, body: Any) -> html.Section:
    return html.Section([html.Div(html.H2(title), className="panel-title"), sentence, body], className="panel")


def _table(
    caption: str, heads: Sequence[str], rows: Sequence[Sequence[Any]], css: Sequence[str] | None = None
) -> html.Div:
    """A table whose first column are words; the others figures unless `css` says otherwise."""
    css = css or ["", *["number"] * (len(heads) - 1)]
    head = html.Tr([html.Th(name, scope="col", className=each) for name, each in zip(heads, css, strict=True)])
    body = [
        html.Tr(
            [
                html.Th(row[0], scope="row"),
                *(html.Td(cell, className=each) for cell, each in zip(row[1:], css[1:], strict=True)),
            ]
        )
        for row in rows
    ]
    table = html.Table([html.Caption(spoken(caption)), html.Thead(head), html.Tbody(body)], className="table")
    return scroll(table, caption)
