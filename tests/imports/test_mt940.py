"""MT940 and MT942: marks, dates, pages and dialects on small samples, and the shared files against their oracles."""

from __future__ import annotations

import csv
import json
from collections import defaultdict
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from data.imports import mt940
from data.imports.statement import Balance, Entry, Options, ParsedFile, Statement, Unreadable

OPTIONS = Options(currency="EUR", today=date(2026, 1, 31))
SHARED = Path(__file__).parents[2].parent / "shared" / "data"
shared = pytest.mark.shared
needs_shared = pytest.mark.skipif(not (SHARED / "mt940").is_dir(), reason="the real files of ../shared/data are absent")


def read(text: str | bytes) -> ParsedFile:
    data = text if isinstance(text, bytes) else text.encode()
    assert mt940.sniff(data)
    return mt940.parse(data, OPTIONS)


def message(lines: str, *, opening: str = ":60F:C260114EUR100,00", closing: str = ":62F:C260115EUR90,00") -> str:
    return f":20:REF\n:25:12345678/1020304050\n:28C:1/1\n{opening}\n{lines}{closing}\n-\n"


def statement(text: str) -> Statement:
    parsed = read(text)
    assert parsed.errors == []
    (found,) = parsed.statements
    return found


def only(line: str, details: str = "") -> Entry:
    (entry,) = statement(message(f":61:{line}\n{details}")).entries
    return entry


def test_a_statement():
    parsed = read(message(":61:2601150115DR10,00NTRFREF 1//BANK1\n:86:free text\n"))
    (found,) = parsed.statements
    assert parsed.format == "mt940"
    assert (found.account, found.currency, found.name) == ("12345678/1020304050", "EUR", None)
    assert found.opening == Balance(date(2026, 1, 15), 10000)
    assert found.closing == Balance(date(2026, 1, 15), 9000)
    assert found.entries == [
        Entry(
            date(2026, 1, 15),
            -1000,
            "EUR",
            line=5,
            value_on=date(2026, 1, 15),
            purpose="free text",
            reference="REF 1",
        )
    ]
    assert parsed.warnings == []


@pytest.mark.parametrize(
    ("mark", "minor", "pending"),
    [
        ("C", 1000, False),
        ("D", -1000, False),
        ("RC", -1000, False),
        ("RD", 1000, False),
        ("EC", 1000, True),
        ("ED", -1000, True),
        ("CR", 1000, False),
        ("DR", -1000, False),
        ("RCR", -1000, False),
        ("RDR", 1000, False),
        ("CF", 1000, False),
        ("CM", 1000, False),
        ("CN", 1000, False),
        ("CD", 1000, False),
        ("DD", -1000, False),
        ("CR\n", 1000, False),
        ("D ", -1000, False),
    ],
)
def test_marks_and_funds_codes(mark, minor, pending):
    entry = only(f"2601150115{mark}10,00NTRFNONREF")
    assert (entry.amount, entry.pending) == (minor, pending)


@pytest.mark.parametrize(
    ("written", "minor"),
    [
        ("2,", 200),
        ("0,3", 30),
        ("34,5", 3450),
        ("000000001213,28", 121328),
        ("1.234,56", 123456),
        (",5", 50),
        ("7", 700),
    ],
)
def test_amounts(written, minor):
    assert only(f"260115C{written}NTRFNONREF").amount == minor


@pytest.mark.parametrize(
    ("written", "booked_on", "value_on"),
    [
        ("2601150115", "2026-01-15", "2026-01-15"),
        ("260115", "2026-01-15", "2026-01-15"),
        ("260115    ", "2026-01-15", "2026-01-15"),
        ("2512310101", "2026-01-01", "2025-12-31"),
        ("2601011231", "2025-12-31", "2026-01-01"),
        ("2601030102", "2026-01-02", "2026-01-03"),
        ("991231", "1999-12-31", "1999-12-31"),
        ("2402290301", "2024-03-01", "2024-02-29"),
    ],
)
def test_the_booking_date_is_in_the_year_nearest_to_the_value_date(written, booked_on, value_on):
    entry = only(f"{written}D10,00NTRF")
    assert (entry.booked_on.isoformat(), entry.value_on.isoformat()) == (booked_on, value_on)


def test_the_30th_of_february_is_its_last_day_and_is_told():
    parsed = read(message(":61:2402300301DR10,00N024NONREF\n"))
    (entry,) = parsed.statements[0].entries
    assert (entry.value_on, entry.booked_on) == (date(2024, 2, 29), date(2024, 3, 1))
    assert "240230" in parsed.warnings[0]


