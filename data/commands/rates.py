"""Make, change and delete the tenant's own exchange rates; and what a changed rate changes in the tenant's books.

Figures are converted when they are read, so they follow a rate by themselves. What is stored and follows from rates
are transfers between accounts of different currencies, and the alerts of budgets.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from sqlalchemy import text

from core.errors import Invalid
from core.rates import LOOK_BACK_DAYS, VIA
from data.commands import resources
from data.commands.crossing import WINDOW_DAYS
from data.commands.resources import Versioned
from data.commands.unit import Write, write
from data.context import TenantContext
from data.frames.rates import runs
from data.frames.records import rate_record
from data.models.rates import TenantRate
from data.schemas.rates import Rate, RateIn, RatePatch

_REACH: Final = timedelta(days=LOOK_BACK_DAYS + WINDOW_DAYS)
"""How long after a rate's day a leg may be booked whose pair the rate decides about."""
_MIXED: Final = text(
    """
    SELECT 1 FROM (
        SELECT currency FROM accounts WHERE tenant_id = :tenant
        UNION SELECT currency FROM budgets WHERE tenant_id = :tenant
    ) AS used HAVING count(*) > 1
    """
)
_LINES: Final = text(
    """
    SELECT DISTINCT r.account_id, r.booked_on FROM daily_rollup r
    JOIN accounts a ON a.tenant_id = r.tenant_id AND a.id = r.account_id
    JOIN unnest(CAST(:firsts AS date[]), CAST(:lasts AS date[])) AS span(first, last)
      ON r.booked_on BETWEEN span.first AND span.last
    WHERE r.tenant_id = :tenant AND a.currency = ANY(CAST(:currencies AS text[]))
    """
)


def create_rate(context: TenantContext, new: RateIn) -> Versioned[Rate]:
    """Add a rate; `Conflict` (rate_taken) when the pair has one on that day."""
    with write(context) as unit:
        row = TenantRate(**unit.stamp, base=new.base, quote=new.quote, day=new.date, rate=Decimal(new.rate))
        _check(row.base, row.quote)
        added = resources.add(unit, "rate", row, rate_record)
        _touch(unit, {row.base, row.quote}, [row.day])
        return added


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
        currencies, days = {row.base, row.quote}, {row.day}
        changed = resources.change(unit, "rate", row, values, rate_record)
        _touch(unit, currencies | {row.base, row.quote}, days | {row.day})
        return changed


def delete_rate(context: TenantContext, rate_id: int, if_match: int | None = None) -> None:
    """Remove a rate; conversions fall back to what is left (`semantics.md`, Currency)."""
    with write(context) as unit:
        row = resources.find(unit, TenantRate, rate_id, "rate", if_match)
        resources.remove(unit, "rate", row, rate_record(row))
        _touch(unit, {row.base, row.quote}, [row.day])


def follow_global_rates(context: TenantContext, currencies: Collection[str], days: Collection[date]) -> bool:
    """Bring transfers and alerts in line with global rates of these currencies that changed on these days.

    False, and nothing is written, for a tenant that has nothing to convert there.
    """
    with context.db.reading() as session:
        parameters = _affected(context.tenant.id, currencies, days)
        mixed = session.execute(_MIXED, parameters).first() is not None
        lines = mixed and session.execute(_LINES, {**parameters, "currencies": sorted(currencies)}).first() is not None
    if lines:
        with write(context) as unit:
            _touch(unit, currencies, days)
    return lines


def _touch(unit: Write, currencies: Collection[str], days: Collection[date]) -> None:
    """Have the transfers matched anew that a rate of these currencies and days may have decided about.

    Such a pair has a leg in one of the currencies besides the euro, through which others are crossed. Its earlier leg
    is booked while the rate is valid, the other at most the matching window later.
    """
    parameters = _affected(unit.tenant_id, currencies, days)
    if unit.session.execute(_MIXED, parameters).first() is None:
        return
    for account_id, day in unit.session.execute(_LINES, parameters):
        unit.touch(account_id, [day])


def _affected(tenant_id: int, currencies: Collection[str], days: Collection[date]) -> dict[str, object]:
    spans = runs((day + _REACH for day in days), _REACH)
    return {
        "tenant": tenant_id,
        "currencies": sorted(set(currencies) - {VIA}),
        "firsts": [first for first, _ in spans],
        "lasts": [last for _, last in spans],
    }


def _check(base: str, quote: str) -> None:
    if base == quote:
        raise Invalid.field("quote", "must be another currency than base")
