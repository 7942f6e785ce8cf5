"""The category tree as the figures need it: kinds, names, children."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import pandas as pd

from core.errors import NotFound
from core.query import UNCATEGORISED
from data.schemas.common import CategoryKind


@dataclass(frozen=True, slots=True)
class CategoryTree:
    """All categories of a tenant by id."""

    names: dict[int, str]
    kinds: dict[int, CategoryKind]
    children: dict[int, tuple[int, ...]]

    @classmethod
    def of(cls, frame: pd.DataFrame) -> CategoryTree:
        """From `data.frames.books.category_frame`."""
        columns = (frame[name].tolist() for name in ("id", "name", "parent_id", "kind"))
        return cls.of_rows(list(zip(*columns, strict=True)))

    @classmethod
    def of_rows(cls, rows: Sequence[tuple[int, str, int | None, CategoryKind]]) -> CategoryTree:
        """From `data.frames.books.category_rows`."""
        children: dict[int, list[int]] = {}
        for category_id, _, parent_id, _ in rows:
            if parent_id is not None:
                children.setdefault(int(parent_id), []).append(category_id)
        return cls(
            names={row[0]: row[1] for row in rows},
            kinds={row[0]: row[3] for row in rows},
            children={parent: tuple(ids) for parent, ids in children.items()},
        )

    def with_children(self, category_ids: Iterable[int]) -> set[int]:
        """These categories and all below them; `NotFound` for one that does not exist."""
        found: set[int] = set()
        waiting = list(category_ids)
        while waiting:
            category_id = waiting.pop()
            if category_id not in self.kinds and category_id != UNCATEGORISED:
                raise NotFound(f"There is no category {category_id}")
            if category_id not in found:
                found.add(category_id)
                waiting.extend(self.children.get(category_id, ()))
        return found

    def kind(self, category_id: int, sign: int) -> CategoryKind:
        """What a line of this category and sign is: without a category inflows are income, outflows expense."""
        if category_id == UNCATEGORISED:
            return "income" if sign > 0 else "expense"
        return self.kinds[category_id]
