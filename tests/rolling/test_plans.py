"""What becomes of a rollout that fails, that is killed, or that meets another."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import yaml

from deploy.rolling import hook
from deploy.rolling.command import main
from deploy.rolling.compose import PREVIEW_PORTS, colours
from deploy.rolling.driver import Colour
from deploy.rolling.plan import Planner, Wishes, follow
from deploy.rolling.processes import Processes
from deploy.rolling.store import State, Store
from deploy.validation.site import Failed, Person, Site

ROOT = Path(__file__).resolve().parent.parent.parent
NOWHERE = "http://127.0.0.1:1"


@dataclass
class Rehearsal:
    """A driver that notes what it is asked to do. Nothing answers at its addresses."""

    folder: Path
    done: list[str] = field(default_factory=list)
    running: set[str] = field(default_factory=lambda: {"blue"})
    schema: str = "1"

    def find(self, release: str) -> None:
        if release == "lost":
            raise Failed("there is no such release")

    def serving(self, *, adopt: bool) -> tuple[Colour, str] | None:
        return None

    def fits(self, release: str) -> bool:
        return release.endswith(self.schema)

    def migrate(self, release: str) -> None:
        self.done.append(f"migrate {release}")

    def start(self, colour: Colour, release: str) -> None:
        self.done.append(f"start {colour} {release}")
        self.running.add(colour)

    def stop(self, colour: Colour) -> None:
        self.done.append(f"stop {colour}")
        self.running.discard(colour)

    def runs(self, colour: Colour) -> bool:
        return colour in self.running

    def direct(self, colour: Colour) -> None:
        self.done.append(f"direct {colour}")

    def work(self, colour: Colour, release: str) -> None:
        self.done.append(f"work {release}")

    def site(self, colour: Colour, *, public: bool) -> Site:
        return Site(NOWHERE, Person("a", "b"), Person("c", "d"), wait=0.0)


def planner(driver: Rehearsal, *, active: Colour | None = "blue", level: int = 4) -> Planner:
    releases: dict[str, str] = {} if active is None else {active: "old-1"}
    return Planner(driver, Store(driver.folder), State(active, releases), Wishes(level, 0.0), lambda _result: None)


def test_a_release_that_is_not_well_is_stopped_and_nobody_sees_it(tmp_path: Path) -> None:
    driver = Rehearsal(tmp_path)
    said: list[str] = []
    with pytest.raises(Failed, match="L2 it answers"):
        follow(planner(driver).hotfix("new-1"), said.append)
    assert driver.done == ["start green new-1", "stop green"]
    assert said[-1] == "back: start new-1 as green"


def test_people_are_sent_back_when_what_they_see_is_not_well(tmp_path: Path) -> None:
    """The check before the switch is left out, so that the one after it fails."""
    driver = Rehearsal(tmp_path)
    plan = planner(driver)
    with pytest.raises(Failed, match="L2 it answers"):
        follow([step for step in plan.hotfix("new-1") if not step.words.startswith("check green")], lambda _line: None)
    assert driver.done == ["start green new-1", "direct green", "direct blue", "stop green"]
    assert Store(tmp_path).read().active == "blue"


def test_what_fails_after_the_switch_takes_nothing_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    driver = Rehearsal(tmp_path)

    def stop(colour: Colour) -> None:
        raise Failed(f"{colour} does not stop")

    monkeypatch.setattr(driver, "stop", stop)
    steps = [step for step in planner(driver).hotfix("new-1") if not step.words.startswith("check")]
    with pytest.raises(Failed, match="blue does not stop"):
        follow(steps, lambda _line: None)
    assert driver.done == ["start green new-1", "direct green", "work new-1"]
    assert Store(tmp_path).read() == State("green", {"blue": "old-1", "green": "new-1"})


def test_a_hotfix_changes_no_schema_and_a_rollback_neither(tmp_path: Path) -> None:
    driver = Rehearsal(tmp_path)
    with pytest.raises(Failed, match="another schema"):
        follow(planner(driver).hotfix("new-2"), lambda _line: None)
    plan = planner(driver)
    with pytest.raises(Failed, match="no release before"):
        plan.rollback()
    plan.state.releases["green"] = "older-1"
    assert not any("schema" in step.words for step in plan.rollback())
    assert [step.words for step in plan.deploy("new-2")][2].startswith("bring the schema")
    with pytest.raises(Failed, match="nothing was rolled out"):
        planner(driver, active=None).switch()
    assert driver.done == []


def test_one_rollout_at_a_time_and_one_that_was_killed_is_told(tmp_path: Path) -> None:
    store = Store(tmp_path)
    with store.locked("deploy") as left:
        assert left is None
        assert store.busy()
        with pytest.raises(Failed, match="another rollout is going on: deploy by"), Store(tmp_path).locked("switch"):
            pass
    assert not store.busy()
    program = (
        "import os, sys; from pathlib import Path; from deploy.rolling.store import Store\n"
        "with Store(Path(sys.argv[1])).locked('hotfix'): os.kill(os.getpid(), 9)"
    )
    subprocess.run([sys.executable, "-c", program, str(tmp_path)], cwd=ROOT, timeout=60, check=False)
    with store.locked("deploy") as left:
        assert left is not None
        assert left.startswith("hotfix by ")
    with store.locked("deploy") as left:
        assert left is None


# They are started to outlive whoever started them.
@pytest.mark.filterwarnings("ignore:subprocess .* is still running:ResourceWarning")
def test_a_process_runs_from_its_first_moment_and_its_number_alone_proves_nothing(tmp_path: Path) -> None:
    described = tmp_path / "rollout.json"
    described.write_text(
        json.dumps({"url": NOWHERE, "ports": {"blue": [1], "green": [2]}, "upstream": "", "nginx": []})
    )
    driver = Processes(described)
    for _ in range(30):  # before it has become the program that it is to run, too
        driver._spawn("blue-1", str(tmp_path), ("timeit", "-n", "1", "-s", "import time", "time.sleep(600)"))
        assert driver.runs("blue")
        driver._end("blue-1")
        assert not driver.runs("blue")
    noted = tmp_path / "rollout" / "blue-1.pid"
    started = Path("/proc/self/stat").read_text().rpartition(")")[2].split()[19]
    noted.write_text(f"{os.getpid()} {started}")
    assert driver.runs("blue")
    noted.write_text(f"{os.getpid()} {int(started) - 1}")
    assert not driver.runs("blue")


def test_the_hook_is_told_and_its_failure_stops_nothing(tmp_path: Path) -> None:
    path = tmp_path / "told"
    assert hook.tell(f"cp /dev/stdin {path}", {"outcome": "done"}) is None
    assert json.loads(path.read_text()) == {"outcome": "done"}
    assert hook.tell("false", {}) == "the notification failed: false ended with 1"
    assert "Connection refused" in str(hook.tell(NOWHERE, {}))
    assert hook.tell(None, {}) is None


def test_the_command_line_says_what_is_missing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["deploy", "--environment", "staging"])
    assert ended.value.code == 2
    assert main(["status", "--processes", str(tmp_path / "none.json")]) == 1
    assert "does not say where the product runs" in capsys.readouterr().err


def test_two_releases_fit_beside_each_other_in_compose(tmp_path: Path) -> None:
    """Green is blue with another image: what an environment sets for its web server holds for both."""
    web = {"image": "financial-dashboard", "build": {}, "depends_on": {}, "environment": {"APP_ENV": "staging"}}
    services = colours(web)["services"]
    assert services["web-green"]["environment"] == web["environment"]
    assert (services["web"]["image"], services["web-green"]["image"]) == tuple(
        f"financial-dashboard:{colour}" for colour in ("blue", "green")
    )
    assert "depends_on" not in services["web-green"]  # a migration runs when the rollout says so
    for name, port in PREVIEW_PORTS.items():
        text = (ROOT / f"deploy/compose/{name}.yml").read_text()
        assert f'"127.0.0.1:${{PREVIEW_PORT:-{port}}}:8009"' in text
    proxy = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]["proxy"]
    assert any(volume.endswith(":/etc/nginx/upstream") for volume in proxy["volumes"])
