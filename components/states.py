"""What a page says when it has no figures to show: nothing imported yet, a mistake, a feature that is off."""

from __future__ import annotations

from typing import Any

from components.elements import html
from components.parts import icon
from core.i18n import _


def _state(picture: str, title: str, *rest: Any) -> html.Div:
    return html.Div([html.Span(icon(picture), className="state-icon"), html.H2(title), *rest], className="state")


def empty_ledger(tenant_key: str) -> html.Div:
    """A ledger without accounts: what will be here, and how to bring the first statement."""
    command = f"flask statements import STATEMENT.csv \\\n  --tenant {tenant_key} --create-accounts"
    return _state(
        "upload",
        _("Your figures will be here"),
        html.P(
            _("Bring a bank statement, and this page shows what you own, earn and spend, and how your budgets stand.")
        ),
        bring_statement(command),
    )


def bring_statement(command: str) -> html.Div:
    """The one next step, and, folded, the ways that programs take."""
    summary = html.Summary([icon("chevron-down"), _("From a command line or another program")], className="steps-fold")
    field: list[Any] = [
        html.Code("POST /financial/imports"),
        f" {_('with the file in the form field')} ",
        html.Code("file"),
        ".",
    ]
    ways = html.Div(
        [
            html.H3(_("From the command line")),
            html.Pre(html.Code(command)),
            html.H3(_("From another program")),
            html.P(field),
        ],
        className="steps",
    )
    return html.Div(
        [
            html.A([icon("upload"), _("Import a statement")], href="/import", className="button button-primary"),
            html.P(_("CSV, Excel, OFX, QFX, QIF, MT940 and CAMT files are understood."), className="period"),
            html.Details([summary, ways]),
        ],
        className="bring",
    )


def feature_off() -> html.Div:
    """The dashboard is switched off for this tenant."""
    return _state(
        "lock",
        _("The dashboard is switched off"),
        html.P(_("Your administrator can switch it on again. Your bookings are safe meanwhile.")),
    )


def failed(detail: str, again: str) -> html.Div:
    """Something went wrong while the figures were fetched; the same view can be asked for `again`."""
    return _state(
        "alert-circle",
        _("The figures could not be fetched"),
        html.P(detail),
        html.P(html.A([icon("refresh"), _("Try again")], href=again, className="button button-primary")),
    )


def refused(detail: str, path: str = "/", back: str | None = None) -> html.Div:
    """The address asks for something that is not there or not allowed; `back` names the way to `path`."""
    return _state(
        "filter",
        _("This view cannot be shown"),
        html.P(detail),
        html.P(html.A(back or _("Show the latest 12 months"), href=path, className="button button-primary")),
    )


def not_found() -> html.Div:
    """No page has this address."""
    return _state(
        "help-circle",
        _("There is no such page"),
        html.P(_("The address may be old or mistyped.")),
        html.P(html.A(_("Go to the overview"), href="/", className="button button-primary")),
    )
