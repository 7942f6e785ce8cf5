"""The page of all budgets: bullet bars, those that need attention first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from dash import dcc

from components import ids
from components.axes import height
from components.budget_words import Desk, level_words, rule_words
from components.budgets import STATES, bullet, standing
from components.elements import Link, html
from components.format import counted
from components.parts import HIDDEN, about_skeleton, attributes, data_table, icon, key, money, rows_skeleton, skeleton
from components.why import why
from core.i18n import N_, _
from data.schemas.budgets import Budget, BudgetAlert, BudgetStatus

LOADING, READY, OTHER = "page is-loading budgets", "page is-ready budgets", "page is-other budgets"
_ORDER: Final = list(STATES)
_HEADS: Final = (
    N_("Budget"),
    N_("Spent"),
    N_("Limit"),
    N_("Remaining"),
    N_("Still to come"),
    N_("Likely end"),
    N_("Used"),
    N_("Status"),
    N_("Period"),
)


def budgets_skeleton() -> html.Div:
    """The page before it is known who is here."""
    titles = html.Div(
        [
            html.P(skeleton(14, "160px"), id=ids.BUDGETS_EYEBROW, className="eyebrow"),
            html.H1(_("Budgets"), id=ids.BUDGETS_TITLE),
        ]
    )
    head = html.Div([titles, html.Div(id=ids.BUDGETS_CONTROLS, className="controls")], className="page-head")
    bones = html.Section([*about_skeleton(), rows_skeleton(6, 72)], className="panel")
    said: dict[str, Any] = {"aria-live": "polite"}
    return html.Div(
        [
            head,
            html.Div(id=ids.BUDGETS_CHIPS, className="chips"),
            html.Div(id=ids.BUDGETS_STATE),
            html.Div(bones, id=ids.BUDGETS_CONTENT, className="content"),
            html.P(id="budgets-said", className="visually-hidden", role="status", **said),
            dcc.Store(id=ids.BUDGETS_CONTEXT),
            dcc.Store(id=ids.BUDGETS_OPENED),
        ],
        id=ids.BUDGETS,
        className=LOADING,
    )


def act(words: Any, what: str, own: str = "", css: str = "button", label: str | None = None) -> html.Button:
    """A button whose work `assets/78-budgets.js` does."""
    names = attributes(data_budget=what, data_own=own, aria_label=label)
    return html.Button(words, type="button", className=css, **names)


def budget_list(
    rows: Sequence[BudgetStatus], alerts: Sequence[BudgetAlert], others: Sequence[Budget], desk: Desk
) -> list[Any]:
    """All budgets of the view, their open alerts, and those that have no period in it."""
    ordered = sorted(rows, key=lambda row: (_ORDER.index(row.status), -(row.used or 0.0), row.name))
    parts: list[Any] = [_panel(ordered, desk)] if ordered else []
    box = alert_box(alerts, {row.id: row.name for row in rows}, desk)
    return [*parts, *([box] if box else []), *([_others(others, desk)] if others else [])]


def _panel(rows: Sequence[BudgetStatus], desk: Desk) -> html.Section:
    worry = [row for row in rows if STATES[row.status][2] != "calm"]
    calm = [row for row in rows if STATES[row.status][2] == "calm"]
    marks = [("mark-spent", _("spent")), ("mark-committed", _("still to come")), ("mark-pace", _("today"))]
    parts: list[Any] = [html.P(_sentence(rows, worry, desk), className="sentence money-text")]
    parts.append(key([*marks, ("mark-end", _("likely end"))]))
    for title, group in ((_("Needs attention"), worry), (_("On track"), calm)):
        if group:
            title_shown = html.H2(title, className="budget-group")
            parts += [title_shown, html.Ul([_row(row, desk) for row in group], className="budget-rows")]
    table = data_table(_("All budgets"), [_(head) for head in _HEADS], [_cells(row, desk) for row in rows])
    return html.Section([*parts, html.Div(table, className="panel-foot")], className="panel")


def _sentence(rows: Sequence[BudgetStatus], worry: Sequence[BudgetStatus], desk: Desk) -> str:
    total = counted(len(rows), "budget", "budgets", desk.fmt)
    over = sum(1 for row in rows if row.status == "over")
    if not worry:
        return _("All is well: {total}, none over its limit or close to it.", total=total)
    said = [_("{over} of {total} over the limit", over=desk.fmt.count(over), total=total)] if over else []
    if len(worry) > over:
        close = desk.fmt.count(len(worry) - over)
        said.append(
            _("{close} to keep an eye on", close=close)
            if over
            else _("{close} of {total} to keep an eye on", close=close, total=total)
        )
    return ", ".join(said) + "."


def _row(row: BudgetStatus, desk: Desk) -> html.Li:
    days = desk.fmt.span(row.period.from_, row.period.to)
    name = html.Div(
        [
            Link(row.name, href=_href(row.id, desk), className="budget-name", title=row.name),
            html.Span(_about(row, days, desk), className="budget-about"),
        ],
        className="budget-who",
    )
    return html.Li(
        [
            name,
            standing(row, desk),
            html.Div([bullet(row, STATES[row.status][2], projection=True), _note(row, desk)], className="budget-bar"),
            html.Div(_left(row, desk), className="budget-left"),
        ],
        className="budget-row",
    )


def _about(row: BudgetStatus, days: str, desk: Desk) -> str:
    """Its categories and days; a budget that is called as its category does not say that twice."""
    named = desk.named(row.category_ids)
    return days if named == row.name else f"{named} · {days}"


def _href(own: str, desk: Desk) -> str:
    kept = "".join(f"&{name}={value}" for name, value in desk.view.pairs if name in ("period", "from", "to"))
    return f"/budgets?id={own}{kept}"


def amount(row: BudgetStatus, name: str, desk: Desk, css: str = "", *, exact: bool = False) -> Any:
    """A figure of a budget, a link to what it is made of."""
    value: str | None = getattr(row, name)
    shown = desk.fmt.money(value, row.currency)
    brief = shown if exact else desk.fmt.whole(value, row.currency)
    return why(money(brief, shown, css), f"budget.{row.id}.{name}", desk)


def _note(row: BudgetStatus, desk: Desk) -> html.Div:
    spent = html.Span([amount(row, "spent", desk, "strong"), f" {_('of')} ", amount(row, "limit", desk)])
    end = None
    if row.projected is not None and row.elapsed < 1:
        end = html.Span([_("likely to end at"), " ", amount(row, "projected", desk)])
    return html.Div([spent, end], className="budget-note")


def _left(row: BudgetStatus, desk: Desk) -> list[Any]:
    remaining = height(row.remaining)
    whole = desk.fmt.whole(row.remaining.lstrip("-"), row.currency)
    said: list[Any] = [
        html.Span(why(money(whole, whole, "strong"), f"budget.{row.id}.remaining", desk)),
        html.Span(_("over") if remaining < 0 else _("left"), className="quiet"),
    ]
    if row.left_per_day is not None and height(row.left_per_day) > 0:
        said.append(html.Span([amount(row, "left_per_day", desk), f" {_('a day')}"], className="quiet budget-daily"))
    return said


def _cells(row: BudgetStatus, desk: Desk) -> tuple[str, ...]:
    amounts = (row.spent, row.limit, row.remaining, row.committed, row.projected)
    return (
        row.name,
        *(desk.fmt.money(each, row.currency) for each in amounts),
        desk.fmt.percent(row.used),
        _(STATES[row.status][0]),
        desk.fmt.span(row.period.from_, row.period.to),
    )


def alert_box(alerts: Sequence[BudgetAlert], names: dict[str, str], desk: Desk) -> html.Section | None:
    """The alerts that nobody has acknowledged, newest first, each with its button for those who may write."""
    if not alerts:
        return None
    rows = [_alert(alert, names.get(alert.budget_id, _("A budget")), desk) for alert in alerts]
    head = html.Div(html.H2(_("Alerts")), className="panel-title")
    return html.Section([head, html.Ul(rows, className="budget-alerts")], className="panel")


def _alert(alert: BudgetAlert, name: str, desk: Desk) -> html.Li:
    over, said = level_words(alert.level, desk.fmt)
    days = desk.fmt.span(alert.period.from_, alert.period.to)
    when = html.Time(desk.fmt.day(alert.fired_at.date()), dateTime=alert.fired_at.isoformat())
    seen: Any = None
    if alert.acknowledged_at is None and desk.writes:
        seen = act(
            [icon("check"), _("Seen")], "seen", alert.id, label=_("Mark as seen: {name}, {said}", name=name, said=said)
        )
    elif alert.acknowledged_at is not None:
        seen = html.Span(_("Seen"), className="quiet")
    return html.Li(
        [
            html.Span(icon("alert-circle" if over else "alert-triangle"), className="over" if over else "warning"),
            html.Span([html.Strong(name), html.Span([f"{said} · {days} · ", when], className="budget-about")]),
            seen,
        ]
    )


def _others(others: Sequence[Budget], desk: Desk) -> html.Section:
    """Budgets that have not begun, or have ended."""
    rows = [
        html.Li(
            [
                Link(each.name, href=f"/budgets?id={each.id}", className="budget-name"),
                html.Span(rule_words(each.rule, desk.fmt), className="budget-about"),
            ]
        )
        for each in others
    ]
    head = html.Div([html.H2(_("Not in this period")), html.P(_("not begun, or ended"), className="period")])
    return html.Section(
        [html.Div(head.children, className="panel-title"), html.Ul(rows, className="budget-others")], className="panel"
    )


def no_budgets(desk: Desk) -> html.Section:
    """No budget yet: what one is, and proposals from the last six months, drawn by `assets/78-budgets.js`."""
    words = _("A budget sets a limit for some categories, and tells you in time when you come close to it.")
    return html.Section(
        [
            html.Div(
                [
                    html.Span(icon("target"), className="state-icon"),
                    html.H2(_("No budget yet")),
                    html.P(words, className="sentence"),
                    None if desk.writes else html.P(_("Someone with the role editor can add one."), className="quiet"),
                ],
                className="budget-empty",
            ),
            html.Div(id="budgets-proposals", **HIDDEN) if not desk.writes else html.Div(id="budgets-proposals"),
        ],
        className="panel",
    )
