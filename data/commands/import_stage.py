"""From the bytes of a file to the staging table: read as a stream, then the accounts and the numbers of equal lines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from data.commands import staging
from data.commands.import_accounts import Target
from data.frames.base import total
from data.imports.fingerprint import fingerprint
from data.imports.source import open_source
from data.imports.statement import Entry, Options, ParsedFile, Source, SplitEntry, Unreadable
from data.models.category import Category

_TICK: Final = 5_000  # entries between two words of progress
_PATIENCE: Final = (
    # The limit for pages is not for files of years.
    "SET LOCAL statement_timeout = '30min'",
    "SET LOCAL work_mem = '64MB'",
)
_NOTICE_DEATH: Final = "SET LOCAL client_connection_check_interval = '2s'"
_NUMBER = text(
    """
    WITH repeated AS (
        SELECT account_id, fingerprint FROM staging GROUP BY account_id, fingerprint HAVING count(*) > 1
    ), numbered AS (
        SELECT s.n, row_number() OVER (PARTITION BY s.account_id, s.fingerprint ORDER BY s.n) AS occurrence
        FROM staging s JOIN repeated USING (account_id, fingerprint)
    )
    UPDATE staging s SET occurrence = numbered.occurrence FROM numbered
    WHERE s.n = numbered.n AND numbered.occurrence > 1
    """
)
_REPEATED_IDS = text(
    """
    SELECT account_id, min(external_id) AS external_id FROM (
        SELECT account_id, external_id FROM staging WHERE external_id IS NOT NULL
        GROUP BY account_id, external_id HAVING count(*) > 1
    ) repeated GROUP BY account_id
    """
)
_DROP_IDS = text("UPDATE staging SET external_id = NULL WHERE account_id = ANY(CAST(:accounts AS bigint[]))")
_DROP_GONE = text(
    """
    UPDATE staging SET category_id = NULL
    WHERE category_id IS NOT NULL AND category_id NOT IN (SELECT id FROM categories WHERE tenant_id = :tenant)
    """
)
_MEETS = text(
    """
    SELECT EXISTS (SELECT 1 FROM transactions
                   WHERE tenant_id = :tenant AND account_id = ANY(CAST(:accounts AS bigint[])))
        OR EXISTS (SELECT 1 FROM import_entries
                   WHERE tenant_id = :tenant AND account_id = ANY(CAST(:accounts AS bigint[])))
    """
)


class Watch(Protocol):
    """Somebody who follows an import. An exception from any of these ends it, and nothing is booked."""

    def began(self, connection: Any) -> None:
        """The import's transaction runs on this connection of the driver, which may be told to cancel."""

    def read(self, entries: int, expected: int) -> None:
        """So many entries were read; `expected` is not fewer than the file has, and exact at the end."""


class Nobody:
    """Nobody follows."""

    def began(self, connection: Any) -> None: ...

    def read(self, entries: int, expected: int) -> None: ...


