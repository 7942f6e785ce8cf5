"""Rules: every operator, patterns that would hang, the order of rules, what they do, and what they refer to."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from pydantic import ValidationError
from sqlalchemy import text

from core.errors import Invalid
from data.classify.rules_changes import ledger_hits
from data.classify.rules_match import PlainRule
from data.commands.rule_runs import undo_run
from data.commands.rules import delete_rule, update_rule
from data.frames.rules import matcher_of, parameters_of
from data.reports.rules import list_rules
from data.schemas.rules import RulePatch
from tests.ledger_books import Books
from tests.rule_books import Json, apply, file_under, found, preview, rule, stored, when

# fmt: off
OPERATORS: list[tuple[tuple[str, str, Any], set[str]]] = [
    (("payee", "is", "cafe muller strasse 5"), {"cafe"}),
    (("payee", "is", "  CAFÉ MÜLLER STRAẞE 5 "), {"cafe"}),
    (("payee", "is", "cafe"), set()),
    (("payee", "is_not", "rewe sagt danke"), {"cafe", "apples", "pay", "ramen", "none"}),
    (("payee", "one_of", ["Rewe sagt danke", "obsthof"]), {"rewe", "apples"}),
    (("payee", "contains", "muller  STRASSE"), {"cafe"}),
    (("payee", "contains", "%"), set()),
    (("payee", "contains", "メ"), {"ramen"}),
    (("payee", "starts_with", "rewe"), {"rewe"}),
    (("payee", "starts_with", "sagt"), set()),
    (("payee", "ends_with", "DANKE"), {"rewe"}),
    (("payee", "ends_with", "sagt"), set()),
    (("payee", "matches", "^rewe|acme$"), {"rewe", "pay"}),
    (("payee", "matches", r"\bMüller\b.*\d$"), {"cafe"}),
    (("payee", "matches", "^$"), {"none"}),
    (("purpose", "contains", "coffee"), {"cafe"}),
    (("counterparty", "starts_with", "de99"), {"pay"}),
    (("reference", "is", "r-1"), {"rewe"}),
    (("note", "is", "june"), {"pay"}),
    (("amount", "is", "-50"), {"rewe"}),
    (("amount", "is_not", "-50.00"), {"cafe", "apples", "pay", "ramen", "none"}),
    (("amount", "one_of", ["-3", "-1200"]), {"apples", "ramen"}),
    (("amount", "greater", "0"), {"pay"}),
    (("amount", "less", "-4.50"), {"rewe", "ramen"}),
    (("amount", "between", ["-4.50", "-3"]), {"cafe", "apples"}),
    (("amount", "is", "-0.005"), set()),
    (("absolute_amount", "greater", "1000"), {"pay", "ramen"}),
    (("absolute_amount", "between", ["50", "2500"]), {"rewe", "pay", "ramen"}),
    (("booked_on", "is", "2026-06-05"), {"pay"}),
    (("booked_on", "less", "2026-06-02"), {"cafe"}),
    (("booked_on", "between", ["2026-06-02", "2026-06-03"]), {"rewe", "apples"}),
    (("weekday", "is", 1), {"cafe"}),
    (("weekday", "one_of", [6, 7]), {"ramen", "none"}),
    (("weekday", "is_not", 1), {"rewe", "apples", "pay", "ramen", "none"}),
    (("category_id", "is", "none"), {"cafe", "pay", "ramen", "none"}),
    (("category_id", "is_not", "none"), {"rewe", "apples"}),
    (("category_id", "is", "food"), {"rewe", "apples"}),
    (("category_id", "one_of", ["fruit", "none"]), {"cafe", "apples", "pay", "ramen", "none"}),
    (("account_id", "is", "yen"), {"ramen"}),
    (("account_id", "is_not", "yen"), {"cafe", "rewe", "apples", "pay", "none"}),
    (("account_id", "one_of", ["yen"]), {"ramen"}),
    (("mcc", "is", "5411"), {"rewe"}),
    (("mcc", "is_not", "5411"), {"cafe", "apples", "pay", "ramen", "none"}),
]
# fmt: on


def test_every_operator_finds_what_it_says(books: Books, shop: dict[str, int]) -> None:
    with books.context.db.writing() as session:
        session.execute(text("UPDATE transactions SET mcc = '5411' WHERE id = :id"), {"id": shop["rewe"]})
    named = {name: str(number) for name, number in shop.items()} | {"none": "none"}
    for (field, operator, given_value), expected in OPERATORS:
        value = given_value
        if field in ("category_id", "account_id"):
            value = [named[each] for each in value] if isinstance(value, list) else named[value]
        assert found(books, when(field, operator, value)) == {shop[name] for name in expected}, (field, operator, value)


def test_conditions_hold_all_or_any(books: Books, shop: dict[str, int]) -> None:
    both = when("payee", "contains", "e"), when("amount", "less", "-10")
    assert found(books, *both) == {shop["rewe"]}
    assert found(books, *both, match="any") == {shop[name] for name in ("cafe", "rewe", "pay", "ramen")}


BOMBS = ["(a+)+$", "(a|a)*b", "(.*a){20}b", "^(([a-z])+.)+[A-Z]([a-z])+$", "(a?){50}a{50}", "(.{1,50}){1,50}b"]


@pytest.mark.parametrize("pattern", BOMBS)
def test_a_pattern_cannot_keep_the_database_busy(books: Books, pattern: str) -> None:
    """A backtracking engine needs more than the age of the universe for some of these."""
    account = books.account("Bank")
    for number in range(20):
        books.book(account, "2026-06-01", f"-{number + 1}.00", purpose="a" * 1990 + "!")
    draft = PlainRule(0, "all", [when("purpose", "matches", pattern)], [])
    with books.context.db.reading() as session:
        session.execute(text("SET LOCAL statement_timeout = '2s'"))
        matcher = matcher_of(session, [draft])
        given = parameters_of(session, books.context.tenant.id, [draft])
        session.execute(text(ledger_hits(matcher, "true")), {**given, **matcher.parameters})


WRONG = [r"(a*)\1", "(?=a)b", "(?<!a)b", "(?i)a", "***=a", "(", "a{9,1}", "*a", "[b-a]", "a" * 201]
WRONG.append("((((x{1,50}){1,50}){1,50}){1,50})")


@pytest.mark.parametrize("pattern", WRONG)
def test_a_pattern_that_is_none_or_not_safe_is_refused(books: Books, pattern: str) -> None:
    with pytest.raises((Invalid, ValidationError)) as error:
        rule(books, when("payee", "matches", pattern), actions=[{"type": "stop"}])
    where = error.value.errors[0].field if isinstance(error.value, Invalid) else error.value.errors()[0]["loc"]
    assert where in ("conditions.0.value", ("conditions", 0, "value"))
    assert books.version() == 0


# Order, actions


def test_the_first_rule_that_sets_a_field_decides(books: Books, shop: dict[str, int]) -> None:
    other = books.category("Other")
    rewe = when("payee", "contains", "rewe")
    rule(books, rewe, actions=[*file_under(other), {"type": "add_tags", "tags": ["one"]}])
    rule(books, rewe, actions=[*file_under(shop["fruit"]), {"type": "set_payee", "payee": "Rewe"}])
    rule(books, rewe, actions=[{"type": "set_payee", "payee": "No"}, {"type": "add_tags", "tags": ["two"]}])
    assert apply(books).changed == 1
    (after,) = stored(books, shop["rewe"])
    assert (after.category_id, after.payee, after.tags) == (str(other), "Rewe", ["one", "two"])


def test_stop_asks_no_further_rule(books: Books, shop: dict[str, int]) -> None:
    rule(books, when("payee", "contains", "rewe"), actions=[{"type": "set_note", "note": "a"}, {"type": "stop"}])
    rule(books, when("amount", "less", "0"), actions=[{"type": "set_payee", "payee": "Spent"}])
    apply(books)
    rewe, apples = stored(books, shop["rewe"], shop["apples"])
    assert (rewe.note, rewe.payee, apples.note, apples.payee) == ("a", "REWE SAGT DANKE", None, "Spent")


def test_a_disabled_rule_runs_only_when_it_is_named(books: Books, shop: dict[str, int]) -> None:
    made = rule(books, when("payee", "contains", "rewe"), actions=file_under(shop["fruit"]), enabled=False)
    assert (preview(books).changed, apply(books).changed) == (0, 0)
    assert (preview(books, rule_ids=[made.id]).changed, apply(books, rule_ids=[made.id]).changed) == (1, 1)


def test_the_scope_narrows(books: Books, shop: dict[str, int]) -> None:
    every = {"match": "all", "conditions": [when("amount", "less", "0")], "actions": file_under(books.category("X"))}
    counts = [
        preview(books, rule=every, **scope)
        for scope in (
            {},
            {"from": "2026-06-02", "to": "2026-06-03"},
            {"account_ids": [str(shop["yen"])]},
            {"only_uncategorised": True},
        )
    ]
    got = [(each.checked, each.matched, each.changed) for each in counts]
    assert got == [(6, 5, 5), (2, 2, 2), (1, 1, 1), (4, 3, 3)]


def test_positions_are_given_and_moved(books: Books) -> None:
    def order() -> list[tuple[str, int]]:
        return [(each.id, each.position) for each in list_rules(books.context).data]

    a, b, c = (rule(books, when("payee", "is", name), actions=[{"type": "stop"}]).id for name in "abc")
    assert order() == [(a, 1), (b, 2), (c, 3)]
    update_rule(books.context, int(a), RulePatch(position=3))
    assert order() == [(b, 1), (c, 2), (a, 3)]
    update_rule(books.context, int(a), RulePatch(position=1))
    assert order() == [(a, 1), (b, 2), (c, 3)]
    d = rule(books, when("payee", "is", "d"), actions=[{"type": "stop"}], position=2).id
    assert order() == [(a, 1), (d, 2), (b, 3), (c, 4)]
    delete_rule(books.context, int(d))
    assert order() == [(a, 1), (b, 3), (c, 4)]
    assert update_rule(books.context, int(a), RulePatch(position=99))[0].position == 3
    assert order() == [(b, 1), (c, 2), (a, 3)]


def test_a_transfer_is_marked_and_its_pair_found(books: Books) -> None:
    bank, card = books.account("Bank", identifier="DE1"), books.account("Card", type="credit_card", identifier="C 1")
    transfers = books.category("Transfers", "transfer")
    out = books.book(bank, "2026-06-01", "-80.00", payee="Card settlement")
    into = books.book(card, "2026-06-03", "80.00", payee="card settlement")
    books.book(bank, "2026-06-03", "-80.00", payee="A stranger")
    made = rule(
        books, when("payee", "is", "card settlement"), actions=[{"type": "set_transfer", "account_id": str(card)}]
    )
    assert made.actions[0].model_dump()["category_id"] == str(transfers)
    run = apply(books)
    (after,) = stored(books, out)
    assert (run.changed, after.counterparty, after.category_id) == (1, "C 1", str(transfers))
    assert books.pairs() == {frozenset({out, into})}
    books.check_rollup()
    undo_run(books.context, int(run.id))
    assert stored(books, out)[0].counterparty is None
    books.check_rollup()


@pytest.mark.parametrize(
    ("amount", "parts", "expected"),
    [
        ("-100.00", [{"percent": "30"}, {}], ["-30.00", "-70.00"]),
        ("-0.05", [{"percent": "25"}, {"percent": "25"}, {"percent": "25"}, {"percent": "25"}], None),
        ("10.01", [{"percent": "33.333"}, {"percent": "33.333"}, {}], ["3.34", "3.33", "3.34"]),
        ("-100.00", [{"amount": "19.99"}, {"percent": "50"}, {}], ["-19.99", "-50.00", "-30.01"]),
        ("-20.00", [{"amount": "20"}, {}], ["-20.00", "0.00"]),
        ("-19.99", [{"amount": "20"}, {}], []),
        ("0.00", [{"percent": "50"}, {}], []),
    ],
)
def test_parts_add_up_to_the_cent(books: Books, amount: str, parts: list[Json], expected: list[str] | None) -> None:
    food, home = books.category("Food"), books.category("Home")
    made = books.book(books.account("Bank"), "2026-06-01", amount, payee="Shop")
    parts[0]["category_id"], parts[-1]["category_id"] = str(food), str(home)
    rule(books, when("payee", "is", "shop"), actions=[{"type": "split", "parts": parts}])
    apply(books)
    (after,) = stored(books, made)
    got = [part.amount for part in after.splits]
    if expected is not None:
        assert got == expected
    if got:
        assert sum(Decimal(each) for each in got) == Decimal(amount)
        assert all(Decimal(each) * Decimal(amount) >= 0 for each in got)
        assert [after.splits[0].category_id, after.splits[-1].category_id] == [str(food), str(home)]
    books.check_rollup()


def test_a_fixed_part_finer_than_the_currency_is_not_made(books: Books) -> None:
    made = books.book(books.account("Yen", currency="JPY"), "2026-06-01", "-1000", payee="Shop")
    rule(books, when("payee", "is", "shop"), actions=[{"type": "split", "parts": [{"amount": "1.50"}, {}]}])
    assert apply(books).changed == 0
    assert stored(books, made)[0].splits == []
