"""How gunicorn runs the product: `python -m gunicorn -c deploy/gunicorn.conf.py app:server`.

Threads, because open event streams hold one each; a short graceful timeout, because they would hold a stop as well.
"""

import ctypes
import gc
import os
import shutil
import signal
import sys
import threading
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from core.settings import Settings

_settings = Settings.load()
# Before anything imports prometheus_client, which decides then whether workers count together. A reload keeps it.
if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
    _metrics = _settings.metrics_dir
    shutil.rmtree(_metrics, ignore_errors=True)
    _metrics.mkdir(parents=True)
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(_metrics)
_host = f"[{_settings.host}]" if ":" in _settings.host else _settings.host

bind = [f"{_host}:{_settings.port}"]
# glibc gives threads heaps of their own, each of which keeps what was freed; threads that share the GIL need few.
if "MALLOC_ARENA_MAX" not in os.environ and hasattr(ctypes.CDLL(None), "mallopt"):
    ctypes.CDLL(None).mallopt(-8, 2)  # M_ARENA_MAX (malloc.h)

worker_class = "gthread"
workers = _settings.web_workers
threads = _settings.web_threads
worker_connections = threads + 1_000  # those that are open and wait for a request, too
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
    "formatters": {"json": {"()": "web.log_lines.JsonLines"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json", "stream": "ext://sys.stderr"}},
    "loggers": {
        "gunicorn.error": {"level": _settings.log_level, "handlers": ["stderr"], "propagate": False},
        "gunicorn.access": {"level": "CRITICAL", "handlers": [], "propagate": False},
    },
    "root": {"level": "WARNING", "handlers": ["stderr"]},
}


def when_ready(_server: Any) -> None:
    """Before the first fork: what was loaded stays, and a worker's garbage collector writes to none of it, so that its
    pages remain shared."""
    from sqlalchemy.orm import configure_mappers

    configure_mappers()
    gc.collect()
    gc.freeze()


def post_fork(server: Any, _worker: Any) -> None:
    """A worker must never speak on a connection that the master opened. Threads begin after the fork, too."""
    from web import log_lines
    from web.state import state_of
    from web.telemetry import METRICS_EXTENSION

    log_lines.in_background()
    app = server.app.wsgi()
    database = state_of(app).database
    database.dispose()
    keeper = database.keeper()
    if keeper is not None:
        keeper.start()
    metrics = app.extensions[METRICS_EXTENSION]
    threading.Thread(target=metrics.sample_for_ever, args=(database,), name="metrics", daemon=True).start()


def post_worker_init(worker: Any) -> None:
    """The signal that ends a worker ends its event streams first, or the stop would wait for them."""
    from web.state import state_of

    live = state_of(worker.app.wsgi()).live
    inner = signal.getsignal(signal.SIGTERM)

    def end(number: int, frame: Any) -> None:
        live.stop()
        inner(number, frame)  # type: ignore[operator,misc]

    signal.signal(signal.SIGTERM, end)


def on_exit(server: Any) -> None:
    """Nobody needs to wait for this server's lease any more."""
    from web.state import state_of

    keeper = state_of(server.app.wsgi()).database.keeper()
    if keeper is not None:
        keeper.release()


def child_exit(_server: Any, worker: Any) -> None:
    """What a dead worker held no longer counts; what it counted does."""
    from prometheus_client import multiprocess

    multiprocess.mark_process_dead(worker.pid)
