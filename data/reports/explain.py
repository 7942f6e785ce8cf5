"""`/financial/explain/<figure id>`: any figure of any report, with what it is computed from and what was left out."""

from __future__ import annotations

from datetime import date

from core.errors import Invalid
from core.money import format_amount
from core.query import Query
from data.context import TenantContext
from data.frames.explained import Place
from data.reports.explain_accounts import explain_account
from data.reports.explain_budgets import explain_budget
from data.reports.explain_flows import explain_category, explain_month, explain_transactions
from data.reports.explain_groups import explain_largest, explain_payee, explain_weekday
from data.reports.explain_summary import explain_summary
from data.reports.explained import Explained, page_of
from data.reports.opening import Opened, opened
from data.reports.registry import find
from data.schemas.dashboard import ReportPeriod, Unconverted
from data.schemas.figures import Explanation
from data.schemas.pages import DEFAULT_LIMIT, read_cursor


def explain_figure(
    context: TenantContext, figure_id: str, query: Query, limit: int = DEFAULT_LIMIT, cursor: str | None = None
) -> Explanation:
    """The figure as the reports of the same query give it, and a page of its lines; `NotFound` for an unknown one."""
    definition, variable = find(figure_id)
    after = None if cursor is None else _place(context, figure_id, cursor)
    with opened(context, query) as books:
        found = _explained(books, definition.id, variable)
        lines, following = page_of(figure_id, found.lines, definition.unit, limit, after)
        return Explanation(
            id=figure_id,
            subject=found.subject,
            kind=definition.kind,
            unit=definition.unit,
            definition=definition.definition,
            formula=found.formula or definition.formula,
            inputs=found.inputs,
            excluded=found.excluded,
            adjustments=found.adjustments,
            total=found.total,
            transactions=lines,
            next_cursor=following,
            **_self_description(books, found),
        )


def _explained(books: Opened, pattern: str, variable: str) -> Explained:
    noun, _, name = pattern.partition(".")
    if noun == "summary":
        return explain_summary(books, name)
    if noun == "transactions":
        return _of_transactions(books, name, variable)
    explain = {"account": explain_account, "category": explain_category, "budget": explain_budget}[noun]
    return explain(books, int(variable), name.removeprefix("<id>."))


def _of_transactions(books: Opened, name: str, variable: str) -> Explained:
    group, _, rest = name.partition(".")
    if group in ("largest_inflow", "largest_outflow"):
        return explain_largest(books, name)
    if not rest:
        return explain_transactions(books, name)
    explain = {"by_month": explain_month, "by_payee": explain_payee, "by_weekday": explain_weekday}[group]
    return explain(books, variable, rest.partition(">.")[2])


def _self_description(books: Opened, found: Explained) -> dict[str, object]:
    """What every answer says of itself."""
    days = {"from": found.period.start, "to": found.period.last, "timezone": books.context.tenant.timezone}
    return {
        "tenant": books.context.tenant.key,
        "period": ReportPeriod.model_validate(days),
        "currency": found.currency,
        "as_of": books.context.today,
        "version": books.span.version,
        "complete": not found.left_out,
        "unconverted": [
            Unconverted(currency=currency, amount=format_amount(amount, currency), count=count)
            for currency, (amount, count) in sorted(found.left_out.items())
        ],
    }


def _place(context: TenantContext, figure_id: str, cursor: str) -> Place:
    day, transaction_id, part = read_cursor(f"explain:{context.tenant.key}:{figure_id}", cursor, str, int, int)
    try:
        return date.fromisoformat(str(day)), int(transaction_id), int(part)
    except ValueError:
        raise Invalid.field("cursor", "is not a cursor of this list", code="bad_cursor") from None
