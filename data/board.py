"""The board: a small file in shared memory that says, without a question to the database, that nothing has changed.

It has one slot for the directory (people, memberships, tenants, flags, global rates) and one for each tenant. A slot
holds two words: the token of the last change that was announced, written before its commit, and the token of the
last one that was settled, written after its commit. Equal words mean: nothing changed since, and nothing is changing.
Whatever a process learnt from the database after it saw a token is true for as long as both words show that token.

The board counts only while its generation holds the lease in the database (`data.lease`). The whole protocol and why
no answer can be stale by it: docs/decisions/0012-versions-and-hits.md.
"""

from __future__ import annotations

import fcntl
import mmap
import os
import secrets
import stat
import tempfile
import time
import weakref
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path
from typing import Final

DIRECTORY: Final = 0
"""The slot of everything global; a tenant's slot is its id."""
SLOTS: Final = 1 << 17
LEASE_SECONDS: Final = 10
TRUST_SECONDS: Final = 8
"""The board is trusted for less than the lease lasts, so that clocks may differ a little in speed."""

_LAYOUT: Final = "1"
_PREFIX: Final = "financial-dashboard-"
_HEAD: Final = 64
_SLOT: Final = 3
_GENERATION, _DEADLINE, _TICKED, _WANTED, _CLEARED, _HIGHEST = range(6)
_ANNOUNCED, _SETTLED, _SEEN = range(3)
_SECOND: Final = 1_000_000_000
_CLOCK: Final = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
_BOOT: Final = Path("/proc/sys/kernel/random/boot_id")


def now_ns() -> int:
    """The clock of the board: the same for all processes of this machine, never set back, running while it sleeps."""
    return time.clock_gettime_ns(_CLOCK)


