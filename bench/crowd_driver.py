"""People who read and write, in a process of their own: `python -m bench.crowd_driver PLAN`, findings as JSON.

Each person draws a tenant by Zipf's law and something to do, does it, pauses, and so on; all by a fixed seed. A read is
of a *ready* key when, since the last write to that tenant was acknowledged, somebody's read of the same key began and
ended, and no write came up until this read ended: such a read ought to be a hit.
"""

from __future__ import annotations

import asyncio
import json
import random
import sys
import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from itertools import accumulate
from pathlib import Path
from typing import Any, Final

from bench.drive import Reply, exchange, request_bytes

PAGE: Final = "page"
WRITE: Final = "write"
DASHBOARD: Final = "/financial/dashboard"
ACTIONS: Final = {
    PAGE: 35,
    DASHBOARD: 35,
    f"{DASHBOARD}/summary": 8,
    f"{DASHBOARD}/accounts": 6,
    f"{DASHBOARD}/transactions": 4,
    f"{DASHBOARD}/budgets": 4,
    f"{DASHBOARD}?period=last_month": 3,
    WRITE: 5,
}
"""What people do, in percent. A page is its document and then the overview's answer, which is the default dashboard."""

_ACCEPT: Final = {"Accept-Encoding": "gzip, deflate"}


@dataclass(slots=True)
class Crowd:
    """All people, and what they saw."""

    plan: dict[str, Any]
    counts: Counter[str] = field(default_factory=Counter)
    times: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    errors: list[str] = field(default_factory=list)
    noting: bool = False
    _epochs: Counter[int] = field(default_factory=Counter)
    _ready: dict[tuple[int, str], int] = field(default_factory=dict)

    async def run(self) -> dict[str, Any]:
        """Everybody opens each tenant's overview once, then does this and that; noted after a while."""
        seats = self.plan["seats"]
        share = self.plan["people"]
        if self.plan["open_all"] and not self.plan["bare"]:
            await asyncio.gather(*(self._opening(range(first, len(seats), 4)) for first in range(4)))
        began = time.monotonic()
        ends = began + self.plan["warm"] + self.plan["seconds"]
        people = [asyncio.create_task(self._person(number, ends)) for number in range(share)]
        await asyncio.sleep(self.plan["warm"])
        self.noting = True
        await asyncio.gather(*people)
        return {"counts": self.counts, "times": self.times, "errors": self.errors[:5], "failed": len(self.errors)}

    async def _opening(self, places: range) -> None:
        person = _Person(self, random.Random(0))
        for place in places:
            await person.read(place, DASHBOARD)
        person.leave()

    async def _person(self, number: int, ends: float) -> None:
        person = _Person(self, random.Random(f"{self.plan['seed']} {number}"))
        zipf = list(accumulate(rank ** -self.plan["zipf"] for rank in range(1, len(self.plan["seats"]) + 1)))
        kinds, weights = list(ACTIONS), list(accumulate(ACTIONS.values()))
        while True:
            pause = person.dice.expovariate(1 / self.plan["pause"]) if self.plan["pause"] else 0
            if time.monotonic() + pause >= ends:
                break
            await asyncio.sleep(pause)
            place = person.dice.choices(range(len(zipf)), cum_weights=zipf)[0]
            await person.do(place, person.dice.choices(kinds, cum_weights=weights)[0])
        person.leave()

    def begin_write(self, place: int) -> None:
        self._epochs[place] += 1

    end_write = begin_write

    def epoch(self, place: int) -> int:
        return self._epochs[place]

    def note_read(self, place: int, key: str, epoch: int, reply: Reply) -> None:
        """Count a read that began at `epoch`."""
        hit = 'desc="hit"' in reply.headers.get("server-timing", "")
        calm = self._epochs[place] == epoch
        if self.noting:
            self.counts["reads"] += 1
            self.counts["hits"] += hit
            if calm and self._ready.get((place, key)) == epoch:
                self.counts["ready"] += 1
                self.counts["ready hits"] += hit
        if calm and epoch % 2 == 0:
            self._ready[place, key] = epoch


@dataclass(slots=True)
class _Person:
    """Somebody with one connection at a time."""

    crowd: Crowd
    dice: random.Random
    _line: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def do(self, place: int, what: str) -> None:
        if self.crowd.plan["bare"]:
            await self._send("bare", request_bytes("GET", "/bare/bare", {}), 200)
        elif what == WRITE:
            await self._write(place)
        elif what == PAGE:
            await self._page(place)
        else:
            await self.read(place, what)

    async def read(self, place: int, path: str) -> None:
        epoch = self.crowd.epoch(place)
        bearer = {"Authorization": f"Bearer {self._seat(place)['token']}", **_ACCEPT}
        reply = await self._send(path, request_bytes("GET", path, bearer), 200)
        if reply is not None:
            self.crowd.note_read(place, path, epoch, reply)

    async def _page(self, place: int) -> None:
        seat = self._seat(place)
        cookie = {"Cookie": seat["cookie"], **_ACCEPT}
        await self._send("page's document", request_bytes("GET", "/", cookie), 200)
        epoch = self.crowd.epoch(place)
        body = self.crowd.plan["overview"].encode()
        headers = {**cookie, "X-CSRF-Token": seat["csrf"], "Content-Type": "application/json"}
        request = request_bytes("POST", "/_dash-update-component", headers, body)
        reply = await self._send("page's figures", request, 200)
        if reply is not None:
            self.crowd.note_read(place, DASHBOARD, epoch, reply)

    async def _write(self, place: int) -> None:
        seat, day = self._seat(place), self.crowd.plan["today"]
        entry = {"account_id": str(seat["account"]), "booked_on": day, "payee": f"Payee {self.dice.randrange(5_000)}"}
        body = json.dumps({**entry, "amount": f"-{self.dice.randrange(100, 9_999) / 100:.2f}"}).encode()
        headers = {"Authorization": f"Bearer {seat['token']}", "Content-Type": "application/json"}
        self.crowd.begin_write(place)
        await self._send(WRITE, request_bytes("POST", "/financial/transactions", headers, body), 201)
        self.crowd.end_write(place)
        if self.crowd.noting:
            self.crowd.counts["writes"] += 1

    def _seat(self, place: int) -> dict[str, Any]:
        seat: dict[str, Any] = self.crowd.plan["seats"][place]
        return seat

    async def _send(self, kind: str, request: bytes, wanted: int) -> Reply | None:
        self.crowd.counts["sent"] += 1
        began = time.perf_counter()
        try:
            if self._line is None:
                self._line = await asyncio.open_connection("127.0.0.1", self.crowd.plan["port"])
            reply = await exchange(*self._line, request)
        except (OSError, EOFError) as error:
            self.leave()
            self.crowd.errors.append(f"{kind}: {type(error).__name__}")
            return None
        if self.crowd.noting:
            self.crowd.times[kind].append((time.perf_counter() - began) * 1000)
        if reply.headers.get("connection") == "close":
            self.leave()
        if reply.status != wanted:
            self.crowd.errors.append(f"{kind}: {reply.status} {reply.body[:200]!r}")
            return None
        return reply

    def leave(self) -> None:
        if self._line is not None:
            self._line[1].close()
            self._line = None


if __name__ == "__main__":
    print(json.dumps(asyncio.run(Crowd(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))).run())))
