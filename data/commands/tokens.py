"""Stored tokens: issued and revoked, in the tenant's audit log."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from core.errors import Forbidden, Invalid
from data import credentials
from data.commands.unit import write
from data.context import TenantContext
from data.credentials import TokenInfo
from data.schemas.common import Role, Scope
from data.schemas.tokens import ApiTokenIn

_READER: Final[frozenset[Scope]] = frozenset({"read"})
_EDITOR: Final[frozenset[Scope]] = _READER | {"write", "import"}
_ADMIN: Final[frozenset[Scope]] = _EDITOR | {"embed", "admin"}
SCOPES_OF: Final[dict[Role, frozenset[Scope]]] = {
    "viewer": _READER,
    "editor": _EDITOR,
    "admin": _ADMIN,
    "owner": _ADMIN,
}
"""The scopes that a role can hand on."""


def issue_token(context: TenantContext, person_id: int, role: Role, given: ApiTokenIn, token_hash: bytes) -> TokenInfo:
    """Store a token of the person, who has `role` here. `Forbidden` for a scope beyond the role."""
    beyond = [scope for scope in given.scopes if scope not in SCOPES_OF[role]]
    if beyond:
        raise Forbidden(f"The scope {beyond[0]} is beyond the role {role}")
    if given.expires_on is not None and given.expires_on < context.today:
        raise Invalid.field("expires_on", "must not be in the past")
    with write(context) as unit:
        info = credentials.create_token(
            unit.session,
            {
                "token_hash": token_hash,
                "person_id": person_id,
                "tenant_id": context.tenant.id,
                "name": given.name,
                "scopes": list(dict.fromkeys(given.scopes)),
                "expires_on": given.expires_on,
            },
        )
        unit.audit("create", "token", info.id, after=given.model_dump(mode="json"))
        return info


def revoke_token(context: TenantContext, token_id: int, person_id: int | None, now: datetime) -> None:
    """Revoke a token of the person (or of anybody here, with None): no request gets through with it any more."""
    with write(context) as unit:
        info = credentials.revoke_token(unit.session, token_id, person_id, context.tenant.id, now)
        unit.audit("delete", "token", token_id, before={"name": info.name, "scopes": list(info.scopes)})
