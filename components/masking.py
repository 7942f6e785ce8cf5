"""Figures without amounts: every amount becomes a height from 0 to 1,000 within its part, and no text tells one.

It happens before anything is drawn, so that what is masked never reaches the browser.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, TypeVar, get_args

from pydantic import BaseModel

from components.format import UNKNOWN, Format
from data.schemas.common import Money
from data.schemas.dashboard import DashboardData

MASK: Final = "•••"
_FULL: Final = 1_000
Model = TypeVar("Model", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class MaskedFormat(Format):
    """Texts with a mask for each amount; counts, dates and shares stay."""

    def money(self, amount: str | None, currency: str, *, signed: bool = False) -> str:  # noqa: ARG002
        return UNKNOWN if amount is None else MASK

    def whole(self, amount: str | None, currency: str, *, signed: bool = False) -> str:
        return self.money(amount, currency, signed=signed)

    def key_figure(self, amount: str | None, currency: str, *, signed: bool = False) -> str:
        return self.money(amount, currency, signed=signed)

    def short(self, value: float) -> str:  # noqa: ARG002
        return ""


def masked(data: DashboardData) -> DashboardData:
    """The data with heights in place of amounts; each account and budget is a part of its own."""
    parts: dict[str, Any] = {
        "summary": _masked(data.summary.model_copy(update={"health": None})) if data.summary else None,
        "accounts": [_masked(each) for each in data.accounts],
        "transactions": _masked(data.transactions) if data.transactions else None,
        "budgets": [_masked(each) for each in data.budgets],
    }
    return DashboardData.model_construct(**parts, alerts=data.alerts, data_quality=[])


def _masked(model: Model) -> Model:
    largest = max((abs(float(amount)) for amount in _amounts(model)), default=0.0)
    scaled: Model = _scaled(model, _FULL / largest if largest else 0.0)
    return scaled


@cache
def _money_fields(model: type[BaseModel]) -> frozenset[str]:
    """The fields that hold an amount, by their type."""
    found = set()
    for name, field in model.model_fields.items():
        direct = field.annotation is str and list(field.metadata) == list(Money.__metadata__)  # type: ignore[attr-defined]
        if direct or Money in get_args(field.annotation):
            found.add(name)
    return frozenset(found)


def _amounts(value: Any) -> Iterator[str]:
    if isinstance(value, list):
        for each in value:
            yield from _amounts(each)
    elif isinstance(value, BaseModel):
        money = _money_fields(type(value))
        for name in type(value).model_fields:
            part = getattr(value, name)
            if name in money and part is not None:
                yield part
            else:
                yield from _amounts(part)


def _scaled(value: Any, factor: float) -> Any:
    if isinstance(value, list):
        return [_scaled(each, factor) for each in value]
    if not isinstance(value, BaseModel):
        return value
    money = _money_fields(type(value))
    fields: dict[str, Any] = {}
    for name in type(value).model_fields:
        part = getattr(value, name)
        fields[name] = str(round(float(part) * factor)) if name in money and part is not None else _scaled(part, factor)
    return type(value).model_construct(**fields)
