"""Entries that may be in the ledger in another form: which are held for review, and what deciding does."""

from __future__ import annotations

import pytest

from core.errors import Conflict, Invalid, NotFound
from data.commands.accounts import create_account
from data.commands.import_review import decide_entry
from data.commands.imports import ImportRequest, import_statement
from data.commands.transactions import change_transaction, delete_transaction
from data.context import TenantContext
from data.reports.imports import get_import, list_entries
from data.schemas import ledger
from data.schemas.imports import Decision
from tests.commands.statements import JUNE, booked, counts, csv, land, pending_csv, post, review, rows
from tests.conftest import Town

KEEP = Decision(action="keep")
MERGE = Decision(action="merge")


@pytest.fixture
def account(context: TenantContext) -> str:
    return create_account(context, ledger.AccountIn(name="Current", type="checking"))[0].id


def test_a_line_that_was_reworded_is_held(context: TenantContext, account: str) -> None:
    land(context, account, csv(*JUNE))
    changed = (*JUNE[:2], ("03", "-54.10", "SUPERMARKET 4711 BERLIN"), JUNE[3])
    assert counts(land(context, account, csv(*changed), dry_run=True)) == (0, 3, 1)
    result = land(context, account, csv(*changed))
    assert counts(result) == (0, 3, 1)
    assert [entry.status for entry in result.preview] == ["duplicate", "duplicate", "review", "duplicate"]
    (entry,) = review(context, result)
    assert (entry.n, entry.amount, entry.payee) == (3, "-54.10", "SUPERMARKET 4711 BERLIN")
    assert len(booked(context)) == 4


def test_a_line_with_wholly_other_words_is_held_only_where_the_rest_is_told_again(
    context: TenantContext, account: str
) -> None:
    land(context, account, csv(*JUNE))
    told_again = (*JUNE[:2], ("03", "-54.10", "Kiosk"), JUNE[3])
    assert counts(land(context, account, csv(*told_again))) == (0, 3, 1)
    assert counts(land(context, account, csv(("04", "2500.00", "Lottery")))) == (1, 0, 0)


def test_a_whole_statement_in_other_words_is_held(context: TenantContext, account: str) -> None:
    """The same days in another format of the bank, which decorates every payee."""
    land(context, account, csv(*JUNE))
    other = [(day, amount, f"{payee} AG Berlin") for day, amount, payee in JUNE]
    assert counts(land(context, account, csv(*other))) == (0, 0, 4)


def test_twins_are_never_held(context: TenantContext, account: str) -> None:
    twins = (("02", "-3.20", "Bakery"), ("02", "-3.20", "Bakery"), ("02", "-3.20", "Bakery North"))
    assert counts(land(context, account, csv(*twins))) == (3, 0, 0)
    assert counts(land(context, account, csv(*twins))) == (0, 3, 0)
    longer = (*twins, ("02", "-3.20", "Bakery"), ("02", "-3.20", "Bakery South"))
    assert counts(land(context, account, csv(*longer))) == (2, 3, 0)


def test_lines_of_registers_that_share_a_day_are_never_held(context: TenantContext, account: str) -> None:
    land(context, account, csv(("01", "-100.00", "Carer 1"), ("01", "-20.00", "Grocer"), ("01", "-30.00", "Baker")))
    march = csv(("01", "-100.00", "Carer 2"), ("01", "-100.00", "Carer 3"), ("01", "-70.00", "Nursery"))
    assert counts(land(context, account, march)) == (3, 0, 0)


def test_an_id_that_changed_is_held_where_the_statement_is_told_again(context: TenantContext, account: str) -> None:
    lines = [(*line, f"id{place}") for place, line in enumerate(JUNE)]
    land(context, account, csv(*lines))
    one = [*lines[:2], (*JUNE[2], "other"), lines[3]]
    assert counts(land(context, account, csv(*one))) == (0, 3, 1)
    every = [(*line, f"new{place}") for place, line in enumerate(JUNE)]
    assert counts(land(context, account, csv(*every))) == (0, 0, 4)
    assert counts(land(context, account, csv((*JUNE[1], "another purchase")))) == (1, 0, 0)


def test_an_id_that_comes_back_with_another_booking_is_held(context: TenantContext, account: str) -> None:
    lines = [(*line, f"id{place}") for place, line in enumerate(JUNE)]
    first = land(context, account, csv(*lines))
    assert counts(first) == (4, 0, 0)
    other = land(context, account, csv(("20", "-7.00", "Florist", "id1")))
    assert counts(other) == (0, 0, 1)
    (entry,) = review(context, other)
    kept, _ = decide_entry(context, int(other.id or 0), 1, KEEP)
    assert (kept.status, kept.external_id, entry.external_id) == ("new", None, "id1")
    assert counts(land(context, account, csv(("20", "-7.00", "Florist", "id1")))) == (0, 1, 0)
    assert counts(land(context, account, csv(*lines))) == (0, 4, 0)


