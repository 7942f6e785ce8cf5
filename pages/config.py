"""What Dash tells browsers in each document although it never changes: a script of its own, which they keep.

Of 12 kB for a document it is 9 (brotli). Dash's renderer reads one JSON element; the script puts the rest into it.
"""

from __future__ import annotations

import json
from typing import Any, Final, cast

from dash._utils import to_json

from web.bundles import Bundle

CONFIG: Final = "config.js"
CONSTANT: Final = ("validation_layout", "children_props")
_SCRIPT: Final = """(function () {
  'use strict';
  var place = document.getElementById('_dash-config');
  place.textContent = JSON.stringify(Object.assign(JSON.parse(place.textContent), %s));
})();
"""


def written(config: dict[str, Any]) -> str:
    """The element that Dash's renderer reads its configuration from."""
    return f'<script id="_dash-config" type="application/json">{_json(config)}</script>'


def constant_part(config: dict[str, Any]) -> Bundle:
    """A script that adds the constant part of a configuration to the document's."""
    told = {name: config[name] for name in CONSTANT if name in config}
    told["validation_layout"] = bones(json.loads(_json(told.get("validation_layout"))))
    return Bundle(CONFIG, (_SCRIPT % _json(told)).encode())


def bones(value: Any) -> Any:
    """Of a layout what callbacks are checked against: components, their ids, and the components in them.

    It is the same in all languages and all workers. What holds no component is None.
    """
    if isinstance(value, list):
        return [kept for kept in map(bones, value) if kept is not None] or None
    if not isinstance(value, dict):
        return None
    if "namespace" not in value:
        return _within(value) or None
    return {"type": value["type"], "namespace": value["namespace"], "props": _within(value["props"])}


def _within(props: dict[str, Any]) -> dict[str, Any]:
    found = {name: value if name == "id" else bones(value) for name, value in props.items()}
    return {name: value for name, value in found.items() if value is not None}


def _json(value: Any) -> str:
    write: Any = to_json
    return cast(str, write(value))
