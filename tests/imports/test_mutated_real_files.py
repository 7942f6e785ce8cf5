"""Real files of every format, damaged in every way a transfer or a person may do it: read or refused, never worse."""

from __future__ import annotations

from contextlib import suppress
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.errors import Invalid
from core.money import INT64_MAX, INT64_MIN, is_currency
from data.imports.detect import read_statement
from data.imports.statement import Options, ParsedFile
from tests.hanging import no_hang

pytestmark = pytest.mark.shared
OPTIONS = Options(currency="EUR", today=date(2026, 1, 31))
LARGEST = 40_000
OF_EACH = 12
KINDS = {"csv": "*.csv", "ofx": "*.[oq]fx", "qif": "*.qif", "mt940": "*.sta", "camt": "*.xml"}


@pytest.fixture(scope="module")
def files(shared: Path) -> list[bytes]:
    """Some of each kind, spread over all banks there are."""
    found: list[bytes] = []
    for folder, pattern in KINDS.items():
        paths = sorted(path for path in (shared / folder).rglob(pattern) if 0 < path.stat().st_size <= LARGEST)
        assert paths, folder
        found += [path.read_bytes() for path in paths[:: max(1, len(paths) // OF_EACH)]]
    return found


@st.composite
def damaged(draw: st.DrawFn, data: bytes) -> bytes:
    """The file cut off, with parts lost, repeated, moved or replaced, with foreign bytes, or as another encoding."""
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(data)))
        stop = min(len(data), start + draw(st.sampled_from((1, 3, 40, 400, 4_000))))
        part = data[start:stop]
        new = draw(
            st.one_of(
                st.sampled_from(
                    (b"", b"\0", b"\xff\xfe", b"\n", b'"', b"<", b"&", b"^\n", b"NaN", b"1E5", b"9" * 40, part * 3)
                ),
                st.binary(max_size=12),
            )
        )
        data = (
            data[:start] + new + (data[stop:] if draw(st.booleans()) else b"" if draw(st.booleans()) else data[start:])
        )
    if draw(st.integers(0, 9)) == 0:
        data = data.decode("latin-1").encode("utf-16")
    return data


@given(data=st.data())
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
def test_damaged_files_are_read_or_refused(files: list[bytes], data: st.DataObject) -> None:
    content = data.draw(damaged(data.draw(st.sampled_from(files), label="file")), label="damaged")
    with no_hang(), suppress(Invalid):
        check(read_statement(content, OPTIONS))


def check(parsed: ParsedFile) -> None:
    entries = [entry for statement in parsed.statements for entry in statement.entries]
    assert all(INT64_MIN <= entry.amount <= INT64_MAX and is_currency(entry.currency) for entry in entries)
    assert all(error.line >= 1 and error.message for error in parsed.errors)
    texts = (text for entry in entries for text in (entry.payee, entry.purpose, entry.external_id, entry.counterparty))
    assert all(text is None or (text and "\0" not in text) for text in texts)
