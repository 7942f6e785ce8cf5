"""Calling an address that a tenant named: only where it may lead, only once, and not for long."""

from __future__ import annotations

import http.client
import socket
import ssl
from collections.abc import Mapping, Sequence
from contextlib import suppress
from socket import getaddrinfo
from threading import Timer
from typing import Final

from core.outside import Reach, Target, is_outside, read_target

_PAUSE_SECONDS: Final = 5.0
_ALL_SECONDS: Final = 15.0
"""For all of it: an answer that comes drop by drop is none."""


class Refused(OSError):
    """The address leads where it must not."""


class _Plain(http.client.HTTPConnection):
    """Connects to the address that was looked at, whatever the name leads to a moment later (DNS rebinding)."""

    def __init__(self, target: Target, address: str) -> None:
        super().__init__(target.host, target.port, timeout=_PAUSE_SECONDS)
        self._address = address

    def connect(self) -> None:
        self.sock = socket.create_connection((self._address, self.port), self.timeout)


class _Encrypted(_Plain):
    """The same with TLS; the certificate is that of the name."""

    default_port = http.client.HTTPS_PORT

    def connect(self) -> None:
        super().connect()
        self.sock = ssl.create_default_context().wrap_socket(self.sock, server_hostname=self.host)


def post(url: str, body: bytes, headers: Mapping[str, str], reach: Reach) -> int:
    """POST and answer the status. `Invalid` and `OSError` say what is in the way; redirects are not followed."""
    target = read_target(url, reach)
    kind = _Encrypted if target.scheme == "https" else _Plain
    connection = kind(target, _address(target, reach.networks))
    timer = Timer(_ALL_SECONDS, _cut, [connection])
    timer.daemon = True
    timer.start()
    try:
        connection.request("POST", target.path, body, dict(headers))
        return connection.getresponse().status
    except http.client.HTTPException as error:
        raise OSError(f"no HTTP answer: {type(error).__name__}") from error
    finally:
        timer.cancel()
        connection.close()


def _address(target: Target, allowed: Sequence[str]) -> str:
    """Where the name leads; `Refused` when any of its addresses is not public, for then all are suspicious."""
    found = getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
    addresses = [str(each[4][0]) for each in found]
    if not all(is_outside(address, allowed) for address in addresses):
        raise Refused("the address is not public")
    return addresses[0]


def _cut(connection: http.client.HTTPConnection) -> None:
    with suppress(OSError, AttributeError):  # it may have ended just now
        connection.sock.shutdown(socket.SHUT_RDWR)
