"""The documentation says what the program does: routes, settings, commands, figures, codes, log fields and links.

Checks go both ways where that makes sense: nothing is missing from the pages, nothing is promised that is not there.
"""

from __future__ import annotations

import ast
import dataclasses
import logging
import re
import shlex
from collections.abc import Iterator, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

import click
import pytest
from flask import Flask
from pydantic import BaseModel

from core.period import PRESETS
from core.settings import Settings
from data.commands.import_accounts import AccountRequired
from data.imports.csv_mapping import CsvColumns, CsvMapping
from data.imports.detect import FORMATS
from data.schemas import budgets, dashboard, imports, ledger, rates
from web.openapi import document

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
PAGES = sorted([ROOT / "README.md", ROOT / "CHANGELOG.md", *DOCS.rglob("*.md")])
OURS = [page for page in PAGES if page.parent.name != "decisions"]
_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_CODE = re.compile(r"`([^`\n]+)`")
_LINK = re.compile(r"\[[^\]\n]*\]\(([^)\s]+)\)")


def _text(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


def _without_fences(text: str) -> str:
    return _FENCE.sub("", text)


def _codes(text: str) -> set[str]:
    """What stands as inline code in a text."""
    return set(_CODE.findall(_without_fences(text)))


def _section(text: str, heading: str) -> str:
    """The text below a heading of the second level."""
    found = re.search(rf"^## {re.escape(heading)}\n(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    assert found, f"there is no section {heading}"
    return found[1]


def _rows(text: str) -> Iterator[list[str]]:
    """The cells of all table rows."""
    for line in text.splitlines():
        if line.startswith("| "):
            yield [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]


# Settings


class _Recording(Mapping[str, str]):
    """An environment that remembers what it was asked for."""

    def __init__(self, **values: str) -> None:
        self.values_ = values
        self.asked: set[str] = set()

    def __getitem__(self, name: str) -> str:
        self.asked.add(name)
        return self.values_[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.values_)

    def __len__(self) -> int:
        return len(self.values_)


def _settings_table() -> dict[str, list[str]]:
    return {row[0].strip("`"): row for row in _rows(_text("settings.md")) if row[0].startswith("`")}


def test_every_setting_has_a_row_and_every_row_is_a_setting(tmp_path: Path) -> None:
    environ = _Recording(VAR_DIR=str(tmp_path))
    Settings.load(environ)
    assert set(_settings_table()) == environ.asked


def test_the_table_states_the_defaults() -> None:
    names = {"APP_ENV": "environment", "DASHBOARD_CACHE_TTL": "cache_ttl"}
    defaults = {each.name: each.default for each in dataclasses.fields(Settings)}
    for name, row in _settings_table().items():
        if not name.endswith("_FILE"):
            default = defaults[names.get(name, name.lower())]
            default = str(default).lower() if isinstance(default, bool) else default
            assert row[1] == (f"`{default}`" if default not in (None, "", ()) else "-"), name


def test_settings_are_read_in_one_place() -> None:
    """A variable that another module asked for would need a row too."""
    known = {"LOG_LEVEL"}  # `flask serve` looks whether a person set it
    for path in _modules():
        if path.name != "settings.py":
            found = re.findall(r"environ(?:\.get\(|\[)\s*\"([A-Z_]+)\"", path.read_text(encoding="utf-8"))
            assert set(found) <= known, path


# Routes


def _described(app: Flask) -> set[str]:
    """Every described route as `GET /financial/accounts/<id>`."""
    paths = document(app)["paths"]
    return {f"{method.upper()} {re.sub(r'{[^}]+}', '<id>', path)}" for path, ways in paths.items() for method in ways}


def _our_routes(app: Flask) -> set[str]:
    """The routes of our blueprints, described or not (Dash's own have no blueprint of ours)."""
    rules = [rule for rule in app.url_map.iter_rules() if rule.endpoint.split(".")[0] in set(app.blueprints)]
    return {
        f"{method} {re.sub(r'<[^>]+>', '<id>', rule.rule)}"
        for rule in rules
        if not rule.endpoint.startswith("_dash") and "_dash_assets" not in rule.endpoint
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }


def test_every_route_is_in_the_table_and_every_row_is_a_route(built_app: Flask) -> None:
    rows = {row[0].strip("`") for row in _rows(_section(_text("api.md"), "All routes")) if row[0].startswith("`")}
    assert _described(built_app) <= _our_routes(built_app)
    assert rows == _our_routes(built_app)


def test_no_page_names_a_route_that_is_not_there(built_app: Flask) -> None:
    routes = _our_routes(built_app)
    paths = {route.split(" ", 1)[1] for route in routes}
    nginx = (ROOT / "deploy/nginx/nginx.conf").read_text(encoding="utf-8")
    paths |= set(re.findall(r"location = (/\S+)", nginx))  # docker.md says what the proxy does with an address
    for page in OURS:
        for code in _codes(page.read_text(encoding="utf-8")):
            if found := re.fullmatch(r"(GET|POST|PATCH|PUT|DELETE) (/[\w/<>.-]*)", code):
                assert found[0] in routes, f"{page.name}: {code}"
            elif re.fullmatch(r"/(financial|auth|tenant|health)[\w/<>-]*", code):
                assert re.sub(r"<\w+>", "<id>", code) in paths, f"{page.name}: {code}"


def test_examples_call_routes_that_are_there(built_app: Flask) -> None:
    paths = {route.split(" ", 1)[1] for route in _our_routes(built_app)}
    calls = [
        (page.name, found)
        for page in OURS
        for _, block in _FENCE.findall(page.read_text(encoding="utf-8"))
        for found in re.findall(r"http://127\.0\.0\.1:8000(/[\w/.-]*)", block)
    ]
    assert calls
    for page, path in calls:
        assert path in paths, f"{page}: {path}"


# Commands


def _leaves(command: click.Command, name: str) -> Iterator[tuple[str, click.Command]]:
    if isinstance(command, click.Group):
        for part, each in command.commands.items():
            yield from _leaves(each, f"{name} {part}")
    else:
        yield name, command


def _commands(app: Flask) -> dict[str, click.Command]:
    """Every command of ours by its full name, `flask tenant create`."""
    return dict(leaf for name, each in app.cli.commands.items() for leaf in _leaves(each, f"flask {name}"))


def _calls(page: Path, app: Flask) -> Iterator[tuple[str, click.Command | None, list[str]]]:
    """What a page calls: (text, the command or None, its words), from shell blocks and inline code."""
    text = page.read_text(encoding="utf-8")
    shell = "\n".join(block for kind, block in _FENCE.findall(text) if kind == "sh").replace("\\\n", " ")
    lines = [found for line in shell.splitlines() for found in re.findall(r"\bflask .*", line)]
    lines += [code for code in _codes(text) if code.startswith("flask ")]
    known = _commands(app)
    for line in lines:
        words = shlex.split(line.rstrip(")"), comments=True)
        if words == ["flask", "..."]:
            continue
        names = (" ".join(words[:length]) for length in (3, 2))
        yield line, next((known[name] for name in names if name in known), None), words


def test_every_command_is_in_the_table(built_app: Flask) -> None:
    table = [row[0].strip("`") for row in _rows(_section(_text("operations.md"), "Commands"))]
    for name in _commands(built_app):
        assert any(row == name or row.startswith(f"{name} ") for row in table), f"{name} is not in operations.md"


def test_no_page_calls_a_command_or_an_option_that_is_not_there(built_app: Flask) -> None:
    for page in OURS:
        for line, command, words in _calls(page, built_app):
            assert command is not None, f"{page.name}: {line}"
            options = {option for each in command.params for option in each.opts} | {"--help"}
            assert {word for word in words if word.startswith("--")} <= options, f"{page.name}: {line}"


def test_every_option_of_the_statement_import_is_explained(built_app: Flask) -> None:
    command = _commands(built_app)["flask statements import"]
    explained = {code.split()[0] for code in _codes(_text("importing.md"))}
    assert {option for each in command.params for option in each.opts if option.startswith("--")} <= explained


def test_the_make_targets_that_pages_name_are_there() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    named = {
        target
        for page in OURS
        for target in re.findall(r"(?:`|\n)(?:\w+=\S+ )?make ([a-z-]+)", page.read_text("utf-8"))
    }
    assert {"run", "test"} <= named <= targets


# Figures, fields and codes

_MODELS: list[type[BaseModel]] = [
    dashboard.FinancialSummary,
    dashboard.KeyFigures,
    dashboard.NetWorthPoint,
    dashboard.Uncategorised,
    dashboard.UnmatchedTransfers,
    dashboard.TransferLeg,
    dashboard.AccountSummary,
    dashboard.BalancePoint,
    dashboard.TransactionSummary,
    dashboard.MonthFlow,
    dashboard.CategoryFlow,
    dashboard.PayeeFlow,
    dashboard.WeekdayFlow,
    dashboard.DashboardData,
    dashboard.DataQuality,
    dashboard.Unconverted,
    budgets.BudgetStatus,
    budgets.StatusAlert,
    budgets.BudgetAlert,
]
_LEDGER: list[type[BaseModel]] = [
    ledger.Account,
    ledger.Transaction,
    ledger.Split,
    ledger.Category,
    ledger.Tag,
    budgets.Budget,
    budgets.Rule,
    budgets.Rollover,
    budgets.Thresholds,
    budgets.BudgetAlert,
    rates.Rate,
]


def _names(model: type[BaseModel]) -> set[str]:
    return {field.serialization_alias or name for name, field in model.model_fields.items()}


@pytest.mark.parametrize("model", _MODELS, ids=lambda model: str(model.__name__))
def test_every_figure_is_explained(model: type[BaseModel]) -> None:
    assert _names(model) <= _codes(_text("figures.md"))


def test_the_envelope_is_explained() -> None:
    assert _names(dashboard.Envelope) <= _codes(_text("figures.md"))


@pytest.mark.parametrize("model", _LEDGER, ids=lambda model: str(model.__name__))
def test_every_field_of_the_ledger_is_named(model: type[BaseModel]) -> None:
    assert _names(model) <= _codes(_text("api.md"))


def test_every_status_of_a_budget_is_explained() -> None:
    section = _section(_text("figures.md"), "Budgets")
    assert set(budgets.BudgetState.__args__) <= _codes(section)  # type: ignore[attr-defined]


@pytest.mark.parametrize("page", ["figures.md", "api.md", "user-guide.md"])
def test_every_period_is_named(page: str) -> None:
    assert set(PRESETS) <= _codes(_text(page))


def test_every_format_and_field_of_an_import_is_explained() -> None:
    codes = _codes(_text("importing.md"))
    assert set(FORMATS) <= codes
    assert _names(imports.ImportResult) | _names(imports.ImportCounts) <= codes
    assert set(CsvMapping.model_fields) | set(CsvColumns.model_fields) <= codes
    assert AccountRequired.code in codes


def test_the_mapping_in_the_page_can_be_used() -> None:
    (example,) = [block for kind, block in _FENCE.findall(_text("importing.md")) if kind == "json"]
    assert CsvMapping.model_validate_json(example).columns is not None


def _modules() -> Iterator[Path]:
    for folder in ("core", "data", "web", "api", "cli", "callbacks", "components", "pages"):
        yield from (ROOT / folder).rglob("*.py")


def _error_codes() -> set[str]:
    """The codes that the program gives errors: as `code=`, and as the class attribute `code` (alone or in a tuple)."""
    found: set[str] = set()
    for path in _modules():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.keyword) and node.arg == "code":
                found |= _strings(node.value)
            elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Tuple):
                names = [each.id for each in node.targets[0].elts if isinstance(each, ast.Name)]
                if "code" in names and isinstance(node.value, ast.Tuple):
                    found |= _strings(node.value.elts[names.index("code")])
    return found


