"""Pages with their filters that a person keeps under a name."""

from __future__ import annotations

import re
from typing import Annotated, Any, Final

from pydantic import BeforeValidator, Field, WithJsonSchema

from data.schemas.common import Id, In, Name, Out, Text

_PATH: Final = re.compile(r"/(?:[A-Za-z0-9_~.:%@,-]+(?:/[A-Za-z0-9_~.:%@,-]+)*/?)?")
_QUERY: Final = re.compile(r"[A-Za-z0-9_~.!*'()%&=+,:;@/?$\-]*")


def _read_path(value: Any) -> Any:
    if isinstance(value, str) and len(value) <= 200 and _PATH.fullmatch(value) and ".." not in value:
        return value
    raise ValueError("must be the path of a page, such as /transactions")


def _read_query(value: Any) -> Any:
    if isinstance(value, str) and _QUERY.fullmatch(value.removeprefix("?")):
        return value.removeprefix("?")
    raise ValueError("must be a query string such as period=this_year")


Path = Annotated[str, BeforeValidator(_read_path), WithJsonSchema({"type": "string"})]
QueryText = Annotated[Text, BeforeValidator(_read_query), WithJsonSchema({"type": "string"})]


class SavedViewIn(In):
    """`path` is a page of the product, `query` what follows the `?` of its address."""

    name: Name = Field(max_length=100)
    path: Path
    query: QueryText = ""


class SavedViewPatch(In):
    """What is absent stays."""

    name: Name | None = Field(default=None, max_length=100)
    path: Path | None = None
    query: QueryText | None = None


class SavedView(Out):
    id: Id
    name: str
    path: str
    query: str
