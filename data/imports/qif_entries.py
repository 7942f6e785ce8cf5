"""QIF records as entries: bank records with their splits, and the cash side of investment records.

`L[Name]` is a transfer with the account of that name (the other leg is in that account's own list, to be matched,
not booked twice), other `L` values are categories with an optional `/class` behind. An investment action
moves the account's cash; one that ends in X settles with the account in `L[...]` instead and moves none here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from data.imports.qif_values import Style
from data.imports.statement import Entry, SplitEntry
from data.imports.text import clean, join

_GAINS = {"sell", "div", "intinc", "cglong", "cgshort", "cgmid", "miscinc", "rtrncap", "shtsell"}
_IN = _GAINS | {"xin", "contribx"}
_OUT = {"buy", "cvrshrt", "miscexp", "margint", "xout", "withdrwx", "withdrawx"}
_SELF_SETTLED = frozenset({"xin", "xout", "contribx", "withdrwx", "withdrawx"})  # the X is part of the word


@dataclass(slots=True)
class Record:
    """The lines of a record up to its `^`: the code letter and the rest of each, from `line` on."""

    line: int
    fields: list[tuple[str, str]] = field(default_factory=list)

    def add(self, number: int, text: str) -> None:
        if not self.fields:
            self.line = number
        self.fields.append((text[0], text[1:]))

    def first(self, code: str) -> str:
        """The value of a field, empty when absent. What follows the first split belongs to the splits."""
        for found, text in self.fields:
            if found == code:
                return text
            if found == "S":
                break
        return next((text for found, text in self.fields if found == code and code not in "D$E"), "")

    def splits(self) -> list[dict[str, str]]:
        """The S, E and $ lines of each split."""
        parts: list[dict[str, str]] = []
        for code, text in self.fields:
            if code == "S":
                parts.append({"S": text})
            elif parts and code in "E$":
                parts[-1].setdefault(code, text)
        return parts


def amounts(record: Record) -> Iterator[str]:
    """All amounts of a record as written."""
    return (text for code, text in record.fields if code in "TU$")


def transfer(text: str) -> str | None:
    """The account that `[Name]` names, or None."""
    name, end, _ = text.partition("[")[2].partition("]")
    return clean(name) if end else None


def same_name(one: str | None, other: str | None) -> bool:
    """Whether two account names are the same; programs differ in their case."""
    return one is not None and other is not None and one.lower() == other.lower()


def category(text: str) -> str | None:
    """The category path of an L or S value, without its class; None for transfers and split marks."""
    name = clean(text.partition("|")[0].partition("/")[0])
    return None if name is None or name.startswith(("[", "--")) else name


def opening_of(record: Record, name: str | None, style: Style, currency: str, *, first: bool) -> Entry | None:
    """The opening balance, which QIF writes as a transfer of the account with itself; its payee is the account's name.

    Without a known name only the payee `Opening Balance` tells; with it also a self-transfer in first place.
    """
    other = transfer(record.first("L"))
    if other is None:
        return None
    titled = (clean(record.first("P")) or "").lower() == "opening balance"
    known = titled if name is None else same_name(other, name) and (titled or first)
    if not known:
        return None
    text = record.first("T") or record.first("U") or "0"
    return Entry(style.day(record.first("D")), style.amount(text, currency), currency, record.line, payee=name or other)


def bank_entry(record: Record, style: Style, currency: str) -> Entry:
    """A record of a bank, cash or card account; `ValueError` says what is wrong with it."""
    return _entry(record, style.day(record.first("D")), _amount(record, style, currency), currency)


def trade_entry(record: Record, style: Style, currency: str, name: str | None) -> Entry | None:
    """The cash side of an investment record; None when no cash of the account `name` moved."""
    action = record.first("N").strip().lower()
    itself = same_name(transfer(record.first("L")), name)
    if itself and action.endswith("x") and action not in _SELF_SETTLED:
        action = action[:-1]  # settled with itself: the cash stays in the account
    if action and action != "cash" and action not in _IN | _OUT:
        return None
    amount = _amount(record, style, currency)
    entry = _entry(record, style.day(record.first("D")), -amount if action in _OUT else amount, currency)
    entry.payee = clean(record.first("Y")) or entry.payee
    entry.purpose = entry.purpose or clean(record.first("N"))
    entry.reference = None
    if itself:
        entry.counterparty = None
    return entry


def _amount(record: Record, style: Style, currency: str) -> int:
    text = next((text for text in map(record.first, "TU$") if text.strip()), "")
    if not text:
        raise ValueError("the amount is missing")
    return style.amount(text, currency)


def _entry(record: Record, day: date, amount: int, currency: str) -> Entry:
    number = clean(record.first("N"))
    return Entry(
        day,
        amount,
        currency,
        record.line,
        payee=clean(record.first("P")),
        counterparty=transfer(record.first("L")),
        purpose=clean(record.first("M")),
        # N is a cheque number or a kind of payment ("DEP", "TXFR", "ATM"); only a number refers to anything.
        reference=number if number and any(char.isdigit() for char in number) else None,
        category=category(record.first("L")),
    )


def add_splits(record: Record, entry: Entry, style: Style) -> bool:
    """Give the entry its splits; False when they do not add up to it, then it stays whole.

    A split that is a transfer keeps the account's name, in brackets as QIF writes it, in its note.
    """
    parts = record.splits()
    if not parts:
        return True
    try:
        splits = [
            SplitEntry(
                style.amount(part.get("$", ""), entry.currency),
                category(part["S"]),
                join([f"[{account}]" if (account := transfer(part["S"])) else None, part.get("E")]),
            )
            for part in parts
        ]
    except ValueError:
        return False
    if sum(split.amount for split in splits) != entry.amount:
        return False
    entry.splits, entry.category = splits, None
    return True
