"""The way in: cached answers are given here, before Flask is asked; everything else goes on to it.

An answer leaves from here only if all that it rests on is known and true: the token was verified, its person's seat
stands (`web.seats`), scope and flag allow it, and a stored answer is valid now. Whatever else a request is, Flask
answers it, errors included. What Flask does with every answer (headers, log line, metrics) is done here too; a rule
that must see every request, such as throttling, belongs into both.

The entrance also keeps some threads free: while slow work holds nearly all of them, further requests wait for a
moment and are then told to come again (503), so that `/health` and `/metrics` always answer.
"""

from __future__ import annotations

import threading
import weakref
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from time import perf_counter
from typing import Any, Final

from flask import Flask

from core.errors import AppError
from core.period import today_in
from web import headers, telemetry, tokens
from web.access import READ
from web.answers import Entry, Header
from web.ask import CACHE_EXTENSION, ENDPOINTS
from web.cache import AnswerCache, key_of
from web.guard import OVERLOADED
from web.identity import has_feature
from web.limits import Allowance
from web.seats import Standing, in_force
from web.state import state_of

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
Wsgi = Callable[[Environ, StartResponse], Iterable[bytes]]
_ALWAYS: Final = frozenset({"/health", "/metrics", "/financial/stream"})
"""Not counted as busy: what must always answer, and streams, which have threads of their own (`web.live`)."""
_FREE_THREADS: Final = 16
_GRACE_SECONDS: Final = 0.25


@dataclass(frozen=True, slots=True)
class _Hit:
    standing: Standing
    entry: Entry
    allowance: Allowance | None


class Entrance:
    """WSGI middleware around an application."""

    def __init__(self, app: Flask, inside: Wsgi, *, threads: int, tls: bool) -> None:
        self._app = app
        self._inside = inside
        self._fixed = headers.fixed(tls=tls)
        self._most = max(1, threads - min(_FREE_THREADS, threads // 4))
        self._busy = 0
        self._waiting = 0
        self._changed = threading.Condition()

    def __call__(self, wsgi: Environ, start_response: StartResponse) -> Iterable[bytes]:
        began = perf_counter()
        path = wsgi["PATH_INFO"]
        view = ENDPOINTS.get(path)
        if view is not None and wsgi["REQUEST_METHOD"] == "GET":
            hit = self._find(view, wsgi)
            if hit is not None:
                return self._send(view, hit, wsgi, start_response, began)
        if path in _ALWAYS:
            return self._inside(wsgi, start_response)
        return self._counted(wsgi, start_response)

    def _find(self, view: str, wsgi: Environ) -> _Hit | None:
        """The answer, if it is ready and nothing stands against it."""
        scheme, _, token = wsgi.get("HTTP_AUTHORIZATION", "").partition(" ")
        if scheme != "Bearer":
            return None
        state, cache = state_of(self._app), self._cache()
        now = state.clock()
        purpose = tokens.purpose_of(token)
        claims = state.memory.known_claims(purpose, token, now)
        question = cache.question(wsgi.get("QUERY_STRING", ""))
        if claims is None or question is None:
            return None
        try:
            standing = state.memory.known_standing(state.database, claims)
        except AppError:  # the database is away: Flask says so
            return None
        if standing is None or not _allowed(standing, claims):
            return None
        tenant = standing.seat.tenant
        wanted = standing.validity(today_in(tenant.timezone, now))
        entry = cache.find(key_of(tenant.key, view, question), wanted)
        if entry is None:
            return None
        allowance = state.limits.count(claims, now.timestamp())
        if allowance is not None and allowance.exceeded:
            return None
        if purpose is tokens.API:
            state.usage.note(state.database, claims, now)
        return _Hit(standing, entry, allowance)

    def _send(
        self, view: str, hit: _Hit, wsgi: Environ, start_response: StartResponse, began: float
    ) -> Iterable[bytes]:
        entry = hit.entry
        coding = entry.coding(wsgi.get("HTTP_ACCEPT_ENCODING", ""))
        known = wsgi.get("HTTP_IF_NONE_MATCH")
        if known is not None and entry.matches(known):
            status, code, body, own = "304 NOT MODIFIED", 304, b"", entry.validators(coding)
        else:
            status, code = "200 OK", 200
            body, own = entry.form(coding)
        request_id = headers.request_id(wsgi.get("HTTP_X_REQUEST_ID", ""))
        sent: list[Header] = [
            *own,
            *self._fixed,
            ("Server-Timing", telemetry.server_timing(hit=True, database_seconds=0.0)),
            ("X-Request-ID", request_id),
        ]
        if hit.allowance is not None:
            sent += hit.allowance.headers()
        start_response(status, sent)
        telemetry.note(
            self._app,
            tenant=hit.standing.seat.tenant,
            endpoint=wsgi["PATH_INFO"],
            method="GET",
            status=code,
            seconds=perf_counter() - began,
            answered=(view, True),
            size=len(body),
            request_id=request_id,
        )
        return [body]

    def _cache(self) -> AnswerCache:
        cache: AnswerCache = self._app.extensions[CACHE_EXTENSION]
        return cache

    def _counted(self, wsgi: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Let Flask answer, and count the thread as busy until the answer's last byte is out."""
        wsgi[OVERLOADED] = not self._has_room()
        try:
            answer = self._inside(wsgi, start_response)
        except BaseException:
            self._done()
            raise
        if not wsgi.get(telemetry.STREAMED):
            self._done()
            return answer
        return _Stream(answer, self._done)

    def _has_room(self) -> bool:
        """Count one more; whether there is room for it. A few may wait for that, most of the free threads stay free."""
        with self._changed:
            room = self._busy < self._most
            if not room and self._waiting < _FREE_THREADS // 2:
                self._waiting += 1
                room = self._changed.wait_for(lambda: self._busy < self._most, _GRACE_SECONDS)
                self._waiting -= 1
            self._busy += 1
            return room

    def _done(self) -> None:
        with self._changed:
            self._busy -= 1
            self._changed.notify()


class _Stream:
    """A streamed answer that says when it has ended, or was dropped."""

    def __init__(self, answer: Iterable[bytes], ended: Callable[[], None]) -> None:
        self._answer = answer
        self._chunks = iter(answer)
        self._end = weakref.finalize(self, ended)

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        return next(self._chunks)

    def close(self) -> None:
        self._end()
        close = getattr(self._answer, "close", None)
        if close is not None:
            close()


def _allowed(standing: Standing, claims: tokens.Claims) -> bool:
    """Whether Flask's own checks would let this pass: sessions not ended, scope, feature flag. Any role may read."""
    return (
        in_force(standing, claims)
        and READ.missing_scope(claims.scopes) is None
        and has_feature(standing.seat, "dashboard")
    )
