# ruff: noqa: E501  (the lines of an export are as long as they are)
"""Exports of yet more banks: two balances, no names, pending lines, both signs in two columns.

The samples are written after the export formats of these banks (their headers are in bank2ynab's list of dialects).
"""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from core.money import format_amount
from data.imports.csv_reader import parse, sniff
from data.imports.statement import Options

OPTIONS = Options("EUR", date(2026, 11, 23))

FILES: dict[str, str] = {
    "abn": """\
123456789\tEUR\t20190102\t1000,00\t950,00\t20190102\t-50,00\tBEA   NR:123   02.01.19
123456789\tEUR\t20190103\t950,00\t2950,00\t20190103\t2000,00\tSEPA Overboeking
123456789\tEUR\t20190104\t2950,00\t2900,00\t20190104\t-50,00\tBEA   NR:124
123456789\tEUR\t20190105\t2900,00\t2850,10\t20190105\t-49,90\tBEA   NR:125
""",
    "before only": """\
Date,Text,Amount,Start balance
2019-01-02,a,-50.00,1000.00
2019-01-03,b,2000.00,950.00
2019-01-04,c,-10.00,2950.00
2019-01-05,d,-20.00,2940.00
""",
    "comdirect": """\
;
"Umsätze Girokonto";"Zeitraum: 30 Tage";
"Neuer Kontostand";"1.234,56 EUR";

"Buchungstag";"Wertstellung (Valuta)";"Vorgang";"Buchungstext";"Umsatz in EUR";
"offen";"--";"Lastschrift";"Auftraggeber: X";"-12,00";
"15.01.2019";"15.01.2019";"Lastschrift / Belastung";"Auftraggeber: Rewe Buchungstext: bla";"-45,10";
"14.01.2019";"14.01.2019";"Übertrag";"Auftraggeber: ACME";"1.000,00";

"Alter Kontostand";"279,66 EUR";
""",
    "discover": """\
Trans. Date,Post Date,Description,Amount,Category
01/14/2020,01/15/2020,"AMAZON",25.10,"Merchandise"
01/13/2020,01/13/2020,"DIRECTPAY FULL BALANCE",-500.00,"Payments and Credits"
01/12/2020,01/13/2020,"SHELL",30.00,"Gasoline"
""",
    "citi": """\
Status,Date,Description,Debit,Credit
Cleared,01/14/2020,"AMAZON",25.10,
Cleared,01/13/2020,"ONLINE PAYMENT, THANK YOU",,-500.00
Cleared,01/12/2020,"SHELL",30.00,
""",
    "rbc": """\
"Account Type","Account Number","Transaction Date","Cheque Number","Description 1","Description 2","CAD$","USD$"
Chequing,00123-1234567,1/14/2020,,"SHOP","",-12.30,,
Chequing,00123-1234567,1/15/2020,,"PAYROLL","ACME",1000.00,,
""",
    "nationwide": """\
"Account Name:","FlexAccount ****12345"
"Account Balance:","£123.45"
"Available Balance: ","£123.45"

"Date","Transaction type","Description","Paid out","Paid in","Balance"
"02 Jan 2020","Visa purchase","TESCO","£12.30","","£987.70"
"03 Jan 2020","Bank credit","ACME","","£1,000.00","£1,987.70"
""",
    "lloyds": """\
Transaction Date,Transaction Type,Sort Code,Account Number,Transaction Description,Debit Amount,Credit Amount,Balance
14/01/2020,DEB,'30-90-89,12345678,TESCO,12.30,,987.70
13/01/2020,FPI,'30-90-89,12345678,ACME,,1000.00,1000.00
""",
    "barclays": """\
Number,Date,Account,Amount,Subcategory,Memo
 ,14/01/2020,20-00-00 12345678,-12.30,PAYMENT,"TESCO    ON 13 JAN"
 ,13/01/2020,20-00-00 12345678,1000.00,FT,"ACME   PAY"
""",
    "hsbc": """\
14/01/2020,"TESCO",-12.30
13/01/2020,"ACME","1,000.00"
12/01/2020,"CAFE",-3.30
""",
    "wells": """\
"01/31/2020","-12.30","*","","SHOP"
"01/30/2020","1000.00","*","","PAYROLL"
"01/29/2020","-3.30","*","","CAFE"
""",
    "starling": """\
Date,Counter Party,Reference,Type,Amount (GBP),Balance (GBP),Spending Category,Notes
14/01/2020,Tesco,TESCO 123,CONTACTLESS,-12.30,987.70,GROCERIES,
15/01/2020,Acme,PAY,FASTER PAYMENT,1000.00,1987.70,INCOME,
""",
    "hdfc": """\
Date,Narration,Value Dat,Debit Amount,Credit Amount,Chq/Ref Number,Closing Balance
01/02/20,UPI-SHOP,01/02/20,120.00,0.00,0000123456789012,880.00
13/02/20,SALARY,13/02/20,0.00,50000.00,0000123456789013,50880.00
""",
    "aib": """\
Posted Account, Posted Transactions Date, Description1, Description2, Description3, Debit Amount, Credit Amount,Balance,Posted Currency,Transaction Type,Local Currency Amount,Local Currency
"93xxxx - 01234567","14/01/20","VDP-TESCO","","","12.30",,"987.70",EUR,"Debit"," 12.30",EUR
"93xxxx - 01234567","15/01/20","ACME","","",,"1000.00","1987.70",EUR,"Credit"," 1000.00",EUR
""",
}
EXPECTED: dict[str, tuple[str, dict[str, Any], dict[str, list[Any]]]] = {
    "abn": (
        "-50.00@2019-01-02 2000.00@2019-01-03 -50.00@2019-01-04 -49.90@2019-01-05",
        {"account": "123456789", "currency": "EUR", "opening": 100000, "closing": 285010},
        {},
    ),
    "before only": (
        "-50.00@2019-01-02 2000.00@2019-01-03 -10.00@2019-01-04 -20.00@2019-01-05",
        {"opening": None, "closing": None},
        {"balance": [None, None, None, None]},
    ),
    "comdirect": ("-45.10@2019-01-15 1000.00@2019-01-14", {}, {}),
    "discover": (
        "-25.10@2020-01-15 500.00@2020-01-13 -30.00@2020-01-13",
        {},
        {"category": ["Merchandise", "Payments and Credits", "Gasoline"]},
    ),
    "citi": ("-25.10@2020-01-14 500.00@2020-01-13 -30.00@2020-01-12", {}, {}),
    "rbc": ("-12.30@2020-01-14 1000.00@2020-01-15", {"account": "00123-1234567", "currency": "CAD"}, {}),
    "nationwide": (
        "-12.30@2020-01-02 1000.00@2020-01-03",
        {"account": "FlexAccount ****12345", "currency": "GBP", "opening": 100000, "closing": 198770},
        {},
    ),
    "lloyds": ("-12.30@2020-01-14 1000.00@2020-01-13", {"account": "12345678", "opening": 0, "closing": 98770}, {}),
    "barclays": ("-12.30@2020-01-14 1000.00@2020-01-13", {"account": "20-00-00 12345678"}, {}),
    "hsbc": ("-12.30@2020-01-14 1000.00@2020-01-13 -3.30@2020-01-12", {}, {"payee": ["TESCO", "ACME", "CAFE"]}),
    "wells": ("-12.30@2020-01-31 1000.00@2020-01-30 -3.30@2020-01-29", {}, {"payee": ["SHOP", "PAYROLL", "CAFE"]}),
    "starling": (
        "-12.30@2020-01-14 1000.00@2020-01-15",
        {"currency": "GBP", "closing": 198770},
        {"payee": ["Tesco", "Acme"], "category": ["GROCERIES", "INCOME"]},
    ),
    "hdfc": ("-120.00@2020-02-01 50000.00@2020-02-13", {"opening": 100000, "closing": 5088000}, {}),
    "aib": ("-12.30@2020-01-14 1000.00@2020-01-15", {"account": "93xxxx - 01234567", "closing": 198770}, {}),
}


