"""What each day brought to accounts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pandas as pd
from sqlalchemy import select
from sqlalchemy.orm import Session

from data.frames.base import big_sum, fetch
from data.models.rollup import DailyRollup, Flow


def day_frame(session: Session, account_ids: Sequence[int], since: date) -> pd.DataFrame:
    """Everything booked in these accounts from that day on: account_id, booked_on, amount (minor units of the
    account's currency; transfers and adjustments included)."""
    row = DailyRollup
    statement = (
        select(row.account_id, row.booked_on, big_sum(row.amount))
        .where(row.account_id.in_(account_ids), row.booked_on >= since, row.flow != Flow.PENDING)
        .group_by(row.account_id, row.booked_on)
    )
    return fetch(session, statement, {"account_id": "int64", "booked_on": "object", "amount": "int64"})
