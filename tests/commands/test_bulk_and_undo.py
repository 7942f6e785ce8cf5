"""Many transactions changed or deleted at once, and exactly taken back."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import text

from core.errors import Conflict, Invalid, NotFound, PreconditionFailed
from core.query import Query
from data.commands.bulk import change_many
from data.commands.categories import delete_category
from data.commands.imports import ImportRequest, import_statement
from data.commands.transactions import change_transaction, delete_transaction
from data.commands.undo import undo
from data.context import Actor
from data.frames.transactions import TransactionFilter
from data.reports.ledger_page import totals_of, transaction_details
from data.reports.listing import list_transactions, one_transaction
from data.schemas.bulk import BulkIn, BulkResult
from data.schemas.ledger import TransactionPatch
from tests.conftest import Town
from tests.ledger_books import Books

TABLES = (
    "transactions",
    "splits",
    "taggings",
    "transfer_separations",
    "daily_rollup",
    "import_entries",
    "import_aliases",
    "deletions",
)
STAMPS = ("updated_version", "created_version", "updated_at", "transfer_id")
ALL = TransactionFilter()


def everything(books: Books) -> dict[str, Any]:
    """All that is stored about transactions, but for the stamps of who touched it last and the pairs' numbers."""
    found = {}
    with books.context.db.reading() as session:
        for table in TABLES:
            rows = session.execute(text(f"SELECT to_jsonb(x) FROM {table} x")).scalars()
            plain = [{name: value for name, value in row.items() if name not in STAMPS} for row in rows]
            found[table] = sorted(plain, key=repr)
    return found


def many(books: Books, wanted: TransactionFilter = ALL, query: Query | None = None, **body: Any) -> BulkResult:
    return change_many(books.context, query or Query(), wanted, BulkIn.model_validate(body))


@pytest.fixture
def shop(books: Books) -> dict[str, int]:
    """Plain, split, tagged, paired and imported transactions in two accounts and two currencies."""
    giro, savings = books.account("Giro"), books.account("Savings", type="savings")
    dollars = books.account("Dollars", currency="USD")
    food, fun = books.category("Food"), books.category("Fun")
    parts = [{"amount": "-4.00", "category_id": str(food), "tags": ["a"]}, {"amount": "-6.00", "note": "rest"}]
    made = {
        "giro": giro,
        "food": food,
        "fun": fun,
        "plain": books.book(giro, "2026-05-01", "-20.00", food, payee="Rewe", tags=["Trip", "b"], note="n"),
        "split": books.book(giro, "2026-05-02", "-10.00", payee="Mall", splits=parts),
        "bare": books.book(giro, "2026-05-02", "-3.00", payee="Rewe"),
        "out": books.book(giro, "2026-05-04", "-100.00", payee="To savings"),
        "into": books.book(savings, "2026-05-04", "100.00", payee="From giro"),
        "dollar": books.book(dollars, "2026-05-06", "7.50", payee="Shop"),
        "pending": books.book(giro, "2026-05-07", "-1.00", payee="Soon", pending=True),
    }
    file = b"Date,Payee,Amount\n2026-05-08,Baker,-5.00\n2026-05-09,Kiosk,-2.00\n"
    import_statement(books.context, ImportRequest(data=file, filename="may.csv", account_id=str(giro)))
    assert books.pairs() == {frozenset({made["out"], made["into"]})}
    return made


@pytest.mark.parametrize(
    "body",
    [
        {"changes": {"category_id": None}},
        {"changes": {"payee": "Renamed", "note": None, "cleared": True}},
        {"changes": {"pending": True}},
        {"changes": {"pending": False}},
        {"changes": {"add_tags": ["trip", "New"], "remove_tags": ["B", "never"]}},
        {"delete": True},
    ],
    ids=["category", "texts", "pending", "booked", "tags", "delete"],
)
def test_what_a_preview_shows_is_done_and_taken_back_exactly(books: Books, shop: dict[str, int], body: Any) -> None:
    before, pairs = everything(books), books.pairs()
    tried = many(books, **body, dry_run=True)
    assert (everything(books), tried.version) == (before, None)
    done = many(books, **body, expected=9)
    assert done.model_dump(exclude={"dry_run", "version"}) == tried.model_dump(exclude={"dry_run", "version"})
    assert done.changed > 0
    assert done.version is not None
    assert everything(books) != before
    books.check_rollup()
    back = undo(books.context, done.version)
    assert (back.restored, back.kept) == (done.changed, 0)
    after = everything(books)
    for table in TABLES:
        assert after[table] == before[table], table
    assert books.pairs() == pairs
    with pytest.raises(NotFound):
        undo(replace(books.context, actor=Actor("person:99")), done.version)


