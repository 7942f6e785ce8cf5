"""How many requests a credential may make a minute (`RATE_LIMIT`), counted without asking anybody.

The counts lie in memory that all workers of a server share, because it is made before they are forked. With Redis the
servers tell each other what they counted, once a second and beside the requests, so that a limit over several
servers is kept to within a second. Two threads that count at the same instant may count once: the limit is no quota.
"""

from __future__ import annotations

import mmap
import threading
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from core.errors import TooManyRequests
from core.settings import Settings
from web.tokens import Claims

WINDOW_SECONDS: Final = 60
_SLOTS: Final = 1 << 14
_WORDS: Final = 5
_KEY, _WINDOW, _COUNT, _TOLD, _OTHERS = range(_WORDS)
_TRIES: Final = 8
_HEAD: Final = _SLOTS * _WORDS
"""Behind the slots: the second at which Redis was last told."""
_PREFIX: Final = "dashboard-limits:"


@dataclass(frozen=True, slots=True)
class Allowance:
    """What is left of a limit in this minute, after `used` requests."""

    limit: int
    used: int
    seconds_left: int

    @property
    def exceeded(self) -> bool:
        return self.used > self.limit

    def headers(self) -> list[tuple[str, str]]:
        """The usual headers (IETF draft-ietf-httpapi-ratelimit-headers, version 05)."""
        return [
            ("RateLimit-Limit", str(self.limit)),
            ("RateLimit-Remaining", str(max(0, self.limit - self.used))),
            ("RateLimit-Reset", str(self.seconds_left)),
        ]

    def refusal(self) -> TooManyRequests:
        """The error that says when to come again."""
        return TooManyRequests(f"More than {self.limit} requests in a minute: wait a little", self.seconds_left)


class Limits:
    """The counts of one server. Make it before the workers are forked."""

    def __init__(self, settings: Settings) -> None:
        self._limit = settings.rate_limit
        url = settings.cache_url or ""
        self._redis_url = "" if url.startswith("file:") else url
        self._words = memoryview(mmap.mmap(-1, 8 * (_HEAD + 1))).cast("q") if self._limit else None

    def count(self, claims: Claims, now: float) -> Allowance | None:
        """Count a request of whoever has this credential; None when there is no limit."""
        words = self._words
        if words is None:
            return None
        second = int(now)
        window, past = divmod(second, WINDOW_SECONDS)
        place = self._place(words, key_of(claims), window)
        words[place + _COUNT] += 1
        if self._redis_url and words[_HEAD] < second:
            words[_HEAD] = second
            threading.Thread(target=self.settle, args=(window,), name="limits", daemon=True).start()
        return Allowance(self._limit, words[place + _COUNT] + words[place + _OTHERS], WINDOW_SECONDS - past)

    @staticmethod
    def _place(words: memoryview[int], key: int, window: int) -> int:
        """Where this key is counted. A place of an earlier minute is free; if all are taken the first gives way."""
        free = first = hash(key) % _SLOTS * _WORDS
        found_free = False
        for step in range(_TRIES):
            place = (first + step * _WORDS) % _HEAD
            if words[place + _WINDOW] != window:
                free, found_free = (free, True) if found_free else (place, True)
            elif words[place + _KEY] == key:
                return place
        for word, value in ((_KEY, key), (_COUNT, 0), (_TOLD, 0), (_OTHERS, 0), (_WINDOW, window)):
            words[free + word] = value
        return free

    @cached_property
    def _redis(self) -> Any:
        import redis

        return redis.from_url(self._redis_url, socket_timeout=2, socket_connect_timeout=2)

    def settle(self, window: int) -> None:
        """Tell Redis what was counted here since the last time, and learn what all servers counted together."""
        from redis.exceptions import RedisError

        words = self._words
        if words is None:
            return
        windows = words[_WINDOW:_HEAD:_WORDS].tolist()
        pipeline = self._redis.pipeline(transaction=False)
        told: list[tuple[int, int, int]] = []
        for place in (slot * _WORDS for slot, each in enumerate(windows) if each == window):
            count, before = words[place + _COUNT], words[place + _TOLD]
            words[place + _TOLD] = count  # now, so that nobody else tells it too
            told.append((place, count, count - before))
            name = f"{_PREFIX}{window}:{words[place + _KEY]}"
            pipeline.incrby(name, count - before)
            pipeline.expire(name, 2 * WINDOW_SECONDS)
        try:
            totals = pipeline.execute()[::2]
        except (RedisError, OSError):  # until it is back each server keeps the limit for itself
            for place, _, more in told:
                words[place + _TOLD] -= more
            return
        for (place, count, _), total in zip(told, totals, strict=True):
            words[place + _OTHERS] = max(0, total - count)


def key_of(claims: Claims) -> int:
    """Who is counted: a stored token by itself, else a person in a tenant, however often signed in."""
    if claims.epoch is None:
        return -int(claims.jti.rpartition(":")[2])
    return (claims.tenant_id << 32) + claims.person_id
