# ruff: noqa: E501, W291  (the lines of an export are as long as they are)
"""Exports of banks in Western Europe and America: read without being told anything about them.

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
    "dkb": """\
"Kontonummer:";"DE12345678901234567890 / Girokonto";

"Von:";"01.01.2019";
"Bis:";"31.01.2019";
"Kontostand vom 31.01.2019:";"1.234,56 EUR";

"Buchungstag";"Wertstellung";"Buchungstext";"Auftraggeber / Begünstigter";"Verwendungszweck";"Kontonummer";"BLZ";"Betrag (EUR)";"Gläubiger-ID";"Mandatsreferenz";"Kundenreferenz";
"31.01.2019";"31.01.2019";"Lastschrift";"Stadtwerke";"Strom; Januar";"DE99100000000000000001";"BYLADEM1001";"-1.045,10";"DE98ZZZ09999999999";"M1";"K1";
"02.01.2019";"02.01.2019";"Gutschrift";"ACME GmbH";"Lohn";"DE99100000000000000002";"BYLADEM1001";"2.500,00";"";"";"";
""",
    "ing-nl": """\
"Datum","Naam / Omschrijving","Rekening","Tegenrekening","Code","Af Bij","Bedrag (EUR)","MutatieSoort","Mededelingen"
"20190302","Albert Heijn","NL04INGB0704279991","","BA","Af","12,50","Betaalautomaat","Pasvolgnr:001"
"20190301","Werkgever BV","NL04INGB0704279991","NL77RABO0311467415","OV","Bij","2.000,00","Overschrijving","Salaris"
""",
    "fiducia": """\
Sparda-Bank;;;
Umsatzanzeige
;;
BLZ:;12345678;;Datum:;10.04.2019
Konto:;1234567;;Uhrzeit:;10:10:10
Kontoinhaber:;Max;

Buchungstag;Valuta;Auftraggeber/Zahlungsempfänger;Empfänger/Zahlungspflichtiger;Konto-Nr.;IBAN;BLZ;BIC;Vorgang/Verwendungszweck;Kundenreferenz;Währung;Umsatz; 
09.04.2019;09.04.2019;Max;Rewe;;DE44500105175407324931;;;Einkauf;;EUR;12,30;S
08.04.2019;08.04.2019;ACME;Max;;DE44500105175407324931;;;Lohn;;EUR;1.000,00;H

01.04.2019;;;;;;;;;Anfangssaldo;EUR;500,00;H
09.04.2019;;;;;;;;;Endsaldo;EUR;1.487,70;H
""",
    "ch-ubs2": """\
Kontonummer:;0123 00456789.40;
IBAN:;CH93 0076 2011 6238 5295 7;
Von:;2023-01-01;
Bis:;2023-01-31;
Anfangssaldo:;1000.00;
Schlusssaldo:;1450.00;
Bewertet in:;CHF;
Anzahl Transaktionen in diesem Zeitraum:;2;

Abschlussdatum;Abschlusszeit;Buchungsdatum;Valutadatum;Währung;Belastung;Gutschrift;Einzelbetrag;Saldo;Transaktions-Nr.;Beschreibung1;Beschreibung2;Beschreibung3;Fussnoten;
2023-01-20;10:00:00;2023-01-21;2023-01-21;CHF;-50.00;;;1450.00;999001;"Migros";"Einkauf";"Kosten";;
2023-01-10;10:00:00;2023-01-10;2023-01-10;CHF;;500.00;;1500.00;999002;"ACME";"Lohn";"";;
""",
    "fr-bnp": """\
Compte de chèques;;;;;1 234,56
Date operation;Libelle court;Type operation;Libelle operation;Montant operation en euro
02/03/2020;VIR;VIREMENT RECU;VIR SEPA RECU DE X;1 500,00
13/03/2020;CB;FACTURE CARTE;CARREFOUR;-45,90
""",
    "es-bbva": """\
F.Valor;Fecha;Concepto;Movimiento;Importe;Divisa;Disponible;Divisa;Observaciones
02/01/2022;02/01/2022;Pago con tarjeta;Mercadona;-45,20;EUR;954,80;EUR;
13/01/2022;14/01/2022;Transferencia recibida;Nomina;1.500,00;EUR;2.454,80;EUR;
""",
    "it-inbank": """\
Data;Data valuta;Dare;Avere;Divisa;Descrizione;Causale
02/01/2019;02/01/2019;-50,00;;EUR;PRELIEVO;48
03/01/2019;03/01/2019;;1.500,00;EUR;STIPENDIO;27
15/01/2019;15/01/2019;-1.100,50;;EUR;AFFITTO;26
""",
    "br": """\
Extrato;Agencia: 123 | Conta: 456-7;;;;
Data;Histórico;Docto.;Crédito (R$);Débito (R$);Saldo (R$)
02/01/2023;SALDO ANTERIOR;;;;1.000,00
03/01/2023;PIX RECEBIDO;123;200,00;;1.200,00
14/01/2023;BOLETO;124;;-300,00;900,00
;;;;;
Total;;;200,00;-300,00;900,00
""",
    "uk-natwest": """\
