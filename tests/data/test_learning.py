"""What learning promises: repeatable, honest counts, silence where nothing is known, and good enough on real lines."""

from __future__ import annotations

import csv
import re
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.learning_scores import largest, measure, remembered
from bench.learning_sets import calderdale
from data.classify import mcc
from data.classify.features import text_pieces
from data.classify.learn import NONE, Guess, Learned
from data.classify.lines import Example, Line, merchant, payee, words

FOOD, FUN, PAY, MOVE, SAVE = 1, 2, 3, 4, 5
KINDS = {FOOD: "expense", FUN: "expense", PAY: "income", MOVE: "transfer", SAVE: "saving"}
PAYEES = ("Tesco 2617", "TESCO STORE 9", "Odeon Cinema", "Rail & Sons", "Amazon", "Zoë's Café", "")


def line(name: str | None, inflow: bool = False, size: int = 4, **more: Any) -> Line:
    return Line(name, more.get("purpose"), more.get("counterparty"), more.get("mcc"), inflow, size)


def example(name: str, category: int, lines: int = 1, by_hand: int = 0, age: int = 0, **more: Any) -> Example:
    return Example(line(name, **more), category, lines, by_hand, age)


def told(examples: list[Example], asked: Line, least: float = 0.9) -> Guess:
    return Learned(examples, KINDS).guess([asked], least)[0]


examples_ = st.lists(
    st.builds(
        lambda name, category, lines, by_hand, age, size: example(
            name, category, lines, min(lines, by_hand), age, size=size
        ),
        st.sampled_from(PAYEES),
        st.sampled_from(sorted(KINDS)),
        st.integers(1, 40),
        st.integers(0, 2),
        st.integers(0, 2000),
        st.integers(1, 7),
    ),
    min_size=1,
    max_size=30,
)


@given(examples_)
@settings(max_examples=60, deadline=None)
def test_the_same_examples_teach_the_same(examples: list[Example]) -> None:
    asked = [line(name) for name in (*PAYEES, "never seen")]
    first, second = (Learned(examples, KINDS).guess(asked, 0.9) for _ in range(2))
    assert first == second
    assert [Learned(examples, KINDS).guess([each], 0.9)[0].category_id for each in asked] == [
        each.category_id for each in first
    ]
    for guess in first:
        shares = [share for _, share in guess.ranking]
        assert shares == sorted(shares, reverse=True)
        assert sum(shares) <= 1 + 1e-4
        assert guess.category_id is None or guess.confidence >= 0.9


@given(examples_, st.sampled_from(PAYEES))
@settings(max_examples=80, deadline=None)
def test_the_counts_in_an_explanation_are_true(examples: list[Example], name: str) -> None:
    asked = line(name)
    guess = told(examples, asked, least=0.5)
    found = re.match(r'(\d+) of (\d+) lines? with (this payee|the word "(.*)")(?: (that a person.*))?$', guess.because)
    if found is None:
        assert guess.because in ("", "its text is spelt like that of lines in this category")
        return
    best = guess.ranking[0][0]

    same_payee = [each for each in examples if payee(each.line) == payee(asked)]
    known = any(
        each.category_id == best and (each.by_hand or not any(e.by_hand for e in same_payee)) for each in same_payee
    )

    def like_it(each: Example) -> bool:
        if found[4]:
            return found[4] in merchant(each.line).split()
        if known:
            return payee(each.line) == payee(asked)
        return merchant(each.line) == merchant(asked)

    alike = [each for each in examples if like_it(each)]
    if found[5]:
        counts = [(each.category_id, each.by_hand) for each in alike]
    else:
        counts = [(each.category_id, each.lines) for each in alike]
    assert int(found[1]) == sum(count for category, count in counts if category == best) > 0
    assert int(found[2]) == sum(count for _, count in counts)


def test_what_was_never_seen_is_nobodys_guess_until_there_is_enough() -> None:
    few = [example("Tesco", FOOD, 20), example("Odeon", FUN, 20)]
    assert told(few, line("Never Seen")) == Guess(None, 0.0, "", ())
    assert told([], line("Tesco")) == Guess(None, 0.0, "", ())


@pytest.mark.parametrize(("lines", "by_hand", "applies"), [(1, 0, False), (2, 0, False), (3, 0, True), (1, 1, True)])
def test_one_word_of_a_person_or_three_of_a_file(lines: int, by_hand: int, applies: bool) -> None:
    guess = told([example("Tesco", FOOD, lines, by_hand)], line("Tesco"))
    assert (guess.category_id == FOOD) is applies


def test_a_person_outweighs_a_file() -> None:
    examples = [example("Tesco", FOOD, 500), example("Tesco", FUN, 1, by_hand=1)]
    guess = told(examples, line("Tesco"))
    assert guess.ranking[0][0] == FUN
    assert guess.because == "1 of 1 line with this payee that a person categorised"


def test_a_marketplace_is_told_by_its_details() -> None:
    examples = [
        example("Market", category, 10, purpose=purpose)
        for category, purpose in ((FOOD, "coffee beans"), (FUN, "cinema vouchers"))
        for _ in range(3)
    ]
    learned = Learned(examples, KINDS)
    coffee, cinema, neither = learned.guess(
        [line("Market", purpose="coffee beans"), line("Market", purpose="cinema vouchers"), line("Market")], 0.9
    )
    assert (coffee.ranking[0][0], cinema.ranking[0][0]) == (FOOD, FUN)
    assert neither.category_id is None


