"""Categories rolled up to the level that is looked at: the top one, or the one below the filtered category."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from components.context import Picture
from components.flow_view import FlowView
from components.format import counted
from components.query import View
from components.why import explain_href, mark_href
from core.i18n import _
from core.money import format_amount, parse_amount
from data.schemas.common import CategoryKind
from data.schemas.dashboard import CategoryFlow
from data.schemas.ledger import Category

NONE = "none"
"""The id of what has no category, as in the address."""
_LONG = 22


@dataclass(slots=True)
class Branch:
    """A category with all below it; `minor` is positive in its kind's usual direction.

    Without a `key` it is a figure of the whole (`figure`), or several categories together (`rest` are their keys).
    """

    key: str | None
    name: str
    kind: CategoryKind
    minor: int = 0
    parts: list[CategoryFlow] = field(default_factory=list)
    figure: str = ""
    rest: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """The name, short enough to stand beside a mark."""
        return shortened(self.name)

    @property
    def drawn(self) -> str:
        """The name as a chart may have it."""
        return drawn(self.name)


@dataclass(frozen=True, slots=True)
class Money:
    """Where a picture's money comes from and goes to, the largest first."""

    picture: Picture
    view: FlowView
    income: list[Branch]
    expenses: list[Branch]

    @property
    def came(self) -> int:
        return sum(branch.minor for branch in self.income)

    @property
    def went(self) -> int:
        return sum(branch.minor for branch in self.expenses)

    @property
    def left(self) -> int:
        return self.came - self.went

    def text(self, minor: int) -> str:
        return format_amount(minor, self.picture.currency)

    def href(self, branch: Branch) -> str:
        """What a click on it leads to: this page for the category, or what is behind the rest."""
        return self._made_of(branch) if branch.key is None else self.view.narrowed(branch.key)

    def cell(self, branch: Branch, minor: int) -> tuple[str, str]:
        """An amount for a table, and the address of what it is made of."""
        return self.picture.exact(self.text(minor)), self._made_of(branch)

    def _made_of(self, branch: Branch) -> str:
        """A category alone has a figure; with those below it, it is all income, or all expenses, of that filter."""
        side = "income" if branch.kind == "income" else "expenses"
        if not self.picture.definitions:
            return ""
        kept = tuple(pair for pair in self.picture.view.pairs if pair[0] != "category_id")
        if branch.key is None:
            told = tuple(("category_id", key) for key in branch.rest)
            return mark_href(branch.figure, self.picture) if branch.figure else self.view.bookings(*kept, *told)
        if branch.key == NONE:
            return mark_href(f"summary.uncategorised.{side}", self.picture)
        if [part.category_id for part in branch.parts] == [branch.key]:
            return mark_href(f"category.{branch.key}.amount", self.picture)
        return explain_href(f"summary.{side}", View((*kept, ("category_id", branch.key))))


def drawn(text: str) -> str:
    """A name as a chart may have it: Plotly would read some of it as markup or as a template."""
    return text.replace("%{", "% {").replace("<", "\u2039")


def shortened(name: str) -> str:
    """A name that fits beside a mark."""
    return drawn(name if len(name) <= _LONG else f"{name[: _LONG - 1].rstrip()}…")


def money_of(picture: Picture, view: FlowView, categories: Mapping[str, Category]) -> Money:
    """The branches of an answer at the level that the view looks at. A category that all of a side is in says nothing:
    what is below it is shown then."""
    sides = {}
    filtered = {value for name, value in view.plain.pairs if name == "category_id"}
    for kind in ("income", "expense"):
        flows = [flow for flow in picture.data.transactions.by_category if flow.kind == kind]
        opened = set(filtered)
        branches = _branches(flows, picture, categories, opened)
        while len(named := {branch.key or NONE for branch in branches} - {NONE}) == 1 and not named <= opened:
            opened |= named
            branches = _branches(flows, picture, categories, opened)
        sides[kind] = branches
    return Money(picture, view, sides["income"], sides["expense"])


def _branches(
    flows: Sequence[CategoryFlow], picture: Picture, categories: Mapping[str, Category], filtered: set[str]
) -> list[Branch]:
    found: dict[str, Branch] = {}
    for flow in flows:
        key = _level(flow, categories, filtered)
        branch = found.setdefault(
            key, Branch(key, categories[key].name if key in categories else _(flow.name), flow.kind)
        )
        branch.minor += parse_amount(flow.amount, picture.currency)
        branch.parts.append(flow)
    return sorted(found.values(), key=lambda branch: (-branch.minor, branch.name))


def _level(flow: CategoryFlow, categories: Mapping[str, Category], filtered: set[str]) -> str:
    """The category above `flow` that is looked at, itself if it was asked for."""
    key = flow.category_id or NONE
    while key in categories and key not in filtered:
        parent = categories[key].parent_id
        if parent is None or parent in filtered:
            return key
        key = parent
    return key


def folded(branches: Sequence[Branch], most: int, picture: Picture) -> list[Branch]:
    """The `most` largest, and the others as one."""
    rest = branches[most:]
    if len(rest) < 2:
        return list(branches)
    name = f"{_('Other')}, {counted(len(rest), 'category', 'categories', picture.fmt)}"
    parts = [part for branch in rest for part in branch.parts]
    keys = tuple(branch.key for branch in rest if branch.key)
    other = Branch(None, name, rest[0].kind, sum(branch.minor for branch in rest), parts, rest=keys)
    return [*branches[:most], other]
