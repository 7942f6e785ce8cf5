"""Income against expenses in weeks, months, quarters or years, the earlier period as a thin dotted line behind."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from components import theme
from components.axes import height, ticks
from components.charts_flow import bars, dots
from components.format import Format
from core.i18n import _
from core.period import Months
from data.schemas.cash_flow import StepFlow
from data.schemas.comparisons import By

_MOST_TICKS, _MOST_NARROW = 12, 5
Ghost = tuple[Sequence[str | None], Sequence[str | None]]
"""Income and expenses of what each step is compared with."""


def step_name(step: StepFlow, by: By, months: Months, fmt: Format) -> str:
    """`November 2026`, `Q4 2026`, `2026`, or the days of a week."""
    index = months.index(step.from_)
    if by == "week":
        return fmt.span(step.from_, step.to)
    if by == "month":
        return fmt.month(months.name(index))
    year, month = divmod(index, 12)
    return _("Q{quarter} {year}", quarter=month // 3 + 1, year=year) if by == "quarter" else str(year)


def _tick(step: StepFlow, by: By, months: Months, fmt: Format) -> tuple[str, str]:
    """The short name below a bar, and its year."""
    index = months.index(step.from_)
    year = str(step.from_.year if by == "week" else index // 12)
    if by == "week":
        return fmt.day_of(step.from_, step.from_.year), year
    if by == "month":
        return fmt.month_short(months.name(index)), year
    return (_("Q{quarter}", quarter=index % 12 // 3 + 1), year) if by == "quarter" else (year, "")


def steps_chart(
    steps: Sequence[StepFlow],
    ghost: Ghost,
    unfinished: Sequence[bool],
    names: Sequence[str],
    texts: Sequence[str],
    hrefs: Sequence[str],
) -> tuple[list[dict[str, Any]], list[float]]:
    """The marks and the values they span; `texts` are said on hover, a click leads to `hrefs`."""
    own = list(names)
    income = [height(step.income) for step in steps]
    expenses = [-height(step.expenses) for step in steps]
    before = [
        [None if value is None else sign * height(value) for value in side]
        for sign, side in zip((1, -1), ghost, strict=True)
    ]
    data = [
        bars(own, income, theme.INCOME, list(unfinished)),
        bars(own, expenses, theme.EXPENSES, list(unfinished)),
        *(_ghost(own, side) for side in before if any(value is not None for value in side)),
        dots(own, [height(step.net) for step in steps], list(texts), hrefs),
    ]
    spans = [value for side in before for value in side if value is not None]
    return data, [*income, *expenses, *spans, *(height(step.net) for step in steps)]


def steps_figure(
    steps: Sequence[StepFlow],
    by: By,
    ghost: Ghost,
    unfinished: Sequence[bool],
    texts: Sequence[str],
    hrefs: Sequence[str],
    months: Months,
    fmt: Format,
) -> theme.Chart:
    """The unpainted chart of `steps` (at least one)."""
    names = [step_name(step, by, months, fmt) for step in steps]
    data, values = steps_chart(steps, ghost, unfinished, names, texts, hrefs)
    scale = ticks(values)
    axis = theme.x_axis(type="category", showspikes=False, **_ticks(steps, names, by, months, fmt, _MOST_TICKS))
    layout = theme.layout(
        barmode="relative",
        bargap=max(0.42, 1 - 0.12 * len(steps)) if len(steps) < 40 else 0.2,
        barcornerradius=3 if len(steps) < 40 else 1,
        xaxis=axis,
        yaxis=theme.y_axis(scale, [fmt.short(tick) for tick in scale]),
    )
    narrow = {"xaxis": _ticks(steps, names, by, months, fmt, _MOST_NARROW), "bargap": max(0.3, 1 - 0.2 * len(steps))}
    return {"figure": {"data": data, "layout": layout}, "narrow": narrow}


def _ghost(names: list[str], values: list[float | None]) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "lines" if len(names) > 1 else "markers",
        "x": names,
        "y": values,
        "line": {"color": theme.MUTED, "width": 1.25, "dash": "2px,3px", "shape": "hvh"},
        "marker": {"symbol": "line-ew-open", "size": 40, "color": theme.MUTED},
        "hoverinfo": "skip",
    }


def _ticks(
    steps: Sequence[StepFlow], names: Sequence[str], by: By, months: Months, fmt: Format, most: int
) -> dict[str, list[str]]:
    """Short names under at most `most` bars, the year under the first of each."""
    values, texts, shown = [], [], ""
    for place in range(0, len(steps), -(-len(steps) // most)):
        text, year = _tick(steps[place], by, months, fmt)
        values.append(names[place])
        texts.append(f"{text}<br>{year}" if year != shown else text)
        shown = year
    return {"tickvals": values, "ticktext": texts}
