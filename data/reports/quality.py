"""What makes figures less sure, and where to mend it (`semantics.md`, Data quality)."""

from __future__ import annotations

from datetime import timedelta
from fractions import Fraction

from core.budget_status import ratio4
from data.reports.flows import Flows
from data.reports.opening import Opened
from data.schemas.dashboard import DataQuality, Finding

_STALE_AFTER = timedelta(days=45)


def data_quality(books: Opened, flows: Flows, left_out: dict[str, tuple[int, int]]) -> list[DataQuality]:
    """The findings there are, in the order in which they distort figures most; nothing to mend is an empty list."""
    totals = flows.totals()
    moved = totals.income + totals.expenses
    loose = totals.uncategorised_income + totals.uncategorised_expenses
    stale = _stale_accounts(books)
    findings: list[tuple[Finding, int, str | None, Fraction | None, str]] = [
        ("missing_rates", sum(count for _, count in left_out.values()), None, None, "/"),
        (
            "uncategorised",
            totals.uncategorised_count,
            books.money(loose),
            Fraction(loose, moved) if moved > 0 else None,
            "/?category_id=none",
        ),
        (
            "unmatched_transfers",
            totals.unmatched_count,
            books.money(totals.unmatched),
            None,
            "/",
        ),
        ("stale_accounts", stale, None, Fraction(stale, len(books.accounts)) if stale else None, "/"),
    ]
    return [
        DataQuality.model_construct(id=name, count=count, amount=amount, share=ratio4(share), href=href)
        for name, count, amount, share, href in findings
        if count
    ]


def _stale_accounts(books: Opened) -> int:
    """Open accounts without a booking for 45 days."""
    edge = books.context.today - _STALE_AFTER
    return sum(
        closed_on is None and (last is None or last < edge)
        for closed_on, last in zip(books.accounts["closed_on"], books.accounts["last_booked_on"], strict=True)
    )
