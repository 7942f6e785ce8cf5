"""What a CSV file leaves open and was assumed, in words, with the mapping that says otherwise."""

from __future__ import annotations

from collections.abc import Iterator

from core.money import exponent
from data.imports.csv_amounts import Marks
from data.imports.csv_dialect import rivals

_SHOWN = {"cp1250": "windows-1250", "cp1252": "windows-1252", "cp1257": "windows-1257"}


def of_encoding(data: bytes, encoding: str) -> Iterator[str]:
    """The letters beyond ASCII may be those of another encoding."""
    if other := rivals(data, encoding):
        used, also = (_SHOWN.get(name, name) for name in (encoding, other))
        yield (
            f"The encoding is not certain: the text was read as {used}. If names have wrong letters, give the mapping"
            f' {{"encoding": "{also}"}}.'
        )


def of_decimal(marks: Marks, currency: str, decimal: str) -> Iterator[str]:
    """All amounts are like `1,234`: a thousand, or one and a bit."""
    if marks.settled() or not marks.unclear or not exponent(currency):
        return
    mark = next(iter(marks.unclear))
    meaning = "decimal" if mark == decimal else "thousands"
    other = mark if mark != decimal else {".": ",", ",": "."}[mark]
    yield (
        f"Nothing says whether {mark!r} in the amounts marks decimals or thousands: it was read as the {meaning} mark."
        f' If that is wrong, give the mapping {{"decimal": "{other}"}}.'
    )
