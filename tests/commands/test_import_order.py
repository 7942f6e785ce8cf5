"""The order in which statement files arrive does not matter: they give the same ledger and the same figures."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.query import Query
from data.commands.import_review import decide_entry
from data.commands.imports import ImportRequest, import_statement
from data.context import TenantContext
from data.frames.transactions import TransactionFilter
from data.reports.dashboard import dashboard_report
from data.reports.imports import list_entries
from data.reports.listing import list_transactions
from data.schemas.imports import Decision
from tests.commands.test_import_undo import Told, histories, statement
from tests.figures.examples import examples

if TYPE_CHECKING:
    from tests.conftest import Town

File = tuple[str, bytes]
_OF_THE_STORE = {"tenant", "id", "account_id", "transaction_id", "import_id", "transfer_id", "created_at", "updated_at"}
_BY_ARRIVAL = {"recent", "items", "version", "institution"}
_LARGEST = {"largest_inflow", "largest_outflow"}
_JEJIK = ("abnamro", "ing", "rabobank", "rabobank-iban", "sns")
REAL = (
    *(f"mt940/wolph/jejik/{name}.sta" for name in _JEJIK),
    *(f"mt940/wolph/betterplace/{name}.sta" for name in ("sepa_snippet", "sepa_mt9401")),
    "camt/genkgo/camt053.v2.multi.statement.xml",
    "ofx/ofxparse/ofxparse-0.21/tests/fixtures/multiple_accounts2.ofx",
)


@pytest.fixture
def new_books(town: Town) -> Callable[[], TenantContext]:
    """Empty books in a tenant of its own for each order."""
    numbers = count(1)
    return lambda: town.context(town.tenant(f"user_{next(numbers)}"))


def told(context: TenantContext, files: Sequence[File]) -> dict[str, Any]:
    """What the books say once these files came one after the other, and all that was in review was kept."""
    for name, data in files:
        result = import_statement(context, ImportRequest(data, name, create_accounts=True))
        for entry in list_entries(context, int(result.id or 0), 1000, status="review").data:
            decide_entry(context, int(result.id or 0), entry.n, Decision(action="keep"))
    rows = list_transactions(context, Query(), TransactionFilter(sort="booked_on"), 1000, None).data
    lines = [(str(row.booked_on), row.amount, row.currency, row.payee or "", row.pending) for row in rows]
    periods = ({"period": ["all"]}, {"from": ["2026-05-03"], "to": ["2026-05-08"]})
    reports = [dashboard_report(context, Query.parse(dict(period))).model_dump(mode="json") for period in periods]
    return {"lines": sorted(lines), "pairs": sum(bool(row.transfer_id) for row in rows), "figures": plain(reports)}


def plain(value: Any) -> Any:
    """Without what an account or a list owes to the file that came first; of equal largest lines any may be shown."""
    if isinstance(value, dict):
        shown = {name: each for name, each in value.items() if name not in _OF_THE_STORE | _BY_ARRIVAL}
        return {name: each and each["amount"] if name in _LARGEST else plain(each) for name, each in shown.items()}
    return [plain(each) for each in value] if isinstance(value, list) else value


@examples(4)
@given(histories(), st.data())
def test_overlapping_statements_of_an_account_in_any_order(
    new_books: Callable[[], TenantContext],
    history: tuple[list[tuple[int, int, str]], list[Told]],
    data: st.DataObject,
) -> None:
    lines, spans = history
    files = [("account.csv", statement(lines, each)) for each in spans]
    other = data.draw(st.permutations(files), label="in which other order they come")
    assert told(new_books(), files) == told(new_books(), other)


@pytest.mark.shared
def test_real_statements_of_many_banks_in_any_order(shared: Path, new_books: Callable[[], TenantContext]) -> None:
    files = [(Path(name).name, (shared / name).read_bytes()) for name in REAL]
    first = told(new_books(), files)
    assert len(first["lines"]) > 100
    for other in (files[::-1], files[4:] + files[:4]):
        assert told(new_books(), other) == first