@dataclass(slots=True)
class Stage:
    """The entries of a file in the staging table, and what is known of them beside it.

    `booked` is the sum of the booked entries of each statement, `parts` what the file itself splits, by entry number.
    """

    data: bytes
    format: str | None
    watch: Watch
    parsed: ParsedFile = field(init=False)
    booked: list[int] = field(default_factory=list)
    parts: dict[int, list[SplitEntry]] = field(default_factory=dict)
    _categorised: bool = False
    _with_ids: bool = False

    def fill(self, session: Session, options: Options) -> None:
        """Read the whole file. `Unreadable` when it is no statement."""
        for setting in _PATIENCE:
            session.execute(text(setting))
        notice_death(session)
        self.watch.began(staging.connection_of(session))
        self.booked.clear()
        self.parts.clear()
        source = open_source(self.data, options, self.format)
        staging.fill(session, self._rows(source, _categories(session)))
        self.parsed = source.finish()
        if not self.booked and self.parsed.errors:
            first = self.parsed.errors[0]
            raise Unreadable(f"No line could be read; line {first.line}: {first.message}")
        self.booked += [0] * (len(self.parsed.statements) - len(self.booked))

    def settle(self, session: Session, tenant_id: int, targets: Sequence[Target]) -> list[str]:
        """Bring the entries to their accounts, and answer what had to be assumed."""
        _settle_accounts(session, [target.account_id for target in targets])
        if self._categorised:
            session.execute(_DROP_GONE, {"tenant": tenant_id})
        session.execute(_NUMBER)
        return _distrust_repeated_ids(session, targets) if self._with_ids else []

    def _rows(self, source: Source, categories: dict[str, int]) -> Iterator[tuple[Any, ...]]:
        """The entries in the order of `staging.ENTRY_COLUMNS`, numbered from 1 through the whole file."""
        booked, number = self.booked, 0
        for place, entry in source.entries():
            number += 1
            if number % _TICK == 0:
                self.watch.read(number, max(number, source.expected))
            while place >= len(booked):
                booked.append(0)
            if not entry.pending:
                booked[place] += entry.amount
            if entry.splits:
                self.parts[number] = entry.splits
            yield self._row(number, place, entry, categories)
        self.watch.read(number, number)

    def _row(self, number: int, place: int, entry: Entry, categories: dict[str, int]) -> tuple[Any, ...]:
        category_id = None
        if entry.category:
            category_id = categories.get(entry.category.strip().lower())
            self._categorised = self._categorised or category_id is not None
        if entry.external_id is not None:
            self._with_ids = True
        return (
            number,
            place,
            entry.booked_on,
            entry.value_on,
            entry.amount,
            entry.payee,
            entry.counterparty,
            entry.purpose,
            entry.reference,
            entry.external_id,
            category_id,
            entry.pending,
            entry.balance,
            entry.category,
            entry.original_amount,
            entry.original_currency,
            bool(entry.splits),
            entry.mcc,
            fingerprint(entry.booked_on, entry.amount, entry.payee, entry.purpose),
        )

    def sums(self) -> list[int]:
        """The sums of the booked entries of each statement; `AmountOverflow` when one is beyond bigint."""
        return [total([each]) for each in self.booked]


def meets_others(session: Session, tenant_id: int, targets: Sequence[Target]) -> bool:
    """Whether an earlier line could be one of the file's: one of the accounts has lines, or had some."""
    accounts = sorted({target.account_id for target in targets})
    return bool(session.execute(_MEETS, {"tenant": tenant_id, "accounts": accounts}).scalar_one())


def notice_death(session: Session) -> None:
    """Let the server end the transaction of a client that is gone, even within a long statement, where it can."""
    with suppress(DBAPIError), session.begin_nested():
        session.execute(text(_NOTICE_DEATH))


def _categories(session: Session) -> dict[str, int]:
    """The tenant's categories by lower-case name, where the name is theirs alone."""
    found: dict[str, list[int]] = {}
    for name, category_id in session.execute(select(func.lower(Category.name), Category.id)):
        found.setdefault(name, []).append(category_id)
    return {name: ids[0] for name, ids in found.items() if len(ids) == 1}


def _settle_accounts(session: Session, account_ids: Sequence[int]) -> None:
    """Put accounts where the places of statements stand: the n-th statement's entries go to the n-th account."""
    if len(set(account_ids)) == 1:
        # The value of all rows at once, without writing one of them anew.
        session.execute(text("ALTER TABLE staging DROP COLUMN account_id"))
        session.execute(text(f"ALTER TABLE staging ADD COLUMN account_id bigint NOT NULL DEFAULT {account_ids[0]:d}"))
    elif account_ids:
        ids = ",".join(f"{account_id:d}" for account_id in account_ids)
        session.execute(
            text(
                "ALTER TABLE staging ALTER COLUMN account_id TYPE bigint "
                f"USING (CAST('{{{ids}}}' AS bigint[]))[account_id + 1]"
            )
        )
    staging.index(session)


def _distrust_repeated_ids(session: Session, targets: Sequence[Target]) -> list[str]:
    """Take away the bank's ids of accounts in which one repeats: it would make one booking of two."""
    names = {target.account_id: target.name for target in targets}
    found = [(row.account_id, row.external_id) for row in session.execute(_REPEATED_IDS)]
    if found:
        session.execute(_DROP_IDS, {"accounts": [account_id for account_id, _ in found]})
    return [
        f"The bank's ids of account {names[account_id]} are not used: {repeated!r} repeats."
        for account_id, repeated in found
    ]