@pytest.mark.parametrize("bank", EXPECTED)
def test_the_export_of_a_bank_is_read(bank: str):
    bookings, of_account, of_entries = EXPECTED[bank]
    assert sniff(FILES[bank].encode())
    parsed = parse(FILES[bank].encode(), OPTIONS)
    entries = [entry for statement in parsed.statements for entry in statement.entries]
    assert " ".join(f"{format_amount(e.amount, e.currency)}@{e.booked_on}" for e in entries) == bookings
    first = parsed.statements[0]
    balances = {"opening": first.opening and first.opening.amount, "closing": first.closing and first.closing.amount}
    found = {"account": first.account, "currency": first.currency} | balances
    assert {name: found[name] for name in of_account} == of_account
    for name, values in of_entries.items():
        assert [str(v) if isinstance(v := getattr(e, name), date) else v for e in entries] == values


@pytest.mark.parametrize("bank", EXPECTED)
def test_the_mapping_that_comes_back_reads_the_file_the_same_way(bank: str):
    data = FILES[bank].encode()
    parsed = parse(data, OPTIONS)
    again = parse(data, Options("EUR", date(2026, 11, 23), parsed.mapping))
    assert (again.statements, again.errors, again.read) == (parsed.statements, parsed.errors, parsed.read)
    assert again.mapping == parsed.mapping
