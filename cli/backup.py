"""`flask backup` and `flask restore`: the whole installation as one file, and back."""

from __future__ import annotations

from pathlib import Path

import click

from cli.cache import clear_cache
from cli.output import Command, note, progress
from cli.runtime import load_settings, open_owner_url
from data import backup_files, backups
from web.state import utc_now


@click.command("backup", cls=Command)
@click.argument("target", type=click.Path(path_type=Path))
@click.option("--keep", type=click.IntRange(min=1), help="Then keep only the newest so many backups of the folder.")
def backup(target: Path, keep: int | None) -> None:
    """Write the whole database to the file TARGET, or to a new file in the folder TARGET; print the file's name.

    The checksum is written beside it. The product may go on running.
    """
    folder = target.is_dir()
    if keep is not None and not folder:
        raise click.UsageError(f"--keep needs a folder, and {target} is none")
    path = backup_files.place_in(target, utc_now()) if folder else target
    with open_owner_url(load_settings()) as url, progress(f"Backing up to {path}") as tell:
        size = backups.dump(url, path, tell)
    click.echo(path)
    note(f"{size} bytes.")
    for gone in backup_files.forget(target, keep) if keep is not None else ():
        note(f"Deleted {gone}.")


@click.command("restore", cls=Command)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--yes", is_flag=True, help="Replace everything that is in the database now.")
def restore(file: Path, yes: bool) -> None:
    """Replace the database by the backup FILE, all or nothing; its checksum must stand beside it.

    Stop web servers and workers first. Everything in the schema `public` of the database goes.
    """
    settings = load_settings()
    with open_owner_url(settings) as url:
        with progress(f"Restoring {file}") as tell:
            missing = backups.restore(url, file, tell, over_data=yes)
        clear_cache(settings)
    click.echo(f"The database is that of {file}.")
    for each in missing[:1]:
        note(f"The {each}: run flask db upgrade before you start the product.")
