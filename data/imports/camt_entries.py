"""A CAMT entry (Ntry): one booking of the account, whatever its details (NtryDtls) break it down into.

The amount is unsigned, CdtDbtInd says its direction. A reversal (RvslInd) has its own direction already: turning it
round again would book it wrongly, as the balances of banks that send reversals show. A batch is one
booking with many details; it counts once. INFO entries are told, not booked; PDNG and FUTR are not booked yet.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

from core.money import format_amount
from data.imports.camt_xml import Node
from data.imports.statement import Entry
from data.imports.text import clean, currency_code, decimal_of, join, minor_of, not_zeros

Warn = Callable[[str, str], None]
_NO_ID = {"NOTPROVIDED", "NONREF", "NOREF", "NONE"}
_SIGNS = {"CRDT": 1, "DBIT": -1}
_PENDING = {"PDNG", "FUTR"}


def is_information(node: Node) -> bool:
    """Whether the entry is only told (INFO) and never booked."""
    return node.value("Sts/Cd", "Sts").upper() == "INFO"


def day_of(node: Node | None) -> date | None:
    """The date of a Dt or DtTm choice as it is written, in the bank's own zone; `ValueError` when it is none."""
    text = node.value("Dt", "DtTm") or node.text if node else ""
    if not text:
        return None
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        raise ValueError(f"{text[:40]!r} is not a date") from None


def sign_of(node: Node) -> int:
    """1 for a credit, -1 for a debit; `ValueError` when the element does not say."""
    text = node.value("CdtDbtInd").upper()
    if text not in _SIGNS:
        raise ValueError(f"CdtDbtInd {text[:40]!r} is neither CRDT nor DBIT")
    return _SIGNS[text]


def amount_of(node: Node | None, currency: str) -> int:
    """The amount of an Amt element in minor units; `ValueError` when it is absent or too fine."""
    if node is None or not node.text:
        raise ValueError("the amount is missing")
    return minor_of(node.text, currency)


def entry_of(node: Node, fallback: str, account: str | None, warn: Warn) -> Entry:
    """The entry of a Ntry; `fallback` is the currency where it has none, `account` the holder's own."""
    amount = node.first("Amt")
    currency = currency_code(amount.attributes.get("Ccy") if amount else None)
    if currency is None:
        warn("currency", f"An entry (line {node.line}) names no currency: it was read as {fallback}.")
        currency = fallback
    value_on = day_of(node.first("ValDt"))
    booked_on = day_of(node.first("BookgDt")) or value_on
    if booked_on is None:
        raise ValueError("BookgDt and ValDt are missing")
    sign = sign_of(node)
    entry = Entry(booked_on, sign * amount_of(amount, currency), currency, line=node.line, value_on=value_on)
    entry.pending = node.value("Sts/Cd", "Sts").upper() in _PENDING
    entry.external_id = _reference(node.value("AcctSvcrRef"))
    details = node.all("NtryDtls/TxDtls") or node.all("TxDtls")
    _describe(entry, node, details, account)
    _original(entry, [node, *details] if len(details) == 1 else [node])
    if len(details) > 1 and not _adds_up(entry, details):
        warn("batch", f"The {len(details)} details of an entry (line {node.line}) do not add up to its amount.")
    return entry


def _reference(text: str) -> str | None:
    reference = not_zeros(text)
    return None if reference is None or reference.upper() in _NO_ID else reference


def _describe(entry: Entry, node: Node, details: list[Node], account: str | None) -> None:
    """Names, references and purpose: of the one detail, or what all details have in common."""
    reversal = node.value("RvslInd").lower() in ("true", "1")
    sides = [_other_side(detail, account, outflow=(entry.amount < 0) != reversal) for detail in details]
    entry.payee = _common([side[0] for side in sides])
    entry.counterparty = _common([side[1] for side in sides])
    entry.reference = _common([_own_reference(detail) for detail in details])
    batch = node.value("NtryDtls/Btch/NbOfTxs")
    count = max(len(details), int(batch) if batch.isdecimal() and len(batch) < 10 else 0)
    told = clean(node.value("AddtlNtryInf"))
    if len(details) == 1:
        told = _purpose(details[0]) or told
    elif details:
        entry.reference = entry.reference or _reference(node.value("NtryDtls/Btch/PmtInfId", "NtryDtls/Btch/MsgId"))
        told = told or _common([_purpose(detail) for detail in details])
    number = f"({count} payments)" if count > 1 else None
    entry.purpose = join([told, number, *_charges([node, *details])])


