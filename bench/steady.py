"""A steady load as people make it, while something happens: what failed, how long, and whether all writes are there.

Each person keeps a connection, as a browser does, and asks again by itself when a kept connection turns out to be
closed (RFC 9110, 9.2.2: what may be repeated; a write has a key that makes it so). A write that failed is repeated with
its key until it is acknowledged or given up.
"""

from __future__ import annotations

import http.client
import json
import random
import secrets
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode, urlsplit

READS = ("/financial/dashboard", "/financial/dashboard/summary", "/financial/dashboard/budgets", "/financial/accounts")
PERIODS = ("this_month", "last_month", "last_12_months")
PATIENCE_SECONDS = 30.0
LOOKS = 30
REPEATS = (0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 16.0)
"""Seconds between the attempts of a write; a key that a killed server holds is free after half a minute."""
_OK = (200, 201)


@dataclass(frozen=True, slots=True)
class Seen:
    """One request: when it began and ended (monotonic seconds), and what was wrong, "" when nothing."""

    kind: str
    began: float
    ended: float
    wrong: str


@dataclass(slots=True)
class Account:
    """Who writes where: a token, a session cookie, and an account's id."""

    token: str
    cookie: str
    id: int


@dataclass(slots=True)
class Record:
    """What all people saw, and what they wrote: payees that begin with `mark`."""

    mark: str
    seen: list[Seen] = field(default_factory=list)
    asked_again: int = 0
    acknowledged: set[str] = field(default_factory=set)
    tried: set[str] = field(default_factory=set)

    def failures(self) -> list[Seen]:
        """What failed: of a write its first attempt, which is then repeated."""
        return [each for each in self.seen if each.wrong and each.kind != "repeat"]


class Person(threading.Thread):
    """Works until `stopped`."""

    def __init__(self, number: int, url: str, account: Account, record: Record, pause: float) -> None:
        super().__init__(name=f"person-{number}", daemon=True)
        self._number, self._account, self._record, self._pause = number, account, record, pause
        self._chance = random.Random(number)
        self._place = urlsplit(url).netloc
        self._kept: http.client.HTTPConnection | None = None
        self._written = 0
        self.stopped = threading.Event()

    def run(self) -> None:
        step = self._number
        self.stopped.wait(self._chance.uniform(0, self._pause))
        while not self.stopped.is_set():
            step += 1
            if step % 10 == 0:
                self._write()
            elif step % 5 == 1:
                self._ask("page", "GET", "/", {"Cookie": self._account.cookie})
            else:
                query = urlencode({"period": self._chance.choice(PERIODS)})
                path = self._chance.choice(READS)
                query = "" if path.endswith("accounts") else f"?{query}"
                self._ask("read", "GET", f"{path}{query}", self._bearer())
            self.stopped.wait(self._chance.uniform(0.5, 1.5) * self._pause)
        self._forget()

    def _bearer(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._account.token}"}

    def _write(self) -> None:
        self._written += 1
        payee = f"{self._record.mark} {self._number}-{self._written}"
        body = {"account_id": self._account.id, "booked_on": "2026-06-01", "amount": "-1.00", "payee": payee}
        headers = {**self._bearer(), "Idempotency-Key": payee, "Content-Type": "application/json"}
        self._record.tried.add(payee)
        kind = "write"
        for pause in REPEATS:
            if self._ask(kind, "POST", "/financial/transactions", headers, json.dumps(body).encode()):
                self._record.acknowledged.add(payee)
                return
            kind = "repeat"
            if self.stopped.wait(pause):
                return

    def _ask(self, kind: str, method: str, path: str, headers: Mapping[str, str], body: bytes | None = None) -> bool:
        began = time.monotonic()
        wrong = self._try(method, path, headers, body)
        self._record.seen.append(Seen(kind, began, time.monotonic(), wrong))
        return not wrong

    def _try(self, method: str, path: str, headers: Mapping[str, str], body: bytes | None) -> str:
        """What was wrong with the answer, "" for nothing."""
        for kept in (self._kept is not None, False):
            if self._kept is None:
                self._kept = http.client.HTTPConnection(self._place, timeout=PATIENCE_SECONDS)
            try:
                self._kept.request(method, path, body, dict(headers))
                answer = self._kept.getresponse()
                told = answer.read()
            except (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError) as error:
                self._forget()
                if kept:
                    self._record.asked_again += 1
                    continue
                return f"{type(error).__name__}"
            except (OSError, http.client.HTTPException) as error:
                self._forget()
                return f"{type(error).__name__}: {error}"
            if answer.will_close:
                self._forget()
            if answer.status in _OK or b"idempotency_carried_out" in told:
                return ""
            return f"status {answer.status}"
        raise AssertionError("unreachable")

    def _forget(self) -> None:
        if self._kept is not None:
            self._kept.close()
        self._kept = None


