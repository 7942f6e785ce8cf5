"""The comparison with other programs: nothing is timed before they answer the same figures."""

from __future__ import annotations

from typing import Any

import pytest

from bench.peers.superset import agreed

_OURS: dict[str, Any] = {
    "data": {
        "by_month": [
            {"month": "2026-09", "income": "0.00", "expenses": "10.10"},
            {"month": "2026-10", "income": "5.00", "expenses": "-1.00"},
        ],
        "by_category": [
            {"category_id": "7", "kind": "expense", "amount": "9.10"},
            {"category_id": None, "kind": "income", "amount": "5.00"},
        ],
    }
}
_SEPTEMBER, _OCTOBER = 1_788_220_800_000.0, 1_790_812_800_000.0


def _rows(spent: float) -> list[dict[str, Any]]:
    return [
        {"month": _SEPTEMBER, "kind": "Expenses", "category": "C7", "total": spent},
        {"month": _OCTOBER, "kind": "Expenses", "category": "C7", "total": 1.0},
        {"month": _OCTOBER, "kind": "Income", "category": "Uncategorised", "total": 5.0},
    ]


def test_equal_figures_are_counted() -> None:
    assert agreed(_OURS, _rows(-10.1)) == 6


@pytest.mark.parametrize("rows", [_rows(-10.11), _rows(-10.1)[:2], []], ids=["a cent", "a row less", "nothing"])
def test_any_difference_stops_the_comparison(rows: list[dict[str, Any]]) -> None:
    with pytest.raises(RuntimeError, match="do not agree"):
        agreed(_OURS, rows)


def test_parts_of_cents_stop_it_too() -> None:
    with pytest.raises(RuntimeError, match="parts of cents"):
        agreed(_OURS, _rows(-10.1004))
