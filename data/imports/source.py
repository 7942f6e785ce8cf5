"""A statement file as a stream of entries, whatever its format."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from data.imports.detect import reader_of
from data.imports.statement import Entry, Options, ParsedFile, Source, Statement


def open_source(data: bytes, options: Options, format_: str | None = None) -> Source:
    """The entries of a file, each statement in one currency. `Unreadable` says why and where it is no statement."""
    reader = reader_of(data, format_)
    if hasattr(reader, "stream"):
        source: Source = reader.stream(data, options)
        return source
    return Parsed(reader.parse(data, options))


class Parsed:
    """A file that was read as a whole, as a `Source`: formats whose files are small."""

    def __init__(self, parsed: ParsedFile) -> None:
        parsed.statements = by_currency(parsed.statements)
        self._parsed = parsed
        self.expected = sum(len(statement.entries) for statement in parsed.statements)

    def entries(self) -> Iterator[tuple[int, Entry]]:
        """Statement by statement, see `Source`."""
        for place, statement in enumerate(self._parsed.statements):
            for entry in statement.entries:
                yield place, entry

    def finish(self) -> ParsedFile:
        """See `Source`."""
        return self._parsed


def by_currency(statements: list[Statement]) -> list[Statement]:
    """The statements, each in one currency: lines in another go to a statement of `<account>/<currency>`.

    Only lines without a booked amount in the account's currency are still in another one here.
    """
    found: list[Statement] = []
    for statement in statements:
        own = statement.currency or next((entry.currency for entry in statement.entries), None)
        others = sorted({entry.currency for entry in statement.entries} - {own})
        found.append(replace(statement, entries=[e for e in statement.entries if e.currency == own]))
        base = statement.account or statement.name
        found.extend(
            Statement(
                account=f"{base}/{currency}" if base else None,
                currency=currency,
                entries=[entry for entry in statement.entries if entry.currency == currency],
                name=f"{statement.name}/{currency}" if statement.name else None,
                institution=statement.institution,
                type=statement.type,
            )
            for currency in others
        )
    return found
