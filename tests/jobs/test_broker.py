"""Events for a broker, with a real RabbitMQ: all of them, in their order, across a broker that dies."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pika
import pytest
from sqlalchemy import text

from core.errors import Conflict
from core.settings import Settings
from data.commands import publishing, tags
from data.context import TenantContext
from data.db import Database
from data.schemas.ledger import TagIn
from jobs.broker import publish
from jobs.registry import kinds_of
from jobs.worker import Worker
from tests.conftest import Town
from web.metrics import Metrics

_PROGRAMS = (Path("/usr/lib/rabbitmq/bin/rabbitmq-server"),)


def _program() -> Path:
    found = next((path for path in _PROGRAMS if path.exists()), None) or shutil.which("rabbitmq-server")
    if found is None:
        if os.environ.get("CI") == "true":
            pytest.fail("RabbitMQ is missing; the CI must not skip what it proves")
        pytest.skip("RabbitMQ is not installed")
    return Path(found)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Rabbit:
    """A broker of the test's own, which can be stopped hard and started again with what it had written."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._port, self._process = folder, _free_port(), None
        self.url = f"amqp://guest:guest@127.0.0.1:{self._port}"

    def start(self) -> None:
        own = {
            "HOME": str(self._folder),
            "RABBITMQ_NODENAME": f"test{self._port}@localhost",
            "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODE_PORT": str(self._port),
            "RABBITMQ_DIST_PORT": str(_free_port()),
            "RABBITMQ_MNESIA_BASE": str(self._folder / "data"),
            "RABBITMQ_LOG_BASE": str(self._folder / "log"),
            "RABBITMQ_LOGS": "-",
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(self._folder / "plugins"),
            "RABBITMQ_CONFIG_FILE": str(self._folder / "rabbitmq"),
            "PATH": os.environ["PATH"],
        }
        self._process = subprocess.Popen(
            [_program()], env=own, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True
        )
        assert self._process.stdout is not None
        said = []
        for line in self._process.stdout:
            said.append(line)
            if "Server startup complete" in line:
                return
        pytest.fail("".join(said))

    def kill(self) -> None:
        if self._process is not None:
            os.killpg(self._process.pid, 9)
            self._process.wait()
            self._process.stdout.close()


@pytest.fixture(scope="module")
def rabbit(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rabbit]:
    broker = Rabbit(tmp_path_factory.mktemp("rabbit"))
    broker.start()
    yield broker
    broker.kill()


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    database = Database(database_url, pool_size=6, publishes=True)
    yield database
    database.dispose()


def work(database: Database, rabbit: Rabbit) -> None:
    """What a worker does until nothing is due."""
    Worker(database, kinds_of(Settings(amqp_url=rabbit.url)), threads=1).run(until_idle=True)


def arrived(rabbit: Rabbit, queue: str) -> list[tuple[str, str, dict[str, Any]]]:
    """Routing key, message id and body of all that stands in a queue, taken out of it."""
    found = []
    with pika.BlockingConnection(pika.URLParameters(rabbit.url)) as connection:
        channel = connection.channel()
        while True:
            method, properties, body = channel.basic_get(queue, auto_ack=True)
            if method is None:
                return found
            assert properties.delivery_mode == 2
            found.append((method.routing_key, properties.message_id, json.loads(body)))


def listen(rabbit: Rabbit, queue: str, key: str) -> None:
    """A durable queue of a consumer."""
    publish(rabbit.url, "", ())
    with pika.BlockingConnection(pika.URLParameters(rabbit.url)) as connection:
        channel = connection.channel()
        channel.queue_declare(queue, durable=True)
        channel.queue_bind(queue, "financial", key)


def test_each_change_is_told_once_to_those_who_listen_for_its_tenant(
    rabbit: Rabbit, database: Database, context: TenantContext, town: Town
) -> None:
    listen(rabbit, "mine", "user_1.*")
    other = town.context(town.tenant("org_9"))
    for name in ("one", "two", "three"):
        tags.create_tag(context, TagIn(name=name))
    tags.create_tag(other, TagIn(name="theirs"))
    work(database, rabbit)
    found = arrived(rabbit, "mine")
    assert [key for key, _, _ in found] == ["user_1.change"] * 3
    assert [body["data"]["version"] for _, _, body in found] == [1, 2, 3]
    assert found[0][2]["data"] == {"tenant": "user_1", "version": 1, "kinds": ["tag"]}
    assert len({number for _, number, _ in found}) == 3
    assert list(publishing.waiting(context)) == []


def test_what_is_undone_is_not_told(rabbit: Rabbit, database: Database, context: TenantContext) -> None:
    listen(rabbit, "undone", "user_1.*")
    tags.create_tag(context, TagIn(name="one"))
    with pytest.raises(Conflict, match="another tag"):
        tags.create_tag(context, TagIn(name="one"))
    work(database, rabbit)
    assert [body["data"]["version"] for _, _, body in arrived(rabbit, "undone")] == [1]


def test_a_broker_that_is_away_is_told_by_the_age_of_what_waits(database: Database, context: TenantContext) -> None:
    assert "dashboard_events_oldest_seconds 0.0" in Metrics().text(database).decode()
    tags.create_tag(context, TagIn(name="one"))
    with database.directory() as session:
        session.execute(text("UPDATE jobs SET created_at = now() - interval '1 hour' WHERE kind = 'broker'"))
    nobody = f"amqp://guest:guest@127.0.0.1:{_free_port()}"
    Worker(database, kinds_of(Settings(amqp_url=nobody)), threads=1).run(until_idle=True)
    told = Metrics().text(database).decode()
    assert "dashboard_queue_oldest_seconds 0.0" in told  # tried, and due again after a pause
    assert "dashboard_events_oldest_seconds 36" in told


def test_a_broker_that_dies_loses_nothing(rabbit: Rabbit, database: Database, context: TenantContext) -> None:
    listen(rabbit, "patient", "user_1.*")
    tags.create_tag(context, TagIn(name="before"))
    work(database, rabbit)
    rabbit.kill()
    tags.create_tag(context, TagIn(name="meanwhile"))
    with pytest.raises(ConnectionError):
        publish(rabbit.url, "user_1", publishing.waiting(context))
    assert [event.version for event in publishing.waiting(context)] == [2]
    rabbit.start()
    work(database, rabbit)
    assert [body["data"]["version"] for _, _, body in arrived(rabbit, "patient")] == [1, 2]