def test_ids_that_count_anew_in_each_file_are_not_used(context: TenantContext, account: str) -> None:
    land(context, account, csv(*((*line, f"{place}") for place, line in enumerate(JUNE))))
    july = [(str(20 + place), f"-{place}.50", f"Shop {place}", f"{place}") for place in range(4)]
    result = land(context, account, csv(*july))
    assert counts(result) == (4, 0, 0)
    assert any("ids of 4 entries are not used" in warning for warning in result.warnings)
    assert counts(land(context, account, csv(*july))) == (0, 4, 0)


def test_a_pending_line_that_comes_back_changed_is_held(context: TenantContext, account: str) -> None:
    waiting = (("01", "-40.00", "Fuel Station", "Pending"), ("01", "-9.00", "PAYPAL", "Pending"))
    land(context, account, pending_csv(*waiting))
    settled = csv(("02", "-43.17", "Fuel Station 12"), ("03", "-9.00", "Bookshop"))
    result = land(context, account, settled)
    assert counts(result) == (0, 0, 2)
    assert [entry.status for entry in result.preview] == ["review", "review"]
    for n in (1, 2):
        decide_entry(context, int(result.id or 0), n, MERGE)
    assert [(row.booked_on.isoformat()[-2:], row.amount, row.pending) for row in rows(context)] == [
        ("02", "-43.17", False),
        ("03", "-9.00", False),
    ]
    for again in (settled, pending_csv(*waiting)):
        assert counts(land(context, account, again)) == (0, 2, 0)


def test_a_pending_line_that_is_told_again_is_not_held_against_a_booked_one(
    context: TenantContext, account: str
) -> None:
    land(context, account, pending_csv(("01", "-9.00", "PAYPAL", "Pending"), ("01", "-5.00", "Cafe", "Booked")))
    again = pending_csv(
        ("01", "-9.00", "PAYPAL", "Pending"), ("01", "-5.00", "Cafe", "Booked"), ("02", "-9.00", "Bookshop", "Booked")
    )
    assert counts(land(context, account, again)) == (1, 2, 0)


def test_an_entry_like_one_typed_in_by_hand_is_held(context: TenantContext, account: str) -> None:
    mine = post(context, account, "01", "-12.00", "Florist")
    post(context, account, "01", "-30.00", None)
    post(context, account, "01", "-50.00", "Theatre")
    result = land(
        context,
        account,
        csv(("02", "-12.00", "FLORIST Anna Blum"), ("01", "-30.00", "Cinema"), ("02", "-50.00", "Dentist")),
    )
    assert counts(result) == (1, 0, 2)
    entry, _ = decide_entry(context, int(result.id or 0), 1, MERGE)
    assert (entry.status, entry.transaction_id) == ("duplicate", mine)


def test_one_transaction_answers_for_one_entry(context: TenantContext, account: str) -> None:
    post(context, account, "01", "-12.00", "Florist")
    result = land(context, account, csv(("01", "-12.00", "Florist Anna"), ("02", "-12.00", "Florist Anna")))
    assert counts(result) == (1, 0, 1)


def test_keeping_books_the_entry_and_merging_remembers_it(context: TenantContext, account: str) -> None:
    more = (*JUNE, ("05", "-8.00", "Cinema"))
    land(context, account, csv(*more))
    changed = [("01", "-900.00", "Landlord"), *JUNE[1:3], ("04", "2500.00", "Wages"), more[4]]
    result = land(context, account, csv(*changed))
    assert counts(result) == (0, 3, 2)
    parent = int(result.id or 0)
    before = get_import(context, parent)[1]
    kept, version = decide_entry(context, parent, 1, KEEP)
    merged, _ = decide_entry(context, parent, 4, MERGE)
    assert (kept.status, merged.status, version > before) == ("new", "duplicate", True)
    assert booked(context) == sorted([*more, ("01", "-900.00", "Landlord")])
    record, _ = get_import(context, parent)
    assert (record.counts.new, record.counts.duplicate, record.counts.review, record.counts.read) == (1, 4, 0, 5)
    for lines in (more, changed, [*changed, JUNE[0]]):
        assert counts(land(context, account, csv(*lines))) == (0, len(lines), 0)
    assert len(booked(context)) == 6


