"""Make, change and delete the tenant's own exchange rates."""

from __future__ import annotations

from decimal import Decimal

from core.errors import Invalid
from data.commands import resources
from data.commands.resources import Versioned
from data.commands.unit import write
from data.context import TenantContext
from data.frames.records import rate_record
from data.models.rates import TenantRate
from data.schemas.rates import Rate, RateIn, RatePatch


def create_rate(context: TenantContext, new: RateIn) -> Versioned[Rate]:
    """Add a rate; `Conflict` (rate_taken) when the pair has one on that day."""
    with write(context) as unit:
        row = TenantRate(**unit.stamp, base=new.base, quote=new.quote, day=new.date, rate=Decimal(new.rate))
        _check(row.base, row.quote)
        return resources.add(unit, "rate", row, rate_record)


def update_rate(context: TenantContext, rate_id: int, patch: RatePatch, if_match: int | None = None) -> Versioned[Rate]:
    """Change a rate, its pair or its day."""
    with write(context) as unit:
        row = resources.find(unit, TenantRate, rate_id, "rate", if_match)
        values = resources.given(patch, nullable=())
        if "date" in values:
            values["day"] = values.pop("date")
        if "rate" in values:
            values["rate"] = Decimal(values["rate"])
        _check(values.get("base", row.base), values.get("quote", row.quote))
        return resources.change(unit, "rate", row, values, rate_record)


def delete_rate(context: TenantContext, rate_id: int, if_match: int | None = None) -> None:
    """Remove a rate; conversions fall back to what is left (`semantics.md`, Currency)."""
    with write(context) as unit:
        row = resources.find(unit, TenantRate, rate_id, "rate", if_match)
        resources.remove(unit, "rate", row, rate_record(row))


def _check(base: str, quote: str) -> None:
    if base == quote:
        raise Invalid.field("quote", "must be another currency than base")
