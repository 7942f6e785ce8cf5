"""Gathers what the proxy serves itself: our assets and Dash's scripts, each with a gzip twin beside it."""

from __future__ import annotations

import gzip
import shutil
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Final

_ASSETS: Final = Path("assets")
_SUITES: Final = ("dash", "dash_ag_grid", "dash_mantine_components")
_SCRIPTS: Final = frozenset({".js", ".css"})
_TEXTS: Final = _SCRIPTS | {".svg", ".json", ".webmanifest"}
_WORTH_IT: Final = 512
"""Bytes below which compression saves nothing that a person notices."""


def main(target: Path) -> None:
    """Fill `target` with `assets/` and `_dash-component-suites/`, the paths that their URLs have."""
    for source in _files(_ASSETS):
        if source.suffix not in (".br", ".gz"):  # the twins are made here; nginx has no module for .br
            _put(source, target / source)
    for name in _SUITES:
        package = _package(name)
        for source in _files(package):
            if source.suffix in _SCRIPTS:
                _put(source, target / "_dash-component-suites" / name / source.relative_to(package))


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def _package(name: str) -> Path:
    spec = find_spec(name)
    if spec is None or spec.origin is None:
        raise SystemExit(f"{name} is not installed")
    return Path(spec.origin).parent


def _put(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)
    if source.suffix in _TEXTS and source.stat().st_size >= _WORTH_IT:
        twin = target.with_name(f"{target.name}.gz")
        twin.write_bytes(gzip.compress(source.read_bytes(), 9, mtime=0))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
