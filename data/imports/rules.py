"""What holds for statements of all formats: when ids can be trusted, and from when an opening balance counts."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import timedelta

from data.imports.statement import Balance, Entry, Statement


def distrust_repeated_ids(statements: list[Statement], what: str, *, required: bool) -> list[str]:
    """Take away the external ids of an account in which they repeat, and say so (`what` names the field).

    A repeated id would make one booking of two. Where the format requires ids, their absence is told too:
    the file's duplicates can then only be known by what the lines say.
    """
    warnings = []
    by_account: dict[str | None, list[Entry]] = defaultdict(list)
    for statement in statements:
        by_account[statement.account] += statement.entries
    for account, entries in by_account.items():
        ids = Counter(entry.external_id for entry in entries if entry.external_id)
        repeated = next((name for name, count in ids.items() if count > 1), None)
        if repeated:
            for entry in entries:
                entry.external_id = None
        if repeated or (required and entries and not ids):
            why = f"{repeated!r} repeats" if repeated else "they are empty"
            warnings.append(f"The bank's ids ({what}) of account {account} are not used: {why}.")
    return warnings


def opening_day(stated: Balance | None, closing: Balance | None, entries: list[Entry]) -> Balance | None:
    """The opening balance at the start of the day from which the entries count.

    Banks date an opening balance with the day on which the one before closed: it is the balance at the start of the
    next day then, or of the first entry's day where that is earlier.
    """
    if stated is None:
        return None
    days = [entry.booked_on for entry in entries if not entry.pending]
    if not days and closing is not None and closing.day <= stated.day:
        return stated
    return Balance(min([stated.day + timedelta(days=1), *days]), stated.amount)
