"""Rows of the directory as frozen values: what leaves a session knows nothing of it any more."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

T = TypeVar("T", bound="DataclassInstance")


def shaped(kind: type[T], row: Any, **others: Any) -> T:
    """A `kind` with the attributes of the row that are named like its fields, but for `others`."""
    return kind(**{each.name: getattr(row, each.name) for each in fields(kind) if each.name not in others}, **others)
