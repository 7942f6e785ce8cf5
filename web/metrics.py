"""Figures for Prometheus, added up over all workers: https://prometheus.io/docs/concepts/metric_types/

Each worker counts in files of the folder that `PROMETHEUS_MULTIPROC_DIR` names (deploy/gunicorn.conf.py sets it); the
worker that is asked adds them up. Without the folder there is one process, which counts in memory.
"""

from __future__ import annotations

import os
import resource
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from core.errors import AppError
from data import queue
from data.commands.outbox import BROKER_JOB
from data.db import Database

CONTENT_TYPE: Final = CONTENT_TYPE_LATEST
FOLDER: Final = "PROMETHEUS_MULTIPROC_DIR"
ACTIVE_SECONDS: Final = 300
SAMPLE_SECONDS: Final = 5.0
_BUCKETS: Final = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_ANSWERS: Final = "dashboard_cache_answers"


class Metrics:
    """The metrics of one application."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        labels = ("endpoint", "tenant_type", "status")
        self._requests = Counter("dashboard_requests", "Requests answered.", labels, registry=self.registry)
        self._duration = Histogram(
            "dashboard_request_duration",
            "Seconds from request to answer.",
            labels[:2],
            buckets=_BUCKETS,
            registry=self.registry,
        )
        self._answers = Counter(
            _ANSWERS, "Answers asked of the cache.", ("cache_key_type", "result"), registry=self.registry
        )
        self._memory = self._live("process_resident_memory_bytes", "Resident memory, all workers.")
        self._cpu = self._live("process_cpu_seconds", "Processor time of the workers that live.")
        self._files = self._live("process_open_fds", "Open file descriptors, all workers.")
        self._workers = self._live("dashboard_workers", "Worker processes.")
        self._pool = self._live("dashboard_database_connections", "Pooled connections, all workers.", "state")
        self._request_children: dict[tuple[str, str, int], tuple[Counter, Histogram]] = {}
        self._answer_children: dict[tuple[str, bool], Counter] = {}

    def _live(self, name: str, meaning: str, *labels: str) -> Gauge:
        return Gauge(name, meaning, labels, registry=self.registry, multiprocess_mode="livesum")

    def request(self, endpoint: str, tenant_type: str, status: int, seconds: float) -> None:
        """Count a request that was answered."""
        key = (endpoint, tenant_type, status)
        children = self._request_children.get(key)
        if children is None:
            children = (
                self._requests.labels(endpoint, tenant_type, str(status)),
                self._duration.labels(endpoint, tenant_type),
            )
            self._request_children[key] = children
        children[0].inc()
        children[1].observe(seconds)

    def answer(self, view: str, *, hit: bool) -> None:
        """Count an answer that the cache had, or had not."""
        child = self._answer_children.get((view, hit))
        if child is None:
            child = self._answer_children[view, hit] = self._answers.labels(view, "hit" if hit else "miss")
        child.inc()

    def sample(self, database: Database) -> None:
        """Note this process's own figures; each worker does so every few seconds."""
        usage = resource.getrusage(resource.RUSAGE_SELF)
        self._cpu.set(usage.ru_utime + usage.ru_stime)
        self._memory.set(_resident() or usage.ru_maxrss * 1024)
        self._files.set(_open_files())
        self._workers.set(1)
        for state, count in database.pool_figures().items():
            self._pool.labels(state).set(count)

    def sample_for_ever(self, database: Database) -> None:
        """`sample`, again and again: the body of a worker's thread."""
        while True:
            self.sample(database)
            time.sleep(SAMPLE_SECONDS)

    def text(self, database: Database) -> bytes:
        """All figures in Prometheus' text format."""
        if FOLDER not in os.environ:
            self.sample(database)
        source = CollectorRegistry()
        source.register(_Report(self._collected(), database))
        return generate_latest(source)

    def _collected(self) -> list[Metric]:
        folder = os.environ.get(FOLDER)
        return collected_in(Path(folder)) if folder else list(self.registry.collect())


class _Report(Collector):
    """What was counted, and what follows from it."""

    def __init__(self, counted: list[Metric], database: Database) -> None:
        self._counted = counted
        self._database = database

    def collect(self) -> Iterator[Metric]:
        yield from self._counted
        ratio = GaugeMetricFamily("dashboard_cache_hits", "Share of hits, 0 to 1.", labels=["cache_key_type"])
        for view, (hits, misses) in _hits(self._counted).items():
            ratio.add_metric([view], round(hits / (hits + misses), 4) if hits + misses else 0.0)
        yield ratio
        board = self._database.changes.board
        if board is not None:
            active = GaugeMetricFamily("dashboard_active_tenants", "Tenants that asked for something in five minutes.")
            active.add_metric([], board.active(ACTIVE_SECONDS))
            yield active
        yield from _queue(self._database)


def _queue(database: Database) -> Iterator[Metric]:
    """How the queue stands; nothing while the database is away, for the other figures are still wanted then."""
    try:
        with database.directory() as session:
            found, events = queue.figures(session), queue.age(session, BROKER_JOB)
    except AppError:
        return
    jobs = GaugeMetricFamily("dashboard_queue_jobs", "Background jobs, all tenants.", labels=["state"])
    for state in ("waiting", "running", "failed"):
        jobs.add_metric([state], getattr(found, state))
    yield jobs
    oldest = GaugeMetricFamily("dashboard_queue_oldest_seconds", "Seconds that the oldest due job has waited.")
    oldest.add_metric([], found.overdue)
    yield oldest
    untold = GaugeMetricFamily("dashboard_events_oldest_seconds", "Seconds that the oldest event awaits the broker.")
    untold.add_metric([], events)
    yield untold


def collected_in(folder: Path) -> list[Metric]:
    """What the workers that count in `folder` have counted, added up; nothing when there is no such folder."""
    if not folder.is_dir():
        return []
    registry = CollectorRegistry()
    MultiProcessCollector(registry, str(folder))  # type: ignore[no-untyped-call]
    return list(registry.collect())


def hits_in(folder: Path) -> dict[str, tuple[float, float]]:
    """Hits and misses of each cache key type, as the workers counted them in `folder`."""
    return _hits(collected_in(folder))


def _hits(metrics: Iterable[Metric]) -> dict[str, tuple[float, float]]:
    found: dict[str, list[float]] = {}
    for metric in metrics:
        if metric.name == _ANSWERS:
            for sample in metric.samples:
                if sample.name.endswith("_total"):
                    counts = found.setdefault(sample.labels["cache_key_type"], [0.0, 0.0])
                    counts[sample.labels["result"] == "miss"] += sample.value
    return {view: (hits, misses) for view, (hits, misses) in sorted(found.items())}


def _resident() -> int:
    try:
        pages = Path("/proc/self/statm").read_text(encoding="ascii").split()[1]
    except OSError:
        return 0
    return int(pages) * resource.getpagesize()


def _open_files() -> int:
    try:
        return len(os.listdir("/proc/self/fd"))
    except OSError:
        return 0
