"""One file per table. `tables` lists them for the migrations and the tests."""

from data.models import (
    account,
    audit,
    budget,
    category,
    credential,
    embed,
    identity,
    import_runs,
    imports,
    job,
    learning,
    lease,
    person,
    rates,
    reconciliation,
    recurring,
    rollup,
    rule,
    session,
    state,
    tag,
    tenant,
    token,
    transaction,
    view,
    webhook,
)
from data.models.base import Base, TenantOwned

__all__ = [
    "Base",
    "TenantOwned",
    "account",
    "audit",
    "budget",
    "category",
    "credential",
    "embed",
    "identity",
    "import_runs",
    "imports",
    "job",
    "learning",
    "lease",
    "person",
    "rates",
    "reconciliation",
    "recurring",
    "rollup",
    "rule",
    "session",
    "state",
    "tag",
    "tenant",
    "token",
    "transaction",
    "view",
    "webhook",
]

GLOBALS = frozenset(
    {"tenants", "people", "memberships", "exchange_rates", "refresh_tokens", "api_tokens", "installation"}
    | {"board_lease", "jobs"}
    | {"attempts", "backup_codes", "ended_sessions", "identities", "invitations", "password_resets", "second_factors"}
    | {"sessions"}
)
"""Tables without a tenant key; reachable only through `data.directory` (and `web.auth`, which asks it)."""
