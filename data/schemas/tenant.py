"""A tenant's settings."""

from __future__ import annotations

from functools import cache
from typing import Annotated, Any, Final, Literal
from zoneinfo import available_timezones

from babel import Locale, UnknownLocaleError
from pydantic import BeforeValidator, Field, WithJsonSchema

from data.schemas.common import Currency, In, Name, Out

_LONGEST_LOCALE: Final = 35


@cache
def time_zones() -> tuple[str, ...]:
    """The names of the IANA time zones, sorted."""
    return tuple(sorted(available_timezones() - {"Factory", "localtime"}))


def _read_zone(value: Any) -> Any:
    if isinstance(value, str) and value in time_zones():
        return value
    raise ValueError("must be an IANA time zone such as Europe/Berlin")


def _read_locale(value: Any) -> Any:
    if isinstance(value, str) and len(value) <= _LONGEST_LOCALE:
        try:
            return str(Locale.parse(value.replace("_", "-"), sep="-")).replace("_", "-")
        except (UnknownLocaleError, ValueError):
            pass
    raise ValueError("must be a locale such as de-DE")


TimeZone = Annotated[str, BeforeValidator(_read_zone), WithJsonSchema({"type": "string"})]
LocaleName = Annotated[str, BeforeValidator(_read_locale), WithJsonSchema({"type": "string"})]


class TenantSettings(Out):
    """`month_start` is the first day of the tenant's months. `match_by_amount`: two bookings may be taken for a
    transfer because of their amounts and days alone."""

    key: str
    type: Literal["user", "organization"]
    name: str
    currency: Currency
    timezone: str
    month_start: int
    locale: str
    match_by_amount: bool


class TenantPatch(In):
    """What is absent stays."""

    name: Name | None = None
    currency: Currency | None = None
    timezone: TimeZone | None = None
    month_start: int | None = Field(default=None, ge=1, le=28)
    locale: LocaleName | None = None
    match_by_amount: bool | None = None
