"""Lines of a statement that is told again with other words or other ids: exports in a new layout, another format.

Works on the tables `staging` and `unclaimed` of `data.commands.suspects`. A statement tells again what the ledger has
where on their common days more than half of the lines are the same; then a line of the ledger that vanished and a
new line of the same day and amount may be one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.orm import Session

from data.imports.similarity import similar, words

_LARGEST_GROUP: Final = 2_500  # pairs of equal day and amount that are compared one by one
_NEW_IDS: Final = (3, 2)  # so many equal lines with other ids, on so many days, are no coincidence

# Per account, on days that both have: lines here and there, and how many of them are the same.
_OVERLAPS = text(
    """
    WITH here AS (
        SELECT account_id, booked_on, count(*) AS here, count(*) FILTER (WHERE status = 'duplicate') AS equal,
               count(*) FILTER (WHERE by_text AND status = 'new') AS twins
        FROM staging GROUP BY account_id, booked_on
    ), there AS (
        SELECT account_id, booked_on, count(*) AS vanished FROM unclaimed WHERE NOT by_hand
        GROUP BY account_id, booked_on
    ), changed AS (
        SELECT account_id, sum(least(new, vanished)) AS changed FROM (
            SELECT account_id, booked_on, amount, pending, count(*) AS new FROM staging
            WHERE status = 'new' AND NOT told_apart GROUP BY account_id, booked_on, amount, pending
        ) s JOIN (
            SELECT account_id, booked_on, amount, pending, count(*) AS vanished FROM unclaimed
            WHERE NOT by_hand GROUP BY account_id, booked_on, amount, pending
        ) u USING (account_id, booked_on, amount, pending)
        GROUP BY account_id
    ), sums AS (
        SELECT account_id, sum(equal) AS equal, sum(twins) AS twins,
               least(sum(here), sum(equal + coalesce(vanished, 0))) AS lines
        FROM here LEFT JOIN there USING (account_id, booked_on)
        WHERE equal + coalesce(vanished, 0) > 0
        GROUP BY account_id
    )
    SELECT account_id, equal, lines FROM sums JOIN changed USING (account_id)
    WHERE twins = 0 AND 2 * (equal + changed) > lines
    """
)
_LINES = text(
    """
    SELECT account_id, booked_on, amount, pending, true AS here, n AS id, payee, purpose, external_id, fingerprint
    FROM staging s
    WHERE status = 'new' AND NOT told_apart AND account_id = ANY(CAST(:accounts AS bigint[])) AND EXISTS (
        SELECT 1 FROM unclaimed u WHERE NOT u.by_hand AND u.account_id = s.account_id AND u.booked_on = s.booked_on
          AND u.amount = s.amount AND u.pending = s.pending)
    UNION ALL
    SELECT account_id, booked_on, amount, pending, false, id, payee, purpose, external_id, fingerprint
    FROM unclaimed u
    WHERE NOT by_hand AND account_id = ANY(CAST(:accounts AS bigint[])) AND EXISTS (
        SELECT 1 FROM staging s WHERE s.status = 'new' AND s.account_id = u.account_id
          AND s.booked_on = u.booked_on AND s.amount = u.amount AND s.pending = u.pending)
    ORDER BY account_id, booked_on, amount, pending, here, id
    """
)


@dataclass(slots=True)
class _Found:
    """The pairs of an account by what speaks for them; `days` are those of pairs with equal texts and other ids."""

    equal: int
    lines: int
    alike: list[tuple[int, int]] = field(default_factory=list)
    other_ids: list[tuple[int, int]] = field(default_factory=list)
    days: set[Any] = field(default_factory=set)
    other_words: list[tuple[int, int]] = field(default_factory=list)
    other_words_and_ids: list[tuple[int, int]] = field(default_factory=list)

    def pairs(self) -> Iterator[tuple[int, int]]:
        """Those that the account's overlap is strong enough for."""
        strong = 2 * self.equal > self.lines
        count, days = _NEW_IDS
        many = len(self.other_ids) >= count and len(self.days) >= days
        if strong or 2 * (self.equal + len(self.alike)) > self.lines:
            yield from self.alike
        if strong or (many and 2 * (self.equal + len(self.other_ids)) > self.lines):
            yield from self.other_ids
        if strong:
            yield from self.other_words_and_ids
            yield from self.other_words


def retold(session: Session) -> Iterator[tuple[int, int]]:
    """(entry number, transaction id) of lines that may be the same, the likeliest of a day and amount together."""
    accounts = {row[0]: _Found(int(row[1]), int(row[2])) for row in session.execute(_OVERLAPS)}
    if not accounts:
        return
    rows = session.execute(_LINES, {"accounts": list(accounts)}, execution_options={"yield_per": 5_000})
    for (account_id, day, *_), lines in groupby(rows, key=lambda row: row[:4]):
        _sort_out(accounts[account_id], day, list(lines))
    for found in accounts.values():
        yield from found.pairs()


def _sort_out(found: _Found, day: Any, lines: list[Any]) -> None:
    """Pair the lines of one account, day and amount, each once."""
    new, old = ([line for line in lines if line.here is here] for here in (True, False))
    if len(new) * len(old) > _LARGEST_GROUP:
        ranked = list(zip(sorted(new, key=_in_order), sorted(old, key=_in_order), strict=False))
    else:
        ranked = sorted(((one, other) for one in new for other in old), key=lambda pair: _rank(*pair))
    taken: set[tuple[bool, int]] = set()
    for one, other in ranked:
        keys = {(True, one.id), (False, other.id)}
        if not keys & taken:
            taken |= keys
            _file(found, day, one, other)


def _file(found: _Found, day: Any, one: Any, other: Any) -> None:
    pair = (one.id, other.id)
    has_other_id = _other_id(one, other)
    if has_other_id and one.fingerprint == other.fingerprint:
        found.other_ids.append(pair)
        found.days.add(day)
    elif similar(_words(one), _words(other)):
        (found.other_words_and_ids if has_other_id else found.alike).append(pair)
    elif not has_other_id:
        found.other_words.append(pair)


def _other_id(one: Any, other: Any) -> bool:
    return one.external_id is not None and other.external_id is not None


def _rank(one: Any, other: Any) -> tuple[object, ...]:
    """The likeliest pair first: equal texts, then similar ones, those without contradicting ids before others."""
    equal = one.fingerprint == other.fingerprint
    alike = equal or similar(_words(one), _words(other))
    shared = len(_words(one) & _words(other))
    return (not equal, not alike, _other_id(one, other), -shared, one.id, other.id)


def _words(line: Any) -> frozenset[str]:
    return words(line.payee, line.purpose)


def _in_order(line: Any) -> list[str]:
    return sorted(_words(line))
