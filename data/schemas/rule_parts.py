"""What categorisation rules are made of: conditions that a transaction meets, and actions that follow."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Final, Literal, Self

from pydantic import (
    BeforeValidator,
    Field,
    TypeAdapter,
    ValidationError,
    ValidationInfo,
    WithJsonSchema,
    field_validator,
    model_validator,
)

from core.patterns import safe_pattern
from data.schemas.common import Day, Id, In, Money, Name, Text

RuleField = Literal[
    "payee",
    "purpose",
    "counterparty",
    "reference",
    "note",
    "amount",
    "absolute_amount",
    "booked_on",
    "weekday",
    "account_id",
    "category_id",
    "mcc",
]
RuleOperator = Literal[
    "is",
    "is_not",
    "one_of",
    "contains",
    "starts_with",
    "ends_with",
    "matches",
    "greater",
    "less",
    "between",
]
TEXT_FIELDS: Final = ("payee", "purpose", "counterparty", "reference", "note")
_EXACT: Final = ("is", "is_not", "one_of")
_OPERATORS: Final[dict[str, tuple[str, ...]]] = {
    **dict.fromkeys(TEXT_FIELDS, (*_EXACT, "contains", "starts_with", "ends_with", "matches")),
    **dict.fromkeys(("amount", "absolute_amount", "booked_on"), (*_EXACT, "greater", "less", "between")),
    **dict.fromkeys(("weekday", "account_id", "category_id", "mcc"), _EXACT),
}
_MOST_VALUES: Final = 200
_MONEY: TypeAdapter[str] = TypeAdapter(Money)
_DAY: TypeAdapter[date] = TypeAdapter(Day)
_TEXT: TypeAdapter[str] = TypeAdapter(Annotated[Text, Field(max_length=500)])


def _read_value(value: Any) -> Any:
    values = value if isinstance(value, list) else [value]
    if not values or len(values) > _MOST_VALUES or any(type(each) not in (str, int) for each in values):
        raise ValueError(f"must be a string or a number, or a list of 1 to {_MOST_VALUES} of them")
    return value


Value = Annotated[
    Any,
    BeforeValidator(_read_value),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "string"},
                {"type": "integer"},
                {"type": "array", "items": {"anyOf": [{"type": "string"}, {"type": "integer"}]}},
            ]
        }
    ),
]


class Condition(In):
    """What a field must be. Texts are compared without regard to case, accents and runs of white space; amounts are
    decimals in the account's currency, outflows negative (`absolute_amount`: without the sign); `between` includes
    both ends. `category_id` includes the categories below it, "none" is no category; weekday 1 is Monday."""

    field: RuleField
    operator: RuleOperator
    value: Value

    @field_validator("operator")
    @classmethod
    def _fits_the_field(cls, operator: str, info: ValidationInfo) -> str:
        known = _OPERATORS.get(info.data.get("field", ""), (operator,))
        if operator not in known:
            raise ValueError(f"must be one of {', '.join(known)} for {info.data['field']}")
        return operator

    @field_validator("value")
    @classmethod
    def _fits_the_operator(cls, value: Any, info: ValidationInfo) -> Any:
        field, operator = info.data.get("field"), info.data.get("operator")
        if field is None or operator is None:
            return value
        many = operator in ("one_of", "between")
        if isinstance(value, list) != many:
            raise ValueError("must be a list" if many else "must be one value, not a list")
        for each in value if many else [value]:
            _check_value(field, operator, each)
        if operator == "between" and (len(value) != 2 or _place(field, value[0]) > _place(field, value[1])):
            raise ValueError("must be two values, the lower one first")
        return value


def _as(adapter: TypeAdapter[Any], value: str) -> Any:
    """The value as the adapter reads it; `ValueError` says in one sentence why not."""
    try:
        return adapter.validate_python(value)
    except ValidationError as error:
        raise ValueError(error.errors()[0]["msg"].removeprefix("Value error, ")) from None


def _check_value(field: str, operator: str, value: str | int) -> None:
    """Raise `ValueError` when the value is not one of the field."""
    if field == "weekday":
        if type(value) is not int or not 1 <= value <= 7:
            raise ValueError("must be a number from 1 (Monday) to 7")
    elif not isinstance(value, str):
        raise ValueError("must be a string")
    elif operator == "matches":
        safe_pattern(_as(_TEXT, value))
    else:
        _check_text(field, value)
    if value == "":
        raise ValueError("must not be empty")


def _check_text(field: str, value: str) -> None:
    if field in ("amount", "absolute_amount"):
        _as(_MONEY, value)
        if field == "absolute_amount" and Decimal(value) < 0:
            raise ValueError("must not be negative")
    elif field == "booked_on":
        _as(_DAY, value)
    elif field == "mcc":
        if not (value.isascii() and value.isdecimal() and len(value) == 4):
            raise ValueError("must be a merchant category code of four digits")
    elif not _as(_TEXT, value).strip():
        raise ValueError("must not be blank")


def _place(field: str, value: str) -> Any:
    return Decimal(value) if field != "booked_on" else value


class SetCategory(In):
    type: Literal["set_category"]
    category_id: Id


class SetPayee(In):
    """Rename the payee; a pending transaction keeps its own, by which the booked one is recognised."""

    type: Literal["set_payee"]
    payee: Text = Field(min_length=1)


class AddTags(In):
    type: Literal["add_tags"]
    tags: list[Name] = Field(min_length=1, max_length=50)


class SetNote(In):
    type: Literal["set_note"]
    note: Text = Field(min_length=1)


class SetTransfer(In):
    """Mark as a transfer: `category_id`, of kind transfer or saving (by default the first of kind transfer), takes it
    out of income and expenses; `account_id`, the other side, becomes the counterparty, by which the pair is found."""

    type: Literal["set_transfer"]
    account_id: Id | None = None
    category_id: Id | None = None


class RulePart(In):
    """A part of a split: `percent` of the amount, or a fixed `amount` that takes the transaction's sign."""

    percent: Money | None = None
    amount: Money | None = None
    category_id: Id | None = None
    note: Text | None = None