@contextmanager
def steady(url: str, accounts: Sequence[Account], people: int, pause: float) -> Iterator[Record]:
    """So many people at work, each resting about `pause` seconds between requests; they share the accounts."""
    record = Record(f"Steady {secrets.token_hex(3)}")
    crowd = [Person(n, url, accounts[n % len(accounts)], record, pause) for n in range(people)]
    for person in crowd:
        person.start()
    try:
        yield record
    finally:
        for person in crowd:
            person.stopped.set()
        for person in crowd:
            person.join(PATIENCE_SECONDS + 5)


def call(url: str, method: str, path: str, headers: Mapping[str, str], body: bytes | None = None) -> Any:
    """An answer with its body read, as (status, headers, body)."""
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=60)
    try:
        connection.request(method, path, body, dict(headers))
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read()
    finally:
        connection.close()


def sign_in(url: str, email: str, password: str, tenant: str, name: str) -> Account:
    """Somebody who may write, with a token and a session, and a new account of the tenant."""
    body = {"email": email, "password": password, "tenant": tenant}
    token = post(url, "/auth/login", body)["access_token"]
    form = urlencode({"email": email, "password": password}).encode()
    _, headers, _ = call(url, "POST", "/sign-in", {"Content-Type": "application/x-www-form-urlencoded"}, form)
    cookie = next(each.split(";")[0] for each in headers.get_all("Set-Cookie") or [] if "fd_session=" in each)
    made = post(url, "/financial/accounts", {"name": name, "type": "checking", "currency": "EUR"}, token)
    return Account(token, cookie, made["id"])


def post(url: str, path: str, body: Any, token: str | None = None) -> Any:
    """The JSON that answers a POST of JSON; an error when it was refused."""
    headers = {"Content-Type": "application/json", **({"Authorization": f"Bearer {token}"} if token else {})}
    status, _, answer = call(url, "POST", path, headers, json.dumps(body).encode())
    if status not in _OK:
        raise RuntimeError(f"POST {path}: {status} {answer!r}")
    return json.loads(answer)


def stored(url: str, accounts: Sequence[Account], record: Record) -> Counter[str]:
    """How often each payee of a load is in the books."""
    return sum((_stored(url, account, record.mark) for account in accounts), Counter())


def _stored(url: str, account: Account, mark: str) -> Counter[str]:
    found: Counter[str] = Counter()
    cursor: str | None = None
    while True:
        query = {"limit": "1000", "account_id": str(account.id), **({"cursor": cursor} if cursor else {})}
        bearer = {"Authorization": f"Bearer {account.token}"}
        page = _page(url, f"/financial/transactions?{urlencode(query)}", bearer)
        found.update(each["payee"] for each in page["data"] if str(each["payee"]).startswith(f"{mark} "))
        cursor = page["next_cursor"]
        if not cursor:
            return found


def _page(url: str, path: str, headers: Mapping[str, str]) -> Any:
    """What is asked after the harm is asked until it is told: a frozen web server may come first."""
    for _ in range(LOOKS):
        status, _, body = call(url, "GET", path, headers)
        if status in _OK:
            return json.loads(body)
        time.sleep(1.0)
    raise RuntimeError(f"GET {path}: {status} {body!r}")


def lost_and_doubled(record: Record, books: Counter[str]) -> tuple[int, int]:
    """How many acknowledged writes are not there, and how many writes are there twice or were never made."""
    lost = sum(books[payee] == 0 for payee in record.acknowledged)
    return lost, sum(count > 1 or payee not in record.tried for payee, count in books.items())
