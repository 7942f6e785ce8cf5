"""The commands, one module per noun: `flask db`, `flask tenant` and so on."""

from __future__ import annotations

from flask import Flask

from cli import backup, cache, db, demo, doctor, rates, rollups, serve, statements, tenant, token, user, worker

COMMANDS = (
    backup.backup,
    backup.restore,
    cache.group,
    db.group,
    demo.group,
    doctor.doctor,
    rates.group,
    rollups.group,
    serve.serve,
    statements.group,
    tenant.group,
    token.group,
    user.group,
    worker.worker,
)


def register(app: Flask) -> None:
    """Add the commands to the application's `flask` command line."""
    for command in COMMANDS:
        app.cli.add_command(command)
