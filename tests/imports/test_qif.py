"""QIF: what decides dates and amounts, sections and transfers, and the shared files against GnuCash's own imports."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from pathlib import Path
from xml.etree import ElementTree

import pytest

from data.imports import qif
from data.imports.statement import Balance, Entry, Options, ParsedFile, SplitEntry, Unreadable

OPTIONS = Options(currency="USD", today=date(2026, 1, 31))
SHARED = Path(__file__).parents[2].parent / "shared" / "data"
shared = pytest.mark.shared
needs_shared = pytest.mark.skipif(not (SHARED / "qif").is_dir(), reason="the real files of ../shared/data are absent")


def read(text: str | bytes, options: Options = OPTIONS) -> ParsedFile:
    data = text if isinstance(text, bytes) else text.encode()
    assert qif.sniff(data)
    return qif.parse(data, options)


def days(*written: str) -> list[str]:
    parsed = read("!Type:Bank\n" + "".join(f"D{day}\nT1.00\n^\n" for day in written))
    assert parsed.errors == []
    return [entry.booked_on.isoformat() for entry in parsed.statements[0].entries]


def amounts(*written: str, currency: str = "USD") -> list[int]:
    text = "!Type:Bank\n" + "".join(f"D1/31/26\nT{amount}\n^\n" for amount in written)
    parsed = read(text, Options(currency, OPTIONS.today))
    assert parsed.errors == []
    return [entry.amount for entry in parsed.statements[0].entries]


def test_a_bank_record():
    text = (
        "!Type:Bank\nD6/17/97\nU-2,345.00\nT-2,345.00\nCX\nN101\nPShop & Co\nMweekly\nAStreet 1\nLFood:Bread/Class\n^\n"
    )
    parsed = read(text)
    (statement,) = parsed.statements
    assert parsed.format == "qif"
    assert parsed.read == 1
    assert (statement.account, statement.name, statement.currency, statement.type) == (None, None, None, "checking")
    assert statement.entries == [
        Entry(
            date(1997, 6, 17),
            -234500,
            "USD",
            line=2,
            payee="Shop & Co",
            purpose="weekly",
            reference="101",
            category="Food:Bread",
        )
    ]


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("6/17/97", "1997-06-17"),
        ("8/ 1/97", "1997-08-01"),
        ("1/ 1'01", "2001-01-01"),
        ("8/31' 0", "2000-08-31"),
        ("2/10'2020", "2020-02-10"),
        ("03/25/099Share Withdrawal", "1999-03-25"),
        ("03/25/100", "2000-03-25"),
        ("2022-09-23", "2022-09-23"),
        ("20220923", "2022-09-23"),
        ("22.12.2017", "2017-12-22"),
        ("27-08-21", "2021-08-27"),
        ("1/2/27", "2027-01-02"),
        ("12/31/28", "1928-12-31"),
    ],
)
def test_dates_of_all_programs(written, day):
    assert days(written) == [day]


def test_one_date_decides_for_all():
    assert days("01/02/2018", "22/12/2017", "03/04/18") == ["2018-02-01", "2017-12-22", "2018-04-03"]
    assert days("01/02/2018", "12/22/2017", "03/04/18") == ["2018-01-02", "2017-12-22", "2018-03-04"]


def test_no_date_is_in_the_future():
    assert days("05/01/2026", "06/01/2026") == ["2026-01-05", "2026-01-06"]


def test_dates_that_do_not_tell_are_month_first_and_said():
    parsed = read("!Type:Bank\nD1/10/97\nT1.00\n^\n")
    assert parsed.statements[0].entries[0].booked_on == date(1997, 1, 10)
    assert "month first" in parsed.warnings[0]
    assert read("!Type:Bank\nD5/5/97\nT1.00\n^\n").warnings == []


def test_a_date_of_the_other_order_is_an_error_of_its_line():
    parsed = read("!Type:Bank\nD12/22/97\nT1\n^\nD12/23/97\nT1\n^\nD24/12/97\nT1\n^\n")
    assert [(error.line, "24/12/97" in error.message) for error in parsed.errors] == [(8, True)]
    assert parsed.read == 3


@pytest.mark.parametrize(
    ("written", "minor"),
    [
        (["2,345.00", "1,000"], [234500, 100000]),
        (["-2.345,00", "1.000"], [-234500, 100000]),
        (["-12,5", "3"], [-1250, 300]),
        (["1,000"], [100000]),
        (["1,234,567"], [123456700]),
        (["5.10", "5,20"], [510, 520]),
        (["$5.00", "-.5", "0"], [500, -50, 0]),
    ],
)
def test_one_amount_decides_the_decimal_sign_for_all(written, minor):
    assert amounts(*written) == minor


def test_yen_have_no_decimals():
    assert amounts("1,000", currency="JPY") == [1000]


@pytest.mark.parametrize(
    ("record", "why"),
    [
        ("D1/31/26\nPNo amount", "amount is missing"),
        ("D1/31/26\nTmuch", "not an amount"),
        ("D1/31/26\nT1.234", "2 decimals"),
        ("T1.00", "date is missing"),
        ("Dsoon\nT1.00", "not a date"),
        ("D2/30/26\nT1.00", "not a date"),
        ("D1/1/1066\nT1.00", "not a date"),
    ],
)
def test_a_bad_record_costs_only_itself(record, why):
    parsed = read(f"!Type:Bank\n{record}\n^\nD1/30/26\nT2.00\n^\n")
    (error,) = parsed.errors
    assert error.line == 2
    assert why in error.message
    assert [entry.amount for entry in parsed.statements[0].entries] == [200]


def test_the_opening_balance_names_the_account():
    parsed = read("!Type:CCard\nD2/10'2020\nT12.00\nCX\nPOpening Balance\nL[My Card]\n^\nD2/14'2020\nT-5.00\n^\n")
    (statement,) = parsed.statements
    assert (statement.name, statement.type) == ("My Card", "credit_card")
    assert statement.opening == Balance(date(2020, 2, 10), 1200)
    assert [entry.amount for entry in statement.entries] == [-500]
    assert parsed.read == 1


def test_a_first_transfer_to_itself_is_the_opening_balance_of_a_named_account():
    text = (
        "!Account\nNChecking\nTBank\n^\n!Type:Bank \nD3/29' 0\nPno really\nT1000.00\nL[checking]\n^\nD3/30' 0\nT1\n^\n"
    )
    (statement,) = read(text).statements
    assert statement.name == "Checking"
    assert statement.opening == Balance(date(2000, 3, 29), 100000)
    assert [entry.amount for entry in statement.entries] == [100]


def test_a_trade_that_settles_with_itself_is_no_opening_balance():
    (statement,) = read("!Account\nNB\n^\n!Type:Invst\nD1/30/26\nNMiscIncX\nT36.00\nLInc|[B]\n^\n").statements
    assert statement.opening is None
    assert [(entry.amount, entry.counterparty, entry.category) for entry in statement.entries] == [(3600, None, "Inc")]


def test_an_opening_balance_after_other_entries_is_one_of_them():
    parsed = read("!Type:Bank\nD2/14'2020\nT50.00\nPOpening Balance\nL[A]\n^\nD2/10'2020\nT-5.00\n^\n")
    (statement,) = parsed.statements
    assert statement.opening is None
    assert sorted(entry.amount for entry in statement.entries) == [-500, 5000]
    assert parsed.read == 2


def test_transfers_name_the_other_account_and_have_no_category():
    parsed = read("!Type:Bank\nD1/31/26\nT-5.00\nL[Swipe Brokers]/Class\n^\n")
    entry = parsed.statements[0].entries[0]
    assert (entry.counterparty, entry.category) == ("Swipe Brokers", None)


def test_splits_add_up_to_the_amount():
    splits = "S[An Account]\nEpart\n$-9.00\nSFood/Class\nD1/2'00\n$-1.00\n"
    entry = read(f"!Type:Bank\nD1/ 1'00\nT-10.00\nL--Split--\n{splits}Mafter\n^\n").statements[0].entries[0]
    assert entry.splits == [SplitEntry(-900, None, "[An Account] part"), SplitEntry(-100, "Food", None)]
    assert (entry.booked_on, entry.purpose, entry.category) == (date(2000, 1, 1), "after", None)


@pytest.mark.parametrize("part", ["$-8.00", "$much", ""])
def test_splits_that_do_not_add_up_are_not_invented(part):
    parsed = read(f"!Type:Bank\nD1/31/26\nT-10.00\nLFood\nSFood\n$-1.00\nSRent\n{part}\n^\n")
    entry = parsed.statements[0].entries[0]
    assert (entry.amount, entry.splits, entry.category) == (-1000, [], "Food")
    assert "line 2" in parsed.warnings[0]


def test_accounts_and_lists_in_one_file():
    text = (
        "!Type:Cat\nNFood\nT1\nE\n^\n!Option:AutoSwitch\n!Account\nNBank\nTBank\n^\nNCash\nTCash\n^\n!Clear:AutoSwitch\n"
        "!Account\nNBank\nTBank\n^\n!Type:Bank\nD1/30/26\nT-3\nL[Cash]\n^\n!Account\nNCash\nTCash\n^\n!Type:Cash\n"
        'D1/30/26\nT3\nL[Bank]\n^\n!Type:Memorized\nT-117.92\nPLoan\nKP\n^\n!Type:Prices\n"X",1,"1/1/26"\n^\n'
    )
    parsed = read(text)
    found = [(s.name, s.type, [(e.amount, e.counterparty) for e in s.entries]) for s in parsed.statements]
    assert found == [("Bank", "checking", [(-300, "Cash")]), ("Cash", "cash", [(300, "Bank")])]
    assert parsed.read == 2


@pytest.mark.parametrize(
    ("kind", "type_"),
    [("Oth A", "other_asset"), ("oth l", "other_liability"), ("INVST", "investment"), ("Cash ", "cash")],
)
def test_the_kinds_of_accounts(kind, type_):
    assert read(f"!Type:{kind}\n^\n").statements[0].type == type_


INVESTMENT = """!Account
NBroker
TInvst
^
!Type:Invst
D1/2/26
NXIn
T5,000.00
L[Bank]
$5,000.00
^
D1/13/26
NBuy
YACME
I35
Q100
T3,500.00
^
D1/14/26
NDiv
YACME
T120.00
^
D1/14/26
NSellX
YACME
T500.00
L[Bank]
$500.00
^
D1/15/26
NSellX
YACME
T10.00
L[Broker]
$10.00
^
D1/16/26
NReinvDiv
YACME
T7.15
^
D1/17/26
NCash
T-2.50
PFee
^
D1/18/26
NMiscExp
T1.00
^
"""


def test_an_investment_account_shows_the_movements_of_its_cash():
    parsed = read(INVESTMENT)
    (statement,) = parsed.statements
    assert (statement.name, statement.type) == ("Broker", "investment")
    assert [(entry.amount, entry.payee, entry.counterparty) for entry in statement.entries] == [
        (500000, None, "Bank"),
        (-350000, "ACME", None),
        (12000, "ACME", None),
        (1000, "ACME", None),
        (-250, "Fee", None),
        (-100, None, None),
    ]
    assert parsed.read == 8
    assert "ReinvDiv 1, SellX 1" in parsed.warnings[0]


def test_the_last_record_needs_no_end_mark():
    assert read("!Type:Bank\nD1/30/26\nT5.00").statements[0].entries[0].amount == 500


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1", "utf-16"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_encodings_and_line_ends(encoding, end):
    text = end.join(["!Type:Bank", "D1/30/26", "T5.00", "PLoisirs câble", "^", ""])
    entry = read(text.encode(encoding)).statements[0].entries[0]
    assert (entry.payee, entry.line) == ("Loisirs câble", 2)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "empty"),
        (b"This is not a QIF file. I promise.", "no line such as !Type:Bank"),
        (b"%PDF-1.4 !Type:Bank", "PDF"),
        (b"<html>!Type:Bank</html>", "HTML"),
        (b"!Type:Cat\nNFood\n^\n!Account\nNA\n^\n", "only lists \\(account, cat\\)"),
        (b"^\n!Type:Security\nNExample\nTStock", "only lists \\(security\\)"),
    ],
)
def test_what_is_no_statement_is_refused_with_the_reason(data, why):
    with pytest.raises(Unreadable, match=why):
        qif.parse(data, OPTIONS)


@pytest.mark.parametrize("data", [b"OFXHEADER:100", b":20:X\n:61:1\n", b"Date;!Type:\n", b"<x/>", b""])
def test_other_files_are_not_taken_for_qif(data):
    assert not qif.sniff(data)


# name: (entries, sum in minor units, name of the account, transactions read), taken off the files by hand
FILES = {
    "abc.qif": [(7, 171100, None)],
    "abc-all.qif": [(10, 355400, "ABC Bank")],
    "cbb-export.qif": [(9, -50759, None)],
    "web.qif": [(7, -49995, None)],
    "swipe.qif": [(8, 159845, None)],
    "quicktest.qif": [(6, 0, "Fidelity Inv")],
    "test.qif": [(5, -3550, "TestExport"), (1, -10000, None)],
    "test_oth_a.qif": [(5, -3550, "TestExport"), (1, -10000, None)],
    "test_split.qif": [(1, -1000, None)],
    "test_category_override.qif": [(4, 207744, None)],
    "test_circular_reference.qif": [(2, -1459, None)],
    "test_transaction_before_account_definition_1.qif": [(2, -19796, None)],
    "test_transaction_before_account_definition_2.qif": [(2, -19796, None)],
    "test_unknown_account_type.qif": [(0, 0, "Portfolio Account")],
}
LISTS_ONLY = {
    "empty.qif",
    "invalid.txt",
    "test_category_inherit.qif",
    "test_clear_autoswitch.qif",
    "test_nosymbol.qif",
    "test_option_autoswitch.qif",
}


@shared
@needs_shared
def test_every_shared_file():
    paths = [path for path in (SHARED / "qif").rglob("*") if path.suffix in (".qif", ".txt")]
    for path in paths:
        if path.name in LISTS_ONLY:
            with pytest.raises(Unreadable):
                qif.parse(path.read_bytes(), OPTIONS)
            continue
        parsed = read(path.read_bytes())
        assert parsed.errors == [], path.name
        found = [(len(s.entries), sum(e.amount for e in s.entries), s.name) for s in parsed.statements]
        assert found == FILES.get(path.name, found), path.name
    assert {path.name for path in paths} >= FILES.keys() | LISTS_ONLY


# GnuCash's book names the bank account after the file when the file does not.
BOOKS = {"abc": ("abc", "abc"), "abcall": ("abc-all", "ABC Bank"), "cbb-export": ("cbb-export", "cbb export")}


@shared
@needs_shared
@pytest.mark.parametrize("book", BOOKS)
def test_the_entries_are_those_that_gnucash_booked(book):
    name, account = BOOKS[book]
    parsed = read((SHARED / "qif" / "gnucash" / f"{name}.qif").read_bytes())
    ours = sorted((entry.booked_on, entry.payee, entry.amount) for entry in parsed.statements[0].entries)
    assert ours == sorted(_booked(SHARED / "qif" / "gnucash" / "expected" / f"{book}.gml2", account))


def _booked(path: Path, account: str) -> list[tuple[date, str, int]]:
    tree = ElementTree.parse(path)
    found = {node.findtext("{*}name"): node.findtext("{*}id") for node in tree.iter() if node.tag.endswith("}account")}
    booked = []
    for node in tree.iter("{http://www.gnucash.org/XML/gnc}transaction"):
        # GnuCash wrote local midnight of the bank's zone (-0400) as the evening before in its own (-0700).
        stamp = datetime.strptime(node.findtext("{*}date-posted/{*}date").strip(), "%Y-%m-%d %H:%M:%S %z")
        for split in node.iter("{http://www.gnucash.org/XML/trn}split"):
            if split.findtext("{*}account") == found[account]:
                value = int(split.findtext("{*}value").removesuffix("/100"))
                booked.append((stamp.astimezone(UTC).date(), node.findtext("{*}description"), value))
    return booked


@shared
@needs_shared
@pytest.mark.parametrize("book", BOOKS)
def test_the_other_sides_are_the_accounts_that_gnucash_made(book):
    """GnuCash makes an account of each category and of each account that a transfer names."""
    name, own = BOOKS[book]
    tree = ElementTree.parse(SHARED / "qif" / "gnucash" / "expected" / f"{book}.gml2")
    nodes = [node for node in tree.iter() if node.tag.endswith("}account") and node.findtext("{*}name")]
    theirs = {node.findtext("{*}name"): node.findtext("{*}type") for node in nodes if node.findtext("{*}parent")}
    parsed = read((SHARED / "qif" / "gnucash" / f"{name}.qif").read_bytes())
    entries = [entry for statement in parsed.statements for entry in statement.entries]
    categories = {e.category for e in entries} | {split.category for e in entries for split in e.splits}
    accounts = {e.counterparty for e in entries} | {
        found[1] for e in entries for split in e.splits if (found := re.match(r"\[(.+?)\]", split.note or ""))
    }
    assert (categories | accounts) - {None} == theirs.keys() - {own}
    kinds = {kind: {each for each, its in theirs.items() if its in kinds} for kind, kinds in KINDS.items()}
    assert categories - {None} == kinds["category"]
    assert accounts - {None} == kinds["account"] - {own}


KINDS = {"category": ("INCOME", "EXPENSE"), "account": ("BANK", "CASH", "CREDIT")}
