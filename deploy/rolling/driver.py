"""What a rollout needs of the place where the product runs; `compose` and `processes` are two such places."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final, Literal, Protocol

from deploy.validation.site import Site

Colour = Literal["blue", "green"]
COLOURS: Final[tuple[Colour, Colour]] = ("blue", "green")


class Driver(Protocol):
    """An installation with room for two releases at a time, one per colour. Everything raises `Failed`."""

    folder: Path
    """Where the state, the lock and the history are kept."""

    def find(self, release: str) -> None:
        """Make sure that the release is there and can be started."""

    def serving(self, *, adopt: bool) -> tuple[Colour, str] | None:
        """Colour and release of what was started before any rollout, if there is such a thing.

        `adopt`: make sure that it can be come back to.
        """

    def fits(self, release: str) -> bool:
        """Whether the release needs the schema just as it is."""

    def migrate(self, release: str) -> None:
        """Bring the schema to what the release needs; by the release itself."""

    def start(self, colour: Colour, release: str) -> None:
        """Start the release beside the other one, and return when it answers. What ran in this colour is gone."""

    def stop(self, colour: Colour) -> None:
        """Let it finish what it does, and stop it. Nothing happens when it does not run."""

    def runs(self, colour: Colour) -> bool:
        """Whether it runs."""

    def direct(self, colour: Colour) -> None:
        """Let nginx send new requests to this colour; requests that are under way end where they are."""

    def work(self, colour: Colour, release: str) -> None:
        """Let this release do the background jobs."""

    def site(self, colour: Colour, *, public: bool) -> Site:
        """The installation as `deploy/validate` sees it: as people reach it, or this colour before they do."""


def other(colour: Colour) -> Colour:
    """The other of the two."""
    return COLOURS[1 - COLOURS.index(colour)]


def upstream(name: str, web: Sequence[str], preview: Sequence[str]) -> str:
    """nginx's file that says where requests go: `web` for people, `preview` for a look at the next release.

    `name` is what `/nginx-health` then tells. The proxy's own static files are of the release it was built with, so
    they are not used: the web servers give out theirs.
    """
    words = {"static_files": "/nonexistent", "served": name}
    maps = "".join(f"map $host ${each} {{\n    default {value};\n}}\n" for each, value in words.items())
    return f"# Written by deploy/rollout.\n{_group('web', web)}{_group('preview', preview)}{maps}"


def _group(name: str, addresses: Sequence[str]) -> str:
    # One slow answer must not take a web server away; of a frozen one many are late at once.
    servers = "".join(f"    server {each} max_fails=5 fail_timeout=30s;\n" for each in addresses)
    return f"upstream {name} {{\n    zone {name} 64k;\n{servers}    keepalive 32;\n    keepalive_timeout 10s;\n}}\n"
