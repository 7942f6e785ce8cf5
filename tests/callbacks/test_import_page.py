"""The import page's callback: who may choose files, and what the browser's part is told."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from callbacks import imports
from components import ids
from components.imports import READY
from pages.imports import layout
from tests.components.reading import walk, words


@pytest.mark.parametrize(("role", "writes"), [("owner", True), ("admin", True), ("editor", True), ("viewer", False)])
def test_only_a_viewer_gets_no_way_to_choose(monkeypatch: pytest.MonkeyPatch, role: str, writes: bool) -> None:
    tenant = SimpleNamespace(name="Alice", locale="de-DE")
    monkeypatch.setattr(imports, "current", lambda: SimpleNamespace(tenant=tenant, role=role))
    monkeypatch.setattr(imports, "state", lambda: SimpleNamespace(settings=SimpleNamespace(max_upload_mb=2)))
    name, access, context, page = imports.show_access(ids.IMPORT)
    assert (name, page) == ("Alice", READY)
    assert context == {"writes": writes, "locale": "de-DE", "largest": 2_097_152}
    found = {getattr(part, "id", None) for part in walk(access)}
    assert (ids.IMPORT_CHOOSE in found) is writes
    assert ("Your role is viewer" in words(access)) is not writes


def test_the_skeleton_has_a_place_for_every_part() -> None:
    found = {getattr(part, "id", None) for part in walk(layout())}
    places = {ids.IMPORT_ACCESS, ids.IMPORT_FILES, ids.IMPORT_REVIEW, ids.IMPORT_HISTORY, ids.IMPORT_SAID}
    assert places <= found
