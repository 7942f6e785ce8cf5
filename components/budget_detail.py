"""One budget: how it stands, where it is heading and why, its past, its transactions, its alerts, its terms."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from components.axes import height
from components.budget_history import history_panel
from components.budget_list import act, alert_box, amount
from components.budget_words import Desk, rollover_words, rule_words
from components.budgets import STATES, bullet, standing
from components.elements import Link, html
from components.format import UNKNOWN, Format, counted
from components.parts import icon, key, scroll, spoken
from components.why import explain_href, why
from core.i18n import _
from data.schemas.budgets import Budget, BudgetAlert, BudgetStatus
from data.schemas.figures import ExplainedLine, Explanation, Input


@dataclass(frozen=True, slots=True)
class Told:
    """A budget and all that is known of it: its periods that have begun, the one that is shown, what that one's
    spending and projection are made of, its alerts. Without a period it has not begun."""

    budget: Budget
    rows: Sequence[BudgetStatus]
    chosen: BudgetStatus | None
    spent: Explanation | None
    projected: Explanation | None
    alerts: Sequence[BudgetAlert]


def detail_controls(budget: Budget, desk: Desk) -> list[Any]:
    """The way back, and what may be done."""
    back = Link([icon("chevron-left"), _("All budgets")], href="/budgets", className="button")
    if not desk.writes:
        return [back]
    return [
        back,
        act([icon("pencil"), _("Edit")], "edit", budget.id),
        act([icon("trash"), _("Delete")], "delete", budget.id, "button ledger-danger"),
    ]


def budget_detail(told: Told, desk: Desk) -> list[Any]:
    """The parts of the page."""
    terms = _terms(told.budget, desk)
    box = alert_box(told.alerts, {told.budget.id: told.budget.name}, desk)
    if told.chosen is None:
        begins = told.budget.rule.starts_on
        words = _("It begins on {begins}.", begins=desk.fmt.day(begins)) if begins else _("It has not begun.")
        return [
            html.Section([html.H2(_("Not begun yet")), html.P(words, className="sentence")], className="panel"),
            terms,
        ]
    here = desk.seen_in(told.chosen.period.from_, told.chosen.period.to)
    left = [_now(told.chosen, here, told.projected), history_panel(told.rows, told.chosen, desk), _lines(told, here)]
    right = [*([box] if box else []), terms]
    columns = [html.Div(left, className="column"), html.Div(right, className="column")]
    return [html.Div(columns, className="columns")]


def _now(row: BudgetStatus, desk: Desk, projected: Explanation | None) -> html.Section:
    css, days = STATES[row.status][2], desk.fmt.span(row.period.from_, row.period.to)
    title = [html.H2(_("In this period")), html.P(days, className="period"), standing(row, desk)]
    head = html.Div(title, className="panel-title")
    whole = desk.fmt.whole(row.remaining.lstrip("-"), row.currency)
    said = _("over its limit") if height(row.remaining) < 0 else _("left")
    big = html.P(
        [why(html.Span(whole, className="money"), f"budget.{row.id}.remaining", desk), html.Small(f" {said}")],
        className="figure",
    )
    marks = [("mark-spent", _("spent")), ("mark-committed", _("still to come")), ("mark-pace", _("today"))]
    parts: list[Any] = [head, big, bullet(row, css, projection=True), key([*marks, ("mark-end", _("likely end"))])]
    parts.append(_figures(row, desk))
    if projected is not None and row.elapsed < 1:
        parts.append(html.P(_projection(row, projected, desk.fmt), className="sentence money-text budget-projection"))
    return html.Section(parts, className="panel budget-now")


def _figures(row: BudgetStatus, desk: Desk) -> html.Dl:
    """Every figure, exact, a link to what it is made of."""
    names = {
        "spent": _("Spent"),
        "limit": _("Limit"),
        "amount": _("Planned"),
        "rollover": _("Rolled over"),
        "committed": _("Still to come"),
        "projected": _("Likely end"),
        "left_per_day": _("Left a day"),
    }
    parts: list[Any] = []
    for name, words in names.items():
        if getattr(row, name) is not None:
            parts.append(html.Div([html.Dt(words), html.Dd(amount(row, name, desk, exact=True))]))
    gone = why(desk.fmt.percent(row.elapsed), f"budget.{row.id}.elapsed", desk)
    used = why(desk.fmt.percent(row.used), f"budget.{row.id}.used", desk)
    parts += [html.Div([html.Dt(_("Used")), html.Dd(used)]), html.Div([html.Dt(_("Time gone")), html.Dd(gone)])]
    return html.Dl(parts, className="budget-figures")


def _projection(row: BudgetStatus, projected: Explanation, fmt: Format) -> str:
    """The projection in one sentence: what is spent, what is still to come, and the pace of the rest."""
    parts = {each.name: each for each in projected.inputs}
    days, gone = _number(parts.get("days")), _number(parts.get("days_gone"))
    paid = _number(parts.get("recurring_paid"))
    pace = max(Decimal(0), Decimal(row.spent) - paid) / max(Decimal(7), gone)
    said = [_("{spent} is spent", spent=fmt.whole(row.spent, row.currency))]
    if height(row.committed):
        said.append(
            _("{committed} of recurring payments is still to come", committed=fmt.whole(row.committed, row.currency))
        )
    rest = int(days - gone)
    if rest > 0:
        left = counted(rest, "day is left", "days are left", fmt)
        said.append(
            _(
                "{left} at {pace} a day, the pace so far",
                pace=fmt.money(f"{pace:.2f}", row.currency),
                left=left,
            )
        )
    return _(
        "{parts}: likely {projected} at the end.",
        parts=", ".join(said),
        projected=fmt.whole(row.projected, row.currency),
    )


def _number(each: Input | None) -> Decimal:
    return Decimal(0) if each is None or each.value is None else Decimal(str(each.value))


def _lines(told: Told, desk: Desk) -> html.Section:
    """The newest transactions behind the spending, and the ways to all of them."""
    row, spent = told.chosen, told.spent
    head = html.Div(html.H2(_("Transactions")), className="panel-title")
    if row is None or spent is None or not spent.transactions:
        return html.Section([head, html.P(_("None in this period."), className="sentence")], className="panel")
    number = counted(len(spent.transactions), "transaction", "transactions", desk.fmt)
    said = (
        _("The newest {number}.", number=number)
        if spent.next_cursor
        else _("{number}, the newest first.", number=number)
    )
    pairs = [("category_id", each) for each in told.budget.category_ids]
    pairs += [("account_id", each) for each in told.budget.account_ids]
    address = urlencode([*pairs, ("from", row.period.from_.isoformat()), ("to", row.period.to.isoformat())])
    ways = html.P(
        [
            Link([icon("list"), _("In the ledger")], href=f"/transactions?{address}", className="button"),
            Link(_("All that counts, and what was left out"), href=explain_href(f"budget.{row.id}.spent", desk.view)),
        ],
        className="budget-ways",
    )
    return html.Section([head, html.P(said, className="sentence"), _table(spent, desk), ways], className="panel")


def _table(spent: Explanation, desk: Desk) -> html.Div:
    heads = html.Tr(
        [html.Th(_("Day"), scope="col"), html.Th(_("Payee"), scope="col"), _wide(_("Category")), _number_head()]
    )
    body = [_line(each, spent, desk) for each in spent.transactions]
    caption = html.Caption(spoken(_("Transactions behind the spending")))
    return scroll(html.Table([caption, html.Thead(heads), html.Tbody(body)], className="table"), _("Transactions"))


def _wide(name: str) -> html.Th:
    return html.Th(name, scope="col", className="budget-wide")


def _number_head() -> html.Th:
    return html.Th(_("Counts"), scope="col", className="number")


def _line(each: ExplainedLine, spent: Explanation, desk: Desk) -> html.Tr:
    day = html.Span(desk.fmt.day_of(each.booked_on, desk.today.year), className="date")
    name = desk.categories.get(each.category_id or "", UNKNOWN)
    payee = html.Span(each.payee or UNKNOWN, className="budget-payee", title=each.payee)
    adds = desk.fmt.money(each.amount_converted, spent.currency or each.currency)
    return html.Tr(
        [
            html.Th(day, scope="row"),
            html.Td(payee),
            html.Td(html.Span(name, className="budget-payee", title=name), className="budget-wide"),
            html.Td(html.Span(adds, className="money"), className="number"),
        ]
    )


def _terms(budget: Budget, desk: Desk) -> html.Section:
    """What the budget covers and how it goes on."""
    covers = [desk.categories.get(each, each) for each in budget.category_ids]
    accounts = [desk.accounts.get(each, each) for each in budget.account_ids]
    levels = ", ".join(desk.fmt.percent(each) for each in budget.thresholds.levels)
    rows = {
        _("Categories"): _("{names}, with those below", names=", ".join(sorted(covers))),
        _("Accounts"): ", ".join(sorted(accounts)) or _("All"),
        _("Amount"): desk.fmt.money(budget.amount, budget.currency),
        _("Periods"): rule_words(budget.rule, desk.fmt),
        _("Rolls over"): rollover_words(budget, desk.fmt),
        _("Alerts at"): levels,
    }
    parts = [html.Div([html.Dt(name), html.Dd(words, className=_css(name))]) for name, words in rows.items()]
    head = html.Div(html.H2(_("What it covers")), className="panel-title")
    return html.Section([head, html.Dl(parts, className="budget-terms")], className="panel")


def _css(name: str) -> str:
    return "money-text" if name in (_("Amount"), _("Rolls over")) else ""