class SplitInParts(In):
    """Split into parts; the last one has no `amount` and gets what is left, to the cent."""

    type: Literal["split"]
    parts: list[RulePart] = Field(min_length=2, max_length=50)

    @model_validator(mode="after")
    def _adds_up(self) -> Self:
        *others, last = self.parts
        if any((part.percent is None) == (part.amount is None) for part in others):
            raise ValueError("each part but the last needs either percent or amount")
        if last.amount is not None:
            raise ValueError("the last part takes what is left and has no amount")
        numbers = [Decimal(text) for part in self.parts for text in (part.percent, part.amount) if text is not None]
        if any(number <= 0 for number in numbers):
            raise ValueError("percent and amount must be above 0")
        percent = sum(Decimal(part.percent) for part in self.parts if part.percent is not None)
        whole = last.percent is not None
        if percent > 100 or (whole and (percent != 100 or any(part.amount for part in others))):
            raise ValueError("percents must add up to 100, or to less when the last part has none")
        return self


class Stop(In):
    """Ask no further rule about this transaction."""

    type: Literal["stop"]


Action = Annotated[
    SetCategory | SetPayee | AddTags | SetNote | SetTransfer | SplitInParts | Stop, Field(discriminator="type")
]
FILING: Final = ("set_category", "set_transfer", "split")
"""The actions that say what a transaction is: a rule has one of them at most."""


def each_once(actions: list[Action] | None) -> list[Action] | None:
    """The actions; `ValueError` when two of them would do the same thing."""
    kinds = ["filing" if action.type in FILING else action.type for action in actions or []]
    if len(set(kinds)) < len(kinds):
        raise ValueError("each action may stand once, and one of set_category, set_transfer and split")
    return actions
