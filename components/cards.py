"""The five key figures and how each changed against the period before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from components.context import Picture
from components.elements import html
from components.parts import HIDDEN, icon, money, skeleton, spoken, unknown
from components.why import why
from core.i18n import N_, _

_FILTERED = N_("A category or tag filter is set; this figure only exists for whole accounts.")
_NO_RATE = N_("No exchange rate is known for any of the amounts.")
_ROOMY = 10  # characters of a figure that fit a card at its full size
Good = Literal["up", "down"]


@dataclass(frozen=True, slots=True)
class _Figure:
    name: str
    field: str
    good: Good
    """Which direction is welcome; said by colour together with the arrow, never by colour alone."""


_FIGURES = (
    _Figure(N_("Net worth"), "net_worth", "up"),
    _Figure(N_("Income"), "income", "up"),
    _Figure(N_("Expenses"), "expenses", "down"),
    _Figure(N_("Cash flow"), "net_cash_flow", "up"),
    _Figure(N_("Savings rate"), "savings_rate", "up"),
)


def cards(picture: Picture, *, flows: bool = False) -> list[Any]:
    """One card for each key figure of the summary; `flows`: only those of what came in and went out."""
    return [_card(figure, picture) for figure in _FIGURES[flows:]]


def cards_skeleton(*, flows: bool = False) -> list[Any]:
    """The same cards before their figures are known."""
    return [_frame(f, [skeleton(32, "70%")], [skeleton(16, "50%")]) for f in _FIGURES[flows:]]


def _card(figure: _Figure, picture: Picture) -> html.Article:
    value = getattr(picture.data.summary, figure.field)
    if value is None:
        return _frame(figure, [unknown(_reason(figure, picture))], [_as_of(figure, picture)])
    if figure.field == "savings_rate":
        text, exact = picture.fmt.percent(value), picture.fmt.percent(value, 2)
    else:
        text, exact = picture.fmt.key_figure(value, picture.currency), picture.exact(value)
    shown = why(money(text, exact, "long" if len(text) > _ROOMY else ""), f"summary.{figure.field}", picture)
    return _frame(figure, [shown], [_change(figure, picture)])


def _frame(figure: _Figure, value: list[Any], note: list[Any]) -> html.Article:
    name = html.H2(_(figure.name), className="card-name")
    return html.Article(
        [name, html.P(value, className="figure"), html.P(note, className="card-note")],
        className=f"card card-{figure.field.replace('_', '-')}",
    )


def _reason(figure: _Figure, picture: Picture) -> str:
    filtered = any(pair[0] in ("category_id", "tag") for pair in picture.view.filters)
    if filtered and figure.field in ("net_worth", "savings_rate"):
        return _(_FILTERED)
    if figure.field == "savings_rate":
        return _("There is no income in this period to save from.")
    return _(_NO_RATE)


def _as_of(figure: _Figure, picture: Picture) -> str:
    day = picture.fmt.day(picture.answer.period.to)
    return _("on {day}", day=day) if figure.field == "net_worth" else picture.span


def _change(figure: _Figure, picture: Picture) -> html.Span | str:
    """The arrow, the signed difference and, on hover, the days it is compared with."""
    change = picture.data.summary.change
    value = getattr(change, figure.field) if change else None
    if value is None:
        return _as_of(figure, picture)
    amount, text, exact = _change_texts(figure, value, picture)
    if amount == 0:
        return html.Span(_("Unchanged"), title=_("Compared with {before}", before=picture.before))
    up = amount > 0
    arrow = icon("arrow-up-right" if up else "arrow-down-right")
    welcome = up == (figure.good == "up")
    said = _("up {amount} compared with {before}") if up else _("down {amount} compared with {before}")
    word = spoken(said.format(amount=exact, before=picture.before))
    shown = html.Span(text, className="money", title=exact, **HIDDEN)
    rest = html.Span(_("vs previous"), className="against", **HIDDEN)
    difference = html.Span([arrow, shown, word], className="change good" if welcome else "change")
    return html.Span(
        [why(difference, f"summary.change.{figure.field}", picture), rest],
        title=_("Compared with {before}", before=picture.before),
    )


def _change_texts(figure: _Figure, value: Any, picture: Picture) -> tuple[float, str, str]:
    if figure.field == "savings_rate":
        text = picture.fmt.points(value)
        return round(value, 3), text, text
    text = picture.fmt.key_figure(value, picture.currency, signed=True)
    return float(value), text, picture.exact(value, signed=True)
