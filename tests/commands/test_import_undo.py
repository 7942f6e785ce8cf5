"""Taking an import back: exactly what it created goes, what it changed returns, and the same file brings it back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import accumulate, count
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from core.errors import Conflict, NotFound, PreconditionFailed
from core.period import PeriodQuery
from core.query import Query
from data.commands.accounts import create_account
from data.commands.import_review import decide_entry
from data.commands.import_undo import take_back
from data.commands.imports import ImportRequest, import_statement
from data.commands.transactions import change_transaction
from data.context import TenantContext
from data.frames.resources import list_accounts
from data.reports.dashboard import dashboard_report
from data.reports.imports import get_import, list_entries, list_imports
from data.schemas import ledger
from data.schemas.imports import Decision, ImportResult
from tests.commands.statements import JUNE, booked, counts, csv, land, pending_csv, post, rows
from tests.conftest import Town
from tests.figures.examples import examples

_OF_THE_STORE = {"id", "import_id", "account_id", "created_at", "updated_at", "transfer_id", "version", "as_of"}


@pytest.fixture
def account(context: TenantContext) -> str:
    return create_account(context, ledger.AccountIn(name="Current", type="checking"))[0].id


def books(context: TenantContext) -> dict[str, Any]:
    """Everything the ledger and the dashboard say, without the ids and instants of the store."""
    query = Query(period=PeriodQuery.parse("all", None, None))
    report = dashboard_report(context, query).model_dump(mode="json", by_alias=True)
    return {
        "accounts": _plain([each.model_dump(mode="json") for each in list_accounts(context, 1000).data]),
        "transactions": sorted(map(repr, (_plain(row.model_dump(mode="json")) for row in rows(context)))),
        "pairs": sum(row.transfer_id is not None for row in rows(context)),
        "figures": _plain(report),
    }


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in value.items() if name not in _OF_THE_STORE}
    return [_plain(each) for each in value] if isinstance(value, list) else value


def number(result: ImportResult) -> int:
    return int(result.id or 0)


def test_what_an_import_created_goes(context: TenantContext, account: str) -> None:
    post(context, account, "01", "-5.00", "Mine")
    before = books(context)
    data = csv(*JUNE)
    first = import_statement(context, ImportRequest(data, "new.csv", create_accounts=True))
    assert books(context) != before
    row = rows(context)[-1]
    patch = ledger.TransactionPatch(note="mine", tags=["trip"], category_id=None)
    change_transaction(context, int(row.id), patch, None)
    take_back(context, number(first))
    assert books(context) == before
    assert list_imports(context).data == []
    with pytest.raises(NotFound):
        take_back(context, number(first))


def test_the_change_feed_learns_of_all_that_went(context: TenantContext) -> None:
    first = import_statement(context, ImportRequest(csv(*JUNE), "new.csv", create_accounts=True))
    gone = {int(row.id) for row in rows(context)}
    take_back(context, number(first))
    with context.db.reading() as session:
        left = session.execute(text("SELECT kind, object_id FROM deletions")).all()
        taggings = session.execute(text("SELECT count(*) FROM taggings")).scalar_one()
        rollup = session.execute(text("SELECT count(*) FROM daily_rollup")).scalar_one()
    assert {each.object_id for each in left if each.kind == "transaction"} == gone
    assert {each.kind for each in left} == {"transaction", "import", "account"}
    assert (taggings, rollup) == (0, 0)


def test_accounts_in_which_something_else_is_stay(context: TenantContext) -> None:
    first = import_statement(context, ImportRequest(csv(*JUNE), "new.csv", create_accounts=True))
    account = first.accounts[0].id or ""
    second = land(context, account, csv(("20", "-1.00", "Bus")))
    take_back(context, number(first))
    assert [each.id for each in list_accounts(context).data] == [account]
    mine = post(context, account, "21", "-2.00", "Bus")
    take_back(context, number(second))
    assert [row.id for row in rows(context)] == [mine]


def test_the_last_import_takes_the_account_with_it(context: TenantContext) -> None:
    first = import_statement(context, ImportRequest(csv(*JUNE), "new.csv", create_accounts=True))
    second = land(context, first.accounts[0].id or "", csv(("20", "-1.00", "Bus")))
    take_back(context, number(first))
    take_back(context, number(second))
    assert list_accounts(context).data == []


def test_a_pending_line_that_it_booked_is_pending_again(context: TenantContext, account: str) -> None:
    post(context, account, "01", "-900.00", "Rent", pending=True)
    land(context, account, pending_csv(("01", "-3.20", "Bakery", "Pending")))
    before = books(context)
    second = land(context, account, csv(("02", "-3.20", "Bakery", "id1"), ("03", "-900.00", "Rent", "id2")))
    assert counts(second) == (0, 2, 0)
    assert {(row.pending, row.external_id) for row in rows(context)} == {(False, "id1"), (False, "id2")}
    after = books(context)
    take_back(context, number(second))
    assert books(context) == before
    assert counts(land(context, account, csv(("02", "-3.20", "Bakery", "id1"), ("03", "-900.00", "Rent", "id2")))) == (
        0,
        2,
        0,
    )
    assert books(context) == after


def test_a_pending_split_line_counts_once_booked_and_not_once_pending_again(
    context: TenantContext, account: str
) -> None:
    parts = [ledger.SplitIn(amount="-2.00"), ledger.SplitIn(amount="-1.20")]
    post(context, account, "01", "-3.20", "Bakery", pending=True, splits=parts)
    before = books(context)
    second = land(context, account, csv(("02", "-3.20", "Bakery")))
    assert books(context)["figures"]["data"]["summary"]["expenses"] == "3.20"
    take_back(context, number(second))
    assert books(context) == before


def test_a_pending_line_that_a_later_file_booked_comes_back_booked(context: TenantContext, account: str) -> None:
    waiting = pending_csv(("01", "-3.20", "Bakery", "Pending"), ("01", "-1.00", "Bus", "Booked"))
    first = land(context, account, waiting)
    land(context, account, csv(("02", "-3.20", "Bakery", "id1"), ("03", "-7.00", "Cinema", "id2")))
    before = books(context)
    take_back(context, number(first))
    assert booked(context) == [("03", "-7.00", "Cinema")]
    land(context, account, waiting)
    assert books(context) == before


def test_an_id_that_it_lent_is_given_back(context: TenantContext, account: str) -> None:
    land(context, account, csv(*JUNE))
    with_ids = csv(*((*line, f"id{place}") for place, line in enumerate(JUNE)))
    second, third = (land(context, account, with_ids) for _ in range(2))
    assert rows(context)[0].external_id == "id0"
    take_back(context, number(second))
    assert rows(context)[0].external_id == "id0", "the third file says it too"
    take_back(context, number(third))
    assert rows(context)[0].external_id is None


def test_a_transaction_that_an_entry_was_merged_into_stays(context: TenantContext, account: str) -> None:
    mine = post(context, account, "04", "-50.00", "Theatre")
    result = land(context, account, csv(("04", "-50.00", "THEATRE tickets"), ("05", "-1.00", "Bus")))
    decide_entry(context, number(result), 1, Decision(action="merge"))
    take_back(context, number(result))
    assert [row.id for row in rows(context)] == [mine]
    again = land(context, account, csv(("04", "-50.00", "THEATRE tickets"), ("05", "-1.00", "Bus")))
    assert counts(again) == (1, 0, 1), "the decision went with the import"


def test_a_transaction_that_another_import_was_merged_into_is_then_that_ones(
    context: TenantContext, account: str
) -> None:
    first = land(context, account, csv(*JUNE))
    second = land(context, account, csv(*JUNE[:3], ("04", "2500.00", "Wages")))
    decide_entry(context, number(second), 4, Decision(action="merge"))
    take_back(context, number(first))
    assert booked(context) == [JUNE[3]]
    assert [(row.import_id, row.payee) for row in rows(context)] == [(second.id, "Pay")]
    record, _ = get_import(context, number(second))
    assert (record.counts.new, record.counts.duplicate) == (1, 3)
    assert [entry.status for entry in list_entries(context, number(second)).data] == ["duplicate"] * 3 + ["new"]
    assert counts(land(context, account, csv(*JUNE))) == (3, 1, 0)


def test_entries_that_were_kept_go_with_their_import(context: TenantContext, account: str) -> None:
    land(context, account, csv(*JUNE))
    before = books(context)
    second = land(context, account, csv(*JUNE[:3], ("04", "2500.00", "Wages")))
    decide_entry(context, number(second), 4, Decision(action="keep"))
    take_back(context, number(second))
    assert books(context) == before


def test_pairs_follow(context: TenantContext) -> None:
    for name in ("Current", "Savings"):
        create_account(context, ledger.AccountIn(name=name, type="checking", identifier=name))
    current, savings = (each.id for each in list_accounts(context).data)
    land(context, current, csv(("01", "-500.00", "Savings")))
    before = books(context)
    second = land(context, savings, csv(("02", "500.00", "Current")))
    paired = books(context)
    assert (before["pairs"], paired["pairs"]) == (0, 2)
    take_back(context, number(second))
    assert books(context) == before
    both = import_statement(context, ImportRequest(csv(("02", "500.00", "Current")), account_id=savings))
    assert books(context) == paired
    take_back(context, number(both))
    with context.db.reading() as session:
        assert session.execute(text("SELECT count(*) FROM transfers")).scalar_one() == 0


def test_a_pair_within_one_import_goes_whole(context: TenantContext) -> None:
    data = b"Date;Amount;Payee;Account\n2026-06-01;-500.00;Savings;DE01\n2026-06-02;500.00;Current;DE02\n"
    result = import_statement(context, ImportRequest(data, "both.csv", create_accounts=True))
    assert books(context)["pairs"] == 2
    take_back(context, number(result))
    with context.db.reading() as session:
        assert session.execute(text("SELECT count(*) FROM transfers")).scalar_one() == 0


def test_what_is_not_there_or_not_done_is_refused(context: TenantContext, account: str, town: Town) -> None:
    result = land(context, account, csv(*JUNE))
    with pytest.raises(NotFound):
        take_back(town.context(town.tenant("org_9")), number(result))
    with pytest.raises(PreconditionFailed):
        take_back(context, number(result), if_match=1)
    with context.db.writing() as session:
        session.execute(text("UPDATE imports SET state = 'running'"))
    with pytest.raises(Conflict):
        take_back(context, number(result))
    assert len(rows(context)) == 4


# Overlapping statements of one history, in any order


@dataclass(frozen=True)
class Told:
    """A statement: the lines from the first to the last day of its span, with or without ids."""

    first: int
    last: int
    with_ids: bool


@st.composite
def histories(draw: st.DrawFn) -> tuple[list[tuple[int, int, str]], list[Told]]:
    """Lines (day, cents, payee) in order of their days, and statements of spans of whole days."""
    line = st.tuples(
        st.integers(0, 12), st.sampled_from((-320, -320, -1999, 250_000)), st.sampled_from(("Bakery", "Rail", "Pay"))
    )
    lines = sorted(draw(st.lists(line, min_size=1, max_size=14)), key=lambda each: each[0])
    spans = st.tuples(st.integers(0, 12), st.integers(0, 12), st.booleans())
    told = [Told(min(a, b), max(a, b), ids) for a, b, ids in draw(st.lists(spans, min_size=2, max_size=4))]
    days = {day for day, _, _ in lines}
    return lines, [each for each in told if any(each.first <= day <= each.last for day in days)]


def statement(lines: list[tuple[int, int, str]], told: Told) -> bytes:
    """The statement as a CSV file with a running balance, so that it states its opening balance."""
    balances = list(accumulate((cents for _, cents, _ in lines), initial=100_000))
    head = "Date;Payee;Amount;Balance" + (";Transaction ID" if told.with_ids else "")
    file = [head]
    for place, (day, cents, payee) in enumerate(lines):
        if told.first <= day <= told.last:
            cells = [
                (date(2026, 5, 1) + timedelta(days=day)).isoformat(),
                payee,
                f"{Decimal(cents) / 100:.2f}",
                f"{Decimal(balances[place + 1]) / 100:.2f}",
            ]
            file.append(";".join([*cells, f"id{place}"] if told.with_ids else cells))
    return "\n".join([*file, ""]).encode()


@pytest.fixture
def new_books(town: Town) -> Callable[[], TenantContext]:
    """Empty books in a tenant of its own for each example."""
    numbers = count(1)
    return lambda: town.context(town.tenant(f"user_{next(numbers)}"))


EDITS: tuple[dict[str, Any], ...] = (
    {"note": "mine"},
    {"payee": "Somebody else"},
    {"booked_on": "2026-05-09"},
    {"amount": "-7.77"},
    {"external_id": "x"},
)


def meddle(context: TenantContext, result: ImportResult, data: st.DataObject) -> None:
    """A person keeps what is in review, and changes one of the transactions that the import brought."""
    for entry in list_entries(context, number(result), status="review").data:
        decide_entry(context, number(result), entry.n, Decision(action="keep"))
    brought = [row for row in rows(context) if row.import_id == result.id]
    edit = data.draw(st.sampled_from((*EDITS, None)), label="what is changed")
    if brought and edit:
        row = data.draw(st.sampled_from(brought), label="of which transaction")
        change_transaction(context, int(row.id), ledger.TransactionPatch.model_validate(edit), None)


@examples(12)
@given(histories(), st.data())
def test_the_same_file_brings_exactly_that_back(
    new_books: Callable[[], TenantContext],
    history: tuple[list[tuple[int, int, str]], list[Told]],
    data: st.DataObject,
) -> None:
    lines, told = history
    if not told:
        return
    context = new_books()
    files = [ImportRequest(statement(lines, each), "account.csv", create_accounts=True) for each in told]
    done = []
    empty = books(context)
    for file in files:
        before = books(context)
        done.append(import_statement(context, file))
        meddle(context, done[-1], data)
        take_back(context, number(done[-1]))
        assert books(context) == before
        done[-1] = import_statement(context, file)
    whole = books(context)
    union = sorted(line for line in lines if any(each.first <= line[0] <= each.last for each in told))
    assert len(rows(context)) == len(union)
    place = data.draw(st.integers(0, len(done) - 1), label="which one is taken back")
    take_back(context, number(done[place]))
    done[place] = import_statement(context, files[place])
    assert books(context) == whole
    for each in data.draw(st.permutations(done), label="in which order all are taken back"):
        take_back(context, number(each))
    assert books(context) == empty
