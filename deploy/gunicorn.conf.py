"""How gunicorn runs the product: `python -m gunicorn -c deploy/gunicorn.conf.py app:server`.

Threads, because open event streams hold one each; a short graceful timeout, because they would hold a stop as well.
"""

import os
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from core.settings import Settings

_settings = Settings.load()
_host = f"[{_settings.host}]" if ":" in _settings.host else _settings.host

bind = [f"{_host}:{_settings.port}"]
worker_class = "gthread"
workers = _settings.web_workers
threads = _settings.web_threads
timeout = 60
graceful_timeout = 5
keepalive = 15
limit_request_line = 8190
# Loaded once and then forked: half the memory and half the start. Nothing connects before the fork.
preload_app = True
# Heartbeats go through a file; on a slow disk they would come late.
worker_tmp_dir = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # noqa: S108 # nosec B108
# One path for all servers of a user, and nobody listens to it here.
control_socket_disable = True
accesslog = None  # the program writes its own, with tenant and cache hit
logconfig_dict = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "web.telemetry.JsonLines"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json", "stream": "ext://sys.stderr"}},
    "loggers": {
        "gunicorn.error": {"level": _settings.log_level, "handlers": ["stderr"], "propagate": False},
        "gunicorn.access": {"level": "CRITICAL", "handlers": [], "propagate": False},
    },
    "root": {"level": "WARNING", "handlers": ["stderr"]},
}


def post_fork(server: Any, _worker: Any) -> None:
    """A worker must never speak on a connection that the master opened."""
    from web.state import state

    with server.app.wsgi().app_context():
        state().database.dispose()
