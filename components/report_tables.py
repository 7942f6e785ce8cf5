"""The tables of the printable report: all of them stand open, because paper cannot be clicked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from components.accounts import card, type_name
from components.axes import height
from components.budgets import STATES, bullet
from components.context import Picture
from components.elements import html
from components.format import UNKNOWN
from components.parts import HIDDEN, money, plain_table
from core.i18n import N_, _
from core.money import format_amount, parse_amount
from core.period import Period
from data.schemas.budgets import BudgetStatus
from data.schemas.common import CategoryKind
from data.schemas.dashboard import CategoryFlow, DashboardData
from data.schemas.ledger import Transaction

_FIGURES: Final = (
    (N_("Net worth"), "net_worth", "up"),
    (N_("Assets"), "assets", "up"),
    (N_("Liabilities"), "liabilities", "down"),
    (N_("Income"), "income", "up"),
    (N_("Expenses"), "expenses", "down"),
    (N_("Cash flow"), "net_cash_flow", "up"),
    (N_("Savings rate"), "savings_rate", "up"),
)
_CARDS: Final = ("net_worth", "income", "expenses", "net_cash_flow", "savings_rate")
_SIDES: Final[tuple[tuple[CategoryKind, str], ...]] = (("income", N_("Income")), ("expense", N_("Expenses")))


@dataclass(frozen=True, slots=True)
class Compared:
    """What the report is compared with: the same figures of other days; None where nothing was booked then."""

    days: Period
    words: str
    data: DashboardData | None


@dataclass(frozen=True, slots=True)
class Told:
    """Everything that the report is drawn from. `before` is None when it is not to be compared."""

    picture: Picture
    tenant: str
    before: Compared | None
    largest: Sequence[Transaction]

    @property
    def compared(self) -> str:
        """The days of the comparison, in words."""
        return self.before.words if self.before else ""

    def figure(self, field: str, *, before: bool = False) -> str | float | None:
        """A key figure of the period, or of the days that it is compared with."""
        if not before:
            return getattr(self.picture.data.summary, field)  # type: ignore[no-any-return]
        known = self.before.data if self.before else None
        return getattr(known.summary, field) if known else None


def figure_cards(told: Told) -> list[Any]:
    """The figures that a reader looks for first."""
    return [_card(_(name), field, told) for name, field, _good in _FIGURES if field in _CARDS]


def _card(name: str, field: str, told: Told) -> html.Article:
    picture, value = told.picture, told.figure(field)
    day = picture.fmt.day(picture.answer.period.to)
    note: Any = _("on {day}", day=day) if field == "net_worth" else picture.span
    change = _change(field, told, short=True)
    if change != UNKNOWN:
        note = html.Span(change, className="money", title=_("Compared with {before}", before=told.compared))
    if value is None:
        return card(name, UNKNOWN, note)
    if field == "savings_rate":
        return card(name, picture.fmt.percent(float(value)), note)
    return card(name, money(picture.fmt.key_figure(str(value), picture.currency), picture.exact(str(value))), note)


def figure_table(told: Told) -> html.Div:
    """Every key figure exactly, beside the one that it is compared with."""
    heads = [_("Key figure"), told.picture.span]
    if told.before:
        heads += [told.before.words, _("Change")]
    rows = [_figure_row(_(name), field, told) for name, field, _good in _FIGURES]
    return plain_table(_("Key figures"), heads, rows)


def _figure_row(name: str, field: str, told: Told) -> list[str]:
    now = _text(field, told.figure(field), told.picture)
    if not told.before:
        return [name, now]
    return [name, now, _text(field, told.figure(field, before=True), told.picture), _change(field, told)]


def _text(field: str, value: str | float | None, picture: Picture) -> str:
    if field == "savings_rate":
        return picture.fmt.percent(None if value is None else float(value), 1)
    return picture.exact(None if value is None else str(value))


def _change(field: str, told: Told, *, short: bool = False) -> str:
    """The signed difference, an en dash where one side is not known."""
    now, before = told.figure(field), told.figure(field, before=True)
    if now is None or before is None:
        return UNKNOWN
    if field == "savings_rate":
        return told.picture.fmt.points(float(now) - float(before))
    change = str(Decimal(now) - Decimal(before))
    if short:
        return told.picture.fmt.key_figure(change, told.picture.currency, signed=True)
    return told.picture.exact(change, signed=True)


def month_table(told: Told) -> html.Div:
    """Income, expenses and what is left, month by month, and of the whole period."""
    picture, months = told.picture, told.picture.data.transactions.by_month
    rows = [
        [
            picture.fmt.month(each.month) + (f" {_('so far')}" if each.month == picture.unfinished_month else ""),
            picture.exact(each.income),
            picture.exact(each.expenses),
            picture.exact(each.net, signed=True),
            picture.fmt.count(each.count),
        ]
        for each in months
    ]
    whole, count = picture.data.summary, picture.fmt.count(sum(each.count for each in months))
    net = picture.exact(whole.net_cash_flow, signed=True)
    rows.append([_("In all"), picture.exact(whole.income), picture.exact(whole.expenses), net, count])
    heads = (_("Month"), _("Income"), _("Expenses"), _("Net"), _("Bookings"))
    return plain_table(_("Income and expenses by month"), heads, rows, total=True)


def category_table(told: Told) -> html.Div:
    """Categories of income and of expenses, the largest first, with a bar for each one's share of its side."""
    heads = [_("Category"), _("Amount"), _("Share"), _("Bookings")]
    if told.before:
        heads += [told.before.words, _("Change")]
    known = told.before.data if told.before else None
    before = {_key(flow): flow for flow in known.transactions.by_category} if known else {}
    rows: list[Sequence[Any]] = []
    for kind, side in _SIDES:
        flows = [flow for flow in told.picture.data.transactions.by_category if flow.kind == kind]
        flows.sort(key=lambda flow: (-height(flow.amount), flow.name))
        if flows:
            rows.append([html.Strong(_(side)), *[""] * (len(heads) - 1)])
        rows += [_category_row(flow, flows[0], before, told) for flow in flows]
    return plain_table(_("Categories"), heads, rows)


