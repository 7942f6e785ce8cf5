"""A table behind a chart that the browser writes when it is opened: thousands of cells would be slow to draw again."""

from __future__ import annotations

import json
from collections.abc import Sequence

from dash import html

from components.parts import attributes, icon, labelled, spoken


def lazy_table(caption: str, heads: Sequence[str], rows: Sequence[Sequence[str]], texts: int = 1) -> html.Details:
    """The switch "Show as table"; `assets/79-lazy-table.js` writes the table from what it is told here. The first
    `texts` columns are words, the rest figures."""
    told = json.dumps({"caption": caption, "heads": list(heads), "rows": [list(row) for row in rows], "texts": texts})
    switch = (html.Span("Show as table", className="when-closed"), html.Span("Show as chart", className="when-open"))
    box = html.Div(
        className="table-scroll", tabIndex=0, role="region", **labelled(caption), **attributes(data_table=told)
    )
    return html.Details([html.Summary([icon("list"), *switch, spoken(f": {caption}")]), box], className="as-table")
