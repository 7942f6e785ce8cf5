"""`/financial/transactions.csv` and `.xlsx`: all transactions that a filter finds, of one moment."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from core.query import Query
from data.context import TenantContext
from data.frames.books import category_frame
from data.frames.exports import Cell, export_lines
from data.frames.transactions import TransactionFilter
from data.reports.categories import CategoryTree
from data.reports.listing import check_accounts
from data.reports.opening import scope_of


def exported_transactions(
    context: TenantContext, query: Query, wanted: TransactionFilter
) -> Iterator[list[list[Cell]]]:
    """The lines in pieces. Holds a connection until it is exhausted or closed; raises with the first piece."""
    with context.db.reading() as session:
        categories = CategoryTree.of(category_frame(session))
        check_accounts(session, query, wanted.import_id)
        yield from export_lines(session, replace(wanted, scope=scope_of(session, query, categories)))
