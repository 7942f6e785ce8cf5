"""The printable report as plain functions: which days it compares with, what it lists and what it warns of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import SimpleNamespace
from typing import Any

import pytest
from dash import no_update

from callbacks import report
from components.query import View
from components.report import EMPTY, OTHER, READY, ReportView
from core.errors import Invalid
from tests.components import sample
from tests.components.reading import walk, words

TENANT = SimpleNamespace(key="user_1", name="Alice", locale="de-DE", month_start=1, currency="EUR")
IDENTITY = SimpleNamespace(tenant=TENANT, context=None, role="owner", tenants=[TENANT])


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[Mapping[str, Sequence[str]]]:
    """What the reports were asked for; all of them answer with the sample."""
    seen: list[Mapping[str, Sequence[str]]] = []

    def dashboard(params: Mapping[str, Sequence[str]]) -> Any:
        seen.append(params)
        return sample.answer()

    monkeypatch.setattr(report, "dashboard", dashboard)
    monkeypatch.setattr(report, "current", lambda: IDENTITY)
    monkeypatch.setattr(
        report, "list_transactions", lambda *_: SimpleNamespace(data=sample.answer().data.transactions.recent)
    )
    return seen


def test_each_part_is_filled_and_compared_with_the_period_before(asked: list[Mapping[str, Sequence[str]]]) -> None:
    parts = report.show_report("?period=latest_12_months&currency=EUR")
    assert parts.keys() == report.PARTS.keys()
    assert (parts["page"], parts["view"]) == (READY, "?period=latest_12_months&currency=EUR")
    assert asked[1] == {"from": ["2024-12-01"], "to": ["2025-11-30"], "currency": ["EUR"]}
    figures = words(parts["figures"])
    assert "193.179,40\u00a0€" in figures
    assert "0,00\u00a0€ Cash flow" in figures  # the sample is compared with itself
    cover = [part for part in walk(parts["cover"]) if hasattr(part, "data-report-name")]
    assert getattr(cover[0], "data-report-name").startswith("Alice, ")


def test_a_year_before_and_nothing_at_all(asked: list[Mapping[str, Sequence[str]]]) -> None:
    report.show_report("?from=2026-06-01&to=2026-11-30&compare=last_year")
    assert asked[1] == {"from": ["2024-12-01"], "to": ["2025-11-30"]}  # of the days that the sample is about
    parts = report.show_report("?compare=none")
    assert len(asked) == 3
    assert "Change" not in words(parts["figures"])
    assert "Compared with" not in words(parts["cover"])


def test_the_largest_come_first_and_transfers_are_left_out(asked: list[Mapping[str, Sequence[str]]]) -> None:
    picture = SimpleNamespace(view=View(), days=SimpleNamespace(start=None, end=None))
    largest = report._largest(None, picture)  # type: ignore[arg-type]
    amounts = [abs(float(row.amount)) for row in largest]
    assert amounts == sorted(amounts, reverse=True)
    assert largest
    assert all(row.transfer_id is None for row in largest)
    assert asked == []


def test_a_comparison_that_there_is_not_is_named() -> None:
    assert ReportView.read(View.parse("?compare=last_year&tag=a")).view.href == "?tag=a&compare=last_year"
    with pytest.raises(Invalid, match="compare"):
        ReportView.read(View.parse("?compare=yesterday"))
    parts = report.PAGE.failure(Invalid("no"), View.parse("?compare=yesterday&tag=a"))
    assert (parts["page"], parts["figures"]) == (OTHER, no_update)
    assert words(parts["chips"]).count("Tag") == 1


def test_an_empty_ledger_is_welcomed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(report, "dashboard", lambda _params: sample.empty())
    monkeypatch.setattr(report, "current", lambda: IDENTITY)
    assert report.show_report("")["page"] == EMPTY
