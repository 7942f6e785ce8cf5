"""Which columns hold the money: an amount, or a pair of debit and credit, and the balance after each line.

A balance column proves what it goes with: from line to line it moves by the amount.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from data.imports.csv_amounts import Amounts
from data.imports.csv_columns import Column, Roles
from data.imports.csv_headers import score

_CLASSES: Final = {"original": 0.4, "noise": 0.55, "balance": 0.3, "debit": 0.4, "credit": 0.4, "amount": 0.3}
Cells = list[int | None]


@dataclass(frozen=True, slots=True)
class Relation:
    """How a balance column moves with an amount column: `sign` +1 by the amount, -1 by its opposite, 0 not at all.
    `newest_first` when the lines go back in time."""

    sign: int
    newest_first: bool = False
    steps: int = 0


NONE: Final = Relation(0)


def relate(amounts: Iterable[int | None], balances: Iterable[int | None], groups: Iterable[Hashable]) -> Relation:
    """The relation that at least four of five steps from line to line obey (within a group: an account)."""
    hits: Counter[tuple[int, bool]] = Counter()
    steps = 0
    for last_amount, amount, moved in _moves(amounts, balances, groups):
        steps += 1
        ways = {(1, False): amount, (-1, False): -amount, (1, True): -last_amount, (-1, True): last_amount}
        hits.update(way for way, step in ways.items() if moved == step)
    return _clear_winner(hits, steps)


def _moves(
    amounts: Iterable[int | None], balances: Iterable[int | None], groups: Iterable[Hashable]
) -> Iterator[tuple[int, int, int]]:
    """(amount before, amount, move of the balance) of lines that follow each other in a group and have all of them."""
    before: dict[Hashable, tuple[int | None, int | None]] = {}
    for amount, balance, group in zip(amounts, balances, groups, strict=True):
        last_amount, last_balance = before.get(group, (None, None))
        before[group] = (amount, balance)
        if balance is not None and last_balance is not None and amount and last_amount:
            yield last_amount, amount, balance - last_balance


def follows(amounts: Iterable[int | None], balances: Iterable[int | None], groups: Iterable[Hashable]) -> int:
    """How many steps of a balance are as large as an amount, whatever their signs; 0 when it is not nearly all."""
    moves = list(_moves(amounts, balances, groups))
    forwards = sum(abs(moved) == abs(amount) for _, amount, moved in moves)
    backwards = sum(abs(moved) == abs(last) for last, _, moved in moves)
    most = max(forwards, backwards)
    return most if most >= 0.8 * len(moves) else 0


def _clear_winner(hits: Counter[tuple[int, bool]], steps: int) -> Relation:
    if not hits:
        return NONE
    (sign, newest), count = hits.most_common(1)[0]
    opposite = max(hits[(-sign, False)], hits[(-sign, True)])
    return Relation(sign, newest, count) if count >= 0.8 * steps and count > opposite else NONE


def numeric(columns: list[Column], roles: Roles) -> list[Column]:
    """The columns that may hold money."""
    used = roles.used()
    return [column for column in columns if column.index not in used and (column.amounts >= 0.9 or not column.filled)]


def kind(column: Column) -> str:
    """What the header says of a column of numbers: original, noise, balance, debit, credit, amount or nothing."""
    scores = {name: score(name, column.header) for name in _CLASSES}
    if scores["debit"] and scores["credit"]:
        return "amount" if scores["amount"] else ""
    return next((name for name, enough in _CLASSES.items() if scores[name] >= enough), "")


def find_money(columns: list[Column], roles: Roles, read: Amounts) -> bool:
    """Set the money roles. None is set when no column can be an amount.

    True when two columns without names were told apart by nothing but how often they are filled.
    """
    kinds: dict[str, list[Column]] = {}
    for column in numeric(columns, roles):
        kinds.setdefault(kind(column), []).append(column)
    groups = columns[roles.account].cells if roles.account is not None else [""] * len(columns[0].cells)
    values = {column.index: cells_of(column, read) for found in kinds.values() for column in found}
    if not _pair(kinds, roles, values):
        _single(kinds, roles, values, groups)
    _balance(kinds, roles, values, groups)
    find_original_amount(columns, roles)
    if roles.debit is None or roles.credit is None or columns[roles.debit].header or columns[roles.credit].header:
        return False
    balances = values[roles.balance] if roles.balance is not None else [None] * len(groups)
    proof = relate(signed_cells(roles, values), balances, groups)
    if proof.sign < 0:
        roles.debit, roles.credit = roles.credit, roles.debit
    return not proof.sign


def find_original_amount(columns: list[Column], roles: Roles) -> None:
    """The amount in another currency, by its header."""
    named = [c for c in numeric(columns, roles) if c.filled and score("original", c.header) >= 0.4]
    if named:
        roles.original_amount = max(named, key=lambda c: (score("original", c.header), -c.index)).index


def money_cells(columns: list[Column], roles: Roles, read: Amounts) -> dict[int, Cells]:
    """The amounts in the columns that hold money."""
    found = (roles.amount, roles.credit, roles.debit, roles.balance)
    return {at: cells_of(columns[at], read) for at in found if at is not None}


def cells_of(column: Column, read: Amounts) -> Cells:
    """The amounts of a column, None where there is none."""
    return [_amount(cell, read) for cell in column.cells]


def _amount(cell: str, read: Amounts) -> int | None:
    try:
        return read(cell) if cell else None
    except ValueError:
        return None


def _pair(kinds: dict[str, list[Column]], roles: Roles, values: dict[int, Cells]) -> bool:
    """Take a debit and a credit column: named so, or (without names) of which each line fills exactly one."""
    debits, credits = kinds.get("debit", []), kinds.get("credit", [])
    for debit in debits:
        for credit in credits:
            if (debit.filled or credit.filled) and _apart(values[debit.index], values[credit.index]) > 0.95:
                roles.debit, roles.credit = debit.index, credit.index
                return True
    if debits and not credits and not kinds.get("amount") and debits[0].filled:
        roles.debit = debits[0].index
        return True
    if any(kinds.get(name) for name in ("amount", "credit", "debit")):
        return False
    return _unnamed_pair([column for column in kinds.get("", []) if column.filled], roles, values)


def _unnamed_pair(columns: list[Column], roles: Roles, values: dict[int, Cells]) -> bool:
    for left, right in pairwise(columns):
        halves = left.fullness < 1 and right.fullness < 1 and left.fullness + right.fullness > 0.95
        if halves and _apart(values[left.index], values[right.index]) > 0.99:
            # Money goes out more often than it comes in; a balance corrects this (`find_money`).
            debit, credit = sorted((left, right), key=lambda column: -len(column.filled))
            roles.debit, roles.credit = debit.index, credit.index
            return True
    return False


def _apart(left: Cells, right: Cells) -> float:
    """Of the lines on which two columns have an amount other than zero, the share on which only one has."""
    filled = [bool(a) != bool(b) for a, b in zip(left, right, strict=True) if a or b]
    return sum(filled) / len(filled) if filled else 0.0


def _single(kinds: dict[str, list[Column]], roles: Roles, values: dict[int, Cells], groups: list[str]) -> None:
    """Take one amount column: the one that a balance proves, else the best name, else the most likely values."""
    named = [c for c in (*kinds.get("amount", []), *kinds.get("credit", []), *kinds.get("debit", [])) if c.filled]
    open_ones = named or [c for c in kinds.get("", []) if c.filled and not _is_number_of(c)]
    balances = [column for name in ("balance", "") for column in kinds.get(name, []) if column.filled]

    def rank(column: Column) -> tuple[float, ...]:
        signed = any(value is not None and value < 0 for value in values[column.index])
        marked = column.share(lambda cell: not cell.isdecimal())
        others = [values[other.index] for other in balances if other is not column]
        proof = max((follows(values[column.index], cells, groups) for cells in others), default=0)
        return proof, score("amount", column.header), column.fullness > 0.9, signed, marked > 0.5, -column.index

    if open_ones:
        roles.amount = max(open_ones, key=rank).index


def _is_number_of(column: Column) -> bool:
    """Whether an unnamed column is a running number or an identifier rather than money."""
    if column.share(str.isdecimal) < 1:
        return False
    numbers = [int(cell) for cell in column.filled[:100]]
    steps = {after - before for before, after in pairwise(numbers)}
    long = len(column.filled[0]) >= 6 and len({len(cell) for cell in column.filled}) == 1
    padded = column.share(lambda cell: len(cell) > 1 and cell[0] == "0") > 0
    return (len(numbers) > 2 and steps <= {1, -1}) or long or padded


def _balance(kinds: dict[str, list[Column]], roles: Roles, values: dict[int, Cells], groups: list[str]) -> None:
    """Take the balance: the column that moves with the amounts, else the one that is called so."""
    amounts = signed_cells(roles, values)
    named = [column for column in kinds.get("balance", []) if column.filled]
    unnamed = [column for column in kinds.get("", []) if column.index not in roles.used() and column.filled]
    proofs = {c.index: follows(amounts, values[c.index], groups) for c in (*named, *unnamed)} if amounts else {}
    # Of a balance before and one after each line, the one after moves by the amount of its own line.
    after = {index: relate(amounts, values[index], groups).sign == 1 for index in proofs}
    proven = max(proofs, key=lambda index: (proofs[index], after[index]), default=-1)
    if proven >= 0 and proofs[proven] >= (1 if proven in {column.index for column in named} else 2):
        roles.balance = proven
    elif named:
        roles.balance = max(named, key=lambda column: (score("balance", column.header), column.fullness)).index


def signed_cells(roles: Roles, values: dict[int, Cells]) -> Cells:
    """The amounts of the lines before direction and inversion: credit less debit for a pair."""
    if roles.amount is not None:
        return values[roles.amount]
    if roles.credit is None and roles.debit is None:
        return []
    size = len(next(iter(values.values())))
    nothing: Cells = [None] * size
    credits = values[roles.credit] if roles.credit is not None else nothing
    debits = values[roles.debit] if roles.debit is not None else nothing
    out, into = debit_sign(debits), credit_sign(credits)
    return [
        into * (credit or 0) + out * (debit or 0) if credit is not None or debit is not None else None
        for credit, debit in zip(credits, debits, strict=True)
    ]


def debit_sign(debits: Cells) -> int:
    """-1 when a debit column holds positive amounts (the usual way), +1 when its amounts are negative themselves."""
    return 1 if _mostly_negative(debits) else -1


def credit_sign(credits: Cells) -> int:
    """+1 when a credit column holds positive amounts (the usual way), -1 when they are negative (some cards)."""
    return -1 if _mostly_negative(credits) else 1


def _mostly_negative(cells: Cells) -> bool:
    return 2 * sum(cell < 0 for cell in cells if cell) > sum(1 for cell in cells if cell)
