"""What makes figures less sure, and where to mend it (`semantics.md`, Data quality)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from fractions import Fraction

from core.budget_status import ratio4
from data.frames.findings import Doubt
from data.frames.imports import in_review
from data.reports.doubts import Doubts, need, worth
from data.reports.flows import Flows
from data.reports.opening import LeftOut, Opened
from data.schemas.dashboard import DataQuality, Finding

_STALE_AFTER = timedelta(days=45)
_Found = tuple[Finding, int, str | None, Fraction | None, str]


def entries_in_review(books: Opened) -> list[Doubt]:
    """Entries in review of the accounts in scope; their money will be converted."""
    accounts = set(books.account_ids)
    found = [row for row in in_review(books.session) if row[0] in accounts]
    need(books, found)
    return found


def data_quality(
    books: Opened,
    flows: Flows,
    left_out: LeftOut,
    review: Sequence[Doubt],
    doubts: Doubts,
    differing: Sequence[Doubt],
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
        _doubt(books, "review_entries", review, "/import"),
        _doubt(books, "unreconciled", differing, "/accounts"),
        _doubt(books, "suspected_duplicates", doubts.duplicates, "/"),
        _doubt(books, "transfer_suggestions", doubts.suggestions, "/"),
        _doubt(books, "unknown_interest", doubts.undivided, "/"),
        ("stale_accounts", stale, None, Fraction(stale, len(books.account_rows)) if stale else None, "/"),
    ]
    return [
        DataQuality.made(id=name, count=count, amount=amount, share=ratio4(share), href=href)
        for name, count, amount, share, href in findings
        if count
    ]


def _doubt(books: Opened, name: Finding, found: Sequence[Doubt], href: str) -> _Found:
    return name, sum(row[3] for row in found), books.money(worth(books, found)), None, href


def _stale_accounts(books: Opened) -> int:
    """Open accounts without a booking for 45 days."""
    edge = books.context.today - _STALE_AFTER
    newest = (row.last_booked_on for row in books.account_rows if row.closed_on is None)
    return sum(day is None or day < edge for day in newest)
