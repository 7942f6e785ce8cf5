"""The page on embeds: a form for a token with a live frame beside it, the code to paste, sites and keys, a checker."""

from __future__ import annotations

from typing import Any, Final

import dash_mantine_components as dmc
from dash import dcc

from components import ids
from components.elements import html
from components.parts import icon, labelled, skeleton
from core.i18n import N_, _
from data.schemas.embeds import VIEWS

LOADING, READY, OTHER = "page is-loading", "page is-ready", "page is-other"
VIEW_NAMES: Final = {
    "dashboard": N_("Dashboard: everything"),
    "summary": N_("Summary: key figures and net worth"),
    "accounts": N_("Accounts"),
    "transactions": N_("Transactions: flows, categories, newest"),
    "budgets": N_("Budgets"),
    "net-worth": N_("Chart: net worth"),
    "cash-flow": N_("Chart: income against expenses"),
    "categories": N_("Chart: spending by category"),
}
FILTER_NAMES: Final = {
    "period": N_("Period"),
    "from": N_("From"),
    "to": N_("To"),
    "account_id": N_("Account"),
    "category_id": N_("Category"),
    "tag": N_("Tag"),
    "currency": N_("Currency"),
}
ALLOW_NAMES: Final = {
    "drill": N_("Click to narrow to an account or a category"),
    "export": N_("Download as CSV"),
    "masked": N_("Hide amounts: bars without numbers"),
}


def embeds_skeleton() -> html.Div:
    """The page before it is known who is here."""
    titles = html.Div([html.P(skeleton(14, "160px"), id=ids.EMBEDS_EYEBROW, className="eyebrow"), html.H1(_("Embeds"))])
    columns = html.Div([_form(), _preview()], className="embeds-columns")
    setup = html.Div([_sites(), _keys()], className="embeds-columns embeds-even")
    content = html.Div([columns, _code(), setup, _checker()], className="content")
    stores = [dcc.Store(id=ids.EMBEDS_REQUEST), dcc.Store(id=ids.EMBEDS_SHOWN)]
    return html.Div(
        [html.Div(titles, className="page-head"), html.Div(id=ids.EMBEDS_STATE), content, *stores],
        id=ids.EMBEDS,
        className=LOADING,
    )


def _panel(title: str, sentence: str, *rest: Any) -> html.Section:
    head = [html.Div(html.H2(title), className="panel-title"), html.P(sentence, className="sentence")]
    return html.Section([*head, *rest], className="panel", **labelled(title))


def _options(names: dict[str, str]) -> Any:
    return [{"value": value, "label": _(label)} for value, label in names.items()]


def _form() -> html.Section:
    themes = {"auto": _("As the viewer's system"), "light": _("Light"), "dark": _("Dark")}
    look = html.Fieldset(
        [
            html.Legend(_("Look")),
            _select(ids.EMBEDS_THEME, _("Theme"), themes, "auto"),
            _text(ids.EMBEDS_LOCALE, _("Locale"), _("The tenant's own, or de-DE")),
        ]
    )
    view = _select(ids.EMBEDS_VIEW, _("View"), {view: VIEW_NAMES[view] for view in VIEWS}, "summary")
    wrong = html.P(id=ids.EMBEDS_WRONG, className="embeds-wrong", role="alert")
    return _panel(
        _("Try it out"), _("Choose what a frame shows; the preview follows."), view, _lock(), _may(), look, wrong
    )


def _lock() -> html.Fieldset:
    return html.Fieldset(
        [
            html.Legend(_("Locked to")),
            _several(ids.EMBEDS_ACCOUNTS, _("Accounts")),
            _several(ids.EMBEDS_CATEGORIES, _("Categories")),
            html.Div([_text(ids.EMBEDS_FIRST, _("From"), "YYYY-MM-DD"), _text(ids.EMBEDS_LAST, _("To"), "YYYY-MM-DD")]),
            _text(ids.EMBEDS_CURRENCY, _("Currency"), _("The tenant's own")),
        ]
    )


def _several(name: str, label: str) -> dmc.MultiSelect:
    return dmc.MultiSelect(id=name, label=label, data=[], placeholder=_("All"), searchable=True)


