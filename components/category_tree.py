"""The categories page: its tabs, and the tree of categories with what each came to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlencode

from dash import dcc

from components import ids, parts
from components.axes import height
from components.budget_words import Desk
from components.elements import Link, html
from components.format import UNKNOWN
from components.parts import HIDDEN, attributes, icon, labelled, money, rows_skeleton, scroll, skeleton, spoken, unknown
from components.why import why
from core.i18n import N_, _
from core.money import format_amount, parse_amount
from data.schemas.dashboard import CategoryFlow
from data.schemas.ledger import Category

LOADING, READY, OTHER = "page is-loading cats", "page is-ready cats", "page is-other cats"
TABS: Final = {"tree": N_("Categories"), "rules": N_("Rules"), "learned": N_("Learned"), "tags": N_("Tags")}
_KINDS: Final = {
    "expense": N_("Expenses"),
    "income": N_("Income"),
    "saving": N_("Savings"),
    "transfer": N_("Transfers"),
}
_NO_FLOW: Final = N_("What moves between your own accounts is neither income nor expense.")


def categories_skeleton() -> html.Div:
    """The page before it is known who is here and which tab is open."""
    titles = html.Div(
        [html.P(skeleton(14, "160px"), id=ids.CATEGORIES_EYEBROW, className="eyebrow"), html.H1(_("Categories"))]
    )
    head = html.Div([titles, html.Div(id=ids.CATEGORIES_CONTROLS, className="controls")], className="page-head")
    polite: dict[str, Any] = {"aria-live": "polite"}
    return html.Div(
        [
            head,
            html.Nav(tabs("tree"), id=ids.CATEGORIES_TABS, className="cats-tabs", **labelled(_("Parts of this page"))),
            html.Div(id=ids.CATEGORIES_STATE),
            html.Div(
                html.Section(rows_skeleton(10, 44), className="panel"), id=ids.CATEGORIES_CONTENT, className="content"
            ),
            html.P(id="categories-said", className="visually-hidden", role="status", **polite),
            dcc.Store(id=ids.CATEGORIES_CONTEXT),
            dcc.Store(id=ids.CATEGORIES_OPENED),
        ],
        id=ids.CATEGORIES,
        className=LOADING,
    )


def tabs(chosen: str) -> list[Any]:
    """The parts of the page, each with an address of its own."""
    return [
        Link(
            [_(words), spoken(f", {_('shown now')}")] if name == chosen else _(words),
            href="/categories" if name == "tree" else f"/categories?tab={name}",
            className="cats-tab is-chosen" if name == chosen else "cats-tab",
        )
        for name, words in TABS.items()
    ]


def part(name: str) -> html.Section:
    """A part that the browser fills (`assets/79-categories.js` and its neighbours)."""
    bones = html.Div(rows_skeleton(5, 44), className="cats-bones")
    return html.Section([html.Div(id=f"categories-{name}"), bones], className="cats-part", key=name)


@dataclass(frozen=True, slots=True)
class Amounts:
    """What each category came to by itself, in the usual direction of its kind (minor units), and its bookings."""

    currency: str
    own: Mapping[str, int] = field(default_factory=dict)
    count: Mapping[str, int] = field(default_factory=dict)
    uncategorised: Mapping[str, CategoryFlow] = field(default_factory=dict)

    @classmethod
    def of(cls, flows: Sequence[CategoryFlow], currency: str) -> Amounts:
        """From `by_category` of the transactions report; uncategorised ones by kind."""
        known = [flow for flow in flows if flow.category_id is not None]
        return cls(
            currency,
            {str(flow.category_id): parse_amount(flow.amount, currency) for flow in known},
            {str(flow.category_id): flow.count for flow in known},
            {flow.kind: flow for flow in flows if flow.category_id is None},
        )


@dataclass(frozen=True, slots=True)
class Tree:
    """The categories with their amounts: `now` of the view's period, `before` of `months` whole months."""

    categories: Sequence[Category]
    now: Amounts
    before: Amounts
    months: int
    span: str
    desk: Desk

    def below(self, parent: str | None) -> list[Category]:
        return [each for each in self.categories if each.parent_id == parent]

    def branch(self, own: str) -> Iterator[str]:
        """The category and all below it."""
        yield own
        for child in self.below(own):
            yield from self.branch(child.id)

    def total(self, amounts: Amounts, own: str) -> int:
        return sum(amounts.own.get(each, 0) for each in self.branch(own))

    def bookings(self, own: str) -> int:
        return sum(self.now.count.get(each, 0) for each in self.branch(own))


def category_tree(tree: Tree) -> list[Any]:
    """One panel for each kind that has categories, expenses first."""
    panels = []
    for kind, title in _KINDS.items():
        roots = [each for each in tree.below(None) if each.kind == kind]
        if roots or kind in tree.now.uncategorised:
            panels.append(_kind(kind, _(title), roots, tree))
    return panels


