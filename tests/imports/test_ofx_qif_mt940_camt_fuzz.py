"""Whatever the bytes, a reader answers soon, with statements or with `Unreadable`, and what it gives is whole."""

from __future__ import annotations

from datetime import date
from types import ModuleType

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.money import INT64_MAX, INT64_MIN, is_currency
from data.imports import camt, mt940, ofx, qif
from data.imports.statement import Entry, Options, Unreadable
from tests.hanging import no_hang

OPTIONS = Options(currency="EUR", today=date(2026, 1, 31))

SAMPLES: dict[ModuleType, bytes] = {
    ofx: b"OFXHEADER:100\nCHARSET:1252\n\n<OFX><BANKMSGSRSV1><STMTTRNRS><STMTRS><CURDEF>USD<BANKACCTFROM><ACCTID>1"
    b"</BANKACCTFROM><BANKTRANLIST><STMTTRN><TRNTYPE>DEBIT<DTPOSTED>20260115[-5:EST]<TRNAMT>-1,006.60<FITID>A<NAME>A &"
    b"amp; B<ORIGCURRENCY><CURRATE>1.1<CURSYM>GBP</ORIGCURRENCY><MEMO><![CDATA[x]]></STMTTRN></BANKTRANLIST><LEDGERBAL>"
    b"<BALAMT>5<DTASOF>20260131</LEDGERBAL></STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>",
    qif: b"!Account\nNBank\nTBank\n^\n!Type:Bank\nD1/ 2'26\nT-1,000.00\nPShop\nL[Cash]\nSFood/Class\nEa\n$-400.00\n"
    b"SRent\n$-600.00\n^\n!Type:Invst\nD1/3/26\nNBuyX\nYACME\nT5.00\nL[Else]\n^\n",
    mt940: b"{1:F01ASNBNL21XXXX}{4:\n:20:R\n:25:NL81ASNB9999999999EUR\n:28C:1/1\n:60F:C260114EUR1,00\n:61:260115"
    b"0115RCR5,NTRFREF//B\nmore\n:86:166?00GUT?20EREF+E?21SVWZ+zweck?30BIC?31DE12?32Eva\n:62F:D260115EUR4,00\n-}{5:}\n",
    camt: b'<?xml version="1.0" encoding="UTF-8"?><Document xmlns="camt.053.001.02"><BkToCstmrStmt><Stmt><Acct><Id>'
    b"<IBAN>NL1</IBAN></Id><Ccy>EUR</Ccy></Acct><Bal><Tp><CdOrPrtry><Cd>OPBD</Cd></CdOrPrtry></Tp><Amt Ccy='EUR'>1"
    b"</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-01-14</Dt></Dt></Bal><Ntry><Amt Ccy='EUR'>8.85</Amt><CdtDbtInd>DBIT"
    b"</CdtDbtInd><Sts>BOOK</Sts><BookgDt><Dt>2026-01-15</Dt></BookgDt><NtryDtls><TxDtls><RmtInf><Ustrd>u</Ustrd>"
    b"</RmtInf></TxDtls></NtryDtls></Ntry></Stmt></BkToCstmrStmt></Document>",
}
READERS = pytest.mark.parametrize("reader", list(SAMPLES), ids=lambda reader: reader.__name__.rpartition(".")[2])


def check(reader: ModuleType, data: bytes) -> None:
    """Read the bytes; what comes back must keep the promises of `data.imports.statement`."""
    reader.sniff(data)
    try:
        parsed = reader.parse(data, OPTIONS)
    except Unreadable:
        return
    entries = [entry for statement in parsed.statements for entry in statement.entries]
    assert parsed.read >= len(entries) + len(parsed.errors)
    assert all(error.line >= 1 and error.message for error in parsed.errors)
    for entry in entries:
        check_entry(entry, data.count(b"\n") + data.count(b"\r") + 1)


def check_entry(entry: Entry, lines: int) -> None:
    assert INT64_MIN <= entry.amount <= INT64_MAX
    assert is_currency(entry.currency)
    assert 1 <= entry.line <= lines
    assert entry.booked_on.year >= 1900
    if entry.splits:
        assert sum(split.amount for split in entry.splits) == entry.amount
    assert (entry.original_amount is None) == (entry.original_currency is None)
    for text in (entry.payee, entry.counterparty, entry.purpose, entry.reference, entry.external_id):
        assert text is None or (text.strip() == text and text and "\0" not in text)


@READERS
def test_the_samples_themselves_are_readable(reader):
    assert reader.sniff(SAMPLES[reader])
    parsed = reader.parse(SAMPLES[reader], OPTIONS)
    assert parsed.errors == []
    assert sum(len(statement.entries) for statement in parsed.statements) == 1


@READERS
def test_no_reader_takes_anothers_file(reader):
    assert [other for other in SAMPLES if other.sniff(SAMPLES[reader])] == [reader]


@READERS
@given(data=st.binary(max_size=400))
@settings(max_examples=100, deadline=None)
def test_random_bytes(reader, data):
    check(reader, data)


@READERS
@given(data=st.data())
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_samples_with_parts_cut_repeated_and_replaced(reader, data):
    sample = SAMPLES[reader]
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(sample)))
        stop = min(len(sample), start + data.draw(st.integers(0, 60)))
        new = data.draw(
            st.one_of(
                st.binary(max_size=8),
                st.just(sample[start:stop] * 2),
                st.sampled_from(
                    [b"<", b">", b"\n", b"^\n", b"!", b":61:", b":20:", b"-\n", b"9" * 30, b"0", b",", b"\xff"]
                ),
            )
        )
        sample = sample[:start] + new + sample[stop:]
    check(reader, sample)


@READERS
@pytest.mark.parametrize(
    "piece", [b"<", b"<a>", b"</STMTTRN>", b"&#", b"[", b"/", b"S\n", b"^\n", b"?20", b":86:", b"{1:", b"1,", b" "]
)
def test_hostile_repetitions_take_linear_time(reader, piece):
    half = SAMPLES[reader].find(b"T-1") if reader is qif else len(SAMPLES[reader]) // 2
    with no_hang():
        for data in (piece * 60_000, SAMPLES[reader][:half] + piece * 60_000 + SAMPLES[reader][half:]):
            check(reader, data)
