"""Tells somebody that a rollout began or ended: a command gets it as JSON on its standard input, an address by POST."""

from __future__ import annotations

import json
import shlex
import subprocess  # nosec B404
from typing import Any, Final
from urllib.request import Request, urlopen

_SECONDS: Final = 10.0


def tell(hook: str | None, entry: dict[str, Any]) -> str | None:
    """None when it was told, or there is nobody to tell; else why not. A rollout goes on without it."""
    if not hook:
        return None
    text = json.dumps(entry).encode()
    try:
        if hook.startswith(("http://", "https://")):
            request = Request(hook, text, {"Content-Type": "application/json"})  # noqa: S310 - http as checked
            with urlopen(request, timeout=_SECONDS):  # noqa: S310  # nosec B310
                return None
        done = subprocess.run(  # noqa: S603  # nosec B603
            shlex.split(hook), input=text, capture_output=True, timeout=_SECONDS, check=False
        )
    except (OSError, ValueError, subprocess.TimeoutExpired) as error:
        return f"the notification failed: {error}"
    return None if done.returncode == 0 else f"the notification failed: {hook} ended with {done.returncode}"
