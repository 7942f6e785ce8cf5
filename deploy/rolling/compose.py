"""An environment of Docker Compose: blue is its service `web`, green a copy of it; a release is a tag of the image.

What runs in each place is said by tags of our own: `financial-dashboard:blue`, `:green`, `:next` (the migration), and
`:latest` for all else, so that a plain `docker compose up` goes on with the release that people use.
"""

from __future__ import annotations

import json
import subprocess  # nosec B404
from pathlib import Path
from typing import Any, Final

from deploy.rolling.driver import Colour, other, upstream
from deploy.validation.site import PORTS, ROOT, Failed, Person, Site, compose

_IMAGE: Final = "financial-dashboard"
_SERVICES: Final[dict[Colour, str]] = {"blue": "web", "green": "web-green"}
_WEB_PORT: Final = 8000
PREVIEW_PORTS: Final = {"staging": 8009, "production": 8010}
_POINT: Final = (
    "cd /etc/nginx/upstream && cp web.conf web.before && cat > web.conf"
    " && { nginx -t -q || { cp web.before web.conf; exit 1; }; } && nginx -s reload && sleep 2"
)
"""The file is tried before it counts. After a reload nginx's old workers take a last few connections."""
_NOBODY: Final = Person("", "")


class Compose:
    """The driver."""

    def __init__(self, environment: str) -> None:
        self._environment = environment
        self.folder = ROOT / "var" / "rollout" / environment

    def find(self, release: str) -> None:
        _docker("image", "inspect", f"{_IMAGE}:{release}")

    def serving(self, *, adopt: bool) -> tuple[Colour, str] | None:
        """What `docker compose up` started: it is kept under a tag of its own, to come back to."""
        containers = compose(self._environment, "ps", "--quiet", _SERVICES["blue"]).split()
        if not containers:
            raise Failed(f"{self._environment} does not run: start it once with docker compose up (docs/docker.md)")
        container = containers[0]
        image = _docker("inspect", "--format", "{{.Image}}", container).strip()
        release = f"before-rollouts-{image.removeprefix('sha256:')[:12]}"
        for tag in (release, "blue") if adopt else ():
            _docker("tag", image, f"{_IMAGE}:{tag}")
        return "blue", release

    def fits(self, release: str) -> bool:
        _docker("tag", f"{_IMAGE}:{release}", f"{_IMAGE}:next")
        try:
            self._compose("run", "--rm", "-T", "--no-deps", "migrate", "flask", "db", "check")
        except Failed:
            return False
        return True

    def migrate(self, release: str) -> None:
        _docker("tag", f"{_IMAGE}:{release}", f"{_IMAGE}:next")
        self._compose("run", "--rm", "-T", "--no-deps", "migrate")

    def start(self, colour: Colour, release: str) -> None:
        _docker("tag", f"{_IMAGE}:{release}", f"{_IMAGE}:{colour}")
        self._compose("up", "--detach", "--no-deps", "--force-recreate", "--wait", _SERVICES[colour])

    def stop(self, colour: Colour) -> None:
        self._compose("stop", _SERVICES[colour])

    def runs(self, colour: Colour) -> bool:
        return bool(self._compose("ps", "--status", "running", "--quiet", _SERVICES[colour]).strip())

    def direct(self, colour: Colour) -> None:
        self._point(colour, other(colour) if self.runs(other(colour)) else colour)

    def work(self, colour: Colour, release: str) -> None:  # noqa: ARG002 - one worker, whichever colour
        _docker("tag", f"{_IMAGE}:{release}", f"{_IMAGE}:latest")
        self._compose("up", "--detach", "--no-deps", "--wait", "worker")

    def site(self, colour: Colour, *, public: bool) -> Site:
        if not public:
            self._point(other(colour) if self.runs(other(colour)) else colour, colour)
        return Site(
            PORTS[self._environment] if public else f"http://127.0.0.1:{PREVIEW_PORTS[self._environment]}",
            _NOBODY,
            _NOBODY,
            environment=self._environment,
            service=_SERVICES[colour],
            overlays=(str(self._overlay()),),
        )

    def _point(self, colour: Colour, waiting: Colour) -> None:
        """Also where nothing changed but the containers: nginx looks up a service's addresses once."""
        text = upstream(colour, [_address(colour)], [_address(waiting)])
        self._compose("exec", "-T", "proxy", "sh", "-c", _POINT, sent=text)

    def _compose(self, *arguments: str, sent: str | None = None) -> str:
        return compose(self._environment, *arguments, overlays=[str(self._overlay())], sent=sent)

    def _overlay(self) -> Path:
        """The file that adds the second colour: a copy of the environment's own web server, whatever is set for it.

        Nobody else may read it: a variable of that service may be a secret.
        """
        path = self.folder / "colours.json"
        settled = compose(self._environment, "config", "--format", "json")
        self.folder.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(json.dumps(colours(json.loads(settled)["services"]["web"]), indent=1), encoding="utf-8")
        return path


def colours(web: dict[str, Any]) -> dict[str, Any]:
    """The compose file for two releases side by side, from the environment's service `web`."""
    green = {**web, "image": f"{_IMAGE}:green", "profiles": ["green"], "pull_policy": "never"}
    return {
        "services": {
            "web": {"image": f"{_IMAGE}:blue", "pull_policy": "never"},
            "web-green": {name: value for name, value in green.items() if name not in ("build", "depends_on")},
            "migrate": {"image": f"{_IMAGE}:next"},
            # The proxy goes on when a colour is made anew.
            "proxy": {"depends_on": {"web": {"condition": "service_started", "restart": False}}},
        }
    }


def _address(colour: Colour) -> str:
    return f"{_SERVICES[colour]}:{_WEB_PORT}"


def _docker(*arguments: str) -> str:
    try:
        done = subprocess.run(  # noqa: S603  # nosec B603 B607
            ["docker", *arguments],  # noqa: S607
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Failed(f"docker: {error}") from error
    if done.returncode != 0:
        raise Failed(f"docker {' '.join(arguments)}: {(done.stderr or done.stdout).strip()[-300:]}")
    return done.stdout
