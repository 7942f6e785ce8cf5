"""The worker: threads that take jobs and do them, and one that keeps their leases and hears what is new."""

from __future__ import annotations

import logging
import os
import secrets
import socket
from collections.abc import Iterable
from functools import partial
from threading import Condition, Event, Thread
from time import monotonic, sleep
from typing import Any, Final

from data.db import Database
from data.queue import CHANNEL, LEASE_SECONDS, WITHDRAWN, Queue, Taken
from jobs.kinds import Kind, Later, Reins

BEAT_SECONDS: Final = LEASE_SECONDS / 3
GRACE_SECONDS: Final = 5.0
_TICK_SECONDS: Final = 0.5
_DEAF_SECONDS: Final = 1.0
_SOON_SECONDS: Final = 0.05
_POLL_SECONDS: Final = 30.0  # at the latest; usually a notification comes first
_RETRY_SECONDS: Final = 5.0
_LONGEST_PAUSE: Final = 3600.0
_MOST_STEPS: Final = 10  # some kinds are tried for months: no number gets too large
_log = logging.getLogger("dashboard.worker")


class Worker:
    """Does jobs until it is told to stop. `stop` may be called from a signal handler."""

    def __init__(self, database: Database, kinds: Iterable[Kind], threads: int = 2) -> None:
        self._database = database
        self._kinds = {kind.name: kind for kind in kinds}
        self._queue = Queue(database, f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(3)}")
        self._threads = threads
        self._running: dict[int, Reins] = {}
        self._news = Condition()
        self._word = 0
        self._stopping = Event()
        self._idle_ends = False

    def run(self, *, until_idle: bool = False) -> None:
        """Work; with `until_idle` return when no job is due."""
        self._idle_ends = until_idle
        takers = [Thread(target=self._take_jobs, name=f"worker-{n}") for n in range(self._threads)]
        pulse = Thread(target=self._keep_pulse, name="worker-pulse")
        for thread in (*takers, pulse):
            thread.start()
        for thread in takers:
            thread.join()
        self._stopping.set()
        pulse.join()

    def stop(self) -> None:
        """Take no more jobs; those that run get a few seconds, then they are given back."""
        self._stopping.set()

    # The threads that work

    def _take_jobs(self) -> None:
        while not self._stopping.is_set():
            word = self._word
            pause = self._take_one()
            if pause is None:
                continue
            if self._idle_ends:
                return
            with self._news:
                self._news.wait_for(partial(self._is_news, word), pause)

    def _take_one(self) -> float | None:
        """Do a job, or answer for how many seconds there is none."""
        names = list(self._kinds)
        try:
            job = self._queue.take(names)
            if job is None:
                due = self._queue.next_in(names)
                return _POLL_SECONDS if due is None else min(max(due, _SOON_SECONDS), _POLL_SECONDS)
            self._do(job)
        except Exception as error:  # the database may be away for a while
            _log.warning("the queue cannot be asked: %s", error)
            return _RETRY_SECONDS
        return None

    def _is_news(self, word: int) -> bool:
        return self._word != word or self._stopping.is_set()

    def _do(self, job: Taken) -> None:
        kind, reins = self._kinds[job.kind], Reins()
        self._running[job.id] = reins
        try:
            self._attempt(kind, job, reins)
        finally:
            del self._running[job.id]

    def _attempt(self, kind: Kind, job: Taken, reins: Reins) -> None:
        if job.attempt > kind.attempts:
            self._give_up(kind, job, "the workers that had it died")
            return
        _log.info("job %s %s, attempt %s", job.id, kind.name, job.attempt)
        try:
            kind.run(self._database, job, reins)
        except Later as later:
            self._queue.again(job.id, later.seconds, str(later))
        except Exception as error:
            if reins.stopped:
                self._queue.give_back(job.id)  # does nothing when the job was withdrawn
                return
            _log.exception("job %s %s failed", job.id, kind.name)
            if job.attempt >= kind.attempts:
                self._give_up(kind, job, f"{type(error).__name__}: {error}")
            else:
                pause = min(_RETRY_SECONDS * 4 ** min(job.attempt - 1, _MOST_STEPS), _LONGEST_PAUSE)
                self._queue.again(job.id, pause, f"{type(error).__name__}: {error}")
        else:
            self._queue.done(job.id)

    def _give_up(self, kind: Kind, job: Taken, error: str) -> None:
        if kind.gave_up is not None:
            kind.gave_up(self._database, job, error)
        self._queue.fail(job.id, error)

    # The thread that keeps leases and listens

    def _keep_pulse(self) -> None:
        while not self._stopping.is_set():
            try:
                with self._database.listening(CHANNEL) as connection:
                    self._queue.sweep()
                    self._stand()
                    self._listen(connection)
            except Exception as error:  # the database may be away for a while
                _log.warning("the queue cannot be heard: %s", error)
                self._stopping.wait(_DEAF_SECONDS)
        self._end()

    def _stand(self) -> None:
        """See to it that the standing jobs are in the queue; who only does what is due leaves that to others."""
        if not self._idle_ends:
            for kind in self._kinds.values():
                if kind.standing:
                    self._queue.stand(kind.name)

    def _listen(self, connection: Any) -> None:
        # What came before anybody listened.
        self._tell()
        self._beat()
        beaten = monotonic()
        while not self._stopping.is_set():
            heard = [notice.payload for notice in connection.notifies(timeout=_TICK_SECONDS, stop_after=1)]
            if heard:
                self._tell()
            if WITHDRAWN in heard or monotonic() - beaten >= BEAT_SECONDS:
                beaten = monotonic()
                self._beat()

    def _tell(self) -> None:
        """Wake the threads that wait."""
        with self._news:
            self._word += 1
            self._news.notify_all()

    def _beat(self) -> None:
        """Renew the leases; what is not this worker's any more has to end."""
        running = dict(self._running)
        lost = running.keys() - (self._queue.renew(list(running)) if running else set())
        for job_id in lost:
            running[job_id].stop()

    def _end(self) -> None:
        """Wait for what runs, then stop it."""
        self._tell()
        until = monotonic() + GRACE_SECONDS
        while self._running:
            if monotonic() >= until:
                for reins in list(self._running.values()):
                    reins.stop()
            sleep(_TICK_SECONDS)
