"""CAMT.052, .053 and .054: directions, batches, balances and hostile XML on small samples, and the shared files."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from data.imports import camt
from data.imports.statement import Balance, Entry, Options, ParsedFile, Statement, Unreadable

OPTIONS = Options(currency="EUR", today=date(2026, 1, 31))
SHARED = Path(__file__).parents[2].parent / "shared" / "data"
shared = pytest.mark.shared
needs_shared = pytest.mark.skipif(not (SHARED / "camt").is_dir(), reason="the real files of ../shared/data are absent")

ACCOUNT = (
    "<Acct><Id><IBAN>NL26VAYB8060476890</IBAN></Id><Tp><Cd>CACC</Cd></Tp><Ccy>EUR</Ccy><Nm>Main</Nm>"
    "<Svcr><FinInstnId><BIC>VAYBNL2A</BIC></FinInstnId></Svcr></Acct>"
)


def document(inside: str, *, message: str = "BkToCstmrStmt", part: str = "Stmt", account: str = ACCOUNT) -> str:
    number = {"Stmt": "053", "Rpt": "052", "Ntfctn": "054"}[part]
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.{number}.001.02"><{message}><GrpHdr><MsgId>1</MsgId>'
        f"</GrpHdr><{part}><Id>1</Id>{account}\n{inside}</{part}></{message}></Document>"
    )


def balance(code: str, amount: str, day: str = "2026-01-14", *, mark: str = "CRDT", currency: str = "EUR") -> str:
    return (
        f'<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp><Amt Ccy="{currency}">{amount}</Amt>'
        f"<CdtDbtInd>{mark}</CdtDbtInd><Dt><Dt>{day}</Dt></Dt></Bal>\n"
    )


def ntry(
    amount: str = '<Amt Ccy="EUR">8.85</Amt>',
    mark: str = "CRDT",
    status: str = "<Sts>BOOK</Sts>",
    booked: str = "<BookgDt><Dt>2026-01-15</Dt></BookgDt>",
    more: str = "",
) -> str:
    return f"<Ntry>{amount}<CdtDbtInd>{mark}</CdtDbtInd>{status}{booked}{more}</Ntry>\n"


def details(*inside: str) -> str:
    return "<NtryDtls>" + "".join(f"<TxDtls>{text}</TxDtls>" for text in inside) + "</NtryDtls>"


def read(text: str | bytes) -> ParsedFile:
    data = text if isinstance(text, bytes) else text.encode()
    assert camt.sniff(data)
    return camt.parse(data, OPTIONS)


def statement(inside: str, **kind: str) -> Statement:
    parsed = read(document(inside, **kind))
    assert parsed.errors == []
    (found,) = parsed.statements
    return found


def only(*args: str, **fields: str) -> Entry:
    (entry,) = statement(ntry(*args, **fields)).entries
    return entry


def test_a_statement():
    inside = balance("OPBD", "18.15") + balance("CLBD", "27.00", "2026-01-15")
    inside += ntry(more="<ValDt><Dt>2026-01-16</Dt></ValDt><AcctSvcrRef>B-1</AcctSvcrRef>")
    parsed = read(document(inside))
    (found,) = parsed.statements
    assert parsed.format == "camt.053"
    assert (found.account, found.currency, found.name, found.type) == ("NL26VAYB8060476890", "EUR", "Main", "checking")
    assert found.institution == "VAYBNL2A"
    assert (found.opening, found.closing) == (Balance(date(2026, 1, 15), 1815), Balance(date(2026, 1, 15), 2700))
    assert found.entries == [
        Entry(date(2026, 1, 15), 885, "EUR", line=5, value_on=date(2026, 1, 16), external_id="B-1")
    ]
    assert (parsed.read, parsed.warnings) == (1, [])


@pytest.mark.parametrize(
    ("message", "part", "name"),
    [
        ("BkToCstmrStmt", "Stmt", "camt.053"),
        ("BkToCstmrAcctRpt", "Rpt", "camt.052"),
        ("BkToCstmrDbtCdtNtfctn", "Ntfctn", "camt.054"),
    ],
)
def test_the_three_messages(message, part, name):
    parsed = read(document(ntry(), message=message, part=part))
    assert parsed.format == name
    assert len(parsed.statements[0].entries) == 1


@pytest.mark.parametrize(
    ("mark", "reversal", "minor"),
    [
        ("CRDT", "", 885),
        ("DBIT", "", -885),
        ("CRDT", "<RvslInd>true</RvslInd>", 885),
        ("DBIT", "<RvslInd>true</RvslInd>", -885),
        ("DBIT", "<RvslInd>1</RvslInd>", -885),
        ("DBIT", "<RvslInd>false</RvslInd>", -885),
    ],
)
def test_a_reversal_has_its_own_direction_already(mark, reversal, minor):
    assert only(mark=mark, status=f"{reversal}<Sts>BOOK</Sts>").amount == minor


@pytest.mark.parametrize(
    ("status", "pending"),
    [
        ("<Sts>BOOK</Sts>", False),
        ("<Sts><Cd>BOOK</Cd></Sts>", False),
        ("<Sts>PDNG</Sts>", True),
        ("<Sts><Cd>PDNG</Cd></Sts>", True),
        ("<Sts><Cd>FUTR</Cd></Sts>", True),
    ],
)
def test_what_is_not_booked_is_pending(status, pending):
    assert only(status=status).pending is pending


@pytest.mark.parametrize("status", ["<Sts>INFO</Sts>", "<Sts><Cd>INFO</Cd></Sts>"])
def test_what_is_only_told_is_left_out(status):
    parsed = read(document(ntry(status=status) + ntry()))
    assert len(parsed.statements[0].entries) == 1
    assert parsed.read == 2
    assert "INFO" in parsed.warnings[0]


@pytest.mark.parametrize(
    ("written", "currency", "minor"),
    [
        ("8.85000", "EUR", 885),
        ("200000", "SEK", 20000000),
        ("1500", "JPY", 1500),
        ("0", "EUR", 0),
        ("1.5", "KWD", 1500),
    ],
)
def test_amounts(written, currency, minor):
    entry = only(f'<Amt Ccy="{currency}">{written}</Amt>')
    assert (entry.amount, entry.currency) == (minor, currency)


def test_no_currency_is_the_accounts():
    parsed = read(document(ntry('<Amt Ccy="XXX">8.85</Amt>')))
    assert (parsed.statements[0].entries[0].amount, parsed.statements[0].entries[0].currency) == (885, "EUR")
    assert "no currency" in parsed.warnings[0]


def test_an_entry_may_be_in_another_currency_than_the_account():
    found = statement(ntry() + ntry('<Amt Ccy="USD">1.00</Amt>'))
    assert (found.currency, [entry.currency for entry in found.entries]) == ("EUR", ["EUR", "USD"])


@pytest.mark.parametrize(
    ("booked", "day"),
    [
        ("<BookgDt><Dt>2026-01-15</Dt></BookgDt>", "2026-01-15"),
        ("<BookgDt><Dt>2026-01-15+01:00</Dt></BookgDt>", "2026-01-15"),
        ("<BookgDt><DtTm>2026-01-15T23:30:00-05:00</DtTm></BookgDt>", "2026-01-15"),
        ("<BookgDt><DtTm>2026-01-15T00:30:00+02:00</DtTm></BookgDt>", "2026-01-15"),
        ("<ValDt><Dt>2026-01-16</Dt></ValDt>", "2026-01-16"),
    ],
)
def test_the_day_is_the_one_written_not_that_of_utc(booked, day):
    assert only(booked=booked).booked_on.isoformat() == day


@pytest.mark.parametrize(
    ("bad", "why"),
    [
        (ntry('<Amt Ccy="EUR">8.855</Amt>'), "2 decimals"),
        (ntry('<Amt Ccy="EUR">much</Amt>'), "not an amount"),
        (ntry('<Amt Ccy="EUR"></Amt>'), "amount is missing"),
        (ntry(""), "amount is missing"),
        (ntry(mark="BOTH"), "neither CRDT nor DBIT"),
        (ntry(booked=""), "BookgDt and ValDt are missing"),
        (ntry(booked="<BookgDt><Dt>2026-02-30</Dt></BookgDt>"), "not a date"),
    ],
)
def test_a_bad_entry_costs_only_itself(bad, why):
    parsed = read(document(bad + ntry()))
    (error,) = parsed.errors
    assert error.line == 3
    assert why in error.message
    assert len(parsed.statements[0].entries) == 1


PARTIES = (
    "<RltdPties><Dbtr><Nm>Deb</Nm></Dbtr><DbtrAcct><Id><IBAN>DE01</IBAN></Id></DbtrAcct>"
    "<Cdtr><Nm>Cred</Nm></Cdtr><CdtrAcct><Id><Othr><Id>12 34</Id></Othr></Id></CdtrAcct></RltdPties>"
)


@pytest.mark.parametrize(
    ("mark", "reversal", "parties", "expected"),
    [
        ("CRDT", "", PARTIES, ("Deb", "DE01")),
        ("DBIT", "", PARTIES, ("Cred", "1234")),
        ("CRDT", "<RvslInd>true</RvslInd>", PARTIES, ("Cred", "1234")),
        ("CRDT", "", PARTIES.replace("DE01", "NL26VAYB8060476890"), ("Cred", "1234")),
        ("CRDT", "", "<RltdPties><Cdtr><Nm>Shop</Nm></Cdtr></RltdPties>", ("Shop", None)),
        ("DBIT", "", "<RltdPties><Cdtr><Pty><Nm>V8</Nm></Pty></Cdtr></RltdPties>", ("V8", None)),
        ("DBIT", "", "<RltdPties><UltmtCdtr><Nm>Last</Nm></UltmtCdtr></RltdPties>", ("Last", None)),
        ("DBIT", "", "", (None, None)),
    ],
)
def test_the_other_side(mark, reversal, parties, expected):
    entry = only(mark=mark, status=f"{reversal}<Sts>BOOK</Sts>", more=details(parties))
    assert (entry.payee, entry.counterparty) == expected


@pytest.mark.parametrize(
    ("inside", "purpose"),
    [
        ("<RmtInf><Ustrd>Rent</Ustrd><Ustrd>January</Ustrd></RmtInf>", "Rent January"),
        (
            "<RmtInf><Strd><CdtrRefInf><Ref>RF18</Ref></CdtrRefInf><AddtlRmtInf>x</AddtlRmtInf></Strd></RmtInf>",
            "RF18 x",
        ),
        ("<AddtlTxInf>told</AddtlTxInf>", "told"),
        ("", "Booking text"),
    ],
)
def test_the_purpose(inside, purpose):
    assert only(more=details(inside) + "<AddtlNtryInf>Booking text</AddtlNtryInf>").purpose == purpose


@pytest.mark.parametrize(
    ("refs", "reference"),
    [
        ("<EndToEndId>E-1</EndToEndId><InstrId>I-1</InstrId>", "E-1"),
        ("<EndToEndId>NOTPROVIDED</EndToEndId><TxId>T-1</TxId>", "T-1"),
        ("<ChqNb>77</ChqNb>", "77"),
        ("<EndToEndId>notprovided</EndToEndId>", None),
    ],
)
def test_the_reference(refs, reference):
    assert only(more=details(f"<Refs>{refs}</Refs>")).reference == reference


def test_a_batch_is_one_booking():
    parts = [
        f'<Amt Ccy="EUR">{amount}</Amt><RltdPties><Dbtr><Nm>{name}</Nm></Dbtr></RltdPties>'
        for name, amount in (("A", "3.00"), ("B", "5.85"))
    ]
    parsed = read(document(ntry(more=details(*parts) + "<AddtlNtryInf>Batch</AddtlNtryInf>")))
    (entry,) = parsed.statements[0].entries
    assert (entry.amount, entry.payee, entry.purpose) == (885, None, "Batch (2 payments)")
    assert (parsed.read, parsed.warnings) == (1, [])


def test_a_batch_that_does_not_add_up_is_told():
    parsed = read(document(ntry(more=details('<Amt Ccy="EUR">3.00</Amt>', '<Amt Ccy="EUR">5.00</Amt>'))))
    assert parsed.statements[0].entries[0].amount == 885
    assert "do not add up" in parsed.warnings[0]


def test_a_batch_keeps_what_all_its_details_share():
    same = "<Refs><EndToEndId>E</EndToEndId></Refs><RltdPties><Dbtr><Nm>A</Nm></Dbtr></RltdPties>"
    batch = "<Btch><PmtInfId>P</PmtInfId><NbOfTxs>20</NbOfTxs></Btch>"
    entry = only(more=details(same, same).replace("<NtryDtls>", f"<NtryDtls>{batch}"))
    assert (entry.payee, entry.reference, entry.purpose) == ("A", "E", "(20 payments)")
    other = only(more=details(same, "").replace("<NtryDtls>", f"<NtryDtls>{batch}"))
    assert (other.payee, other.reference) == (None, "P")


def test_charges_and_original_amounts():
    inside = (
        '<AmtDtls><InstdAmt><Amt Ccy="USD">9.50</Amt></InstdAmt><TxAmt><Amt Ccy="EUR">8.85</Amt></TxAmt></AmtDtls>'
        '<Chrgs><TtlChrgsAndTaxAmt Ccy="CHF">0.31</TtlChrgsAndTaxAmt></Chrgs><RmtInf><Ustrd>Hotel</Ustrd></RmtInf>'
    )
    entry = only(mark="DBIT", more=details(inside))
    assert (entry.amount, entry.original_amount, entry.original_currency) == (-885, -950, "USD")
    assert entry.purpose == "Hotel charges 0.31 CHF"
    assert only(more=details('<AmtDtls><TxAmt><Amt Ccy="EUR">8.85</Amt></TxAmt></AmtDtls>')).original_amount is None


def test_balances():
    found = statement(
        balance("PRCD", "5.00", "2026-01-09", mark="DBIT")
        + balance("CLAV", "7.00")
        + balance("CLBD", "3.00", "2026-01-14")
        + balance("CLBD", "4.00", "2026-01-15", mark="DBIT")
        + balance("FWAV", "9.00")
    )
    assert found.opening == Balance(date(2026, 1, 10), -500)
    assert found.closing == Balance(date(2026, 1, 15), -400)
    both = statement(balance("PRCD", "1.00") + balance("OPBD", "2.00"))
    assert both.opening.amount == 200
    assert statement(balance("ITBD", "1.00")).closing is None


def test_a_balance_of_another_currency_is_not_the_accounts():
    parsed = read(document(balance("CLBD", "1.00", currency="SEK") + balance("OPBD", "2.00")))
    (found,) = parsed.statements
    assert (found.opening.amount, found.closing) == (200, None)
    assert "not in EUR" in parsed.warnings[0]


def test_a_balance_that_cannot_be_read_is_told():
    parsed = read(document(balance("CLBD", "1.005")))
    assert parsed.statements[0].closing is None
    assert "could not be read" in parsed.warnings[0]


def test_the_currency_of_an_account_that_states_none():
    account = ACCOUNT.replace("<Ccy>EUR</Ccy>", "")
    assert statement(balance("OPBD", "1.00", currency="CHF") + ntry(), account=account).currency == "CHF"
    assert statement(ntry('<Amt Ccy="SEK">1</Amt>'), account=account).currency == "SEK"
    assert statement(ntry('<Amt Ccy="SEK">1</Amt>') + ntry(), account=account).currency is None


def test_several_statements_and_an_empty_one():
    text = document(ntry()).replace("</Stmt>", "</Stmt><Stmt><Acct><Id><Othr><Id>9</Id></Othr></Id></Acct></Stmt>")
    parsed = read(text)
    assert [(found.account, len(found.entries)) for found in parsed.statements] == [("NL26VAYB8060476890", 1), ("9", 0)]


@pytest.mark.parametrize(
    ("first", "second", "kept"), [("7", "7", [None, None]), ("7", "8", ["7", "8"]), ("0", "", [None, None])]
)
def test_ids_that_repeat_or_say_nothing_are_not_used(first, second, kept):
    refs = [f"<AcctSvcrRef>{ref}</AcctSvcrRef>" for ref in (first, second)]
    parsed = read(document("".join(ntry(more=ref) for ref in refs)))
    assert [entry.external_id for entry in parsed.statements[0].entries] == kept
    assert bool(parsed.warnings) == (first == second)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "iso-8859-1", "cp1252"])
def test_encodings(encoding):
    text = document(ntry(more=details("<RmtInf><Ustrd>Café</Ustrd></RmtInf>")))
    text = text.replace("UTF-8", "UTF-16" if encoding == "utf-16" else encoding)
    assert read(text.encode(encoding)).statements[0].entries[0].purpose == "Café"


def test_prefixes_blank_lines_and_control_characters():
    text = document(ntry(more=details("<RmtInf><Ustrd>a\x01b &amp; c</Ustrd></RmtInf>")))
    text = text.replace("<", "<n:").replace("<n:/", "</n:").replace("<n:?", "<?").replace("xmlns=", "xmlns:n=")
    entry = read("\n\n" + text).statements[0].entries[0]
    assert (entry.purpose, entry.line) == ("ab & c", 5)


BOMB = '<?xml version="1.0"?><!DOCTYPE d [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><Document>camt.053&b;</Document>'


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "empty"),
        (b"camt.053", "XML is broken"),
        (b"%PDF-1.4 camt.053", "PDF"),
        (b"PK\x03\x04 camt.053", "ZIP"),
        (b"<!DOCTYPE html><html>camt.053</html>", "HTML"),
        (b"<Document>camt.053</Document>", "no CAMT statement"),
        (b"<Document><BkToCstmrStmt></BkToCstmrStmt></Document>", "no CAMT statement"),
        (BOMB.encode(), "document type"),
        (BOMB.encode("utf-16"), "document type"),
        (b'<!DOCTYPE d SYSTEM "file:///etc/passwd"><Document>camt.053</Document>', "document type"),
        (b"<a>" * 200, "deep"),
        (b"<Document>&undefined;</Document>", "XML is broken"),
        (b"<a></b>", r"XML is broken: mismatched tag \(line 1\)"),
    ],
)
def test_what_is_no_statement_is_refused_with_the_reason(data, why):
    with pytest.raises(Unreadable, match=why):
        camt.parse(data, OPTIONS)


def test_a_file_cut_off_is_refused_wherever_the_cut_is():
    text = document(ntry() + ntry()).encode()
    for cut in range(40, len(text)):
        with pytest.raises(Unreadable, match=r"XML is broken: .* \(line \d\)"):
            camt.parse(text[:cut], OPTIONS)


@pytest.mark.parametrize("data", [b"<OFX>", b"!Type:Bank", b":20:X", b"<Document/>", b""])
def test_other_files_are_not_taken_for_camt(data):
    assert not camt.sniff(data)


# The samples of genkgo close in another currency (SEK) than they open in (EUR): no closing balance of the account.
CLOSES_ELSEWHERE = {"camt053.v2.minimal.xml", "camt053.v3.xml", "camt053.v4.xml"}


@shared
@needs_shared
def test_every_shared_file_against_the_self_check():
    oracle = json.loads((SHARED / "oracle" / "camt.selfcheck.json").read_text())
    assert {str(path.relative_to(SHARED / "camt")) for path in (SHARED / "camt").rglob("*.xml")} == oracle.keys()
    for name, expected in oracle.items():
        parsed = read((SHARED / "camt" / name).read_bytes())
        assert parsed.errors == [], name
        assert parsed.format == expected[0]["root"][:8], name
        assert parsed.read == sum(said["n"] for said in expected), name
        for found, said in zip(parsed.statements, expected, strict=True):
            _check(Path(name).name, found, said)


def _check(name: str, found: Statement, said: dict[str, Any]) -> None:
    assert len(found.entries) == said["n"], name
    assert sum(entry.amount for entry in found.entries) == _minor(said["sum"]), name
    assert {entry.currency for entry in found.entries} == said["currencies"].keys(), name
    assert sum(entry.pending for entry in found.entries) == said["status"].get("PDNG", 0), name
    opening, closing = (said["balances"].get(code) for code in ("OPBD", "CLBD"))
    assert (found.opening.amount if found.opening else None) == (_minor(opening[0]) if opening else None), name
    if name not in CLOSES_ELSEWHERE:
        assert (found.closing.amount if found.closing else None) == (_minor(closing[0]) if closing else None), name
    else:
        assert found.closing is None, name
    if said.get("reconciles"):
        assert found.opening.amount + sum(entry.amount for entry in found.entries) == found.closing.amount, name


def _minor(text: str) -> int:
    return int(Decimal(text) * 100)


@shared
@needs_shared
def test_every_shared_file_against_genkgos_own_reader():
    compared = 0
    for path in (SHARED / "camt").rglob("*.xml"):
        ours = {
            (entry.amount, entry.currency, entry.value_on, entry.pending)
            for found in read(path.read_bytes()).statements
            for entry in found.entries
        }
        for said in _entries(json.loads(path.with_suffix(".json").read_text())):
            value_on = date.fromisoformat(said["getValueDate"]["0"][:10])
            amount = said["getAmount"]
            pending = said["getStatus"] == "PDNG"
            assert (int(amount["getAmount"]), amount["getCurrency"]["getCode"], value_on, pending) in ours, path.name
            compared += 1
    assert compared >= 9


def _entries(node: Any) -> Iterator[dict[str, Any]]:
    for inner in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from _entries(inner)
    if isinstance(node, dict) and str(node.get("__CLASS__", "")).endswith("DTO\\Entry"):
        yield node
