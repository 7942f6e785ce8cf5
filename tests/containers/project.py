"""An environment of Docker Compose for tests: brought up from nothing, and taken down with all that it keeps."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parent.parent.parent
OURS: Final = ("secrets", "migrate", "demo", "web", "worker", "proxy", "backup")
BESIDE: Final = {"adminer", "prometheus", "grafana", "node-exporter", "blackbox"}
"""What looks at the product: without their images it runs as well, and the tests name them."""
_UP_SECONDS: Final = 600
_FULL: Final = 3


@dataclass(frozen=True)
class Environment:
    """One of deploy/compose/, running."""

    name: str
    variables: Mapping[str, str] = field(default_factory=dict)

    def run(self, *command: str, seconds: float = 900) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command, cwd=ROOT, env={**os.environ, **self.variables}, capture_output=True, text=True, timeout=seconds
        )

    def compose(self, *arguments: str) -> str:
        """What `docker compose` prints; an error with its words when it fails."""
        files = ("-f", "docker-compose.yml", "-f", f"deploy/compose/{self.name}.yml")
        done = self.run("docker", "compose", *files, *arguments)
        assert done.returncode == 0, f"docker compose {' '.join(arguments)}:\n{(done.stderr or done.stdout)[-3000:]}"
        return done.stdout

    def program(self, name: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        """One of deploy/, as an operator types it."""
        return self.run(sys.executable, f"deploy/{name}", *arguments, "--environment", self.name)

    def settled(self) -> dict[str, Any]:
        """The services as Compose understands the files, those of no profile."""
        found: dict[str, Any] = json.loads(self.compose("config", "--format", "json"))["services"]
        return found

    def containers(self, service: str) -> list[dict[str, Any]]:
        """What Docker knows of a service's containers."""
        names = self.compose("ps", "--all", "--quiet", service).split()
        return [json.loads(docker("inspect", "--format", "{{json .}}", name)) for name in names]


def docker(*arguments: str) -> str:
    """What `docker` prints; an error with its words when it fails."""
    done = subprocess.run(["docker", *arguments], capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, f"docker {' '.join(arguments)}: {done.stderr[-2000:]}"
    return done.stdout


def trouble() -> str | None:
    """What is missing on this machine to run containers at all."""
    for command, words in (
        (("docker", "version", "--format", "{{.Server.Version}}"), "Docker with a running daemon"),
        (("docker", "compose", "version", "--short"), "Docker Compose 2.24 or newer"),
        (("docker", "buildx", "version"), "Docker's buildx"),
    ):
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=60)
        except OSError as error:
            return f"{words} is needed: {error}"
        if done.returncode != 0:
            return f"{words} is needed: {done.stderr.strip()}"
    return None


def bases() -> list[str]:
    """The images that our own are built on."""
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    stages = set(re.findall(r"^FROM \S+ AS (\S+)", text, re.MULTILINE))
    return sorted(set(re.findall(r"^FROM (\S+)", text, re.MULTILINE)) - stages)


def there(image: str) -> bool:
    """Whether the image is on this machine, or a registry gives it."""
    for command in (("image", "inspect", image), ("pull", "--quiet", image)):
        if subprocess.run(["docker", *command], capture_output=True, timeout=600).returncode == 0:
            return True
    return False


@contextmanager
def running(name: str, variables: Mapping[str, str], missing: set[str]) -> Iterator[Environment]:
    """An environment with all services but those of `missing` images, and the demo's books; gone afterwards.

    Refused where one of that name is already: it may be somebody's, and would be deleted with its data.
    """
    made = Environment(name, variables)
    kept = [docker("volume", "ls", "--quiet", "--filter", f"name=^fd-{name}_"), made.compose("ps", "--all", "--quiet")]
    assert not "".join(kept).strip(), f"fd-{name} has containers or volumes here, which this test would delete"
    services = [service for service, told in made.settled().items() if told["image"] not in missing]
    try:
        made.compose("up", "--detach", "--wait", "--wait-timeout", str(_UP_SECONDS), *services)
        if name in ("staging", "production"):  # they start empty
            patient = ("--env", "STATEMENT_TIMEOUT_MS=600000")
            made.compose("run", "--rm", "-T", "--no-deps", *patient, "demo", "flask", "demo", "load", "--yes")
        yield made
    except BaseException:
        print(made.compose("ps", "--all"), made.compose("logs", "--tail", "30"))
        raise
    finally:
        _end(made)


def _end(environment: Environment) -> None:
    """Take it down. Compose forgets volumes without a name when a container was made anew, as rollouts do."""
    project = f"label=com.docker.compose.project=fd-{environment.name}"
    mounts = '{{range .Mounts}}{{if eq .Type "volume"}}{{.Name}} {{end}}{{end}}'
    containers = docker("ps", "--all", "--quiet", "--filter", project).split()
    volumes = set(docker("inspect", "--format", mounts, *containers).split()) if containers else set()
    environment.compose("down", "--volumes", "--remove-orphans", "--timeout", "5")
    left = volumes & set(docker("volume", "ls", "--quiet").split())
    if left:
        docker("volume", "rm", *left)


def validated(environment: Environment, level: str, *arguments: str) -> list[dict[str, Any]]:
    """The checks of `deploy/validate`, none of which failed.

    How fast it is (L6) is tried three times and the best counts: a busy machine makes it slower, never faster.
    """
    done = environment.program("validate", "--level", level, "--json", *arguments)
    for _ in range(_FULL - 1 if level == "6-6" else 0):
        if done.returncode != 0:
            done = environment.program("validate", "--level", level, "--json", *arguments)
    print(done.stderr)
    assert done.returncode == 0, done.stderr[-6000:]
    found: list[dict[str, Any]] = json.loads(done.stdout)["checks"]
    return found
