"""The query string of a report, read once at the edge into one value."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from core.errors import FieldError, Invalid, NotFound
from core.lock import Lock
from core.money import is_currency
from core.period import PeriodQuery

PARAMETERS = ("period", "from", "to", "account_id", "category_id", "tag", "currency")
UNCATEGORISED = 0
"""The category id that stands for "no category" inside the program; `none` in the query string."""
_MOST_VALUES = 1_000


@dataclass(frozen=True, slots=True)
class Query:
    """What a report is asked for. Values of one filter are joined by or, filters by and; an empty filter is none.

    `category_ids` may hold `UNCATEGORISED`. `currency` is None for the tenant's own. `lock` is None, or what an embed
    is locked to besides (`under`).
    """

    period: PeriodQuery = PeriodQuery()
    account_ids: tuple[int, ...] = ()
    category_ids: tuple[int, ...] = ()
    tags: tuple[str, ...] = ()
    currency: str | None = None
    lock: Lock | None = None

    @classmethod
    def parse(cls, parameters: Mapping[str, Sequence[str]]) -> Query:
        """Read the parameters (name -> values). Unknown or wrong ones are `Invalid`, impossible ids `NotFound`."""
        refuse_unknown(parameters, PARAMETERS)
        currency = single(parameters, "currency")
        if currency is not None and not is_currency(currency):
            raise Invalid.field("currency", "must be an ISO 4217 currency code such as EUR")
        period = PeriodQuery.parse(*(single(parameters, name) for name in ("period", "from", "to")))
        return cls(
            period=period,
            account_ids=tuple(sorted({read_id(text, "account_id") for text in _values(parameters, "account_id")})),
            category_ids=tuple(sorted({_category_id(text) for text in _values(parameters, "category_id")})),
            tags=tuple(sorted({text.strip().lower() for text in _values(parameters, "tag")})),
            currency=currency,
        )

    def under(self, lock: Lock) -> Query:
        """This query intersected with a lock. `NotFound` for an account outside of it, `Invalid` for another currency.

        Days and categories are intersected where the books are open (`data.reports.opening`).
        """
        if not lock.canonical:
            return self
        outside = set(self.account_ids) - set(lock.account_ids) if lock.account_ids else set()
        if outside:
            raise NotFound(f"There is no account {min(outside)}")
        if lock.currency is not None and self.currency not in (None, lock.currency):
            raise Invalid.field("currency", f"is always {lock.currency} here")
        accounts = self.account_ids or lock.account_ids
        return replace(self, account_ids=accounts, currency=lock.currency or self.currency, lock=lock)

    @property
    def canonical(self) -> str:
        """One text for all equal queries: part of the cache key."""
        asked = repr((self.period, self.account_ids, self.category_ids, self.tags, self.currency))
        return asked if self.lock is None else f"{asked} under {self.lock.canonical}"

    @property
    def flows_only(self) -> bool:
        """Whether a filter is set that only flows have: stocks and ratios are then not defined."""
        return bool(self.category_ids or self.tags or (self.lock is not None and self.lock.category_ids))


def refuse_unknown(given: Iterable[str], known: Iterable[str]) -> None:
    """`Invalid` that names every parameter or form field that the endpoint does not have."""
    unknown = sorted(set(given) - set(known))
    if unknown:
        raise Invalid(
            f"Unknown parameters: {', '.join(unknown)}",
            code="unknown_parameter",
            errors=tuple(FieldError(name, "is not a parameter of this endpoint") for name in unknown),
        )


def read_id(text: str, field: str) -> int:
    """The number behind an opaque id; what cannot be an id does not exist (`NotFound`)."""
    if not (text.isascii() and text.isdecimal() and 0 < len(text) < 19):
        raise NotFound(f"There is no {field.removesuffix('_id')} {text[:40]!r}")
    return int(text)


def single(parameters: Mapping[str, Sequence[str]], name: str) -> str | None:
    """The value of a parameter that may be given once; `Invalid` when it is there twice or empty."""
    values = parameters.get(name, ())
    if len(values) > 1:
        raise Invalid.field(name, "must be given once")
    if values and not values[0]:
        raise Invalid.field(name, "must not be empty")
    return values[0] if values else None


def _values(parameters: Mapping[str, Sequence[str]], name: str) -> Sequence[str]:
    values = parameters.get(name, ())
    if len(values) > _MOST_VALUES:
        raise Invalid.field(name, f"must be given at most {_MOST_VALUES} times")
    return values


def _category_id(text: str) -> int:
    return UNCATEGORISED if text == "none" else read_id(text, "category_id")
