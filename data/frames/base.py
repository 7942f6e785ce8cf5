"""From a SELECT to a DataFrame with known columns and dtypes, and the pieces that all SELECTs share."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeVar

import numpy as np
import pandas as pd
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Executable,
    Select,
    SQLColumnExpression,
    TableValuedAlias,
    cast,
    extract,
    func,
    literal,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from core.money import checked

Column = SQLColumnExpression[Any]
SomeSelect = TypeVar("SomeSelect", bound=Select[*tuple[Any, ...]])


@dataclass(frozen=True, slots=True)
class Scope:
    """The filters of a query, looked up: None is no filter; children of categories are in; 0 is uncategorised.

    `payee` and `weekday` (1 Monday .. 7) are of no query: figures of one are explained by them. Only frames that are
    made of `lines` or `ledger_lines` know them.
    """

    account_ids: tuple[int, ...] | None = None
    category_ids: tuple[int, ...] | None = None
    tag_ids: tuple[int, ...] | None = None
    payee: str | None = None
    weekday: int | None = None

    @property
    def line_by_line(self) -> bool:
        """Whether it takes some lines of a conversion group and leaves others, so that sums by day do not do."""
        return self.tag_ids is not None or self.payee is not None

    @property
    def parameters(self) -> dict[str, list[int]]:
        """The statement's `:accounts` and `:categories`, empty where there is no such filter."""
        return {"accounts": list(self.account_ids or ()), "categories": list(self.category_ids or ())}


def fetch(session: Session, statement: Executable, dtypes: dict[str, str]) -> pd.DataFrame:
    """Run `statement`; the frame's columns are those of `dtypes`, in its order. Nullable columns have dtype object."""
    return framed(session.execute(statement).all(), dtypes)


def framed(rows: Sequence[Any], dtypes: dict[str, str]) -> pd.DataFrame:
    """Rows as a frame whose columns are those of `dtypes`, in its order."""
    if not rows:
        return empty(tuple(dtypes.items())).copy()
    columns = zip(*rows, strict=True)
    return pd.DataFrame(
        {
            # An array first: given a list, pandas looks at each value for what it could be.
            name: pd.Series(np.fromiter(values, dtype, len(rows)), dtype=dtype, copy=False)
            for (name, dtype), values in zip(dtypes.items(), columns, strict=True)
        },
        copy=False,
    )


@cache
def empty(dtypes: tuple[tuple[str, str], ...]) -> pd.DataFrame:
    """A frame without rows: making one takes longer than most SELECTs."""
    return pd.DataFrame({name: pd.Series([], dtype=dtype) for name, dtype in dtypes})


def total(values: Iterable[Any]) -> int:
    """The exact sum of minor units; a sum beyond int64 is `AmountOverflow`, never a wrap-around."""
    return checked(sum(map(int, values)))


def big_sum(column: Column) -> ColumnElement[int]:
    """The sum as bigint: PostgreSQL raises an error when it does not fit (22003)."""
    return cast(func.coalesce(func.sum(column), 0), BigInteger)


def month_index(day: Column, start_day: int) -> ColumnElement[int]:
    """The index of the month that holds `day` (`core.period.Months.index`)."""
    shifted = day - (start_day - 1)
    return cast(extract("year", shifted) * 12 + extract("month", shifted) - 1, BigInteger)


def unnest(name: str, columns: Mapping[str, Any], rows: Sequence[Sequence[Any]]) -> TableValuedAlias:
    """Rows as a table made from one array parameter a column: the statement's text does not grow with them."""
    arrays = [
        cast(literal([row[place] for row in rows], ARRAY(kind)), ARRAY(kind))
        for place, kind in enumerate(columns.values())
    ]
    return func.unnest(*arrays).table_valued(*columns, name=name).render_derived()
