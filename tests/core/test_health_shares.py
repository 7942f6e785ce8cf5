"""`core.health`: the four shares, their weights, and when there is no index."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.health import Inputs, health

NOTHING = Inputs(income=0, expenses=0, cushion=0, debt_payments=0, limits=0, overspent=0)


def values(**given_: int) -> dict[str, Fraction | None]:
    found = health(Inputs(**{**dict.fromkeys(NOTHING.__dataclass_fields__, 0), **given_}))
    return {each.id: each.value for each in found.components}


def test_the_example_of_the_definitions() -> None:
    # Earns 9,000 and spends 7,650 in three months: a rate of 15 %, 0.75 of 20 %. 7,650 are three of six months' money.
    found = health(
        Inputs(income=9_000, expenses=7_650, cushion=7_650, debt_payments=2_610, limits=1_000, overspent=100)
    )
    assert [each.value for each in found.components] == [
        Fraction(3, 4),
        Fraction(1, 2),
        Fraction(1, 2),
        Fraction(9, 10),
    ]
    # 30 x 0.75 + 30 x 0.5 + 20 x 0.5 + 20 x 0.9
    assert (found.index, found.coverage) == (round(65.5), 1)


@pytest.mark.parametrize(
    ("given_", "name", "value"),
    [
        ({"income": 100, "expenses": 200}, "savings", 0),
        ({"income": 100, "expenses": 10}, "savings", 1),
        ({"income": 0, "expenses": 10}, "savings", None),
        ({"income": -5, "expenses": 10}, "savings", None),
        ({"expenses": 30, "cushion": 90}, "cushion", 1),
        ({"expenses": 30, "cushion": -1}, "cushion", 0),
        ({"income": 10, "cushion": 90}, "cushion", None),
        ({"income": 100}, "debt", 1),
        ({"income": 100, "debt_payments": 15}, "debt", 1),
        ({"income": 100, "debt_payments": 43}, "debt", 0),
        ({"debt_payments": 43}, "debt", None),
        ({"limits": 100, "overspent": 250}, "adherence", 0),
        ({"limits": 100}, "adherence", 1),
        ({}, "adherence", None),
    ],
)
def test_shares_end_at_0_and_1_and_may_be_undefined(given_: dict[str, int], name: str, value: int | None) -> None:
    assert values(**given_)[name] == value


def test_weights_are_those_of_what_is_left() -> None:
    found = health(Inputs(income=100, expenses=0, cushion=0, debt_payments=43, limits=0, overspent=0))
    assert {each.id: each.weight for each in found.components} == {
        "savings": Fraction(3, 5),
        "cushion": 0,
        "debt": Fraction(2, 5),
        "adherence": 0,
    }
    assert (found.index, found.coverage) == (60, Fraction(1, 2))


def test_below_half_of_the_weight_there_is_no_index() -> None:
    found = health(Inputs(income=0, expenses=30, cushion=60, debt_payments=0, limits=0, overspent=0))
    assert (found.index, found.coverage) == (None, Fraction(3, 10))
    assert health(NOTHING).coverage == 0


@given(st.builds(Inputs, *[st.integers(-(10**12), 10**12)] * 3, *[st.integers(0, 10**12)] * 3))
def test_the_index_is_the_weighted_mean(inputs: Inputs) -> None:
    found = health(inputs)
    defined = [each for each in found.components if each.value is not None]
    assert all(each.value is None or 0 <= each.value <= 1 for each in found.components)
    assert not defined or sum(each.weight for each in found.components) == 1
    if found.index is not None:
        assert found.index == round(100 * sum((each.value or 0) * each.weight for each in found.components))
        assert 0 <= found.index <= 100
