"""Accounts: what they refuse, what follows from a change, and one account taking over another's bookings."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import text

from core.errors import AppError, Conflict, Invalid, NotFound, PreconditionFailed
from data.commands.accounts import create_account, delete_account, update_account
from data.frames.resources import get_account
from data.models.rollup import Flow
from data.schemas.ledger import AccountIn, AccountPatch
from tests.ledger_books import Books

if TYPE_CHECKING:
    from tests.conftest import Town


def patch(books: Books, account: int, if_match: int | None = None, **values: Any) -> Any:
    return update_account(books.context, account, AccountPatch.model_validate(values), if_match)


def test_a_new_account_has_the_tenants_currency_and_an_audit_row(books: Books) -> None:
    made, version = create_account(books.context, AccountIn(name="  Giro "))
    assert (made.name, made.type, made.currency, made.in_net_worth) == ("Giro", "checking", "EUR", True)
    assert version == books.version() == 1
    ((action, object_id, before, after),) = books.audited("account")
    assert (action, object_id, before) == ("create", int(made.id), None)
    assert after == made.model_dump(mode="json")


def test_an_opening_balance_is_read_in_the_accounts_currency(books: Books) -> None:
    yen = books.account("Yen", currency="JPY", opening_balance="-700", opening_on="2026-01-01")
    assert books.rows("SELECT opening_balance FROM accounts WHERE tenant_id = :tenant AND id = :id", id=yen) == [
        (-700,)
    ]
    with pytest.raises(Invalid) as error:
        books.account("Yen 2", currency="JPY", opening_balance="7.50", opening_on="2026-01-01")
    assert error.value.errors[0].field == "opening_balance"


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"opening_balance": None}, "opening_balance"),
        ({"opening_on": None}, "opening_on"),
        ({"closed_on": "2025-12-31"}, "closed_on"),
        ({"opened_on": "2026-05-01", "closed_on": "2026-04-30"}, "closed_on"),
        ({"name": None}, "name"),
        ({"name": "  "}, "name"),
        ({"type": None}, "type"),
        ({"in_net_worth": None}, "in_net_worth"),
        ({"opening_balance": "1.234"}, "opening_balance"),
    ],
)
def test_a_change_that_makes_no_sense_is_refused(books: Books, values: dict[str, Any], field: str) -> None:
    account = books.account("Giro", opening_balance="5.00", opening_on="2026-01-01")
    before = get_account(books.context, account)
    with pytest.raises(Invalid) as error:
        patch(books, account, **values)
    assert [each.field for each in error.value.errors] == [field]
    assert get_account(books.context, account) == before


def test_a_change_keeps_what_it_does_not_name_and_null_removes(books: Books) -> None:
    account = books.account("Giro", institution="Bank", opening_balance="5.00", opening_on="2026-01-01")
    after, version = patch(books, account, institution=None, closed_on="2026-01-01")
    assert (after.institution, after.closed_on, after.opening_balance) == (None, date(2026, 1, 1), "5.00")
    assert version == 2
    assert books.audited("account")[-1] == (
        "update",
        account,
        {"institution": "Bank", "closed_on": None},
        {"institution": None, "closed_on": "2026-01-01"},
    )


def test_a_change_that_changes_nothing_keeps_the_version(books: Books) -> None:
    account = books.account("Giro")
    assert patch(books, account, name="Giro")[1] == 1
    assert len(books.audited("account")) == 1


def test_a_change_after_somebody_elses_is_refused(books: Books) -> None:
    account = books.account("Giro")
    patch(books, account, name="Giro 2", if_match=1)
    with pytest.raises(PreconditionFailed):
        patch(books, account, name="Giro 3", if_match=1)
    with pytest.raises(PreconditionFailed):
        delete_account(books.context, account, if_match=1)


def test_an_identifier_is_the_tenants_once(books: Books, town: Town) -> None:
    books.account("One", identifier="DE1")
    with pytest.raises(Conflict) as error:
        books.account("Two", identifier=" DE1 ")
    assert error.value.code == "identifier_taken"
    two = books.account("Two")
    with pytest.raises(Conflict):
        patch(books, two, identifier="DE1")
    assert Books(town.context(town.tenant("user_2"))).account("One", identifier="DE1")


def test_the_currency_is_fixed_once_something_is_booked(books: Books) -> None:
    account = books.account("Giro", opening_balance="5.00", opening_on="2026-01-01")
    assert patch(books, account, currency="JPY")[0].opening_balance == "5"
    assert patch(books, account, currency="KWD", opening_balance="1.234")[0].opening_balance == "1.234"
    with pytest.raises(Invalid) as error:
        patch(books, account, currency="EUR")
    assert error.value.errors[0].field == "currency"
    books.book(account, "2026-05-01", "-1.000")
    with pytest.raises(Conflict) as fixed:
        patch(books, account, currency="USD")
    assert fixed.value.code == "currency_fixed"
    assert patch(books, account, currency="KWD", name="Dinar")[0].name == "Dinar"


def test_a_pairs_saved_leg_follows_the_accounts_type(books: Books) -> None:
    giro, pot = books.account("Giro"), books.account("Pot")
    out = books.book(giro, "2026-05-01", "-50.00", counterparty="Pot")
    into = books.book(pot, "2026-05-02", "50.00")
    assert books.flows() == {out: Flow.MATCHED, into: Flow.MATCHED}
    patch(books, pot, type="savings")
    assert books.flows() == {out: Flow.MATCHED, into: Flow.SAVED}
    books.check_rollup()
    patch(books, pot, type="cash")
    assert books.flows() == {out: Flow.MATCHED, into: Flow.MATCHED}
    books.check_rollup()


@pytest.mark.parametrize("field", ["name", "identifier"])
def test_pairs_follow_the_name_that_a_counterparty_gives(town: Town, field: str) -> None:
    books = Books(town.context(town.tenant("org_5")))  # an organisation: amount and date alone are no evidence
    giro, pot = books.account("Giro"), books.account("Pot")
    out = books.book(giro, "2026-05-01", "-50.00", counterparty="GB 33 pot")
    into = books.book(pot, "2026-05-02", "50.00")
    assert books.pairs() == set()
    patch(books, pot, **{field: "gb33POT"})
    assert books.pairs() == {frozenset((out, into))}
    books.check_rollup()
    patch(books, pot, **{field: "another"})
    assert books.pairs() == set()
    assert set(books.flows().values()) == {Flow.ORDINARY}
    books.check_rollup()


def test_an_account_in_use_is_not_deleted(books: Books) -> None:
    account = books.account("Giro")
    books.book(account, "2026-05-01", "-1.00")
    with pytest.raises(Conflict) as error:
        delete_account(books.context, account)
    assert error.value.code == "in_use"
    assert "transactions" in error.value.detail
    spare = books.account("Spare")
    books.budget("Food", books.category("Food"), account_ids=[str(spare)])
    with pytest.raises(Conflict, match="budgets"):
        delete_account(books.context, spare)


def test_an_unused_account_leaves_a_tombstone(books: Books) -> None:
    account = books.account("Giro")
    delete_account(books.context, account)
    assert books.deleted() == [("account", account)]
    assert books.audited("account")[-1][0] == "delete"
    with pytest.raises(NotFound):
        get_account(books.context, account)


def test_bookings_move_to_the_account_that_replaces(books: Books) -> None:
    old, new = books.account("Old"), books.account("New")
    kept = [books.book(new, "2026-05-01", "-1.00", payee="Kiosk") for _ in range(2)]
    moved = [books.book(old, "2026-05-01", "-1.00", payee="Kiosk") for _ in range(2)]
    single = books.book(old, "2026-05-03", "-2.00", payee="Bakery")
    budget = books.budget("Food", books.category("Food"), account_ids=[str(old), str(new)])
    alone = books.budget("Fun", books.category("Fun"), account_ids=[str(old)])
    delete_account(books.context, old, replace_by=new)
    rows = books.rows("SELECT id, account_id, occurrence FROM transactions WHERE tenant_id = :tenant ORDER BY id")
    assert [row[1] for row in rows] == [new] * 5
    numbers = {row[0]: row[2] for row in rows}
    assert [numbers[each] for each in (*kept, *moved, single)] == [1, 2, 3, 4, 1]
    covered = books.rows("SELECT budget_id, account_id FROM budget_accounts WHERE tenant_id = :tenant ORDER BY 1")
    assert covered == [(budget, new), (alone, new)]
    stamps = books.rows("SELECT DISTINCT updated_version FROM budgets WHERE tenant_id = :tenant")
    assert stamps == [(books.version(),)]
    assert books.deleted() == [("account", old)]
    books.check_rollup()


def test_a_pair_between_the_two_ends_even_when_a_person_confirmed_it(books: Books) -> None:
    old, new, other = books.account("Old"), books.account("New"), books.account("Other")
    inner = [books.book(old, "2026-05-01", "-9.00", counterparty="New"), books.book(new, "2026-05-01", "9.00")]
    outer = [books.book(old, "2026-05-10", "-5.00"), books.book(other, "2026-05-10", "5.00")]
    assert books.pairs() == {frozenset(inner), frozenset(outer)}
    with books.context.db.writing() as session:
        session.execute(
            text("UPDATE transfers SET confirmed = true, evidence = 0 WHERE tenant_id = :tenant"),
            {"tenant": books.context.tenant.id},
        )
    delete_account(books.context, old, replace_by=new)
    assert books.pairs() == {frozenset(outer)}
    assert {books.flows()[each] for each in inner} == {Flow.ORDINARY}
    assert books.rows("SELECT count(*), bool_and(confirmed) FROM transfers WHERE tenant_id = :tenant") == [(1, True)]
    books.check_rollup()


def test_statements_and_their_entries_move_too(books: Books) -> None:
    old, new = books.account("Old"), books.account("New")
    with books.context.db.writing() as session:
        values = {"tenant": books.context.tenant.id, "old": old, "new": new}
        (import_id,) = session.execute(
            text(
                "INSERT INTO imports (tenant_id, filename, format, file_hash, counts, warnings, errors, balance_check,"
                " created_version, updated_version)"
                " VALUES (:tenant, 'a.csv', 'csv', '', '{}', '[]', '[]', '[]', 1, 1) RETURNING id"
            ),
            values,
        ).one()
        for account, position in ((old, 0), (old, 1), (new, 0)):
            session.execute(
                text(
                    "INSERT INTO statement_balances (tenant_id, account_id, import_id, position, closing)"
                    " VALUES (:tenant, :account, :import, :position, 1)"
                ),
                {**values, "account": account, "import": import_id, "position": position},
            )
        session.execute(
            text(
                "INSERT INTO import_entries (tenant_id, import_id, n, status, account_id, booked_on, amount, entry)"
                " VALUES (:tenant, :import, 1, 'review', :old, '2026-05-01', 1, '{}')"
            ),
            {**values, "import": import_id},
        )
    with pytest.raises(Conflict, match="imports"):
        delete_account(books.context, old)
    delete_account(books.context, old, replace_by=new)
    balances = "SELECT account_id, position FROM statement_balances WHERE tenant_id = :tenant ORDER BY position"
    assert books.rows(balances) == [(new, 0), (new, 1), (new, 2)]
    assert books.rows("SELECT account_id FROM import_entries WHERE tenant_id = :tenant") == [(new,)]


def test_one_bank_id_in_both_accounts_leaves_everything_as_it_was(books: Books) -> None:
    old, new = books.account("Old"), books.account("New")
    for account in (old, new):
        books.book(account, "2026-05-01", "-1.00", external_id="X1")
    books.book(old, "2026-05-02", "-2.00")
    books.budget("Food", books.category("Food"), account_ids=[str(old)])
    version = books.version()
    with pytest.raises(Conflict) as error:
        delete_account(books.context, old, replace_by=new)
    assert error.value.code == "external_id_taken"
    counts = books.rows("SELECT account_id, count(*) FROM transactions WHERE tenant_id = :tenant GROUP BY 1 ORDER BY 1")
    assert counts == [(old, 2), (new, 1)]
    assert books.version() == version
    assert books.deleted() == []


def test_only_another_account_of_the_same_currency_replaces(books: Books, town: Town) -> None:
    old, dollars = books.account("Old"), books.account("Dollars", currency="USD")
    foreign = Books(town.context(town.tenant("user_2"))).account("Foreign")
    wanted: list[tuple[int, type[AppError]]] = [(old, Invalid), (dollars, Invalid), (foreign, NotFound)]
    for replace_by, kind in wanted:
        with pytest.raises(kind):
            delete_account(books.context, old, replace_by=replace_by)
    assert get_account(books.context, old)[0].name == "Old"


def test_another_tenants_account_does_not_exist(books: Books, town: Town) -> None:
    other = Books(town.context(town.tenant("user_2")))
    account = books.account("Giro")
    with pytest.raises(NotFound):
        get_account(other.context, account)
    with pytest.raises(NotFound):
        patch(other, account, name="Mine")
    with pytest.raises(NotFound):
        delete_account(other.context, account)
    assert get_account(books.context, account)[0].name == "Giro"
