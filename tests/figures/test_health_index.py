"""The health index of real ledgers: what the reference says, and one household by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from random import Random

from hypothesis import given

from tests.figures import strategies as make
from tests.figures.examples import Opener, examples
from tests.figures.ledger import Account, Asked, Booking, Budget, Category, Ledger, Part

CATEGORIES = {
    category.key: category
    for category in (
        Category("pay", "income"),
        Category("life", "expense"),
        Category("interest", "expense"),
        Category("moves", "transfer"),
    )
}
PLAN = Budget("plan", ("life",), "monthly", date(2026, 3, 1), ((date(2026, 3, 1), 100_000),), day=1)


def household() -> Ledger:
    """3,000.00 a month, of which 1,200.00 are spent and 500.00 go to the loan, 100.00 of them interest."""
    bookings = [
        booking
        for month in (2, 3, 4, 5, 6)
        for booking in (
            Booking(f"pay {month}", "bank", date(2026, month, 1), 300_000, payee="Acme", category="pay"),
            Booking(f"life {month}", "bank", date(2026, month, 9), -120_000, payee="Market", category="life"),
            Booking(
                f"loan {month}",
                "bank",
                date(2026, month, 15),
                -50_000,
                payee="Loan",
                counterparty="loan",
                parts=(Part(-40_000, "moves"), Part(-10_000, "interest")),
            ),
            Booking(f"into {month}", "loan", date(2026, month, 15), 40_000, payee="Bank", category="moves"),
        )
    ]
    return Ledger(
        now=datetime(2026, 6, 17, 12, tzinfo=UTC),
        accounts={
            "bank": Account("bank", "checking", opening_balance=0, opening_on=date(2026, 1, 1)),
            "loan": Account("loan", "loan", opening_balance=-1_000_000, opening_on=date(2026, 1, 1)),
        },
        categories=CATEGORIES,
        bookings={each.key: each for each in bookings},
        budgets={"plan": PLAN},
    )


def test_one_household_by_hand(open_books: Opener) -> None:
    ledger = household()
    driver = open_books(ledger)
    ledger = driver.build(ledger, [*ledger.bookings])
    health = driver.answer(Asked())["summary"]["health"]
    # March to May: 9,000.00 in, 3 x 1,300.00 out; four months' rest of 1,300.00 each is in the bank at the end of May.
    assert [(each["id"], each["value"], each["weight"]) for each in health["components"]] == [
        ("savings", 1.0, 0.3),
        ("cushion", 0.6667, 0.3),
        # 1,500.00 of 9,000.00 are a sixth: (0.43 - 0.1667) / 0.28.
        ("debt", 0.9405, 0.2),
        # Three periods of 1,000.00, each 200.00 over.
        ("adherence", 0.8, 0.2),
    ]
    assert [each["inputs"] for each in health["components"]] == [
        {"income": "9000.00", "expenses": "3900.00", "savings_rate": 0.5667},
        {"balances": "5200.00", "monthly_expenses": "1300.00"},
        {"debt_payments": "1500.00", "income": "9000.00"},
        {"overspent": "600.00", "limits": "3000.00"},
    ]
    # 30 + 20 + 18.81 + 16
    assert (health["index"], health["coverage"]) == (85, 1.0)
    driver.check(ledger, [Asked(), Asked("last_year"), Asked("all", accounts=("loan",)), Asked("this_month")])


def test_it_ignores_period_and_accounts_and_is_null_under_other_filters(open_books: Opener) -> None:
    ledger = household()
    driver = open_books(ledger)
    driver.build(ledger, [*ledger.bookings])
    whole = driver.answer(Asked())["summary"]["health"]
    assert driver.answer(Asked("this_year", accounts=("loan",)))["summary"]["health"] == whole
    assert driver.answer(Asked("last_year"))["summary"]["health"]["index"] is None
    assert driver.answer(Asked(categories=("life",)))["summary"]["health"] is None


def test_a_loan_paid_in_one_sum_has_unknown_interest(open_books: Opener) -> None:
    ledger = household()
    driver = open_books(ledger)
    ledger = driver.build(ledger, [*ledger.bookings])
    loan = ledger.bookings["loan 5"]
    driver.change(replace(loan, parts=(), category="moves", amount=-40_000))
    health = driver.answer(Asked())["summary"]["health"]
    assert health["components"][2]["inputs"]["debt_payments"] == "1400.00"


@examples(15)
@given(make.chances)
def test_ledgers_with_loans_and_budgets(open_books: Opener, rng: Random) -> None:
    ledger = make.ledger(rng, 12)
    pool = {**ledger.accounts, "debt": Account("debt", rng.choice(["loan", "mortgage"]))}
    payer = rng.choice([*ledger.accounts])
    made = []
    for n in range(rng.randint(1, 4)):
        day = ledger.today - timedelta(days=rng.randint(0, 130))
        size = rng.choice([1_000, 2_500, 12_345])
        parts = () if make.one_in(rng, 3) else (Part(-size, "moves"), Part(-99, rng.choice(["fees", None])))
        paid = Booking(f"pays {n}", payer, day, -size - (99 if parts else 0), payee="Debt", counterparty="debt")
        made.append(replace(paid, parts=parts, category=None if parts else "moves"))
        made.append(Booking(f"gets {n}", "debt", day + timedelta(days=rng.randint(0, 2)), size))
        made.append(Booking(f"earns {n}", payer, day, rng.choice([5_000, 90_000]), category="pay"))
    plans = [replace(make.budget(rng, f"b{n}", [*ledger.accounts.values()]), accounts=()) for n in range(2)]
    ledger = replace(
        ledger,
        accounts=pool,
        bookings=ledger.bookings | {each.key: each for each in made},
        budgets={each.key: each for each in plans},
    )
    driver = open_books(ledger)
    ledger = driver.build(ledger, [*ledger.bookings])
    driver.check(ledger, [Asked(), make.query(rng, ledger)])
