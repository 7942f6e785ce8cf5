"""One file per table. `tables` lists them for the migrations and the tests."""

from data.models import (
    account,
    audit,
    budget,
    category,
    imports,
    person,
    rates,
    rollup,
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
    "imports",
    "person",
    "rates",
    "rollup",
    "state",
    "tag",
    "tenant",
    "token",
    "transaction",
]

GLOBALS = frozenset(
    {"tenants", "people", "memberships", "exchange_rates", "refresh_tokens", "api_tokens", "installation"}
)
"""Tables without a tenant key; reachable only through `data.directory` (and `web.auth`, which asks it)."""
