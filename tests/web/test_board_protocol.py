"""The protocol of the board under any order of its steps: writers, repairs and readers stop, die and wake late."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from data.board import Board, now_ns

SLOT = 5
ACTORS = 6
Steps = Generator[None, None, None]


@dataclass
class World:
    """A database with one row, its lock, and a board."""

    board: Board
    version: int = 0
    holder: int | None = None
    known: dict[int, tuple[int, int]] = field(default_factory=dict)

    def writer(self, me: int, *, change: int) -> Steps:
        """A change (`change` 1) or a repair (0), as `data.changes` does it; its connection may be cut at any step."""
        while self.holder is not None:
            yield
        self.holder = me
        yield
        token = self.board.announce(SLOT)
        yield
        if self.holder != me:  # the connection was cut: the commit fails
            return
        self.version += change
        self.holder = None
        yield
        self.board.settle(SLOT, token)

    def reader(self, me: int) -> Steps:
        """A worker that answers again and again: from memory when the board allows it, else from the database."""
        while True:
            began = self.version
            token = self.board.settled(SLOT)
            yield
            known = self.known.get(me)
            if token and known and known[0] == token:
                answered = known[1]
            else:
                answered = self.version
                yield
                if token:
                    self.known[me] = (token, answered)
            assert answered >= began, "stale"
            yield


def actors(world: World) -> Iterator[tuple[int, Steps]]:
    yield 0, world.reader(0)
    yield 1, world.reader(1)
    for me in range(2, ACTORS):
        yield me, world.writer(me, change=me % 2)


STEPS = st.tuples(st.sampled_from(["step"] * 8 + ["die", "cut"]), st.integers(0, ACTORS - 1))


@settings(max_examples=300, deadline=None)
@given(st.lists(STEPS, min_size=100, max_size=150))
def test_no_order_of_steps_makes_an_answer_stale(schedule: list[tuple[str, int]]) -> None:
    with TemporaryDirectory() as folder:
        world = World(Board(Path(folder) / "board"))
        world.board.begin(1, now_ns())
        running = dict(actors(world))
        for what, who in schedule:
            if what == "step":
                if next(running[who], StopIteration) is StopIteration:
                    running[who] = world.writer(who, change=who % 2)
            elif who > 1:
                if world.holder == who:
                    world.holder = None  # the database notices and rolls back
                if what == "die":
                    running[who] = world.writer(who, change=who % 2)
