"""What somebody should look at: transfers that nobody confirmed, lines that came twice, loans without interest."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from data.frames.base import total
from data.frames.debts import DEBT_TYPES, undivided_frame
from data.frames.findings import duplicate_frame, suggestion_frame
from data.models.rollup import Flow
from data.reports.flows import Flows
from data.reports.opening import Opened

_EMPTY = pd.DataFrame({"account_id": [], "booked_on": [], "amount": [], "count": []})


@dataclass(frozen=True, slots=True)
class Doubts:
    """Frames of account_id, booked_on, amount (minor units of the account's currency), count."""

    suggestions: pd.DataFrame
    duplicates: pd.DataFrame
    undivided: pd.DataFrame


def doubts_of(books: Opened, flows: Flows) -> Doubts:
    """What there is in the report's period and accounts; its money will be converted."""
    accounts = books.scope.account_ids
    doubts = Doubts(
        suggestions=suggestion_frame(books.session, accounts, books.period),
        duplicates=duplicate_frame(books.session, accounts, books.period),
        undivided=_undivided(books, flows),
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


def _undivided(books: Opened, flows: Flows) -> pd.DataFrame:
    """Unsplit payments into loans, but not into those that are charged their interest in the loan's own account."""
    frame = books.accounts
    debts = set(frame.loc[frame["type"].isin(DEBT_TYPES), "id"].tolist())
    names = ("account_id", "category_id", "flow", "sign", "current")
    # Straight from the frame: its lines are not to be converted yet.
    charged = {
        account_id
        for account_id, category_id, flow, sign, current in zip(*(flows.frame[n].tolist() for n in names), strict=True)
        if current and flow == Flow.ORDINARY and books.categories.kind(category_id, sign) == "expense"
    }
    if not debts - charged:
        return _EMPTY
    found = undivided_frame(books.session, books.period)
    return found[found["account_id"].isin(debts - charged)]
