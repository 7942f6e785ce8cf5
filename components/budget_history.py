"""A budget's past as small multiples on one time line: spent against its limit, what rolled over, what was left."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

from components.axes import height
from components.budget_words import Desk
from components.budgets import STATES
from components.elements import Link, html
from components.format import counted
from components.parts import HIDDEN, data_table, key, spoken
from core.i18n import N_, _
from data.schemas.budgets import BudgetStatus

_SHOWN: Final = 12
_HEADS: Final = (
    N_("Period"),
    N_("Planned"),
    N_("Rolled over"),
    N_("Limit"),
    N_("Spent"),
    N_("Left"),
    N_("Used"),
    N_("Status"),
)


def history_panel(rows: Sequence[BudgetStatus], chosen: BudgetStatus, desk: Desk) -> html.Section:
    """The last twelve periods; each leads to its own figures."""
    shown = rows[-_SHOWN:]
    days = desk.fmt.span(shown[0].period.from_, shown[-1].period.to)
    head = html.Div([html.H2(_("History")), html.P(days, className="period")], className="panel-title")
    parts: list[Any] = [
        head,
        html.P(_sentence(rows, desk), className="sentence money-text"),
        key([("mark-spent", _("spent")), ("mark-limit", _("limit"))]),
        _spent(shown, chosen, desk),
    ]
    if any(height(row.rollover) for row in shown):
        parts.append(_signed(_("Rolled over from before"), shown, lambda row: row.rollover, desk))
    parts.append(_signed(_("Left at the end"), shown, lambda row: row.remaining, desk))
    table = data_table(_("All periods"), [_(head) for head in _HEADS], [_cells(row, desk) for row in reversed(rows)])
    return html.Section([*parts, html.Div(table, className="panel-foot")], className="panel budget-history")


def _sentence(rows: Sequence[BudgetStatus], desk: Desk) -> str:
    past = [row for row in rows if row.elapsed >= 1]
    if not past:
        return _("This is the first period.")
    over = sum(1 for row in past if height(row.spent) > height(row.limit))
    total = counted(len(past), "whole period", "whole periods", desk.fmt)
    if not over:
        return _("Within its limit in all of {total}.", total=total)
    return _("Over its limit in {over} of {total}.", over=desk.fmt.count(over), total=total)


def _spent(rows: Sequence[BudgetStatus], chosen: BudgetStatus, desk: Desk) -> html.Ol:
    whole = max(max(height(row.limit), height(row.spent)) for row in rows) or 1.0
    years = [row.period.from_.year for row in rows]
    news = [place == 0 or years[place - 1] != year for place, year in enumerate(years)]
    items = [
        html.Li(_bar(row, whole, row is chosen, str(year) if new else "", desk))
        for row, year, new in zip(rows, years, news, strict=True)
    ]
    return html.Ol(items, className="multiple multiple-spent")


def _bar(row: BudgetStatus, whole: float, chosen: bool, year: str, desk: Desk) -> Link:
    css = STATES[row.status][2] if row.elapsed < 1 else "over" if height(row.spent) > height(row.limit) else "calm"
    limit = max(0.0, height(row.limit)) / whole * 100
    days = desk.fmt.span(row.period.from_, row.period.to)
    spent, most = desk.fmt.money(row.spent, row.currency), desk.fmt.money(row.limit, row.currency)
    bars = html.Span(
        [
            html.I(className=f"multiple-fill {css}", style={"height": f"{height(row.spent) / whole * 100:.2f}%"}),
            html.I(className="multiple-limit", style={"bottom": f"{limit:.2f}%"}),
        ],
        className="multiple-box",
        **HIDDEN,
    )
    label = html.Span([short_name(row, desk), html.Small(year)], className="multiple-name", **HIDDEN)
    title = _("{days}: {spent} of {most} spent", days=days, spent=spent, most=most)
    said = _("{title}, shown now", title=title) if chosen else title
    address = f"/budgets?id={row.id}&from={row.period.from_}&to={row.period.to}"
    shown = f"multiple-link{' is-chosen' if chosen else ''}"
    return Link([bars, label, spoken(said)], href=address, className=shown, title=title)


def short_name(row: BudgetStatus, desk: Desk) -> str:
    """A period in as few letters as tell it apart: `Nov` where it begins with a month, else its first day."""
    first, days = row.period.from_, (row.period.to - row.period.from_).days
    if days >= 27 and first.day == 1:
        return desk.fmt.month_short(f"{first:%Y-%m}")
    return desk.fmt.day_of(first, first.year)


def _signed(title: str, rows: Sequence[BudgetStatus], value: Callable[[BudgetStatus], str], desk: Desk) -> html.Div:
    """Bars up from and down of a zero line."""
    heights = [height(value(row)) for row in rows]
    top, low = max([0.0, *heights]), min([0.0, *heights])
    whole = (top - low) or 1.0
    items = [html.Li(_signed_bar(row, value(row), top, whole, desk)) for row in rows]
    return html.Div([html.H3(title), html.Ol(items, className="multiple")])


def _signed_bar(row: BudgetStatus, amount: str, top: float, whole: float, desk: Desk) -> html.Span:
    size, zero = abs(height(amount)) / whole * 100, top / whole * 100
    start = zero if amount.startswith("-") else zero - size
    said = f"{desk.fmt.span(row.period.from_, row.period.to)}: {desk.fmt.money(amount, row.currency)}"
    css = "multiple-fill is-under" if amount.startswith("-") else "multiple-fill"
    marks = [
        html.I(className=css, style={"top": f"{start:.2f}%", "bottom": "auto", "height": f"{size:.2f}%"}),
        html.I(className="multiple-zero", style={"top": f"{zero:.2f}%"}),
    ]
    return html.Span([html.Span(marks, className="multiple-box", title=said, **HIDDEN), spoken(said)])


def _cells(row: BudgetStatus, desk: Desk) -> tuple[str, ...]:
    amounts = (row.amount, row.rollover, row.limit, row.spent, row.remaining)
    return (
        desk.fmt.span(row.period.from_, row.period.to),
        *(desk.fmt.money(each, row.currency) for each in amounts),
        desk.fmt.percent(row.used),
        _(STATES[row.status][0]),
    )
