"""What the blueprints of the small resources share: pages, ETags, Location, roles."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, Protocol, TypeVar

from flask import Response
from pydantic import BaseModel

from core.errors import Invalid, NotFound
from core.query import read_id, refuse_unknown, single
from data.context import TenantContext
from data.schemas.pages import DEFAULT_LIMIT, LARGEST_LIMIT, read_cursor, write_cursor
from web.http import etag, nothing, parameters, reply
from web.identity import current
from web.openapi import Parameter

PAGE_PARAMETERS: Final = (
    Parameter("limit", {"type": "integer", "minimum": 1, "maximum": LARGEST_LIMIT, "default": DEFAULT_LIMIT}),
    Parameter("cursor", {"type": "string"}, "The next_cursor of the page before."),
)
REPLACE_BY: Final = (Parameter("replace_by", {"type": "string"}, "What is in use moves to this one first."),)
PATCH_TYPES: Final = ("application/merge-patch+json", "application/json")
POST_ERRORS: Final = (400, 409, 415)
PATCH_ERRORS: Final = (400, 409, 412, 415)
DELETE_ERRORS: Final = (409, 412)
IF_MATCH: Final = ("If-Match",)

Stored = tuple[Any, int]
"""A model, and the version that is its ETag."""
Reader = Callable[[TenantContext, int], Stored]


class Lister(Protocol):
    """Reads one page of a list."""

    def __call__(self, context: TenantContext, limit: int, cursor: str | None) -> BaseModel: ...


def page(read: Lister) -> Response:
    """A page of a list, as `limit` and `cursor` ask for it."""
    given = only("limit", "cursor")
    return reply(read(current().context, limit(given), single(given, "cursor")))


def one(read: Reader, text: str, noun: str) -> Response:
    """One resource by the id in the path."""
    only()
    return _stored(read(current().context, read_id(text, noun)))


def created(command: Callable[[TenantContext], Stored], path: str) -> Response:
    """201 and where the new resource is (below `path`); needs the role editor."""
    only()
    model, version = command(editor())
    return reply(model, 201, {"Location": f"{path}/{model.id}", "ETag": etag(version)})


def changed(read: Reader, command: Callable[[TenantContext, int], Stored], text: str, noun: str) -> Response:
    """The resource after a change; needs the role editor."""
    only()
    return _stored(command(*_mine(read, text, noun)))


def removed(read: Reader, command: Callable[[TenantContext, int], None], text: str, noun: str) -> Response:
    """204 once it is gone; needs the role editor."""
    only()
    command(*_mine(read, text, noun))
    return nothing()


def replaced(read: Reader, command: Callable[[TenantContext, int, int | None], None], text: str, noun: str) -> Response:
    """Like `removed`, for what `replace_by` may stand in."""
    replace_by = single(only("replace_by"), "replace_by")
    context, number = _mine(read, text, noun)
    command(context, number, None if replace_by is None else read_id(replace_by, noun))
    return nothing()


class Numbered(Protocol):
    """Something of a person, by its number."""

    @property
    def id(self) -> int: ...


Own = TypeVar("Own", bound=Numbered)


def own_page(name: str, things: Sequence[Own], *, newest_first: bool = False) -> tuple[list[Own], str | None]:
    """What `limit` and `cursor` ask for of a person's few things in the order of their numbers, and the next cursor."""
    given = only("limit", "cursor")
    most, cursor, name = limit(given), single(given, "cursor"), current().context.list_name(name)
    if cursor is not None:
        place = int(read_cursor(name, cursor, int)[0])
        things = [each for each in things if (each.id < place if newest_first else each.id > place)]
    return list(things[:most]), write_cursor(name, things[most - 1].id) if len(things) > most else None


def own_one(things: Sequence[Own], text: str, noun: str) -> Own:
    """The one of a person's few things that the path names; `NotFound` otherwise."""
    only()
    number = read_id(text, noun)
    found = next((each for each in things if each.id == number), None)
    if found is None:
        raise NotFound(f"There is no {noun} {number}")
    return found


def editor() -> TenantContext:
    """The context of somebody who may write; `Forbidden` otherwise."""
    identity = current()
    identity.require("editor")
    return identity.context


def _mine(read: Reader, text: str, noun: str) -> tuple[TenantContext, int]:
    """What is to be changed, and by whom. What is not there is a 404 before anything else is looked at."""
    number = read_id(text, noun)
    read(current().context, number)
    return editor(), number


def _stored(stored: Stored) -> Response:
    model, version = stored
    return reply(model, headers={"ETag": etag(version)})


def only(*names: str) -> dict[str, list[str]]:
    """The query parameters; `Invalid` names those that the endpoint does not have."""
    given = parameters()
    refuse_unknown(given, names)
    return given


def limit(given: Mapping[str, Sequence[str]]) -> int:
    """How many rows a page is asked to have; `Invalid` outside 1 to 1,000."""
    text = single(given, "limit")
    if text is None:
        return DEFAULT_LIMIT
    if not (text.isascii() and text.isdecimal() and len(text) < 6 and 1 <= int(text) <= LARGEST_LIMIT):
        raise Invalid.field("limit", f"must be a whole number from 1 to {LARGEST_LIMIT}")
    return int(text)