def _kind(kind: str, title: str, roots: Sequence[Category], tree: Tree) -> html.Section:
    flows = kind in ("expense", "income")
    total = sum(tree.total(tree.now, each.id) for each in roots)
    loose = tree.now.uncategorised.get(kind)
    if loose is not None:
        total += parse_amount(loose.amount, tree.now.currency)
    most = max([1, *(tree.total(tree.now, each.id) for each in roots), *(_average(tree, each.id) for each in roots)])
    rows = [row for each in roots for row in _rows(each, 0, most, tree)]
    if loose is not None:
        rows.append(_loose(loose, tree))
    amount = tree.desk.fmt.whole(format_amount(total, tree.now.currency), tree.now.currency)
    said = _("{amount} in this period.", amount=amount)
    head = html.Div([html.H2(title), html.P(tree.span if flows else "", className="period")], className="panel-title")
    heads = html.Tr([html.Th(_("Category"), scope="col"), *(_heads() if flows else []), html.Th(spoken(_("Change")))])
    table = html.Table(
        [html.Caption(spoken(title)), html.Thead(heads), html.Tbody(rows)], className=f"table cats-table cats-{kind}"
    )
    sentence = html.P(said if flows else _(_NO_FLOW), className="sentence money-text")
    bar = ("mark-income" if kind == "income" else "mark-expenses", _("This period"))
    marks = parts.key((bar, ("mark-pace", _("Average a month")))) if flows else None
    return html.Section([head, sentence, marks, scroll(table, title)], className="panel", key=kind)


def _heads() -> list[html.Th]:
    return [
        html.Th(_("Bookings"), scope="col", className="number cats-wide"),
        html.Th(_("This period"), scope="col", className="number"),
        html.Th(_("Average a month"), scope="col", className="number cats-wide"),
    ]


def _average(tree: Tree, own: str) -> int:
    return round(tree.total(tree.before, own) / tree.months) if tree.months else 0


def _rows(category: Category, depth: int, most: int, tree: Tree) -> Iterator[html.Tr]:
    yield _row(category, depth, most, tree)
    if depth < 8:
        for child in tree.below(category.id):
            yield from _rows(child, depth + 1, most, tree)


def _row(category: Category, depth: int, most: int, tree: Tree) -> html.Tr:
    flows = category.kind in ("expense", "income")
    count = tree.bookings(category.id)
    name = Link(category.name, href=_drill(category.id, tree), className="cats-name", title=category.name)
    bar = [_bar(category, most, tree)] if flows and depth == 0 else []
    first = html.Th([name, *bar], scope="row", className=f"cats-first cats-depth-{min(depth, 4)}")
    edit = html.Td(_button(category, tree.desk), className="cats-act")
    if not flows:
        return html.Tr([first, edit])
    average = format_amount(_average(tree, category.id), tree.now.currency)
    shown = html.Span(tree.desk.fmt.money(average, tree.now.currency), className="money quiet")
    return html.Tr(
        [
            first,
            html.Td(tree.desk.fmt.count(count) if count else UNKNOWN, className="number quiet cats-wide"),
            html.Td(_now(category, depth, tree), className="number"),
            html.Td(shown if tree.months else unknown(_("there is no whole month yet")), className="number cats-wide"),
            edit,
        ]
    )


def _now(category: Category, depth: int, tree: Tree) -> Any:
    """What the category and those below it came to; by itself it leads to its explanation."""
    total = format_amount(tree.total(tree.now, category.id), tree.now.currency)
    text = tree.desk.fmt.money(total, tree.now.currency)
    shown = money(text, text, "quiet" if not height(total) else "" if depth else "strong")
    if tree.below(category.id) or category.id not in tree.now.own:
        return shown
    return why(shown, f"category.{category.id}.amount", tree.desk)


def _bar(category: Category, most: int, tree: Tree) -> html.Span:
    """This period's amount, and a tick at the average month."""
    now, average = max(0, tree.total(tree.now, category.id)), max(0, _average(tree, category.id))
    marks: list[Any] = [html.I(style={"width": f"{now / most * 100:.2f}%"})]
    if average:
        marks.append(html.B(style={"insetInlineStart": f"{average / most * 100:.2f}%"}))
    return html.Span(marks, className="cats-bar", **HIDDEN)


def _loose(flow: CategoryFlow, tree: Tree) -> html.Tr:
    name = Link(_("Uncategorised"), href=_drill("none", tree), className="cats-name is-loose")
    text = tree.desk.fmt.money(flow.amount, tree.now.currency)
    figure = "income" if flow.kind == "income" else "expenses"
    return html.Tr(
        [
            html.Th(name, scope="row", className="cats-first cats-depth-0"),
            html.Td(tree.desk.fmt.count(flow.count), className="number quiet cats-wide"),
            html.Td(why(money(text, text), f"summary.uncategorised.{figure}", tree.desk), className="number"),
            html.Td("", className="cats-wide"),
            html.Td(""),
        ]
    )


def _drill(own: str, tree: Tree) -> str:
    kept = [pair for pair in tree.desk.view.pairs if pair[0] in ("period", "from", "to", "account_id", "tag")]
    return f"/transactions?{urlencode([('category_id', own), *kept])}"


def _button(category: Category, desk: Desk) -> Any:
    if not desk.writes:
        return ""
    names = attributes(data_category_edit=category.id, aria_label=_("Change {name}", name=category.name))
    return html.Button(icon("pencil"), type="button", className="ledger-cross cats-edit", **names)
