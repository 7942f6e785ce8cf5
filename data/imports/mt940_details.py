"""Field 86: who paid whom and for what, in the dialects of the banks.

German and Polish banks number the parts (`166?00GUTSCHRIFT?20SVWZ+...?32NAME`; the sign before the number varies), with
SEPA tags such as `EREF+` inside; Dutch banks name them (`/NAME/.../REMI/...`); others write free text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from data.imports.mt940_fields import Field, unwrap
from data.imports.text import clean, join

_NUMBERED = re.compile(r"\s?\d{3}([^\w\s])(?=\d\d)")
_SEPA = re.compile(
    r"(?<![A-Z])(?:(EREF|KREF|MREF|CRED|DEBT|COAM|OAMT|SVWZ|ABWA|ABWE|IBAN|BIC|PURP|BREF|RREF)\+|(MTLG):)"
)
_SLASHED = re.compile(
    r"/(TRTP|IBAN|BIC|NAME|REMI|EREF|CSID|MARF|RTRN|PREF|ISDT|BENM|ORDP|CNTP|ADDR|ULT[BCD]|PURP|ID|SVCL|IREF|TRCD|INIT)/"
)
_DUTCH_NAME = re.compile(r"\bREK: ?(\S{4,34})/NAAM: ?(.+)$")
_REMITTANCE = re.compile(r"USTD//|STRD/[A-Z]*/?")
_FILLERS = {"NONREF", "NOREF", "NOTPROVIDED", "EREF", "KREF", "EREF+", "KREF+", "STARTUMS"}
_SUBFIELD = 27  # characters; a numbered part that long goes on in the next one


@dataclass(slots=True)
class Details:
    """What a field 86 says. `kind` is the bank's word for the booking ("GUTSCHRIFT")."""

    payee: str | None = None
    counterparty: str | None = None
    purpose: str | None = None
    reference: str | None = None
    kind: str | None = None


def details_of(fields: list[Field]) -> Details:
    """The details from all fields 86 (and the German banks' NS) of an entry."""
    lines = [line for field in fields if field.tag != "NS" for line in field.lines]
    own = [line for field in fields if field.tag == "NS" for line in field.lines]
    text = unwrap(lines)
    if found := _NUMBERED.match(text):
        return _numbered(text[found.end() :], found[1])
    if text.startswith("/") and _SLASHED.match(text):
        return _slashed(unwrap(lines, full=60))
    if own:
        return _not_swift(own)
    if found := _DUTCH_NAME.search(text):
        return Details(clean(found[2]), found[1], clean(text[: found.start()]))
    return Details(purpose=clean(text))


def reference_of(text: str | None) -> str | None:
    """A reference, unless it only says that there is none."""
    text = clean(text)
    return None if text is None or len(text) < 2 or text.upper() in _FILLERS else text


def account_of(text: str | None) -> str | None:
    """An account number or IBAN without its blanks."""
    return "".join((text or "").split()) or None


def _numbered(text: str, sign: str) -> Details:
    """`00GUTSCHRIFT?10281?20EREF+...?21...?32NAME`: the parts by number."""
    parts: dict[int, str] = {}
    last = 0
    for part in text.split(sign):
        if part[:2].isdigit():
            last = int(part[:2])
            parts[last] = part[2:].rstrip()
        elif parts:  # the sign itself, inside of a text
            parts[last] += sign + part
    purpose = _continued(parts, range(20, 30), range(60, 64))
    tags = _sepa_tags(purpose)
    return Details(
        payee=clean(_continued(parts, range(32, 34))),
        counterparty=account_of(parts.get(38)) or account_of(parts.get(31)) or account_of(tags.get("IBAN")),
        purpose=clean(tags.get("SVWZ")) or clean(tags.get("")) or clean(tags.get("MTLG")),
        reference=reference_of(tags.get("EREF")) or reference_of(tags.get("KREF")),
        kind=clean(parts.get(0)),
    )


def _continued(parts: dict[int, str], *numbers: range) -> str:
    """The text that runs through the parts of these numbers: full ones go on, others end with a blank."""
    text = ""
    for number in (number for some in numbers for number in some if number in parts):
        part = parts[number]
        if text and not text.endswith(" ") and _SEPA.match(part):
            text += " "
        text += part if len(part) == _SUBFIELD else part + " "
    return text


def _sepa_tags(text: str) -> dict[str, str]:
    """The values of the SEPA tags; what stands before the first is under the empty name."""
    pieces = _SEPA.split(text)
    values = {"": pieces[0]}
    for plus, colon, value in zip(pieces[1::3], pieces[2::3], pieces[3::3], strict=True):
        values.setdefault(plus or colon, value)
    return values


def _slashed(text: str) -> Details:
    """`/IBAN/NL.../NAME/Jan/REMI/rent/EREF/42`: the parts by name."""
    pieces = _SLASHED.split(text)
    values: dict[str, str] = {}
    for name, value in zip(pieces[1::2], pieces[2::2], strict=True):
        values.setdefault(name, value)
    remittance = values.get("REMI", "").strip().rstrip("/")
    found = _REMITTANCE.match(remittance)
    other = (values.get("CNTP", "") + "///").split("/")  # account, bank, name, town
    return Details(
        payee=clean(values.get("NAME")) or clean(other[2]),
        counterparty=account_of(values.get("IBAN")) or account_of(other[0]),
        purpose=clean(remittance[found.end() if found else 0 :]),
        reference=reference_of(values.get("EREF", "").strip("/")) or reference_of(values.get("PREF", "").strip("/")),
        kind=clean(values.get("TRTP")),
    )


def _not_swift(lines: list[str]) -> Details:
    """The NS field: lines with a number of two digits, 01 to 14 the purpose, 15 and 16 the name, 17 the kind."""
    parts = [(int(line[:2]), line[2:]) for line in lines if line[:2].isdigit()]
    return Details(
        payee=join([text for number, text in parts if number in (15, 16)]),
        purpose=join([text for number, text in parts if 1 <= number <= 14]),
        kind=join([text for number, text in parts if number == 17]),
    )
