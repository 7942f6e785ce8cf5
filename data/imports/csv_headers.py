"""What headers of statement columns are called, in the languages of their banks, and how well one fits a role.

Headers are hints: a column gets its role from its values first (`csv_columns`), and a word decides between
columns whose values would do. Words are stored as `fold` makes them: lower case, no accents, single blanks.
Sources: the export formats of about a hundred banks (bank2ynab's list of dialects, and real files).
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final

from core.money import CURRENCIES

_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_OTHER = re.compile(r"[^\w#+/-]+|_")
_IN_CURRENCY: Final = re.compile(rf"(?<!\S)(?:in )?(?:{'|'.join(sorted(CURRENCIES)).lower()})(?!\S)")
_LONGEST: Final = 80  # characters of a cell that may matter as a word
_LETTERS = str.maketrans({"ł": "l", "ø": "o", "æ": "ae", "ß": "ss", "đ": "d", "ı": "i", "œ": "oe", "þ": "th"})
_SMALL_WORDS: Final = frozenset(
    ("of", "the", "a", "an", "de", "des", "du", "la", "le", "di", "van", "von", "der", "den", "w", "na")
)


@lru_cache(maxsize=4096)
def fold(text: str) -> str:
    """Lower case, no accents, `RunningBalance` and `running_balance` as `running balance`."""
    text = _CAMEL.sub(" ", text.strip()[:_LONGEST].strip("'\"="))
    plain = unicodedata.normalize("NFKD", text.casefold()).translate(_LETTERS)
    plain = "".join(char for char in plain if not unicodedata.combining(char))
    return " ".join(_OTHER.sub(" ", plain).split())


# A trailing `*` in a word stands for any ending, a leading one for any beginning (German compounds).
_ROLES: Final[dict[str, str]] = {
    "booked": "booking date|booked|booking|posted date|posting date|post date|date posted|posted on|buchungstag"
    "|buchungsdatum|buchung|boekdatum|boekingsdatum|bokforingsda*|bokforing*|bogforing*|bokfor*|kirjauspaiva"
    "|data ksiegowania|zauctovani|datum zauctovani|datum uctovani|date comptabili*|date comptable|fecha contable"
    "|data contabile|data lancamento|completed date|settlement date|konyveles*|uctovaci datum|gramatosanas datums"
    "|clearing date|дата платежа|дата проводки|дата обработки|дата списания|记账日期|入账日期",
    "date": "date|datum|dato|fecha|data|datums|kuupaev|paivamaara|pvm|paiva|tarih|transaktionsdatum|transactiedatum"
    "|transaction date|trans date|data operacji|data transakcji|fecha operacion|date operation|data operazione"
    "|datum transakce|datum provedeni|payment date|date paid|journal date|created|datum transactie|uitvoeringsdatum"
    "|operacijos data|datas|den|buchungszeit|belegdatum|reg date|invoice date|kopdatum|kaufdatum|created on"
    "|started date"
    "|дата|дата операции|交易时间|交易日期|交易日|日期|取引日|お取引日|ご利用日|利用日|日付|년월일|거래일시|거래일자",
    "value": "value date|value|valuta|valutadatum|valutatag|wertstellung|wertstellungstag|wert|rentedatum|rentedato"
    "|valeur|date valeur|fecha valor|data valuta|data valor|data waluty|valor|arvopaiva|valuuta*|datum valuty|valuut*"
    "|interest date|effective date|ranteda*|valuteringsda*|vaardedato|valuteringsdatum|ertekna*|valutadag",
    "not_date": "due|expir*|birth|dispute|evidence|exp|statement date|falligkeit*|until|bis",
    "amount": "amount|betrag|*betrag|bedrag|belopp|belob|belop|montant|importe|importo|valor|kwota|castka|objem|suma"
    "|summa|maara|osszeg|znesek|iznos|umsatz|value|total|monto|quantia|net|paid|sum|betrag/umsatz|kwota operacji"
    "|kwota walucie rachunku|tutar|movement|mutatie|amount local|inflow|net amount|transaction amount|sumos|tehinguosa"
    "|cantidad|billing amount|bedrag eur|umsatzbetrag|movimiento|movimento|apyvarta"
    "|сумма|сумма платежа|金额|交易金额|取引金額|利用金額|入出金|amount sent|거래금액",
    "balance": "balance|saldo|*saldo|kontostand|solde|zustatek|zostatok|likutis|atlikums|jaak|egyenleg|stanje|bilans"
    "|running balance|saldo trn|bakiye|saldo po operacji|balance after|available balance|ledger balance|konto stand"
    "|running bal|bal|bokfort saldo|disponible|disponibile|saldo contable"
    "|остаток|баланс|余额|账户余额|残高|差引残高|잔액",
    "debit": "debit|debits|debet|withdrawal|withdrawals|paid out|money out|out|outflow|soll|belastung*|af|ausgabe"
    "|ausgaben|depense*|sortie*|cargo|cargos|uscite|uscita|dare|addebit*|saida|saidas|debito|debitos|salida|salidas"
    "|gasto|gastos|utbetal*|uttag|ut|ud|ut fra konto|obciazen*|wydatki|wydatek|vydaj|vydaje|spent|payments out|egreso*"
    "|debe|outgoing|outgoings|expense|nurasyta|debits amount|debetas|debeto|terheles|lastschrift|otto|maksud|izdevumi"
    "|расход|списание|支出|支出金额|出金|お引出し|お支払金額|출금액",
    "credit": "credit|credits|kredit|deposit|deposits|paid in|money in|inflow|haben|gutschrift|gutschriften|bij"
    "|einnahme|einnahmen|recette*|entree*|abono|abonos|entrate|entrata|avere|accredit*|entrada|entradas|credito"
    "|creditos|ingreso|ingresos|insattning*|inn|ind|inn pa konto|uznan*|wplyw*|prijem|prijmy|received|lodgement*"
    "|incoming|haber|kreditas|kredito|jovairas|pano|laekumised|ienakumi|payments in|in"
    "|приход|зачисление|收入|收入金额|入金|お預入れ|お預り金額|입금액",
    "original": "original amount|foreign amount|local amount|fremdwahrung|*fremdwahrung|fremdwaehrung|*fremdwaehrung"
    "|oorspr bedrag|oorspronkelijk bedrag|amount foreign|montant devise|importe divisa|original|foreign"
    "|instructed amount|source amount|transfer amount|orig*|valutabelopp|amount original currency|opprinnelig belop"
    "|waluta operacji",
    "original_currency": "original currency|local currency|foreign currency|fremdwahrung|fremdwaehrung|oorspr munt"
    "|oorspronkelijke munt|transfer amount currency|orig currency|source currency|valutakod original|original ccy"
    "|foreign ccy|foreign currency type|target currency",
    "noise": "fee|fees|*gebuhr|*gebuehr|gebuhren|commission|tax|vat|btw|mwst|moms|shipping|refund|refunded|gift|tip"
    "|points|rate|kurs|*kurs|koers|taux|exchange|conversion|compensation|cashback|cvc|exp|month|year|last4|zip|blz"
    "|bank code|bic|bankleitzahl*|code|nr|no|num|number|row|#|count|quantity|reference|id|time|hour|card|qty|tin"
    "|converted amount refunded|quarter|week|period|code type|charity number|company number|disputed|discount|units"
    "|shares|price|phone|postcode|limit|start balance|opening balance|balance before|beginning balance|beginsaldo"
    "|startsaldo|saldo voor trn"
    "|nazwa banku|bank name|name of bank|bankname|nazev banky|banka",
    "currency": "currency|wahrung|waehrung|munt|muntsoort|valuta|valutacode|devise|monn|moneda|divisa|moeda|waluta"
    "|mena|valiuta|valuuta|valuutta|ccy|cur|curr|devizanem|divise|valutakod|kontowahrung|waluta rachunku"
    "|valuta rekening|currency code|local currency type"
    "|валюта|валюта платежа|币种|通貨",
    "direction": "type|transaction type|debit credit|d/c|c/d|d/k|k/d|dc|cd|dk|dr/cr|cr/dr|af bij|bij af|credit debit"
    "|creditdebet|in/out|credit debit indicator|debit/credit|direction|flow|soll haben|soll/haben|debit/kredit|+/-"
    "|sign|indicator|deb cred|typ|art|debet kredit|deb/cred|sens|signo|segno|d/k tunnus|umsatz typ|credit/debit"
    "|typ transakce"
    "|收/支|借贷标志|тип операции",
    "payee": "payee|name|beneficiary|benificiary|beneficiary name|benificiary name|merchant|merchant name|supplier"
    "|supplier name|vendor|empfanger|empfaenger|*empfanger|naam|naam tegenpartij|auftraggeber|beguenstigter*"
    "|begunstigter*|zahlungsbeteiligter|zahlungspflichtiger|zahlungsempfanger|mottaker|mottagare|modtager|contraparte"
    "|counterparty|counterparty name|partner name|kontrahent|nazwa|nadawca/odbiorca|nazwa odbiorcy|gavejas|moketojas"
    "|sanemejs|saaja|saaja maksja nimi|name of other party|nom|beneficiario|ordinante|destinatario|protistrana"
    "|nazev protiuctu|nazev protistrany|opponent|tegenpartij|naam omschrijving|naam / omschrijving|company|store name"
    "|target name|saajan nimi|saaja/maksaja|partner neve|partner|nimi|namn|navn|merchant/description"
    "|appears on statement|payer|tegenrekeninghouder|counter party|saaja/maksja|sanemejs/maksatajs"
    "|saajan/maksajan nimi"
    "|контрагент|получатель|плательщик|dane kontrahenta|nazev uctu protiuctu|sender/receiver name"
    "|交易对方|对方户名|商户名称|利用店名|입금처",
    "purpose": "description|memo|details|verwendungszweck|*verwendungszweck|vwz*|omschrijving*|mededeling"
    "|mededelingen|meddelelse|meddelande|text|tekst|libelle|concepto|causale|descrizione|descricao|descripcion|tytul"
    "|popis|zprava|viesti|message|buchungstext|notes|note|reason|paskirtis|maksajuma merkis|selgitus|informacija"
    "|communication|communications|narrative|particulars|subject|opis|opis operacji|szczegoly transakcji|transaktion"
    "|desc|transaction details|transaction description|rubrik|selite|payment reference|beskrivelse|beskrivning"
    "|forklaring|kozlemeny|detalji|items|product|info|comment|comments|movimento|bokforingstext|specifikation|ovrigt"
    "|additional description|descrption|purpose|tehing|detailed expenditure type|beschreibung*|libelle operation"
    "|libelle court|buchungsdetails|historico|informacija sanemejam"
    "|описание|назначение платежа|детали операции|aciklama|商品说明|摘要|附言|内容|お取引内容|入出金先内容|備考|적요",
    "account": "account|account no|account number|auftragskonto|kontonummer|konto|rekening|rekeningnummer|iban/bban"
    "|iban|compte|numero compte|cuenta|conto|conta|rachunek|numer rachunku|ucet|cislo uctu|saskaita|saskaitos nr"
    "|konts|tili|account name|auftraggeberkonto|iban auftraggeberkonto|own account|produit|account id|kontonr"
    "|konto nr|kliendi konto|konto number|szamlaszam|from account|numer rachunku nadawcy|bank account|klienta konts"
    "|tilinumero",
    "counterparty": "tegenrekening|tegenrekening iban/bban|counter account|gegenkonto|*gegenkonto|partner iban"
    "|counterparty account|contra account|kontonummer|kontonummer/iban|account to|protiucet|cislo protiuctu"
    "|numer rachunku odbiorcy|vastatili|payee account|beneficiary account|mottagarkonto|number|iban|cuenta destino"
    "|numer konta|to account|compte contrepartie|saaja konto|account|konto|beneficiary iban|counterparty iban"
    "|rekening|iban zahlungsbeteiligter|tegenrekeningnummer|saaja/maksja konto|opponent account|partner account"
    "|conto beneficiario|rekeningnummer tegenpartij|tilinumero|saaja konts|iban / kontonummer",
    "external_id": "transaction id|id|record id|volgnr|volgnummer|no transaction|n transaction|numero transaction"
    "|tx id|transaction number|transaktions-nr|transaktionsnr|arkiveringskood|archiving code|fitid|trans id|order id"
    "|reference id|transaction identifier|transactie id|unique id|id transaction|entry reference|transferwise id"
    "|wise id|transaction no|archyvo kodas|arhiivitunnus|id operacji|numer transakcji|id transakce|id pohybu"
    "|arkistointitunnus|identifikacijos kodas|transfer wise id|arhiva kods|arhiveerimistunnus"
    "|交易订单号|交易号|交易流水号|номер операции|dekont no|trn|transaction reference",
    "reference": "reference|check number|cheque|cheque number|client reference|customer reference|kundenreferenz*"
    "|end to end|end-to-end*|sepa reference|betalingskenmerk|viite|viitenumber|viitenumero|variabilni symbol|vs|num"
    "|serial number|check|check no|mandatsreferenz|transactiereferentie|reference no|referens|referenznummer|referenz"
    "|ref|referencia|kid|reference number|viitteen numero",
    "category": "category|kategorie|kategori|categorie|categoria|kategoria|kategorija|merchant category|class"
    "|kategooria|expenditure category|main category|hauptkategorie|k symbol|luokka|labels"
    "|категория|交易分类|分类",
    "mcc": "mcc|merchant category code|mcc code|mcc/mnc",
    "status": "status|state|estado|stato|etat|stav|tila|staat|staatus|statusas|statuss|transaction status"
    "|status transakcji"
    "|статус|交易状态|当前状态|durum",
}


def _pattern(words: str) -> re.Pattern[str]:
    parts = [re.escape(word).replace(r"\*", r"\w*") for word in words.split("|")]
    return re.compile(rf"(?<!\w)(?:{'|'.join(sorted(parts, key=len, reverse=True))})(?!\w)")


@lru_cache(maxsize=64)
def _role(role: str) -> re.Pattern[str]:
    return _pattern(_ROLES[role])


@lru_cache(maxsize=8192)
def score(role: str, header: str) -> float:
    """How much of a folded header is words of the role: 1.0 for all of it, 0.0 for nothing."""
    words = [word for word in _IN_CURRENCY.sub("", header).split() if word not in _SMALL_WORDS]
    text = " ".join(words) or header
    found = sum(len(match.group()) for match in _role(role).finditer(text))
    return found / len(text) if text else 0.0


@lru_cache(maxsize=8192)
def best_score(header: str) -> float:
    """The score of the role that a folded header fits best."""
    return max(score(role, header) for role in _ROLES)
