"""The person's money on the move: savings, portfolio, card, loan, the old account, and odd entries."""

from __future__ import annotations

from datetime import timedelta

from data.demo.book import DemoTransaction
from data.demo.ledger import MONTHS, Ledger, day_of, grown, rounded, workday
from data.demo.person_plan import LOAN_PAYMENT, SAVER, limits, loan_interest


def settle_card(ledger: Ledger, month: int) -> None:
    """Pay on the 5th what the card owed at the end of the month before."""
    day = workday(day_of(month, 5))
    text = f"Card statement {MONTHS.name(month - 1)}"
    pair = ("card_payment", "card_payment")
    ledger.transfer(("checking", "card"), day, -ledger.totals["card"], text, pair, lag=1)


def put_aside(ledger: Ledger, month: int) -> None:
    """Standing orders to savings and portfolio, more in April from the bonus, some back for the summer."""
    saved, invested = rounded(grown(400_00, month), 10_00), rounded(grown(150_00, month), 10_00)
    first, own = workday(day_of(month, 1)), "own_accounts"
    ledger.transfer(("checking", "savings"), first, saved, "Standing order saving", ("emergency_fund", own), lag=1)
    ledger.transfer(("checking", "invest"), first, invested, "Savings plan world index", ("investing", own), lag=2)
    if month % 12 == 3:
        day = workday(day_of(month, 8))
        ledger.transfer(("checking", "savings"), day, 1_000_00, "Part of the bonus", ("emergency_fund", own))
    if month % 12 == 7:
        day = workday(day_of(month, 3))
        ledger.transfer(("savings", "checking"), day, 900_00, "For the holiday", (own, "emergency_fund"), lag=1)


def repay_loan(ledger: Ledger, month: int) -> None:
    """The car loan's payment on the 15th, split into interest and repayment; the loan gets the repayment."""
    day = workday(day_of(month, 15))
    if day > ledger.today:
        return
    interest = loan_interest(-ledger.totals["loan"])
    principal = LOAN_PAYMENT - interest
    loan, checking = ledger.accounts["loan"], ledger.accounts["checking"]
    parts = ((-interest, "car_interest", "Interest"), (-principal, "loan_principal", "Repayment"))
    text = f"Car loan {MONTHS.name(month)}"
    ledger.add(
        DemoTransaction(
            "checking", day, -LOAN_PAYMENT, "Havelbank car loan", None, text, loan.identifier, day, splits=parts
        ),
        DemoTransaction("loan", day, principal, checking.name, "loan_principal", text, checking.identifier, day),
    )


def earn(ledger: Ledger, month: int) -> None:
    """At a quarter's end: interest on the savings (2 % a year), and the portfolio's change of value."""
    if month % 3 != 2:
        return
    end = MONTHS.last(month)
    interest = ledger.totals["savings"] * 2 // 400
    paid = DemoTransaction("savings", end, interest, SAVER, "interest", "Interest of the quarter")
    change = round(ledger.totals["invest"] * ledger.rng(month, "market").gauss(0.017, 0.035))
    value = DemoTransaction(
        "invest", end, change, "Valuation", None, "Market value at quarter's end", type="adjustment"
    )
    ledger.add(paid, value)


def old_account(ledger: Ledger, month: int) -> None:
    """The account of former days: a fee and a paper each month, then the rest moves and it closes."""
    closed = ledger.accounts["old"].closed_on
    if closed is None or MONTHS.first(month) > closed:
        return
    ledger.add(
        DemoTransaction("old", workday(day_of(month, 2)), -4_90, "Alte Uferbank", "fees", "Account fee"),
        DemoTransaction("old", day_of(month, 20), -8_50, "Uferbote Weekly", "subscriptions", "Local paper"),
    )
    if MONTHS.index(closed) == month:
        day = workday(closed, -1)
        pair = ("own_accounts", "own_accounts")
        ledger.transfer(("old", "checking"), day, ledger.totals["old"], "Account closed", pair, lag=1)


def oddities(ledger: Ledger, month: int) -> None:
    """Some bookings that nobody has put in a category yet."""
    rng = ledger.rng(month, "odd")
    if rng.random() < 0.6:
        day, amount = day_of(month, rng.randint(3, 26)), -grown(rng.randint(6_00, 58_00), month)
        ledger.add(DemoTransaction("card", day, amount, f"TERMINAL {rng.randint(1000, 9999)}", None, "Card purchase"))
    if rng.random() < 0.2:
        day, amount = day_of(month, rng.randint(3, 26)), grown(rng.randint(15_00, 70_00), month)
        ledger.add(DemoTransaction("checking", day, amount, "T. Rademacher", None, "Thanks for the bike parts"))


def around_today(ledger: Ledger) -> None:
    """What is tied to today: the balcony project, a split receipt, a lone transfer leg, two pending entries."""
    today, now = ledger.today, MONTHS.index(ledger.today)
    limit = limits(today)["project"]
    for back, day, percent, payee in (
        (2, 9, 32, "Holzmarkt Spreewald"),
        (2, 20, 18, "Werkelei Home Centre"),
        (1, 6, 21, "Gärtnerei Rosenow"),
        (1, 19, 17, "Werkelei Home Centre"),
    ):
        amount, on = -(limit * percent // 100) - day, workday(day_of(now - back, day))
        row = DemoTransaction("checking", on, amount, payee, "improvement", "Balcony", tags=("balcony",))
        ledger.add(row)
    parts = ((-61_20, "groceries", None), (-21_15, "household", "Pans"), (-12_00, "gifts", "Chocolates for Ida"))
    on = day_of(now - 1, 11)
    ledger.add(
        DemoTransaction("checking", on, -94_35, "Preisfuchs Discount", None, "Card payment", splits=parts),
        DemoTransaction(
            "checking", workday(day_of(now - 1, 17)), -275_00, "Holiday pot with Ida", "own_accounts", "My share"
        ),
        DemoTransaction("card", today, -148_00, "Hotel Seeblick", "hotels", "Reserved amount", pending=True),
        DemoTransaction("card", today - timedelta(days=1), -61_40, "Tankhof Nord", "fuel", "Reserved", pending=True),
    )
