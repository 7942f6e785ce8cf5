"""All kinds of jobs that a worker does."""

from __future__ import annotations

from typing import Final

from core.outside import Reach
from core.settings import Settings
from jobs import alert_mail, broker, daily, webhooks
from jobs.imports import IMPORT
from jobs.kinds import Kind

KINDS: Final = (IMPORT,)
"""Those that need no settings."""


def kinds_of(settings: Settings) -> tuple[Kind, ...]:
    """All kinds, as this installation is set."""
    told = (webhooks.kind(Reach.of(settings)), alert_mail.kind(settings))
    kinds = (*KINDS, *told, daily.kind(settings.audit_keep_days))
    return kinds if settings.amqp_url is None else (*kinds, broker.kind(settings.amqp_url))
