"""The people of a tenant and those who are invited."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Annotated, Any, Final

from pydantic import BeforeValidator, Field

from data.schemas.common import Id, In, Out, Role, Text

_ADDRESS: Final = re.compile(r"[^\s@<>,;:\"()\[\]\\]+@[^\s@<>,;:\"()\[\]\\]+")


def _read_address(value: Any) -> Any:
    if isinstance(value, str) and _ADDRESS.fullmatch(value) and value.isprintable():
        return value
    raise ValueError("must be an e-mail address")


class PersonOut(Out):
    id: Id
    email: str
    role: Role


class PersonPatch(In):
    role: Role


class InvitationIn(In):
    email: Annotated[Text, BeforeValidator(_read_address)] = Field(max_length=254)
    role: Role


class InvitationOut(Out):
    id: Id
    email: str
    role: Role
    created_at: datetime
    expires_at: datetime


class NewInvitation(InvitationOut):
    """`link` is shown this once, and null when a retry gets this answer again. `sent`: it went out by e-mail."""

    link: str | None
    sent: bool


class DeleteTenantIn(In):
    """`confirm` is the tenant's key, typed by whoever means it."""

    confirm: Text
