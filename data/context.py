"""Who asks, for which tenant, on which day: the one value that reports and commands take besides their own input."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from core.period import Months
from data.db import TenantDb
from data.directory import TenantInfo


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does something, as the audit log shows it (`person:7`, `token:3`, `cli`), and from which address."""

    name: str
    address: str | None = None


@dataclass(frozen=True, slots=True)
class TenantContext:
    """A tenant's books open in front of somebody. `today` is the day in the tenant's time zone."""

    db: TenantDb
    tenant: TenantInfo
    actor: Actor
    today: date

    @property
    def months(self) -> Months:
        """The tenant's months, which may begin on payday."""
        return Months(self.tenant.month_start)

    def list_name(self, name: str) -> str:
        """What a list is called in its cursors, which are worth nothing to another tenant."""
        return f"{name}:{self.tenant.key}"
