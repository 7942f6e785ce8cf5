"""The commands as lists of steps: what `--dry-run` prints is what is done."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from deploy.rolling.driver import Colour, Driver, other
from deploy.rolling.store import State, Store
from deploy.validation.command import check
from deploy.validation.report import Result
from deploy.validation.site import Failed, Site

LIVENESS: Final = 2


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that is done, in words and deed. `undo` puts it right when it or a later step fails.

    `final`: what came before is good and stays, whatever becomes of this step.
    """

    words: str
    do: Callable[[], None]
    undo: Callable[[], None] | None = None
    final: bool = False


@dataclass(frozen=True, slots=True)
class Wishes:
    """How it is to be done: up to which level checks go, how long requests have to end, whether the old one stays."""

    level: int = 4
    drain: float = 30.0
    keep: bool = False
    prepare: Callable[[Site], Site] = lambda site: site


@dataclass(frozen=True, slots=True)
class Planner:
    """Makes the plan of each command for the installation as it stands."""

    driver: Driver
    store: Store
    state: State
    wishes: Wishes
    told: Callable[[Result], None]

    def deploy(self, release: str) -> list[Step]:
        """A release into use: migrated, started beside the present one, checked, and then switched to."""
        return [*self.blue_green(release), *self._switch(self._next(), release)]

    def blue_green(self, release: str) -> list[Step]:
        """A release beside the present one, for a look; people stay where they are."""
        colour = self._next()
        return [
            *self._sound(),
            Step(f"look for the release {release}", lambda: self.driver.find(release)),
            Step("bring the schema to what it needs, which the present release can work with", self._migrate(release)),
            self._start(colour, release),
            self._check(colour, self.wishes.level),
        ]

    def hotfix(self, release: str) -> list[Step]:
        """The short way for a release with the same schema: no migration, and a check whether it lives."""
        colour = self._next()
        return [
            Step(f"look for the release {release}", lambda: self.driver.find(release)),
            Step("make sure that it needs the schema as it is", self._fits(release)),
            self._start(colour, release),
            self._check(colour, min(3, self.wishes.level)),
            *self._switch(colour, release, level=min(3, self.wishes.level)),
        ]

    def switch(self) -> list[Step]:
        """People to the release that waits in the other colour."""
        colour = other(self._active())
        release = self.state.releases.get(colour)
        if release is None or not self.driver.runs(colour):
            raise Failed(f"nothing waits in {colour}: deploy/rollout blue-green RELEASE first")
        return [self._check(colour, self.wishes.level), *self._switch(colour, release)]

    def rollback(self) -> list[Step]:
        """People back to the release before. The schema stays: it was expanded so that both can work with it."""
        colour = other(self._active())
        release = self.state.releases.get(colour)
        if release is None:
            raise Failed("there is no release before this one")
        steps = [] if self.driver.runs(colour) else [self._start(colour, release)]
        level = min(3, self.wishes.level)
        return [*steps, self._check(colour, level), *self._switch(colour, release, level=level)]

    # Steps

    def _active(self) -> Colour:
        if self.state.active is None:
            raise Failed("nothing was rolled out here yet: deploy/rollout deploy RELEASE")
        return self.state.active

    def _next(self) -> Colour:
        return "blue" if self.state.active is None else other(self.state.active)

    def _sound(self) -> list[Step]:
        if self.state.active is None:
            return []
        colour = self.state.active
        return [Step("check that the present release is well", lambda: self._validate(colour, LIVENESS, public=True))]

    def _migrate(self, release: str) -> Callable[[], None]:
        return lambda: self.driver.migrate(release)

    def _fits(self, release: str) -> Callable[[], None]:
        def do() -> None:
            if not self.driver.fits(release):
                raise Failed("it needs another schema: use deploy")

        return do

    def _start(self, colour: Colour, release: str) -> Step:
        def do() -> None:
            self.state.releases.pop(colour, None)
            self.store.write(self.state)
            self.driver.start(colour, release)
            self.state.releases[colour] = release
            self.store.write(self.state)

        return Step(f"start {release} as {colour}", do, lambda: self.driver.stop(colour))

    def _check(self, colour: Colour, level: int) -> Step:
        return Step(f"check {colour}, L1 to L{level}", lambda: self._validate(colour, level, public=False))

    def _switch(self, colour: Colour, release: str, level: int | None = None) -> list[Step]:
        before, most = self.state.active, self.wishes.level if level is None else level
        back = None if before is None else lambda: self._direct(before)
        steps = [
            Step(f"send people to {colour}", lambda: self._direct(colour), back),
            Step(f"check it as people see it, L1 to L{most}", lambda: self._validate(colour, most, public=True)),
            Step(f"let {release} do the background jobs", lambda: self.driver.work(colour, release)),
        ]
        if before is not None and not self.wishes.keep:
            words = f"give requests to {before} {self.wishes.drain:g} seconds to end, and stop it"
            steps.append(Step(words, lambda: self._retire(before), final=True))
        return steps

    def _direct(self, colour: Colour) -> None:
        self.driver.direct(colour)
        self.state.active = colour
        self.store.write(self.state)

    def _retire(self, colour: Colour) -> None:
        time.sleep(self.wishes.drain)
        self.driver.stop(colour)

    def _validate(self, colour: Colour, level: int, *, public: bool) -> None:
        site = self.wishes.prepare(self.driver.site(colour, public=public))
        for result in check(site, range(1, level + 1)):
            self.told(result)
            if result.state == "failed":
                raise Failed(f"L{result.level} {result.name}: {result.detail}")


def follow(steps: list[Step], say: Callable[[str], None]) -> None:
    """Do the steps in order. When one fails, put right what was done, newest first, and say why."""
    done: list[Step] = []
    for number, step in enumerate(steps, 1):
        say(f"{number}/{len(steps)} {step.words}")
        if step.final:
            done.clear()
        done.append(step)
        try:
            step.do()
        except BaseException as error:
            say(f"failed: {error or type(error).__name__}")
            _undo(done, say)
            raise


def _undo(done: list[Step], say: Callable[[str], None]) -> None:
    for step in reversed(done):
        if step.undo is not None:
            say(f"back: {step.words}")
            try:
                step.undo()
            except Exception as error:
                say(f"that failed, too: {error}")
