"""What came into and went out of one account by month, from the sums that the writes keep."""

from __future__ import annotations

from typing import Final

from sqlalchemy.orm import Session

from data.frames.driver import rows

_MONTHS: Final = """
    SELECT month, inflow, -outflow, count FROM account_months
    WHERE tenant_id = :tenant AND account_id = :account AND month >= :first AND month <= :last AND count > 0
    ORDER BY month DESC LIMIT :most
"""


def account_months(
    session: Session, account_id: int, first: int, last: int, most: int
) -> list[tuple[int, int, int, int]]:
    """(month index, inflow, outflow, lines) of the newest `most` months with bookings; both sums >= 0, transfers and
    adjustments included, pending lines not."""
    given = {"account": account_id, "first": first, "last": last, "most": most}
    return [tuple(row) for row in rows(session, _MONTHS, given)]
