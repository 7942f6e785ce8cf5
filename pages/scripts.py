"""Which scripts of ours a page gets: one file with what all pages need, and one more where a page needs that alone.

A script in `assets/` belongs to all pages unless it is named here. A part is loaded with the document of its page, and
when somebody comes to the page from another one: `assets/06-parts.js` stands in for the functions it defines.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from flask import Flask

from web.bundles import FOLDER, Bundle, joined, put

FIRST: Final = "00-theme-init.js"
"""Runs in the head by itself, before anything is painted."""
PARTS: Final[Mapping[str, tuple[str, ...]]] = {
    "/import": ("71-import-files.js", "72-import.js", "73-import-mapping.js"),
    "/transactions": ("75-ledger-list.js", "76-ledger-detail.js", "77-ledger-bulk.js"),
    "/budgets": ("78-budgets.js",),
    "/accounts": ("79-accounts.js", "79-reconcile.js"),
    "/categories": ("79-categories.js", "80-rules.js", "81-learned.js"),
    "/settings": ("81-settings.js", "82-settings-sections.js"),
}
"""Path of a page -> the scripts that it alone needs, in the order in which they build on each other."""
_DEFINED: Final = re.compile(rb"dash_clientside\.fd, \{([^}]*)\}")
_NAME: Final = re.compile(rb"(\w+)\s*:")


@dataclass(frozen=True)
class Scripts:
    """The addresses of our scripts, and for `assets/06-parts.js` where each function of a part is."""

    core: str
    parts: Mapping[str, str]
    functions: str

    def tags(self, config: str, path: str) -> Iterator[str]:
        """The scripts of the document at a path; `config` is where the constant part of Dash's configuration is."""
        for address in (config, self.core, self.parts.get(path)):
            if address:
                yield f'<script src="{address}"></script>'


def serve_scripts(app: Flask) -> Scripts:
    """Join the scripts as they are on disk, and serve them from now on."""
    parts = {path: joined(f"{path[1:]}.js", files) for path, files in PARTS.items()}
    addresses = {path: put(app, part) for path, part in parts.items()}
    functions = [f"{name}={addresses[path]}" for path, part in parts.items() for name in _functions(part)]
    return Scripts(put(app, joined("site.js", core_scripts())), addresses, " ".join(functions))


def core_scripts() -> list[str]:
    """The scripts that all pages need, in the order of their numbers."""
    apart = {FIRST, *(file for files in PARTS.values() for file in files)}
    return sorted(path.name for path in FOLDER.glob("[0-9][0-9]-*.js") if path.name not in apart)


def _functions(part: Bundle) -> list[str]:
    """The functions that a part gives to Dash."""
    return [name.decode() for given in _DEFINED.findall(part.body) for name in _NAME.findall(given)]
