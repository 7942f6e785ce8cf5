"""Properties of the CSV reader: no input harms it, nothing gets lost, and every dialect reads back the same."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from datetime import date, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.money import format_amount
from data.imports.csv_reader import parse, sniff
from data.imports.csv_text import records
from data.imports.statement import Options, ParsedFile, Unreadable

TODAY = date(2026, 11, 23)
OPTIONS = Options("EUR", TODAY)
SLOW = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


def outcome(data: bytes, options: Options = OPTIONS) -> ParsedFile | str:
    """What the reader makes of bytes: a result, or the reason why there is none. Anything else fails the test."""
    try:
        return parse(data, options)
    except Unreadable as error:
        return error.detail


@SLOW
@given(st.binary(max_size=3000))
def test_any_bytes_are_read_or_refused_with_a_reason(data: bytes):
    assert outcome(data)
    assert sniff(data) in (True, False)


PIECES = st.one_of(
    st.sampled_from([",", ";", "\t", "|", "\n", "\r", "\r\n", '"', '""', " ", "\ufeff", "%", "\\"]),
    st.sampled_from(["2019-01-02", "31/12/2020", "1.234,56", "-5.00", "(3.10)", "EUR", "D", "x", "ß", "9" * 20]),
    st.sampled_from(["Date", "Amount", "Saldo", "Total", "Opening balance"]),
)


GOOD = """Account;DE44500105175407324931
Date;Value date;Payee;Purpose;Amount;Currency;Balance
13.01.2019;14.01.2019;Shop;"food; drink";-1.234,50;EUR;8.765,50
14.01.2019;14.01.2019;Work;pay;2.000,00;EUR;10.765,50
15.01.2019;16.01.2019;Shop;again;-0,50;EUR;10.765,00
"""


@SLOW
@given(
    st.lists(st.tuples(st.integers(0, len(GOOD)), st.integers(0, 12), st.lists(PIECES, max_size=4)), max_size=6),
    st.sampled_from(["utf-8", "cp1252", "utf-16"]),
)
def test_a_damaged_file_is_read_the_same_way_twice_or_refused(edits: list[tuple[int, int, list[str]]], encoding: str):
    text = GOOD
    for start, length, pieces in edits:
        text = text[:start] + "".join(pieces) + text[start + length :]
    data = text.encode(encoding, "replace")
    result = outcome(data)
    assert result
    if isinstance(result, ParsedFile):
        assert result.read == sum(len(s.entries) for s in result.statements) + len(result.errors)
        again = outcome(data, Options("EUR", TODAY, result.mapping))
        assert isinstance(again, ParsedFile), again
        assert (again.statements, again.errors, again.mapping) == (result.statements, result.errors, result.mapping)


@given(st.text('ab",;\n ', max_size=200), st.sampled_from([",", ";"]))
def test_no_letter_gets_lost_between_the_lines_and_the_cells(text: str, delimiter: str):
    found = "".join(cell for _, cells in records(text.encode(), "utf-8", delimiter) for cell in cells)
    assert [char for char in found if char in "ab"] == [char for char in text if char in "ab"]


@dataclass(frozen=True)
class Dialect:
    """A way to write a statement."""

    delimiter: str
    encoding: str
    end: str
    dates: str
    decimal: str
    thousands: str
    style: str
    preamble: int
    header: bool
    balance: bool
    newest_first: bool
    quoting: int


dialects = st.builds(
    Dialect,
    delimiter=st.sampled_from([",", ";", "\t", "|"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252"]),
    end=st.sampled_from(["\n", "\r\n", "\r"]),
    dates=st.sampled_from(["%Y-%m-%d", "%d/%m/%Y", "%d.%m.%y", "%Y%m%d", "%d %b %Y", "%Y-%m-%d 10:11:12"]),
    decimal=st.sampled_from([".", ","]),
    thousands=st.sampled_from(["", "'", " "]),
    style=st.sampled_from(["signed", "pair", "direction", "trailing"]),
    preamble=st.integers(0, 3),
    header=st.booleans(),
    balance=st.booleans(),
    newest_first=st.booleans(),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
)
lines = st.lists(
    st.tuples(
        st.integers(0, 40),
        st.integers(-(10**8), 10**8).filter(bool),
        st.text("abcäö ,;|\"'.-()", min_size=1, max_size=20).map(lambda text: f"Shop {text}"),
    ),
    min_size=3,
    max_size=12,
)


def write(dialect: Dialect, bookings: list[tuple[date, int, str]], opening: int) -> bytes:
    """The bookings as a file of the dialect, with a value of 28 February so that the order of days is clear."""

    def amount(minor: int) -> str:
        whole, _, rest = format_amount(abs(minor), "EUR").partition(".")
        text = f"{int(whole):,}".replace(",", dialect.thousands) + dialect.decimal + rest
        return f"{text}-" if minor < 0 and dialect.style == "trailing" else f"-{text}" if minor < 0 else text

    rows, running = [], opening
    for day, minor, text in bookings:
        running += minor
        money = {"pair": [amount(-minor) if minor < 0 else "", amount(minor) if minor > 0 else ""]}
        money["direction"] = [amount(abs(minor)), "D" if minor < 0 else "C"]
        cells = [day.strftime(dialect.dates), text, *money.get(dialect.style, [amount(minor)])]
        rows.append(cells + ([amount(running)] if dialect.balance else []))
    names = {"pair": ["Debit", "Credit"], "direction": ["Amount", "D/C"]}.get(dialect.style, ["Amount"])
    header = [["Date", "Description", *names, *(["Balance"] if dialect.balance else [])]]
    out = io.StringIO()
    writer = csv.writer(out, delimiter=dialect.delimiter, lineterminator=dialect.end, quoting=dialect.quoting)
    writer.writerows([["Export of a bank"]] * dialect.preamble + (header if dialect.header else []))
    writer.writerows(rows[::-1] if dialect.newest_first else rows)
    return out.getvalue().encode(dialect.encoding)


@SLOW
@given(dialects, lines, st.integers(10**9, 10**10))
def test_every_dialect_reads_back_the_same(dialect: Dialect, steps: list[tuple[int, int, str]], opening: int):
    day, bookings = date(2019, 1, 28), []
    for step, minor, text in steps:
        day += timedelta(days=step)
        bookings.append((day, minor, text))
    bookings += [(day, -1001, "Shop out"), (day, -1002, "Shop out"), (day, 1003, "Work in")]
    named = dialect.header or dialect.style in ("signed", "trailing") or dialect.balance
    result = outcome(write(dialect, bookings, opening))
    assert isinstance(result, ParsedFile), result
    assert result.errors == []
    entries = sorted((e for s in result.statements for e in s.entries), key=lambda e: e.line)
    entries = entries[::-1] if dialect.newest_first else entries
    found = [(entry.booked_on, entry.amount if named else abs(entry.amount)) for entry in entries]
    assert found == [(day, minor if named else abs(minor)) for day, minor, _ in bookings]
    again = outcome(write(dialect, bookings, opening), Options("EUR", TODAY, result.mapping))
    assert isinstance(again, ParsedFile)
    assert (again.statements, again.errors, again.mapping) == (result.statements, result.errors, result.mapping)
    if dialect.balance:
        closing = result.statements[0].closing
        assert closing
        assert closing.amount == opening + sum(minor for _, minor, _ in bookings)
