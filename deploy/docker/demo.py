"""The demo tenants, when the database is empty: `python -m deploy.docker.demo`. compose asks at every start."""

from __future__ import annotations

import sys

from cli.demo import OWNER, PASSWORD, load_demo, wants_demo
from cli.runtime import load_settings, open_database
from core.errors import AppError


def main() -> int:
    """0 when there is nothing to do or it is done; production never gets people with a well-known password."""
    settings = load_settings()
    if settings.production:
        return 0
    try:
        with open_database(settings) as database:
            if wants_demo(database):
                load_demo(database)
                print(f"Sign in as {OWNER} with the password {PASSWORD}", flush=True)
    except AppError as error:
        print(error.detail, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
