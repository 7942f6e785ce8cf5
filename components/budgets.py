"""Budgets as bullet bars: the limit, what is spent, what is promised, and a mark for where the day stands."""

from __future__ import annotations

from typing import Any

from components.alerts import alert_list
from components.axes import height
from components.context import Picture
from components.elements import Link, html
from components.figure_words import STANDINGS
from components.format import counted
from components.parts import HIDDEN, about, data_table, icon, key, money, spoken
from components.why import Explains, why
from core.i18n import _
from data.schemas.budgets import BudgetState, BudgetStatus

STATES: dict[BudgetState, tuple[str, str, str]] = {
    "over": (STANDINGS["over"], "alert-circle", "over"),
    "projected_over": (STANDINGS["projected_over"], "alert-triangle", "warning"),
    "unbudgeted": (STANDINGS["unbudgeted"], "alert-triangle", "warning"),
    "warning": (STANDINGS["warning"], "alert-triangle", "warning"),
    "on_track": (STANDINGS["on_track"], "circle-check", "calm"),
    "no_activity": (STANDINGS["no_activity"], "circle-check", "calm"),
}
"""Word, icon and CSS class of each state, the most pressing first."""
_ORDER = list(STATES)


def budgets(picture: Picture) -> list[Any]:
    """The panel of all budgets in their current period, the most pressing first, and their open alerts."""
    rows = sorted(picture.data.budgets, key=lambda budget: (_ORDER.index(budget.status), -(budget.used or 0.0)))
    when = picture.fmt.day(min(picture.answer.period.to, picture.answer.as_of))
    period = _("as of {when}", when=when)
    if not rows:
        return about(_("Budgets"), period, _("There is no budget yet. A budget sets a limit for some categories."))
    marks = key([("mark-spent", _("spent")), ("mark-committed", _("still to come")), ("mark-pace", _("today"))])
    heads = (
        _("Budget"),
        _("Spent"),
        _("Limit"),
        _("Remaining"),
        _("Still to come"),
        _("Used"),
        _("Time gone"),
        _("Status"),
        _("Period"),
    )
    table = data_table(_("Budgets"), heads, [_cells(budget, picture) for budget in rows])
    return [
        *about(_("Budgets"), period, _sentence(rows, picture), marks),
        html.Ul([_row(budget, picture) for budget in rows], className="bullets"),
        html.Div(table, className="panel-foot"),
        alert_list(picture),
    ]


def _sentence(rows: list[BudgetStatus], picture: Picture) -> str:
    over = sum(1 for budget in rows if budget.status == "over")
    close = sum(1 for budget in rows if STATES[budget.status][2] == "warning")
    total = counted(len(rows), "budget", "budgets", picture.fmt)
    if not over and not close:
        return _("All is well: {total}, none over its limit or close to it.", total=total)
    parts = [_("{over} of {total} over the limit", over=picture.fmt.count(over), total=total)] if over else []
    if close:
        parts.append(
            _("{close} to keep an eye on", close=picture.fmt.count(close))
            if over
            else _("{close} of {total} to keep an eye on", close=close, total=total)
        )
    return ", ".join(parts) + "."


def _row(budget: BudgetStatus, picture: Picture) -> html.Li:
    spent = money(
        picture.fmt.whole(budget.spent, budget.currency), picture.fmt.money(budget.spent, budget.currency), "strong"
    )
    limit = money(picture.fmt.whole(budget.limit, budget.currency), picture.fmt.money(budget.limit, budget.currency))
    return html.Li(
        [
            html.Div(
                [
                    _name(budget, picture),
                    standing(budget, picture),
                ],
                className="bullet-line",
            ),
            bullet(budget, STATES[budget.status][2]),
            html.Div(
                [
                    html.Span(
                        [_why(spent, budget, "spent", picture), f" {_('of')} ", _why(limit, budget, "limit", picture)]
                    ),
                    html.Span(_left(budget, picture), className="bullet-left money-text"),
                ],
                className="bullet-line bullet-note",
            ),
        ]
    )


def _name(budget: BudgetStatus, picture: Picture) -> Any:
    """The name, on a page that explains its figures the way to the budget's own page."""
    if not picture.definitions:
        return html.Span(budget.name, className="bullet-name", title=budget.name)
    return Link(budget.name, href=f"/budgets?id={budget.id}", className="bullet-name", title=budget.name)


def standing(budget: BudgetStatus, picture: Explains) -> Any:
    """How the budget stands, a link to why."""
    word, picture_name, css = STATES[budget.status]
    shown = html.Span([icon(picture_name), _(word)], className=f"status status-{css}")
    return why(shown, f"budget.{budget.id}.status", picture)


def bullet(budget: BudgetStatus, css: str, *, projection: bool = False) -> html.Div:
    """All widths are shares of the longest of limit, spent and spent with what is still to come; with `projection` a
    mark says where spending is likely to end."""
    limit, spent = max(0.0, height(budget.limit)), height(budget.spent)
    committed = height(budget.committed)
    end = height(budget.projected) if projection and budget.elapsed < 1 else 0.0
    whole = max(limit, spent + committed, end) or 1.0
    parts = [html.I(className=f"bullet-spent {css}", style={"width": f"{spent / whole * 100:.2f}%"})]
    if committed > 0:
        style = {"insetInlineStart": f"{spent / whole * 100:.2f}%", "width": f"{committed / whole * 100:.2f}%"}
        parts.append(html.I(className="bullet-committed", style=style))
    if limit and whole > limit:
        parts.append(html.I(className="bullet-limit", style={"insetInlineStart": f"{limit / whole * 100:.2f}%"}))
    if limit and budget.elapsed < 1:
        parts.append(
            html.I(className="bullet-pace", style={"insetInlineStart": f"{budget.elapsed * limit / whole * 100:.2f}%"})
        )
    if end > 0:
        parts.append(html.I(className="bullet-end", style={"insetInlineStart": f"{end / whole * 100:.2f}%"}))
    return html.Div(parts, className="bullet", **HIDDEN)


def _why(shown: Any, budget: BudgetStatus, name: str, picture: Picture) -> Any:
    return why(shown, f"budget.{budget.id}.{name}", picture)


def _left(budget: BudgetStatus, picture: Picture) -> list[Any]:
    remaining = height(budget.remaining)
    text = picture.fmt.whole(budget.remaining.lstrip("-"), budget.currency)
    said: list[Any] = [_why(f"{text} {_('over') if remaining < 0 else _('left')}", budget, "remaining", picture)]
    if budget.left_per_day is not None and height(budget.left_per_day) > 0:
        daily = _("{amount} a day", amount=picture.fmt.whole(budget.left_per_day, budget.currency))
        said += [" · ", _why(daily, budget, "left_per_day", picture)]
    return [*said, spoken(f", {_('{share} of the time is gone', share=picture.fmt.percent(budget.elapsed))}")]


def _cells(budget: BudgetStatus, picture: Picture) -> tuple[str, ...]:
    amounts = (budget.spent, budget.limit, budget.remaining, budget.committed)
    return (
        budget.name,
        *(picture.fmt.money(amount, budget.currency) for amount in amounts),
        picture.fmt.percent(budget.used),
        picture.fmt.percent(budget.elapsed),
        _(STATES[budget.status][0]),
        picture.fmt.span(budget.period.from_, budget.period.to),
    )