def test_a_booking_date_that_is_none_gives_way_to_the_value_date():
    parsed = read(message(":61:2601150000DR10,00N024NONREF\n"))
    assert parsed.statements[0].entries[0].booked_on == date(2026, 1, 15)
    assert "'0000'" in parsed.warnings[0]


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("garbage", "not a statement line"),
        ("261315D1,00NTRF", "not a date"),
        ("260115X1,00NTRF", "not a statement line"),
        ("260115D1,234NTRF", "2 decimals"),
        ("260115D99999999999999999999,NTRF", "too large"),
        ("260115D1,2,3NTRF", "not an amount"),
    ],
)
def test_a_bad_line_costs_only_itself(line, why):
    parsed = read(message(f":61:{line}\n:86:of the bad line\n:61:260115D2,00NTRF\n:86:good\n"))
    (error,) = parsed.errors
    assert error.line == 5
    assert why in error.message
    assert [(entry.amount, entry.purpose) for entry in parsed.statements[0].entries] == [(-200, "good")]
    assert parsed.read == 2


def test_pages_of_one_statement_are_one():
    first = message(":61:260115D5,00NTRF\n", closing=":62M:C260115EUR95,00")
    second = message(":61:260115D5,00NTRF\n", opening=":60M:C260115EUR95,00")
    found = statement(first + second)
    assert [entry.amount for entry in found.entries] == [-500, -500]
    assert (found.opening.amount, found.closing.amount) == (10000, 9000)


def test_daily_statements_that_go_on_are_one():
    empty = [f"C2601{day}EUR100,00" for day in (14, 15)]
    days = [message("", opening=f":60F:{balance}", closing=f":62F:{balance}") for balance in empty]
    found = statement("".join(days) + message(":61:260116D10,00NTRF\n"))
    assert found.opening == Balance(date(2026, 1, 15), 10000)
    assert found.closing == Balance(date(2026, 1, 15), 9000)


@pytest.mark.parametrize(
    "second",
    [
        message("", opening=":60F:C260115EUR80,00", closing=":62F:C260116EUR80,00"),
        message("", opening=":60F:C260115USD90,00", closing=":62F:C260116USD90,00"),
        message("", opening=":60F:C260115EUR90,00").replace("1020304050", "1"),
    ],
)
def test_statements_that_do_not_go_on_stay_apart(second):
    parsed = read(message(":61:260115D10,00NTRF\n") + second)
    assert [len(found.entries) for found in parsed.statements] == [1, 0]


def test_the_opening_balance_is_of_the_day_its_entries_begin():
    same_day = message(":61:260114D10,00NTRF\n")
    assert statement(same_day).opening == Balance(date(2026, 1, 14), 10000)
    earlier = message(":61:260110D10,00NTRF\n")
    assert statement(earlier).opening == Balance(date(2026, 1, 10), 10000)
    none = message("", closing=":62F:C260114EUR100,00")
    assert statement(none).opening == Balance(date(2026, 1, 14), 10000)


def test_debit_balances_are_negative_and_may_be_short():
    found = statement(message("", opening=":60F:D260114EUR380115,", closing=":62F:D260115EUR0,3"))
    assert (found.opening.amount, found.closing.amount) == (-38011500, -30)


def test_a_balance_that_cannot_be_read_is_told():
    parsed = read(message("", closing=":62F:Dnullnull7414,3"))
    assert parsed.statements[0].closing is None
    assert "62F (line 5)" in parsed.warnings[0]


def test_available_balances_are_not_the_closing_balance():
    found = statement(message("", closing=":62F:C260115EUR90,00\n:64:Dnullnull7414,3\n:65:C260116EUR1,00\n:86:to all"))
    assert found.closing.amount == 9000


@pytest.mark.parametrize(
    ("account", "identifier", "currency"),
    [
        ("12345678/1020304050EUR", "12345678/1020304050", "EUR"),
        ("NL71RABO0123456789 EUR", "NL71RABO0123456789", "EUR"),
        ("UBRTHUHB/123456789150/HUF", "UBRTHUHB/123456789150", "HUF"),
        ("1291.99.348EUR", "1291.99.348", "EUR"),
        ("FR1420041010050500013M02606", "FR1420041010050500013M02606", None),
    ],
)
def test_the_currency_behind_the_account_is_not_of_its_number(account, identifier, currency):
    parsed = read(f":20:X\n:25:{account}\n:28C:1\n:61:260115D2,00NTRF\n")
    (found,) = parsed.statements
    assert (found.account, found.currency) == (identifier, currency)
    assert bool(parsed.warnings) == (currency is None)
    assert found.entries[0].currency == (currency or "EUR")