def _may() -> html.Fieldset:
    boxes = [dmc.Checkbox(label=_(label), value=value) for value, label in ALLOW_NAMES.items()]
    return html.Fieldset(
        [
            html.Legend(_("The viewer may")),
            dmc.MultiSelect(
                id=ids.EMBEDS_FILTERS, label=_("Choose"), data=_options(FILTER_NAMES), value=["period"], placeholder=""
            ),
            dmc.CheckboxGroup(id=ids.EMBEDS_ALLOW, value=["drill"], children=boxes, className="embeds-checks"),
        ]
    )


def _text(name: str, label: str, placeholder: str) -> dmc.TextInput:
    return dmc.TextInput(id=name, label=label, placeholder=placeholder, debounce=500)


def _select(name: str, label: str, names: dict[str, str], value: str) -> dmc.Select:
    return dmc.Select(id=name, label=label, data=_options(names), value=value, allowDeselect=False)


def _preview() -> html.Section:
    frame = html.Div(className="embeds-frame", id="embeds-frame")
    events = html.Ol(id="embeds-events", className="embeds-events", **labelled(_("What the frame told this page")))
    return _panel(
        _("Live preview"),
        _("The real frame, with a real token that lives ten minutes and is renewed."),
        frame,
        html.H3(_("Events")),
        events,
    )


def _code() -> html.Section:
    return _panel(
        _("Put it into your site"),
        _("Your server asks for tokens; your page shows the frame. No cookie is involved."),
        html.Div(id=ids.EMBEDS_CODE, className="embeds-code"),
    )


def _sites() -> html.Section:
    return _panel(
        _("Your sites"),
        _("Browsers show frames on these sites only. One a line: scheme and host, no path."),
        dmc.Textarea(
            id=ids.EMBEDS_ORIGINS,
            label=_("Sites"),
            autosize=True,
            minRows=3,
            placeholder="https://portal.example.org",
        ),
        html.Div(
            [_button(ids.EMBEDS_SAVE, _("Save the sites"), primary=True), _said(ids.EMBEDS_SAVED)],
            className="embeds-row",
        ),
        html.H3(_("Take everything back")),
        html.P(_("All tokens end at once, those of your own server too."), className="quiet"),
        html.Div(
            [_button(ids.EMBEDS_REVOKE, _("Revoke all tokens")), _said(ids.EMBEDS_REVOKED)], className="embeds-row"
        ),
    )


def _keys() -> html.Section:
    return _panel(
        _("Keys"),
        _("A key signs tokens. To change it: make a second one, let your server use it, delete the first."),
        html.Div(skeleton(60), id=ids.EMBEDS_KEYS),
        html.Div(_button(ids.EMBEDS_NEW_KEY, _("Make a key")), className="embeds-row"),
        html.Div(id=ids.EMBEDS_MADE_KEY, role="status"),
    )


def _checker() -> html.Section:
    headers = _("Paste the answer's headers of your page, as `curl -I https://your-page` prints them")
    return _panel(
        _("Check a site"),
        _("Says what keeps a frame from showing. Everything but the address may be left out."),
        dmc.TextInput(
            id=ids.EMBEDS_CHECK_SITE, label=_("Address of your page"), placeholder="https://portal.example.org/"
        ),
        dmc.Textarea(
            id=ids.EMBEDS_CHECK_HEADERS, label=_("Its headers"), autosize=True, minRows=3, placeholder=headers
        ),
        dmc.Textarea(id=ids.EMBEDS_CHECK_JWT, label=_("A token of your server"), autosize=True, minRows=2),
        html.Div(_button(ids.EMBEDS_CHECK, _("Check")), className="embeds-row"),
        html.Div(id=ids.EMBEDS_FINDINGS, role="status"),
    )


def _button(name: str, words: str, *, primary: bool = False) -> html.Button:
    return html.Button(words, id=name, type="button", className="button button-primary" if primary else "button")


def _said(name: str) -> html.Span:
    return html.Span(id=name, className="quiet", role="status")


def no_rights() -> html.Div:
    """What somebody reads who is no admin."""
    words = _("Your role does not let you set up embeds: ask an admin or the owner.")
    return html.Div([icon("lock"), html.P(words)], className="import-note")


def findings(found: list[tuple[bool, str]]) -> html.Ul:
    """What the checker says: whether it is well, and in words."""
    return html.Ul(
        [
            html.Li(
                [icon("circle-check" if good else "alert-triangle"), html.Span(words)], className="" if good else "bad"
            )
            for good, words in found
        ],
        className="embeds-findings",
    )