class Board:
    """A mapped board. Its words are 8 bytes, aligned: reading and writing one is atomic. It needs no lock."""

    def __init__(self, path: Path) -> None:
        """Map the file, made if it is not there; `OSError` when it cannot be, or is not this user's alone."""
        size = 8 * (_HEAD + _SLOT * SLOTS)
        self.path = path
        descriptor = _open(path)
        weakref.finalize(self, os.close, descriptor)  # kept open till then: its lock says that the board is in use
        status = os.fstat(descriptor)
        if status.st_uid != os.geteuid() or stat.S_IMODE(status.st_mode) & 0o077:
            raise PermissionError(f"{path} is not this user's alone")
        _allocate(descriptor, size)
        self._words = memoryview(mmap.mmap(descriptor, size)).cast("q")

    @classmethod
    def of(cls, database_url: str) -> Board | None:
        """The board that all processes of this machine and user share for a database; None where there can be none."""
        boot = _BOOT.read_text(encoding="ascii") if _BOOT.exists() else ""
        name = blake2b(f"{_LAYOUT}\n{boot}\n{database_url}".encode(), digest_size=12).hexdigest()
        path = shared_memory() / f"{_PREFIX}{os.geteuid()}-{name}"
        try:
            _sweep(path)
            return cls(path)
        except OSError:
            return None

    def has(self, slot: int) -> bool:
        """Whether there is such a slot; a tenant without one is asked for in the database."""
        return 0 <= slot < SLOTS

    # What readers ask

    def settled(self, slot: int) -> int:
        """The slot's token; 0 when it must not be trusted: no lease, a change under way, or nothing known of it."""
        words = self._words
        generation = self.trusted()
        if not generation or not self.has(slot):
            return 0
        place = _HEAD + _SLOT * slot
        token = words[place + _SETTLED]
        return token if token >> 32 == generation and words[place + _ANNOUNCED] == token else 0

    def trusted(self) -> int:
        """The generation in power, 0 when its lease has run out. Asking keeps the lease being renewed."""
        words, now = self._words, now_ns()
        if now - words[_WANTED] > _SECOND:
            words[_WANTED] = now
        left = words[_DEADLINE] - now
        return words[_GENERATION] if 0 < left <= TRUST_SECONDS * _SECOND else 0

    # What writers do, holding the row lock of the slot

    def announce(self, slot: int) -> int:
        """Before the commit: from here on readers ask the database. The token is for `settle`, 0 without a slot."""
        if not self.has(slot):
            return 0
        token = self.generation << 32 | secrets.randbits(32)
        self._words[_HEAD + _SLOT * slot + _ANNOUNCED] = token
        return token

    def settle(self, slot: int, token: int) -> None:
        """After the commit succeeded, and only then."""
        if token:
            self._words[_HEAD + _SLOT * slot + _SETTLED] = token

    # What the keeper of the lease does

    @property
    def generation(self) -> int:
        """The generation on the board, in power or not; 0 for none."""
        return self._words[_GENERATION]

    def begin(self, generation: int, asked_ns: int) -> None:
        """A new generation, whose lease was asked for at `asked_ns`: nothing that was known before counts."""
        self._words[_DEADLINE] = 0
        self._words[_GENERATION] = generation
        self.extend(asked_ns)

    def extend(self, asked_ns: int) -> None:
        """The lease was renewed by a question sent at `asked_ns`."""
        self._words[_DEADLINE] = asked_ns + TRUST_SECONDS * _SECOND

    def end(self) -> None:
        """No generation is in power: readers ask the database."""
        self._words[_GENERATION] = 0

    def idle(self, seconds: float) -> bool:
        """Whether no reader asked for so long."""
        return now_ns() - self._words[_WANTED] > seconds * _SECOND

    def tick(self, seconds: float) -> bool:
        """Whether it is this process's turn: true for one of those that ask within `seconds`, or seldom two."""
        now = now_ns()
        if 0 <= now - self._words[_TICKED] < seconds * _SECOND:
            return False
        self._words[_TICKED] = now
        return True

    # What else processes share

    def see(self, slot: int) -> None:
        """Note that the tenant asked for something just now."""
        if self.has(slot):
            self._words[_HEAD + _SLOT * slot + _SEEN] = now_ns()
            if slot > self._words[_HIGHEST]:
                self._words[_HIGHEST] = slot

    def active(self, seconds: float) -> int:
        """How many tenants asked for something in the last `seconds`."""
        since = now_ns() - int(seconds * _SECOND)
        last = _HEAD + _SLOT * (self._words[_HIGHEST] + 1)
        return sum(1 for seen in self._words[_HEAD + _SEEN : last : _SLOT].tolist() if seen and seen >= since)

    @property
    def cleared(self) -> int:
        """Rises when all processes must forget the answers they keep."""
        return self._words[_CLEARED]

    def clear(self) -> None:
        """Let all processes forget the answers they keep."""
        self._words[_CLEARED] += 1


def shared_memory() -> Path:
    """A folder that is in memory where the system has one, and on this machine alone in any case."""
    memory = Path("/dev/shm")  # noqa: S108  # nosec B108 - the file is checked to be this user's alone
    return memory if os.access(memory, os.W_OK) else Path(tempfile.gettempdir())


def _open(path: Path) -> int:
    """The descriptor of the file, made if need be, with the lock that its users share."""
    while True:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        fcntl.flock(descriptor, fcntl.LOCK_SH)
        with suppress(FileNotFoundError):
            if os.path.samestat(os.fstat(descriptor), path.stat()):
                return descriptor
        os.close(descriptor)  # it was swept away between opening and locking


def _sweep(keep: Path) -> None:
    """Remove this user's boards that nobody uses: those of databases that are gone, or had another address."""
    for path in keep.parent.glob(f"{_PREFIX}{os.geteuid()}-*"):
        if path == keep:
            continue
        with suppress(OSError), path.open("r+b") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            path.unlink()


def _allocate(descriptor: int, size: int) -> None:
    """Reserve the file's whole size now: a full memory disk is an error here, and would be a crash later."""
    if hasattr(os, "posix_fallocate"):
        os.posix_fallocate(descriptor, 0, size)
    elif os.fstat(descriptor).st_size < size:
        os.ftruncate(descriptor, size)
