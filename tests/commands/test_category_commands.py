"""Categories: one kind for a whole tree, no cycles, and figures that follow a change of kind or a merge."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from core.errors import Conflict, Invalid, NotFound, PreconditionFailed
from data.commands.categories import create_category, delete_category, update_category
from data.frames.resources import get_category, list_categories
from data.models.rollup import Flow
from data.schemas.ledger import CategoryIn, CategoryPatch
from tests.ledger_books import Books

if TYPE_CHECKING:
    from tests.conftest import Town


def patch(books: Books, category: int, if_match: int | None = None, **values: Any) -> Any:
    return update_category(books.context, category, CategoryPatch.model_validate(values), if_match)


def kinds(books: Books) -> dict[str, str]:
    return {each.name: each.kind for each in list_categories(books.context).data}


def test_a_child_has_its_parents_kind(books: Books) -> None:
    pay = books.category("Pay", "income")
    books.category("Bonus", parent=pay)
    books.category("Gifts")
    assert kinds(books) == {"Pay": "income", "Bonus": "income", "Gifts": "expense"}
    with pytest.raises(Invalid) as error:
        books.category("Loss", "expense", parent=pay)
    assert error.value.errors[0].field == "kind"


def test_a_parent_must_be_the_tenants_own(books: Books, town: Town) -> None:
    foreign = Books(town.context(town.tenant("user_2"))).category("Food")
    for parent_id in (str(foreign), "999", "none", "-1", "9" * 30):
        with pytest.raises(Invalid) as error:
            create_category(books.context, CategoryIn(name="Fruit", parent_id=parent_id))
        assert error.value.errors[0].field == "parent_id"
    assert books.version() == 0


def test_a_name_is_given_once_among_siblings(books: Books) -> None:
    food = books.category("Food")
    books.category("Other", parent=food)
    other = books.category("Other")
    with pytest.raises(Conflict) as error:
        books.category("oTHER")
    assert error.value.code == "name_taken"
    with pytest.raises(Conflict):
        patch(books, other, parent_id=str(food))
    assert get_category(books.context, other)[0].parent_id is None


def test_no_category_is_above_itself(books: Books) -> None:
    top = books.category("Top")
    middle = books.category("Middle", parent=top)
    bottom = books.category("Bottom", parent=middle)
    for below in (top, middle, bottom):
        with pytest.raises(Invalid) as error:
            patch(books, top, parent_id=str(below))
        assert error.value.errors[0].field == "parent_id"


def test_a_subtree_takes_the_kind_of_its_new_place(books: Books) -> None:
    pay, food = books.category("Pay", "income"), books.category("Food")
    fruit = books.category("Fruit", parent=food)
    apples = books.category("Apples", parent=fruit)
    after, version = patch(books, fruit, parent_id=str(pay))
    assert (after.parent_id, after.kind) == (str(pay), "income")
    assert kinds(books) == {"Pay": "income", "Food": "expense", "Fruit": "income", "Apples": "income"}
    assert get_category(books.context, apples)[1] == version == books.version()
    after, _ = patch(books, fruit, parent_id=None)
    assert (after.parent_id, after.kind) == (None, "income")
    with pytest.raises(Invalid):
        patch(books, apples, kind="saving")
    assert patch(books, apples, kind="income")[0].kind == "income"


def test_a_roots_kind_is_that_of_all_below_and_pairs_follow(town: Town) -> None:
    books = Books(town.context(town.tenant("org_5")))  # an organisation: amount and date alone are no evidence
    giro, pot = books.account("Giro"), books.account("Pot", type="savings")
    moves = books.category("Moves")
    monthly = books.category("Monthly", parent=moves)
    out = books.book(giro, "2026-05-01", "-50.00", monthly)
    into = books.book(pot, "2026-05-02", "50.00")
    assert books.pairs() == set()
    patch(books, moves, kind="saving")
    assert books.pairs() == {frozenset((out, into))}
    assert books.flows() == {out: Flow.SAVED, into: Flow.MATCHED}
    books.check_rollup()
    patch(books, moves, kind="transfer")
    assert books.flows() == {out: Flow.MATCHED, into: Flow.SAVED}
    books.check_rollup()
    patch(books, moves, kind="expense")
    assert books.pairs() == set()
    assert books.flows() == {out: Flow.ORDINARY, into: Flow.ORDINARY}
    assert kinds(books) == {"Moves": "expense", "Monthly": "expense"}
    books.check_rollup()


def test_a_part_of_a_split_follows_its_category_too(books: Books) -> None:
    giro, loan = books.account("Giro"), books.account("Loan", type="loan")
    interest, capital = books.category("Interest"), books.category("Capital")
    books.book(
        giro,
        "2026-05-01",
        "-100.00",
        splits=[
            {"amount": "-10.00", "category_id": str(interest)},
            {"amount": "-90.00", "category_id": str(capital)},
        ],
    )
    into = books.book(loan, "2026-05-01", "90.00")
    assert books.flows()[into] == Flow.ORDINARY
    patch(books, capital, kind="transfer")
    assert books.flows()[into] == Flow.MATCHED
    flows = "SELECT flow FROM splits WHERE tenant_id = :tenant ORDER BY position"
    assert books.rows(flows) == [(Flow.ORDINARY,), (Flow.MATCHED,)]
    books.check_rollup()


def test_what_a_budget_covers_stays_expense_or_saving(books: Books) -> None:
    food, pay = books.category("Food"), books.category("Pay", "income")
    fruit = books.category("Fruit", parent=food)
    books.budget("Fruit", fruit)
    for values in ({"kind": "income"}, {"parent_id": str(pay)}):
        with pytest.raises(Conflict) as error:
            patch(books, food, **values)
        assert error.value.code == "in_use"
    with pytest.raises(Conflict):
        delete_category(books.context, food, replace_by=pay)
    assert patch(books, food, kind="saving")[0].kind == "saving"


def test_a_category_in_use_is_not_deleted(books: Books) -> None:
    account = books.account("Giro")
    food, fun, rest = (books.category(name) for name in ("Food", "Fun", "Rest"))
    fruit = books.category("Fruit", parent=food)
    books.book(account, "2026-05-01", "-1.00", fruit)
    books.budget("Fun", fun)
    splits = [{"amount": "-1.00", "category_id": str(rest)}, {"amount": "-1.00", "category_id": None}]
    books.book(account, "2026-05-01", "-2.00", splits=splits)
    for category, use in ((food, "below"), (fruit, "transactions"), (fun, "budgets"), (rest, "splits")):
        with pytest.raises(Conflict, match=use) as error:
            delete_category(books.context, category)
        assert error.value.code == "in_use"


def test_all_of_a_category_moves_to_the_one_that_replaces_it(books: Books) -> None:
    account = books.account("Giro")
    food, meals = books.category("Food"), books.category("Meals", "saving")
    fruit = books.category("Fruit", parent=food)
    whole = books.book(account, "2026-05-01", "-1.00", food)
    splits = [{"amount": "-1.00", "category_id": str(food)}, {"amount": "-1.00", "category_id": str(fruit)}]
    parted = books.book(account, "2026-05-02", "-2.00", splits=splits)
    untouched = books.book(account, "2026-05-02", "-3.00", fruit)
    budget = books.budget("Food", food)
    both = books.budget("Both", food, category_ids=[str(food), str(meals)])
    delete_category(books.context, food, replace_by=meals)
    version = books.version()
    assert kinds(books) == {"Meals": "saving", "Fruit": "saving"}
    assert get_category(books.context, fruit)[0].parent_id == str(meals)
    rows = books.rows("SELECT id, category_id, updated_version FROM transactions WHERE tenant_id = :tenant ORDER BY id")
    assert rows[0] == (whole, meals, version)
    assert rows[1][::2] == (parted, version)
    assert rows[2][0] == untouched
    assert rows[2][2] < version
    parts = books.rows("SELECT category_id FROM splits WHERE tenant_id = :tenant ORDER BY position")
    assert parts == [(meals,), (fruit,)]
    covered = books.rows("SELECT budget_id, category_id FROM budget_categories WHERE tenant_id = :tenant ORDER BY 1")
    assert covered == [(budget, meals), (both, meals)]
    assert books.deleted() == [("category", food)]
    books.check_rollup()


def test_a_merge_that_clashes_leaves_everything_as_it_was(books: Books) -> None:
    food, meals = books.category("Food"), books.category("Meals")
    for parent in (food, meals):
        books.category("Fruit", parent=parent)
    before = (list_categories(books.context), books.version())
    with pytest.raises(Conflict) as error:
        delete_category(books.context, food, replace_by=meals)
    assert error.value.code == "name_taken"
    assert (list_categories(books.context), books.version()) == before


def test_only_another_category_outside_the_subtree_replaces(books: Books, town: Town) -> None:
    food = books.category("Food")
    fruit = books.category("Fruit", parent=food)
    foreign = Books(town.context(town.tenant("user_2"))).category("Food")
    for replace_by, kind in ((food, Invalid), (fruit, Invalid), (foreign, NotFound)):
        with pytest.raises(kind):
            delete_category(books.context, food, replace_by=replace_by)


def test_an_unused_category_goes_once(books: Books) -> None:
    food = books.category("Food")
    with pytest.raises(PreconditionFailed):
        delete_category(books.context, food, if_match=99)
    delete_category(books.context, food, if_match=1)
    assert books.deleted() == [("category", food)]
    with pytest.raises(NotFound):
        delete_category(books.context, food)


def test_another_tenants_category_does_not_exist(books: Books, town: Town) -> None:
    other = Books(town.context(town.tenant("user_2")))
    food = books.category("Food")
    with pytest.raises(NotFound):
        patch(other, food, name="Mine")
    with pytest.raises(NotFound):
        delete_category(other.context, food)
    assert kinds(other) == {}
