"""The panels of the cash flow page that hold a chart: title, sentence, chart and table of each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from components import theme
from components.axes import height
from components.charts_days import WEEKS, days_chart
from components.charts_money import sankey_chart, streams, treemap_chart, waterfall_chart
from components.charts_steps import Ghost, step_name, steps_figure
from components.context import Picture
from components.flow_tree import Money
from components.flow_view import STEPS, FlowView
from components.lazy import lazy_table
from components.parts import about, key, no_chart
from core.money import format_amount, parse_amount
from core.period import Period
from data.schemas.cash_flow import CashFlow, DayFlow, StepFlow
from data.schemas.dashboard import Envelope

Panel = tuple[list[Any], theme.Chart, Any]
"""What stands above the chart, the chart, and the table behind it."""
_SIX = 6
_KEY = (("mark-income", "Income"), ("mark-expenses", "Expenses"), ("mark-net", "Net"))
_BESIDE = {"previous": "Period before", "last_year": "Year before", "average": "Average of the last six"}


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
    picture, data, title = steps.picture, steps.flow.data, "Income against expenses"
    if not any(step.count for step in data.steps):
        return nothing(title, picture.span, "There are no bookings in this period.")
    ghost = steps.ghost
    names = [step_name(step, data.by, picture.months, picture.fmt) for step in data.steps]
    texts = [_step_text(steps, place, name, ghost) for place, name in enumerate(names)]
    unfinished = [steps.open(step) for step in data.steps]
    chart = steps_figure(data.steps, data.by, ghost, unfinished, texts, picture.months, picture.fmt)
    marks = [*_KEY, *([("mark-open", f"unfinished {STEPS[data.by].lower()}")] if any(unfinished) else [])]
    if any(value is not None for side in ghost for value in side):
        marks.append(("mark-ghost", _BESIDE[steps.view.beside]))
    heads = (STEPS[data.by], "Income", "Expenses", "Net", "Income before", "Expenses before", "Bookings")
    rows = [
        (
            name,
            *(picture.exact(amount) for amount in (step.income, step.expenses)),
            picture.exact(step.net, signed=True),
            *(picture.exact(side[place]) for side in ghost),
            picture.fmt.count(step.count),
        )
        for place, (name, step) in enumerate(zip(names, data.steps, strict=True))
    ]
    head = about(title, picture.span, _steps_sentence(steps), key(marks))
    return head, chart, lazy_table(f"{title}, {picture.span}", heads, rows)


def _step_text(steps: Steps, place: int, name: str, ghost: Ghost) -> str:
    picture, step = steps.picture, steps.rows[place]
    lines = [f"<b>{name}{' so far' if steps.open(step) else ''}</b>"]
    for word, amount, before in (
        ("Income", step.income, ghost[0][place]),
        ("Expenses", step.expenses, ghost[1][place]),
    ):
        was = "" if before is None else f"  ({picture.exact(before)})"
        lines.append(f"{word}  {picture.exact(amount)}{was}")
    return "<br>".join([*lines, f"Net  {picture.exact(step.net, signed=True)}"])


def _steps_sentence(steps: Steps) -> str:
    picture, done = steps.picture, steps.done
    word = STEPS[steps.flow.data.by].lower()
    known = [step for step in done if step.net is not None]
    if len(known) < 2:
        figures = picture.data.summary
        return f"{picture.whole(figures.income)} came in and {picture.whole(figures.expenses)} went out."
    kept = sum(height(step.net) > 0 for step in known)
    best, worst = max(known, key=lambda step: height(step.net)), min(known, key=lambda step: height(step.net))
    names = [step_name(step, steps.flow.data.by, picture.months, picture.fmt) for step in (best, worst)]
    ends = [picture.whole(step.net, signed=True) for step in (worst, best)]
    return (
        f"You spent less than you earned in {kept} of {len(known)} {word}s: "
        f"from {ends[0]} ({names[1]}) to {ends[1]} ({names[0]})."
    )


def waterfall_panel(money: Money) -> Panel:
    """From income through the categories to what is left."""
    picture, title = money.picture, "From income to what is left"
    if not (money.income or money.expenses):
        return nothing(title, picture.span, "There is no income or expense in this view.")
    left = picture.whole(money.text(abs(money.left)))
    came, went = picture.whole(money.text(money.came)), picture.whole(money.text(money.went))
    said = f"Of {came} you spent {went}; {left} {'is left' if money.left >= 0 else 'came from reserves'}."
    running, rows = money.came, [("Income", picture.exact(money.text(money.came)), "")]
    for branch in money.expenses:
        running -= branch.minor
        rows.append((branch.name, picture.exact(money.text(-branch.minor)), picture.exact(money.text(running))))
    table = lazy_table(f"{title}, {picture.span}", ("Category", "Amount", "Left after it"), rows)
    return about(title, picture.span, said), waterfall_chart(money), table


def sankey_panel(money: Money) -> Panel:
    """From income categories into expense categories."""
    picture, title = money.picture, "Where money comes from and goes"
    into, out = streams(money)
    if not (into and out):
        return nothing(title, picture.span, "There is nothing that flows in this view.")
    first, largest = into[0], max(out, key=lambda each: each.minor)
    amount = picture.whole(money.text(largest.minor))
    went = f"most went to {largest.name}: {amount}"
    if largest.kind == "saving":
        went = f"the largest part, {amount}, is left over"
    said = f"Most came from {first.name}; {went}."
    rows = [("Comes from", each.name, picture.exact(money.text(each.minor))) for each in into]
    rows += [("Goes to", each.name, picture.exact(money.text(each.minor))) for each in out]
    table = lazy_table(f"{title}, {picture.span}", ("Direction", "Category", "Amount"), rows, 2)
    hint = key((("mark-income", "Comes in"), ("mark-expenses", "Goes out"), ("mark-worth", "Left over")))
    return about(title, picture.span, said, hint), sankey_chart(money), table


def treemap_panel(money: Money) -> Panel:
    """Expenses as areas."""
    picture, title = money.picture, "Expenses by category"
    spent = [branch for branch in money.expenses if branch.minor > 0]
    if not spent:
        return nothing(title, picture.span, "Nothing was spent in this view.")
    total = sum(branch.minor for branch in spent)
    share = picture.fmt.percent(sum(branch.minor for branch in spent[:3]) / total)
    said = f"The largest three of {len(spent)} categories take {share} of what was spent."
    if len(spent) <= 3:
        said = f"{spent[0].name} takes {picture.fmt.percent(spent[0].minor / total)} of what was spent."
    rows = []
    for branch in spent:
        share = picture.fmt.percent(branch.minor / total, 1)
        rows.append((branch.name, picture.exact(money.text(branch.minor)), share))
    table = lazy_table(f"{title}, {picture.span}", ("Category", "Amount", "Share"), rows)
    return about(title, picture.span, said), treemap_chart(money), table


def days_panel(steps: Steps) -> Panel:
    """What was spent day by day, the last 53 weeks of the period at most."""
    picture, title = steps.picture, "Spending by day"
    span = _days_span(picture.days, picture.answer.as_of)
    days = [day for day in steps.flow.data.days if day.date in span]
    spent = [day for day in days if height(day.expenses) > 0]
    words = picture.fmt.span(span.start, span.last)
    if not spent:
        return nothing(title, words, "Nothing was spent on these days.")
    most, free = max(spent, key=lambda day: height(day.expenses)), span.days - len(spent)
    said = (
        f"The most in a day was {picture.whole(most.expenses)} on {picture.fmt.day(most.date)}; "
        f"on {free} of {span.days} days you spent nothing."
    )
    hrefs = {day.date: _day_href(steps.view, day.date) for day in days}
    rows = _weeks(days, picture)
    heads = ("Week from", "Expenses", "Most in a day", "Days with spending")
    table = lazy_table(f"{title} by week, {words}", heads, rows)
    return about(title, words, said), days_chart(days, span, hrefs, picture.currency, picture.fmt), table


def _weeks(days: list[DayFlow], picture: Picture) -> list[tuple[str, ...]]:
    """The days summed by week: a page with a row for each day is slow to draw again."""
    weeks: dict[date, list[int]] = {}
    for day in days:
        monday = day.date - timedelta(days=day.date.weekday())
        if day.expenses is not None:
            weeks.setdefault(monday, []).append(parse_amount(day.expenses, picture.currency))

    def text(minor: int) -> str:
        return picture.exact(format_amount(minor, picture.currency))

    return [
        (picture.fmt.day(week), text(sum(each)), text(max(each)), picture.fmt.count(sum(minor > 0 for minor in each)))
        for week, each in weeks.items()
    ]


def _days_span(period: Period, today: date) -> Period:
    """The part of the period that can be shown: not after today unless all of it is, 53 weeks at most."""
    end = min(period.end, today + timedelta(days=1)) if period.start <= today else period.end
    monday = end - timedelta(days=1 + (end - timedelta(days=1)).weekday())
    return Period(max(period.start, monday - timedelta(weeks=WEEKS - 1)), end)


def _day_href(view: FlowView, day: date) -> str:
    return view.bookings(("from", day.isoformat()), ("to", day.isoformat()), *view.plain.filters)
