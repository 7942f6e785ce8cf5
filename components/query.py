"""The state of a page as it stands in its address: period and filters, one value for links and for the reports."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode

from core.i18n import N_
from core.period import DEFAULT_PRESET

_PERIOD_KEYS = frozenset({"period", "from", "to"})
PRESET_NAMES = {
    "this_month": N_("This month"),
    "last_month": N_("Last month"),
    "last_30_days": N_("Last 30 days"),
    "last_3_months": N_("Last 3 months"),
    "last_12_months": N_("Last 12 months"),
    "this_year": N_("This year"),
    "last_year": N_("Last year"),
    "latest_12_months": N_("Latest 12 months"),
    "all": N_("All time"),
}
"""In the order of the menu. `latest_12_months` ends with the newest booking, the others with today."""


@dataclass(frozen=True, slots=True)
class View:
    """The pairs of a query string, in their order."""

    pairs: tuple[tuple[str, str], ...] = ()

    @classmethod
    def parse(cls, search: str | None) -> View:
        """Read the `search` part of an address (`?period=this_month&account_id=7`)."""
        return cls(tuple(parse_qsl((search or "").lstrip("?"), keep_blank_values=True)))

    @property
    def params(self) -> dict[str, list[str]]:
        """The query parameters of the dashboard endpoint; wrong ones are kept, so that the answer can name them."""
        params: dict[str, list[str]] = {}
        for name, value in self.pairs:
            params.setdefault(name, []).append(value)
        return params

    @property
    def preset(self) -> str | None:
        """The name of the preset in use, None for a range of the person's own."""
        chosen = dict(self.pairs)
        if "from" in chosen or "to" in chosen:
            return None
        return chosen.get("period", DEFAULT_PRESET)

    @property
    def filters(self) -> tuple[tuple[str, str], ...]:
        """What narrows the figures: accounts, categories, tags, another currency."""
        return tuple(pair for pair in self.pairs if pair[0] not in _PERIOD_KEYS)

    def with_preset(self, preset: str) -> View:
        return View((("period", preset), *self.filters))

    def without(self, pair: tuple[str, str]) -> View:
        return View(tuple(other for other in self.pairs if other != pair))

    @property
    def href(self) -> str:
        """The address of this view, relative to the page."""
        return f"?{urlencode(self.pairs)}" if self.pairs else "?"
