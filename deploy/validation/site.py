"""The installation that is looked at: where it is, who signs in, and how it is asked."""

from __future__ import annotations

import http.client
import json
import ssl
import subprocess  # nosec B404
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter
from typing import Any, Final
from urllib.parse import SplitResult, urlencode, urlsplit

ROOT: Final = Path(__file__).resolve().parent.parent.parent
PORTS: Final = {
    "development": "http://127.0.0.1:8000",
    "testing": "http://127.0.0.1:8001",
    "staging": "http://127.0.0.1:8002",
    "production": "https://localhost",
}
"""The environments of docker-compose.yml with deploy/compose/NAME.yml, and where each is published."""
ENDPOINTS: Final = tuple(
    f"/financial/dashboard{part}" for part in ("", "/summary", "/accounts", "/transactions", "/budgets")
)
_SECONDS: Final = 30.0
_COMPOSE_SECONDS: Final = 600.0


class Failed(Exception):
    """A check that did not pass; the text says what was found."""


class LeftOut(Exception):
    """A check that cannot be made here; the text says why."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer, and how long it took in seconds."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes
    seconds: float

    def json(self) -> Any:
        """The body as JSON; `Failed` when it is none."""
        try:
            return json.loads(self.body)
        except ValueError:
            raise Failed(f"no JSON: {self.body[:80]!r}") from None


@dataclass(frozen=True, slots=True)
class Person:
    """Who signs in; `tenant` None is the one last used."""

    email: str
    password: str = field(repr=False)
    tenant: str | None = None


@dataclass(slots=True)
class Site:
    """One installation. `internal` answers operators' questions when the proxy hides them from `url`.

    Of an environment of Docker Compose: `service` is its web server, `overlays` are further files beside its own.
    """

    url: str
    person: Person
    stranger: Person
    environment: str | None = None
    service: str = "web"
    overlays: tuple[str, ...] = ()
    internal: str | None = None
    metrics_token: str | None = field(default=None, repr=False)
    ca: Path | None = None
    wait: float = 60.0
    people: int = 100
    seconds: float = 10.0
    read_only: bool = False
    baseline: Path | None = None
    record: Path | None = None
    _tokens: dict[str, str] = field(default_factory=dict, repr=False)
    _refused: dict[str, str] = field(default_factory=dict, repr=False)

    @property
    def address(self) -> SplitResult:
        return urlsplit(self.url)

    def connect(self, url: str | None = None) -> http.client.HTTPConnection:
        """A connection to the installation, or to `url`."""
        place = urlsplit(url or self.url)
        if place.scheme == "https":
            context = ssl.create_default_context(cafile=None if self.ca is None else str(self.ca))
            return http.client.HTTPSConnection(place.netloc, timeout=_SECONDS, context=context)
        return http.client.HTTPConnection(place.netloc, timeout=_SECONDS)

    def ask(
        self,
        method: str,
        path: str,
        *,
        token: str | None = None,
        body: Any = None,
        url: str | None = None,
        **headers: str,
    ) -> Answer:
        """One request on a connection of its own; `Failed` when there is no answer. `body` is sent as JSON."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if token is not None:
            sent["Authorization"] = f"Bearer {token}"
        data = None
        if body is not None:
            data = body if isinstance(body, bytes) else json.dumps(body).encode()
            sent.setdefault("Content-Type", "application/json")
        connection = self.connect(url)
        try:
            return exchange(connection, method, path, data, sent)
        finally:
            connection.close()

    def read(self, path: str, *, token: str | None = None) -> Any:
        """The JSON of a GET that must be a 200."""
        return expect(self.ask("GET", path, token=token), 200).json()

    def token(self, person: Person) -> str:
        """Sign in, once for each person: too many attempts would lock them out."""
        if person.email in self._refused:
            raise Failed(self._refused[person.email])
        if person.email not in self._tokens:
            body = {"email": person.email, "password": person.password}
            if person.tenant is not None:
                body["tenant"] = person.tenant
            answer = self.ask("POST", "/auth/login", body=body)
            if answer.status != 200:
                self._refused[person.email] = f"{person.email} cannot sign in: {_told(answer)}"
                raise Failed(self._refused[person.email])
            self._tokens[person.email] = answer.json()["access_token"]
        return self._tokens[person.email]

    def cookie(self, person: Person) -> str:
        """The pages' session cookie of a person, as a browser would send it."""
        self.token(person)
        form = urlencode({"email": person.email, "password": person.password}).encode()
        answer = self.ask("POST", "/sign-in", body=form, Content_Type="application/x-www-form-urlencoded")
        set_cookies = answer.headers.get_all("Set-Cookie") or []
        found = [each.split(";", 1)[0] for each in set_cookies if "fd_session=" in each]
        if answer.status != 303 or not found:
            raise Failed(f"the sign-in page answers {answer.status}")
        return found[0]

    def compose(self, *arguments: str) -> str:
        """What `docker compose` prints for this environment; `LeftOut` for a plain URL, `Failed` when it fails."""
        if self.environment is None:
            raise LeftOut("only with --environment")
        return compose(self.environment, *arguments, overlays=self.overlays)


def compose(environment: str, *arguments: str, overlays: Iterable[str] = (), sent: str | None = None) -> str:
    """What `docker compose` prints for an environment, with `sent` as its standard input; `Failed` when it fails."""
    files = ["docker-compose.yml", f"deploy/compose/{environment}.yml", *overlays]
    command = ["docker", "compose", *(part for file in files for part in ("-f", file)), *arguments]
    try:
        done = subprocess.run(  # noqa: S603  # nosec B603 B607
            command, cwd=ROOT, input=sent, capture_output=True, text=True, timeout=_COMPOSE_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Failed(f"docker compose: {error}") from error
    if done.returncode != 0:
        raise Failed(f"docker compose {arguments[0]}: {(done.stderr or done.stdout).strip()[-300:]}")
    return done.stdout


def exchange(
    connection: http.client.HTTPConnection, method: str, path: str, data: bytes | None, headers: dict[str, str]
) -> Answer:
    """One request and its answer on an open connection; `Failed` when there is none."""
    began = perf_counter()
    try:
        connection.request(method, path, data, headers)
        answer = connection.getresponse()
        body = answer.read()
    except (OSError, http.client.HTTPException) as error:
        raise Failed(f"{method} {path}: {type(error).__name__}: {error}") from error
    return Answer(answer.status, answer.headers, body, perf_counter() - began)


def expect(answer: Answer, *statuses: int) -> Answer:
    """The answer; `Failed` when its status is none of these."""
    if answer.status not in statuses:
        raise Failed(f"status {_told(answer)}, not {' or '.join(map(str, statuses))}")
    return answer


def _told(answer: Answer) -> str:
    try:
        return f"{answer.status} {json.loads(answer.body)['code']}"
    except (ValueError, KeyError, TypeError):
        return str(answer.status)
