"""The page that explains a figure: what it means, what it is computed from, what was left out, its transactions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from dash import dcc, html

from components import ids
from components.format import MINUS, UNKNOWN, Format, counted
from components.parts import icon, rows_skeleton, scroll, skeleton, spoken
from components.query import View
from components.why import explain_href
from data.schemas.figures import Excluded, ExplainedLine, Explanation, Input, Reason, Unit, Value

REASONS: Final[dict[Reason, str]] = {
    "transfer": "Transfers between your own accounts",
    "saving": "Put aside as savings",
    "adjustment": "Adjustments of balances",
    "pending": "Announced, not booked yet",
    "no_rate": "No exchange rate is known",
    "filtered": "Outside of the filters",
    "not_in_net_worth": "Accounts kept out of net worth",
}
_ADJUSTMENTS: Final = {"opening_balance": "Opening balance", "refund_carried": "Refund carried to the next period"}
_TITLES: Final = {"net_cash_flow": "Cash flow", "transaction_count": "Transactions", "count": "Number of lines"}
_LINE_HEADS: Final = ("Day", "Payee", "Account", "Amount", "Adds")
_LINE_CSS: Final = ("", "", "explain-wide", "number explain-wide", "number")
_NAMES: Final = {
    "net_worth_before": "Net worth the day before",
    "transfers_net": "Transfers whose other side is not here",
    "saving_net": "Savings whose other side is not here",
    "adjustments": "Adjustments of balances",
    "opened": "Balances of accounts that were added",
    "closed": "Balances of accounts that were closed",
    "flows_outside": "Booked in accounts kept out of net worth",
    "revaluation": "Changes of exchange rates",
    "missing_rates": "What no exchange rate is known for",
}
_PARTS: Final = {"previous": "of the period before", "change": "change against the period before"}


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
        return str(value) if unit in ("rate", "day") else self.fmt.count(int(value))


def explanation_skeleton() -> html.Div:
    """The page before its first answer."""
    head = html.Div([html.P(skeleton(14, "160px"), className="eyebrow"), html.H1("What is behind this figure")])
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
        html.Div([head, dcc.Link("Back to the overview", href=f"/{back}", className="button")], className="page-head"),
        _total(story),
        *_inputs(story),
        *_excluded(story),
        *_lines(story),
    ]


def title_of(answer: Explanation) -> str:
    """`Savings rate`, `Balance of Current account`, `Income, change against the period before`."""
    names = answer.id.split(".")
    field = _TITLES.get(names[-1], _words(names[-1]))
    if answer.subject is not None:
        return f"{field} of {answer.subject}"
    if len(names) == 3:
        return f"{field}, {_PARTS.get(names[1], _words(names[1]).lower())}"
    return field


def _words(name: str) -> str:
    return name.replace("_", " ").capitalize()


def _total(story: Story) -> html.Section:
    answer = story.answer
    shown = story.text(answer.total, answer.unit, answer.currency)
    if answer.unit == "ratio" and ".change." in answer.id:
        shown = story.fmt.points(None if answer.total is None else float(answer.total))
    parts: list[Any] = [
        html.P(html.Span(shown, className="money"), className="figure"),
        html.P(answer.definition, className="sentence"),
    ]
    if answer.unconverted:
        missing = ", ".join(story.fmt.money(each.amount, each.currency) for each in answer.unconverted)
        parts.append(
            html.P(
                [icon("alert-triangle"), f" Incomplete: no exchange rate is known for {missing}."],
                className="explain-note money-text",
            )
        )
    return html.Section(parts, className="panel explain-total")


def _inputs(story: Story) -> list[Any]:
    """What the formula is over; a second side of it says what moved the figure."""
    answer = story.answer
    what, _, moved = answer.formula.partition("=")
    names = _signed(moved)
    rows = [_input(each, story) for each in answer.inputs if each.name not in names]
    rows += [
        [_ADJUSTMENTS[each.name], html.Span(story.fmt.money(each.amount, answer.currency or "EUR"), className="money")]
        for each in answer.adjustments
    ]
    if not rows:
        return []
    formula = None if what.startswith("sum(inputs") else html.P(html.Code(_readable(what)), className="formula")
    panels = [_panel("How it is computed", formula, _table("Computed from", ("Part", "Value"), rows))]
    if names:
        # A term of nothing says nothing.
        terms = [each for each in answer.inputs if each.name in names and (each.figure_id or _counts(each))]
        said = html.P("From the day before the period to its last day.", className="sentence")
        moves = [_input(each, story, names[each.name]) for each in terms]
        panels.append(_panel("What moved it", said, _table("What moved it", ("Part", "Value"), moves)))
    return panels


def _signed(side: str) -> dict[str, str]:
    """The names in a chain of sums, each with its sign."""
    words = side.split()
    return {name: words[place - 1] if place else "" for place, name in enumerate(words) if name.isidentifier()}


def _counts(each: Input) -> bool:
    return each.value is not None and bool(Decimal(str(each.value)))


def _input(each: Input, story: Story, sign: str = "") -> list[Any]:
    plain = story.answer.formula == "sum(inputs)"
    name = each.name if plain else _NAMES.get(each.name, _words(each.name))
    label = dcc.Link(name, href=explain_href(each.figure_id, story.view)) if each.figure_id else name
    shown = story.text(each.value, each.unit, each.currency)
    mark = [html.Span(sign.replace("-", MINUS), className="explain-sign")] if sign else []
    return [html.Span([*mark, label]), html.Span(shown, className="money" if each.unit == "money" else "")]


def _readable(formula: str) -> str:
    readable = formula.replace("sum(transactions)", "all transactions below").replace("_", " ")
    return readable.replace(" * ", " × ").replace(" / ", " ÷ ").replace(" - ", f" {MINUS} ")


def _excluded(story: Story) -> list[Any]:
    if not story.answer.excluded:
        return []
    rows = [_left_out(each, story) for each in story.answer.excluded]
    said = html.P("These look as if they belonged here, and do not count.", className="sentence")
    return [_panel("What was left out", said, _table("Left out", ("Why", "How many", "Amount"), rows))]


def _left_out(each: Excluded, story: Story) -> list[Any]:
    amount = story.text(each.amount, "money", each.currency)
    return [REASONS[each.reason], story.fmt.count(each.count), html.Span(amount, className="money")]


def _lines(story: Story) -> list[Any]:
    answer = story.answer
    if answer.kind != "sum":
        return []
    if not answer.transactions:
        return [_panel("Transactions", html.P("There are none.", className="sentence"), None)]
    table = _table("Transactions", _LINE_HEADS, [_line(each, story) for each in answer.transactions], _LINE_CSS)
    following = None
    if answer.next_cursor:
        view = View((*(pair for pair in story.view.pairs if pair[0] != "cursor"), ("cursor", answer.next_cursor)))
        following = html.P(dcc.Link("Older ones", href=view.href, className="button"), className="explain-more")
    number = counted(len(answer.transactions), "line", "lines", story.fmt)
    said = f"{number}, the newest first." if not answer.next_cursor else f"{number} on this page, the newest first."
    return [_panel("Transactions", html.P(said, className="sentence"), html.Div([table, following]))]


def _line(each: ExplainedLine, story: Story) -> list[Any]:
    payee: list[Any] = [each.payee or UNKNOWN]
    if each.part is not None:
        payee.append(html.Span(f"part {each.part}", className="quiet explain-part"))
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