def _common(values: list[str | None]) -> str | None:
    """The value that all have, or None."""
    return values[0] if values and len(set(values)) == 1 else None


def _other_side(detail: Node, account: str | None, *, outflow: bool) -> tuple[str | None, str | None]:
    """Name and account of the other party: the creditor of an outflow, the debtor of an inflow.

    A party whose account is the holder's own is never the other one; where a bank gives one party only, it is taken.
    """
    parties = detail.first("RltdPties")
    if parties is None:
        return None, None
    roles = ["Cdtr", "Dbtr"] if outflow else ["Dbtr", "Cdtr"]
    found = [(_name(parties, role), number_of(parties.first(f"{role}Acct"))) for role in roles]
    others = [side for side in found if any(side) and (side[1] is None or side[1] != account)]
    return others[0] if others else (None, None)


def _name(parties: Node, role: str) -> str | None:
    """A party's name, or that of the one it acts for; from version 8 on inside of Pty."""
    ultimate = f"Ultmt{role}"
    return clean(parties.value(f"{role}/Nm", f"{role}/Pty/Nm", f"{ultimate}/Nm", f"{ultimate}/Pty/Nm"))


def number_of(account: Node | None) -> str | None:
    """The IBAN, or the other number, of an account element, without blanks."""
    text = account.value("Id/IBAN", "Id/Othr/Id", "Id/PrtryAcct/Id") if account else ""
    return "".join(text.split()) or None


def _own_reference(detail: Node) -> str | None:
    """The reference that both sides may know: end to end, else the payment's own, else the cheque's number."""
    paths = ("EndToEndId", "TxId", "InstrId", "ChqNb", "PmtInfId")
    return next((found for path in paths if (found := _reference(detail.value(f"Refs/{path}")))), None)


def _purpose(detail: Node) -> str | None:
    """The remittance: free text, else the structured references, else what the bank adds."""
    free = join([node.text for node in detail.all("RmtInf/Ustrd")])
    structured = [node.text for path in ("CdtrRefInf/Ref", "AddtlRmtInf") for node in detail.all(f"RmtInf/Strd/{path}")]
    return free or join(list(structured)) or clean(detail.value("AddtlTxInf"))


def _charges(nodes: list[Node]) -> list[str | None]:
    """Charges that the bank shows apart; they are told in the purpose, the booked amount is the entry's."""
    said: list[str | None] = []
    for node in nodes:
        amount = node.first("Chrgs/TtlChrgsAndTaxAmt") or node.first("Chrgs/Rcrd/Amt") or node.first("Chrgs/Amt")
        currency = currency_code(amount.attributes.get("Ccy")) if amount else None
        try:
            if currency and (minor := amount_of(amount, currency)):
                said.append(f"charges {format_amount(minor, currency)} {currency}")
        except ValueError:
            continue
    return said


def _original(entry: Entry, nodes: list[Node]) -> None:
    """The amount in the currency it was ordered in, where that is not the entry's."""
    for node in nodes:
        for kind in ("InstdAmt", "TxAmt", "CntrValAmt"):
            amount = node.first(f"AmtDtls/{kind}/Amt")
            currency = currency_code(amount.attributes.get("Ccy")) if amount else None
            if currency is None or currency == entry.currency:
                continue
            try:
                minor = amount_of(amount, currency)
            except ValueError:
                continue
            entry.original_amount, entry.original_currency = minor if entry.amount >= 0 else -minor, currency
            return


def _adds_up(entry: Entry, details: list[Node]) -> bool:
    """Whether the amounts of the details, where all have one in the entry's currency, make the entry's."""
    total = Decimal(0)
    for detail in details:
        amount = detail.first("Amt") or detail.first("AmtDtls/TxAmt/Amt")
        if amount is None or amount.attributes.get("Ccy") != entry.currency:
            return True
        try:
            total += decimal_of(amount.text) * _SIGNS.get(detail.value("CdtDbtInd"), 1 if entry.amount > 0 else -1)
        except ValueError:
            return True
    return abs(total) == abs(Decimal(format_amount(entry.amount, entry.currency)))
