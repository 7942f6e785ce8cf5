"""What a browser posts to Dash for the overview's figures."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from components import ids


def overview_call(dependencies: Sequence[Any], search: str = "") -> dict[str, Any]:
    """The body for `/_dash-update-component`, for the address's query, of what `/_dash-dependencies` answers."""
    spec = next(each for each in dependencies if ids.OVERVIEW_CARDS in each["output"])
    outputs = []
    for name in spec["output"].strip(".").split("..."):
        where, _, prop = name.rpartition(".")
        outputs.append({"id": json.loads(where) if where.startswith("{") else where, "property": prop})
    return {
        "output": spec["output"],
        "outputs": outputs,
        "inputs": [
            {"id": ids.URL, "property": "search", "value": search},
            {"id": ids.LIVE, "property": "data", "value": None},
        ],
        "state": [{"id": ids.OVERVIEW, "property": name, "value": ""} for name in ("className", "data-view")],
        "changedPropIds": [f"{ids.URL}.search"],
    }
