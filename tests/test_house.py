"""The rules of the house that no linter knows: sizes, and who may open a tenant's books."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("core", "data", "web", "api", "cli", "jobs", "components", "callbacks", "pages")
LONGEST_MODULE = 250
LONGEST_FUNCTION = 40
OPENERS = {"web/identity.py", "cli/runtime.py"}


def modules() -> Iterator[Path]:
    """All modules of the product; revisions of the schema are generated and never change again."""
    yield ROOT / "app.py"
    for room in ROOMS:
        yield from (path for path in sorted((ROOT / room).rglob("*.py")) if "versions" not in path.parts)


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def too_long(source: str) -> list[str]:
    """What is longer than the rules allow."""
    found = []
    lines = len(source.splitlines())
    if lines > LONGEST_MODULE:
        found.append(f"{lines} lines, at most {LONGEST_MODULE}")
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            if length > LONGEST_FUNCTION:
                found.append(f"{node.name}: {length} lines, at most {LONGEST_FUNCTION}")
    return found


def opened_books(source: str) -> list[int]:
    """The lines that call `Database.tenant`: a method `tenant` with one argument."""
    return [
        node.lineno
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "tenant"
        if len(node.args) == 1
    ]


@pytest.mark.parametrize("path", list(modules()), ids=name)
def test_modules_and_functions_are_small(path: Path) -> None:
    assert too_long(path.read_text(encoding="utf-8")) == []


def test_only_sign_in_jobs_and_commands_open_books() -> None:
    callers = {name(path) for path in modules() if opened_books(path.read_text(encoding="utf-8"))}
    assert {caller for caller in callers if not caller.startswith("jobs/")} == OPENERS


def evaluated_waits(source: str) -> list[str]:
    """Waits for an expression: at its second look a browser evaluates a text, which the pages' policy refuses."""
    given = re.findall(r'wait_for_function\(\s*f?"+([^"]*)', source)
    return [text for text in given if "=>" not in text]


def test_browsers_wait_for_functions() -> None:
    sources = (path.read_text(encoding="utf-8") for path in sorted((ROOT / "tests").rglob("*.py")))
    assert [wait for source in sources for wait in evaluated_waits(source)] == []


def test_the_rules_find_what_breaks_them() -> None:
    body = "\n".join(f"    x = {number}" for number in range(LONGEST_FUNCTION))
    assert too_long(f"def f():\n{body}") == [f"f: {LONGEST_FUNCTION + 1} lines, at most {LONGEST_FUNCTION}"]
    assert too_long("\n" * (LONGEST_MODULE + 1)) == [f"{LONGEST_MODULE + 1} lines, at most {LONGEST_MODULE}"]
    assert opened_books("\nstate().database.tenant(7)") == [2]
    assert evaluated_waits("page.wait_for_" + 'function("window.ready")') == ["window.ready"]
