"""Reference: which legs are the two sides of one transfer (`semantics.md`, Transfers), by looking at all of them."""

from __future__ import annotations

from fractions import Fraction
from operator import itemgetter

from tests.figures.currencies import in_minor
from tests.figures.ledger import SAVING_TYPES, Ledger, LegKey, Line

Pair = tuple[Line, Line]
"""The leg that money left and the leg that it reached."""
MARKED = ("transfer", "saving")


def pairs_of(ledger: Ledger) -> list[Pair]:
    """All pairs: candidates with evidence in the order of the text, each leg in one pair at most."""
    candidates = _candidates(ledger)
    ranked = [
        (_rank(ledger, pair, evidence), pair)
        for pair in candidates
        if (evidence := _evidence(ledger, pair, candidates))
    ]
    taken: set[LegKey] = set()
    pairs = []
    for _, (out, into) in sorted(ranked, key=itemgetter(0)):
        if not {out.key, into.key} & taken:
            taken |= {out.key, into.key}
            pairs.append((out, into))
    return pairs


def _candidates(ledger: Ledger) -> list[Pair]:
    legs = [line for line in ledger.lines if _eligible(ledger, line)]
    outs, intos = [leg for leg in legs if leg.amount < 0], [leg for leg in legs if leg.amount > 0]
    near: dict[int, list[Line]] = {}
    for into in intos:
        for step in range(-4, 5):
            near.setdefault(into.day.toordinal() + step, []).append(into)
    return [
        (out, into)
        for out in outs
        for into in near.get(out.day.toordinal(), [])
        if out.account != into.account
        and (apart := difference(ledger, (out, into))) is not None
        and apart <= Fraction(1, 10)
        and frozenset((out.key, into.key)) not in ledger.separated
    ]


def difference(ledger: Ledger, pair: Pair) -> Fraction | None:
    """How far the earlier leg, converted at its booking day, is from the other, as a share of it; of two on one day
    the outflow is the earlier. None where they cannot be compared, or do not equal in one currency."""
    out, into = pair
    earlier, later = (out, into) if out.day <= into.day else (into, out)
    source, target = ledger.currency_of(earlier.account), ledger.currency_of(later.account)
    if source == target:
        return Fraction(0) if out.amount == -into.amount else None
    found = in_minor(ledger, source, target, earlier.day)
    return None if found is None else abs(abs(earlier.amount) * found - abs(later.amount)) / abs(later.amount)


def _eligible(ledger: Ledger, line: Line) -> bool:
    return (
        not line.booking.pending
        and line.booking.type == "normal"
        and (line.category is None or ledger.kind(line.category) in MARKED)
    )


def _evidence(ledger: Ledger, pair: Pair, candidates: list[Pair]) -> int:
    """1, 2 or 3, and 0 without any."""
    out, into = pair
    if _names(ledger, out, into) or _names(ledger, into, out):
        return 1
    if ledger.kind(out.category) in MARKED or ledger.kind(into.category) in MARKED:
        return 2
    rivals = [each for each in candidates if (each[0].key == out.key) != (each[1].key == into.key)]
    return 3 if ledger.match_by_amount and not rivals else 0


def _names(ledger: Ledger, leg: Line, other: Line) -> bool:
    account = ledger.accounts[other.account]
    said = _plain(leg.booking.counterparty)
    return bool(said) and said in (_plain(account.identifier), _plain(account.key))


def _plain(text: str | None) -> str:
    return (text or "").replace(" ", "").upper()


def _rank(ledger: Ledger, pair: Pair, evidence: int) -> tuple[object, ...]:
    """Evidence, days, relative difference, earlier date, accounts, lines."""
    out, into = pair
    accounts = [account.identifier or account.key for account in (ledger.accounts[leg.account] for leg in pair)]
    lines = [(*leg.booking.line, leg.position) for leg in pair]
    return evidence, abs((out.day - into.day).days), difference(ledger, pair), min(out.day, into.day), accounts, lines


def saved_leg(ledger: Ledger, pair: Pair) -> Line | None:
    """The one leg of a pair that stands for money put aside: the one of kind saving, else the savings account's."""
    at_savings = [leg for leg in pair if ledger.accounts[leg.account].type in SAVING_TYPES]
    marked = [leg for leg in pair if ledger.kind(leg.category) == "saving"]
    if len(at_savings) == 2:
        return None
    if len(marked) == 1:
        return marked[0]
    return next(iter(at_savings or marked), None)


def put_aside(ledger: Ledger, leg: Line) -> int:
    """What a leg adds to `saved`: what reaches a savings or investment account, or leaves any other."""
    return leg.amount if ledger.accounts[leg.account].type in SAVING_TYPES else -leg.amount
