"""Rules applied: trying out shows what is done, taking back restores it, and what comes in is filed."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.errors import Conflict, Invalid, NotFound
from data.commands.accounts import delete_account
from data.commands.categories import delete_category
from data.commands.imports import ImportRequest, import_statement
from data.commands.rule_runs import undo_run
from data.commands.rules import create_rule
from data.commands.tags import delete_tag
from data.commands.transactions import change_transaction, post_transactions
from data.models.rollup import Flow
from data.reports.rules import get_rule, list_runs
from data.schemas.ledger import TransactionIn, TransactionPatch
from data.schemas.rules import RuleIn
from tests.ledger_books import Books

if TYPE_CHECKING:
    from tests.conftest import Town

from tests.rule_books import Json, apply, category_of, file_under, preview, rule, stored, when

# Trying out and taking back


def snapshot(books: Books) -> list[tuple[Any, ...]]:
    """Everything that rules can change, without ids of parts and versions."""
    return [
        *books.rows(
            "SELECT id, payee, counterparty, note, category_id, category_source, category_confidence, category_because,"
            " is_split, flow, transfer_id IS NULL FROM transactions WHERE tenant_id = :tenant ORDER BY id"
        ),
        *books.rows(
            "SELECT transaction_id, position, amount, category_id, note, flow FROM splits WHERE tenant_id = :tenant"
            " ORDER BY 1, 2"
        ),
        *books.rows("SELECT kind, object_id, tag_id FROM taggings WHERE tenant_id = :tenant ORDER BY 1, 2, 3"),
        *books.rows(
            "SELECT account_id, booked_on, category_id, flow, sign, amount, count FROM daily_rollup"
            " WHERE tenant_id = :tenant ORDER BY 1, 2, 3, 4, 5"
        ),
    ]


_WORDS = st.sampled_from(["Rewe", "REWÉ sagt", "Shop", "Cinéma", "pay", ""])
_CONDITIONS = st.one_of(
    st.builds(
        when,
        st.sampled_from(["payee", "purpose"]),
        st.sampled_from(["contains", "is", "is_not"]),
        st.sampled_from(["rewe", "shop", "e", "pay"]),
    ),
    st.builds(
        when, st.just("amount"), st.sampled_from(["greater", "less", "is"]), st.sampled_from(["0", "-5", "7.50"])
    ),
    st.builds(when, st.just("category_id"), st.sampled_from(["is", "is_not"]), st.sampled_from(["none", "A", "B"])),
)
_FILING = st.sampled_from(
    [
        {"type": "set_category", "category_id": "A"},
        {"type": "set_category", "category_id": "B"},
        {"type": "set_transfer", "category_id": "T", "account_id": "other"},
        {"type": "split", "parts": [{"percent": "33.3", "category_id": "A"}, {"amount": "1.00"}, {"category_id": "B"}]},
    ]
)
_EXTRA = st.sampled_from(
    [
        {"type": "set_payee", "payee": "Renamed"},
        {"type": "set_note", "note": "noted"},
        {"type": "add_tags", "tags": ["x", "y"]},
        {"type": "stop"},
    ]
)
_RULES = st.lists(
    st.fixed_dictionaries(
        {
            "match": st.sampled_from(["all", "any"]),
            "conditions": st.lists(_CONDITIONS, min_size=1, max_size=2),
            "actions": st.tuples(
                st.lists(_FILING, max_size=1), st.lists(_EXTRA, min_size=1, max_size=3, unique_by=lambda a: a["type"])
            ).map(lambda both: [*both[0], *both[1]]),
        }
    ),
    min_size=1,
    max_size=4,
)
_BOOKINGS = st.lists(
    st.tuples(
        st.integers(1, 6), st.integers(-2_000, 2_000), _WORDS, _WORDS, st.sampled_from([None, "A", "B"]), st.booleans()
    ),
    min_size=1,
    max_size=8,
)


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(drafts=_RULES, bookings=_BOOKINGS)
def test_what_is_tried_out_is_what_is_done_and_undone(town: Town, drafts: list[Json], bookings: list[Any]) -> None:
    books = Books(town.context(town.tenant(f"user_{next(_NUMBERS)}")))
    bank, other = books.account("Bank", identifier="DE1"), books.account("Other", identifier="DE2")
    ids = {"A": books.category("A"), "B": books.category("B"), "T": books.category("T", "transfer"), "other": other}
    for day, cents, payee, purpose, category, elsewhere in bookings:
        books.book(
            other if elsewhere else bank,
            f"2026-06-{day:02d}",
            f"{Decimal(cents) / 100}",
            ids.get(category),
            payee=payee or None,
            purpose=purpose or None,
        )
    for draft in drafts:
        create_rule(books.context, RuleIn.model_validate_json(_with_ids(draft, ids)))
    before, shown = snapshot(books), preview(books)
    were = {int(each.transaction_id): each for each in shown.data}
    old = dict(zip(were, stored(books, *were), strict=True))
    run = apply(books)
    assert run.changed == shown.changed == len(were)
    for each, after in zip(were.values(), stored(books, *were), strict=True):
        now, then = (one.model_dump(mode="json") for one in (after, old[int(each.transaction_id)]))
        assert {name: _plain(now[name]) for name in each.after} == {name: _plain(v) for name, v in each.after.items()}
        assert {name: then[name] for name in each.before} == each.before
    books.check_rollup()
    undo_run(books.context, int(run.id))
    assert snapshot(books) == before


_NUMBERS = iter(range(100, 1_000_000))


def _with_ids(draft: Json, ids: dict[str, int]) -> str:
    names = {name: str(number) for name, number in ids.items()}
    return json.dumps(_named(draft, names))


def _named(value: Any, names: dict[str, str]) -> Any:
    if isinstance(value, dict):
        ids = ("category_id", "account_id")
        by_id = value.get("field") in ids
        return {
            name: names.get(each, each) if name in ids or (by_id and name == "value") else _named(each, names)
            for name, each in value.items()
        }
    return [_named(each, names) for each in value] if isinstance(value, list) else value


def _plain(value: Any) -> Any:
    """Parts without their tags, which rules do not give."""
    return (
        [{k: v for k, v in e.items() if k != "tags"} if isinstance(e, dict) else e for e in value]
        if (isinstance(value, list))
        else value
    )


def test_what_a_person_changed_since_stays(books: Books, shop: dict[str, int]) -> None:
    other = books.category("Other")
    rule(
        books,
        when("amount", "less", "0"),
        actions=[*file_under(other), {"type": "set_payee", "payee": "P"}, {"type": "add_tags", "tags": ["t"]}],
    )
    run = apply(books)
    for name, patch in (
        ("rewe", {"payee": "Mine"}),
        ("apples", {"category_id": str(shop["food"])}),
        ("cafe", {"category_id": str(other)}),
        ("none", {"tags": []}),
    ):
        change_transaction(books.context, shop[name], TransactionPatch.model_validate(patch), None)
    undo_run(books.context, int(run.id))
    rewe, apples, cafe, none = stored(books, *(shop[name] for name in ("rewe", "apples", "cafe", "none")))
    assert (rewe.payee, rewe.category_id, rewe.tags) == ("Mine", str(shop["food"]), [])
    assert (apples.payee, apples.category_id) == ("Obsthof", str(shop["food"]))
    assert (cafe.category_id, none.category_id, none.payee, none.tags) == (str(other), None, None, [])
    assert list_runs(books.context).data == []
    with pytest.raises(NotFound):
        undo_run(books.context, int(run.id))


def test_a_split_that_a_person_changed_stays(books: Books) -> None:
    made = books.book(books.account("Bank"), "2026-06-01", "-10.00", payee="Shop")
    rule(books, when("payee", "is", "shop"), actions=[{"type": "split", "parts": [{"percent": "50"}, {}]}])
    run = apply(books)
    change_transaction(
        books.context,
        made,
        TransactionPatch(splits=[{"amount": "-4.00"}, {"amount": "-6.00"}]),
        None,  # type: ignore[list-item]
    )
    undo_run(books.context, int(run.id))
    assert [part.amount for part in stored(books, made)[0].splits] == ["-4.00", "-6.00"]


def test_budgets_and_audit_follow(books: Books, shop: dict[str, int]) -> None:
    category = books.category("Other")
    books.budget("Other", category, "10.00")
    rule(books, when("payee", "contains", "rewe"), actions=file_under(category))
    run = apply(books)
    levels = "SELECT level FROM budget_alerts WHERE tenant_id = :tenant"
    assert books.rows(levels) == [("1.0",)] or books.rows(levels) == [("1",)]
    undo_run(books.context, int(run.id))
    assert [(action, number) for action, number, *_ in books.audited("rule_run")] == [
        ("apply", int(run.id)),
        ("undo", int(run.id)),
    ]
    books.check_rollup()


# What rules refer to


def test_what_a_rule_refers_to_is_in_use_and_moves(books: Books) -> None:
    bank, old, new = (books.account(name) for name in ("Bank", "Old", "New"))
    food, drinks = books.category("Food"), books.category("Drinks")
    transfer = books.category("Transfer", "transfer")
    made = rule(
        books,
        when("account_id", "one_of", [str(old), str(bank)]),
        when("category_id", "is", str(food)),
        actions=[
            {"type": "split", "parts": [{"percent": "5", "category_id": str(food)}, {}]},
            {"type": "add_tags", "tags": ["Fun"]},
        ],
    )
    move = rule(books, when("payee", "is", "x"), actions=[{"type": "set_transfer", "account_id": str(old)}])
    ((fun,),) = books.rows("SELECT id FROM tags WHERE tenant_id = :tenant")
    games = books.tag("Games")
    for delete in (
        lambda: delete_account(books.context, old),
        lambda: delete_category(books.context, food),
        lambda: delete_category(books.context, transfer),
        lambda: delete_tag(books.context, fun),
    ):
        with pytest.raises(Conflict) as error:
            delete()
        assert (error.value.code, "rules" in error.value.detail) == ("in_use", True)
    delete_account(books.context, old, replace_by=new)
    delete_category(books.context, food, replace_by=drinks)
    delete_tag(books.context, fun, replace_by=games)
    after = get_rule(books.context, int(made.id))[0].model_dump()
    assert [each["value"] for each in after["conditions"]] == [[str(new), str(bank)], str(drinks)]
    assert after["actions"][0]["parts"][0]["category_id"] == str(drinks)
    assert after["actions"][1] == {"type": "add_tags", "tags": ["Games"]}
    assert get_rule(books.context, int(move.id))[0].actions[0].model_dump()["account_id"] == str(new)


def test_a_run_is_taken_back_after_its_category_moved(books: Books, shop: dict[str, int]) -> None:
    one, two = books.category("One"), books.category("Two")
    rule(books, when("payee", "contains", "rewe"), actions=file_under(one))
    run = apply(books)
    delete_category(books.context, one, replace_by=two)
    undo_run(books.context, int(run.id))
    assert category_of(books)[shop["rewe"]] == shop["food"]


def test_nothing_of_another_tenant_is_referred_to_or_changed(books: Books, shop: dict[str, int], town: Town) -> None:
    charlie = Books(town.context(town.tenant("org_9")))
    for actions in (
        file_under(shop["food"]),
        [{"type": "split", "parts": [{"percent": "5", "category_id": str(shop["food"])}, {}]}],
        [{"type": "set_transfer", "account_id": str(shop["bank"])}],
    ):
        with pytest.raises(Invalid):
            rule(charlie, when("payee", "is", "x"), actions=actions)
    for field in ("account_id", "category_id"):
        with pytest.raises(Invalid):
            rule(charlie, when(field, "is", str(shop["bank"])), actions=[{"type": "stop"}])
    mine = charlie.category("Mine")
    rule(charlie, when("amount", "is_not", "1"), actions=file_under(mine))
    before = snapshot(books)
    assert (preview(charlie).checked, apply(charlie).changed) == (0, 0)
    assert snapshot(books) == before
    made = rule(books, when("payee", "contains", "rewe"), actions=file_under(shop["fruit"]))
    run = apply(books)
    with pytest.raises(Invalid):
        apply(charlie, rule_ids=[made.id])
    with pytest.raises(NotFound):
        undo_run(charlie.context, int(run.id))


# What comes in


def load(books: Books, account: int, *lines: str) -> Any:
    data = "\n".join(["Date,Payee,Purpose,Amount", *lines]).encode()
    return import_statement(books.context, ImportRequest(data=data, account_id=str(account), filename="a.csv"))


PAYEES = ["REWE 1", "Shop", "Müller"] * 4
LINES = [f"2026-05-{day:02d},{payee},Card {day},-{day}.10" for day, payee in enumerate(PAYEES, 1)]


def test_rules_run_on_what_is_imported_in_any_order_of_batches(town: Town) -> None:
    seen = []
    for number, batches in enumerate([[LINES], [LINES[6:], LINES[:6]], [[line] for line in LINES]]):
        books = Books(town.context(town.tenant(f"user_5{number}")))
        bank, food = books.account("Bank"), books.category("Food")
        filed = [{"type": "set_payee", "payee": "Rewe"}, {"type": "add_tags", "tags": ["t"]}]
        rule(books, when("payee", "starts_with", "rewe"), actions=[*file_under(food), *filed])
        parts = {"type": "split", "parts": [{"percent": "33", "category_id": str(food)}, {"note": "rest"}]}
        rule(books, when("payee", "is", "muller"), actions=[parts, {"type": "set_note", "note": "n"}])
        for batch in batches:
            load(books, bank, *batch)
        assert load(books, bank, *LINES).counts.new == 0
        books.check_rollup()
        ids = [row[0] for row in books.rows("SELECT id FROM transactions WHERE tenant_id = :tenant ORDER BY booked_on")]
        left_out = {"id", "import_id", "created_at", "updated_at", "account_id"}
        shown = [each.model_dump(exclude=left_out) for each in stored(books, *ids)]
        for each in shown:
            for part in [each, *each["splits"]]:
                part["category_id"] = part["category_id"] and "food"
        seen.append(shown)
    first, second, third = seen[0][:3]
    assert (first["payee"], first["category_id"], first["tags"]) == ("Rewe", "food", ["t"])
    assert (second["payee"], second["category_id"]) == ("Shop", None)
    assert (len(third["splits"]), third["note"], third["category_id"]) == (2, "n", None)
    assert seen[0] == seen[1] == seen[2]


def test_a_rule_goes_before_the_category_that_the_file_names(books: Books) -> None:
    bank, food, _ = books.account("Bank"), books.category("Food"), books.category("Fun")
    rule(books, when("payee", "is", "rewe"), when("category_id", "is_not", "none"), actions=file_under(food))
    data = b"Date,Payee,Category,Amount\n2026-05-01,Rewe,Fun,-1.00\n2026-05-02,Cinema,Fun,-2.00\n"
    import_statement(books.context, ImportRequest(data=data, account_id=str(bank)))
    rows = books.rows(
        "SELECT category_source, category_because FROM transactions WHERE tenant_id = :tenant ORDER BY 1 DESC"
    )
    assert [source for source, _ in rows] == ["rule", "file"]
    assert rows[0][1].startswith("rule ")


def test_rules_fill_in_what_was_left_out_of_a_posted_transaction(books: Books) -> None:
    bank, food, other = books.account("Bank"), books.category("Food"), books.category("Other")
    rule(
        books,
        when("payee", "contains", "rewe"),
        actions=[*file_under(food), {"type": "set_payee", "payee": "Rewe"}, {"type": "set_note", "note": "auto"}],
    )
    common = {"account_id": str(bank), "booked_on": "2026-06-01", "amount": "-1.00", "payee": "REWE 7"}
    bodies = [{}, {"category_id": None}, {"category_id": str(other)}, {"note": "mine"}]
    new = [TransactionIn.model_validate({**common, **body}) for body in bodies]
    posted = post_transactions(books.context, new)
    assert [(each.category_id, each.payee, each.note) for each in posted] == [
        (str(food), "REWE 7", "auto"),
        (None, "REWE 7", None),
        (str(other), "REWE 7", None),
        (str(food), "REWE 7", "mine"),
    ]
    books.check_rollup()


def test_pending_lines_keep_their_payee_and_adjustments_are_left_alone(books: Books) -> None:
    bank, food = books.account("Bank"), books.category("Food")
    waiting = books.book(bank, "2026-06-01", "-1.00", payee="REWE", pending=True)
    value = books.book(bank, "2026-06-02", "-1.00", payee="REWE", type="adjustment")
    rule(books, when("payee", "is", "rewe"), actions=[*file_under(food), {"type": "set_payee", "payee": "X"}])
    assert apply(books).changed == 1
    pending, adjustment = stored(books, waiting, value)
    assert (pending.payee, pending.category_id) == ("REWE", str(food))
    assert (adjustment.payee, adjustment.category_id) == ("REWE", None)
    assert books.flows() == {waiting: Flow.PENDING, value: Flow.ADJUSTMENT}
