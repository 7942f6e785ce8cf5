"""Which columns name the account, the other side and the purpose of a line."""

from __future__ import annotations

import re
from typing import Final

from data.imports.csv_columns import ENOUGH, Column, Roles, find_named
from data.imports.csv_headers import best_score, score

_IBAN = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]{10,30}")
_MOST_PURPOSES: Final = 20


def find_texts_and_ids(columns: list[Column], roles: Roles) -> None:
    """The roles that neither days nor money depend on."""
    find_named(columns, roles, "mcc", "status", "external_id", "category", "reference")
    find_texts(columns, roles)


def find_account(columns: list[Column], roles: Roles) -> None:
    """The account's own number or name, and the account of the other side.

    Where only one column is called an account and a name stands before it, it is the account of that name.
    """
    used = roles.used()
    free = [column for column in columns if column.index not in used]
    others = [c for c in free if _fits_best("counterparty", c) and _may_be_other_account(c)]
    clear = any(score("counterparty", c.header) > score("account", c.header) for c in others)
    first_name = min((c.index for c in free if score("payee", c.header) >= ENOUGH), default=len(columns))
    own = [c for c in free if _may_be_account(c) and _own_rank(c)[0] > 0]
    if not clear:
        own = [c for c in own if c.index < first_name or (c.distinct == 1 and len(c.cells) > 2) or c not in others]
    if own:
        roles.account = max(own, key=_own_rank).index
    others = [column for column in others if column.index != roles.account]
    if others:
        roles.counterparty = max(others, key=lambda c: (score("counterparty", c.header), c.fullness, -c.index)).index


def _fits_best(role: str, column: Column) -> bool:
    """Whether no other role fits the header better."""
    return score(role, column.header) >= max(ENOUGH, best_score(column.header))


def _may_be_account(column: Column) -> bool:
    few = column.distinct <= max(1, 0.9 * len(column.cells)) or len(column.cells) < 4
    return column.fullness >= 0.98 and few and column.dates < 0.5 and column.share(lambda cell: len(cell) > 1) > 0.9


def _may_be_other_account(column: Column) -> bool:
    plain = score("noise", column.header) >= score("counterparty", column.header)  # such as `Number`
    return not column.text and column.dates < 0.5 and (not plain or column.share(lambda cell: len(cell) >= 8) > 0.5)


def _own_rank(column: Column) -> tuple[float, float, float, int]:
    """How well a column fits as the account of the file; without a header, one number on all lines does."""
    named = score("account", column.header)
    if score("counterparty", column.header) > named:
        named = 0.0
    iban = column.share(lambda cell: bool(_IBAN.fullmatch(cell.replace(" ", "").strip('"')))) > 0.9
    number = column.share(lambda cell: sum(map(str.isdecimal, cell)) >= 8 and not any(map(str.isspace, cell))) > 0.9
    one = column.distinct == 1 and len(column.cells) > 2 and number
    alone = 0.5 if not column.header and (one or (iban and column.distinct <= 3)) else 0.0
    digits = column.share(lambda cell: any(map(str.isdecimal, cell)))
    return (named if named >= ENOUGH else alone), float(iban), digits, -column.index


def find_texts(columns: list[Column], roles: Roles) -> None:
    """The name of the other side and the texts. A single text is the name: it is what a person looks for."""
    used = roles.used()
    free = [column for column in columns if column.index not in used]
    named = [c for c in free if c.filled and score("payee", c.header) >= max(ENOUGH, _other_uses(c))]
    named = [c for c in named if c.text] or [c for c in named if _may_be_brief(c)]
    if named:
        roles.payee = max(named, key=lambda c: (score("payee", c.header), c.distinct > 1, c.fullness, -c.index)).index
    texts = [c for c in free if c.index != roles.payee and score("purpose", c.header) >= ENOUGH and _may_be_text(c)]
    if not any(column.filled for column in texts):
        texts += _unnamed_texts([column for column in free if column.index != roles.payee])
    if roles.payee is None and texts:
        chosen = _most_telling(texts)
        roles.payee = chosen.index
        texts.remove(chosen)
    roles.purpose = [column.index for column in texts][:_MOST_PURPOSES]


def _may_be_brief(column: Column) -> bool:
    """Whether a column that is called a name gives letters or, as of some councils, numbers of suppliers."""
    named = column.share(lambda cell: cell.isdecimal() or any(map(str.isalpha, cell)))
    return _fits_best("payee", column) and named > 0.5 and column.dates < 0.5


def _other_uses(column: Column) -> float:
    """How well a header fits what is no name, such as the name of the other side's bank."""
    return max(score("purpose", column.header), score("noise", column.header))


def _most_telling(texts: list[Column]) -> Column:
    """Of several texts the one that says who the other side was: it varies, and is more than a code."""
    most = max(column.distinct for column in texts)

    def rank(column: Column) -> tuple[bool, bool, bool, float, bool, int]:
        long = sum(map(len, column.filled)) >= 5 * len(column.filled)
        varied = 2 * column.distinct >= most
        return column.text, column.fullness > 0.5, varied, score("purpose", column.header), long, -column.index

    return max(texts, key=rank)


def _unnamed_texts(free: list[Column]) -> list[Column]:
    """The columns of words that vary most."""
    words = [c for c in free if c.text and c.filled and (c.distinct > 1 or len(c.cells) < 3)]
    words = [column for column in words if score("noise", column.header) < ENOUGH]
    most = sorted(words, key=lambda column: -column.distinct)[:3]
    return sorted(most, key=lambda column: column.index)


def _may_be_text(column: Column) -> bool:
    constant = column.distinct == 1 and len(column.filled) > 3
    return not constant and column.dates < 0.5
