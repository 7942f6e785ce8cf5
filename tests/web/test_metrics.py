"""Figures for Prometheus: what is counted, for whom, and added up over workers."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from flask import Flask
from prometheus_client.parser import text_string_to_metric_families

from core.settings import Settings
from tests.conftest import Caller
from tests.web.boards import ROOT

SUMMARY = "/financial/dashboard/summary"


def figures(app: Flask) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    answer = app.test_client().get("/metrics")
    assert answer.status_code == 200
    assert answer.content_type.startswith("text/plain")
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(answer.get_data(as_text=True))
        for sample in family.samples
    }


def labels(**values: str) -> tuple[tuple[str, str], ...]:
    return tuple(sorted(values.items()))


def test_requests_durations_and_hits_are_counted(app: Flask, alice: Caller) -> None:
    before = figures(app)
    for _ in range(4):
        alice.get(SUMMARY)
    after = figures(app)

    def grown(name: str, **values: str) -> float:
        return after[name, labels(**values)] - before.get((name, labels(**values)), 0)

    where = {"endpoint": SUMMARY, "tenant_type": "organization"}
    assert grown("dashboard_requests_total", **where, status="200") == 4
    assert grown("dashboard_request_duration_count", **where) == 4
    assert 0 < grown("dashboard_request_duration_sum", **where) < 60
    answers = {"cache_key_type": "summary"}
    hits, misses = (grown("dashboard_cache_answers_total", **answers, result=each) for each in ("hit", "miss"))
    assert (hits, misses) == (3, 1)
    assert 0 < after["dashboard_cache_hits", labels(**answers)] < 1
    assert after["process_resident_memory_bytes", ()] > 1_000_000
    assert after["dashboard_database_connections", labels(state="used")] >= 0


def test_metrics_are_for_operators(app: Flask, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    from dataclasses import replace

    from web.state import State, attach, state_of

    def ask(address: str, **headers: str) -> Any:
        return app.test_client().get("/metrics", environ_overrides={"REMOTE_ADDR": address}, headers=headers)

    strange = ask("203.0.113.9")
    assert (strange.status_code, strange.mimetype) == (401, "application/problem+json")
    allowed = replace(settings, metrics_allow=("203.0.113.0/24",), metrics_token="s" * 20)
    attach(app, State(allowed, state_of(app).database))
    assert ask("203.0.113.9").status_code == 200
    assert ask("198.51.100.1").status_code == 401
    assert ask("198.51.100.1", Authorization=f"Bearer {'s' * 20}").status_code == 200
    assert ask("198.51.100.1", Authorization="Bearer wrong").status_code == 401


_WORKER = """
from web.metrics import Metrics
metrics = Metrics()
for hit in (True, True, False):
    metrics.answer("summary", hit=hit)
"""


def test_workers_count_together_and_the_command_shows_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from cli.cache import group

    monkeypatch.setenv("VAR_DIR", str(tmp_path))
    monkeypatch.setenv("PORT", "8123")
    nothing = CliRunner().invoke(group, ["stats"])
    assert (nothing.exit_code, "No web server" in nothing.output) == (1, True)
    folder = tmp_path / "metrics" / "8123"
    folder.mkdir(parents=True)
    environment = {**os.environ, "PROMETHEUS_MULTIPROC_DIR": str(folder), "PYTHONPATH": str(ROOT)}
    for _ in range(2):
        subprocess.run([sys.executable, "-c", _WORKER], cwd=ROOT, env=environment, check=True)
    shown = CliRunner().invoke(group, ["stats"])
    assert shown.exit_code == 0, shown.output
    assert shown.output.splitlines()[1].split() == ["summary", "4", "2", "0.6667"]
    assert shown.output.splitlines()[-1].split() == ["all", "4", "2", "0.6667"]
