"""Who may call which route: one table, which the guard enforces and a test holds against the url map.

A token with scopes needs one of those a route takes (`admin` always fits); the person needs the role, whatever the
token. What is open to everybody stands in `web.guard`. A view may ask for more, never for less.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from data.schemas.common import Role, Scope

_ARGUMENT: Final = re.compile(r"<[^>]+>")


@dataclass(frozen=True, slots=True)
class Access:
    """What a route asks for: one of `scopes` (none named: any token), and at least `role`."""

    scopes: tuple[Scope, ...]
    role: Role

    def missing_scope(self, scopes: tuple[str, ...] | None) -> Scope | None:
        """The scope that a token with these scopes lacks; a sign-in (None) has all."""
        if scopes is None or not self.scopes or "admin" in scopes or set(self.scopes) & set(scopes):
            return None
        return self.scopes[0]

    def waives_role(self, scopes: tuple[str, ...] | None) -> bool:
        """Who was given the scope `embed` may make embeds without being an admin."""
        return self.scopes == ("embed",) and scopes is not None and "embed" in scopes


READ: Final = Access(("read",), "viewer")
WRITE: Final = Access(("write",), "editor")
_ANY: Final = Access((), "viewer")
_IMPORT: Final = Access(("import", "write"), "editor")
_IMPORTED: Final = Access(("read", "import"), "viewer")
_EMBED: Final = Access(("embed",), "admin")
_ADMIN: Final = Access(("admin",), "admin")
_OWNER: Final = Access(("admin",), "owner")
_OWN: Final = Access(("admin",), "viewer")
"""A person's own password, tokens, second factor: nothing that a token for figures may touch."""
_PAGE: Final = Access(("write",), "viewer")


def _all(access: Access, *routes: str) -> dict[str, Access]:
    return dict.fromkeys(routes, access)


def _resource(path: str) -> dict[str, Access]:
    """List, add, one, change, delete."""
    return {
        **_all(READ, f"GET {path}", f"GET {path}/<id>"),
        **_all(WRITE, f"POST {path}", f"PATCH {path}/<id>", f"DELETE {path}/<id>"),
    }


