"""What tests stand on: a real PostgreSQL with the real roles, people with a story, a clock that stands still.

Alice owns Acorn Ltd (org_1) and her own books (user_1); Bob works at Acorn as editor, Vera looks on as viewer;
Charlie owns Cedar Inc. (org_9) and must never see an acorn.
"""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import hypothesis
import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient

from components import elements
from core.settings import Settings
from data import directory, schema
from data.context import Actor, TenantContext
from data.db import Database
from data.embedded import Embedded
from data.models.state import TenantState

hypothesis.settings.register_profile("calm", deadline=None)  # a busy machine is no mistake of the product
hypothesis.settings.load_profile("calm")
pytest.register_assert_rewrite("tests.figures.driver")  # before any test imports it

_LONG = (
    "tests/api/test_real_", "tests/test_start", "tests/figures", "tests/peers", "tests/imports/test_csv_councils",
    "tests/browser", "tests/cli", "tests/jobs", "tests/commands", "tests/rolling",
)  # fmt: skip


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes minutes comes first, so that the workers end together."""
    items.sort(key=lambda item: next((n for n, long in enumerate(_LONG) if item.nodeid.startswith(long)), len(_LONG)))


@pytest.fixture(scope="session", autouse=True)
def checked_elements() -> None:
    """All that is drawn here is held against what Dash knows of its elements, as it is not while people wait."""
    for kind in elements.QUICK:
        kind.__init__ = _checked(kind.__base__, kind.__init__)


def _checked(original: Any, quick: Callable[..., None]) -> Callable[..., None]:
    def make(element: Any, children: Any = None, **properties: Any) -> None:
        original(children, **properties)
        quick(element, children, **properties)

    return make


SHARED = Path(__file__).resolve().parent.parent.parent / "shared" / "data"
NOW = datetime(2026, 6, 17, 10, 30, tzinfo=UTC)
PASSWORD = "correct horse battery"
SECRET = "tests-tests-tests-tests-tests-tests-tests"


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real bank files beside the repository."""
    if not SHARED.is_dir():
        pytest.skip("the real files of ../shared/data are not there")
    return SHARED


def _in_memory() -> str | None:
    """A file system in memory that has room for the tests' server: each test makes a database, which is 350 files."""
    place = "/dev/shm"
    return place if os.path.isdir(place) and shutil.disk_usage(place).free > 6 << 30 else None


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """The superuser's URL of a PostgreSQL server for this test run."""
    given = os.environ.get("TEST_DATABASE_URL")
    if given:
        yield given
        return
    with TemporaryDirectory(dir=_in_memory()) as found, Embedded(Path(found) / "postgres", throwaway=True) as running:
        yield running.url


def _plain(url: str) -> str:
    return url.replace("postgresql+psycopg://", "postgresql://")


def _with_name(url: str, name: str) -> str:
    return url.rsplit("/", 1)[0] + "/" + name


