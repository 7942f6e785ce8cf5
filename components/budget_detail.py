"""One budget: how it stands, where it is heading and why, its past, its transactions, its alerts, its terms."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from dash import dcc, html

from components.axes import height
from components.budget_history import history_panel
from components.budget_list import act, alert_box, amount
from components.budget_words import Desk, rollover_words, rule_words
from components.budgets import STATES, bullet
from components.format import UNKNOWN, Format, counted
from components.parts import icon, key, scroll, spoken
from components.why import explain_href, why
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
    back = dcc.Link([icon("chevron-left"), "All budgets"], href="/budgets", className="button")
    if not desk.writes:
        return [back]
    return [
        back,
        act([icon("pencil"), "Edit"], "edit", budget.id),
        act([icon("trash"), "Delete"], "delete", budget.id, "button ledger-danger"),
    ]


def budget_detail(told: Told, desk: Desk) -> list[Any]:
    """The parts of the page."""
    terms = _terms(told.budget, desk)
    box = alert_box(told.alerts, {told.budget.id: told.budget.name}, desk)
    if told.chosen is None:
        begins = told.budget.rule.starts_on
        words = f"It begins on {desk.fmt.day(begins)}." if begins else "It has not begun."
        return [html.Section([html.H2("Not begun yet"), html.P(words, className="sentence")], className="panel"), terms]
    here = desk.seen_in(told.chosen.period.from_, told.chosen.period.to)
    left = [_now(told.chosen, here, told.projected), history_panel(told.rows, told.chosen, desk), _lines(told, here)]
    right = [*([box] if box else []), terms]
    columns = [html.Div(left, className="column"), html.Div(right, className="column")]
    return [html.Div(columns, className="columns")]


def _now(row: BudgetStatus, desk: Desk, projected: Explanation | None) -> html.Section:
    word, picture, css = STATES[row.status]
    days = desk.fmt.span(row.period.from_, row.period.to)
    status = html.Span([icon(picture), word], className=f"status status-{css}")
    head = html.Div([html.H2("In this period"), html.P(days, className="period"), status], className="panel-title")
    whole = desk.fmt.whole(row.remaining.lstrip("-"), row.currency)
    said = "over its limit" if height(row.remaining) < 0 else "left"
    big = html.P(
        [why(html.Span(whole, className="money"), f"budget.{row.id}.remaining", desk), html.Small(f" {said}")],
        className="figure",
    )
    marks = [("mark-spent", "spent"), ("mark-committed", "still to come"), ("mark-pace", "today")]
    parts: list[Any] = [head, big, bullet(row, css, projection=True), key([*marks, ("mark-end", "likely end")])]
    parts.append(_figures(row, desk))
    if projected is not None and row.elapsed < 1:
        parts.append(html.P(_projection(row, projected, desk.fmt), className="sentence money-text budget-projection"))
    return html.Section(parts, className="panel budget-now")


def _figures(row: BudgetStatus, desk: Desk) -> html.Dl:
    """Every figure, exact, a link to what it is made of."""
    names = {
        "spent": "Spent",
        "limit": "Limit",
        "amount": "Planned",
        "rollover": "Rolled over",
        "committed": "Still to come",
        "projected": "Likely end",
        "left_per_day": "Left a day",
    }
    parts: list[Any] = []
    for name, words in names.items():
        if getattr(row, name) is not None:
            parts.append(html.Div([html.Dt(words), html.Dd(amount(row, name, desk, exact=True))]))
    gone = why(desk.fmt.percent(row.elapsed), f"budget.{row.id}.elapsed", desk)
    used = why(desk.fmt.percent(row.used), f"budget.{row.id}.used", desk)
    parts += [html.Div([html.Dt("Used"), html.Dd(used)]), html.Div([html.Dt("Time gone"), html.Dd(gone)])]
    return html.Dl(parts, className="budget-figures")


def _projection(row: BudgetStatus, projected: Explanation, fmt: Format) -> str:
    """The projection in one sentence: what is spent, what is still to come, and the pace of the rest."""
    parts = {each.name: each for each in projected.inputs}
    days, gone = _number(parts.get("days")), _number(parts.get("days_gone"))
    paid = _number(parts.get("recurring_paid"))
    pace = max(Decimal(0), Decimal(row.spent) - paid) / max(Decimal(7), gone)
    said = [f"{fmt.whole(row.spent, row.currency)} is spent"]
    if height(row.committed):
        said.append(f"{fmt.whole(row.committed, row.currency)} of recurring payments is still to come")
    rest = int(days - gone)
    if rest > 0:
        left = counted(rest, "day that is left", "days that are left", fmt)
        said.append(f"at {fmt.money(f'{pace:.2f}', row.currency)} a day, the pace so far, the {left} add the rest")
    return f"{', '.join(said)}: likely {fmt.whole(row.projected, row.currency)} at the end."


def _number(each: Input | None) -> Decimal:
    return Decimal(0) if each is None or each.value is None else Decimal(str(each.value))


def _lines(told: Told, desk: Desk) -> html.Section:
    """The newest transactions behind the spending, and the ways to all of them."""
    row, spent = told.chosen, told.spent
    head = html.Div(html.H2("Transactions"), className="panel-title")
    if row is None or spent is None or not spent.transactions:
        return html.Section([head, html.P("None in this period.", className="sentence")], className="panel")
    number = counted(len(spent.transactions), "transaction", "transactions", desk.fmt)
    said = f"The newest {number}." if spent.next_cursor else f"{number}, the newest first."
    pairs = [("category_id", each) for each in told.budget.category_ids]
    pairs += [("account_id", each) for each in told.budget.account_ids]
    address = urlencode([*pairs, ("from", row.period.from_.isoformat()), ("to", row.period.to.isoformat())])
    ways = html.P(
        [
            dcc.Link([icon("list"), "In the ledger"], href=f"/transactions?{address}", className="button"),
            dcc.Link("All that counts, and what was left out", href=explain_href(f"budget.{row.id}.spent", desk.view)),
        ],
        className="budget-ways",
    )
    return html.Section([head, html.P(said, className="sentence"), _table(spent, desk), ways], className="panel")


def _table(spent: Explanation, desk: Desk) -> html.Div:
    heads = html.Tr([html.Th("Day", scope="col"), html.Th("Payee", scope="col"), _wide("Category"), _number_head()])
    body = [_line(each, spent, desk) for each in spent.transactions]
    caption = html.Caption(spoken("Transactions behind the spending"))
    return scroll(html.Table([caption, html.Thead(heads), html.Tbody(body)], className="table"), "Transactions")


def _wide(name: str) -> html.Th:
    return html.Th(name, scope="col", className="budget-wide")


def _number_head() -> html.Th:
    return html.Th("Counts", scope="col", className="number")


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
        "Categories": ", ".join(sorted(covers)) + ", with those below",
        "Accounts": ", ".join(sorted(accounts)) or "All",
        "Amount": desk.fmt.money(budget.amount, budget.currency),
        "Periods": rule_words(budget.rule, desk.fmt),
        "Rolls over": rollover_words(budget, desk.fmt),
        "Alerts at": levels,
    }
    parts = [html.Div([html.Dt(name), html.Dd(words, className=_css(name))]) for name, words in rows.items()]
    head = html.Div(html.H2("What it covers"), className="panel-title")
    return html.Section([head, html.Dl(parts, className="budget-terms")], className="panel")


def _css(name: str) -> str:
    return "money-text" if name in ("Amount", "Rolls over") else ""
