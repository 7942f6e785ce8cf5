"""From the bytes of a CSV file to a plan of how to read it, and the entries as a stream."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from data.imports.csv_cells import Rules
from data.imports.csv_context import account_of
from data.imports.csv_mapping import CsvMapping
from data.imports.csv_planner import Planner
from data.imports.csv_rows import More, RowReader
from data.imports.csv_text import records
from data.imports.statement import Entry, LineError, Options

Keyed = tuple[str | None, Entry] | LineError


@dataclass(frozen=True, slots=True)
class CsvPlan:
    """How a file will be read. `account` is what its preamble names, `warnings` what had to be assumed."""

    data: bytes
    mapping: CsvMapping
    rules: Rules
    first: int
    account: str | None
    warnings: tuple[str, ...]

    def entries(self) -> Iterator[Entry | LineError]:
        """The entries and errors in the order of the file, read as they are asked for."""
        for item in self.keyed(RowReader(self.rules)):
            yield item if isinstance(item, LineError) else item[1]

    def keyed(self, reader: RowReader) -> Iterator[Keyed]:
        """The entries with the account that their line names (None when it names none), and the errors."""
        read, account = reader.read, reader.account
        held: tuple[str | None, Entry] | None = None
        encoding, delimiter = self.mapping.encoding or "", self.mapping.delimiter or ""
        for line, cells in records(self.data, encoding, delimiter, first=self.first):
            item = read(line, cells)
            if item is None:
                continue
            if isinstance(item, More):
                _continue(held, item)
                continue
            if held:
                yield held
            held = (account(cells), item) if isinstance(item, Entry) else None
            if isinstance(item, LineError):
                yield item
        if held:
            yield held


def _continue(held: tuple[str | None, Entry] | None, more: More) -> None:
    if held:
        entry = held[1]
        entry.purpose = f"{entry.purpose} {more.text}" if entry.purpose else more.text


def open_csv(data: bytes, options: Options) -> CsvPlan:
    """How to read the file: by the mapping of `options` as far as it goes, else by what the file shows.

    `Unreadable` when it is no statement, `Invalid` when the mapping is wrong or does not fit the file.
    """
    planner = Planner.start(data, options)
    rules, mapping = planner.plan()
    table = planner.table
    return CsvPlan(
        data, mapping, rules, table.first, account_of(table.preamble), tuple(dict.fromkeys(planner.warnings))
    )
