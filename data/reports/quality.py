"""What makes figures less sure, and where to mend it (`semantics.md`, Data quality)."""

from __future__ import annotations

from datetime import timedelta
from fractions import Fraction

import pandas as pd

from core.budget_status import ratio4
from data.frames.imports import review_frame
from data.reports.doubts import Doubts, worth
from data.reports.flows import Flows
from data.reports.opening import LeftOut, Opened
from data.schemas.dashboard import DataQuality, Finding

_STALE_AFTER = timedelta(days=45)
_Found = tuple[Finding, int, str | None, Fraction | None, str]


def entries_in_review(books: Opened) -> pd.DataFrame:
    """The `review_frame` of the accounts in scope; its money will be converted."""
    frame = review_frame(books.session)
    frame = frame[frame["account_id"].isin(books.accounts["id"])]
    places = zip(frame["account_id"].tolist(), frame["booked_on"].tolist(), strict=True)
    for account_id, day in places:
        books.convert.need([books.convert.currency_of(account_id)], [day])
    return frame


def data_quality(
    books: Opened,
    flows: Flows,
    left_out: LeftOut,
    review: pd.DataFrame,
    doubts: Doubts,
    differing: pd.DataFrame,
) -> list[DataQuality]:
    """The findings there are, in the order in which they distort figures most; nothing to mend is an empty list."""
    totals = flows.totals()
    moved = totals.income + totals.expenses
    parts = (totals.known("uncategorised_income"), totals.known("uncategorised_expenses"))
    loose = sum(part or 0 for part in parts)
    stale = _stale_accounts(books)
    findings: list[_Found] = [
        ("missing_rates", sum(count for _, count in left_out.values()), None, None, "/"),
        (
            "uncategorised",
            totals.uncategorised_count,
            None if None in parts and not loose else books.money(loose),
            Fraction(loose, moved) if moved > 0 else None,
            "/?category_id=none",
        ),
        ("unmatched_transfers", totals.unmatched_count, books.money(totals.known("unmatched")), None, "/"),
        ("review_entries", int(review["count"].sum()), books.money(worth(books, review)), None, "/import"),
        _doubt(books, "unreconciled", differing, "/accounts"),
        _doubt(books, "suspected_duplicates", doubts.duplicates, "/"),
        _doubt(books, "transfer_suggestions", doubts.suggestions, "/"),
        _doubt(books, "unknown_interest", doubts.undivided, "/"),
        ("stale_accounts", stale, None, Fraction(stale, len(books.accounts)) if stale else None, "/"),
    ]
    return [
        DataQuality.model_construct(id=name, count=count, amount=amount, share=ratio4(share), href=href)
        for name, count, amount, share, href in findings
        if count
    ]


def _doubt(books: Opened, name: Finding, frame: pd.DataFrame, href: str) -> _Found:
    return name, int(frame["count"].sum()), books.money(worth(books, frame)), None, href


def _stale_accounts(books: Opened) -> int:
    """Open accounts without a booking for 45 days."""
    edge = books.context.today - _STALE_AFTER
    return sum(
        closed_on is None and (last is None or last < edge)
        for closed_on, last in zip(books.accounts["closed_on"], books.accounts["last_booked_on"], strict=True)
    )
