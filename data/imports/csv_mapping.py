"""The CSV mapping of the API: what a caller knows about a file, and what the reader found out.

Everything may be left out: what a mapping does not say is found by looking at the file. `columns`, when it is
given, is complete: a role that it does not name is not read.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from core.errors import FieldError, Invalid
from core.money import is_currency
from data.imports.csv_columns import Roles
from data.imports.csv_dates import check_format
from data.imports.csv_dialect import known_encoding
from data.imports.csv_headers import fold
from data.imports.csv_text import MAX_CELLS

ColumnName = Annotated[int, Field(ge=0, lt=MAX_CELLS)] | Annotated[str, Field(min_length=1, max_length=200)]


def _as_list(value: Any) -> Any:
    return [value] if isinstance(value, int | str) and not isinstance(value, bool) else value


def _as_delimiter(value: Any) -> Any:
    if value in ("\\t", "tab", "TAB"):
        return "\t"
    if isinstance(value, str) and (len(value) != 1 or value.isalnum() or value in "\"' \r\n"):
        raise ValueError("must be one character such as , or ; or a tab")
    return value


def _as_thousands(value: Any) -> Any:
    if value in ("\u00a0", "\u202f", "\u2009"):
        return " "
    if value in ("\u2019", "\u2018"):
        return "'"
    return value or None


def _as_currency(value: Any) -> Any:
    if isinstance(value, str) and not is_currency(value):
        raise ValueError("must be a currency code (ISO 4217)")
    return value


def _as_encoding(value: Any) -> Any:
    return known_encoding(value) if isinstance(value, str) else value


def _as_format(value: Any) -> Any:
    if isinstance(value, str):
        check_format(value)
    return value


class CsvColumns(BaseModel):
    """Where each part of an entry stands: a header text or a column number (from 0)."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    booked_on: ColumnName
    value_on: ColumnName | None = None
    amount: ColumnName | None = None
    credit: ColumnName | None = None
    debit: ColumnName | None = None
    direction: ColumnName | None = None
    payee: ColumnName | None = None
    counterparty: ColumnName | None = None
    purpose: Annotated[list[ColumnName], BeforeValidator(_as_list), Field(max_length=50)] = []
    account: ColumnName | None = None
    currency: ColumnName | None = None
    balance: ColumnName | None = None
    external_id: ColumnName | None = None
    category: ColumnName | None = None
    mcc: ColumnName | None = None

    @model_validator(mode="after")
    def _needs_an_amount(self) -> Self:
        pair = self.credit is not None or self.debit is not None
        if self.amount is None and not pair:
            raise ValueError("amount: name the amount column, or credit and debit")
        if self.amount is not None and pair:
            raise ValueError("amount: name either amount, or credit and debit")
        if self.direction is not None and pair:
            raise ValueError("direction: goes with amount; credit and debit say it themselves")
        return self

    def all(self) -> list[str | int]:
        """Every column that is named."""
        single = [getattr(self, name) for name in type(self).model_fields if name != "purpose"]
        return [column for column in (*single, *self.purpose) if column is not None]


class CsvMapping(BaseModel):
    """How to read a CSV file. `decimal` and `thousands` are marks, `skip_lines` counts the lines before the header,
    `invert` means that positive amounts went out, `outflow_values` are the values of `direction` that mean so."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    delimiter: Annotated[str | None, BeforeValidator(_as_delimiter)] = None
    encoding: Annotated[str | None, BeforeValidator(_as_encoding)] = None
    skip_lines: Annotated[int, Field(ge=0, le=1_000_000)] | None = None
    decimal: Literal[".", ","] | None = None
    thousands: Annotated[Literal[".", ",", "'", " "] | None, BeforeValidator(_as_thousands)] = None
    date_format: Annotated[Annotated[str, Field(max_length=40)] | None, BeforeValidator(_as_format)] = None
    currency: Annotated[str | None, BeforeValidator(_as_currency)] = None
    invert: bool | None = None
    outflow_values: Annotated[list[Annotated[str, Field(max_length=80)]], Field(max_length=50)] | None = None
    columns: CsvColumns | None = None

    @model_validator(mode="after")
    def _marks_differ(self) -> Self:
        if self.decimal and self.decimal == self.thousands:
            raise ValueError("thousands: must differ from decimal")
        return self


def parse_mapping(raw: dict[str, Any] | None) -> CsvMapping:
    """The mapping of a request; `Invalid` names each field that is unknown or wrong."""
    try:
        return CsvMapping.model_validate(raw or {})
    except ValidationError as error:
        found = [_field_error(item) for item in error.errors(include_url=False, include_input=False)[:20]]
    errors = tuple({item.field: item for item in found}.values())
    raise Invalid("; ".join(f"{item.field}: {item.message}" for item in errors), errors=errors)


def _field_error(item: Any) -> FieldError:
    place = [str(part) for part in item["loc"] if part not in ("constrained-int", "constrained-str", "int", "str")]
    message = item["msg"].removeprefix("Value error, ")
    name, colon, rest = message.partition(": ")
    if (
        item["type"] == "value_error"
        and colon
        and name in CsvColumns.model_fields.keys() | CsvMapping.model_fields.keys()
    ):
        place, message = [*place, name], rest
    if len(place) > 1 and place[0] == "columns" and item["type"] not in ("value_error", "extra_forbidden", "missing"):
        message = "must be the text of a header or the number of a column (from 0)"
    if item["type"] == "extra_forbidden":
        message = "is not a field of a mapping"
    return FieldError(".".join(["mapping", *place]), message)


def roles_of(columns: CsvColumns, header: list[str]) -> Roles:
    """The column numbers that a mapping's names stand for (they are known to exist)."""
    names = [fold(name) for name in header]

    def at(column: str | int | None) -> int | None:
        return names.index(fold(column)) if isinstance(column, str) else column

    roles = Roles(purpose=[index for column in columns.purpose if (index := at(column)) is not None])
    for name in CsvColumns.model_fields:
        if name != "purpose":
            setattr(roles, name, at(getattr(columns, name)))
    return roles


def names_of(roles: Roles, header: list[str]) -> CsvColumns:
    """The columns as a mapping names them: by header where it is there and unique, else by number."""
    names = [fold(name) for name in header]

    def name(index: int | None) -> str | int | None:
        if index is None or index >= len(names) or not names[index] or names.count(names[index]) > 1:
            return index
        return header[index] if len(header[index]) <= 200 else index

    single = {field: name(getattr(roles, field)) for field in CsvColumns.model_fields if field != "purpose"}
    return CsvColumns.model_validate({**single, "purpose": [name(index) for index in roles.purpose]})
