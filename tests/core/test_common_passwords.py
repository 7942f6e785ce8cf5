"""Passwords that are tried first are known, in whatever case, and names alone are none."""

from __future__ import annotations

import pytest

from core.common_passwords import _common, is_a_name, is_common


def test_the_list_is_of_those_that_are_long_enough() -> None:
    """ASVS 5, 6.2.4: at least the 3,000 most frequent that match the rule."""
    assert len(_common()) == 10_000
    assert min(map(len, _common())) == 8


@pytest.mark.parametrize("password", ["password", "PassWord1", "qwertyuiop", "1234567890"])
def test_frequent_ones_are_common(password: str) -> None:
    assert is_common(password)


@pytest.mark.parametrize(
    ("password", "name"),
    [
        ("Alice.Acorn99", True),
        ("alice1985!", True),
        ("FinancialDashboard1", True),
        ("alice likes oaks", False),
        ("20260617-4711", False),
        ("correct horse battery", False),
    ],
)
def test_names_with_digits_and_signs_are_none(password: str, name: bool) -> None:
    assert not is_common(password)
    assert is_a_name(password, "alice@acorn.test") is name
