"""A page that follows its address: drawn for each view, again when the books change, and calm where it cannot be."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from dash import Dash, Input, Output, State, ctx, no_update

from callbacks.failures import asked, failure_state, stands
from components import ids
from components.context import Picture
from components.format import Format
from components.query import View
from components.static import tree
from core.i18n import _
from core.period import Months
from data.directory import TenantInfo
from data.reports.registry import DEFINITIONS
from data.schemas.dashboard import DashboardData, Envelope
from web.language import spoken_locale

Parts = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Page:
    """What of a page is the same whatever it shows."""

    name: str
    """As the log calls it."""
    path: str
    parts: Mapping[str, Output]
    """All that one callback draws: among them `page`, the class that says how the page stands, and `state`, what stands
    in place of its figures. Where there are `controls`, `view` as well, the address that they are those of."""
    around: Callable[[View], Parts]
    """What stands around such a state, of the view: period and filters, so that the person can leave it."""
    controls: tuple[str, ...] = ()
    """The parts that a person may just be using (menus, the range). A page without any is drawn whole each time."""
    back: str | None = None
    """The words for the way to `path` from a view that is not there, to be translated; None for the usual ones."""

    def instead(self, view: View, state: Any) -> Parts:
        """A state in place of the figures."""
        return dict.fromkeys(self.parts, no_update) | self.around(view) | {"state": state}

    def failure(self, error: Exception, view: View) -> Parts:
        """The parts for `error` in `view`."""
        back = self.back and _(self.back)
        return self.instead(view, failure_state(error, self.name, f"{self.path}{view.href}", self.path, back))

    def show_failure(self, error: Exception) -> Parts:
        """A calm page instead of the figures, or what stands already."""
        if stands(error, self.name):
            return dict.fromkeys(self.parts, no_update)
        return self.failure(error, asked())

    def kept(self, drawn: Parts, page: str | None, view: str | None) -> Parts:
        """What is `drawn`, and where it is so because the books changed, without the controls if those that stand are
        of the same `page` and `view`: a change may overtake a new address."""
        if ctx.triggered_id == ids.LIVE and (page, view) == (drawn["page"], drawn["view"]):
            return drawn | dict.fromkeys(self.controls, no_update)
        return drawn

    def follow(self, app: Dash, show: Callable[[str | None], Parts]) -> None:
        """`show` the page for its address, and again when the books change. The address is always asked for: a request
        that it began is given up when news of the books come before the answer."""

        def draw(search: str | None, _live: Any, *standing: str | None) -> Parts:
            return static(self.kept(show(search), *standing) if standing else show(search), self.parts)

        def fail(error: Exception) -> Parts:
            return static(self.show_failure(error), self.parts)

        names = ("page", "view") if self.controls else ()
        shown = [State(self.parts[name].component_id, self.parts[name].component_property) for name in names]
        inputs = [Input(ids.URL, "search"), Input(ids.LIVE, "data"), *shown]
        app.callback(output=dict(self.parts), inputs=inputs, on_error=fail)(draw)


def place(name: str) -> Output:
    """Where a part without callbacks inside is drawn, a `components.static.Static`."""
    return Output(name, "tree")


def static(drawn: Parts, outputs: Mapping[str, Output]) -> Parts:
    """What is `drawn`, with trees for the parts that are static."""
    return {
        name: tree(part) if part is not no_update and outputs[name].component_property == "tree" else part
        for name, part in drawn.items()
    }


def spoken(tenant: TenantInfo) -> Format:
    """How figures are written for whoever asks for the tenant's."""
    return Format(spoken_locale(tenant.locale))


def picture_of(answer: Envelope[DashboardData], tenant: TenantInfo, view: View) -> Picture:
    """The answer as the tenant's page draws it."""
    return Picture(answer, spoken(tenant), Months(tenant.month_start), view, DEFINITIONS)