def _strings(node: ast.expr) -> set[str]:
    return {node.value} if isinstance(node, ast.Constant) and isinstance(node.value, str) else set()


def test_every_error_code_is_in_the_table() -> None:
    later = {"gone", "too_many_requests"}  # classes that nothing raises yet
    codes = _error_codes()
    assert {"invalid", "in_use", "feature_disabled"} <= codes
    assert codes - later <= _codes(_section(_text("api.md"), "Errors"))


class _Keeping(logging.Handler):
    """Keeps what is logged."""

    def __init__(self) -> None:
        super().__init__()
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)


def test_every_field_of_the_log_is_explained(built_app: Flask) -> None:
    handler = _Keeping()
    logger = logging.getLogger("dashboard.access")
    logger.addHandler(handler)
    try:
        built_app.test_client().get("/health")
    finally:
        logger.removeHandler(handler)
    fields: dict[str, Any] = handler.records[0].__dict__["fields"]
    assert {*fields, "timestamp", "level", "service", "message", "exception"} <= _codes(
        _section(_text("operations.md"), "Logs")
    )


# Files and links


def _anchors(page: Path) -> set[str]:
    """The anchors that GitHub gives the headings of a page."""
    heads = re.findall(r"^#+ (.+)$", _without_fences(page.read_text(encoding="utf-8")), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    for link in _LINK.findall(_without_fences(page.read_text(encoding="utf-8"))):
        if not link.startswith(("http://", "https://")):
            path, _, anchor = link.partition("#")
            target = (page.parent / path).resolve() if path else page
            assert target.exists(), f"{page.name}: {link}"
            assert not anchor or anchor in _anchors(target), f"{page.name}: {link}"


def test_every_page_can_be_found_from_the_index() -> None:
    linked = {(DOCS / link.split("#")[0]).resolve() for link in _LINK.findall(_text("index.md")) if "://" not in link}
    assert {page for page in DOCS.glob("*.md") if page.name != "index.md"} <= linked


def test_the_files_that_pages_name_are_there() -> None:
    """Paths of the repository as inline code: `web/ask.py`, `core/`."""
    for page in OURS:
        for code in _codes(page.read_text(encoding="utf-8")):
            if re.fullmatch(r"[\w.-]+(/[\w.-]+)*(\.py|/)", code) and not code.startswith("var/"):
                assert (ROOT / code).exists(), f"{page.name}: {code}"


def test_the_six_files_of_a_figure_import_each_other() -> None:
    way = _section(_text("architecture.md"), "One figure from URL to SQL")
    files = re.findall(r"^\d\. `([\w/]+)\.py`", way, re.MULTILINE)
    assert len(files) == 6
    assert "/financial/dashboard/summary" in (ROOT / f"{files[0]}.py").read_text(encoding="utf-8")
    for name, following in pairwise(files):
        tree = ast.parse((ROOT / f"{name}.py").read_text(encoding="utf-8"))
        imported = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
        assert following.replace("/", ".") in imported, f"{name} does not import {following}"
