"""All kinds of jobs that a worker does."""

from __future__ import annotations

from typing import Final

from core.settings import Settings
from jobs import alert_mail, webhooks
from jobs.imports import IMPORT
from jobs.kinds import Kind

KINDS: Final = (IMPORT,)
"""Those that need no settings."""


def kinds_of(settings: Settings) -> tuple[Kind, ...]:
    """All kinds, as this installation is set."""
    return (*KINDS, webhooks.kind(settings.webhook_allow), alert_mail.kind(settings))