Date, Type, Description, Value, Balance, Account Name, Account Number
31/07/2019,POS,"'8656 30JUL19 C , LUAS TRANSDEV , DUBLIN , DUBLIN IE",-3.70,1234.30,"ACCOUNT NAME","12345678"
30/07/2019,BAC,"'ACME , PAY",1000.00,1238.00,"ACCOUNT NAME","12345678"
""",
    "jlp": """\
Date,Description,Amount($)
25-Nov-2019,WAITROSE,"£67.40"
Pending,SHOP,£5.00
26-Nov-2019,"PAYMENT RECEIVED - THANK YOU","- £220.00"
27-Nov-2019,Other,"£1,067.40"
""",
    "amex-us": """\
Date,Description,Card Member,Account #,Amount
01/14/2020,WHOLE FOODS,J DOE,-11001,45.10
01/12/2020,AUTOPAY PAYMENT - THANK YOU,J DOE,-11001,-500.00
01/11/2020,SHELL OIL,J DOE,-11001,30.00
01/10/2020,UBER,J DOE,-11001,12.25
""",
    "chase": """\
Details,Posting Date,Description,Amount,Type,Balance,Check or Slip #
DEBIT,01/30/2019,"RENT",-1000.00,ACH_DEBIT,500.00,,
CREDIT,01/29/2019,"PAY",1200.00,ACH_CREDIT,1500.00,,
DEBIT,01/13/2019,"FOOD",-20.00,DEBIT_CARD,300.00,,
""",
    "bofa": """\
Description,,Summary Amt.
Beginning balance as of 01/01/2019,,"1,000.00"
Total credits,,"500.00"
Total debits,,"-300.00"
Ending balance as of 01/31/2019,,"1,200.00"

Date,Description,Amount,Running Bal.
01/01/2019,Beginning balance as of 01/01/2019,,"1,000.00"
01/02/2019,"PAYROLL","500.00","1,500.00"
01/15/2019,"RENT","-300.00","1,200.00"
""",
}
EXPECTED: dict[str, tuple[str, dict[str, Any], dict[str, list[Any]]]] = {
    "dkb": (
        "-1045.10@2019-01-31 2500.00@2019-01-02",
        {"account": "DE12345678901234567890", "currency": "EUR"},
        {
            "payee": ["Stadtwerke", "ACME GmbH"],
            "counterparty": ["DE99100000000000000001", "DE99100000000000000002"],
            "purpose": ["Lastschrift Strom; Januar", "Gutschrift Lohn"],
        },
    ),
    "ing-nl": (
        "-12.50@2019-03-02 2000.00@2019-03-01",
        {"account": "NL04INGB0704279991", "currency": "EUR"},
        {"payee": ["Albert Heijn", "Werkgever BV"], "counterparty": [None, "NL77RABO0311467415"]},
    ),
    "fiducia": (
        "-12.30@2019-04-09 1000.00@2019-04-08",
        {"account": "1234567", "opening": 50000, "closing": 148770},
        {"purpose": ["Einkauf", "Lohn"]},
    ),
    "ch-ubs2": (
        "-50.00@2023-01-21 500.00@2023-01-10",
        {"account": "CH9300762011623852957", "currency": "CHF", "opening": 100000, "closing": 145000},
        {"external_id": ["999001", "999002"]},
    ),
    "fr-bnp": (
        "1500.00@2020-03-02 -45.90@2020-03-13",
        {"account": None},
        {"payee": ["VIR SEPA RECU DE X", "CARREFOUR"]},
    ),
    "es-bbva": (
        "-45.20@2022-01-02 1500.00@2022-01-14",
        {"currency": "EUR", "opening": 100000, "closing": 245480},
        {"value_on": ["2022-01-02", "2022-01-13"]},
    ),
    "it-inbank": (
        "-50.00@2019-01-02 1500.00@2019-01-03 -1100.50@2019-01-15",
        {},
        {"payee": ["PRELIEVO", "STIPENDIO", "AFFITTO"]},
    ),
    "br": ("200.00@2023-01-03 -300.00@2023-01-14", {"opening": 100000, "closing": 90000}, {}),
    "uk-natwest": (
        "-3.70@2019-07-31 1000.00@2019-07-30",
        {"account": "12345678", "opening": 23800, "closing": 123430},
        {"payee": ["8656 30JUL19 C , LUAS TRANSDEV , DUBLIN , DUBLIN IE", "ACME , PAY"]},
    ),
    "jlp": ("-67.40@2019-11-25 220.00@2019-11-26 -1067.40@2019-11-27", {"currency": "GBP"}, {}),
    "amex-us": ("-45.10@2020-01-14 500.00@2020-01-12 -30.00@2020-01-11 -12.25@2020-01-10", {}, {}),
    "chase": (
        "-1000.00@2019-01-30 1200.00@2019-01-29 -20.00@2019-01-13",
        {"opening": 32000, "closing": 50000},
        {"payee": ["RENT", "PAY", "FOOD"]},
    ),
    "bofa": ("500.00@2019-01-02 -300.00@2019-01-15", {"opening": 100000, "closing": 120000}, {}),
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
