"""L1 configuration, L2 start, L3 connectivity."""

from __future__ import annotations

import ipaddress
import json
import socket
import ssl
import time
from collections.abc import Callable
from typing import Any, Final

from deploy.validation.site import Answer, Failed, LeftOut, Site, expect

_POLL_SECONDS: Final = 0.5
_CERTIFICATE_DAYS: Final = 14
_SERVICES: Final = ("database", "cache", "dashboard", "queue")


def address(site: Site) -> str:
    """Plain http is for this machine and closed networks only."""
    place = site.address
    if place.scheme not in ("http", "https") or not place.hostname or place.path or place.query:
        raise Failed(f"{site.url} is no address such as https://books.example.org")
    try:
        found = socket.getaddrinfo(place.hostname, place.port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise Failed(f"{place.hostname}: {error}") from error
    public = [str(each[4][0]) for each in found if ipaddress.ip_address(str(each[4][0])).is_global]
    if public and place.scheme == "http":
        raise Failed(f"plain http to a public address ({public[0]})")
    return str(found[0][4][0])


def certificate(site: Site) -> str:
    """It is trusted, of this name, and valid for two weeks more."""
    place = site.address
    if place.scheme != "https":
        raise LeftOut("plain http")
    context = ssl.create_default_context(cafile=None if site.ca is None else str(site.ca))
    try:
        with (
            socket.create_connection((str(place.hostname), place.port or 443), timeout=10) as raw,
            context.wrap_socket(raw, server_hostname=place.hostname) as wrapped,
        ):
            found = wrapped.getpeercert() or {}
    except OSError as error:
        raise Failed(str(error)) from error
    days = (ssl.cert_time_to_seconds(str(found["notAfter"])) - time.time()) / 86_400
    if days < _CERTIFICATE_DAYS:
        raise Failed(f"it ends in {days:.0f} days")
    return f"{days:.0f} days"


def compose_files(site: Site) -> str:
    """Docker Compose accepts the files of the environment, and all variables that they demand are set."""
    site.compose("config", "--quiet")
    return ""


def answers(site: Site) -> str:
    """`/health` answers within the time to wait."""
    until = time.monotonic() + site.wait
    while True:
        try:
            release = expect(site.ask("GET", "/health"), 200).json()["release"]
        except Failed:
            if time.monotonic() >= until:
                raise
            time.sleep(_POLL_SECONDS)
        else:
            return f"release {release}"


def containers(site: Site) -> str:
    """All containers of the environment run and are healthy; jobs ended well."""
    lines = site.compose("ps", "--all", "--format", "json").strip()
    found = json.loads(lines) if lines.startswith("[") else [json.loads(line) for line in lines.splitlines()]
    if not found:
        raise Failed("there is none")
    ill = [each["Name"] for each in found if not _well(each)]
    if ill:
        raise Failed(", ".join(ill))
    return f"{len(found)} of {len(found)}"


def _well(container: dict[str, Any]) -> bool:
    if container["State"] == "exited":
        return bool(container["ExitCode"] == 0)
    return container["State"] == "running" and container.get("Health") in ("", None, "healthy")


def page(site: Site) -> str:
    """The page to sign in is drawn, and says that no other site may frame it or run scripts in it."""
    answer = expect(site.ask("GET", "/sign-in"), 200)
    if b"<form" not in answer.body:
        raise Failed("there is no form")
    if "default-src 'none'" not in answer.headers.get("Content-Security-Policy", ""):
        raise Failed("there is no strict Content-Security-Policy")
    return f"{len(answer.body)} bytes"


def _service(name: str) -> Callable[[Site], str]:
    def check(site: Site) -> str:
        found = _inside(site, "/health/dashboard").json()["services"][name]
        if found["status"] != "healthy":
            raise Failed(str(found["status"]))
        return f"{found['latency_ms']:.1f} ms"

    return check


def metrics(site: Site) -> str:
    """Prometheus would find the product's figures."""
    text = expect(_inside(site, "/metrics"), 200).body.decode()
    wanted = ("dashboard_requests_total", "dashboard_request_duration", "dashboard_cache_hits", "dashboard_queue_jobs")
    missing = [name for name in wanted if name not in text]
    if missing:
        raise Failed(f"{missing[0]} is missing")
    return f"{sum(not line.startswith('#') for line in text.splitlines())} series"


def closed(site: Site) -> str:
    """The public address tells strangers nothing of /metrics and /health/dashboard."""
    if site.environment is None and site.internal is None:
        raise LeftOut("no proxy is known: see --internal-url")
    for path in ("/metrics", "/health/dashboard"):
        expect(site.ask("GET", path), 401, 404)
    return ""


def _inside(site: Site, path: str) -> Answer:
    """An operator's question, past the proxy; 503 is an answer too."""
    if site.environment is not None and site.internal is None:
        return _in_container(site, path)
    answer = site.ask("GET", path, token=site.metrics_token, url=site.internal)
    if answer.status in (401, 404):
        raise Failed(f"status {answer.status}: give --internal-url or --metrics-token")
    return expect(answer, 200, 503)


def _in_container(site: Site, path: str) -> Answer:
    program = (
        "import sys, urllib.request, urllib.error\n"
        "try: sys.stdout.buffer.write(urllib.request.urlopen(sys.argv[1], timeout=10).read())\n"
        "except urllib.error.HTTPError as error: sys.stdout.buffer.write(error.read())\n"
    )
    text = site.compose("exec", "-T", site.service, "python", "-c", program, f"http://127.0.0.1:8000{path}")
    return Answer(200, expect(site.ask("GET", "/health"), 200).headers, text.encode(), 0.0)


CONFIGURATION: Final = (
    ("the address can be used", address),
    ("the certificate is valid", certificate),
    ("the compose files are valid", compose_files),
)
START: Final = (
    ("it answers", answers),
    ("all containers run", containers),
    ("the sign-in page is drawn", page),
)
CONNECTIVITY: Final = (
    *((f"the {name} is healthy", _service(name)) for name in _SERVICES),
    ("the figures for Prometheus are there", metrics),
    ("operators' pages are closed to others", closed),
)
