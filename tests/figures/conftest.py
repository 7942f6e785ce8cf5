"""A new tenant for each example of a property: tenants isolate, and one database serves the whole test."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING

import pytest

from tests.figures.driver import Driver
from tests.figures.examples import Opener
from tests.figures.ledger import Ledger

if TYPE_CHECKING:
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
