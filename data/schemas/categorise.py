"""Where a transaction's category comes from, and how lines that nobody categorised are to be categorised."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from data.schemas.common import Currency, Day, Id, In, Money, Out

CategorySource = Literal["file", "mcc", "rule", "learned", "person"]
Confidence = Annotated[float, Field(ge=0.5, le=1)]


class Alternative(Out):
    """A category that the line might have, and how likely that is by what was learned."""

    category_id: Id
    confidence: float


class CategoryChoice(Out):
    """Who chose a transaction's category and why. `confidence` is given for learned ones only."""

    category_id: Id | None
    source: CategorySource | None
    confidence: float | None
    because: str | None
    alternatives: list[Alternative]


class CategoriseIn(In):
    """Which transactions to categorise: those without a category, booked from `from` to `to`."""

    dry_run: bool = False
    from_: Day | None = Field(None, alias="from")
    to: Day | None = None
    min_confidence: Confidence | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.from_ and self.to and self.to < self.from_:
            raise ValueError("to must not be before from")
        return self


class Categorised(Out):
    """A transaction that got a category, or would."""

    transaction_id: Id
    booked_on: Day
    amount: Money
    currency: Currency
    payee: str | None
    category_id: Id
    source: Literal["mcc", "learned"]
    confidence: float | None
    because: str | None


class CategoriseResult(Out):
    """`looked_at` transactions without a category, of which `categorised` got one; `preview` shows the first 50."""

    dry_run: bool
    looked_at: int
    categorised: int
    by_source: dict[Literal["mcc", "learned"], int]
    preview: list[Categorised]


class Guesses(Out):
    """`count` transactions have a learned category that nobody confirmed, `sure` of them are sure enough to be
    confirmed at once; `data` shows 50, the least sure first."""

    count: int
    sure: int
    version: int
    data: list[Categorised]


class AcceptIn(In):
    """Which learned categories to confirm: those at least so sure, of all or of some transactions."""

    min_confidence: float = Field(0.0, ge=0, le=1)
    transaction_ids: list[Id] | None = Field(None, min_length=1, max_length=10_000)


class Accepted(Out):
    """How many learned categories are confirmed now."""

    accepted: int


class UndoResult(Out):
    """How many learned categories were taken back."""

    taken_back: int


class MccChoice(Out):
    """The category of a group of merchant category codes; `linked` when it was set, not found by its name."""

    group: str
    category_id: Id | None
    linked: bool


class CategoriseSettings(Out):
    """Whether learned categories are applied, from which confidence on, and what card payments' codes mean."""

    learn: bool
    min_confidence: float
    mcc: list[MccChoice]


class CategoriseSettingsIn(In):
    """What is left out stays. In `mcc`, group -> category, null for the one found by its name."""

    learn: bool | None = None
    min_confidence: Confidence | None = None
    mcc: dict[str, Id | None] | None = None
