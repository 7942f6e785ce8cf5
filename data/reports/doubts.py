"""What somebody should look at: transfers that nobody confirmed, lines that came twice, loans without interest."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from data.frames.base import total
from data.frames.debts import DEBT_TYPES, undivided_frame
from data.frames.findings import duplicate_frame, suggestion_frame
from data.reports.opening import Opened

_EMPTY = pd.DataFrame({"account_id": [], "booked_on": [], "amount": [], "count": []})


@dataclass(frozen=True, slots=True)
class Doubts:
    """Frames of account_id, booked_on, amount (minor units of the account's currency), count."""

    suggestions: pd.DataFrame
    duplicates: pd.DataFrame
    undivided: pd.DataFrame


def doubts_of(books: Opened) -> Doubts:
    """What there is in the report's period and accounts; its money will be converted."""
    accounts = books.scope.account_ids
    doubts = Doubts(
        suggestions=suggestion_frame(books.session, accounts, books.period),
        duplicates=duplicate_frame(books.session, accounts, books.period),
        undivided=_undivided(books),
    )
    for frame in (doubts.suggestions, doubts.duplicates, doubts.undivided):
        for account_id, day in zip(frame["account_id"].tolist(), frame["booked_on"].tolist(), strict=True):
            books.convert.need([books.convert.currency_of(account_id)], [day])
    return doubts


def worth(books: Opened, frame: pd.DataFrame) -> int | None:
    """The sum of a frame of account_id, booked_on, amount; None where no rate is known for any of it."""
    columns = (frame[name].tolist() for name in ("account_id", "booked_on", "amount"))
    parts = [
        books.convert.amount(amount, books.convert.currency_of(account_id), day)
        for account_id, day, amount in zip(*columns, strict=True)
    ]
    known = [part for part in parts if part is not None]
    return total(known) if known else None


def _undivided(books: Opened) -> pd.DataFrame:
    """Unsplit payments into loans, but not into those that are charged their interest in the loan's own account."""
    debts = tuple(books.accounts.loc[books.accounts["type"].isin(DEBT_TYPES), "id"].tolist())
    return undivided_frame(books.session, books.scope, books.period, debts) if debts else _EMPTY
