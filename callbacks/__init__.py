"""What happens when somebody acts: plain functions, tied to components by `register`."""

from __future__ import annotations

from dash import Dash

from callbacks import (
    accounts,
    budgets,
    cash_flow,
    categories,
    embed_frame,
    embeds,
    explain,
    imports,
    net_worth,
    overview,
    report,
    settings,
    shell,
    transactions,
)


def register(app: Dash) -> None:
    """Tie all callbacks to `app`."""
    shell.register(app)
    overview.register(app)
    report.register(app)
    explain.register(app)
    imports.register(app)
    embeds.register(app)
    transactions.register(app)
    budgets.register(app)
    categories.register(app)
    accounts.register(app)
    net_worth.register(app)
    cash_flow.register(app)
    settings.register(app)


def register_embed(app: Dash) -> None:
    """Tie the callbacks of frames in other sites to `app`, which has no others."""
    embed_frame.register(app)
