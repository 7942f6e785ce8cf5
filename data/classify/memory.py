"""What became of earlier lines of the same payee: counts, which both decide and explain."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

_HALF_LIFE: Final = 365
"""Days after which a line counts half: merchants change what they are, and people change their minds."""
_BY_HAND: Final = 10.0
"""What a person said of a payee weighs this many times as much as all that was not said by a person."""


@dataclass(slots=True)
class Count:
    """Lines of one category: how many, how many of them a person categorised, and their weight (recent ones more)."""

    lines: int = 0
    by_hand: int = 0
    weight: float = 0.0
    weight_by_hand: float = 0.0


@dataclass(slots=True)
class Tally:
    """The lines that have something in common (a payee, a word) by category."""

    counts: dict[int, Count] = field(default_factory=dict)
    counterparties: set[str | None] = field(default_factory=set)

    def add(self, category_id: int, lines: int, by_hand: int, age: int, counterparty: str | None) -> None:
        count = self.counts.setdefault(category_id, Count())
        recent = 0.5 ** (age / _HALF_LIFE)
        count.lines += lines
        count.by_hand += by_hand
        count.weight += recent * (lines - by_hand)
        count.weight_by_hand += recent * by_hand
        self.counterparties.add(counterparty)

    def weights(self) -> dict[int, float]:
        """Category -> weight."""
        hand = sum(count.weight_by_hand for count in self.counts.values())
        if not hand:
            return {category_id: count.weight for category_id, count in self.counts.items()}
        other = sum(count.weight for count in self.counts.values())
        least = min(1.0, hand / other) if other else 1.0
        return {
            category_id: _BY_HAND * count.weight_by_hand + least * count.weight
            for category_id, count in self.counts.items()
        }

    def only(self, category_id: int) -> int:
        """How many lines there are if all are of this category, else 0."""
        return self.counts[category_id].lines if set(self.counts) == {category_id} else 0

    def evidence(self, category_id: int) -> tuple[int, int, bool]:
        """(lines of the category, of how many, whether these are the ones categorised by hand)."""
        by_hand = any(count.by_hand for count in self.counts.values())
        numbers = {key: count.by_hand if by_hand else count.lines for key, count in self.counts.items()}
        return numbers.get(category_id, 0), sum(numbers.values()), by_hand
