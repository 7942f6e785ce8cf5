"""Words in the cells of statement files that say what a line is: its direction, its state, a balance, a total.

All words are stored as `csv_headers.fold` makes them: lower case, no accents, single blanks.
"""

from __future__ import annotations

import re
from typing import Final


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split("|"))


# A register of payments or receipts, and a payment card, as headers show them.
REGISTER: Final = re.compile(
    r"\b(supplier|beneficiary|benificiary|vendor|merchant|creditor|leverantor|lieferant|fournisseur|fornitore"
    r"|proveedor)\b|\b(payment date|date paid|card used|order id|expenditure|expense|spend)\b"
)
RECEIPTS: Final = re.compile(r"\b(customer|buyer|donor|payer|invoice|kunde|client)\b")
CARD: Final = re.compile(
    r"\b(card ?(member|holder|no|number|used)|cardholder|credit ?card|kreditkart\w*|kreditkort|credito|carte|visa"
    r"|mastercard|amex|american express|kartennummer|kortnummer|merchant|mcc)\b"
)
# What the lines of a card account say that bring money in.
CARD_CREDIT: Final = re.compile(
    r"\b((?<!card )payment|thank you|autopay|direct debit|refund|credit|reversal|returned?|zahlung|gutschrift"
    r"|erstattung|betaling|terugbetaling|paiement|remboursement|pago|devolucion|pagamento|rimborso|inbetalning|indbetaling"
    r"|innbetaling|suoritus)\b"
)
# What they say so clearly that no header is needed.
CARD_PAYMENT: Final = re.compile(
    r"\b(payment received|thank you|auto ?pay|payment (by )?direct debit|zahlung erhalten|paiement recu"
    r"|betaling ontvangen|pago recibido|pagamento ricevuto"
    r"|pagamento recebido|pagamento efetuado|directpay|payments and credits|betalning mottagen|inbetalning)\b"
)
# The values of a column that says which way the money went.
OUT: Final = _words(
    "-|-d|af|ausgabe|belastung|cargo|charge|d|dare|db|dbit|dbt|deb|debe|debet|debetas|debiet|debit|debito|debits|dr"
    "|dt|expense|expenses|lastschrift|money-out|o|obc|obciazenie|out|outflow|outgoing|paid-out|purchase|s|saida|sent"
    "|soll|spending|t|terheles|ud|uit|uscita|ut|vyber|vydaj|withdrawal|wyplata"
    "|расход|списание|支出|借|出金|출금"
)
IN: Final = _words(
    "+|+c|abono|avere|bij|c|cd|cr|crdt|cred|credit|credito|ct|deposit|e|einnahme|entrada|entrata|gutschrift|h|haben"
    "|haber|i|in|income|incoming|ind|inflow|inn|j|jovairas|k|kredit|kreditas|kredyt|money-in|paid-in|payment-in"
    "|prijem|received|refund|uznanie|wplata"
    "|приход|зачисление|收入|贷|入金|입금"
)
# Lines that are balances and sums, not bookings: a cell holds nothing but one of these phrases.
SUMMARY: Final = re.compile(
    r"(opening|closing|starting|ending|beginning|previous|final|initial|brought forward|carried forward|start"
    r"|end) (ledger )?balance|balance (brought|carried) forward|turnover|anfangssaldo|endsaldo|schlusssaldo|schlussaldo"
    r"|kontostand|alter saldo|neuer saldo|beginsaldo|eindsaldo|(ingaende|utgaende|inngaende|utgaaende) (saldo|balance)"
    r"|startsaldo|slutsaldo|solde (initial|final|precedent|nouveau|debut|fin)|(ancien|nouveau) solde"
    r"|saldo (iniziale|finale|inicial|anterior|final)|saldo (poczatkowe|koncowe)|(pocatecni|konecny) zustatek"
    r"|(pradinis|galutinis) likutis|likutis (pradziai|pabaigai)|apyvarta|(sakuma|beigu) atlikums|apgrozijums|(alg"
    r"|lopp)saldo|kaive|nyito egyenleg|zaro egyenleg|alkusaldo|loppusaldo"
)
TOTAL: Final = re.compile(
    r"(grand |sub ?)?totals?|totaal|totale?|toplam|summe|summa|endsumme|gesamtsumme|suma|razem|celkem"
)
OPENING: Final = re.compile(
    r"opening|starting|beginning|previous|initial|brought|start|anfang|alter|begin|ingaende|inngaende|ancien"
    r"|precedent|debut|inizial|inicial|anterior|poczatk|pocatecni|pradi|sakuma|alg|nyito|alku"
)
CLOSING: Final = re.compile(
    r"closing|ending|final|carried|end|schlus|neuer|eind|utgaende|nouveau|fin|koncowe|konecny|galut|pabaig|beigu"
    r"|lopp|zaro|slut"
)
# States of a line: announced but not booked; never booked.
PENDING: Final = _words(
    "a comptabiliser|authorisation|authorised|authorization|authorized|blokada|broneeritud|en attente|gereserveerd"
    "|hold|in attesa|nezauctovano|nicht gebucht|non comptabilise|not posted|oczekujaca|odottaa|offen|pendente|pendiente"
    "|pending|preliminar|preliminary|processing|reserverad|reserveret|reservert|rezervets|rezervuota|unposted|vantar"
    "|venter|vorgemerkt|vormerkung|w toku"
)
DEAD: Final = _words(
    "abgelehnt|afvist|annullato|avvisad|avvist|canceled|cancelled|declined|denied|expired|failed|geweigerd|hylatty"
    "|neuspesna|odrzucona|rechazado|refuse|refused|rejected|rejete|removed|reverted|storniert|void|voided|zamitnuto"
)
