"""The restore drill: a backup comes back with equal figures, and a restore that cannot be is no harm."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask

from core.errors import Conflict, Invalid, Unavailable
from data import backup_files, backups
from data.commands.demo import load_book
from data.demo.stranger import stranger
from tests.cli.test_commands import put_books
from tests.cli.test_commands import run as run
from tests.cli.test_tenant_export import OWNER, figures
from tests.conftest import PASSWORD, Town

Run = Callable[..., Result]


def signed(path: Path, content: bytes) -> None:
    """Write a file with a right checksum beside it."""
    path.write_bytes(content)
    path.with_name(f"{path.name}.sha256").write_text(f"{hashlib.sha256(content).hexdigest()}  {path.name}\n")


def test_the_restore_drill(run: Run, app: Flask, town: Town, tmp_path: Path) -> None:
    context = town.context(town.tenant("user_1"))
    load_book(context, stranger(context.today))
    town.person(OWNER, user_1="owner")
    before = figures(app, OWNER, PASSWORD, "user_1")
    folder = tmp_path / "backups"
    folder.mkdir()
    made = run("backup", str(folder), "--keep", "1")
    assert made.exit_code == 0, made.stderr
    file = Path(made.stdout.strip())
    assert file.stat().st_mode & 0o077 == 0

    assert run("tenant", "reset", "user_1", "--yes").exit_code == 0
    put_books(town.context(town.tenant("org_5")))
    assert figures(app, OWNER, PASSWORD, "user_1") != before
    running = run("restore", str(file), "--yes")
    assert (running.exit_code, "stop web servers" in running.stderr) == (1, True)
    town.database.dispose()
    kept = run("restore", str(file))
    assert (kept.exit_code, "add --yes" in kept.stderr) == (1, True)
    # Cut in the middle, with a right checksum: the one transaction is not committed.
    cut = tmp_path / "cut.dump"
    signed(cut, file.read_bytes()[:-20_000])
    assert run("restore", str(cut), "--yes").exit_code == 1
    assert "org_5" in run("tenant", "list").stdout

    restored = run("restore", str(file), "--yes")
    assert restored.exit_code == 0, restored.stderr
    assert "org_5" not in run("tenant", "list").stdout
    assert figures(app, OWNER, PASSWORD, "user_1") == before
    examined = run("doctor")
    assert examined.exit_code == 0, examined.stdout


def test_a_damaged_file_is_refused(tmp_path: Path, database_url: str) -> None:
    file = tmp_path / "x.dump"
    signed(file, b"a dump")
    file.write_bytes(b"a damp")
    with pytest.raises(Invalid, match="damaged"):
        backups.restore(database_url, file, str, over_data=True)
    file.with_name("x.dump.sha256").unlink()
    with pytest.raises(Invalid, match="without its checksum"):
        backups.restore(database_url, file, str, over_data=True)
    signed(file, b"a dump")
    with pytest.raises(Unavailable, match="pg_restore failed"):
        backups.restore(database_url, file, str, over_data=True)


def test_a_backup_that_fails_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(Unavailable):
        backups.dump("postgresql://nobody@127.0.0.1:1/none", tmp_path / "x.dump", str)

    def fail() -> None:
        with backup_files.whole(tmp_path / "x.dump") as new:
            new.write_bytes(b"half")
            raise Conflict

    with pytest.raises(Conflict):
        fail()
    assert list(tmp_path.iterdir()) == []


def test_the_newest_are_kept_and_strangers_stay(tmp_path: Path) -> None:
    noon = datetime(2026, 6, 17, 12, tzinfo=UTC)
    for hours in range(4):
        with backup_files.whole(backup_files.place_in(tmp_path, noon + timedelta(hours=hours))) as new:
            new.write_bytes(b"x")
    (tmp_path / "mine.dump").touch()
    gone = backup_files.forget(tmp_path, 2)
    assert [re.search(r"T(\d\d)", path.name)[1] for path in gone] == ["12", "13"]  # type: ignore[index]
    assert len(list(tmp_path.iterdir())) == 2 * 2 + 1


def test_keep_needs_a_folder(run: Run, tmp_path: Path) -> None:
    assert run("backup", str(tmp_path / "x.dump"), "--keep", "3").exit_code == 2
