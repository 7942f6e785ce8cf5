"""Random households whose money we know from both sides: what a bank shows of it, and what really happened.

Amounts in other currencies are whole units and rates have few places, so that every conversion is exact: what is
compared with other programs then is the choice of the rate, the sums and the signs, to the cent and without a word
about rounding. There is a rate each week, for other programs look back without end and we look back seven days.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from tests.conftest import NOW
from tests.figures.ledger import Account, Booking, Budget, Ledger, Part, Rates
from tests.figures.strategies import CATEGORIES, one_in

FIRST, LAST = date(2026, 1, 1), NOW.date()
STEP = {"EUR": 1, "USD": 100, "JPY": 100, "KWD": 1000}
"""Minor units of which an amount is a multiple."""
SIZES = {"EUR": 60_000, "USD": 600, "JPY": 900, "KWD": 200}
"""The largest amount, in steps."""
RATES = {"USD": (80, 110, 2), "JPY": (55, 70, 4), "KWD": (280, 330, 2)}
"""Lowest and highest rate to the euro, and its places."""
ACCOUNTS = [
    Account("current", "checking", "XX01", 250_000, FIRST),
    Account("purse", "cash", "XX02"),
    Account("reserve", "savings", "XX03", 1_234_567, date(2026, 3, 15)),
    Account("card", "credit_card", "XX04", -45_678, date(2025, 12, 31)),
    Account("house", "loan", "XX05", -9_000_000, FIRST),
    Account("dollars", "checking", "XX06", 420_000, FIRST, currency="USD"),
    Account("yen", "savings", "XX07", currency="JPY"),
    Account("dinars", "investment", "XX08", 3_000_000, date(2026, 2, 1), currency="KWD"),
]
EVERYDAY = ("current", "current", "purse", "card", "card", "dollars", "yen", "dinars")
WHOLE = ("income", "expense", "expense", "expense", "refund", "plain", "split", "split", "adjustment", "pending")
BUDGETS = {
    "eating": Budget(
        "eating", ("food",), "monthly", FIRST, ((FIRST, 40_000), (date(2026, 4, 1), 55_000)), day=1, currency="EUR"
    ),
    "charges": Budget("charges", ("fees",), "monthly", FIRST, ((FIRST, 12_345),), day=1, currency="EUR"),
}


@dataclass
class Household:
    """Bookings as they are drawn; `joined` are those of which the second is the other side of the first."""

    rng: Random
    bookings: dict[str, Booking] = field(default_factory=dict)
    joined: dict[str, str] = field(default_factory=dict)

    def size(self, currency: str, share: int = 1) -> int:
        """An amount, or what comes back of one: at most one `share`th of it."""
        return self.rng.randint(1, SIZES[currency] // share) * STEP[currency]

    def day(self) -> date:
        return FIRST + timedelta(days=self.rng.randint(0, (LAST - FIRST).days))

    def add(self, account: str, day: date, amount: int, **values: object) -> str:
        key = f"t{len(self.bookings)}"
        payee = self.rng.choice(["Alpha", "Beta & Co.", "Gärtnerei", None])
        self.bookings[key] = replace(Booking(key, account, day, amount, payee=payee), **values)  # type: ignore[arg-type]
        return key

    def event(self) -> None:
        """One booking on one account."""
        account, what = self.rng.choice(EVERYDAY), self.rng.choice(WHOLE)
        currency = currency_of(account)
        size, day = self.size(currency), self.day()
        spending = self.rng.choice(["food", "food", "snacks", "life", "fees"])
        if what == "income":
            self.add(account, day, size, category=self.rng.choice(["pay", "bonus"]))
        elif what == "split":
            rest, fee = self.size(currency, 5), self.size(currency)
            parts = (Part(-size, spending), Part(rest, "snacks"), Part(-fee, None))
            self.add(account, day, rest - size - fee, parts=parts)
        elif what == "plain":
            self.add(account, day, self.rng.choice([size, -size]))
        elif what == "adjustment":
            self.add(account, day, self.rng.choice([size, -size]), type="adjustment")
        else:
            amount = self.size(currency, 5) if what == "refund" else -size
            self.add(account, day, amount, category=spending, pending=what == "pending")

    def move(self, source: str, target: str, rates: Rates, loan: bool = False) -> None:
        """Money from one account to another, and for a loan's payment interest beside it."""
        day = self.day()
        sent, got = currency_of(source), currency_of(target)
        amount = self.size(sent)
        reached = amount if sent == got else _about(self.rng, amount, sent, got, day, rates)
        category = "nest" if target == "reserve" else "moves"
        parts = (Part(-amount, "moves"), Part(-4_321, "fees")) if loan else ()
        out = self.add(
            source,
            day,
            -amount - (4_321 if loan else 0),
            category=None if parts else category,
            parts=parts,
            counterparty=NUMBERS[target],
        )
        self.joined[out] = self.add(target, day, reached, category=category, counterparty=NUMBERS[source])


NUMBERS = {account.key: account.identifier for account in ACCOUNTS}


def currency_of(account: str) -> str:
    return next(each.currency or "EUR" for each in ACCOUNTS if each.key == account)


def _about(rng: Random, amount: int, sent: str, got: str, day: date, rates: Rates) -> int:
    """What a bank makes of an amount: near the day's rate, in whole steps."""
    worth = Decimal(amount) / STEP[sent] * _unit(sent, day, rates) / _unit(got, day, rates)
    return max(1, round(worth * Decimal(rng.randint(98, 102)) / 100)) * STEP[got]


def _unit(currency: str, day: date, rates: Rates) -> Decimal:
    """The euros that one step of a currency is worth, by the newest rate."""
    if currency == "EUR":
        return Decimal("0.01")
    rate = next(rates[currency, "EUR", each] for n in range(8) if (currency, "EUR", each := day - n * ONE) in rates)
    return rate * (100 if currency == "JPY" else 1)


ONE = timedelta(days=1)


def rates_of(rng: Random) -> Rates:
    days = [FIRST - 5 * ONE + n * ONE for n in range(0, (LAST - FIRST).days + 6, 7)]
    return {
        (currency, "EUR", day): Decimal(rng.randint(low, high)).scaleb(-places)
        for currency, (low, high, places) in RATES.items()
        for day in days
    }


def household(seed: int, events: int = 80) -> tuple[Ledger, dict[str, str]]:
    """A ledger, and which of its bookings are one transfer."""
    rng = Random(seed)
    home, rates = Household(rng), rates_of(rng)
    for _ in range(events):
        home.event()
    for _ in range(6):
        home.move("current", "reserve", rates)
        home.move("current", "house", rates, loan=True)
        home.move("current", "card", rates)
        home.move(*rng.choice([("current", "dollars"), ("dollars", "purse"), ("yen", "current")]), rates)
        home.move(*rng.choice([("dinars", "yen"), ("dollars", "dinars")]), rates)
    # Far larger than anything else: nothing can be taken for the other side of it.
    home.add("current", home.day(), -99_000_000 if one_in(rng, 2) else 98_000_000, category="moves")
    ledger = Ledger(
        NOW,
        match_by_amount=False,
        accounts={each.key: replace(each, opened_on=date(2025, 12, 1)) for each in ACCOUNTS},
        categories=CATEGORIES,
        bookings=home.bookings,
        budgets=BUDGETS,
        rates=rates,
    )
    return ledger, home.joined
