"""The printable report of a period: a sheet of paper on the screen, and pages of A4 when it is printed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Final, Literal, get_args

from dash import dcc

from components import ids
from components.context import Picture
from components.controls import filter_name, preset_menu, range_picker
from components.elements import Link, html
from components.format import counted
from components.history import flow_about, flow_figure, worth_about, worth_figure
from components.parts import about_skeleton, attributes, chart_panel, icon, labelled, rows_skeleton, skeleton, spoken
from components.quality import hints, incomplete_banner
from components.query import View
from components.report_tables import (
    Told,
    account_table,
    budget_table,
    category_table,
    figure_cards,
    figure_table,
    largest_table,
    month_table,
)
from components.static import Static
from core.errors import Invalid
from core.i18n import N_, _
from core.query import single

LOADING, READY = "page report is-loading", "page report is-ready"
OTHER, EMPTY = "page report is-other", "page report is-other is-empty"
OWN: Final = ("compare",)
Beside = Literal["previous", "last_year", "none"]
_BESIDE: Final[dict[Beside, str]] = {
    "previous": N_("Period before"),
    "last_year": N_("Year before"),
    "none": N_("Nothing"),
}
Parts = dict[str, Any]


@dataclass(frozen=True, slots=True)
class ReportView:
    """What the address asks for: the view as reports take it, and what the figures are compared with."""

    plain: View
    beside: Beside = "previous"

    @classmethod
    def read(cls, view: View) -> ReportView:
        """From the address; `Invalid` names a comparison that there is not."""
        given, plain = single(view.params, "compare"), View(tuple(pair for pair in view.pairs if pair[0] not in OWN))
        for beside in get_args(Beside):
            if given in (beside, None):
                return cls(plain, beside)
        raise Invalid.field("compare", f"must be one of {', '.join(_BESIDE)}")

    @property
    def view(self) -> View:
        """The whole view; what is usual is not said."""
        return View((*self.plain.pairs, *((("compare", self.beside),) if self.beside != "previous" else ())))


def report_skeleton() -> html.Div:
    """The page before its first answer."""
    presets = Static(preset_menu(View()), id=ids.report("presets"))
    picker = html.Div(range_picker(ids.report("range")), className="range-box")
    save = html.Button(
        [icon("file-text"), _("Print or save as PDF")],
        type="button",
        className="button button-primary",
        **attributes(data_print="report"),
    )
    choices = [Static(id=name, className="report-choice") for name in (ids.report("currency"), ids.report("compare"))]
    controls = html.Div([*choices, presets, picker, save, dcc.Store(id=ids.report("span"))], className="controls")
    titles = [html.P(skeleton(14, "160px"), id=ids.report("eyebrow"), className="eyebrow"), html.H1(_("Report"))]
    return html.Div(
        [
            html.Div([html.Div(titles), controls], className="page-head"),
            Static(id=ids.report("chips"), className="chips"),
            Static(id=ids.report("state")),
            html.Div(_sheet(), className="content paper", **attributes(data_mantine_color_scheme="light")),
        ],
        id=ids.REPORT,
        className=LOADING,
    )


def _sheet() -> list[Any]:
    return [
        Static([skeleton(20, "30%"), skeleton(32, "60%")], id=ids.report("cover"), className="report-cover"),
        Static([skeleton(64), rows_skeleton(7, 28)], id=ids.report("figures"), tag="section", className="report-part"),
        chart_panel(ids.REPORT_FLOW, 240),
        _part(ids.report("categories"), "report-part report-long"),
        _part(ids.report("budgets"), "report-part"),
        chart_panel(ids.REPORT_WORTH, 240),
        _part(ids.report("accounts"), "report-part"),
        _part(ids.report("largest"), "report-part"),
        _part(ids.report("notes"), "report-part report-notes"),
    ]


def _part(name: str, css: str) -> Static:
    return Static([*about_skeleton(), rows_skeleton(6, 28)], id=name, tag="section", className=css)


def compare_menu(view: ReportView) -> html.Details:
    """The button that says what the figures are compared with, and its menu of links."""
    summary = html.Summary(
        [html.Span([f"{_('Compared with')}: ", _(_BESIDE[view.beside])]), icon("chevron-down")], className="button"
    )
    links = []
    for beside, name in _BESIDE.items():
        mark = [icon("check"), spoken(_("shown now"))] if beside == view.beside else []
        href = replace(view, beside=beside).view.href
        links.append(html.Li(Link([html.Span(_(name)), *mark], href=href, className="sheet-item")))
    return html.Details([summary, html.Ul(links, className="sheet")], className="menu")


def draw(told: Told) -> Parts:
    """All parts of the sheet, by name."""
    picture = told.picture
    return {
        "cover": _cover(told),
        "figures": [
            incomplete_banner(picture),
            html.Section(figure_cards(told), className="cards", **labelled(_("Key figures"))),
            figure_table(told),
        ],
        "flow_about": flow_about(picture),
        "flow_figure": flow_figure(picture),
        "flow_table": month_table(told),
        "categories": _titled(_("Categories"), _("What came in and went out, by category."), category_table(told)),
        "budgets": _budgets(told),
        "worth_about": worth_about(picture),
        "worth_figure": worth_figure(picture),
        "accounts": _titled(
            _("Accounts"), _("On {day}.", day=picture.fmt.day(picture.answer.period.to)), account_table(told)
        ),
        "largest": _largest(told),
        "notes": [html.H2(_("Notes")), html.Ul([html.Li(note) for note in notes(told)])],
    }


def _titled(title: str, said: str, table: Any) -> list[Any]:
    return [html.H2(title), html.P(said, className="sentence"), table]


def _cover(told: Told) -> list[Any]:
    """Whose figures these are, of which days, in which currency, compared with what, and when they were written."""
    picture = told.picture
    facts = [(_("Period"), picture.span), (_("Currency"), picture.currency)]
    if told.before:
        facts.append((_("Compared with"), told.before.words))
    facts.append((_("As of"), picture.fmt.day(picture.answer.as_of)))
    listed = html.Dl([html.Div([html.Dt(name), html.Dd(value)]) for name, value in facts])
    name = f"{told.tenant}, {picture.span}"
    title = html.H2(told.tenant, className="report-tenant", **attributes(data_report_name=name))
    return [html.P(_("Financial report"), className="eyebrow"), title, listed]


def _budgets(told: Told) -> list[Any]:
    rows = told.picture.data.budgets
    if not rows:
        return []
    over = sum(row.status == "over" for row in rows)
    total = counted(len(rows), "budget", "budgets", told.picture.fmt)
    said = _("{over} of {total} over the limit", over=told.picture.fmt.count(over), total=total)
    return _titled(_("Budgets"), f"{said}.", budget_table(told))


def _largest(told: Told) -> list[Any]:
    if not told.largest:
        return []
    said = _("By their amount as booked; transfers between your own accounts are left out.")
    return _titled(_("Largest transactions"), said, largest_table(told))


def notes(told: Told) -> list[str]:
    """What a reader must know to trust the figures: what is missing, unfinished, filtered or compared with nothing."""
    picture = told.picture
    said = []
    if not picture.answer.complete:
        left = ", ".join(picture.fmt.money(each.amount, each.currency) for each in picture.answer.unconverted)
        said.append(_("Incomplete: no exchange rate is known for {missing}.", missing=left))
    if picture.answer.as_of < picture.answer.period.to:
        said.append(_("The period is not over: the figures are those up to {day}.", day=_day(picture)))
    if told.before and told.before.data is None:
        said.append(_("Nothing was booked in {days}: there is nothing to compare with.", days=told.before.words))
    filters = [_filter(pair, picture) for pair in picture.view.filters if pair[0] != "currency"]
    if filters:
        said.append(_("Only what these filters find: {filters}.", filters=", ".join(filters)))
    doubts = hints(picture)
    said.append(_("To make these figures surer: {hints}.", hints=", ".join(doubts)) if doubts else _calm())
    count = picture.fmt.count(picture.data.transactions.count)
    return [*said, _("{count} bookings; version {version} of the books.", count=count, version=picture.answer.version)]


def _calm() -> str:
    return _("Every booking is sorted and every account is up to date.")


def _day(picture: Picture) -> str:
    return picture.fmt.day(picture.answer.as_of)


def _filter(pair: tuple[str, str], picture: Picture) -> str:
    names = {("account_id", account.id): account.name for account in picture.data.accounts}
    flows = picture.data.transactions.by_category
    names |= {("category_id", flow.category_id): flow.name for flow in flows if flow.category_id}
    return f"{filter_name(pair[0])}: {names.get(pair, pair[1])}"
