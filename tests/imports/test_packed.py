"""Statements in ZIP archives and gzip files."""

from __future__ import annotations

import gzip
import io
import zipfile
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.errors import Invalid
from data.imports import archive
from data.imports.detect import read_statement
from data.imports.statement import Options, ParsedFile, Unreadable
from tests.hanging import no_hang
from tests.imports.test_ofx_qif_mt940_camt_fuzz import SAMPLES
from tests.imports.test_xlsx import GOOD

OFX, QIF, MT940, CAMT = SAMPLES.values()
CSV = b"Date;Payee;Amount;Balance\n01.06.2026;Salary;2500,00;3000,00\n02.06.2026;Bakery;-3,20;2996,80\n"
TODAY = date(2026, 11, 23)


def zipped(**files: bytes) -> bytes:
    return packed([(name.replace("__", "."), content) for name, content in files.items()])


def packed(files: list[tuple[str, bytes]], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as file:
        for name, content in files:
            file.writestr(name, content)
    return out.getvalue()


def read(data: bytes, format_: str | None = None) -> ParsedFile:
    return read_statement(data, Options("EUR", TODAY, filename="statements.zip"), format_)


def amounts(parsed: ParsedFile) -> list[int]:
    return [entry.amount for statement in parsed.statements for entry in statement.entries]


def camt(day: str, opening: str, amount: str) -> bytes:
    text = CAMT.replace(b"2026-01-15", day.encode()).replace(b">8.85<", f">{amount}<".encode())
    return text.replace(b"<Amt Ccy='EUR'>1</Amt>", f"<Amt Ccy='EUR'>{opening}</Amt>".encode())


def test_the_files_of_an_archive_are_one_import():
    parsed = read(zipped(b__xml=camt("2026-01-16", "1", "2.00"), a__xml=camt("2026-01-15", "9", "8.00")))
    assert (parsed.format, parsed.read, parsed.warnings) == ("camt.053", 2, [])
    assert amounts(parsed) == [-800, -200]  # in the order of their names


def test_an_archive_may_mix_formats():
    parsed = read(zipped(a__xml=CAMT, b__csv=CSV, c__xlsx=GOOD, d__sta=MT940, e__ofx=OFX, f__qif=QIF))
    assert parsed.format == "zip"
    assert (len(amounts(parsed)), parsed.mapping) == (9, None)


def test_what_belongs_to_the_file_system_and_copies_for_people_are_left_out():
    files = [
        ("a.csv", CSV), ("copy of a.csv", CSV), ("a.pdf", b"%PDF-1.7\n\0"), ("__MACOSX/._a.csv", b"\0\1\2"),
        ("x/.DS_Store", b"\0\1"), ("empty.csv", b""), ("folder/", b""),
    ]  # fmt: skip
    parsed = read(packed(files))
    assert amounts(parsed) == [250000, -320]
    assert parsed.warnings == [
        "a.pdf is left out: it is no text.",
        "copy of a.csv is left out: it is equal to another file of the archive.",
    ]


def test_lines_of_two_files_are_taken_once_and_twins_of_a_file_stay():
    twice = CSV + b"02.06.2026;Bakery;-3,20;2993,60\n"
    parsed = read(packed([("june 1.csv", CSV), ("june 2.csv", twice)]))
    assert amounts(parsed) == [250000, -320, -320]
    assert (parsed.read, parsed.warnings) == (5, ["june 2.csv: 2 lines that an earlier file has too are taken once."])


def test_equal_lines_of_files_that_share_few_lines_are_twins():
    other = b"Date;Payee;Amount;Balance\n02.06.2026;Bakery;-3,20;1,00\n02.06.2026;Zoo;-9,00;-8,00\n"
    assert amounts(read(packed([("a.csv", CSV), ("b.csv", other)]))) == [250000, -320, -320, -900]


def test_places_in_files_are_named_and_paths_are_not():
    bad = CSV + b"30.02.2026;Nonsense;1,00;1,00\n"
    parsed = read(packed([("../../etc/deep/june.csv", bad)]))
    assert [(error.line, error.message[:10]) for error in parsed.errors] == [(4, "june.csv: ")]
    assert "etc" not in str(parsed)


@pytest.mark.parametrize("content", [CSV, CAMT, OFX, QIF, MT940, GOOD])
def test_a_gzip_file_holds_one_statement(content: bytes):
    assert amounts(read(gzip.compress(content))) == amounts(read(content))


def test_a_format_is_that_of_the_files():
    assert amounts(read(zipped(a__txt=MT940), "mt940")) == [-500]
    with pytest.raises(Unreadable, match=r"a\.txt in the archive: .*not an OFX statement"):
        read(zipped(a__txt=MT940), "ofx")


def locked() -> bytes:
    """An archive whose members say that they are encrypted (bit 0 of the flags: APPNOTE 4.4.4)."""
    data = bytearray(zipped(a__csv=CSV))
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    return bytes(data)


def liar() -> bytes:
    """An archive whose member is larger than the directory says."""
    data = bytearray(zipped(a__csv=CSV * 50))
    at = data.index(b"PK\x01\x02") + 24
    data[at : at + 4] = (100).to_bytes(4, "little")
    return bytes(data)


NESTED = zipped(inner__zip=zipped(a__csv=CSV))


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (zipped(a__csv=b"0" * 50_000_000), "times its size"),
        (packed([(f"{n}.csv", b"") for n in range(1500)]), "more than 1000 files"),
        (NESTED, "inner.zip in the archive: An archive inside of an archive"),
        (gzip.compress(zipped(a__csv=CSV)), "archive inside of an archive"),
        (zipped(a__gz=gzip.compress(CSV)), "archive inside of an archive"),
        (gzip.compress(gzip.compress(CSV)), "archive inside of an archive"),
        (gzip.compress(CSV)[:40], "cut off"),
        (gzip.compress(CSV)[:8] + b"\xff" * 40, "damaged"),
        (b"\x1f\x8b", "cut off|damaged"),
        (zipped(a__csv=CSV)[:-20], "damaged or cut off"),
        (locked(), "password"),
        (liar(), "damaged"),
        (zipped(a__csv=CSV, b__csv=b"just words\nand more"), "b.csv in the archive"),
        (zipped(readme__txt=b""), "no statement"),
        (packed([]), "no statement"),
        (packed([("word/document.xml", b"<x/>")]), "a Word document"),
        (packed([("xl/workbook.bin", b"\0")]), "xlsb"),
        (packed([("META-INF/manifest.xml", b"<x/>"), ("content.xml", b"<x/>")]), "OpenDocument"),
    ],
    ids=lambda value: value if isinstance(value, str) else "file",  # the bytes of an archive carry the time of day
)
def test_what_cannot_be_read_is_refused_with_the_reason(data: bytes, why: str):
    with no_hang(), pytest.raises(Unreadable, match=why):
        read(data)


