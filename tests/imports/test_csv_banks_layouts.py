# ruff: noqa: E501  (the lines of an export are as long as they are)
"""The column layouts of many more banks, a few lines each: read without a mapping, without an error.

Written by hand after the columns that these banks export; each says the currency of the account that it goes to, as an
import knows it, and what must come out.
"""

from __future__ import annotations

from datetime import date

import pytest

from core.money import format_amount
from data.imports.csv_reader import parse, sniff
from data.imports.statement import Options

# bank: (currency of the account, the file, what comes out: amount@day payee)
LAYOUTS: dict[str, tuple[str, str, list[str]]] = {
    "n26": ("EUR", '''\
"Booking Date","Value Date","Partner Name","Partner Iban",Type,"Payment Reference","Account Name","Amount (EUR)","Original Amount","Original Currency","Exchange Rate"
2024-01-02,2024-01-02,"REWE Markt",,Presentment,,"Main Account",-12.5,12.5,EUR,1.0
2024-01-03,2024-01-04,"Hotel NYC",,Presentment,,"Main Account",-91.3,100.0,USD,0.913
2024-01-31,2024-01-31,"ACME GmbH",DE02120300000000202051,"Credit Transfer","Salary","Main Account",2500.0,,,
''', ["-12.50@2024-01-02 REWE Markt", "-91.30@2024-01-03 Hotel NYC", "2500.00@2024-01-31 ACME GmbH"]),
    "monzo": ("GBP", '''\
Transaction ID,Date,Time,Type,Name,Emoji,Category,Amount,Currency,Local amount,Local currency,Notes and #tags,Address,Receipt,Description,Category split,Money Out,Money In
tx_0001,01/02/2024,10:11:12,Card payment,Tesco,,Groceries,-5.20,GBP,-5.20,GBP,,1 High St,,TESCO STORES 123,,-5.20,
tx_0002,02/02/2024,10:11:12,Faster payment,J Smith,,Income,100.00,GBP,100.00,GBP,,,,JSMITH,,,100.00
tx_0003,14/02/2024,10:11:12,Card payment,Cafe Paris,,Eating out,-8.64,GBP,-10.00,EUR,,,,CAFE PARIS,,-8.64,
''', ["-5.20@2024-02-01 Tesco", "100.00@2024-02-02 J Smith", "-8.64@2024-02-14 Cafe Paris"]),
    "rabobank": ("EUR", '''\
"IBAN/BBAN","Munt","BIC","Volgnr","Datum","Rentedatum","Bedrag","Saldo na trn","Tegenrekening IBAN/BBAN","Naam tegenpartij","Naam uiteindelijke partij","Naam initiërende partij","BIC tegenpartij","Code","Batch ID","Transactiereferentie","Machtigingskenmerk","Incassant ID","Betalingskenmerk","Omschrijving-1","Omschrijving-2","Omschrijving-3","Reden retour","Oorspr bedrag","Oorspr munt","Koers"
"NL44RABO0123456789","EUR","RABONL2U","000000000000007213","2024-01-02","2024-01-02","-12,50","+987,50","NL20INGB0001234567","Albert Heijn","","","INGBNL2A","bg","","","","","","Boodschappen","","","","","",""
"NL44RABO0123456789","EUR","RABONL2U","000000000000007214","2024-01-05","2024-01-05","+1.500,00","+2.487,50","NL20INGB0001234567","Werkgever BV","","","INGBNL2A","cb","","","","","","Salaris","","","","","",""
"NL44RABO0123456789","EUR","RABONL2U","000000000000007215","2024-01-16","2024-01-16","-87,50","+2.400,00","","Vattenfall","","","","ei","","","","","","Stroom","","","","","",""
''', ["-12.50@2024-01-02 Albert Heijn", "1500.00@2024-01-05 Werkgever BV", "-87.50@2024-01-16 Vattenfall"]),
    "sparkasse camt": ("EUR", '''\
"Auftragskonto";"Buchungstag";"Valutadatum";"Buchungstext";"Verwendungszweck";"Glaeubiger ID";"Mandatsreferenz";"Kundenreferenz (End-to-End)";"Sammlerreferenz";"Lastschrift Ursprungsbetrag";"Auslagenersatz Ruecklastschrift";"Beguenstigter/Zahlungspflichtiger";"Kontonummer/IBAN";"BIC (SWIFT-Code)";"Betrag";"Waehrung";"Info"
"DE89370400440532013000";"31.01.24";"31.01.24";"GEHALT";"Lohn 01";"";"";"";"";"";"";"ACME GmbH";"DE02120300000000202051";"BYLADEM1001";"2500,00";"EUR";"Umsatz gebucht"
"DE89370400440532013000";"02.02.24";"02.02.24";"FOLGELASTSCHRIFT";"Strom";"DE98ZZZ";"M-1";"E-1";"";"";"";"Stadtwerke";"DE02100500000054540402";"BELADEBE";"-87,50";"EUR";"Umsatz gebucht"
"DE89370400440532013000";"05.02.24";"05.02.24";"KARTENZAHLUNG";"Einkauf";"";"";"";"";"";"";"EDEKA";"";"";"-12,34";"EUR";"Umsatz vorgemerkt"
''', ["2500.00@2024-01-31 ACME GmbH", "-87.50@2024-02-02 Stadtwerke", "-12.34@2024-02-05 EDEKA"]),
    "commerzbank": ("EUR", '''\
Buchungstag;Wertstellung;Umsatzart;Buchungstext;Betrag;Währung;IBAN Kontoinhaber;Kategorie
02.01.2024;02.01.2024;Lastschrift;Vodafone GmbH Rechnung 123;-39,99;EUR;DE89370400440532013000;Telekommunikation
31.01.2024;31.01.2024;Gutschrift;ACME GmbH Gehalt;2500,00;EUR;DE89370400440532013000;Gehalt
''', ["-39.99@2024-01-02 Vodafone GmbH Rechnung 123", "2500.00@2024-01-31 ACME GmbH Gehalt"]),
    "deutsche bank": ("EUR", '''\
Umsätze Girokonto;;;Kundennummer: 123 4567890
01.01.2024 - 31.01.2024
Letzter Kontostand;;;;1.000,00;EUR
Vorgemerkte und noch nicht gebuchte Umsätze sind nicht Bestandteil dieser Übersicht.
Buchungstag;Wert;Umsatzart;Begünstigter / Auftraggeber;Verwendungszweck;IBAN;BIC;Kundenreferenz;Mandatsreferenz;Gläubiger ID;Fremde Gebühren;Betrag;Abweichender Empfänger;Anzahl der Aufträge;Anzahl der Schecks;Soll;Haben;Währung
02.01.2024;02.01.2024;SEPA-Lastschrift;Vodafone GmbH;Rechnung;DE02;COBA;E1;M1;G1;;-39,99;;;;-39,99;;EUR
31.01.2024;31.01.2024;SEPA-Überweisung;ACME GmbH;Gehalt;DE03;COBA;E2;;;;2.500,00;;;;;2.500,00;EUR
Kontostand;31.01.2024;;;3.460,01;EUR
''', ["-39.99@2024-01-02 Vodafone GmbH", "2500.00@2024-01-31 ACME GmbH"]),
    "volksbank": ("EUR", '''\
Bezeichnung Auftragskonto;IBAN Auftragskonto;BIC Auftragskonto;Bankname Auftragskonto;Buchungstag;Valutadatum;Name Zahlungsbeteiligter;IBAN Zahlungsbeteiligter;BIC (SWIFT-Code) Zahlungsbeteiligter;Buchungstext;Verwendungszweck;Betrag;Waehrung;Saldo nach Buchung;Bemerkung;Gekennzeichneter Umsatz;Glaeubiger ID;Mandatsreferenz
VR-Giro;DE12500105170648489890;GENODEF1;VR Bank;31.01.2024;31.01.2024;ACME GmbH;DE02;BYLA;Gutschrift;Lohn;2500,00;EUR;3460,01;;;;
VR-Giro;DE12500105170648489890;GENODEF1;VR Bank;02.01.2024;02.01.2024;Vodafone;DE03;COBA;Lastschrift;Rechnung;-39,99;EUR;960,01;;;;
''', ["2500.00@2024-01-31 ACME GmbH", "-39.99@2024-01-02 Vodafone"]),
    "dkb new": ("EUR", '''\
"Girokonto";"DE89370400440532013000"
"Zeitraum:";"01.01.2024 - 31.01.2024"
"Kontostand vom 31.01.2024:";"3.460,01 €"
""
"Buchungsdatum";"Wertstellung";"Status";"Zahlungspflichtige*r";"Zahlungsempfänger*in";"Verwendungszweck";"Umsatztyp";"IBAN";"Betrag (€)";"Gläubiger-ID";"Mandatsreferenz";"Kundenreferenz"
"31.01.24";"31.01.24";"Gebucht";"ACME GmbH";"Max Muster";"Lohn";"Eingang";"DE02";"2.500,00";"";"";""
"02.01.24";"02.01.24";"Gebucht";"Max Muster";"Vodafone";"Rechnung";"Ausgang";"DE03";"-39,99";"";"";""
''', ["2500.00@2024-01-31 Max Muster", "-39.99@2024-01-02 Vodafone"]),
    "postfinance": ("CHF", '''\
Datum von:;="2024-01-01"
Datum bis:;="2024-01-31"
Buchungsart:;="Alle Buchungen"
Konto:;="CH9300762011623852957"
Währung:;="CHF"

Datum;Avisierungstext;Gutschrift in CHF;Lastschrift in CHF;Label;Kategorie
31.01.2024;"GUTSCHRIFT VON ACME AG";5000.00;;;Einkommen
12.01.2024;"KAUF/DIENSTLEISTUNG COOP";;-45.60;;Lebensmittel
02.01.2024;"LASTSCHRIFT SWISSCOM";;-80;;Telekom

Disclaimer:
Der Dokumentinhalt wurde generiert.
''', ["5000.00@2024-01-31 GUTSCHRIFT VON ACME AG", "-45.60@2024-01-12 KAUF/DIENSTLEISTUNG COOP", "-80.00@2024-01-02 LASTSCHRIFT SWISSCOM"]),
    "raiffeisen ch": ("CHF", '''\
IBAN;Booked At;Text;Credit/Debit Amount;Balance;Valuta Date
CH9300762011623852957;2024-01-02 00:00:00.0;Einkauf COOP;-45.6;954.4;2024-01-02 00:00:00.0
CH9300762011623852957;2024-01-05 00:00:00.0;Lohn ACME;5000;5954.4;2024-01-05 00:00:00.0
CH9300762011623852957;2024-01-16 00:00:00.0;Miete;-1500;4454.4;2024-01-16 00:00:00.0
''', ["-45.60@2024-01-02 Einkauf COOP", "5000.00@2024-01-05 Lohn ACME", "-1500.00@2024-01-16 Miete"]),
    "zkb": ("CHF", '''\
"Date";"Booking text";"Curr";"Amount details";"ZKB reference";"Reference number";"Debit CHF";"Credit CHF";"Value date";"Balance CHF"
"31.01.2024";"Credit: ACME AG";"";"";"Z1";"";"";"5000.00";"31.01.2024";"5954.40"
"12.01.2024";"Debit: Coop";"";"";"Z2";"";"45.60";"";"12.01.2024";"954.40"
''', ["5000.00@2024-01-31 Credit: ACME AG", "-45.60@2024-01-12 Debit: Coop"]),
    "erste at": ("EUR", '''\
02.01.2024;Billa Dankt;02.01.2024;-25,40;EUR;02.01.2024 10:11:12:123
15.01.2024;Gehalt ACME;15.01.2024;2.100,00;EUR;15.01.2024 01:02:03:456
16.01.2024;Miete Jänner;16.01.2024;-700,00;EUR;16.01.2024 01:02:03:456
''', ["-25.40@2024-01-02 Billa Dankt", "2100.00@2024-01-15 Gehalt ACME", "-700.00@2024-01-16 Miete Jänner"]),
    "belfius": ("EUR", '''\
Boekingsdatum vanaf;01/01/2024
Laatste saldo;1000,00 EUR

Rekening;Boekingsdatum;Afschriftnummer;Transactienummer;Rekening tegenpartij;Naam tegenpartij bevat;Straat en nummer;Postcode en plaats;Transactie;Valutadatum;Bedrag;Devies;BIC;Landcode;Mededelingen
BE68539007547034;02/01/2024;1;1;BE71096123456769;Colruyt;;;AANKOOP COLRUYT;02/01/2024;-45,60;EUR;GKCC;BE;boodschappen
BE68539007547034;15/01/2024;1;2;BE71096123456770;ACME NV;;;STORTING;15/01/2024;2100,00;EUR;GKCC;BE;loon
''', ["-45.60@2024-01-02 Colruyt", "2100.00@2024-01-15 ACME NV"]),
    "boursorama": ("EUR", '''\
dateOp;dateVal;label;category;categoryParent;supplierFound;amount;comment;accountNum;accountLabel;accountbalance
2024-01-02;2024-01-02;"CARTE 01/01/24 MONOPRIX CB*1234";"Alimentation";"Vie quotidienne";"monoprix";-45,60;;00040123456;BoursoBank;954,40
2024-01-15;2024-01-15;"VIR SEPA ACME";"Salaires";"Revenus";"acme";2100,00;;00040123456;BoursoBank;3054,40
''', ["-45.60@2024-01-02 monoprix", "2100.00@2024-01-15 acme"]),
    "credit agricole": ("EUR", '''\
Téléchargement du 31/01/2024

Compte de dépôt carte n° 12345678901
Solde au 31/01/2024 3 054,40 €

Date;Libellé;Débit euros;Crédit euros;
15/01/2024;"VIREMENT EN VOTRE FAVEUR
ACME SARL
";;2 100,00;
02/01/2024;"PAIEMENT PAR CARTE
MONOPRIX
";45,60;;
''', ["2100.00@2024-01-15 VIREMENT EN VOTRE FAVEUR ACME SARL", "-45.60@2024-01-02 PAIEMENT PAR CARTE MONOPRIX"]),
    "societe generale": ("EUR", '''\
="0001234567890";01/01/2024;31/01/2024;
Date de l'opération;Libellé;Détail de l'écriture;Montant de l'opération;Devise
15/01/2024;VIR RECU;VIR RECU DE ACME;2100,00;EUR
02/01/2024;CARTE X1234;CARTE X1234 MONOPRIX;-45,60;EUR
''', ["2100.00@2024-01-15 VIR RECU", "-45.60@2024-01-02 CARTE X1234"]),
    "caixabank": ("EUR", '''\
Concepto;Fecha;Importe;Saldo
MERCADONA;02/01/2024;-45,60EUR;954,40EUR
NOMINA ACME;15/01/2024;+2.100,00EUR;3.054,40EUR
''', ["-45.60@2024-01-02 MERCADONA", "2100.00@2024-01-15 NOMINA ACME"]),
    "santander es": ("EUR", '''\
Fecha Operación;Fecha Valor;Concepto;Importe;Divisa;Saldo;Divisa
15/01/2024;15/01/2024;Nomina ACME;2.100,00;EUR;3.054,40;EUR
02/01/2024;02/01/2024;Compra Mercadona;-45,60;EUR;954,40;EUR
''', ["2100.00@2024-01-15 Nomina ACME", "-45.60@2024-01-02 Compra Mercadona"]),
    "intesa": ("EUR", '''\
Data contabile;Data valuta;Descrizione;Accrediti;Addebiti;Descrizione estesa;Mezzo
02/01/2024;02/01/2024;Pagamento POS;;-45,60;ESSELUNGA MILANO;Carta
15/01/2024;15/01/2024;Stipendio;2.100,00;;ACME SPA;Bonifico
''', ["-45.60@2024-01-02", "2100.00@2024-01-15"]),
    "fineco": ("EUR", '''\
Conto Corrente: 1234567
Data_Operazione,Data_Valuta,Entrate,Uscite,Descrizione,Descrizione_Completa,Stato,Moneymap
02/01/2024,02/01/2024,,-45.6,Pagamento,ESSELUNGA,Contabilizzato,Spesa
15/01/2024,15/01/2024,2100,,Stipendio,ACME SPA,Contabilizzato,Entrate
''', ["-45.60@2024-01-02", "2100.00@2024-01-15"]),
    "millennium bcp": ("EUR", '''\
Data lançamento;Data valor;Descrição;Montante;Tipo;Saldo
02-01-2024;02-01-2024;COMPRA CONTINENTE;-45,60;Débito;954,40
15-01-2024;15-01-2024;TRF ACME LDA;2100,00;Crédito;3054,40
''', ["-45.60@2024-01-02 COMPRA CONTINENTE", "2100.00@2024-01-15 TRF ACME LDA"]),
    "pko bp": ("PLN", '''\
"Data operacji","Data waluty","Typ transakcji","Kwota","Waluta","Saldo po transakcji","Opis transakcji"
"2024-01-15","2024-01-15","Przelew na konto","+5000.00","PLN","+5954.40","Nazwa nadawcy: ACME"
"2024-01-02","2024-01-02","Płatność kartą","-45.60","PLN","+954.40","Lokalizacja: BIEDRONKA"
''', ["5000.00@2024-01-15 Nazwa nadawcy: ACME", "-45.60@2024-01-02 Lokalizacja: BIEDRONKA"]),
    "ing pl": ("PLN", '''\
"Lista transakcji";;;;;;
"Data transakcji";"Data księgowania";"Dane kontrahenta";"Tytuł";"Nr rachunku";"Nazwa banku";"Szczegóły";"Nr transakcji";"Kwota transakcji (waluta rachunku)";"Waluta";"Kwota blokady/zwolnienie blokady";"Waluta";"Kwota płatności w walucie";"Waluta";"Konto";"Saldo po transakcji";"Waluta"
2024-01-15;2024-01-15;"ACME";"Wynagrodzenie";'12345678901234567890123456';"PKO";"PRZELEW";'202401500001';5000,00;PLN;;;;;KONTO;5954,40;PLN
2024-01-02;2024-01-03;"BIEDRONKA";"Zakupy";'';"";"TR.KART";'202400200002';-45,60;PLN;;;;;KONTO;954,40;PLN
''', ["5000.00@2024-01-15 ACME", "-45.60@2024-01-03 BIEDRONKA"]),
    "fio": ("CZK", '''\
accountId;2000000001
bankId;2010
currency;CZK
iban;CZ6508000000192000145399
openingBalance;1000,00
closingBalance;954,40
ID pohybu;Datum;Objem;Měna;Protiúčet;Název protiúčtu;Kód banky;Název banky;KS;VS;SS;Uživatelská identifikace;Zpráva pro příjemce;Typ;Provedl;Upřesnění;Komentář;BIC;ID pokynu
24001;02.01.2024;-45,60;CZK;;;;;;;;Nákup: ALBERT;;Platba kartou;Novák;;;;1
24002;15.01.2024;25000,00;CZK;123456;ACME s.r.o.;0100;KB;;2024;;;Výplata;Příjem;;;;;2
''', ["-45.60@2024-01-02 None", "25000.00@2024-01-15 ACME s.r.o."]),
    "csob": ("CZK", '''\
Pohyby na účtu 123456789/0300

číslo účtu;datum zaúčtování;částka;měna;zůstatek;číslo účtu protiúčtu;název účtu protiúčtu;zpráva;označení operace
123456789/0300;15.01.2024;25000,00;CZK;25954,40;987654321/0100;ACME s.r.o.;výplata;Došlá platba
123456789/0300;02.01.2024;-45,60;CZK;954,40;;ALBERT;nákup;Platba kartou
''', ["25000.00@2024-01-15 ACME s.r.o.", "-45.60@2024-01-02 ALBERT"]),
    "tatra": ("EUR", '''\
Dátum zaúčtovania;Dátum valuty;Typ transakcie;Suma;Mena;Názov protistrany;IBAN protistrany;Informácia pre príjemcu
15.01.2024;15.01.2024;Kredit;2100,00;EUR;ACME s.r.o.;SK3112000000198742637541;Výplata
02.01.2024;02.01.2024;Debet;-45,60;EUR;TESCO;;Nákup
''', ["2100.00@2024-01-15 ACME s.r.o.", "-45.60@2024-01-02 TESCO"]),
    "handelsbanken": ("SEK", '''\
Reskontradatum;Transaktionsdatum;Text;Belopp;Saldo
2024-01-15;2024-01-15;Lön ACME AB;25 000,00;25 954,40
2024-01-03;2024-01-02;ICA KVANTUM;-45,60;954,40
''', ["25000.00@2024-01-15 Lön ACME AB", "-45.60@2024-01-02 ICA KVANTUM"]),
    "nordea se": ("SEK", '''\
Bokföringsdag;Belopp;Avsändare;Mottagare;Namn;Rubrik;Saldo;Valuta
2024/01/15;25000,00;;;;Lön ACME;25954,40;SEK
2024/01/02;-45,60;;;;ICA KVANTUM;954,40;SEK
''', ["25000.00@2024-01-15 Lön ACME", "-45.60@2024-01-02 ICA KVANTUM"]),
    "dnb": ("NOK", '''\
"Dato";"Forklaring";"Rentedato";"Ut fra konto";"Inn på konto"
"15.01.2024";"Lønn ACME AS";"15.01.2024";"";"25000"
"02.01.2024";"REMA 1000";"02.01.2024";"45,60";""
''', ["25000.00@2024-01-15 Lønn ACME AS", "-45.60@2024-01-02 REMA 1000"]),
    "nordea dk": ("DKK", '''\
Bogføringsdato;Beløb;Afsender;Modtager;Navn;Beskrivelse;Saldo;Valuta
2024/01/15;25000,00;;;ACME;Løn;25954,40;DKK
2024/01/02;-45,60;;;;Netto;954,40;DKK
''', ["25000.00@2024-01-15", "-45.60@2024-01-02"]),
    "s-pankki": ("EUR", '''\
Kirjauspäivä;Maksupäivä;Summa;Tapahtumalaji;Maksaja;Saajan nimi;Saajan tilinumero;Saajan BIC-tunnus;Viitenumero;Viesti;Arkistointitunnus
02.01.2024;02.01.2024;-45,60;KORTTIOSTO;MEIKÄLÄINEN MATTI;PRISMA;;;-;'-';20240102001
15.01.2024;15.01.2024;+2100,00;TILISIIRTO;ACME OY;MEIKÄLÄINEN MATTI;FI21;;-;'palkka';20240115001
''', ["-45.60@2024-01-02 PRISMA", "2100.00@2024-01-15 MEIKÄLÄINEN MATTI"]),
    "lhv": ("EUR", '''\
"Customer account no","Document no","Date","Sender/receiver account","Sender/receiver name","Sender bank code","Empty","Debit/Credit (D/C)","Amount","Reference number","Archiving code","Description","Fee","Currency","Personal code or register code","Sender/receiver bank BIC"
EE717700771001735865,1,2024-01-02,EE12,"Rimi",,,D,-45.60,,"A1","Groceries",0.00,EUR,,
EE717700771001735865,2,2024-01-15,EE13,"ACME OÜ",,,C,2100.00,,"A2","Salary",0.00,EUR,,
''', ["-45.60@2024-01-02 Rimi", "2100.00@2024-01-15 ACME OÜ"]),
    "tinkoff": ("RUB", '''\
"Дата операции";"Дата платежа";"Номер карты";"Статус";"Сумма операции";"Валюта операции";"Сумма платежа";"Валюта платежа";"Кэшбэк";"Категория";"MCC";"Описание";"Бонусы (включая кэшбэк)";"Округление на инвесткопилку";"Сумма операции с округлением"
"15.01.2024 12:30:00";"16.01.2024";"*1234";"OK";"-450,60";"RUB";"-450,60";"RUB";"4";"Супермаркеты";"5411";"Пятёрочка";"4,00";"0,00";"450,60"
"10.01.2024 10:00:00";"10.01.2024";"";"OK";"75000,00";"RUB";"75000,00";"RUB";"";"Зарплата";"";"ООО АКМЕ";"0,00";"0,00";"75000,00"
"09.01.2024 10:00:00";"";"*1234";"FAILED";"-100,00";"RUB";"-100,00";"RUB";"";"Такси";"4121";"Яндекс";"0,00";"0,00";"100,00"
''', ["-450.60@2024-01-16 Пятёрочка", "75000.00@2024-01-10 ООО АКМЕ"]),
    "nubank": ("BRL", '''\
Data,Valor,Identificador,Descrição
02/01/2024,-45.60,65aa-1,Compra no débito - PADARIA
15/01/2024,2100.00,65aa-2,Transferência recebida pelo Pix - ACME
''', ["-45.60@2024-01-02 Compra no débito - PADARIA", "2100.00@2024-01-15 Transferência recebida pelo Pix - ACME"]),
    "nubank card": ("BRL", '''\
date,category,title,amount
2024-01-02,supermercado,Padaria,45.60
2024-01-03,transporte,Uber,12.30
2024-01-15,,Pagamento recebido,-57.90
''', ["-45.60@2024-01-02 Padaria", "-12.30@2024-01-03 Uber", "57.90@2024-01-15 Pagamento recebido"]),
    "itau": ("BRL", '''\
02/01/2024;COMPRA PADARIA;-45,60
15/01/2024;TED ACME LTDA;2.100,00
16/01/2024;PIX TRANSF JOAO;-100,00
''', ["-45.60@2024-01-02 COMPRA PADARIA", "2100.00@2024-01-15 TED ACME LTDA", "-100.00@2024-01-16 PIX TRANSF JOAO"]),
    "bradesco": ("BRL", '''\
Extrato de: Ag: 1234 | Conta: 12345-6;;;;;
Data;Histórico;Docto.;Crédito (R$);Débito (R$);Saldo (R$);
02/01/2024;COMPRA PADARIA;123;;-45,60;954,40;
15/01/2024;TED ACME;124;2.100,00;;3.054,40;
;;Total;2.100,00;-45,60;3.054,40;
''', ["-45.60@2024-01-02 COMPRA PADARIA", "2100.00@2024-01-15 TED ACME"]),
    "anz": ("AUD", '''\
15/01/2024,2100.00,SALARY ACME PTY LTD
02/01/2024,-45.60,WOOLWORTHS 1234
01/01/2024,-12.00,CAFE SYDNEY
''', ["2100.00@2024-01-15 SALARY ACME PTY LTD", "-45.60@2024-01-02 WOOLWORTHS 1234", "-12.00@2024-01-01 CAFE SYDNEY"]),
    "westpac": ("AUD", '''\
Bank Account,Date,Narrative,Debit Amount,Credit Amount,Balance,Categories,Serial
032000123456,15/01/2024,DEPOSIT ACME,,2100.00,3054.40,DEP,
032000123456,02/01/2024,WOOLWORTHS,45.60,,954.40,POS,
''', ["2100.00@2024-01-15 DEPOSIT ACME", "-45.60@2024-01-02 WOOLWORTHS"]),
    "commbank": ("AUD", '''\
15/01/2024,"+2100.00","Salary ACME","+3054.40"
02/01/2024,"-45.60","WOOLWORTHS 1234 SYDNEY","+954.40"
01/01/2024,"-12.00","CAFE","+1000.00"
''', ["2100.00@2024-01-15 Salary ACME", "-45.60@2024-01-02 WOOLWORTHS 1234 SYDNEY", "-12.00@2024-01-01 CAFE"]),
    "asb": ("NZD", '''\
Created date / time : 31 January 2024 / 10:11:12
Bank 12; Branch 3456; Account 1234567-50 (Streamline)
From date 20240101
To date 20240131
Avail Bal : 3054.40 as of 20240130
Ledger Balance : 3054.40 as of 20240131
Date,Unique Id,Tran Type,Cheque Number,Payee,Memo,Amount

2024/01/02,2024010201,EFTPOS,,"COUNTDOWN","groceries",-45.60
2024/01/15,2024011501,D/C,,"ACME LTD","salary",2100.00
''', ["-45.60@2024-01-02 COUNTDOWN", "2100.00@2024-01-15 ACME LTD"]),
    "kiwibank": ("NZD", '''\
Account number,Date,Memo/Description,Source Code (payment type),TP ref,TP part,TP code,OP ref,OP part,OP code,OP name,OP Bank Account Number,Amount (credit),Amount (debit),Amount,Balance
38-9000-0123456-00,02-01-2024,COUNTDOWN ;,EFTPOS,,,,,,,,,,45.60,-45.60,954.40
38-9000-0123456-00,15-01-2024,ACME SALARY ;,DIRECT CREDIT,,,,,,,ACME,,2100.00,,2100.00,3054.40
''', ["-45.60@2024-01-02", "2100.00@2024-01-15"]),
    "chase card": ("USD", '''\
Transaction Date,Post Date,Description,Category,Type,Amount,Memo
01/15/2024,01/16/2024,AMZN Mktp US,Shopping,Sale,-45.60,
01/10/2024,01/10/2024,Payment Thank You-Mobile,,Payment,500.00,
''', ["-45.60@2024-01-16 AMZN Mktp US", "500.00@2024-01-10 Payment Thank You-Mobile"]),
    "apple card": ("USD", '''\
Transaction Date,Clearing Date,Description,Merchant,Category,Type,Amount (USD),Purchased By
01/15/2024,01/16/2024,"TRADER JOES 12 MAIN ST","Trader Joes","Grocery","Purchase","45.60","Max"
01/20/2024,01/20/2024,"ACH DEPOSIT INTERNET TRANSFER","Ach Deposit","Payment","Payment","-45.60","Max"
''', ["-45.60@2024-01-16", "45.60@2024-01-20"]),
    "ally": ("USD", '''\
Date, Time, Amount, Type, Description
2024-01-02,10:11:12,-45.60,Withdrawal,WHOLEFDS
2024-01-15,10:11:12,2100.00,Deposit,ACME PAYROLL
''', ["-45.60@2024-01-02 WHOLEFDS", "2100.00@2024-01-15 ACME PAYROLL"]),
    "us bank": ("USD", '''\
"Date","Transaction","Name","Memo","Amount"
"2024-01-02","DEBIT","WHOLEFDS MKT","Download from usbank.com.","-45.60"
"2024-01-15","CREDIT","ACME PAYROLL","Download from usbank.com.","2100.00"
''', ["-45.60@2024-01-02 WHOLEFDS MKT", "2100.00@2024-01-15 ACME PAYROLL"]),
    "pnc": ("USD", '''\
Date,Description,Withdrawals,Deposits,Category,Balance
01/15/2024,ACME PAYROLL,,"$2,100.00",Paychecks,"$3,054.40"
01/02/2024,WHOLEFDS,$45.60,,Groceries,$954.40
''', ["2100.00@2024-01-15 ACME PAYROLL", "-45.60@2024-01-02 WHOLEFDS"]),
    "venmo": ("USD", '''\
Account Statement - (@max),,,,,,,,,,
Account Activity,,,,,,,,,,
,ID,Datetime,Type,Status,Note,From,To,Amount (total),Amount (fee),Funding Source
,3921,2024-01-02T10:11:12,Payment,Complete,Pizza,Max,Ann,- $45.60,,Balance
,3922,2024-01-15T10:11:12,Payment,Complete,Rent,Bob,Max,"+ $2,100.00",,
''', ["-45.60@2024-01-02", "2100.00@2024-01-15"]),
    "tangerine": ("CAD", '''\
Date,Transaction,Name,Memo,Amount
1/15/2024,CREDIT,ACME PAYROLL,Salary,2100.00
1/2/2024,DEBIT,LOBLAWS,Groceries,-45.60
''', ["2100.00@2024-01-15 ACME PAYROLL", "-45.60@2024-01-02 LOBLAWS"]),
    "santander uk": ("GBP", '''\
Date,Type,Merchant/Description,Debit/Credit,Balance
15/01/2024,FASTER PAYMENTS RECEIPT,ACME LTD,"+£2,100.00","£3,054.40"
02/01/2024,CARD PAYMENT,SAINSBURYS,-£45.60,£954.40
''', ["2100.00@2024-01-15 ACME LTD", "-45.60@2024-01-02 SAINSBURYS"]),
    "tsb": ("GBP", '''\
Date,Type,Sort Code,Account Number,Description,In,Out,Balance
2024-01-15,BGC,'77-11-22,12345678,ACME LTD,2100.00,,3054.40
2024-01-02,DEB,'77-11-22,12345678,SAINSBURYS,,45.60,954.40
''', ["2100.00@2024-01-15 ACME LTD", "-45.60@2024-01-02 SAINSBURYS"]),
    "metro bank": ("GBP", '''\
Date,Details,Transaction Type,In,Out,Balance
02/01/2024,SAINSBURYS,Card Purchase,0.00,45.60,954.40
15/01/2024,ACME LTD,Inward Payment,2100.00,0.00,3054.40
''', ["-45.60@2024-01-02 SAINSBURYS", "2100.00@2024-01-15 ACME LTD"]),
    "amex uk": ("GBP", '''\
Date,Description,Card Member,Account #,Amount
15/01/2024,PAYMENT RECEIVED - THANK YOU,M MUSTER,-12345,-500.00
12/01/2024,SAINSBURYS,M MUSTER,-12345,45.60
02/01/2024,TFL TRAVEL,M MUSTER,-12345,5.60
''', ["500.00@2024-01-15 PAYMENT RECEIVED - THANK YOU", "-45.60@2024-01-12 SAINSBURYS", "-5.60@2024-01-02 TFL TRAVEL"]),
    "icici": ("INR", '''\
S No.,Value Date,Transaction Date,Cheque Number,Transaction Remarks,Withdrawal Amount (INR ),Deposit Amount (INR ),Balance (INR )
1,02/01/2024,02/01/2024,-,UPI/BIGBAZAAR,456.00,0.00,"9,544.00"
2,15/01/2024,15/01/2024,-,NEFT ACME,0.00,"75,000.00","84,544.00"
''', ["-456.00@2024-01-02 UPI/BIGBAZAAR", "75000.00@2024-01-15 NEFT ACME"]),
    "sbi": ("INR", '''\
Txn Date\tValue Date\tDescription\tRef No./Cheque No.\t        Debit\tCredit\tBalance
2 Jan 2024\t2 Jan 2024\tUPI BIGBAZAAR\tTRANSFER TO 123\t456.00\t \t9,544.00
15 Jan 2024\t15 Jan 2024\tNEFT ACME\tTRANSFER FROM 456\t \t1,75,000.00\t1,84,544.00
''', ["-456.00@2024-01-02 UPI BIGBAZAAR", "175000.00@2024-01-15 NEFT ACME"]),
    "fnb za": ("ZAR", '''\
Date, Amount, Balance, Description
2024/01/02, -45.60, 954.40, "CHECKERS"
2024/01/15, 21000.00, 21954.40, "SALARY ACME"
''', ["-45.60@2024-01-02 CHECKERS", "21000.00@2024-01-15 SALARY ACME"]),
    "mercado pago": ("ARS", '''\
RELEASE_DATE;TRANSACTION_TYPE;REFERENCE_ID;TRANSACTION_NET_AMOUNT;PARTIAL_BALANCE
02-01-2024;Pago COTO;70001;-4.560,00;95.440,00
15-01-2024;Transferencia recibida ACME;70002;210.000,00;305.440,00
''', ["-4560.00@2024-01-02 Pago COTO", "210000.00@2024-01-15 Transferencia recibida ACME"]),
    "garanti": ("TRY", '''\
Tarih;Açıklama;Tutar;Bakiye;Dekont No
02/01/2024;MIGROS;-456,00 TL;9.544,00 TL;D1
15/01/2024;MAAŞ ACME;25.000,00 TL;34.544,00 TL;D2
''', ["-456.00@2024-01-02 MIGROS", "25000.00@2024-01-15 MAAŞ ACME"]),
    "rakuten": ("JPY", '''\
取引日,入出金(円),残高(円),入出金先内容
20240102,-456,99544,イオン
20240115,250000,349544,給与 アクメ
20240116,-80000,269544,家賃
''', ["-456@2024-01-02 イオン", "250000@2024-01-15 給与 アクメ", "-80000@2024-01-16 家賃"]),
    "alipay": ("CNY", '''\
交易时间,交易分类,交易对方,商品说明,收/支,金额,收/付款方式,交易状态,交易订单号
2024-01-02 10:11:12,餐饮美食,星巴克,咖啡,支出,45.60,余额宝,交易成功,20240102001
2024-01-15 10:11:12,收入,公司,工资,收入,21000.00,余额,交易成功,20240115001
''', ["-45.60@2024-01-02", "21000.00@2024-01-15"]),
}  # fmt: skip


@pytest.mark.parametrize("bank", LAYOUTS)
def test_a_layout_is_read_without_a_mapping(bank: str):
    currency, text, expected = LAYOUTS[bank]
    assert sniff(text.encode())
    parsed = parse(text.encode(), Options(currency, date(2026, 11, 23)))
    entries = [entry for statement in parsed.statements for entry in statement.entries]
    entries.sort(key=lambda entry: entry.line)
    found = [f"{format_amount(e.amount, e.currency)}@{e.booked_on} {e.payee}" for e in entries]
    assert [line[: len(want)] for line, want in zip(found, expected, strict=False)] == expected, (found, parsed.mapping)
    assert (len(found), parsed.errors) == (len(expected), [])
    assert {entry.currency for entry in entries} == {currency}
    again = parse(text.encode(), Options(currency, date(2026, 11, 23), parsed.mapping))
    assert again.statements == parsed.statements
