"""Kind `webhook`: one event for one webhook, signed as Standard Webhooks 1.0 says (standardwebhooks.com)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from datetime import UTC
from functools import partial
from typing import Final

from core.errors import Invalid
from core.outside import Reach
from core.release import RELEASE
from data.commands import deliveries
from data.commands.deliveries import Outgoing
from data.commands.outbox import WEBHOOK_JOB
from data.context import TenantContext
from data.db import Database
from data.queue import Taken
from jobs.kinds import Kind, Later, Reins, open_books
from jobs.outside import post

_PREFIX: Final = "whsec_"
_FOR_EVER: Final = 1_000_000  # a webhook is given up by the days that it failed, not by attempts


def kind(reach: Reach) -> Kind:
    """The kind; `reach` says where a webhook may lead."""
    return Kind(WEBHOOK_JOB, partial(_run, reach), attempts=_FOR_EVER)


def _run(reach: Reach, database: Database, job: Taken, reins: Reins) -> None:
    context = open_books(database, job)
    if context is None:
        return
    reins.check()
    found = deliveries.begin(context, job.payload["delivery"])
    if isinstance(found, Outgoing):
        _send(context, found, reach)
    elif found is not None:
        raise Later(found, "the webhook rests")


def _send(context: TenantContext, outgoing: Outgoing, reach: Reach) -> None:
    name = f"{context.tenant.key}_{outgoing.id}"
    happened = outgoing.created_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    body = json.dumps({"type": outgoing.event, "timestamp": happened, "data": outgoing.data}).encode()
    status, error = None, ""
    try:
        status = post(outgoing.url, body, _headers(name, body, outgoing.secret, int(time.time())), reach)
    except Invalid as refused:
        error = refused.detail
    except OSError as failure:
        error = f"{type(failure).__name__}: {failure}"
    if status is not None and 200 <= status < 300:
        deliveries.succeeded(context, outgoing.id, status)
        return
    pause = deliveries.failed(context, outgoing.id, status, error or f"it answered {status}")
    if pause is not None:
        raise Later(pause, error or f"status {status}")


def _headers(name: str, body: bytes, secret: str, now: int) -> dict[str, str]:
    return {
        "Content-Type": "application/json",
        "User-Agent": f"financial-dashboard/{RELEASE}",
        "webhook-id": name,
        "webhook-timestamp": str(now),
        "webhook-signature": signature(name, body, secret, now),
    }


def signature(name: str, body: bytes, secret: str, now: int) -> str:
    """HMAC-SHA-256 over id, time and body, with the bytes behind the secret."""
    key = base64.b64decode(secret.removeprefix(_PREFIX))
    digest = hmac.new(key, b"%s.%d.%s" % (name.encode(), now, body), hashlib.sha256).digest()
    return f"v1,{base64.b64encode(digest).decode()}"
