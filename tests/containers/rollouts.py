"""Rollouts on containers: `deploy/rollout` on the staging environment, and people at work who must not notice."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator

import pytest

from bench.steady import Account, lost_and_doubled, sign_in, steady, stored
from cli.demo import OWNER, PASSWORD
from deploy.validation.site import PORTS
from tests.containers.project import ROOT, Environment, docker, running

URL = PORTS["staging"]
FOLDER = ROOT / "var" / "rollout" / "staging"
RELEASES = ("tested-1", "tested-2", "tested-3")
OURS = ("blue", "green", "next")


@pytest.fixture
def releases(images: set[str]) -> Iterator[None]:
    """Three more releases: the present one under other names, and other images for that."""
    latest = docker("image", "inspect", "--format", "{{.Id}}", "financial-dashboard:latest").strip()
    for name in RELEASES:
        recipe = f"FROM financial-dashboard:latest\nLABEL release={name}\n"
        command = ["docker", "build", "--quiet", "--tag", f"financial-dashboard:{name}", "-"]
        subprocess.run(command, input=recipe, text=True, check=True, capture_output=True, timeout=120)
    yield
    docker("tag", latest, "financial-dashboard:latest")
    found = docker("image", "ls", "--format", "{{.Tag}}", "financial-dashboard").split()
    gone = [tag for tag in found if tag in (*RELEASES, *OURS) or tag.startswith("before-rollouts-")]
    docker("image", "rm", *(f"financial-dashboard:{tag}" for tag in gone))


@pytest.fixture
def staging(images: set[str], releases: None) -> Iterator[Environment]:
    assert not FOLDER.exists(), f"{FOLDER} tells of rollouts, which this test would delete"
    with running("staging", {}, images) as made:
        yield made
        shutil.rmtree(FOLDER, ignore_errors=True)


def rollout(staging: Environment, *arguments: str) -> str:
    done = staging.program("rollout", *arguments)
    assert done.returncode == 0, done.stdout + done.stderr
    print(done.stdout)
    return done.stdout


def people_are_in(staging: Environment, colour: str, release: str) -> None:
    lines = rollout(staging, "status").splitlines()
    mine = next(line for line in lines if line.startswith(colour))
    assert mine.split() == [colour, release, "people"]


def account() -> Account:
    return sign_in(URL, OWNER, PASSWORD, "org_2", "Rollouts")


def test_nobody_notices_rollouts(staging: Environment) -> None:
    """All commands, one after the other: no request fails, and each write is there once."""
    person = account()
    with steady(URL, [person], people=5, pause=0.5) as record:
        told = rollout(staging, "deploy", "tested-1", "--drain", "3")
        assert "send people to green" in told
        people_are_in(staging, "green", "tested-1")
        rollout(staging, "blue-green", "tested-2")
        people_are_in(staging, "green", "tested-1")
        rollout(staging, "switch", "--level", "3", "--keep")
        people_are_in(staging, "blue", "tested-2")
        rollout(staging, "rollback", "--level", "3", "--drain", "3")
        people_are_in(staging, "green", "tested-1")
        rollout(staging, "hotfix", "tested-3", "--drain", "3")
        people_are_in(staging, "blue", "tested-3")
    print(f"{len(record.seen)} requests, {record.asked_again} asked again, {len(record.acknowledged)} writes")
    assert record.failures() == []
    assert len(record.seen) > 100
    assert record.tried == record.acknowledged
    assert lost_and_doubled(record, stored(URL, [person], record)) == (0, 0)
    history = [json.loads(line) for line in (FOLDER / "history.jsonl").read_text().splitlines()]
    assert [(each["command"], each["outcome"], each["release"], each["active"]) for each in history] == [
        ("deploy", "done", "tested-1", "green"),
        ("blue-green", "done", "tested-2", "green"),
        ("switch", "done", "tested-2", "blue"),
        ("rollback", "done", "tested-1", "green"),
        ("hotfix", "done", "tested-3", "blue"),
    ]
