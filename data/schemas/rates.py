"""The tenant's own exchange rates as the API shows and takes them."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BeforeValidator, WithJsonSchema

from data.schemas.common import Currency, Day, Id, In, Out

_RATE = re.compile(r"\d{1,12}(\.\d{1,12})?", re.ASCII)


def _read_rate(value: Any) -> Any:
    if isinstance(value, str) and _RATE.fullmatch(value) and Decimal(value) > 0:
        return value
    raise ValueError('must be a decimal string above 0 such as "1.0850", with at most 12 digits on each side')


RateText = Annotated[
    str, BeforeValidator(_read_rate), WithJsonSchema({"type": "string", "pattern": r"^\d{1,12}(\.\d{1,12})?$"})
]
"""An exact decimal string; a rate is not money and is never rounded."""


class Rate(Out):
    """1 `base` = `rate` `quote` on `date`. It goes before the global rates, also for its inverse."""

    id: Id
    base: Currency
    quote: Currency
    date: Day
    rate: RateText


class RateIn(In):
    base: Currency
    quote: Currency
    date: Day
    rate: RateText


class RatePatch(In):
    base: Currency | None = None
    quote: Currency | None = None
    date: Day | None = None
    rate: RateText | None = None
