# ruff: noqa: E501  (the lines of an export are as long as they are)
"""Exports of more banks, from Danske to UBS and from Wise to POSB: read without being told anything about them.

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
    "revolut": """\
Type,Product,Started Date,Completed Date,Description,Amount,Fee,Currency,State,Balance
CARD_PAYMENT,Current,2023-01-02 10:11:12,2023-01-03 09:00:00,Tesco,-5.20,0.00,GBP,COMPLETED,94.80
TOPUP,Current,2023-01-04 10:11:12,2023-01-04 10:11:13,Top-Up,50.00,0.00,GBP,COMPLETED,144.80
CARD_PAYMENT,Current,2023-01-05 10:11:12,,Shop,-1.00,0.00,GBP,PENDING,
CARD_PAYMENT,Current,2023-01-06 10:11:12,,Shop2,-2.00,0.00,GBP,REVERTED,
""",
    "wise": """\
TransferWise ID,Date,Amount,Currency,Description,Payment Reference,Running Balance,Exchange From,Exchange To,Exchange Rate,Payer Name,Payee Name,Payee Account Number,Merchant,Card Last Four Digits,Card Holder Full Name,Attachment,Note,Total fees
CARD-1,13-05-2021,-12.30,EUR,Card transaction of 15.00 USD issued by Foo,,87.70,EUR,USD,1.2195,,,,Foo,1234,J,,,0.10
TRANSFER-2,14-05-2021,100.00,EUR,Received money,ref,187.70,,,,ACME,,,,,,,,0.00
CARD-3,15-05-2021,-7.00,USD,Card USD,,43.00,,,,,,,Bar,1234,J,,,0.00
""",
    "paypal": """\
"Date","Time","TimeZone","Name","Type","Status","Currency","Gross","Fee","Net","From Email Address","To Email Address","Transaction ID","Balance"
"29/12/2015","10:00:00","GMT","Ebay","Express Checkout Payment","Completed","GBP","-10.00","0.00","-10.00","a@b.c","d@e.f","1AB","90.00"
"30/12/2015","10:00:00","GMT","John","Mobile Payment","Completed","GBP","20.00","-0.88","19.12","a@b.c","d@e.f","2AB","109.12"
"31/12/2015","10:00:00","GMT","Jane","Mobile Payment","Completed","GBP","-5.00","0.00","-5.00","a@b.c","d@e.f","3AB","104.12"
""",
    "nab-headless": """\
12 Feb 19,-45.10,071555684,,EFTPOS,COLES,1200.10
11 Feb 19,100.00,071555684,,CREDIT,PAY,1245.20
10 Feb 19,-4.80,071555684,,EFTPOS,CAFE,1145.20
09 Feb 19,-10.00,071555684,,EFTPOS,CAFE,1150.00
""",
    "td-headless": """\
01/14/2020,GROCERY,45.10,,954.90
01/15/2020,PAYROLL,,1000.00,1954.90
01/16/2020,RENT,900.00,,1054.90
01/17/2020,SHOE,54.90,,1000.00
""",
    "dk": """\
03-01-2019;Netto;-45,50;1.954,50
04-01-2019;Løn;10.000,00;11.954,50
05-01-2019;Husleje;-5.000,00;6.954,50
""",
    "se-swedbank": """\
* Transaktionsrapport Period 2020-01-01 – 2020-01-31 Skapad 2020-02-01
Radnummer,Clearingnummer,Kontonummer,Produkt,Valuta,Bokföringsdag,Transaktionsdag,Valutadag,Referens,Beskrivning,Belopp,Bokfört saldo
1,81059,9231234567,"Privatkonto",SEK,2020-01-31,2020-01-30,2020-01-31,"ICA","ICA",-245.50,1000.00
2,81059,9231234567,"Privatkonto",SEK,2020-01-30,2020-01-30,2020-01-30,"Lön","Lön",900.00,1245.50
3,81059,9231234567,"Privatkonto",SEK,2020-01-29,2020-01-29,2020-01-29,"Hyra","Hyra",-100.00,345.50
""",
    "no-sb1": """\
