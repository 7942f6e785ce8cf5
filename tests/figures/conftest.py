"""A new tenant for each example of a property: tenants isolate, and one database serves the whole test."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING

import pytest

from data.global_rates import load_rates
from tests.figures import worlds
from tests.figures.driver import Driver
from tests.figures.examples import Opener
from tests.figures.ledger import Ledger, Rates

if TYPE_CHECKING:
    from data.db import Database
    from tests.conftest import Town


@pytest.fixture
def open_books(town: Town) -> Opener:
    """Empty books in a tenant of its own with the ledger's currency, zone and month start day."""
    numbers = count(1)

    def opened(ledger: Ledger) -> Driver:
        tenant = town.tenant(
            f"user_{next(numbers)}",
            currency=ledger.currency,
            timezone=ledger.timezone,
            month_start=ledger.month_start,
            match_by_amount=ledger.match_by_amount,
        )
        return Driver(town.context(tenant, ledger.now))

    return opened


@pytest.fixture
def open_world(database: Database, open_books: Opener) -> Opener:
    """Books in an installation that has global rates, with gaps."""
    load_world(database, worlds.WORLD)
    return open_books


def load_world(database: Database, world: Rates) -> None:
    """Make these the global rates."""
    with database.directory() as session:
        load_rates(session, [(quote, day, rate) for (_, quote, day), rate in world.items()])
