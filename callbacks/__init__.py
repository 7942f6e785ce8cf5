"""What happens when somebody acts: plain functions, tied to components by `register`."""

from __future__ import annotations

from dash import Dash

from callbacks import imports, overview, shell


def register(app: Dash) -> None:
    """Tie all callbacks to `app`."""
    shell.register(app)
    overview.register(app)
    imports.register(app)
