"""What a browser or program calls itself (`User-Agent`, RFC 9110, section 10.1.5), in a few words that people know."""

from __future__ import annotations

import re
from typing import Final

_BROWSERS: Final = (
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
"""In this order: most of them also name those whose pages they want to be given."""
_SYSTEMS: Final = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)
_PROGRAM: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")


def short_name(agent: str) -> str | None:
    """`Firefox, Linux` for a browser, the first word (`curl`) for a program, None for one that does not say."""
    if not agent.startswith("Mozilla/"):
        found = _PROGRAM.match(agent)
        return found.group() if found else None
    parts = [_first(agent, _BROWSERS), _first(agent, _SYSTEMS)]
    return ", ".join(each for each in parts if each) or None


def _first(agent: str, names: tuple[tuple[str, str], ...]) -> str | None:
    return next((told for sign, told in names if sign in agent), None)