def test_a_category_for_all_that_match_leaves_splits_and_says_so(books: Books, shop: dict[str, int]) -> None:
    wanted = TransactionFilter(text="e", most=0)
    result = many(books, wanted, changes={"category_id": str(shop["fun"])})
    listed = list_transactions(books.context, Query(), wanted, 100, None).data
    assert (result.found, result.split) == (len(listed), sum(bool(row.splits) for row in listed))
    assert {row.category_id for row in listed if not row.splits} == {str(shop["fun"])}
    line = next(line for line in result.preview if line.id == str(shop["plain"]))
    assert (line.before, line.after) == ({"category_id": str(shop["food"])}, {"category_id": str(shop["fun"])})
    again = many(books, wanted, changes={"category_id": str(shop["fun"])})
    assert (again.changed, again.version, again.preview) == (0, None, [])


def test_what_was_changed_since_stays(books: Books, shop: dict[str, int]) -> None:
    done = many(books, ids=[str(shop["plain"]), str(shop["bare"])], changes={"note": "x"})
    change_transaction(books.context, shop["bare"], TransactionPatch(note="y"), None)
    assert done.version is not None
    back = undo(books.context, done.version)
    assert (back.restored, back.kept) == (1, 1)
    notes = {key: one_transaction(books.context, shop[key])[0].note for key in ("plain", "bare")}
    assert notes == {"plain": "n", "bare": "y"}


def test_single_changes_and_deletions_are_taken_back(books: Books, shop: dict[str, int]) -> None:
    before, pairs = everything(books), books.pairs()
    parts = [{"amount": "-15.00", "category_id": str(shop["fun"])}, {"amount": "-5.00"}]
    for key, patch in (
        ("plain", {"splits": parts}),
        ("split", {"category_id": str(shop["food"])}),
        ("out", {"transfer_id": None}),
        ("bare", {"amount": "-9.00", "booked_on": "2026-06-01", "tags": ["t"]}),
    ):
        change_transaction(books.context, shop[key], TransactionPatch.model_validate(patch), None)
        version = one_transaction(books.context, shop[key])[1]
        assert undo(books.context, version).restored == 1
        books.check_rollup()
        assert (everything(books), books.pairs()) == (before, pairs), key
    delete_transaction(books.context, shop["split"])
    assert undo(books.context, books.version()).restored == 1
    assert everything(books) == before


def test_a_category_that_is_gone_is_left_out(books: Books, shop: dict[str, int]) -> None:
    done = many(books, ids=[str(shop["plain"])], changes={"category_id": str(shop["fun"])})
    assert done.version is not None
    change = many(books, ids=[str(shop["split"])], delete=True)
    delete_category(books.context, shop["food"])
    assert change.version is not None
    assert undo(books.context, change.version).restored == 1
    parts = one_transaction(books.context, shop["split"])[0].splits
    assert [part.category_id for part in parts] == [None, None]


def test_what_cannot_be_is_refused(books: Books, shop: dict[str, int], monkeypatch: pytest.MonkeyPatch) -> None:
    before = everything(books)
    with pytest.raises(Conflict, match="it has 9 transactions now"):
        many(books, delete=True, expected=3)
    with pytest.raises(NotFound):
        many(books, ids=["999999"], delete=True)
    with pytest.raises(Invalid):
        many(books, changes={"category_id": "999999"}, dry_run=True)
    with pytest.raises(NotFound):
        many(books, query=Query(account_ids=(999999,)), delete=True)
    monkeypatch.setattr("data.commands.bulk.MOST", 5)
    with pytest.raises(Invalid, match="narrow it"):
        many(books, delete=True)
    with pytest.raises(PreconditionFailed):
        change_transaction(books.context, shop["plain"], TransactionPatch(note="z"), 1)
    assert everything(books) == before


def test_a_stranger_takes_nothing_back(books: Books, shop: dict[str, int], town: Town) -> None:
    done = many(books, ids=[str(shop["plain"])], delete=True)
    stranger = Books(town.context(town.tenant("user_2")))
    assert done.version is not None
    with pytest.raises(NotFound):
        undo(stranger.context, done.version)
    with pytest.raises(NotFound):
        many(stranger, ids=[str(shop["bare"])], delete=True)


def test_totals_and_details(books: Books, shop: dict[str, int]) -> None:
    found = totals_of(books.context, Query(), ALL)
    sums = {each.currency: (each.count, each.inflow, each.outflow, each.net) for each in found.totals}
    assert sums == {"EUR": (8, "100.00", "-141.00", "-41.00"), "USD": (1, "7.50", "0.00", "7.50")}
    assert found.count == 9
    few = totals_of(books.context, Query(), TransactionFilter(text="rewe"))
    assert [(each.count, each.net) for each in few.totals] == [(2, "-23.00")]
    told = transaction_details(books.context, shop["out"])
    assert [each.id for each in told.partners] == [str(shop["into"])]
    assert told.source is None
    ((baker,),) = books.rows("SELECT id FROM transactions WHERE tenant_id = :tenant AND payee = 'Baker'")
    source = transaction_details(books.context, baker).source
    assert source is not None
    assert (source.filename, source.format) == ("may.csv", "csv")
