# ruff: noqa: E501  (the lines of an export are as long as they are)
"""Exports of banks around the North and the Baltic Sea and in Canada: preambles, balances as lines.

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
    "kbc": """\
Rekeningnummer;Rubrieknaam;Naam;Munt;Afschriftnummer;Datum;Omschrijving;Valuta;Bedrag;Saldo;credit;debet;rekeningnummer tegenpartij;BIC tegenpartij;Naam tegenpartij;Adres tegenpartij;gestructureerde mededeling;Vrije mededeling
BE11123456789012;;JAN;EUR; 02020001;14/01/2020;BETALING AANKOPEN;14/01/2020;-12,30;987,70;;-12,30;;;COLRUYT;;;
BE11123456789012;;JAN;EUR; 02020001;15/01/2020;OVERSCHRIJVING;15/01/2020;1000,00;1987,70;1000,00;;BE22123456789012;KREDBEBB;ACME;;;loon
""",
    "fortis": """\
Volgnummer;Uitvoeringsdatum;Valutadatum;Bedrag;Valuta rekening;Rekeningnummer;Type verrichting;Tegenpartij;Naam van de tegenpartij;Mededeling;Details;Status;Reden van weigering
2020-0001;14/01/2020;14/01/2020;-12,30;EUR;BE11123456789012;Kaartbetaling;;COLRUYT;;BETALING MET DEBETKAART;Geaccepteerd;
2020-0002;15/01/2020;15/01/2020;-5,00;EUR;BE11123456789012;Overschrijving;BE22123456789012;JAN;hallo;OVERSCHRIJVING;Geweigerd;geen saldo
2020-0003;16/01/2020;16/01/2020;1.000,00;EUR;BE11123456789012;Overschrijving;BE22123456789012;ACME;loon;OVERSCHRIJVING;Geaccepteerd;
""",
    "postbank": """\
Umsätze gebucht
Konto: 123456
Letzter Kontostand: 1.000,00 €

Buchungstag;Wert;Umsatzart;Begünstigter / Auftraggeber;Verwendungszweck;IBAN / Kontonummer;BIC;Kundenreferenz;Mandatsreferenz ;Gläubiger ID;Fremde Gebühren;Betrag;Abweichender Empfänger;Anzahl der Aufträge;Anzahl der Schecks;Soll;Haben;Währung
14.1.2020;14.1.2020;Lastschrift;Rewe;Einkauf;DE44500105175407324931;INGDDEFF;;;;;-12,30;;;;-12,30;;EUR
15.1.2020;15.1.2020;Gutschrift;ACME;Lohn;DE44500105175407324932;INGDDEFF;;;;;1.000,00;;;;;1.000,00;EUR
""",
    "ingde": """\
Umsatzanzeige;Datei erstellt am: 20.01.2020 10:00

IBAN;DE11 2345 6789 0123 4567 89
Kontoname;Girokonto
Bank;ING
Kunde;Max
Zeitraum;01.01.2020 - 20.01.2020
Saldo;1.987,70;EUR

Sortierung;Datum absteigend

In der CSV-Datei finden Sie alle bereits gebuchten Umsätze. Die vorgemerkten Umsätze werden nicht aufgenommen.

Buchung;Valuta;Auftraggeber/Empfänger;Buchungstext;Verwendungszweck;Saldo;Währung;Betrag;Währung
15.01.2020;15.01.2020;ACME;Gutschrift;Lohn;1.987,70;EUR;1.000,00;EUR
14.01.2020;14.01.2020;Rewe;Lastschrift;Einkauf;987,70;EUR;-12,30;EUR
""",
    "capone360": """\
Account Number,Transaction Description,Transaction Date,Transaction Type,Transaction Amount,Balance
1234,Interest,01/31/20,Credit,1.23,1001.23
1234,ATM,01/30/20,Debit,20.00,1000.00
1234,Shop,01/29/20,Debit,30.00,1020.00
""",
    "bmo": """\
Following data is valid as of 20200201101010 (Year/Month/Day/Hour/Minute/Second)


First Bank Card,Transaction Type,Date Posted, Transaction Amount,Description

'5007660123456789',DEBIT,20200131,-12.30,[DS]SHOP
'5007660123456789',CREDIT,20200130,1000.0,[DN]PAYROLL
""",
    "scotia": """\
1/31/2020,-12.30,-,"POS","SHOP"
1/30/2020,1000.00,-,"PAY","ACME"
1/29/2020,-3.00,-,"POS","CAFE"
""",
    "nordea-fi": """\
Tilinumero\tFI2112345600000785

Kirjauspäivä\tArvopäivä\tMaksupäivä\tMäärä\tSaaja/Maksaja\tTilinumero\tBIC\tTapahtuma\tViite\tMaksajan viite\tViesti\tKortinnumero\tKuitti\t
02.01.2020\t02.01.2020\t02.01.2020\t-12,30\tK-MARKET\t\t\tKorttiosto\t\t\tviesti\t1234\t\t
03.01.2020\t03.01.2020\t03.01.2020\t+1000,00\tACME OY\tFI2112345600000999\tNDEAFIHH\tPalkka\t\t\tpalkka\t\t\t
""",
    "seb": """\