def test_an_archive_that_unpacks_to_too_much(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(archive, "MAX_UNPACKED", 300)
    with pytest.raises(Unreadable, match="unpacks to more than"):
        read(zipped(a__csv=CSV * 5))


def test_a_gzip_bomb_is_cut_short():
    bomb = gzip.compress(b"\0" * 600_000_000, 9)
    assert len(bomb) < 1_000_000
    with no_hang(), pytest.raises(Unreadable, match="unpacks to more than 256 MiB"):
        read(bomb)


@given(data=st.data())
@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_damaged_archives_are_read_or_refused(data: st.DataObject):
    good = data.draw(st.sampled_from([zipped(a__csv=CSV, b__xml=CAMT), gzip.compress(CSV), NESTED]))
    at = data.draw(st.integers(0, len(good) - 1))
    broken = good[:at] + data.draw(st.binary(max_size=6)) + good[at + data.draw(st.integers(0, 6)) :]
    try:
        parsed = read(broken)
    except Invalid:
        return
    assert parsed.read >= len(amounts(parsed))


@pytest.mark.shared
def test_all_shared_camt_files_in_one_archive(shared: Path):
    files = sorted((shared / "camt/genkgo").glob("camt053*.xml"))
    parsed = read(packed([(path.name, path.read_bytes()) for path in files]))
    alone = [read(path.read_bytes()) for path in files]
    assert len(files) >= 5
    assert parsed.format == "camt.053"
    assert len(parsed.statements) == sum(len(each.statements) for each in alone)
    assert parsed.read == sum(each.read for each in alone)
