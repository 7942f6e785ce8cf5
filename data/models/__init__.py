"""One file per table. `tables` lists them for the migrations and the tests."""

from data.models import (
    account,
    audit,
    budget,
    category,
    import_runs,
    imports,
    job,
    learning,
    lease,
    person,
    rates,
    recurring,
    rollup,
    rule,
    state,
    tag,
    tenant,
    token,
    transaction,
)
from data.models.base import Base, TenantOwned

__all__ = [
    "Base",
    "TenantOwned",
    "account",
    "audit",
    "budget",
    "category",
    "import_runs",
    "imports",
    "job",
    "learning",
    "lease",
    "person",
    "rates",
    "recurring",
    "rollup",
    "rule",
    "state",
    "tag",
    "tenant",
    "token",
    "transaction",
]

GLOBALS = frozenset(
    {"tenants", "people", "memberships", "exchange_rates", "refresh_tokens", "api_tokens", "installation"}
    | {"board_lease", "jobs"}
)
"""Tables without a tenant key; reachable only through `data.directory` (and `web.auth`, which asks it)."""