def test_merging_remembers_both_ids(context: TenantContext, account: str) -> None:
    lines = [(*line, f"id{place}") for place, line in enumerate(JUNE)]
    land(context, account, csv(*lines))
    changed = [*lines[:2], (*JUNE[2], "other"), lines[3]]
    result = land(context, account, csv(*changed))
    decide_entry(context, int(result.id or 0), 3, MERGE)
    reworded = [*lines[:2], ("03", "-54.10", "Grand Bazaar", "other"), lines[3]]
    for each in (lines, changed, reworded):
        assert counts(land(context, account, csv(*each))) == (0, 4, 0)


def test_a_line_that_waits_is_not_asked_about_twice(context: TenantContext, account: str) -> None:
    land(context, account, csv(*JUNE))
    changed = (*JUNE[:3], ("04", "2500.00", "Wages"))
    assert counts(land(context, account, csv(*changed))) == (0, 3, 1)
    assert counts(land(context, account, csv(*changed))) == (0, 4, 0)


def test_what_was_merged_goes_with_its_transaction(context: TenantContext, account: str) -> None:
    land(context, account, csv(*JUNE))
    changed = (*JUNE[:3], ("04", "2500.00", "Wages"))
    result = land(context, account, csv(*changed))
    merged, _ = decide_entry(context, int(result.id or 0), 4, MERGE)
    delete_transaction(context, int(merged.transaction_id or 0))
    entries = list_entries(context, int(result.id or 0)).data
    assert (entries[3].status, entries[3].transaction_id) == ("duplicate", None)
    assert counts(land(context, account, csv(*changed))) == (1, 3, 0)


def test_a_split_entry_is_kept_with_its_parts(context: TenantContext, account: str) -> None:
    market = b"D06/01/2026\nT-30.00\nPMarket\nSFood\n$-20.00\nSHome\n$-10.00\n^\n"
    qif = b"!Type:Bank\n" + market + b"D06/14/2026\nT-1.00\nPBus\n^\n"
    post(context, account, "01", "-30.00", "Market square")
    result = import_statement(context, ImportRequest(qif, "june.qif", account_id=account))
    assert counts(result) == (1, 0, 1)
    kept, _ = decide_entry(context, int(result.id or 0), 1, KEEP)
    row = next(row for row in rows(context) if row.id == kept.transaction_id)
    assert [part.amount for part in row.splits] == ["-20.00", "-10.00"]


def test_what_cannot_be_decided_is_refused(context: TenantContext, account: str) -> None:
    other = create_account(context, ledger.AccountIn(name="Other", type="checking"))[0].id
    elsewhere = post(context, other, "03", "-54.10", "Supermarket")
    land(context, account, csv(*JUNE))
    result = land(context, account, csv(*JUNE[:3], ("04", "2500.00", "Wages")))
    parent = int(result.id or 0)
    for number, error in ((1, Conflict), (5, NotFound)):
        with pytest.raises(error):
            decide_entry(context, parent, number, KEEP)
    for wrong in (elsewhere, "999999", "x"):
        with pytest.raises(Invalid, match="transaction_id"):
            decide_entry(context, parent, 4, Decision(action="merge", transaction_id=wrong))
    decide_entry(context, parent, 4, KEEP)
    for decision in (KEEP, MERGE):
        with pytest.raises(Conflict):
            decide_entry(context, parent, 4, decision)


def test_edits_of_a_person_do_not_make_an_entry_doubtful(context: TenantContext, account: str) -> None:
    lines = [(*line, f"id{place}") for place, line in enumerate(JUNE)]
    land(context, account, csv(*lines))
    for row in rows(context):
        patch = ledger.TransactionPatch(amount="-1.00", payee="Mine", booked_on="2026-01-01")  # type: ignore[arg-type]
        change_transaction(context, int(row.id), patch, None)
    assert counts(land(context, account, csv(*lines))) == (0, 4, 0)


def test_nothing_is_compared_across_tenants_or_accounts(context: TenantContext, account: str, town: Town) -> None:
    land(context, account, csv(*JUNE))
    other = create_account(context, ledger.AccountIn(name="Other", type="checking"))[0].id
    changed = csv(*JUNE[:3], ("04", "2500.00", "Wages"))
    assert counts(land(context, other, changed)) == (4, 0, 0)
    stranger = town.context(town.tenant("org_9"))
    theirs = create_account(stranger, ledger.AccountIn(name="Current", type="checking"))[0].id
    assert counts(land(stranger, theirs, changed)) == (4, 0, 0)
