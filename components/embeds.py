"""The page on embeds: a form for a token with a live frame beside it, the code to paste, sites and keys, a checker."""

from __future__ import annotations

from typing import Any, Final

import dash_mantine_components as dmc
from dash import dcc, html

from components import ids
from components.parts import icon, labelled, skeleton
from data.schemas.embeds import VIEWS

LOADING, READY, OTHER = "page is-loading", "page is-ready", "page is-other"
VIEW_NAMES: Final = {
    "dashboard": "Dashboard: everything",
    "summary": "Summary: key figures and net worth",
    "accounts": "Accounts",
    "transactions": "Transactions: flows, categories, newest",
    "budgets": "Budgets",
    "net-worth": "Chart: net worth",
    "cash-flow": "Chart: income against expenses",
    "categories": "Chart: spending by category",
}
FILTER_NAMES: Final = {
    "period": "Period",
    "from": "From",
    "to": "To",
    "account_id": "Account",
    "category_id": "Category",
    "tag": "Tag",
    "currency": "Currency",
}
ALLOW_NAMES: Final = {
    "drill": "Click to narrow to an account or a category",
    "export": "Download as CSV",
    "masked": "Hide amounts: bars without numbers",
}


def embeds_skeleton() -> html.Div:
    """The page before it is known who is here."""
    titles = html.Div([html.P(skeleton(14, "160px"), id=ids.EMBEDS_EYEBROW, className="eyebrow"), html.H1("Embeds")])
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
    return [{"value": value, "label": label} for value, label in names.items()]


def _form() -> html.Section:
    lock = html.Fieldset(
        [
            html.Legend("Locked to"),
            dmc.MultiSelect(id=ids.EMBEDS_ACCOUNTS, label="Accounts", data=[], placeholder="All", searchable=True),
            dmc.MultiSelect(id=ids.EMBEDS_CATEGORIES, label="Categories", data=[], placeholder="All", searchable=True),
            html.Div([_text(ids.EMBEDS_FIRST, "From", "YYYY-MM-DD"), _text(ids.EMBEDS_LAST, "To", "YYYY-MM-DD")]),
            _text(ids.EMBEDS_CURRENCY, "Currency", "The tenant's own"),
        ]
    )
    may = html.Fieldset(
        [
            html.Legend("The viewer may"),
            dmc.MultiSelect(
                id=ids.EMBEDS_FILTERS,
                label="Choose",
                data=_options(FILTER_NAMES),
                value=["period"],
                placeholder="",
            ),
            dmc.CheckboxGroup(
                id=ids.EMBEDS_ALLOW,
                value=["drill"],
                children=[dmc.Checkbox(label=label, value=value) for value, label in ALLOW_NAMES.items()],
                className="embeds-checks",
            ),
        ]
    )
    themes = {"auto": "As the viewer's system", "light": "Light", "dark": "Dark"}
    look = html.Fieldset(
        [
            html.Legend("Look"),
            _select(ids.EMBEDS_THEME, "Theme", themes, "auto"),
            _text(ids.EMBEDS_LOCALE, "Locale", "The tenant's own, or de-DE"),
        ]
    )
    view = _select(ids.EMBEDS_VIEW, "View", {view: VIEW_NAMES[view] for view in VIEWS}, "summary")
    wrong = html.P(id=ids.EMBEDS_WRONG, className="embeds-wrong", role="alert")
    return _panel("Try it out", "Choose what a frame shows; the preview follows.", view, lock, may, look, wrong)


def _text(name: str, label: str, placeholder: str) -> dmc.TextInput:
    return dmc.TextInput(id=name, label=label, placeholder=placeholder, debounce=500)


def _select(name: str, label: str, names: dict[str, str], value: str) -> dmc.Select:
    return dmc.Select(id=name, label=label, data=_options(names), value=value, allowDeselect=False)


def _preview() -> html.Section:
    frame = html.Div(className="embeds-frame", id="embeds-frame")
    events = html.Ol(id="embeds-events", className="embeds-events", **labelled("What the frame told this page"))
    return _panel(
        "Live preview",
        "The real frame, with a real token that lives ten minutes and is renewed.",
        frame,
        html.H3("Events"),
        events,
    )


def _code() -> html.Section:
    return _panel(
        "Put it into your site",
        "Your server asks for tokens; your page shows the frame. No cookie is involved.",
        html.Div(id=ids.EMBEDS_CODE, className="embeds-code"),
    )


def _sites() -> html.Section:
    return _panel(
        "Your sites",
        "Browsers show frames on these sites only. One a line: scheme and host, no path.",
        dmc.Textarea(
            id=ids.EMBEDS_ORIGINS,
            label="Sites",
            autosize=True,
            minRows=3,
            placeholder="https://portal.example.org",
        ),
        html.Div(
            [_button(ids.EMBEDS_SAVE, "Save the sites", primary=True), _said(ids.EMBEDS_SAVED)], className="embeds-row"
        ),
        html.H3("Take everything back"),
        html.P("All tokens end at once, those of your own server too.", className="quiet"),
        html.Div([_button(ids.EMBEDS_REVOKE, "Revoke all tokens"), _said(ids.EMBEDS_REVOKED)], className="embeds-row"),
    )


def _keys() -> html.Section:
    return _panel(
        "Keys",
        "A key signs tokens. To change it: make a second one, let your server use it, delete the first.",
        html.Div(skeleton(60), id=ids.EMBEDS_KEYS),
        html.Div(_button(ids.EMBEDS_NEW_KEY, "Make a key"), className="embeds-row"),
        html.Div(id=ids.EMBEDS_MADE_KEY, role="status"),
    )


def _checker() -> html.Section:
    headers = "Paste the answer's headers of your page, as `curl -I https://your-page` prints them"
    return _panel(
        "Check a site",
        "Says what keeps a frame from showing. Everything but the address may be left out.",
        dmc.TextInput(
            id=ids.EMBEDS_CHECK_SITE, label="Address of your page", placeholder="https://portal.example.org/"
        ),
        dmc.Textarea(id=ids.EMBEDS_CHECK_HEADERS, label="Its headers", autosize=True, minRows=3, placeholder=headers),
        dmc.Textarea(id=ids.EMBEDS_CHECK_JWT, label="A token of your server", autosize=True, minRows=2),
        html.Div(_button(ids.EMBEDS_CHECK, "Check"), className="embeds-row"),
        html.Div(id=ids.EMBEDS_FINDINGS, role="status"),
    )


def _button(name: str, words: str, *, primary: bool = False) -> html.Button:
    return html.Button(words, id=name, type="button", className="button button-primary" if primary else "button")


def _said(name: str) -> html.Span:
    return html.Span(id=name, className="quiet", role="status")


def no_rights() -> html.Div:
    """What somebody reads who is no admin."""
    words = "Your role does not let you set up embeds: ask an admin or the owner."
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
