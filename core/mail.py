"""Handing a letter to the mail server (RFC 5321)."""

from __future__ import annotations

import smtplib
import ssl
from email.message import EmailMessage
from typing import Final
from urllib.parse import unquote, urlsplit

from core.settings import Settings

_PATIENCE: Final = 20
_PORTS: Final = {"smtp": 587, "smtps": 465}


def letter(settings: Settings, to: str, subject: str, text: str) -> EmailMessage:
    """A letter of plain words from `MAIL_FROM`."""
    message = EmailMessage()
    message["To"] = to
    message["Subject"] = " ".join(subject.split())  # a name with a line break must not become a header
    message["From"] = settings.mail_from or f"no-reply@{urlsplit(settings.public_url or '').hostname or 'localhost'}"
    message.set_content(text)
    return message


def deliver(url: str, message: EmailMessage) -> None:
    """Send it now by `SMTP_URL`; `OSError` when that fails. With a password the connection must be encrypted."""
    parts = urlsplit(url)
    host, port = parts.hostname or "localhost", parts.port or _PORTS[parts.scheme]
    context = ssl.create_default_context()
    if parts.scheme == "smtps":
        server: smtplib.SMTP = smtplib.SMTP_SSL(host, port, timeout=_PATIENCE, context=context)
    else:
        server = smtplib.SMTP(host, port, timeout=_PATIENCE)
    with server:  # SMTPException is an OSError
        server.ehlo()
        if parts.scheme == "smtp" and (parts.username or server.has_extn("starttls")):
            server.starttls(context=context)
        if parts.username:
            server.login(unquote(parts.username), unquote(parts.password or ""))
        server.send_message(message)