Dato;Beskrivelse;Rentedato;Inn;Ut;Til konto;Fra konto
02.01.2020;Rema 1000;02.01.2020;;-123,45;;12345678901
03.01.2020;Lønn;03.01.2020;20 000,00;;;12345678901
""",
    "fi-op": """\
"Kirjauspäivä";"Arvopäivä";"Määrä EUROA";"Laji";"Selitys";"Saaja/Maksaja";"Saajan tilinumero ja pankin BIC";"Viite";"Viesti";"Arkistointitunnus"
2020-01-02;2020-01-02;-12,34;"162";"KORTTIOSTO";"K-MARKET";"";"";"";"20200102/5UTH01/000001"
2020-01-03;2020-01-03;+1 234,00;"710";"PALKKA";"OY AB";"";"";"";"20200103/5UTH01/000002"
""",
    "pl-mbank": """\
mBank S.A. Bankowość Detaliczna;
#Klient;
JAN KOWALSKI;

#Za okres:;
01.01.2020;31.01.2020;

#Waluta;#Wpływy;#Wydatki;
PLN;2 000,00;-150,00;

#Data operacji;#Data księgowania;#Opis operacji;#Tytuł;#Nadawca/Odbiorca;#Numer konta;#Kwota;#Saldo po operacji;
2020-01-02;2020-01-03;ZAKUP;"BIEDRONKA";"  ";'';-150,00;1 850,00;
2020-01-04;2020-01-04;PRZELEW;"PENSJA";"FIRMA";'12345';2 000,00;3 850,00;
;;;;;;#Saldo końcowe;3 850,00 PLN;
""",
    "cz-cs": """\
Předčíslí účtu;Datum zaúčtování;Částka;Název protiúčtu;Měna
;2018/05/20;-1 234,50;Albert;CZK
;2018/05/21;20 000,00;Plat;CZK
""",
    "hu-otp": """\
"11773000-00000000";"T";-5000;"HUF";20190301;20190301;100000;"";"SPAR";"VÁSÁRLÁS";"";"";"KÁRTYA";"";""
"11773000-00000000";"J";250000;"HUF";20190302;20190302;350000;"";"CÉG KFT";"MUNKABÉR";"";"";"";"";""
"11773000-00000000";"T";-10000;"HUF";20190303;20190303;340000;"";"OMV";"VÁSÁRLÁS";"";"";"";"";""
""",
    "hu-erste": """\
Dátum,Összeg,Megjegyzés
2019.04.19.,"-1 234",Bolt
2019.04.20.,"5 000",Fizetés
""",
    "lt-danske": """\
Data;Laikas;Mokėtojas / Gavėjas;Paskirtis;Suma;Valiuta;Likutis
2012:03:01;10:00;UAB Žalia;Už prekes;-10,00;LTL;90,00
2012:03:02;10:00;UAB Ąžuolas;Atlyginimas;500,00;LTL;590,00
""",
    "sg-posb": """\
Account Details For:,POSB Savings 123-45678-9
Statement as at:,31 Jan 2020
Available Balance:,"1,234.00"

Transaction Date,Reference,Debit Amount,Credit Amount,Transaction Ref1,Transaction Ref2,Transaction Ref3
03 Jan 2020,POS,12.30,,GRAB,,
02 Jan 2020,SAL,,"3,000.00",ACME,,
""",
    "debit-dr": """\
Date,Narration,Amount,Balance
02/01/2020,ATM,500.00 Dr.,"1,500.00 Cr."
13/01/2020,SALARY,"1,000.00 Cr.","2,500.00 Cr."
14/01/2020,SHOP,"100.00 Dr.","2,400.00 Cr."
""",
    "quote": """\
"Date","Payee","Amount"
"2019-01-02","UAB "Naktida"","-5.00"
"2019-01-03","5" pipe, short","-6.00"
2019-01-04,"unclosed, x,-7.00
2019-01-05,"multi
line",-8.00
2019-01-06,"esc ""q"" d",-9.00
""",
    "jpy": """\
