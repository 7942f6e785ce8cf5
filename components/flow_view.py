"""What the cash flow page has in its address besides period and filters: the step, the comparison, the table."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Final, Literal, TypeVar, get_args
from urllib.parse import urlencode

from components.elements import Link, html
from components.parts import labelled
from components.query import View
from core.errors import Invalid
from core.i18n import N_, _
from core.query import single
from data.schemas.comparisons import By, Of

Beside = Literal["previous", "last_year", "average"]
Chosen = TypeVar("Chosen", By, Beside, Of)
OWN: Final = ("by", "compare", "of")
STEPS: Final[dict[By, str]] = {"week": N_("Week"), "month": N_("Month"), "quarter": N_("Quarter"), "year": N_("Year")}
BESIDE: Final[dict[Beside, str]] = {
    "previous": N_("Period before"),
    "last_year": N_("Year before"),
    "average": N_("Average of 6"),
}
TABLES: Final[dict[Of, str]] = {
    "category": N_("Categories"),
    "payee": N_("Payees"),
    "tag": N_("Tags"),
    "account": N_("Accounts"),
}


@dataclass(frozen=True, slots=True)
class FlowView:
    """The page's own choices; `plain` is the view without them, as reports and other pages take it."""

    plain: View
    by: By = "month"
    beside: Beside = "previous"
    of: Of = "category"

    @classmethod
    def read(cls, view: View) -> FlowView:
        """From the address; `Invalid` names a choice that there is not."""
        return cls(
            plain=plain(view),
            by=_choice(view, "by", get_args(By), "month"),
            beside=_choice(view, "compare", get_args(Beside), "previous"),
            of=_choice(view, "of", get_args(Of), "category"),
        )

    @property
    def view(self) -> View:
        """The whole view; choices that are the usual ones are not said."""
        usual = FlowView(self.plain)
        own = (("by", self.by, usual.by), ("compare", self.beside, usual.beside), ("of", self.of, usual.of))
        return View((*self.plain.pairs, *((name, value) for name, value, common in own if value != common)))

    def narrowed(self, category: str) -> str:
        """The address of this page for one category; of its transactions when it is for that one already."""
        pair = ("category_id", category)
        if pair in self.plain.pairs:
            return self.bookings(*self.plain.pairs)
        kept = tuple(each for each in self.plain.pairs if each[0] != "category_id")
        return replace(self, plain=View((*kept, pair))).view.href

    def bookings(self, *pairs: tuple[str, str]) -> str:
        """The address of the transactions of some filters, the period said in full."""
        chosen = {name for name, _ in pairs}
        said = () if chosen & {"period", "from", "to"} else (("period", "latest_12_months"),)
        return f"/transactions?{urlencode([*said, *((n, v) for n, v in pairs if n != 'currency')])}"


def plain(view: View) -> View:
    """The view without this page's own choices."""
    return View(tuple(pair for pair in view.pairs if pair[0] not in OWN))


def _choice(view: View, name: str, choices: tuple[Chosen, ...], usual: Chosen) -> Chosen:
    given = single(view.params, name)
    for choice in choices:
        if given == choice:
            return choice
    if given is None:
        return usual
    raise Invalid.field(name, f"must be one of {', '.join(choices)}")


def step_switch(view: FlowView) -> html.Nav:
    """Links that change the step."""
    return _switch(_("Steps"), [(_(name), replace(view, by=by), by == view.by) for by, name in STEPS.items()])


def beside_switch(view: FlowView) -> html.Nav:
    """Links that change what it is compared with."""
    links = [(_(name), replace(view, beside=beside), beside == view.beside) for beside, name in BESIDE.items()]
    return _switch(_("Compared with"), links)


def table_switch(view: FlowView) -> html.Nav:
    """Links that change what the table lists."""
    return _switch(_("Grouped by"), [(_(name), replace(view, of=of), of == view.of) for of, name in TABLES.items()])


def _switch(label: str, links: list[tuple[str, FlowView, bool]]) -> html.Nav:
    return html.Nav(
        [html.Span(label, className="switch-label"), html.Div([_link(*each) for each in links], className="switch")],
        **labelled(label),
    )


def _link(name: str, to: FlowView, here: bool) -> Link:
    mark: dict[str, Any] = {"className": "is-on"} if here else {}
    shown: list[Any] = [name, html.Span(f", {_('shown now')}", className="visually-hidden")] if here else [name]
    return Link(shown, href=to.view.href, **mark)
