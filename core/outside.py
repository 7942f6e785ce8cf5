"""Which addresses outside the program may be called on somebody's behalf (OWASP, Server-Side Request Forgery).

A tenant says the address of a webhook. It must not lead into the operator's own network: only globally reachable
addresses are called (IANA special-purpose registries), and those networks that the operator allows.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import SplitResult, urlsplit

from core.errors import Invalid

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
_LONGEST: Final = 2_000
_PORTS: Final = {"http": 80, "https": 443}
_LOCAL_NAMES: Final = ("localhost", "local", "internal", "lan", "home.arpa")
# Addresses of IPv6 that carry one of IPv4 inside, which would have to be looked at as well.
_CARRIERS: Final = tuple(map(ipaddress.IPv6Network, ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32")))


@dataclass(frozen=True, slots=True)
class Target:
    """An address taken apart: where to connect, and what to ask for there."""

    scheme: str
    host: str
    port: int
    path: str


def is_outside(address: str, allowed: Sequence[str] = ()) -> bool:
    """Whether this IP address may be called; `allowed` are networks such as 10.1.0.0/16."""
    found: Address = ipaddress.ip_address(address.partition("%")[0])
    mapped = getattr(found, "ipv4_mapped", None)
    if mapped is not None:
        found = mapped
    if any(found in ipaddress.ip_network(network, strict=False) for network in allowed):
        return True
    if isinstance(found, ipaddress.IPv6Address) and any(found in carrier for carrier in _CARRIERS):
        return False
    return found.is_global and not found.is_multicast


def read_target(url: str, allowed: Sequence[str] = ()) -> Target:
    """The parts of a URL that may be called; `Invalid` (field url) says why not. Names are looked up only later."""
    if len(url) > _LONGEST or not url.isascii() or any(c <= " " or c in '\\"<>^`{|}' for c in url):
        raise Invalid.field("url", "is not a URL")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise Invalid.field("url", "is not a URL") from None
    host = (parts.hostname or "").rstrip(".")
    if parts.scheme not in _PORTS or not host or port == 0:
        raise Invalid.field("url", "must begin with https:// or http:// and name a host")
    if parts.username is not None or parts.password is not None or parts.fragment:
        raise Invalid.field("url", "must not hold a user, a password or a fragment")
    _check_host(host, allowed)
    return Target(parts.scheme, host, port or _PORTS[parts.scheme], _path(parts))


def _path(parts: SplitResult) -> str:
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def _check_host(host: str, allowed: Sequence[str]) -> None:
    literal = _literal(host)
    if literal is not None and not is_outside(literal, allowed):
        raise Invalid.field("url", "leads to an address that is not public", code="private_address")
    local = any(host == name or host.endswith(f".{name}") for name in _LOCAL_NAMES)
    if literal is None and not allowed and (local or "." not in host):
        raise Invalid.field("url", "leads to an address that is not public", code="private_address")


def _literal(host: str) -> str | None:
    """The IP address that a host is, in whatever spelling system libraries take (127.1, 0x7f.1, 2130706433)."""
    try:
        return str(ipaddress.ip_address(host))
    except ValueError:
        pass
    try:
        return socket.inet_ntoa(socket.inet_aton(host))
    except OSError:
        return None