日付,摘要,金額,残高
2020/01/02,コンビニ,"-1,200","98,800"
2020/01/03,給料,"250,000","348,800"
""",
    "kwd": """\
Date,Description,Amount (KWD)
2020-01-02,Shop,-1.234
2020-01-13,Pay,12.500
""",
}
EXPECTED: dict[str, tuple[str, dict[str, Any], dict[str, list[Any]]]] = {
    "revolut": (
        "-5.20@2023-01-03 50.00@2023-01-04 -1.00@2023-01-05",
        {"currency": "GBP", "opening": 10000, "closing": 14480},
        {"pending": [False, False, True]},
    ),
    "wise": (
        "-12.30@2021-05-13 100.00@2021-05-14 -7.00@2021-05-15",
        {"account": None, "currency": "EUR"},
        {"external_id": ["CARD-1", "TRANSFER-2", "CARD-3"], "currency": ["EUR", "EUR", "USD"]},
    ),
    "paypal": (
        "-10.00@2015-12-29 19.12@2015-12-30 -5.00@2015-12-31",
        {"currency": "GBP", "closing": 10412},
        {"external_id": ["1AB", "2AB", "3AB"], "payee": ["Ebay", "John", "Jane"]},
    ),
    "nab-headless": (
        "-45.10@2019-02-12 100.00@2019-02-11 -4.80@2019-02-10 -10.00@2019-02-09",
        {"account": "071555684", "opening": 116000, "closing": 120010},
        {},
    ),
    "td-headless": (
        "-45.10@2020-01-14 1000.00@2020-01-15 -900.00@2020-01-16 -54.90@2020-01-17",
        {"opening": 100000, "closing": 100000},
        {},
    ),
    "dk": ("-45.50@2019-01-03 10000.00@2019-01-04 -5000.00@2019-01-05", {"opening": 200000, "closing": 695450}, {}),
    "se-swedbank": (
        "-245.50@2020-01-31 900.00@2020-01-30 -100.00@2020-01-29",
        {"account": "9231234567", "currency": "SEK", "closing": 100000},
        {},
    ),
    "no-sb1": ("-123.45@2020-01-02 20000.00@2020-01-03", {"account": "12345678901"}, {}),
    "fi-op": (
        "-12.34@2020-01-02 1234.00@2020-01-03",
        {},
        {"payee": ["K-MARKET", "OY AB"], "external_id": ["20200102/5UTH01/000001", "20200103/5UTH01/000002"]},
    ),
    "pl-mbank": ("-150.00@2020-01-03 2000.00@2020-01-04", {"currency": "PLN", "closing": 385000}, {}),
    "cz-cs": ("-1234.50@2018-05-20 20000.00@2018-05-21", {"currency": "CZK"}, {}),
    "hu-otp": (
        "-5000.00@2019-03-01 250000.00@2019-03-02 -10000.00@2019-03-03",
        {"account": "11773000-00000000", "currency": "HUF", "closing": 34000000},
        {},
    ),
    "hu-erste": ("-1234.00@2019-04-19 5000.00@2019-04-20", {}, {}),
    "lt-danske": (
        "-10.00@2012-03-01 500.00@2012-03-02",
        {"currency": "LTL", "closing": 59000},
        {"payee": ["UAB Žalia", "UAB Ąžuolas"]},
    ),
    "sg-posb": (
        "-12.30@2020-01-03 3000.00@2020-01-02",
        {"account": "POSB Savings 123-45678-9"},
        {"payee": ["GRAB", "ACME"]},
    ),
    "debit-dr": ("-500.00@2020-01-02 1000.00@2020-01-13 -100.00@2020-01-14", {"closing": 240000}, {}),
    "quote": (
        "-5.00@2019-01-02 -6.00@2019-01-03 -8.00@2019-01-05 -9.00@2019-01-06",
        {},
        {"payee": ['UAB "Naktida"', '5" pipe, short', "multi line", 'esc "q" d']},
    ),
    "jpy": ("-1200.00@2020-01-02 250000.00@2020-01-03", {}, {}),
    "kwd": ("-1.234@2020-01-02 12.500@2020-01-13", {"currency": "KWD"}, {}),
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