@pytest.fixture(scope="session")
def template(server: str) -> str:
    """The name of a migrated, empty database that each test clones; TEST_TEMPLATE when another release made it."""
    given = os.environ.get("TEST_TEMPLATE")
    if given:
        return given
    name = f"template_{os.getpid()}"
    with psycopg.connect(_plain(server), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    schema.upgrade(_with_name(server, name))
    return name


_made = iter(range(1_000_000))


@pytest.fixture
def database_url(server: str, template: str) -> Iterator[str]:
    """A database of the test's own, as its owner sees it; the program drops to the web role by itself."""
    name = f"test_{os.getpid()}_{next(_made)}"
    with psycopg.connect(_plain(server), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")
    yield _with_name(server, name)
    with psycopg.connect(_plain(server), autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    database = Database(database_url, pool_size=4)
    yield database
    database.dispose()


@dataclass
class Town:
    """The people and tenants of a test, made on demand."""

    database: Database
    _hash: str

    def tenant(self, key: str, **values: Any) -> directory.TenantInfo:
        """A tenant with this key; EUR, Europe/Berlin, en-IE unless told otherwise."""
        defaults = {
            "type": "user" if key.startswith("user_") else "organization",
            "name": key.replace("_", " ").title(),
            "currency": "EUR",
            "timezone": "Europe/Berlin",
            "locale": "en-IE",
            "match_by_amount": key.startswith("user_"),
        }
        with self.database.directory() as session:
            info = directory.create_tenant(session, {"key": key, **defaults, **values})
        with self.database.tenant(info.id).writing() as session:
            session.add(TenantState(tenant_id=info.id))
        return info

    def person(self, email: str, **roles: Any) -> directory.PersonInfo:
        """A person with a role in each named tenant: `person("bob@acorn.test", org_1="editor")`."""
        with self.database.directory() as session:
            person = directory.find_person(session, email) or directory.create_person(session, email, self._hash)
            for key, role in roles.items():
                directory.set_role(session, person.id, directory.find_tenant(session, key).id, role)
        return person

    def context(self, tenant: directory.TenantInfo, now: datetime = NOW) -> TenantContext:
        """The tenant's books open for a command or a report."""
        from core.period import today_in

        return TenantContext(self.database.tenant(tenant.id), tenant, Actor("test"), today_in(tenant.timezone, now))


@pytest.fixture(scope="session")
def password_hash() -> str:
    """One hash for all people of all tests: argon2 is slow on purpose."""
    from web.passwords import hash_password

    return hash_password(PASSWORD)


@pytest.fixture
def town(database: Database, password_hash: str) -> Town:
    return Town(database, password_hash)


@pytest.fixture
def tenant(town: Town) -> directory.TenantInfo:
    """A person's books."""
    return town.tenant("user_1")


@pytest.fixture
def context(town: Town, tenant: directory.TenantInfo) -> TenantContext:
    return town.context(tenant)


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    return Settings(environment="testing", var_dir=tmp_path, database_url=database_url, secret_key=SECRET)


@pytest.fixture
def clock() -> list[datetime]:
    """The instant at which the application believes to be; a test may replace its one element."""
    return [NOW]


@pytest.fixture(scope="session")
def built_app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """The application, put together once: each test gives it its own database, clock and empty cache."""
    from app import create_app

    settings = Settings(environment="testing", var_dir=tmp_path_factory.mktemp("var"), secret_key=SECRET)
    return create_app(settings, Database("postgresql://nobody@127.0.0.1:1/nowhere"))


@pytest.fixture
def app(built_app: Flask, settings: Settings, database: Database, clock: list[datetime]) -> Iterator[Flask]:
    from web.ask import CACHE_EXTENSION
    from web.state import State, attach

    attach(built_app, State(settings, database, clock=lambda: clock[0]))
    built_app.extensions[CACHE_EXTENSION].clear()
    yield built_app
    for thread in threading.enumerate():  # what is written beside the requests ends before its database does
        if thread.name in ("usage", "mail"):
            thread.join()


@pytest.fixture
def acorn(town: Town) -> Town:
    """The story of the tests: Acorn Ltd and Cedar Inc. with their people."""
    town.tenant("user_1", name="Alice")
    town.tenant("org_1", name="Acorn Ltd")
    town.tenant("org_9", name="Cedar Inc.")
    town.person("alice@acorn.test", user_1="owner", org_1="owner")
    town.person("bob@acorn.test", org_1="editor")
    town.person("vera@acorn.test", org_1="viewer")
    town.person("charlie@cedar.test", org_9="owner")
    return town


@dataclass
class Caller:
    """A test client that is signed in."""

    client: FlaskClient
    token: str

    def __call__(self, method: str, path: str, **options: Any) -> Any:
        headers = {"Authorization": f"Bearer {self.token}", **options.pop("headers", {})}
        return self.client.open(path, method=method, headers=headers, **options)

    def get(self, path: str, **options: Any) -> Any:
        return self("GET", path, **options)

    def post(self, path: str, json: Any = None, **options: Any) -> Any:
        return self("POST", path, json=json, **options)

    def patch(self, path: str, json: Any = None, **options: Any) -> Any:
        return self("PATCH", path, json=json, **options)

    def delete(self, path: str, **options: Any) -> Any:
        return self("DELETE", path, **options)


@pytest.fixture
def sign_in(app: Flask, acorn: Town) -> Callable[..., Caller]:
    """Sign somebody of the story in: `sign_in("alice@acorn.test", "org_1")`."""

    def enter(email: str, tenant: str | None = None) -> Caller:
        client = app.test_client()
        body = {"email": email, "password": PASSWORD, **({"tenant": tenant} if tenant else {})}
        answer = client.post("/auth/login", json=body)
        assert answer.status_code == 200, answer.get_data(as_text=True)
        return Caller(client, answer.get_json()["access_token"])

    return enter


@pytest.fixture
def alice(sign_in: Callable[..., Caller]) -> Caller:
    """Alice at Acorn Ltd."""
    return sign_in("alice@acorn.test", "org_1")


@pytest.fixture
def charlie(sign_in: Callable[..., Caller]) -> Caller:
    """Charlie at Cedar Inc."""
    return sign_in("charlie@cedar.test", "org_9")
