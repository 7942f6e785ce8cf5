"""What a page says when it has no figures to show: nothing imported yet, a mistake, a feature that is off."""

from __future__ import annotations

from typing import Any

from dash import html

from components.parts import icon


def _state(picture: str, title: str, *rest: Any) -> html.Div:
    return html.Div([html.Span(icon(picture), className="state-icon"), html.H2(title), *rest], className="state")


def empty_ledger(tenant_key: str) -> html.Div:
    """A ledger without accounts: what will be here, and how to bring the first statement."""
    command = f"flask statements import STATEMENT.csv \\\n  --tenant {tenant_key} --create-accounts"
    return _state(
        "upload",
        "Your figures will be here",
        html.P("Bring a bank statement, and this page shows what you own, earn and spend, and how your budgets stand."),
        bring_statement(command),
    )


def bring_statement(command: str) -> html.Div:
    """The ways to bring a statement in; the place where an import button belongs."""
    files = "CSV, OFX, QIF, CAMT.053 and MT940 files are understood."
    return html.Div(
        [
            html.P(html.A([icon("upload"), "Import a statement"], href="/import", className="button button-primary")),
            html.H3("From the command line"),
            html.Pre(html.Code(command)),
            html.H3("From another program"),
            html.P([html.Code("POST /financial/imports"), " with the file in the form field ", html.Code("file"), "."]),
            html.P(files, className="quiet"),
        ],
        className="steps",
    )


def feature_off() -> html.Div:
    """The dashboard is switched off for this tenant."""
    return _state(
        "lock",
        "The dashboard is switched off",
        html.P("Your administrator can switch it on again. Your bookings are safe meanwhile."),
    )


def failed(detail: str, search: str, path: str = "/") -> html.Div:
    """Something went wrong while the figures were fetched; the same view can be asked for again."""
    return _state(
        "alert-circle",
        "The figures could not be fetched",
        html.P(detail),
        html.P(html.A([icon("refresh"), "Try again"], href=f"{path}{search}", className="button button-primary")),
    )


def refused(detail: str, path: str = "/", words: str = "Show the latest 12 months") -> html.Div:
    """The address asks for something that is not there or not allowed."""
    return _state(
        "filter",
        "This view cannot be shown",
        html.P(detail),
        html.P(html.A(words, href=path, className="button button-primary")),
    )


def not_found() -> html.Div:
    """No page has this address."""
    return _state(
        "help-circle",
        "There is no such page",
        html.P("The address may be old or mistyped."),
        html.P(html.A("Go to the overview", href="/", className="button button-primary")),
    )