def test_decimals_follow_the_currency():
    found = statement(message(":61:260115D1000,NTRF\n", opening=":60F:C260114JPY5000,", closing=":62F:C260115JPY4000,"))
    assert (found.opening.amount, found.entries[0].amount, found.closing.amount) == (5000, -1000, 4000)


GERMAN = (
    ":86:166?00GUTSCHRIFT?100399?20EREF+EndToEndId TFNR 22 004?21 00001?22\n"
    "KREF+X?23SVWZ+Miete Januar Wohnung 2?24026 danke?30DRESDEFF508?31\n"
    "DE14508800500194785000?32KARL?33        KAUFMANN?34000\n"
)


def test_german_numbered_details_with_sepa_tags():
    entry = only("260115CR10,00NTRFNONREF//0724710333343453", GERMAN)
    assert (entry.payee, entry.counterparty) == ("KARL KAUFMANN", "DE14508800500194785000")
    assert (entry.purpose, entry.reference) == ("Miete Januar Wohnung 2026 danke", "EndToEndId TFNR 22 004 00001")
    assert entry.external_id is None


@pytest.mark.parametrize(
    ("details", "expected"),
    [
        ("166?00GUTSCHRIFT?20SVWZ+Test", (None, None, "Test", None)),
        ("166?00GUTSCHRIFT?109?32Eva", ("Eva", None, "GUTSCHRIFT", None)),
        (" 166?00X?20free text?21more?31 123 456?32A?33B", ("A B", "123456", "free text more", None)),
        (
            "000>100987\n>20ALGEMENE TUSSENREKENING KOS>21TEN>31039",
            (None, "039", "ALGEMENE TUSSENREKENING KOSTEN", None),
        ),
        ("105?20EREF+NOTPROVIDED?21IBAN+DE99 1?22SVWZ+why? because", (None, "DE991", "why? because", None)),
        ("159?00RETOURE?20EREF+TFNR 1?21MTLG:Konto gesperrt", (None, None, "Konto gesperrt", "TFNR 1")),
        ("020?00Wyplata?20INFO?38PL0810600076\n0007777?310001?32HUTA", ("HUTA", "PL08106000760007777", "INFO", None)),
        (
            "/IBAN/NL20INGB01/BIC/INGBNL2A/NAME/J. Jansen/REMI/Huur 1/2/EREF/E-1",
            ("J. Jansen", "NL20INGB01", "Huur 1/2", "E-1"),
        ),
        (
            "/EREF/NOTPROVIDED/BENM//NAME/CONTRA ACCOUNT HOLDER, THE NAME IS L\nONG/REMI//ISDT/2013-07-11",
            ("CONTRA ACCOUNT HOLDER, THE NAME IS LONG", None, None, None),
        ),
        (
            "/EREF/12814-125//CNTP/NL32INGB0000012345/INGBNL2A/ING NV INZAKE WEB///REMI/USTD//EV10001REP/",
            ("ING NV INZAKE WEB", "NL32INGB0000012345", "EV10001REP", "12814-125"),
        ),
        ("/PT/FT/PY/SOMETHING FOO", (None, None, "/PT/FT/PY/SOMETHING FOO", None)),
        ("FACTUUR 1\nREK: NL65INGB0123456789/NAAM: PICQER", ("PICQER", "NL65INGB0123456789", "FACTUUR 1", None)),
        ("911 TRANSAKCJA COLLECT; OD: JAN", (None, None, "911 TRANSAKCJA COLLECT; OD: JAN", None)),
        ("first\n:86:second", (None, None, "first second", None)),
        ("x" * 65 + "\nyz\nw", (None, None, "x" * 65 + "yz w", None)),
        ("", (None, None, None, None)),
    ],
)
def test_dialects_of_details(details, expected):
    entry = only("260115C10,00NTRFNONREF", f":86:{details}\n")
    assert (entry.payee, entry.counterparty, entry.purpose, entry.reference) == expected


