"""What breaks while `bench.parts.staleness` reads and writes: workers, connections, Redis; and the count of it all."""

from __future__ import annotations

import os
import random
import signal
import threading
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field

import psycopg

from bench.support import Server


@dataclass
class Tally:
    """What happened, counted by many threads."""

    counts: Counter[str] = field(default_factory=Counter)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, what: str) -> None:
        with self.lock:
            self.counts[what] += 1

    @property
    def pairs(self) -> int:
        return self.counts["pairs"]


@dataclass
class Trouble:
    """Breaks something every second or so, until it is told to stop."""

    server: Server
    redis_pid: int
    url: str
    tally: Tally
    stop: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        dice = random.Random(1)
        kinds = (self.freeze_worker, self.freeze_worker, self.kill_worker, self.cut_connections, self.freeze_redis)
        while not self.stop.wait(dice.uniform(0.5, 1.5)):
            kind = dice.choice(kinds)
            with suppress(ProcessLookupError, IndexError, psycopg.Error):
                kind(dice)
                self.tally.add(kind.__name__)

    def freeze_worker(self, dice: random.Random) -> None:
        self._freeze(dice.choice(self.server.workers()), dice.uniform(0.1, 1.0))

    def kill_worker(self, dice: random.Random) -> None:
        os.kill(dice.choice(self.server.workers()), signal.SIGKILL)

    def cut_connections(self, _dice: random.Random) -> None:
        with psycopg.connect(plain_url(self.url), autocommit=True) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE application_name = 'financial-dashboard' AND random() < 0.5"
            )

    def freeze_redis(self, dice: random.Random) -> None:
        self._freeze(self.redis_pid, dice.uniform(0.5, 3.0))

    @staticmethod
    def _freeze(pid: int, seconds: float) -> None:
        os.kill(pid, signal.SIGSTOP)
        try:
            time.sleep(seconds)
        finally:
            os.kill(pid, signal.SIGCONT)


def plain_url(url: str) -> str:
    """A database's URL as the driver takes it."""
    return url.replace("postgresql+psycopg://", "postgresql://")
