"""The books of one tenant, and the small shop that rules are tried on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.ledger_books import Books
from tests.rule_books import open_shop

if TYPE_CHECKING:
    from data.context import TenantContext


@pytest.fixture
def books(context: TenantContext) -> Books:
    return Books(context)


@pytest.fixture
def shop(books: Books) -> dict[str, int]:
    return open_shop(books)