def test_recent_lines_weigh_more() -> None:
    assert told([example("B&Q", FUN, 30, age=1500), example("B&Q", FOOD, 10, age=0)], line("B&Q")).ranking[0][0] == FOOD


@pytest.mark.parametrize(
    ("category", "inflow", "lines", "applies"),
    [
        (FOOD, False, 10, True),
        (PAY, True, 10, True),
        (MOVE, False, 2, False),
        (MOVE, False, 20, True),
        (SAVE, False, 20, True),
        (FOOD, True, 2, False),
        (FOOD, True, 20, True),
    ],
)
def test_what_could_hide_money_needs_all_lines_of_the_payee(
    category: int, inflow: bool, lines: int, applies: bool
) -> None:
    known = example("Acorn", category, lines, inflow=inflow)
    assert (told([known], line("Acorn", inflow)).category_id == category) is applies
    mixed = [known, example("Acorn", FUN, 1, inflow=inflow)]
    if category != FOOD or inflow:
        assert told(mixed, line("Acorn", inflow), least=0.5).category_id in (None, PAY if inflow else FUN) or (
            category == PAY
        )


def test_a_transfer_to_another_account_is_not_told_by_the_name_alone() -> None:
    known = [example("Jo Acorn", MOVE, 20, counterparty="DE11")]
    assert told(known, line("Jo Acorn", counterparty="DE11")).category_id == MOVE
    assert told(known, line("Jo Acorn", counterparty="DE22")).category_id is None


def test_lines_to_be_left_alone_are_left_alone() -> None:
    guess = told([example("Acorn", NONE, 5, by_hand=5), example("Acorn", FOOD, 1)], line("Acorn"))
    assert (guess.category_id, guess.ranking[0][0]) == (None, NONE)


def test_unseen_payees_are_told_by_their_words() -> None:
    examples = [
        example(f"{word} {kind}", category, 5)
        for word in ("Alder", "Birch", "Cedar", "Elm", "Fir", "Hazel")
        for kind, category in (("Bakery", FOOD), ("Cinema", FUN))
    ]
    guess = told(examples, line("Walnut Cinema"), least=0.5)
    assert guess.category_id == FUN
    assert guess.because == '30 of 30 lines with the word "cinema"'


def test_branch_numbers_and_references_are_no_words() -> None:
    assert words("TESCO STORE 2617 X9Z") == "tesco store"
    assert words("4711") == "4711"
    assert payee(line(None, purpose="Rent 2026-01")) == "rent"


@given(st.lists(st.text("abc é", max_size=12).map(lambda text: " ".join(text.split())), min_size=1, max_size=6))
@settings(max_examples=150, deadline=None)
def test_hashes_are_those_of_the_pieces(texts: list[str]) -> None:
    """As many different pieces as there are, and the same piece has the same hash wherever it stands."""
    rows, hashes = text_pieces(texts, 0, grams=True)
    for number, text in enumerate(texts):
        padded, each = f" {text} ", text.split()
        expected = {("gram", padded[at : at + n]) for n in (3, 4, 5) for at in range(len(padded) - n + 1)}
        expected |= {("word", word) for word in each} | {("pair", *pair) for pair in pairwise(each)}
        expected |= {("first", each[0]), ("whole", text)} if each else set()
        found = hashes[rows == number]
        assert len(found) == len(set(found.tolist())) == len(expected)
        alone = text_pieces([text], 0, grams=True)[1]
        assert found.tolist() == alone.tolist()


@pytest.mark.parametrize(
    ("code", "group"),
    [
        ("5411", "groceries"),
        ("5812", "restaurants"),
        ("3005", "travel"),
        ("3700", "travel"),
        ("8062", "health"),
        ("9311", "taxes"),
        ("6011", "cash"),
        ("0001", None),
        ("54110", None),
        ("", None),
        (None, None),
    ],
)
def test_codes_have_groups(code: str | None, group: str | None) -> None:
    assert mcc.group_of(code) == group


def test_a_name_that_two_categories_have_tells_nothing() -> None:
    assert mcc.choose([(1, "Groceries"), (2, " groceries ")], {}) == {}
    assert mcc.choose([(1, "Food"), (2, "GROCERIES")], {"fuel": 1}) == {"groceries": 2, "fuel": 1}


@pytest.mark.shared
@pytest.mark.parametrize("scheme", ["iso18245_official", "visa", "mastercard", "amex", "stripe"])
def test_every_official_code_has_a_group(shared: Path, scheme: str) -> None:
    with (shared / "mcc" / f"{scheme}_list.csv").open(encoding="utf-8") as file:
        codes = [row["MCC"] for row in csv.DictReader(file)]
    assert len(codes) > 250
    assert [code for code in codes if mcc.group_of(code) is None] == []


@pytest.mark.shared
def test_real_card_lines_of_a_year_not_seen(shared: Path) -> None:
    lines = calderdale(shared)
    known = [each for each in lines if each.day.year < 2020]
    asked = [each for each in lines if each.day.year == 2020]
    assert (len(lines), len({each.label for each in lines})) == (75_119, 34)
    found = measure(known, asked)
    assert found.accuracy > max(0.83, remembered(known, asked)[0], largest(known, asked)[0])
    assert found.macro_f1 > max(0.60, remembered(known, asked)[1])
    share, right = found.coverage[0.9]
    assert share > 0.6
    assert right > 0.95
    assert found.calibration < 0.08
