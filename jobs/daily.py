"""Kind `daily`: what has to be done once a day, for one tenant after the other. One such job waits in the queue."""

from __future__ import annotations

import logging
from functools import partial
from typing import Final

from data import directory
from data.commands import audit_retention
from data.db import Database
from data.queue import Taken
from jobs.kinds import Kind, Later, Reins

_DAY: Final = 86_400.0
_FOR_EVER: Final = 1_000_000
_log = logging.getLogger("dashboard.worker")


def kind(audit_keep_days: int) -> Kind:
    """The kind; the audit log is kept for so many days, 0 for good."""
    return Kind("daily", partial(_run, audit_keep_days), attempts=_FOR_EVER, standing=True)


def _run(audit_keep_days: int, database: Database, _: Taken, reins: Reins) -> None:
    with database.directory() as session:
        tenants = directory.all_tenants(session)
    forgotten = 0
    for tenant in tenants:
        reins.check()
        forgotten += audit_retention.forget(database.tenant(tenant.id), audit_keep_days)
    _log.info("%s rows of the audit log are forgotten", forgotten)
    raise Later(_DAY, "until tomorrow")