Bokföringsdatum;Valutadatum;Verifikationsnummer;Text;Belopp;Saldo
2020-01-14;2020-01-14;5484;ICA /20-01-13;-245.500;1754.500
2020-01-13;2020-01-13;5483;LÖN;2000.000;2000.000
""",
    "swedbank-ee": """\
"Kliendi konto";"Reatüüp";"Kuupäev";"Saaja/Maksja";"Selgitus";"Summa";"Valuuta";"Deebet/Kreedit";"Arhiveerimistunnus";"Tehingu tüüp";"Viitenumber";"Dokumendi number"
"EE382200221020145685";"10";"01.01.2020";"";"Algsaldo";"100,00";"EUR";"K";"";"AS";"";"";
"EE382200221020145685";"20";"02.01.2020";"RIMI";"Ostud";"12,30";"EUR";"D";"2020010200001";"K";"";"";
"EE382200221020145685";"20";"03.01.2020";"ACME OÜ";"Palk";"1000,00";"EUR";"K";"2020010300002";"MK";"";"";
"EE382200221020145685";"82";"31.01.2020";"";"Käive";"12,30";"EUR";"D";"";"K2";"";"";
"EE382200221020145685";"82";"31.01.2020";"";"Käive";"1000,00";"EUR";"K";"";"K2";"";"";
"EE382200221020145685";"86";"31.01.2020";"";"Lõppsaldo";"1087,70";"EUR";"K";"";"LS";"";"";
""",
    "lv-swedbank": """\
Klienta konts;Ieraksta tips;Datums;Saņēmējs/Maksātājs;Informācija saņēmējam;Summa;Valūta;Debets/Kredīts;Arhīva kods;Maksājuma veids;Refernces numurs;Dokumenta numurs;
"LV80BANK0000435195001";"10";"01.01.2020";"";"Sākuma atlikums";"100,00";"EUR";"K";"";"AS";"";"";
"LV80BANK0000435195001";"20";"02.01.2020";"RIMI";"Pirkums";"12,30";"EUR";"D";"2020010200001";"K";"";"";
"LV80BANK0000435195001";"20";"03.01.2020";"ACME";"Alga";"5,00";"USD";"K";"2020010300002";"MK";"";"";
"LV80BANK0000435195001";"20";"04.01.2020";"ACME";"Alga";"1000,00";"EUR";"K";"2020010300003";"MK";"";"";
"LV80BANK0000435195001";"82";"31.01.2020";"";"Apgrozījums";"12,30";"EUR";"D";"";"K2";"";"";
"LV80BANK0000435195001";"86";"31.01.2020";"";"Beigu atlikums";"1087,70";"EUR";"K";"";"LS";"";"";
""",
}
EXPECTED: dict[str, tuple[str, dict[str, Any], dict[str, list[Any]]]] = {
    "kbc": (
        "-12.30@2020-01-14 1000.00@2020-01-15",
        {"account": "BE11123456789012", "closing": 198770},
        {"payee": ["COLRUYT", "ACME"], "counterparty": [None, "BE22123456789012"]},
    ),
    "fortis": (
        "-12.30@2020-01-14 1000.00@2020-01-16",
        {"account": "BE11123456789012"},
        {"external_id": ["2020-0001", "2020-0003"]},
    ),
    "postbank": ("-12.30@2020-01-14 1000.00@2020-01-15", {"account": "123456"}, {"payee": ["Rewe", "ACME"]}),
    "ingde": (
        "1000.00@2020-01-15 -12.30@2020-01-14",
        {"account": "DE11234567890123456789", "opening": 100000, "closing": 198770},
        {},
    ),
    "capone360": (
        "1.23@2020-01-31 -20.00@2020-01-30 -30.00@2020-01-29",
        {"account": "1234", "opening": 105000, "closing": 100123},
        {},
    ),
    "bmo": ("-12.30@2020-01-31 1000.00@2020-01-30", {}, {}),
    "scotia": ("-12.30@2020-01-31 1000.00@2020-01-30 -3.00@2020-01-29", {}, {}),
    "nordea-fi": (
        "-12.30@2020-01-02 1000.00@2020-01-03",
        {"account": "FI2112345600000785"},
        {"counterparty": [None, "FI2112345600000999"]},
    ),
    "seb": ("-245.50@2020-01-14 2000.00@2020-01-13", {"closing": 175450}, {}),
    "swedbank-ee": (
        "-12.30@2020-01-02 1000.00@2020-01-03",
        {"account": "EE382200221020145685", "opening": 10000, "closing": 108770},
        {"payee": ["RIMI", "ACME OÜ"], "external_id": ["2020010200001", "2020010300002"]},
    ),
    "lv-swedbank": (
        "-12.30@2020-01-02 1000.00@2020-01-04 5.00@2020-01-03",
        {"account": "LV80BANK0000435195001", "opening": 10000, "closing": 108770},
        {"currency": ["EUR", "EUR", "USD"]},
    ),
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
