"""Imports in the background: how far they are, and what came of them."""

from __future__ import annotations

from typing import Any, Literal

from data.schemas.common import Id, Out
from data.schemas.imports import ImportAccount, ImportedEntry, ImportRecord

RunState = Literal["queued", "running", "done", "failed", "cancelled"]


class Progress(Out):
    """`read` of `total` entries were read. `total` is 0 until the file was opened and exact at the end; between that it
    is not less than the file has."""

    read: int
    total: int


class ImportState(Out):
    """An import in the background."""

    id: Id
    state: RunState
    progress: Progress


class ImportDetail(ImportRecord):
    """One import, with the `accounts` and the `preview` that its answer had, null of one in the background that did not
    end well; `problem` is why it failed: `code`, `detail`, `errors` and so on, as the error would have said."""

    progress: Progress
    accounts: list[ImportAccount] | None = None
    preview: list[ImportedEntry] | None = None
    problem: dict[str, Any] | None = None
