"""A table behind a chart that the browser writes when it is opened: thousands of cells would be slow to draw again."""

from __future__ import annotations

import json
from collections.abc import Sequence

from components.elements import html
from components.parts import attributes, labelled, switched

Cell = str | tuple[str, str]
"""A text, or one that leads to an address, or a day that a file gets in ISO 8601: the text and the address or day."""


def lazy_table(caption: str, heads: Sequence[str], rows: Sequence[Sequence[Cell]], texts: int = 1) -> html.Div:
    """The switch "Show as table"; `assets/79-lazy-table.js` writes the table from what it is told here. The first
    `texts` columns are words, the rest figures."""
    told = json.dumps({"caption": caption, "heads": list(heads), "rows": [list(row) for row in rows], "texts": texts})
    box = html.Div(
        className="table-scroll", tabIndex=0, role="region", **labelled(caption), **attributes(data_table=told)
    )
    return switched(box, caption)
