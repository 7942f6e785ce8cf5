"""What a merchant category code says of a card payment, in everyday groups.

The codes are those of ISO 18245; 3000 to 3999, which the standard reserves for private use, are the card schemes'
airlines, car rentals and hotels.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Final, NamedTuple


class Group(NamedTuple):
    """Codes that people keep in one category. `names`: what such a category is usually called, best first."""

    codes: str
    names: tuple[str, ...]


# The narrowest range that holds a code decides, so a wide range is what is left of it.
GROUPS: Final[Mapping[str, Group]] = {
    "groceries": Group(
        "0743-0744 5411 5422 5441-5499 5715 5921",
        ("groceries", "supermarket", "supermarkets", "food and groceries", "food", "lebensmittel", "courses"),
    ),
    "restaurants": Group(
        "5811-5814",
        ("restaurants", "eating out", "dining out", "dining", "restaurants and bars", "meals", "restaurant"),
    ),
    "fuel": Group("5172 5541-5542 5983", ("fuel", "petrol", "gas station", "gas & fuel", "tanken", "carburant")),
    "car": Group("5013 5511-5599 7531-7549 8675", ("car", "auto", "vehicle", "vehicles", "auto & transport")),
    "transport": Group(
        "4011-4131 4784-4789 7523", ("transport", "public transport", "transportation", "commuting", "verkehr")
    ),
    "travel": Group(
        "3000-3999 4411-4468 4511 4582 4700-4779 5962 7011-7033 7512-7519",
        ("travel", "holidays", "holiday", "vacation", "trips", "reisen", "urlaub", "voyages"),
    ),
    "health": Group(
        "4119 5047 5122 5912 5975-5976 8000-8099", ("health", "healthcare", "medical", "gesundheit", "santé")
    ),
    "personal care": Group("5698 5997 7210-7251 7297-7298", ("personal care", "beauty", "körperpflege")),
    "utilities": Group("4900-4998", ("utilities", "energy", "bills", "nebenkosten", "énergie")),
    "telecommunications": Group(
        "4812-4816 4821 4899", ("telecommunications", "telecom", "phone and internet", "phone", "telefon")
    ),
    "clothing": Group("5137-5139 5600-5699 7296", ("clothing", "clothes", "apparel", "kleidung", "vêtements")),
    "home": Group(
        "0780 1500-1799 5039 5072-5074 5198-5261 5712-5714 5718-5722 7217 7342-7349 7600-7699",
        ("home", "home improvement", "household", "household goods", "haushalt", "maison"),
    ),
    "shopping": Group("5000-5599 5700-5999", ("shopping", "general shopping", "purchases", "einkaufen", "achats")),
    "leisure": Group(
        "5192 5733-5735 5940-5942 5946-5947 5970-5972 5994 5996 7800-7999",
        ("leisure", "entertainment", "hobbies", "recreation", "leisure activities", "freizeit", "loisirs"),
    ),
    "education": Group("8200-8299", ("education", "school", "training", "bildung")),
    "children": Group("5641 5945 8351", ("children", "kids", "kinder", "enfants")),
    "insurance": Group("5960 6300-6399", ("insurance", "insurances", "versicherung", "versicherungen", "assurance")),
    "cash": Group("6010-6011", ("cash withdrawals", "cash", "atm", "withdrawals", "bargeld", "petty cash")),
    "giving": Group("8398 8641-8661", ("donations", "charity", "gifts and donations", "giving", "spenden", "dons")),
    "taxes": Group("9311", ("taxes", "tax", "steuern", "impôts")),
    "pets": Group("0742 5995", ("pets", "pet", "haustiere", "animaux")),
    "business": Group(
        "0700-0999 1800-2999 4200-4299 5021 5044-5046 5111 5943 7300-7511 8111 8600-8999 9402",
        ("business services", "professional services", "business"),
    ),
    # Money moved, not spent: where it goes is the tenant's to say, so no name is taken for it.
    "money": Group("4829 6000-6299", ()),
    "government": Group("9000-9999", ("government", "public services")),
    "services": Group("6400-7299", ("services", "personal services")),
}
_CODE: Final = re.compile(r"\d{4}")


@lru_cache(maxsize=1)
def _ranges() -> list[tuple[int, int, str]]:
    """(first code, last code, group), the narrowest first."""
    found = []
    for name, group in GROUPS.items():
        for part in group.codes.split():
            first, _, last = part.partition("-")
            found.append((int(first), int(last or first), name))
    return sorted(found, key=lambda each: (each[1] - each[0], each[0]))


def group_of(code: str | None) -> str | None:
    """The group of a code of four digits; None for one that is none, or that the standard reserves."""
    if code is None or not _CODE.fullmatch(code):
        return None
    number = int(code)
    return next((name for first, last, name in _ranges() if first <= number <= last), None)


def choose(categories: Iterable[tuple[int, str]], links: Mapping[str, int]) -> dict[str, int]:
    """Group -> category: the linked one, else the one (of several: none) with the best of the group's names."""
    named: dict[str, list[int]] = {}
    for category_id, name in categories:
        named.setdefault(name.strip().lower(), []).append(category_id)
    found = {}
    for group, (_, names) in GROUPS.items():
        fitting = next((named[name] for name in names if name in named), [])
        if len(fitting) == 1:
            found[group] = fitting[0]
    return {**found, **links}