@pytest.mark.parametrize(
    ("line", "details", "expected"),
    [
        ("260115D6,50NTRFNONREF//BANK7", "", (None, None, None, "BANK7")),
        ("260115D6,50NMSCNONREF\nCard transaction", "", (None, None, "Card transaction", None)),
        (
            "260115D6,50NOVBNL47INGB9999999999\nhr paulissen",
            "NL47INGB9999999999 hr paulissen\n\nSieraden",
            ("hr paulissen", "NL47INGB9999999999", "NL47INGB9999999999 hr paulissen Sieraden", None),
        ),
        ("260115D6,50N102EREF\nNL70ABNA0987654", "/EREF/77/NAME/Jan/REMI/x", ("Jan", "NL70ABNA0987654", "x", "77")),
        ("260115D6,50N0440121470966      W.P. Jansen", "KOSTEN", ("W.P. Jansen", "0121470966", "KOSTEN", None)),
        ("260115D6,50N030NONREF          SHOP AMSTERDAM", "", ("SHOP AMSTERDAM", None, None, None)),
        ("260115D6,50NIOB0987654\nmare s", "0987654 mare s", ("mare s", "0987654", "0987654 mare s", None)),
        ("260115D6,50S05168790452", "", (None, None, None, "68790452")),
        ("260115D6,50S   X", "", (None, None, None, None)),
    ],
)
def test_references_and_the_second_line(line, details, expected):
    entry = only(line, f":86:{details}\n" if details else "")
    assert (entry.payee, entry.counterparty, entry.purpose, entry.reference) == expected


def test_own_details_of_german_banks():
    entry = only("260115D6,50S051", ":NS:01Zweck 1\n02Zweck 2\n15Eva\n16Muster\n17Buchungstext\n1812345\n")
    assert (entry.payee, entry.purpose) == ("Eva Muster", "Zweck 1 Zweck 2")


def test_details_under_the_wrong_tag_do_not_change_the_account():
    found = statement(message(":61:260115D10,00NTRF\n:25:166?00GUTSCHRIFT?20SVWZ+Test\n"))
    assert (found.account, found.entries[0].purpose) == ("12345678/1020304050", "Test")


def test_a_time_or_a_tag_that_wraps_is_no_field():
    details = "805?00ABSCHLUSS?20Pauschalen?30123?602017-01-01T13\n:12:11 ok"
    assert only("260115D10,00NTRF", f":86:{details}\n").purpose == "Pauschalen 2017-01-01T13 :12:11 ok"
    long = "Karte " + "x" * 55 + " T12"
    assert only("260115D10,00NTRF", f":86:{long}\n:20:11 Ende\n").purpose == f"{long}:20:11 Ende"
    assert only("260115D10,00NTRF", ":\n86:wrapped\n").purpose == "wrapped"


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", ""),
        ("\x01{1:F01ASNBNL21XXXX0000000000}{2:O940ASNBNL21XXXXN}{3:}{4:\n", "-}{5:}\n"),
        ("ABNANL2A\n940\nABNANL2A\n", "-XXX\n"),
        (":940:\n", ""),
        ("\n\n", "-"),
    ],
)
def test_envelopes_preambles_and_line_ends(before, after, end):
    text = (before + message(":61:260115D10,00NTRF\n:86:ü\n").removesuffix("-\n") + after) * 2
    parsed = read(text.replace("\n", end).encode("cp1252"))
    assert [entry.purpose for found in parsed.statements for entry in found.entries] == ["ü", "ü"]


def test_an_interim_report_has_no_balances():
    text = (
        ":20:X\n:25:PL29114010810000267002001002\n:28C:1/1\n:34F:PLND0,\n:34F:PLNC0,\n:13D:2601151815+0100\n"
        ":61:2601150115CN0,01NTRFNONREF//MB1\n911-TRANSAKCJA\n:86:911 X\n:61:260115ED5,00NTRF\n:90D:1PLN5,00\n"
        ":90C:1PLN0,01\n-\n"
    )
    parsed = read(text)
    (found,) = parsed.statements
    assert (parsed.format, found.currency, found.opening, found.closing) == ("mt942", "PLN", None, None)
    assert [(entry.amount, entry.currency, entry.pending) for entry in found.entries] == [
        (1, "PLN", False),
        (-500, "PLN", True),
    ]


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "empty"),
        (b":20:REF\n:25:123\n:28C:1\n", "no MT940 balance"),
        (b":64:D140901EUR000000000003,66", "no MT940 balance"),
        (b"Date;Amount\n", "no MT940 balance"),
        (b"%PDF-1.4\n:20:", "PDF"),
        (b"<!DOCTYPE html>\n:20:", "HTML"),
        (b"\0\0\0:20:", "binary"),
    ],
)
def test_what_is_no_statement_is_refused_with_the_reason(data, why):
    with pytest.raises(Unreadable, match=why):
        mt940.parse(data, OPTIONS)


@pytest.mark.parametrize("data", [b"OFXHEADER:100", b"!Type:Bank", b"a;:61:;b", b"<x/>", b""])
def test_other_files_are_not_taken_for_mt940(data):
    assert not mt940.sniff(data)


