"""Apache Superset as its documentation runs it: an environment of its own, its commands, gunicorn, Redis, its REST API.

Its metadata are in SQLite, anew for each run. The configuration differs from a production's in that forms carry no
token (`WTF_CSRF_ENABLED`) and no policy is sent (`TALISMAN_ENABLED`); both make it faster, if anything.
"""

from __future__ import annotations

import http.client
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from bench.peers.asking import wait
from bench.support import SECRET_KEY, Server, free_port

PASSWORD: Final = "superset"
_REQUIREMENTS: Final = Path(__file__).with_name("superset-requirements.txt")
_COMMANDS: Final = (
    "db upgrade",
    f"fab create-admin --username admin --firstname A --lastname B --email admin@example.org --password {PASSWORD}",
    "init",
)
_CONFIG: Final = """
SECRET_KEY = {secret!r}
SQLALCHEMY_DATABASE_URI = {metadata!r}
WTF_CSRF_ENABLED = False
TALISMAN_ENABLED = False


def _cache(name):
    return {{
        "CACHE_TYPE": "RedisCache",
        "CACHE_DEFAULT_TIMEOUT": 86400,
        "CACHE_KEY_PREFIX": "superset_" + name,
        "CACHE_REDIS_URL": {redis!r},
    }}


CACHE_CONFIG, DATA_CACHE_CONFIG = _cache("metadata"), _cache("data")
FILTER_STATE_CACHE_CONFIG, EXPLORE_FORM_DATA_CACHE_CONFIG = _cache("filter"), _cache("explore")
"""
# As the script of its own image starts it, but with two workers.
_GUNICORN: Final = (
    "--workers 2 --worker-class gthread --threads 20 --timeout 60 --keep-alive 2 --limit-request-line 0"
    " --limit-request-field_size 0 --no-control-socket superset.app:create_app()"
)


@dataclass(frozen=True)
class Superset:
    """Its programs, and the folder of its configuration and metadata."""

    programs: Path
    home: Path

    @classmethod
    def ready(cls, environment: Path, home: Path, redis: str) -> Superset:
        """Installed in `environment`, where that is not done yet, and initialised in `home`."""
        if not (environment / "bin" / "pip").exists():
            subprocess.run([sys.executable, "-m", "venv", environment], check=True)
        pip = [str(environment / "bin" / "pip"), "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, "--requirement", str(_REQUIREMENTS)], check=True)
        home.mkdir()
        metadata = f"sqlite:///{home / 'superset.db'}"
        text = _CONFIG.format(secret=SECRET_KEY, metadata=metadata, redis=redis)
        (home / "superset_config.py").write_text(text, encoding="utf-8")
        made = cls(environment / "bin", home)
        for command in _COMMANDS:
            made._run(command.split())
        return made

    def _run(self, command: list[str]) -> None:
        began = time.perf_counter()
        done = subprocess.run(
            [str(self.programs / "superset"), *command], env=self._environ(), capture_output=True, text=True
        )
        if done.returncode:
            raise RuntimeError(f"superset {command}: {done.stderr[-2_000:]}")
        print(f"superset {' '.join(command[:2])}: {time.perf_counter() - began:.0f} s", flush=True)

    def _environ(self) -> dict[str, str]:
        config = str(self.home / "superset_config.py")
        return {**os.environ, "FLASK_APP": "superset", "SUPERSET_CONFIG_PATH": config, "SUPERSET_HOME": str(self.home)}

    @contextmanager
    def served(self) -> Iterator[tuple[Server, float]]:
        """Its server, and the seconds until `/health` answered."""
        port = free_port()
        path = self.home / f"log-{port}"
        command = [str(self.programs / "gunicorn"), "--bind", f"127.0.0.1:{port}", *_GUNICORN.split()]
        began = time.perf_counter()
        with path.open("wb") as log:
            process = subprocess.Popen(command, cwd=self.home, env=self._environ(), stdout=log, stderr=log)
            running = Server(port, process.pid)

            def healthy() -> None:
                if process.poll() is not None:
                    raise RuntimeError(f"Superset ended: {path.read_text(encoding='utf-8')[-2_000:]}")
                if running.call("GET", "/health")[0] != http.client.OK:
                    raise ConnectionError("not yet")

            try:
                wait(healthy)
                yield running, time.perf_counter() - began
            finally:
                process.terminate()
                process.wait()


class Api:
    """Its REST API, asked as its administrator."""

    def __init__(self, running: Server) -> None:
        self._running = running
        self._bearer: dict[str, str] = {}
        account = {"username": "admin", "password": PASSWORD, "provider": "db", "refresh": False}
        self._bearer = {"Authorization": f"Bearer {self.post('security/login', account)['access_token']}"}

    def post(self, path: str, body: Any) -> Any:
        """The answer's JSON; what is no success is an error."""
        status, _, answer = self._running.call("POST", f"/api/v1/{path}", body, self._bearer)
        if status not in (http.client.OK, http.client.CREATED):
            raise RuntimeError(f"{path}: {status} {answer[:500]!r}")
        return json.loads(answer)

    def dataset(self, name: str, url: str, schema: str, table: str) -> int:
        """A table of a database as a dataset: its id."""
        database = self.post("database/", {"database_name": name, "sqlalchemy_uri": url})["id"]
        return int(self.post("dataset/", {"database": database, "schema": schema, "table_name": table})["id"])

    def chart(self, name: str, dataset: int, query: dict[str, Any]) -> dict[str, Any]:
        """A saved chart, as what its page asks `chart/data` for."""
        asked = {
            "datasource": {"id": dataset, "type": "table"},
            "queries": [query],
            "result_type": "full",
            "result_format": "json",
        }
        chart = {
            "slice_name": name, "viz_type": "table", "datasource_id": dataset, "datasource_type": "table",
            "params": json.dumps({"datasource": f"{dataset}__table", "viz_type": "table"}),
            "query_context": json.dumps(asked),
        }  # fmt: skip
        identity = self.post("chart/", chart)["id"]
        return {**asked, "form_data": {"slice_id": identity, "datasource": f"{dataset}__table", "viz_type": "table"}}
