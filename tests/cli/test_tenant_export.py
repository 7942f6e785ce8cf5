"""A tenant goes into a file and comes back equal; deleted, it leaves nothing behind."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from click.testing import Result
from flask import Flask
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from data import directory
from data.commands import tenant_files
from data.commands.demo import load_book
from data.db import Database
from data.demo.stranger import stranger
from tests.api.test_dashboard import assert_problem
from tests.cli.test_commands import run as run
from tests.conftest import PASSWORD, Caller, Town
from web.ask import ENDPOINTS

Run = Callable[..., Result]
OWNER = "ann@acorn.test"


def rows_of(database_url: str, key_or_id: int) -> dict[str, int]:
    """How many rows of the tenant each table with a `tenant_id` has, as the superuser sees it."""
    engine = create_engine(database_url, poolclass=NullPool)
    with engine.connect() as connection:
        tables = connection.execute(
            text("SELECT table_name FROM information_schema.columns WHERE column_name = 'tenant_id'")
        ).scalars()
        return {
            table: connection.execute(
                text(f"SELECT count(*) FROM {table} WHERE tenant_id = :id"), {"id": key_or_id}
            ).scalar_one()
            for table in tables.all()
        }


def figures(app: Flask, email: str, password: str, key: str) -> dict[str, Any]:
    """All that the five endpoints say of a tenant, but its key."""
    client = app.test_client()
    body = {"email": email, "password": password, "tenant": key}
    caller = Caller(client, client.post("/auth/login", json=body).get_json()["access_token"])
    found = {}
    for path in ENDPOINTS:
        for query in ("period=all", "period=last_12_months&currency=USD"):
            answer = caller.get(f"{path}?{query}")
            assert answer.status_code == 200
            found[f"{path}?{query}"] = {**answer.get_json(), "tenant": None}
    return found


def tenant_id(database: Database, key: str) -> int:
    with database.directory() as session:
        return directory.find_tenant(session, key).id


def test_a_tenant_comes_back_equal_and_goes_for_good(
    run: Run, app: Flask, town: Town, database_url: str, tmp_path: Path
) -> None:
    database, context = town.database, town.context(town.tenant("user_1"))
    load_book(context, stranger(context.today))
    town.person(OWNER, user_1="owner")
    before = figures(app, OWNER, PASSWORD, "user_1")
    exported = run("tenant", "export", "user_1")
    assert exported.exit_code == 0, exported.stderr
    file = tmp_path / "user_1.zip"
    file.write_bytes(exported.stdout_bytes)
    taken = run("tenant", "import", str(file))
    assert (taken.exit_code, taken.stderr.splitlines()[-1]) == (1, "Error: The tenant user_1 exists already")
    assert run("tenant", "import", str(file), "--key", "user_7").exit_code == 0
    assert run("user", "create", OWNER, "--tenant", "user_7", "--role", "owner").exit_code == 0
    assert figures(app, OWNER, PASSWORD, "user_7") == before
    copy, original = tenant_id(database, "user_7"), tenant_id(database, "user_1")
    # New rows get ids of their own, and the original does not see them.
    body = {"email": OWNER, "password": PASSWORD, "tenant": "user_7"}
    client = app.test_client()
    caller = Caller(client, client.post("/auth/login", json=body).get_json()["access_token"])
    assert caller.post("/financial/tags", {"name": "brand new"}).status_code == 201
    assert caller.post("/auth/tokens", {"name": "x", "scopes": ["read"]}).status_code == 201
    assert caller.post("/tenant/invitations", {"email": "a@b.test", "role": "viewer"}).status_code == 201
    kept = rows_of(database_url, original)
    assert min(kept[name] for name in ("transactions", "budgets", "audit_log", "tenant_state", "memberships")) > 0
    assert run("tenant", "delete", "user_7").exit_code == 2
    assert_problem(caller("DELETE", "/tenant", json={"confirm": "user_1"}), 422)
    assert caller("DELETE", "/tenant", json={"confirm": "user_7"}).status_code == 204
    assert set(rows_of(database_url, copy).values()) == {0}
    assert_problem(caller.get("/tenant/info"), 401)
    assert rows_of(database_url, original) == kept
    assert run("tenant", "delete", "user_1", "--yes").exit_code == 0
    assert set(rows_of(database_url, original).values()) == {0}
    assert run("tenant", "import", str(file)).exit_code == 0  # and back from the file
    assert run("user", "create", OWNER, "--tenant", "user_1", "--role", "viewer").exit_code == 0
    assert figures(app, OWNER, PASSWORD, "user_1") == before


def test_the_next_id_is_beyond_those_that_came(run: Run, town: Town, tmp_path: Path) -> None:
    """As in another installation, whose sequences are far behind."""
    town.tenant("org_1")
    file = tmp_path / "org_1.zip"
    file.write_bytes(run("tenant", "export", "org_1").stdout_bytes)
    changed = io.BytesIO()
    tag = {"id": 5_000, "name": "far", "created_version": 1, "updated_version": 1}
    stamps = {"created_at": "2026-01-01T00:00:00+00:00", "updated_at": "2026-01-01T00:00:00+00:00"}
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(changed, "w") as new:
        for name in old.namelist():
            new.writestr(name, json.dumps({**tag, **stamps}) if name == "tags.jsonl" else old.read(name))
    changed.seek(0)
    tenant, _ = tenant_files.import_tenant(town.database, changed, "org_2")
    from data.commands.tags import create_tag
    from data.schemas.ledger import TagIn

    made, _ = create_tag(town.context(tenant), TagIn(name="next"))
    assert int(made.id) > 5_000


def damaged(good: bytes, damage: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(good)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if (name, damage) == ("manifest.json", "manifest"):
                content = content.replace(b'"tags"', b'"tabs"')
            if (name, damage) == ("tags.jsonl", "rows"):
                content = b'{"id": 1, "name": null}\n'
            if (name, damage) != ("tags.jsonl", "table"):
                new.writestr(name, content)
    return {"text": b"no zip at all", "cut": good[: len(good) // 2]}.get(damage, out.getvalue())


def test_a_damaged_file_leaves_nothing(run: Run, town: Town, tmp_path: Path) -> None:
    town.tenant("org_1")
    good = run("tenant", "export", "org_1").stdout_bytes
    file = tmp_path / "x.zip"
    for damage in ("text", "cut", "manifest", "table", "rows"):
        file.write_bytes(damaged(good, damage))
        result = run("tenant", "import", str(file), "--key", "org_2")
        assert (result.exit_code, result.stderr.splitlines()[-1][:12]) == (1, "Error: file:"), damage
    assert len(run("tenant", "list").stdout.splitlines()) == 2
