"""Dash's own scripts, compressed as far as brotli goes: `python deploy/suites.py` writes `assets/suites/` anew.

The best level takes seconds for each file, too long for the first visitor of each process, and saves 8 % of a first
visit. A file is named by what it unpacks to (`web.compression` looks there): after an upgrade of Dash an old one is
never sent, and `tests/test_vendor_assets.py` fails until this was run.
"""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path
from typing import Final

import brotli
import dash
import dash_ag_grid
import dash_mantine_components

FOLDER: Final = Path(__file__).resolve().parent.parent / "assets" / "suites"
_DASH, _GRID, _MANTINE = (
    Path(str(package.__file__)).parent for package in (dash, dash_ag_grid, dash_mantine_components)
)
FILES: Final = (
    _DASH / "deps" / "react@18.3.1.min.js",
    _DASH / "deps" / "react-dom@18.3.1.min.js",
    _DASH / "dash-renderer" / "build" / "dash_renderer.min.js",
    _DASH / "dcc" / "dash_core_components.js",
    _DASH / "dcc" / "dash_core_components-shared.js",
    _DASH / "dcc" / "async-graph.js",
    _DASH / "html" / "dash_html_components.min.js",
    _MANTINE / "dash_mantine_components.js",
    _GRID / "dash_ag_grid.min.js",
)


def name_of(file: Path) -> str:
    """What the compressed `file` is called."""
    return f"{file.name}.{hashlib.sha256(file.read_bytes()).hexdigest()}.br"


def main() -> None:
    """Compress what is new and take away what is no longer used."""
    FOLDER.mkdir(exist_ok=True)
    wanted = {name_of(file): file for file in FILES}
    for old in FOLDER.glob("*.br"):
        if old.name not in wanted:
            old.unlink()
    for name, file in wanted.items():
        if not (FOLDER / name).exists():
            (FOLDER / name).write_bytes(brotli.compress(file.read_bytes(), quality=11))
    sys.stdout.write(f"{len(wanted)} compressed files are in {FOLDER}\n")


if __name__ == "__main__":
    main()
