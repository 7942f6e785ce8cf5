"""The four environments of docker compose, one after the other: each comes up, passes all levels, and goes."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlencode
from urllib.request import urlopen

import pytest
import yaml

from bench.steady import call
from deploy.validation.site import PORTS
from tests.containers.project import BESIDE, OURS, ROOT, Environment, docker, running, validated

NAMES = ("development", "testing", "staging", "production")
REPLICAS = {"staging": 2, "production": 3}
SECONDS = 120
LARGEST_MB = {"financial-dashboard": 600, "financial-dashboard-proxy": 200}
"""Ours on a Debian base."""


@pytest.fixture(scope="module", params=NAMES)
def environment(request: pytest.FixtureRequest, images: set[str], production: dict[str, str]) -> Iterator[Environment]:
    with running(request.param, production if request.param == "production" else {}, images) as made:
        yield made


def eventually(found: Callable[[], Any]) -> Any:
    """What is found at last; an error with what was found in the end."""
    until = time.monotonic() + SECONDS
    while not (seen := found()):
        assert time.monotonic() < until, seen
        time.sleep(0.5)
    return seen


def asked(url: str) -> Any:
    with urlopen(url, timeout=10) as answer:
        return json.load(answer)


def answers(url: str) -> bool:
    try:
        return bool(asked(url)["status"] == "ok")
    except OSError:
        return False


def test_the_environment_passes_all_levels(environment: Environment) -> None:
    """The demo's people sign in. L6 is tried up to three times: other programs make it slower, never faster."""
    trusted = ("--ca", f"{environment.variables['CERTIFICATES']}/fullchain.pem") if environment.variables else ()
    seen = [*validated(environment, "1-5", *trusted), *validated(environment, "7-7", *trusted)]
    seen += validated(environment, "6-6", *trusted)
    left = {each["name"] for each in seen if each["state"] == "left out"}
    expected = {"figures are those of the baseline", "figures are written down"}
    assert left == expected | (set() if environment.variables else {"the certificate is valid"})
    assert {each["level"] for each in seen} == set(range(1, 8))


def test_our_containers_can_write_nowhere_and_be_nobody(environment: Environment) -> None:
    for service in environment.settled():
        if service not in OURS:
            continue
        for container in environment.containers(service):
            name, host = container["Name"], container["HostConfig"]
            assert host["ReadonlyRootfs"], name
            assert host["CapDrop"] == ["ALL"], name
            assert "no-new-privileges:true" in host["SecurityOpt"], name
            assert service == "secrets" or container["Config"]["User"] in ("10001:10001", "101:101"), name
            assert service in ("secrets", "migrate", "demo") or container["State"]["Health"]["Status"] == "healthy"
    identity = environment.compose("exec", "-T", "web", "sh", "-c", "id -u; touch /app/x /usr/x 2>&1 || true")
    assert identity.splitlines()[0] == "10001"
    assert identity.count("Read-only file system") == 2


def test_limits_and_replicas_are_those_of_the_files(environment: Environment) -> None:
    assert len(environment.containers("web")) == REPLICAS.get(environment.name, 1)
    for service in ("web", "worker", "postgres", "redis"):
        bound = environment.containers(service)[0]["HostConfig"]["Memory"]
        assert bool(bound) == (environment.name in REPLICAS), service


def test_what_only_this_environment_has(environment: Environment) -> None:
    {"development": letters, "testing": in_memory, "staging": preview, "production": watched}[environment.name](
        environment
    )


def letters(environment: Environment) -> None:
    """Letters arrive at the catcher, and a file that changes starts the web server anew."""
    form = urlencode({"email": "demo@example.org"}).encode()
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    assert call(PORTS["development"], "POST", "/forgot-password", kind, form)[0] in (200, 303)
    found = eventually(lambda: asked("http://127.0.0.1:8025/api/v1/messages")["messages"])
    assert found[0]["To"][0]["Address"] == "demo@example.org"
    (ROOT / "app.py").touch()
    eventually(lambda: "the source changed" in environment.compose("logs", "web"))
    eventually(lambda: answers(f"{PORTS['development']}/health"))


def in_memory(environment: Environment) -> None:
    kind = environment.compose("exec", "-T", "postgres", "stat", "-f", "-c", "%T", "/var/lib/postgresql/data")
    assert kind.strip() == "tmpfs"


def preview(environment: Environment) -> None:
    """The place of the next release shows the present one."""
    assert asked("http://127.0.0.1:8009/health")["status"] == "ok"


def watched(environment: Environment) -> None:
    """Plain http leads to https, a backup is there, the log is kept, Prometheus finds servers and knows the rules."""
    status, headers, _ = call("http://localhost", "GET", "/sign-in", {})
    assert (status, headers["Location"]) == (308, "https://localhost/sign-in")
    eventually(lambda: ".dump.sha256" in environment.compose("exec", "-T", "backup", "ls", "/backups"))
    sql = ("psql", "-U", "fd_owner", "-d", "financial_dashboard", "-Atc")
    environment.compose("exec", "-T", "postgres", *sql, "SELECT pg_switch_wal()")
    count = "SELECT archived_count FROM pg_stat_archiver"
    eventually(lambda: int(environment.compose("exec", "-T", "postgres", *sql, count)))
    eventually(lambda: _up("web") == 3)
    rules = asked("http://127.0.0.1:9090/api/v1/rules")["data"]["groups"][0]["rules"]
    written = yaml.safe_load((ROOT / "deploy/monitoring/alerts.yml").read_text())["groups"][0]["rules"]
    assert {each["name"] for each in rules} == {each["alert"] for each in written}


def _up(job: str) -> int:
    found = asked("http://127.0.0.1:9090/api/v1/targets")["data"]["activeTargets"]
    return sum(each["labels"]["job"] == job and each["health"] == "up" for each in found)


@pytest.mark.parametrize("service", sorted(BESIDE))
def test_the_image_of_what_looks_at_the_product_is_there(
    service: str, images: set[str], production: dict[str, str]
) -> None:
    """Skipped where no registry has it: then the environment was shown without this program."""
    name = "development" if service == "adminer" else "production"
    image = Environment(name, production).settled()[service]["image"]
    if image in images:
        pytest.skip(f"{image} is neither here nor in a registry: {name} was run without {service}")
    docker("image", "inspect", image)


@pytest.mark.parametrize("image", sorted(LARGEST_MB))
def test_images_are_small_and_say_how_they_are(image: str, images: set[str]) -> None:
    found = json.loads(docker("image", "inspect", image))[0]
    size = found["Size"] / 1e6
    print(f"{image}: {size:.0f} MB")
    assert size < LARGEST_MB[image]
    assert found["Config"]["Healthcheck"]["Test"][0] == "CMD"
    assert found["Config"]["User"] in ("10001:10001", "101:101")
