"""The small pieces all pages are made of: icons, unknown values, panels, tables, skeletons."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dash import dcc

from components import ids, theme
from components.elements import Tooltip, html
from components.format import UNKNOWN
from components.static import Static
from core.i18n import _

HIDDEN: dict[str, Any] = {"aria-hidden": "true"}
"""For what only decorates, or repeats what is said in words."""


def labelled(name: str) -> dict[str, Any]:
    """The name of a region for screen readers."""
    return {"aria-label": name}


def attributes(**values: str | None) -> Any:
    """Attributes for scripts and screen readers, `data_account="7"` as `data-account`; what is None is left out."""
    return {name.replace("_", "-"): value for name, value in values.items() if value is not None}


def icon(name: str) -> html.Span:
    """A picture that says nothing by itself: words stand beside it."""
    return html.Span(className=f"icon icon-{name}", **HIDDEN)


def spoken(text: str) -> html.Span:
    """Words for screen readers only."""
    return html.Span(text, className="visually-hidden")


def unknown(reason: str) -> Tooltip:
    """An en dash for a figure that is not defined, with the reason on hover, on focus and for screen readers."""
    dash = html.Span(
        [html.Span(UNKNOWN, **HIDDEN), spoken(_("Not known: {reason}", reason=reason))], className="unknown", tabIndex=0
    )
    return Tooltip(dash, label=reason, multiline=True, w=240, withArrow=True)


def money(shown: str, exact: str, class_name: str = "") -> html.Span:
    """A shortened amount: the exact one on hover and for screen readers."""
    if shown == exact:
        return html.Span(shown, className=f"money {class_name}".strip())
    return html.Span(
        [html.Span(shown, **HIDDEN), spoken(exact)],
        className=f"money {class_name}".strip(),
        title=exact,
    )


def skeleton(height: int, width: str = "100%") -> html.Div:
    """A place held for what is being fetched."""
    return html.Div(className="skeleton", style={"height": height, "width": width})


def key(entries: Sequence[tuple[str, str]], class_name: str = "") -> html.Ul:
    """What the marks of a chart mean: pairs of a CSS class of the mark and its word."""
    items = [html.Li([html.I(className=f"mark {mark}", **HIDDEN), word]) for mark, word in entries]
    return html.Ul(items, className=f"key {class_name}".strip())


def about(title: str, period: str, sentence: str, extra: Any = None) -> list[Any]:
    """The head of a panel: what is shown, for when, and what it says in one sentence."""
    head = [html.H2(title), html.P(period, className="period")]
    return [html.Div(head, className="panel-title"), html.P(sentence, className="sentence money-text"), extra]


def no_chart(title: str, period: str, sentence: str) -> list[Any]:
    """The head of a chart's panel when there is nothing to draw: the panel closes around its sentence."""
    return [*about(title, period, sentence), html.Span(className="no-chart", hidden=True)]


def chart_panel(chart: str, height: int = theme.HEIGHT) -> html.Section:
    """A panel that holds the chart named `chart`: its graph, its store, its sentence and its table."""
    graph = dcc.Graph(
        id=ids.graph(chart), figure=theme.blank(), config=theme.CONFIG, style={"height": height}, className="plot"
    )
    style = {} if height == theme.HEIGHT else {"height": height}
    return html.Section(
        [
            Static(about_skeleton(), id=ids.about(chart), className="panel-head"),
            html.Div([graph, skeleton(height - 24)], className="chart", style=style, **HIDDEN),
            Static(id=ids.table(chart), className="panel-foot"),
            dcc.Store(id=ids.figure(chart)),
        ],
        className=f"panel panel-{chart}",
    )


def rows_skeleton(rows: int, height: int) -> html.Div:
    """A list of `rows` lines of `height` pixels before its data."""
    widths = ("62%", "84%", "48%", "72%", "56%")
    bones = [html.Div(skeleton(14, widths[i % 5]), className="bone-row", style={"height": height}) for i in range(rows)]
    return html.Div(bones, className="bones")


def about_skeleton() -> list[Any]:
    return [skeleton(20, "40%"), skeleton(16, "72%")]


def table_switch() -> tuple[html.Span, html.Span]:
    """The words of the switch between a chart and its table."""
    return html.Span(_("Show as table"), className="when-closed"), html.Span(_("Show as chart"), className="when-open")


def data_table(caption: str, heads: Sequence[str], rows: Sequence[Sequence[Any]], texts: int = 1) -> html.Div:
    """The switch "Show as table" and the table behind it; the first `texts` columns are words, the rest figures."""
    return switched(plain_table(caption, heads, rows, texts), caption)


def plain_table(
    caption: str, heads: Sequence[str], rows: Sequence[Sequence[Any]], texts: int = 1, *, total: bool = False
) -> html.Div:
    """A table that always stands open; with `total` the last row is a sum of the others."""
    classes = ["" if place < texts else "number money-text" for place in range(len(heads))]
    head = html.Tr([html.Th(name, scope="col", className=css) for name, css in zip(heads, classes, strict=True)])
    last = len(rows) - 1 if total else None
    body = [_row(row, classes, "total" if place == last else "") for place, row in enumerate(rows)]
    table = html.Table(
        [html.Caption(caption, className="visually-hidden"), html.Thead(head), html.Tbody(body)], className="table"
    )
    return scroll(table, caption)


def switched(table: Any, caption: str) -> html.Div:
    """The table behind a chart with its switch, and both as files."""
    summary = html.Summary([icon("list"), *table_switch(), spoken(f": {caption}")])
    return html.Div([html.Details([summary, table], className="as-table"), downloads(caption)], className="table-box")


def downloads(caption: str, *, picture: bool = True) -> html.Div:
    """Buttons that save the panel they stand in: its table as CSV, its chart as PNG (`assets/45-downloads.js`)."""
    files = (("csv", "CSV", True), ("png", "PNG", picture))
    buttons = [
        html.Button(
            [icon("download"), name, spoken(f": {_('Download {caption}', caption=caption)}")],
            type="button",
            className="download",
            **attributes(data_download=kind),
        )
        for kind, name, offered in files
        if offered
    ]
    return html.Div(buttons, className="downloads", **attributes(data_name=caption))


def dated(text: str, day: str) -> html.Time:
    """A day or a month as people write it; a file gets it as `day` (ISO 8601)."""
    return html.Time(text, dateTime=day)


def scroll(table: Any, label: str) -> html.Div:
    """A box in which a wide table scrolls by itself, reachable by keyboard."""
    return html.Div(table, className="table-scroll", tabIndex=0, role="region", **labelled(label))


def _row(row: Sequence[Any], classes: Sequence[str], own: str = "") -> html.Tr:
    first = html.Th(row[0], scope="row")
    cells = [html.Td(text, className=css) for text, css in zip(row[1:], classes[1:], strict=True)]
    return html.Tr([first, *cells], className=own) if own else html.Tr([first, *cells])