TABLE: Final[Mapping[str, Access]] = {
    **_all(
        READ,
        "GET /",
        "GET /<id>",
        "GET /_dash-dependencies",
        "GET /_dash-layout",
        "GET /_reload-hash",
        "GET /financial/dashboard",
        "GET /financial/dashboard/accounts",
        "GET /financial/dashboard/budgets",
        "GET /financial/dashboard/summary",
        "GET /financial/dashboard/transactions",
        "GET /financial/webhooks/<id>/deliveries",
        "GET /financial/accounts/<id>/reconciliations",
        "GET /financial/accounts/<id>/statements",
        "GET /financial/alerts",
        "GET /financial/alerts/<id>",
        "GET /financial/budgets/<id>/history",
        "GET /financial/budgets/proposals",
        "GET /financial/categorise/guesses",
        "GET /financial/categorise/settings",
        "GET /financial/changes",
        "GET /financial/comparisons",
        "GET /financial/explain/<id>",
        "GET /financial/figures",
        "GET /financial/forecast",
        "GET /financial/reconciliations/<id>",
        "GET /financial/reconciliations/<id>/entries",
        "GET /financial/recurring",
        "GET /financial/rules/runs",
        "GET /financial/rules/runs/<id>",
        "GET /financial/stream",
        "GET /financial/transactions.csv",
        "GET /financial/transactions/totals",
        "GET /financial/transactions/<id>/details",
        "GET /financial/transactions.xlsx",
        "GET /financial/transactions/<id>/category",
        "GET /tenant",
        "GET /tenant/info",
        "GET /financial/views",
        "GET /financial/views/<id>",
    ),
    **_resource("/financial/accounts"),
    **_resource("/financial/budgets"),
    **_resource("/financial/categories"),
    **_resource("/financial/rates"),
    **_resource("/financial/rules"),
    **_resource("/financial/tags"),
    **_resource("/financial/transactions"),
    **_resource("/financial/webhooks"),
    **_all(
        WRITE,
        "PATCH /financial/alerts/<id>",
        "POST /financial/budgets/preview",
        "POST /financial/categorise",
        "POST /financial/categorise/accept",
        "POST /financial/categorise/undo",
        "PUT /financial/categorise/settings",
        "POST /financial/accounts/<id>/reconciliations",
        "PATCH /financial/reconciliations/<id>",
        "DELETE /financial/reconciliations/<id>",
        "POST /financial/reconciliations/<id>/close",
        "POST /financial/reconciliations/<id>/entries",
        "POST /financial/reconciliations/<id>/reopen",
        "POST /financial/rules/apply",
        "POST /financial/rules/preview",
        "POST /financial/transactions/bulk",
        "POST /financial/transactions/undo",
        "DELETE /financial/rules/runs/<id>",
    ),
    **_all(
        _IMPORTED,
        "GET /financial/imports",
        "GET /financial/imports/<id>",
        "GET /financial/imports/<id>/entries",
        "GET /financial/import-mappings",
        "GET /financial/import-mappings/<id>",
    ),
    **_all(
        _IMPORT,
        "POST /financial/imports",
        "DELETE /financial/imports/<id>",
        "POST /financial/imports/<id>/cancel",
        "POST /financial/imports/<id>/entries/<id>",
        "DELETE /financial/import-mappings/<id>",
    ),
    **_all(_EMBED, "POST /financial/embeds", "DELETE /financial/embeds/<id>", "POST /financial/embeds/revoke-all"),
    **_all(
        _ADMIN,
        "GET /financial/embed-keys",
        "POST /financial/embed-keys",
        "GET /financial/embed-keys/<id>",
        "DELETE /financial/embed-keys/<id>",
        "GET /financial/embed-settings",
        "PUT /financial/embed-settings",
    ),
    **_all(
        _OWN,
        "GET /auth/tokens",
        "POST /auth/tokens",
        "GET /auth/tokens/<id>",
        "DELETE /auth/tokens/<id>",
        "GET /auth/sessions",
        "DELETE /auth/sessions",
        "GET /auth/sessions/<id>",
        "DELETE /auth/sessions/<id>",
        "GET /account",
        "POST /account",
        "POST /auth/password",
        "GET /auth/totp",
        "POST /auth/totp",
        "DELETE /auth/totp",
        "POST /auth/totp/confirm",
        "POST /auth/totp/backup-codes",
    ),
    **_all(
        _ADMIN,
        "PATCH /tenant",
        "GET /tenant/people",
        "GET /tenant/people/<id>",
        "PATCH /tenant/people/<id>",
        "DELETE /tenant/people/<id>",
        "GET /tenant/invitations",
        "POST /tenant/invitations",
        "GET /tenant/invitations/<id>",
        "DELETE /tenant/invitations/<id>",
        "GET /financial/audit",
        "GET /financial/audit.csv",
    ),
    **_all(_OWN, "GET /financial/alert-settings", "PUT /financial/alert-settings"),
    **_all(_OWN, "POST /tenant/leave"),
    **_all(_OWNER, "DELETE /tenant"),
    **_all(_ANY, "POST /auth/logout", "GET /auth/csrf", "POST /sign-out"),
    **_all(_PAGE, "POST /_dash-update-component", "POST /switch-tenant"),
    **_all(_PAGE, "POST /financial/views", "PATCH /financial/views/<id>", "DELETE /financial/views/<id>"),
}


def route_of(method: str, rule: str) -> str:
    """A route as the table names it: `GET /financial/accounts/<id>`."""
    return f"{'GET' if method == 'HEAD' else method} {_ARGUMENT.sub('<id>', rule)}"


def access_to(method: str, rule: str) -> Access:
    """What the table says of a route; one that is not in it is read or written like the ledger (and fails a test)."""
    return TABLE.get(route_of(method, rule)) or (READ if method in ("GET", "HEAD", "OPTIONS") else WRITE)
