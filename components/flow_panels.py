"""The panels of the cash flow page that hold a chart: title, sentence, chart and table of each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from components import theme
from components.axes import height
from components.charts_money import left, sankey_chart, streams, treemap_chart, waterfall_chart
from components.charts_steps import Ghost, step_name, steps_figure
from components.context import Picture
from components.flow_tree import Money
from components.flow_view import STEPS, FlowView
from components.lazy import Cell, lazy_table
from components.parts import about, key, no_chart
from components.why import mark_href
from core.i18n import N_, NN_, _, ngettext
from core.money import format_amount, parse_amount
from data.schemas.cash_flow import CashFlow, StepFlow
from data.schemas.dashboard import Envelope

Panel = tuple[list[Any], theme.Chart, Any]
"""What stands above the chart, the chart, and the table behind it."""
_SIX = 6
_KEY = (("mark-income", N_("Income")), ("mark-expenses", N_("Expenses")), ("mark-net", N_("Net")))
_UNFINISHED = {
    "week": N_("unfinished week"),
    "month": N_("unfinished month"),
    "quarter": N_("unfinished quarter"),
    "year": N_("unfinished year"),
}
_COUNTED = {
    "week": NN_("week", "weeks"),
    "month": NN_("month", "months"),
    "quarter": NN_("quarter", "quarters"),
    "year": NN_("year", "years"),
}
_BESIDE = {"previous": N_("Period before"), "last_year": N_("Year before"), "average": N_("Average of the last six")}


def nothing(title: str, span: str, sentence: str) -> Panel:
    """A panel that closes around its sentence."""
    return no_chart(title, span, sentence), {"figure": theme.blank(), "narrow": {}}, None


@dataclass(frozen=True, slots=True)
class Steps:
    """The period in steps, and what each is compared with."""

    picture: Picture
    view: FlowView
    flow: Envelope[CashFlow]

    @property
    def rows(self) -> list[StepFlow]:
        return self.flow.data.steps

    def href(self, name: str, step: StepFlow) -> str:
        """What a figure of the step is made of."""
        return mark_href(f"summary.{name}", self.picture, (step.from_, step.to))

    def open(self, step: StepFlow) -> bool:
        """Whether it is still running."""
        return step.from_ <= self.picture.answer.as_of < step.to

    @property
    def done(self) -> list[StepFlow]:
        """The steps with bookings that are over."""
        return [step for step in self.rows if step.count and step.to <= self.picture.answer.as_of]

    @property
    def ghost(self) -> Ghost:
        if self.view.beside != "average":
            return [step.before_income for step in self.rows], [step.before_expenses for step in self.rows]
        last = self.done[-_SIX:]
        sides = [self._mean([step.income for step in last]), self._mean([step.expenses for step in last])]
        return [sides[0]] * len(self.rows), [sides[1]] * len(self.rows)

    def _mean(self, amounts: list[str | None]) -> str | None:
        known = [parse_amount(amount, self.picture.currency) for amount in amounts if amount is not None]
        return format_amount(round(sum(known) / len(known)), self.picture.currency) if known else None


def steps_panel(steps: Steps) -> Panel:
    """Income against expenses."""
    picture, data, title = steps.picture, steps.flow.data, _("Income against expenses")
    if not any(step.count for step in data.steps):
        return nothing(title, picture.span, _("There are no bookings in this period."))
    ghost = steps.ghost
    names = [step_name(step, data.by, picture.months, picture.fmt) for step in data.steps]
    texts = [_step_text(steps, place, name, ghost) for place, name in enumerate(names)]
    unfinished = [steps.open(step) for step in data.steps]
    hrefs = [steps.href("net_cash_flow", step) for step in data.steps]
    chart = steps_figure(data.steps, data.by, ghost, unfinished, texts, hrefs, picture.months, picture.fmt)
    marks = [
        *((mark, _(name)) for mark, name in _KEY),
        *([("mark-open", _(_UNFINISHED[data.by]))] if any(unfinished) else []),
    ]
    if any(value is not None for side in ghost for value in side):
        marks.append(("mark-ghost", _(_BESIDE[steps.view.beside])))
    heads = (
        _(STEPS[data.by]),
        _("Income"),
        _("Expenses"),
        _("Net"),
        _("Income before"),
        _("Expenses before"),
        _("Bookings"),
    )
    rows = [_step_row(steps, place, name, ghost) for place, name in enumerate(names)]
    head = about(title, picture.span, _steps_sentence(steps), key(marks))
    return head, chart, lazy_table(f"{title}, {picture.span}", heads, rows)


def _step_row(steps: Steps, place: int, name: str, ghost: Ghost) -> list[Cell]:
    picture, step = steps.picture, steps.rows[place]
    sides = (("income", step.income), ("expenses", step.expenses))
    return [
        (name, step.from_.isoformat()),
        *((picture.exact(amount), steps.href(figure, step)) for figure, amount in sides),
        (picture.exact(step.net, signed=True), steps.href("net_cash_flow", step)),
        *(picture.exact(side[place]) for side in ghost),
        picture.fmt.count(step.count),
    ]


def _step_text(steps: Steps, place: int, name: str, ghost: Ghost) -> str:
    picture, step = steps.picture, steps.rows[place]
    running = f" {_('so far')}" if steps.open(step) else ""
    lines = [f"<b>{name}{running}</b>"]
    for word, amount, before in (
        (_("Income"), step.income, ghost[0][place]),
        (_("Expenses"), step.expenses, ghost[1][place]),
    ):
        was = "" if before is None else f"  ({picture.exact(before)})"
        lines.append(f"{word}  {picture.exact(amount)}{was}")
    return "<br>".join([*lines, f"{_('Net')}  {picture.exact(step.net, signed=True)}"])


def _steps_sentence(steps: Steps) -> str:
    picture, done = steps.picture, steps.done
    known = [step for step in done if step.net is not None]
    if len(known) < 2:
        figures = picture.data.summary
        return _(
            "{income} came in and {expenses} went out.",
            income=picture.whole(figures.income),
            expenses=picture.whole(figures.expenses),
        )
    kept = sum(height(step.net) > 0 for step in known)
    best, worst = max(known, key=lambda step: height(step.net)), min(known, key=lambda step: height(step.net))
    names = [step_name(step, steps.flow.data.by, picture.months, picture.fmt) for step in (best, worst)]
    ends = [picture.whole(step.net, signed=True) for step in (worst, best)]
    return _(
        "You spent less than you earned in {kept} of {steps}: from {low} ({worst}) to {high} ({best}).",
        kept=kept,
        steps=_counted_steps(len(known), steps),
        low=ends[0],
        worst=names[1],
        high=ends[1],
        best=names[0],
    )


def _counted_steps(number: int, steps: Steps) -> str:
    """`5 months`."""
    one, many = _COUNTED[steps.flow.data.by]
    return f"{steps.picture.fmt.count(number)} {ngettext(one, many, number)}"


def waterfall_panel(money: Money) -> Panel:
    """From income through the categories to what is left."""
    picture, title = money.picture, _("From income to what is left")
    if not (money.income or money.expenses):
        return nothing(title, picture.span, _("There is no income or expense in this view."))
    kept = picture.whole(money.text(abs(money.left)))
    came, went = picture.whole(money.text(money.came)), picture.whole(money.text(money.went))
    said = (
        _("Of {came} you spent {went}; {left} is left.")
        if money.left >= 0
        else _("Of {came} you spent {went}; {left} came from reserves.")
    )
    said = said.format(came=came, went=went, left=kept)
    running, income = money.came, mark_href("summary.income", picture)
    rows: list[list[Cell]] = [[_("Income"), (picture.exact(money.text(money.came)), income), ""]]
    for branch in money.expenses:
        running -= branch.minor
        rows.append([branch.name, money.cell(branch, -branch.minor), picture.exact(money.text(running))])
    rest = left(money)
    rows.append([rest.name, money.cell(rest, rest.minor), ""])
    table = lazy_table(f"{title}, {picture.span}", (_("Category"), _("Amount"), _("Left after it")), rows)
    return about(title, picture.span, said), waterfall_chart(money), table


def sankey_panel(money: Money) -> Panel:
    """From income categories into expense categories."""
    picture, title = money.picture, _("Where money comes from and goes")
    into, out = streams(money)
    if not (into and out):
        return nothing(title, picture.span, _("There is nothing that flows in this view."))
    first, largest = into[0], max(out, key=lambda each: each.minor)
    amount = picture.whole(money.text(largest.minor))
    went = _("most went to {name}: {amount}", name=largest.name, amount=amount)
    if largest.kind == "saving":
        went = _("the largest part, {amount}, is left over", amount=amount)
    said = _("Most came from {name}; {went}.", name=first.name, went=went)
    rows = [(_("Comes from"), each.name, money.cell(each, each.minor)) for each in into]
    rows += [(_("Goes to"), each.name, money.cell(each, each.minor)) for each in out]
    table = lazy_table(f"{title}, {picture.span}", (_("Direction"), _("Category"), _("Amount")), rows, 2)
    hint = key((("mark-income", _("Comes in")), ("mark-expenses", _("Goes out")), ("mark-worth", _("Left over"))))
    return about(title, picture.span, said, hint), sankey_chart(money), table


def treemap_panel(money: Money) -> Panel:
    """Expenses as areas."""
    picture, title = money.picture, _("Expenses by category")
    spent = [branch for branch in money.expenses if branch.minor > 0]
    if not spent:
        return nothing(title, picture.span, _("Nothing was spent in this view."))
    total = sum(branch.minor for branch in spent)
    share = picture.fmt.percent(sum(branch.minor for branch in spent[:3]) / total)
    said = _("The largest three of {count} categories take {share} of what was spent.", count=len(spent), share=share)
    if len(spent) <= 3:
        said = _(
            "{name} takes {share} of what was spent.",
            name=spent[0].name,
            share=picture.fmt.percent(spent[0].minor / total),
        )
    rows = []
    for branch in spent:
        share = picture.fmt.percent(branch.minor / total, 1)
        rows.append((branch.name, money.cell(branch, branch.minor), share))
    table = lazy_table(f"{title}, {picture.span}", (_("Category"), _("Amount"), _("Share")), rows)
    return about(title, picture.span, said), treemap_chart(money), table
