"""What a CSV file says beside its lines: the currency and the account, in headers, amounts and the preamble."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from core.money import CURRENCIES, is_currency
from data.imports import csv_amounts, csv_dates
from data.imports.csv_columns import Column, Roles
from data.imports.csv_headers import fold, score
from data.imports.csv_money import kind
from data.imports.csv_table import Rows, Table

_CODE: Final = re.compile(r"\b[A-Z]{3}\b|[£€¥₹₽₺₩₪₴฿]")
_IBAN: Final = re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,4})?\b")
_MONEY_KINDS: Final = ("amount", "debit", "credit")


def currency_of(table: Table, columns: list[Column], roles: Roles, fallback: str) -> str:
    """The currency of lines that name none: of most lines, of the amounts' headers or signs, of the preamble."""
    if roles.currency is not None:
        codes = Counter(cell.upper() for cell in columns[roles.currency].filled if is_currency(cell.upper()))
        if codes:
            return codes.most_common(1)[0][0]
    money = [c for c in columns if c.amounts >= 0.9 or (not c.filled and c.header)]
    money.sort(key=lambda column: kind(column) not in _MONEY_KINDS)
    for column in money:
        named = kind(column) in (*_MONEY_KINDS, "balance") or column.header.upper() in CURRENCIES
        if named and column.index < len(table.header):
            for text in _CODE.findall(table.header[column.index]):
                if meant := csv_amounts.currencies(text):
                    return fallback if fallback in meant else meant[0]
    cells = [cell for column in money if kind(column) != "original" for cell in column.filled]
    meant, count = next(iter(csv_amounts.units(cells).most_common(1)), ((), 0))
    if meant and count > 0.3 * len(cells):
        return fallback if fallback in meant else meant[0]
    return _stated_currency(table.preamble) or fallback


def _stated_currency(preamble: Rows) -> str:
    for label, value in _labels(preamble):
        code = value[:3].upper()
        if score("currency", fold(label)) >= 0.45 and is_currency(code) and not value[3:4].isalpha():
            return code
    return ""


def _labels(preamble: Rows) -> Iterator[tuple[str, str]]:
    """Label and value in the lines before the table: `Currency;EUR` and `Currency: EUR`."""
    for cells in preamble:
        filled = [cell for cell in cells if cell]
        if len(filled) >= 2:
            yield filled[0].rstrip(": "), filled[1]
        elif filled and ":" in filled[0]:
            label, _, value = filled[0].partition(":")
            yield label, value.strip()
    for above, below in pairwise(preamble):
        yield from ((label, value) for label, value in zip(above, below, strict=False) if label and value)


def account_of(preamble: Rows) -> str | None:
    """The account that the lines before the table name: an IBAN, else what stands after a word for account."""
    for cells in preamble:
        if found := _IBAN.search(" ".join(cells)):
            return found.group().replace(" ", "")
    for label, value in _labels(preamble):
        named = score("account", " ".join(fold(label).split()[:1])) == 1 or score("account", fold(label)) >= 0.45
        if named and sum(map(str.isdecimal, value)) >= 4 and not _is_figure(value):
            return " ".join(value.split())[:60]
    return None


def _is_figure(value: str) -> bool:
    """Whether the value is an amount or a day, not a number of an account."""
    return csv_dates.looks_like(value) or (not value.isdecimal() and csv_amounts.looks_like(value))
