"""Which way the money went: a direction column, or the sign of the amount, as the file itself proves it.

The running balance is proof. Without one, a column of directions or a pair of columns says it. Without these,
headers of payment registers and card statements are evidence; what is then assumed is told as a warning.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Final

from data.imports.csv_columns import Column, Roles
from data.imports.csv_headers import fold, score
from data.imports.csv_money import NONE, Cells, relate
from data.imports.csv_words import CARD, CARD_CREDIT, CARD_PAYMENT, IN, OUT, RECEIPTS, REGISTER

_MOST_VALUES: Final = 8
_USUAL: Final = 0.1  # of the lines: so many lines of an unknown direction are no mistake


@dataclass(frozen=True, slots=True)
class Signs:
    """`invert`: amounts as they stand have the opposite sign. `proof`: the balance moves by the amounts as they stand
    (+1), by their opposite (-1), or does not tell (0)."""

    invert: bool
    proof: int = 0
    warnings: list[str] = field(default_factory=list)


def find_direction(columns: list[Column], roles: Roles, amounts: Cells) -> int | None:
    """The column whose words say which way the money went, unless the amounts have signs of their own."""
    negative = sum(amount < 0 for amount in amounts if amount)
    if roles.amount is None or negative > 0.05 * len(amounts):
        return None
    used = roles.used()
    found = [column for column in columns if column.index not in used and _is_direction(column)]
    if not found:
        return None
    return max(found, key=lambda column: (score("direction", column.header), -column.index)).index


def _is_direction(column: Column) -> bool:
    values = Counter(fold(cell) for cell in column.filled)
    if not 0 < len(values) <= _MOST_VALUES or column.fullness < 0.95:
        return False
    known = sum(count for value, count in values.items() if value in IN or value in OUT)
    both = any(value in IN for value in values) and any(value in OUT for value in values)
    named = score("direction", column.header) >= 0.45 and not values.keys().isdisjoint(OUT)
    return known >= 0.95 * len(column.filled) and (both or named)


def outflows(values: Counter[str]) -> list[str]:
    """The values, as the file writes them, that mean money out."""
    return sorted(value for value in values if fold(value) in OUT)


def inflows(values: Counter[str], outflow_values: list[str]) -> frozenset[str]:
    """The folded values that mean money in: known words, and whatever else is usual in the column."""
    out = {fold(value) for value in outflow_values}
    total = sum(values.values())
    usual = {fold(value) for value, count in values.items() if count >= _USUAL * total}
    return frozenset((IN | usual) - out)


def find_signs(
    columns: list[Column], roles: Roles, amounts: Cells, balances: Cells, preamble: list[str], rising: bool | None
) -> Signs:
    """Whether the amounts (direction applied) must be inverted, by proof or evidence.

    `rising` tells whether the days of the lines rise (None: they do not move), which a proof must not contradict:
    the balance *before* each line moves like a balance after it with lines and signs turned round.
    """
    groups = columns[roles.account].cells if roles.account is not None else [""] * len(amounts)
    proof = relate(amounts, balances, groups) if balances else NONE
    proof = NONE if rising is not None and proof.newest_first == rising else proof
    headers = " ; ".join(column.header for column in columns)
    if roles.amount is None or roles.direction is not None:
        return Signs(False, proof.sign)
    if _is_card_account(columns, roles, amounts, f"{headers} ; {' ; '.join(map(fold, preamble))}"):
        text = "The lines read like those of a card account: positive amounts are taken as spending, negative ones as"
        return Signs(True, proof.sign, [f"{text} payments to it. {_other_way(False)}"])
    if proof.sign:
        return Signs(proof.sign < 0, proof.sign)
    return _without_proof(headers, amounts)


def _other_way(invert: bool) -> str:
    return f'If it is the other way round, give the mapping {{"invert": {str(invert).lower()}}}.'


def _without_proof(headers: str, amounts: Cells) -> Signs:
    positive = sum(amount > 0 for amount in amounts if amount)
    total = sum(1 for amount in amounts if amount)
    if REGISTER.search(headers) and not RECEIPTS.search(headers) and positive >= 0.8 * total > 0:
        text = "Nothing says which way the money went; the columns are those of a register of payments, so positive"
        return Signs(True, 0, [f"{text} amounts are taken as money out. {_other_way(False)}"])
    if positive == total > 0:
        text = "All amounts are positive and nothing says which way the money went: they are taken as money in."
        return Signs(False, 0, [f"{text} {_other_way(True)}"])
    return Signs(False)


def _is_card_account(columns: list[Column], roles: Roles, amounts: Cells, words: str) -> bool:
    """Mostly positive amounts and negative lines that speak of payments and refunds, under headers of a card."""
    wanted = CARD_CREDIT if CARD.search(words) else CARD_PAYMENT
    texts = [columns[index] for index in (roles.payee, roles.category, *roles.purpose) if index is not None]
    said = [" ".join(fold(column.cells[row]) for column in texts) for row in range(len(amounts))]
    spending = [bool(wanted.search(text)) for text, amount in zip(said, amounts, strict=True) if (amount or 0) > 0]
    payments = [bool(wanted.search(text)) for text, amount in zip(said, amounts, strict=True) if (amount or 0) < 0]
    if not payments or len(spending) < len(payments):
        return False
    return sum(payments) >= 0.6 * len(payments) and sum(spending) <= 0.2 * len(spending)
