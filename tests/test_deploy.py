"""The environments of docker compose, and what watches them: each as the documentation says."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from threading import Event
from typing import Any

import pytest
import yaml
from prometheus_client import CollectorRegistry, generate_latest

from core.settings import Settings
from data.db import Database
from deploy.docker import backups
from deploy.validation import regression
from deploy.validation.report import Result, write_junit
from deploy.validation.site import PORTS, Person, Site
from web.metrics import Metrics

ROOT = Path(__file__).resolve().parent.parent
ENVIRONMENTS = ("development", "testing", "staging", "production")
SETTINGS = re.findall(r"^\| `([A-Z_]+)` \|", (ROOT / "docs/settings.md").read_text(), re.MULTILINE)
GIVEN = {"PUBLIC_URL": "https://books.example.org", "CERTIFICATES": "/etc/books", "GRAFANA_PASSWORD": "x" * 12}


class _Loader(yaml.SafeLoader):
    """YAML as Compose writes it: `!override` replaces a list instead of adding to it."""


def _override(loader: _Loader, node: yaml.Node) -> Any:
    assert isinstance(node, yaml.SequenceNode)
    return loader.construct_sequence(node, deep=True)


_Loader.add_constructor("!override", _override)


def overlay(name: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.load((ROOT / f"deploy/compose/{name}.yml").read_text(), _Loader)
    return found


def services() -> set[str]:
    return set(yaml.load((ROOT / "docker-compose.yml").read_text(), _Loader)["services"])


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_compose_accepts_the_environment(name: str) -> None:
    """By Docker Compose where it is; its structure is checked everywhere."""
    own = overlay(name)
    assert own["name"] == f"fd-{name}"
    assert {"web", "worker", "proxy"} <= set(own["services"])
    for service, settings in own["services"].items():
        assert service in services() or "image" in settings, service
    if shutil.which("docker") is None:
        return
    files = ["-f", "docker-compose.yml", "-f", f"deploy/compose/{name}.yml"]
    command = ["docker", "compose", *files, "config", "--format", "json"]
    done = subprocess.run(command, cwd=ROOT, env={**os.environ, **GIVEN}, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    merged = json.loads(done.stdout)["services"]
    outside = {
        service: [port.get("host_ip") for port in settings["ports"]]
        for service, settings in merged.items()
        if settings.get("ports")
    }
    if name == "production":
        assert outside.pop("proxy") == ["0.0.0.0", "0.0.0.0", "127.0.0.1"]  # the last is the preview of a rollout
    assert {host for hosts in outside.values() for host in hosts} == {"127.0.0.1"}
    assert not {"postgres", "redis"} & set(outside)
    assert list(merged["postgres"]["networks"]) == ["backend"]


def test_the_environments_are_as_they_should_be() -> None:
    found = {name: overlay(name)["services"] for name in ENVIRONMENTS}
    lives = [int(found[name]["web"]["environment"]["DASHBOARD_CACHE_TTL"]) for name in ENVIRONMENTS]
    assert lives == [60, 300, 600, 1800]
    assert [found[name]["web"]["environment"]["APP_ENV"] for name in ENVIRONMENTS] == list(ENVIRONMENTS)
    assert any("/var/lib/postgresql/data" in each for each in found["testing"]["postgres"]["tmpfs"])
    assert found["staging"]["web"]["deploy"]["replicas"] == 2
    assert found["production"]["web"]["deploy"]["replicas"] == 3
    for name in ("staging", "production"):
        for service in ("web", "worker", "proxy", "postgres", "redis"):
            assert found[name][service]["deploy"]["resources"]["limits"]["memory"], service
    published = re.search(r"PORT:-(\d+)", found["staging"]["proxy"]["ports"][0])
    assert published is not None
    assert PORTS["staging"].endswith(published[1])


def test_the_web_server_and_the_worker_are_told_of_the_programs_outside_and_reach_them() -> None:
    found = yaml.load((ROOT / "docker-compose.yml").read_text(), _Loader)["services"]
    outside = {
        name
        for name in SETTINGS
        if name.startswith(("OIDC_", "SMTP_", "AMQP_", "SENTRY_", "OTEL_")) and not name.endswith("_FILE")
    }
    assert len(outside) >= 9
    for service in ("web", "worker"):
        given = found[service]["environment"]
        assert {name for name in outside if given.get(name, "").startswith(f"${{{name}:-")} == outside
        assert "frontend" in found[service]["networks"]
    assert (
        Settings.load({**dict.fromkeys(outside, ""), "SECRET_KEY": "x" * 32}).amqp_url is None
    )  # not set, as Compose passes it on


def test_nginx_shows_operators_pages_to_nobody_with_tls_too() -> None:
    text = (ROOT / "deploy/nginx/nginx.conf").read_text()
    assert re.search(
        r"location ~ \^/\(metrics\|health/dashboard\)/\?\$ \{\s+error_page 404 = @hidden;\s+return 404;", text
    )
    assert text.count("server {") == 1  # the same locations for both: only how it listens is another file
    assert "include listen.conf;" in text
    listen = (ROOT / "deploy/nginx/listen-tls.conf").read_text()
    assert "TLSv1.2 TLSv1.3;" in listen
    mounted = " ".join(overlay("production")["services"]["proxy"]["volumes"])
    assert "/etc/nginx/listen.conf" in mounted
    assert "/etc/nginx/extra/" in mounted


def test_alerts_and_the_dashboard_ask_for_figures_that_are_there(database: Database) -> None:
    metrics = Metrics()
    metrics.request("/", "user", 200, 0.1)
    metrics.answer("summary", hit=True)
    metrics.sample(database)
    registry = CollectorRegistry()
    text = metrics.text(database).decode() + generate_latest(registry).decode()
    names = set(re.findall(r"^([a-z_]+)(?:\{| )", text, re.MULTILINE)) | {"dashboard_active_tenants"}
    rules = yaml.safe_load((ROOT / "deploy/monitoring/alerts.yml").read_text())["groups"][0]["rules"]
    panels = json.loads((ROOT / "deploy/monitoring/grafana/dashboards/financial-dashboard.json").read_text())["panels"]
    asked = " ".join([rule["expr"] for rule in rules] + [each["expr"] for p in panels for each in p["targets"]])
    wanted = set(re.findall(r"\b((?:dashboard|process)_[a-z_]+)", asked))
    assert len(wanted) > 6
    assert wanted <= names
    assert {rule["alert"] for rule in rules} >= {
        "ErrorRate",
        "Latency",
        "HitRatio",
        "QueueAge",
        "DiskSpace",
        "Certificate",
    }
    documented = (ROOT / "docs/operations.md").read_text()
    assert all(f"`{rule['alert']}`" in documented for rule in rules)


def test_the_alerts_are_rules_that_prometheus_accepts() -> None:
    """By promtool (Debian's package prometheus has it) where it is; what each rule must have is checked everywhere."""
    path = ROOT / "deploy/monitoring/alerts.yml"
    groups = yaml.safe_load(path.read_text())["groups"]
    names = [rule["alert"] for group in groups for rule in group["rules"]]
    assert len(names) == len(set(names)) > 6
    for rule in (rule for group in groups for rule in group["rules"]):
        assert set(rule) <= {"alert", "expr", "for", "keep_firing_for", "labels", "annotations"}, rule["alert"]
        assert rule["labels"]["severity"] in ("warning", "critical"), rule["alert"]
        assert rule["annotations"]["summary"], rule["alert"]
        assert re.fullmatch(r"(\d+(ms|[smhdwy]))+", rule.get("for", "0s")), rule["alert"]
        assert all(rule["expr"].count(opened) == rule["expr"].count(closed) for opened, closed in ("()", "{}", "[]"))
    settings = yaml.safe_load((ROOT / "deploy/monitoring/prometheus.yml").read_text())
    mounted = " ".join(overlay("production")["services"]["prometheus"]["volumes"])
    assert f"deploy/monitoring/alerts.yml:{settings['rule_files'][0]}:ro" in mounted
    promtool = shutil.which("promtool")
    if promtool is not None:
        done = subprocess.run([promtool, "check", "rules", path], capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stdout + done.stderr


def test_the_ci_runs_targets_that_are_there_and_builds_every_image_of_ours() -> None:
    jobs = yaml.safe_load((ROOT / ".github/workflows/ci.yml").read_text())["jobs"]
    runs = " ".join(step.get("run", "") for job in jobs.values() for step in job["steps"])
    asked = re.findall(r"\bmake (?!-)([a-z-]+)|^step ([a-z-]+)", runs + "\n" + (ROOT / ".ci/run").read_text(), re.M)
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.M))
    assert {"lint", "test", "coverage"} <= {one or other for one, other in asked} - {"is"} <= targets
    built = {each["target"] for each in jobs["images"]["strategy"]["matrix"]["include"]}
    whole = (
        yaml.load((ROOT / "docker-compose.yml").read_text(), _Loader)["services"] | overlay("production")["services"]
    )
    ours = {service["build"]["target"] for service in whole.values() if "build" in service}
    assert built == ours | {"proxy", "production"}
    steps = str(jobs["images"]["steps"])
    for word in ("linux/amd64,linux/arm64", "'sbom': True", "cosign sign --yes"):
        assert word in steps


def test_the_backup_container_says_when_there_is_no_young_backup(tmp_path: Path) -> None:
    assert backups.age(tmp_path) == float("inf")
    (tmp_path / "a.dump.sha256").touch()
    assert backups.age(tmp_path) < 3600
    stopped = Event()
    stopped.set()
    backups.main(tmp_path, 24, 1, stopped)  # returns at once


def test_a_baseline_that_differs_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    site = Site("http://127.0.0.1:1", Person("a", "b"), Person("c", "d"), baseline=tmp_path / "b.json")
    site.baseline.write_text(json.dumps({"x": 1, "y": 2}))
    monkeypatch.setattr(regression, "_answers", lambda _site: {"x": 1, "y": 3})
    with pytest.raises(Exception, match="1 of 2 differ, the first: y"):
        regression.same_answers(site)


def test_junit_escapes_what_was_seen(tmp_path: Path) -> None:
    write_junit(tmp_path / "x.xml", [Result(4, "a & b", "failed", 0.1, '<"status"> 500')])
    text = (tmp_path / "x.xml").read_text()
    assert "a &amp; b" in text
    assert '&lt;"status"&gt; 500' in text