# The library adds RC (the reversal of a credit) as if money came in. The two statements of sepa_mt9401 that have one
# add up only when it goes out, the first: -1234718.36 + 997241.96 (credits) - 204.88 (RC) - 999946.95 = -1237628.23.
REVERSED = {"sepa_mt9401.sta": 2 * 20488 * 2}
# Files with neither a balance nor a line hold nothing to import.
EMPTY = {
    "currency_in_25.sta",
    "empty_86.sta",
    "empty_line.sta",
    "account_identification_iban.sta",
    "account_identification_legacy.sta",
    "available_balance.sta",
    "reference.sta",
    "statement_number.sta",
}


@shared
@needs_shared
def test_every_shared_file_against_the_library():
    oracle = json.loads((SHARED / "oracle" / "mt940.mt-940lib.json").read_text())
    assert len(oracle) >= 30
    for name, said in oracle.items():
        path = SHARED / "mt940" / name
        if path.name in EMPTY:
            with pytest.raises(Unreadable):
                mt940.parse(path.read_bytes(), OPTIONS)
            continue
        parsed = read(path.read_bytes())
        assert parsed.errors == [], name
        assert parsed.read == said["n61"], name
        entries = [entry for found in parsed.statements for entry in found.entries]
        assert sum(entry.amount for entry in entries) == _minor(said["sum"]) - REVERSED.get(path.name, 0), name
        for entry, wanted in zip(entries, said["transactions"], strict=True):
            sign = -1 if wanted["status"] == "RC" else 1
            assert entry.amount == sign * _minor(wanted["amount"]), name
            assert entry.currency == (wanted["currency"] or "EUR"), name
            assert entry.value_on.isoformat() == wanted["date"], name
            assert entry.booked_on.isoformat() == (wanted["entry_date"] or wanted["date"]), name
        if said["closing"]:  # the last :62F: of the file, even where pages with :62M: follow (abnamro)
            closing = Balance(date.fromisoformat(said["closing"]["date"]), _minor(said["closing"]["amount"]))
            assert closing in [found.closing for found in parsed.statements], name


def _minor(text: str) -> int:
    return int(Decimal(text) * 100)


@shared
@needs_shared
def test_every_statement_adds_up_where_the_banks_does():
    rows = defaultdict(list)
    with (SHARED / "oracle" / "mt940.selfcheck.tsv").open() as lines:
        for row in csv.DictReader(lines, delimiter="\t"):
            rows[row["file"]].append(row)
    for name, expected in rows.items():
        parsed = read((SHARED / "mt940" / name).read_bytes())
        found = parsed.statements
        assert found[0].opening.amount == _minor(expected[0]["opening"]), name
        assert found[-1].closing.amount == _minor(expected[-1]["closing"]), name
        assert {s.currency for s in found} == {row["currency"] for row in expected}, name
        sums = [sum(entry.amount for entry in s.entries) for s in found]
        assert sum(sums) == sum(_minor(row["sum_61"]) for row in expected), name
        off = [s for s, total in zip(found, sums, strict=True) if s.opening.amount + total != s.closing.amount]
        assert bool(off) == any(row["reconciles"] == "False" for row in expected), name


@shared
@needs_shared
def test_the_names_that_the_shared_files_hold():
    def first(name: str, number: int = 0) -> Entry:
        entries = [e for s in read((SHARED / "mt940" / "wolph" / name).read_bytes()).statements for e in s.entries]
        return entries[number]

    paypal = first("betterplace/with_binary_character.sta")
    assert (paypal.payee, paypal.counterparty) == ("PAYPAL", "0175526300")
    assert paypal.purpose == "QQW53T2245ZGY46J ABBUCHUNG VOM PAYPAL-KONTO 100318P3TX1433EV"
    assert first("betterplace/with_binary_character.sta", 3).purpose.startswith(
        "Belegloser Zahlungsauftrag Überweisung:"
    )
    shop = first("jejik/knab.sta", 2)
    assert (shop.payee, shop.counterparty) == ("MMS ONLINE NEDERLAND B.V.", "NL84INGB0234561789")
    holder = first("jejik/rabobank-iban.sta")
    assert (holder.payee, holder.counterparty) == ("CONTRA ACCOUNT HOLDER", "NL70ABNA0987654321")
    broken = read((SHARED / "mt940" / "wolph" / "betterplace" / "sepa_snippet_broken.sta").read_bytes()).statements[0]
    assert (broken.account, broken.entries[0].payee) == ("50880050/0194787400888", "KARL KAUFMANN")
