"""What is posted to a callback must be a call of that callback: anybody who is signed in can post anything.

Dash takes the shapes of inputs, states and outputs as it gets them, and fails on others. Here they are held against
what was registered, and the values against the kind of their property, before Dash sees them: 404 for a callback that
is not there, 400 for what is no call of it. Values of `data` and `children` are any JSON; callbacks look at those
themselves.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, Final

from flask import request

from core.errors import BadRequest, NotFound

Callbacks = Mapping[str, Mapping[str, Any]]
"""What each callback is registered with, by its output, as Dash keeps it."""
Kinds = Mapping[str, type]
"""Components by id whose value is no single text (`list`: of texts), or whose data must be an object (`dict`)."""
_LONGEST: Final = 100_000
_MOST: Final = 10_000
_HALVES: Final = re.compile("[\ud800-\udfff]")
_TEXTS: Final = frozenset({"search", "pathname", "hash", "href", "className", "data-view", "value"})
_COUNTS: Final = frozenset({"n_clicks"})


def refuse_malformed(path: str, callbacks: Callbacks, kinds: Kinds | None = None) -> None:
    """Refuse what is posted to `path` and is no call of one of `callbacks`, whose components are of these kinds."""
    if request.path != path or request.method != "POST":
        return
    body = request.get_json(silent=True)
    if not isinstance(body, dict) or not isinstance(body.get("output"), str):
        raise BadRequest("This is not a call of a callback")
    known = callbacks.get(body["output"])
    if known is None or "callback" not in known:
        raise NotFound("There is no such callback")
    changed = body.get("changedPropIds", [])
    fits = (
        _all_fit(body.get("inputs", []), known["inputs"], kinds or {})
        and _all_fit(body.get("state", []), known["state"], kinds or {})
        and _are_outputs(body.get("outputs"), body["output"])
        and isinstance(changed, list)
        and all(isinstance(each, str) for each in changed)
    )
    if not fits:
        raise BadRequest("This is not a call of a callback")


def _all_fit(given: Any, known: list[Any], kinds: Kinds) -> bool:
    """Whether these are the properties that the callback takes, with values of their kind."""
    if not isinstance(given, list) or len(given) != len(known):
        return False
    return all(_fits(each, wanted, kinds) for each, wanted in zip(given, known, strict=True))


def _fits(given: Any, wanted: Mapping[str, Any], kinds: Kinds) -> bool:
    pattern = _pattern(wanted["id"])
    if isinstance(pattern, dict) and any(each in (["ALL"], ["ALLSMALLER"]) for each in pattern.values()):
        found = isinstance(given, list) and len(given) <= _MOST
        return found and all(_is_property(each, pattern, wanted["property"], kinds) for each in given)
    return _is_property(given, pattern, wanted["property"], kinds)


def _is_property(given: Any, pattern: Any, name: str, kinds: Kinds) -> bool:
    """Whether this is that property of such a component; the renderer leaves out a value that is not set yet."""
    named = isinstance(given, dict) and given.get("property") == name and _is_id(given.get("id"), pattern)
    return named and _is_value(given.get("value"), name, kinds.get(pattern) if isinstance(pattern, str) else None)


def _is_id(given: Any, pattern: Any) -> bool:
    if not isinstance(pattern, dict):
        return bool(given == pattern)
    if not isinstance(given, dict) or given.keys() != pattern.keys():
        return False
    return all(
        isinstance(given[name], str | int) if isinstance(each, list) else given[name] == each
        for name, each in pattern.items()
    )


def _is_value(value: Any, name: str, kind: type | None) -> bool:
    if value is None:
        return True
    if name in _COUNTS:
        return isinstance(value, int)
    if kind is dict and name == "data":
        return isinstance(value, dict)
    if kind is list and name == "value":
        return isinstance(value, list) and len(value) <= _MOST and all(_is_text(each) for each in value)
    if name in _TEXTS:
        return _is_text(value) and (name != "pathname" or value.startswith("/"))
    return not isinstance(value, str) or _is_unicode(value)


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and len(value) <= _LONGEST and _is_unicode(value)


def _is_unicode(value: str) -> bool:
    """JSON can also say halves of characters (RFC 8259, section 8.2), which no encoding has."""
    return not _HALVES.search(value)


def _are_outputs(given: Any, output: str) -> bool:
    """Whether these are the places that the name of the callback names."""
    several = output.startswith("..")
    names = output[2:-2].split("...") if several else [output]
    places = given if several else [given]
    if not isinstance(places, list) or len(places) != len(names):
        return False
    return all(_is_output(each, name) for each, name in zip(places, names, strict=True))


def _is_output(given: Any, name: str) -> bool:
    own, _dot, prop = name.partition("@")[0].rpartition(".")
    named = isinstance(given, dict) and isinstance(given.get("property"), str)
    return named and given["property"].partition("@")[0] == prop and _is_id(given.get("id"), _pattern(own))


def _pattern(own: str) -> Any:
    """The id of a component as it was registered: text, or a dictionary with a list in place of what may vary."""
    return json.loads(own.replace("\\.", ".")) if own.startswith("{") else own
