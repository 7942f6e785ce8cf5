"""`/financial/stream`: changes of the tenant's books as they are committed (server-sent events, WHATWG HTML 9.2).

A reader is told the kinds that changed and reads what it needs. Who comes back says which version it knows
(`Last-Event-ID`, or `since`) and is told what it missed.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from time import monotonic
from typing import Final

from flask import Blueprint, Response, request

from api.changes import read_version
from api.resource import only
from core.errors import AppError, Unauthorized, Unavailable
from core.query import single
from data.reports.changes import Missed, missed
from web.identity import Identity, current
from web.json import dumps
from web.live import Heard, Watch
from web.openapi import Parameter, operation
from web.state import State, state

blueprint = Blueprint("stream", __name__)
HEARTBEAT_SECONDS: Final = 10.0
LIFE_SECONDS: Final = 600.0
_RETRY_MS: Final = 1_000
_SINCE: Final = Parameter("since", {"type": "integer", "minimum": 0}, "As Last-Event-ID: the version that is known.")


@blueprint.get("/financial/stream")
@operation(
    "Changes as they happen: events `change` and `alert`, ids are versions",
    parameters=(_SINCE,),
    headers=("Last-Event-ID",),
)
def get_stream() -> Response:
    known = _known(single(only("since"), "since"))
    identity, here = current(), state()
    watch = here.live.watch(
        here.database, identity.tenant.id, identity.seat.person.id, here.settings.most_streams
    )  # first this, then the version, so that nothing falls between
    try:
        stream = Stream(identity, here, watch, known)
    except BaseException:
        watch.close()
        raise
    response = Response(stream, mimetype="text/event-stream")
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["X-Accel-Buffering"] = "no"  # nginx passes each event on at once
    return response


def _known(since: str | None) -> int | None:
    text = request.headers.get("Last-Event-ID", "").strip() or since
    return None if text is None else read_version(text, "Last-Event-ID")


class Stream:
    """The body: an iterator, because one that was never begun must give its place back as well."""

    def __init__(self, identity: Identity, here: State, watch: Watch, known: int | None) -> None:
        self._identity = identity
        self._state = here
        self._watch = watch
        # Read apart from `missed`, which costs each waiting thread memory that most do not need.
        versions = here.database.versions(identity.tenant.id)
        now = identity.version if versions is None else versions[1]
        self._known = now if known is None else known
        self._pieces = self._events(b"" if self._known == now else self._told(missed(identity.context, self._known)))

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        return next(self._pieces)

    def close(self) -> None:
        """Called by the server when the answer has ended, however."""
        self._watch.close()

    def _events(self, first: bytes) -> Iterator[bytes]:
        # An id alone: whoever is cut off before the first event comes back with the version it began at.
        yield b"retry: %d\nid: %d\n\n%s" % (_RETRY_MS, self._known, first)
        ends = monotonic() + LIFE_SECONDS
        while monotonic() < ends:
            heard = self._watch.next(HEARTBEAT_SECONDS)
            if (heard is not None and heard.end) or self._state.live.stopping or not self._allowed(heard):
                return
            told = self._news(heard)
            if heard is None or told:
                yield told or b":\n\n"

    def _allowed(self, heard: Heard | None) -> bool:
        """Whether the credential still opens these books. Asked when the directory changed, and at each heartbeat."""
        claims = self._identity.claims
        if claims is None or (heard is not None and not heard.check):
            return True
        try:
            self._state.memory.standing(self._state.database, claims)
        except Unauthorized:
            return False
        except Unavailable:  # the database is away: nothing can be read either
            return True
        now: datetime = self._state.clock()
        return claims.expires_at > now

    def _news(self, heard: Heard | None) -> bytes:
        if heard is None or not (heard.look or heard.version > self._known):
            return b""
        if not heard.look and "alert" not in heard.kinds:
            return self._told(Missed(heard.version, sorted(heard.kinds), []))
        try:
            return self._told(missed(self._identity.context, self._known))
        except AppError:  # when the database is back the listener says so
            return b""

    def _told(self, news: Missed) -> bytes:
        """The alerts, then the change: only that one has an id, so who is cut off in between hears all of it again."""
        if news.version == self._known:
            return b""
        self._known = news.version
        alerts = b"".join(b"event: alert\ndata: %s\n\n" % dumps(alert) for alert in news.alerts)
        change = dumps({"version": news.version, "kinds": news.kinds})
        return b"%sevent: change\nid: %d\ndata: %s\n\n" % (alerts, news.version, change)
