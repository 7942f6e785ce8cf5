"""Lists in pages: the shape of every list, and the cursor that says where the next page begins."""

from __future__ import annotations

import base64
import binascii
import json
from typing import Generic, TypeVar

from core.errors import Invalid
from data.schemas.budgets import BudgetStatus
from data.schemas.common import Out
from data.schemas.dashboard import Unconverted

T = TypeVar("T")
Key = int | str
DEFAULT_LIMIT = 100
LARGEST_LIMIT = 1_000
_LONGEST_CURSOR = 1_000


class Page(Out, Generic[T]):
    """One page of a list at the tenant's `version`; `next_cursor` is null on the last one."""

    data: list[T]
    next_cursor: str | None
    version: int


class BudgetHistory(Page[BudgetStatus]):
    """All periods of a budget up to today, oldest first. `complete` is false when `unconverted` is not empty."""

    complete: bool
    unconverted: list[Unconverted]


def write_cursor(resource: str, *key: Key) -> str:
    """The opaque cursor after the row of list `resource` whose sort key is `key`."""
    text = json.dumps([resource, *key], separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read_cursor(resource: str, cursor: str, *kinds: type[Key]) -> list[Key]:
    """The key in a cursor of list `resource`; `Invalid` (bad_cursor) for one that is damaged or of another list."""
    try:
        if len(cursor) > _LONGEST_CURSOR:
            raise ValueError
        padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        value = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
        if not isinstance(value, list) or value[:1] != [resource]:
            raise ValueError
        key = value[1:]
        if [type(part) for part in key] != list(kinds) or any(not _storable(part) for part in key):
            raise ValueError
    except (ValueError, binascii.Error, RecursionError):
        raise Invalid.field("cursor", "is not a cursor of this list", code="bad_cursor") from None
    return key


def _storable(part: Key) -> bool:
    """Whether the database has such a value at all."""
    return "\x00" not in part if isinstance(part, str) else -(2**63) <= part < 2**63
