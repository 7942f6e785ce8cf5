"""How many examples a property has, and what opens the books for each."""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import HealthCheck, Phase, settings

from tests.figures.driver import Driver
from tests.figures.ledger import Ledger

Opener = Callable[[Ledger], Driver]


def examples(number: int) -> settings:
    """The same examples on every run. A failure is not shrunk: each try would build a whole ledger again."""
    return settings(
        max_examples=number,
        derandomize=True,
        deadline=None,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=[
            HealthCheck.function_scoped_fixture,
            HealthCheck.nested_given,
        ],
    )
