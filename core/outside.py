"""Which addresses outside the program may be called on somebody's behalf (OWASP, Server-Side Request Forgery).

A tenant says the address of a webhook. It must not lead into the operator's own network: only globally reachable
addresses are called (IANA special-purpose registries), and those networks that the operator allows. An operator may
also list the only hosts that are called at all.
"""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import SplitResult, urlsplit

from core.errors import Invalid

if TYPE_CHECKING:
    from core.settings import Settings

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
_LONGEST: Final = 2_000
_PORTS: Final = {"http": 80, "https": 443}
_LOCAL_NAMES: Final = ("localhost", "local", "internal", "lan", "home.arpa")
# Addresses of IPv6 that carry one of IPv4 inside, which would have to be looked at as well.
_CARRIERS: Final = tuple(map(ipaddress.IPv6Network, ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32")))
_HOST: Final = re.compile(r"(\*\.)?[a-z0-9_-]+(\.[a-z0-9_-]+)*|[0-9a-f:]*:[0-9a-f:.]*")


@dataclass(frozen=True, slots=True)
class Reach:
    """Where calls may lead: also into these `networks` that are not public, and, if there are any, to `hosts` alone."""

    networks: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()

    @classmethod
    def of(cls, settings: Settings) -> Reach:
        """What the operator allows webhooks."""
        return cls(settings.webhook_allow, settings.webhook_hosts)

    def lists(self, host: str) -> bool:
        """Whether this host may be called, wherever it leads; `*.example.org` stands for all names below that one."""
        below = tuple(each[1:] for each in self.hosts if each.startswith("*."))
        return not self.hosts or host in self.hosts or host.endswith(below)


def is_network(text: str) -> bool:
    """Whether this is a network such as 10.1.0.0/16, or one address."""
    try:
        ipaddress.ip_network(text, strict=False)
    except ValueError:
        return False
    return True


def is_host(text: str) -> bool:
    """Whether this can stand in the list of hosts: a name, an address, or `*.` and a name."""
    return _HOST.fullmatch(text) is not None


PUBLIC: Final = Reach()


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


def read_target(url: str, reach: Reach = PUBLIC) -> Target:
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
    _check_host(host, reach)
    return Target(parts.scheme, host, port or _PORTS[parts.scheme], _path(parts))


def _path(parts: SplitResult) -> str:
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def _check_host(host: str, reach: Reach) -> None:
    if not reach.lists(host):
        raise Invalid.field("url", "leads to a host that this installation does not call", code="host_not_listed")
    literal = _literal(host)
    if literal is not None and not is_outside(literal, reach.networks):
        raise Invalid.field("url", "leads to an address that is not public", code="private_address")
    local = any(host == name or host.endswith(f".{name}") for name in _LOCAL_NAMES)
    if literal is None and not reach.networks and (local or "." not in host):
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
