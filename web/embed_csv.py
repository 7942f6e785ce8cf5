"""A view as a file for spreadsheets (RFC 4180), the same figures as on the frame."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable
from typing import Any, Final

from core.errors import Forbidden
from web.embed_tokens import Grant

_FIELDS: Final = {
    "summary": ("date", "net_worth", "assets", "liabilities"),
    "accounts": ("name", "type", "institution", "currency", "balance", "inflow", "outflow", "change"),
    "flows": ("month", "income", "expenses", "net", "count"),
    "categories": ("name", "kind", "amount", "count", "share"),
    "budgets": ("name", "currency", "amount", "rollover", "limit", "spent", "committed", "remaining", "used", "status"),
}
_TEXTS: Final = frozenset(
    {"date", "name", "type", "institution", "currency", "month", "count", "kind", "share", "used", "status"}
)
"""Columns that hold no amount."""
_RUN_BY_SPREADSHEETS: Final = ("=", "+", "-", "@", "\t", "\r")


def csv_of(grant: Grant, answer: bytes) -> str:
    """The rows of the grant's view; `Forbidden` without leave to export. Masked amounts are left out."""
    if not grant.allow.export:
        raise Forbidden("This view cannot be downloaded", code="export_not_allowed")
    kind, rows = _rows(grant.view, json.loads(answer)["data"])
    names = [name for name in _FIELDS[kind] if grant.allow.amounts == "full" or name in _TEXTS]
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(names)
    writer.writerows([_cell(row.get(name), amount=name not in _TEXTS) for name in names] for row in rows)
    return text.getvalue()


def _rows(view: str, data: Any) -> tuple[str, Iterable[dict[str, Any]]]:
    if view in ("summary", "net-worth"):
        return "summary", data["net_worth_history"]
    if view in ("accounts", "budgets"):
        return view, data
    if view == "categories":
        return "categories", data["transactions"]["by_category"]
    return "flows", data["transactions"]["by_month"]


def _cell(value: Any, *, amount: bool) -> str:
    """A text that a spreadsheet would run gets an apostrophe before it (OWASP, CSV injection); amounts are numbers."""
    text = "" if value is None else str(value)
    return f"'{text}" if not amount and text.startswith(_RUN_BY_SPREADSHEETS) else text
