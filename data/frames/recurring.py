"""The stored series of payments that come back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final, cast

from sqlalchemy.orm import Session

from core.recurring import Interval, Schedule
from data.frames.driver import Select, rows

# The lines are stored in order of their days: those from a day on are behind as many as come before it.
_LINES: Final = "".join(
    f", r.{name}[width_bucket(CAST(:before AS date), r.days) + 1 : cardinality(r.days)]"
    for name in ("days", "amounts", "categories", "flows")
)
# A series has ended when two payments are missing, and by the interval's tolerance the second (`core.recurring`); these
# are more days than that takes.
_LIVING: Final = """ AND r.last_on > CAST(:since AS date) - CASE r.repeats
    WHEN 'weekly' THEN 30 WHEN 'fortnightly' THEN 60 WHEN 'monthly' THEN 120 WHEN 'quarterly' THEN 270 ELSE 900 END"""
_SERIES: Final = """
    SELECT r.account_id, r.payee_key, r.sign, r.part, r.place, a.type, a.currency, r.payee, r.category_id, r.flow,
           r.repeats, r.anchor, r.last_on, r.first_on, r.amount, r.confidence, {prices} {lines}
    FROM recurring_series r JOIN accounts a ON a.tenant_id = :tenant AND a.id = r.account_id
    WHERE r.tenant_id = :tenant {where}
    ORDER BY r.account_id, r.payee_key COLLATE "C", r.sign, r.part, r.place
"""


@dataclass(frozen=True, slots=True)
class Payment:
    """One line of a series; minor units of the account's currency, `category_id` 0 without one."""

    day: date
    amount: int
    category_id: int
    flow: int


@dataclass(frozen=True, slots=True)
class StoredSeries:
    """A series with its account's type and currency. `payments` are its lines from the day asked for on."""

    key: tuple[int, str, int, int, int]
    account_type: str
    currency: str
    payee: str
    category_id: int
    flow: int
    schedule: Schedule
    first_on: date
    amount: int
    confidence: int
    price_changes: list[list[Any]]
    payments: list[Payment]

    @property
    def account_id(self) -> int:
        return self.key[0]


def stored_series(
    session: Session,
    since: date | None,
    *,
    account_ids: Sequence[int] | None = None,
    category_ids: Sequence[int] | None = None,
) -> list[StoredSeries]:
    """The series of these accounts that have a line in these categories, each with its lines since that day (None:
    without its lines), in the order of their keys. One statement."""
    return read_series(session, series_select(since, account_ids, category_ids))


def read_series(session: Session, select: Select) -> list[StoredSeries]:
    """The series that a `series_select` finds."""
    return [_series(found) for found in rows(session, *select)]


def series_select(
    since: date | None,
    account_ids: Sequence[int] | None = None,
    category_ids: Sequence[int] | None = None,
    *,
    living: bool = False,
) -> Select:
    """What `stored_series` reads. `living`: without those that had ended by that day, and without their prices."""
    where = ""
    parameters: dict[str, Any] = {"before": None if since is None else since - timedelta(days=1)}
    if account_ids is not None:
        where += " AND r.account_id = ANY(CAST(:accounts AS bigint[]))"
        parameters["accounts"] = list(account_ids)
    if category_ids is not None:
        where += " AND r.categories && CAST(:categories AS bigint[])"
        parameters["categories"] = list(category_ids)
    if living:
        where += _LIVING
        parameters["since"] = since
    lines = "" if since is None else _LINES
    return Select(_SERIES.format(lines=lines, where=where, prices="NULL" if living else "r.price_changes"), parameters)


def _series(found: Any) -> StoredSeries:
    key, rest, lines = found[:5], found[5:17], found[17:]
    account_type, currency, payee, category_id, flow, repeats, anchor, last_on, first_on, *figures = rest
    amount, confidence, price_changes = figures
    return StoredSeries(
        key=(key[0], key[1], key[2], key[3], key[4]),
        account_type=account_type,
        currency=currency,
        payee=payee,
        category_id=category_id,
        flow=flow,
        schedule=Schedule(cast(Interval, repeats), anchor, last_on),
        first_on=first_on,
        amount=amount,
        confidence=confidence,
        price_changes=price_changes or [],
        payments=[Payment(*line) for line in zip(*lines, strict=True)],
    )
