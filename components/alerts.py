"""Open budget alerts: which budget, which level, and when."""

from __future__ import annotations

from components.context import Picture
from components.elements import html
from components.parts import icon
from core.i18n import _
from data.schemas.budgets import BudgetAlert, Level


def alert_list(picture: Picture) -> html.Div | None:
    """The alerts that nobody has acknowledged, newest first; None when there are none."""
    alerts = picture.data.alerts
    if not alerts:
        return None
    names = {budget.id: budget.name for budget in picture.data.budgets}
    rows = [_row(alert, names.get(alert.budget_id, _("A budget")), picture) for alert in alerts]
    return html.Div([html.H3(_("Alerts")), html.Ul(rows, className="alerts")], className="alert-box")


def _row(alert: BudgetAlert, name: str, picture: Picture) -> html.Li:
    over, said = _level(alert.level, picture)
    when = html.Time(
        picture.fmt.day_of(alert.fired_at.date(), picture.answer.as_of.year), dateTime=alert.fired_at.isoformat()
    )
    return html.Li(
        [
            html.Span(icon("alert-circle" if over else "alert-triangle"), className="over" if over else "warning"),
            html.Span([html.Strong(name), f" {said}"]),
            when,
        ]
    )


def _level(level: Level, picture: Picture) -> tuple[bool, str]:
    """Whether the level means over the limit, and what to say: levels are ratios or `projected_over`."""
    if isinstance(level, str):
        return False, _("is likely to end over its limit")
    if level >= 1:
        return True, _("went over its limit")
    return False, _("reached {ratio} of its limit", ratio=picture.fmt.percent(level))
