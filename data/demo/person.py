"""The demo person's books: three years of a salary, a flat, a car, savings, and ten budgets."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from data.demo.book import Book, DemoTransaction
from data.demo.ledger import MONTHS, Ledger, first_month
from data.demo.person_bills import holiday, home, insurance_and_events, salary, subscriptions
from data.demo.person_moves import around_today, earn, oddities, old_account, put_aside, repay_loan, settle_card
from data.demo.person_plan import CATEGORIES, accounts, budgets, limits, pass_price
from data.demo.spending import (
    EVENINGS,
    SHOP_DAYS,
    Habit,
    cash_month,
    lowered_to,
    raised_to,
    scaled_to,
)

_MARKETS: Final = ("Nordkorb Market", "Preisfuchs Discount", "Frischeck Supermarket", "Hofladen Wiesengrund")
_GROCERIES: Final = (
    Habit(
        "groceries", "checking", "groceries", 4.6, 62_00, 0.25, _MARKETS, (0, 0, 1, 1, 3, 8, 0), purpose="Card payment"
    ),
    Habit("top-up", "card", "groceries", 7.5, 15_50, 0.5, _MARKETS, SHOP_DAYS, purpose="Contactless"),
)
_RESTAURANTS: Final = Habit(
    "restaurants", "card", "restaurants", 5.6, 30_00, 0.45,
    ("Trattoria Bellavia", "Saffron Garden", "Pho Lotus House", "Wirtshaus Alter Anker", "Sushi Kumo", "Burger Werk 7"),
    EVENINGS, 50,
)  # fmt: skip
_RIDES: Final = Habit("rides", "card", "rides", 3.2, 9_00, 0.4, ("Flitz Ride", "Radelei Bikeshare"), EVENINGS, 10)
_SHOPPING: Final = (
    Habit("clothes", "card", "clothes", 1.5, 44_00, 0.5, ("Modehaus Lindqvist", "Faden & Knopf"), SHOP_DAYS, 1_00, 1),
    Habit(
        "online", "card", "online", 3.0, 31_00, 0.6, ("Kistenpost Online", "Buchfink Books", "Elektro Blinkfeuer"),
        step=1_00, less=1,
    ),
    Habit("household", "card", "household", 1.5, 21_00, 0.5, ("Haushaltswaren Töpfer",), SHOP_DAYS, 1_00, 5),
)  # fmt: skip
_OTHER: Final = (
    Habit("fuel", "card", "fuel", 1.7, 56_00, 0.12, ("Tankhof Nord", "Zapfhof Station"), (3, 1, 1, 1, 3, 3, 2)),
    Habit("pharmacy", "card", "pharmacy", 1.4, 14_50, 0.5, ("Apotheke am Brunnen",), SHOP_DAYS, 5),
    Habit("outings", "card", "outings", 1.6, 24_00, 0.4, ("Flimmerhaus Cinema", "Theater am Kanal"), EVENINGS, 50),
)
_CASH: Final = (
    Habit(
        "bakery", "cash", "bakery", 13, 4_80, 0.35, ("Backstube Morgenrot", "Café Zimtstern"), (2, 2, 2, 2, 2, 4, 3), 5
    ),
    Habit("market", "cash", "groceries", 1.5, 17_00, 0.3, ("Farmers' market",), (0, 0, 0, 0, 0, 1, 0), 50),
)


class _Pace:
    """What this month's spending should be by now, in minor units, for each budget to show its state."""

    def __init__(self, today: date) -> None:
        month = MONTHS.index(today)
        self.gone, self.days = today.day, MONTHS.last(month).day
        self.limits, self.fare = limits(today), pass_price(month)

    def groceries(self) -> int:
        """Spending that stays on track at any day."""
        return self.limits["groceries"] * min(92 * self.gone + 2 * self.days, 88 * self.days) // (100 * self.days)

    def restaurants(self) -> int:
        """Spending that is over the limit from the first day on."""
        return self.limits["restaurants"] * (104 * self.days + 14 * self.gone) // (100 * self.days)

    def rides(self) -> int:
        """What rides may add to the monthly pass: a warning, but paid in advance, so projected to fit."""
        return max(0, self._ahead("transport") - self.fare)

    def shopping(self) -> int:
        """Spending that ends over the limit at this pace, as long as there are days left to spend in."""
        return self._ahead("shopping")

    def _ahead(self, name: str) -> int:
        """Used is 0.18 ahead of the days gone, at most 0.95."""
        return self.limits[name] * min(100 * self.gone + 18 * self.days, 95 * self.days) // (100 * self.days)


def person(today: date) -> Book:
    """The books of the tenant `user_1` (base EUR) from 36 months before this one up to `today`."""
    ledger = Ledger("user_1", today, accounts(today))
    for month in range(first_month(today), MONTHS.index(today) + 1):
        for topic in (settle_card, put_aside, salary, home, subscriptions, insurance_and_events, holiday):
            topic(ledger, month)
        _everyday(ledger, month)
        for topic in (repay_loan, old_account, oddities, earn):
            topic(ledger, month)
        if ledger.is_current(month):
            around_today(ledger)
    rows = ledger.sorted_rows(("checking", "card", "savings", "invest", "loan", "old"))
    return Book(tuple(ledger.accounts.values()), CATEGORIES, rows, budgets(today))


def _everyday(ledger: Ledger, month: int) -> None:
    """The purchases of a month; this month's are shaped so that the budgets show every status."""
    december = 1.35 if month % 12 == 11 else 1.0
    away = 0.75 if month % 12 == 7 else 1.0
    groceries = [row for habit in _GROCERIES for row in habit.rows(ledger, month, away)]
    restaurants = _RESTAURANTS.rows(ledger, month, december)
    rides = _RIDES.rows(ledger, month)
    shopping = [row for habit in _SHOPPING for row in habit.rows(ledger, month, december)]
    cash = [row for habit in _CASH for row in habit.rows(ledger, month, away)]
    if ledger.is_current(month):
        pace, today = _Pace(ledger.today), ledger.today
        market = -sum(row.amount for row in cash if row.category_key == "groceries")
        groceries = lowered_to(groceries, pace.groceries() - market)
        dinner = DemoTransaction("card", today, 0, "Gasthof Lindenwirtin", "restaurants", "Dinner with friends")
        restaurants = raised_to(restaurants, pace.restaurants(), dinner)
        rides = scaled_to(rides, pace.rides(), DemoTransaction("card", today, 0, "Flitz Ride", "rides"))
        order = DemoTransaction("card", today, 0, "Kistenpost Online", "online", "Order")
        shopping = scaled_to(shopping, pace.shopping(), order)
    else:
        shopping += _returned(shopping, MONTHS.last(month))
    ledger.add(*groceries, *restaurants, *rides, *shopping)
    for habit in _OTHER:
        ledger.add(*habit.rows(ledger, month))
    cash_month(ledger, month, cash, "checking", 50_00)


def _returned(rows: list[DemoTransaction], end: date) -> list[DemoTransaction]:
    """Some orders of clothes and things come back after nine days, refunded in their own category."""
    refunds = []
    for row in rows:
        later = row.booked_on + timedelta(days=9)
        if row.category_key in ("clothes", "online") and -row.amount // 100 % 6 == 0 and later <= end:
            text = f"Refund of {row.booked_on.isoformat()}"
            refunds.append(DemoTransaction(row.account_key, later, -row.amount, row.payee, row.category_key, text))
    return refunds
