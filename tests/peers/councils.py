"""What ODI Leeds published of public bodies by payee, month and unit, and which of its names are which of theirs.

ODI Leeds put some payees together under one name (all of Capita's companies are `Capita PLC`) and writes `Ltd` for
`Limited`; some of its names were decoded twice. A payee's key undoes that on both sides: no letters but ASCII, no
blanks, no points, and one key for each of the groups below.
"""

from __future__ import annotations

import json
import re
import tarfile
from collections import defaultdict
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

Cell = tuple[str, str, str]
"""Payee's key, month, unit (`total` for all units)."""
GROUPS = {
    "amazon": r"ama?zo?n|amz", "amey rail": r"ameyrail", "arcadis": r"arcadis", "asda": r"asdastore",
    "awm": r"associatedwastemanage", "balfour beatty": r"balfourbeatty", "bombardier": r"bombardiertransport",
    "bradford": r"(cityof)?bradford(m|council)", "bupa": r"bupacare", "calderdale": r"calderdalem",
    "capita": r"capita", "carillion": r"carillionpowerlines", "costa": r"costacoffee", "deloitte": r"deloitte",
    "edf": r"edfenergycustomers", "energy and climate": r"departmentofenergy", "facebook": r"facebo?o?k",
    "hmrc": r"hmrc|hmrevenue", "ibm": r"ibm", "ipsos": r"ipsosmori", "johnston": r"johnstonpublishing",
    "jones lang": r"joneslanglasalle", "kirklees": r"kirklees.*council", "kpmg": r"kpmg",
    "leeds": r"(the)?universityofleeds", "mckinsey": r"mckinsey",
    "odi": r"odileeds", "ove arup": r"ovearup", "pa consulting": r"paconsulting",
    "people plus": r"a4emanagement|peopleplus", "police": r"(the)?police(and)?crimecommissioner",
    "premier inn": r"premierinn", "pwc": r"pricewaterhousecoopers", "travelodge": r"travelodge", "twitter": r"twitter",
    "wakefield": r"(cityof)?wakefield(m|council)",
}  # fmt: skip
_GROUP = [(name, re.compile(pattern)) for name, pattern in GROUPS.items()]


@cache
def payee_key(name: str) -> str:
    plain = re.sub(r"\\x[0-9A-Fa-f]{2}", "", name).casefold().encode("ascii", "ignore").decode()
    key = re.sub(r"[^a-z0-9]", "", re.sub(r"\blimited\b", "ltd", plain))
    return next((group for group, pattern in _GROUP if pattern.match(key)), key)


def unit_key(unit: str | None) -> str:
    return (unit or "").strip() or "unknown"


def published_payees(shared: Path, body: str) -> dict[Cell, Decimal]:
    """Every published sum. A payee that was published under two numbers with one sum is counted once."""
    by_name: dict[Cell, Decimal] = {}
    with tarfile.open(shared / "council-published" / f"{body}-orgs.tar.xz") as archive:
        for member in archive:
            file = archive.extractfile(member) if member.name.endswith(".json") else None
            if file is not None:
                # Quotes of names are escaped as JavaScript would, not JSON.
                text = re.sub(r'\\(?!["\\/bfnrtu])', r"\\\\", file.read().decode())
                for payee in _loaded(text)["data"].values():
                    for month, units in payee["monthly"].items():
                        for unit, amount in units.items():
                            by_name.setdefault((payee["name"], month, unit_key(unit)), amount)
    found: dict[Cell, Decimal] = defaultdict(Decimal)
    for (name, month, unit), amount in by_name.items():
        found[payee_key(name), month, unit] += amount
    return found


def _loaded(text: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(
        text, parse_float=Decimal, parse_int=Decimal, strict=False, object_pairs_hook=_added
    )
    return found


def _added(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object; of money under one name twice, the sum: Calderdale's units were cut after they had been told apart."""
    found: dict[str, Any] = {}
    for name, value in pairs:
        found[name] = found[name] + value if isinstance(value, Decimal) and name in found else value
    return found


def of_payees(rows: list[tuple[str | None, str, str | None, int]]) -> dict[Cell, Decimal]:
    """Our sums by the same keys from (payee, month, unit, pence spent), with each payee's `total` of a month."""
    found: dict[Cell, Decimal] = defaultdict(Decimal)
    for payee, month, unit, pence in rows:
        for name in ("total", unit_key(unit)):
            found[payee_key(payee or ""), month, name] += Decimal(pence) / 100
    return found


def differing(ours: dict[Cell, Decimal], theirs: dict[Cell, Decimal]) -> list[Cell]:
    """The sums that one side has and the other has not, or otherwise."""
    return sorted(cell for cell in {*ours, *theirs} if cell not in ours or ours[cell] != theirs.get(cell))
