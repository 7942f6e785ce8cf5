"""The few letters that people wait for. They go out beside the request; without `SMTP_URL` none is sent."""

from __future__ import annotations

import logging
import threading
from email.message import EmailMessage
from urllib.parse import urlencode

from core.mail import deliver, letter
from core.settings import Settings

_LOG = logging.getLogger("dashboard.mail")


def link_to(settings: Settings, path: str, token: str) -> str:
    """The address of one of our pages: from `PUBLIC_URL` only, never from what a request calls this host."""
    local = "127.0.0.1" if settings.host in ("0.0.0.0", "::") else settings.host  # noqa: S104  # nosec B104
    base = settings.public_url or f"http://{local}:{settings.port}"
    return f"{base.rstrip('/')}{path}?{urlencode({'token': token})}"


def send(settings: Settings, to: str, subject: str, text: str) -> bool:
    """Send a letter soon; False when there is no mail server, so that the caller can show the link instead."""
    if settings.smtp_url is None:
        _LOG.warning("nothing was sent, as SMTP_URL is not set: %s", subject)
        return False
    arguments = (settings.smtp_url, letter(settings, to, subject, text))
    threading.Thread(target=_deliver, args=arguments, name="mail", daemon=True).start()
    return True


def _deliver(url: str, message: EmailMessage) -> None:
    try:
        deliver(url, message)
    except OSError as error:
        _LOG.warning("a letter could not be sent (%s): %s", message["Subject"], type(error).__name__)