def _key(flow: CategoryFlow) -> tuple[str | None, str]:
    return flow.category_id, flow.kind


def _category_row(
    flow: CategoryFlow, largest: CategoryFlow, before: Mapping[Any, CategoryFlow], told: Told
) -> list[Any]:
    picture = told.picture
    name = flow.name if flow.category_id is not None else _(flow.name)
    top = height(largest.amount)
    width = max(0.0, height(flow.amount)) / top * 100 if top > 0 else 0.0
    bar = html.Span(html.I(className=f"bar-fill fill-{flow.kind}", style={"width": f"{width:.2f}%"}), className="bar")
    row = [
        [html.Span(name, className="report-name"), html.Span(bar, **HIDDEN)],
        picture.exact(flow.amount),
        picture.fmt.percent(flow.share, 1),
        picture.fmt.count(flow.count),
    ]
    if not told.before:
        return row
    if told.before.data is None:
        return [*row, UNKNOWN, UNKNOWN]
    was = before[_key(flow)].amount if _key(flow) in before else format_amount(0, picture.currency)
    minor = parse_amount(flow.amount, picture.currency) - parse_amount(was, picture.currency)
    return [*row, picture.exact(was), picture.exact(format_amount(minor, picture.currency), signed=True)]


def budget_table(told: Told) -> html.Div:
    """Each budget's limit and what was spent of it, with its bar."""
    fmt = told.picture.fmt
    heads = (_("Budget"), _("Limit"), _("Spent"), _("Remaining"), _("Used"), _("Status"))
    rows = [
        [
            [_budget_name(row, told), bullet(row, STATES[row.status][2])],
            *(fmt.money(amount, row.currency) for amount in (row.limit, row.spent, row.remaining)),
            fmt.percent(row.used),
            _(STATES[row.status][0]),
        ]
        for row in sorted(told.picture.data.budgets, key=lambda row: (-(row.used or 0.0), row.name))
    ]
    return plain_table(_("Budgets"), heads, rows)


def _budget_name(row: BudgetStatus, told: Told) -> html.Div:
    days = told.picture.fmt.span(row.period.from_, row.period.to)
    return html.Div([html.Span(row.name, className="report-name"), html.Small(days)], className="report-budget")


def account_table(told: Told) -> html.Div:
    """What each account held at the end, and what moved it."""
    picture = told.picture
    heads = (_("Account"), _("Kind"), _("Balance"), _("Came in"), _("Went out"), _("In {currency}"))
    shown = [*heads[:-1], heads[-1].format(currency=picture.currency)]
    rows = [
        [
            html.Span(row.name, className="report-name"),
            type_name(row.type),
            picture.fmt.money(row.balance, row.currency),
            picture.fmt.money(row.inflow, row.currency),
            picture.fmt.money(row.outflow, row.currency),
            picture.exact(row.balance_converted),
        ]
        for row in picture.data.accounts
    ]
    return plain_table(_("Accounts"), shown, rows, texts=2)


def largest_table(told: Told) -> html.Div:
    """The bookings that moved most, transfers between own accounts left out."""
    picture = told.picture
    names = {flow.category_id: flow.name for flow in picture.data.transactions.by_category if flow.category_id}
    accounts = {account.id: account.name for account in picture.data.accounts}
    rows = [
        [
            html.Span(picture.fmt.day(row.booked_on), className="report-day"),
            html.Span(row.payee or row.counterparty or row.purpose or _("No payee"), className="report-name"),
            html.Span(_("Split") if row.splits else names.get(row.category_id or "", UNKNOWN), className="report-name"),
            html.Span(accounts.get(row.account_id, UNKNOWN), className="report-name"),
            picture.fmt.money(row.amount, row.currency, signed=True),
        ]
        for row in told.largest
    ]
    heads = (_("Day"), _("Payee"), _("Category"), _("Account"), _("Amount"))
    return plain_table(_("Largest transactions"), heads, rows, texts=4)
