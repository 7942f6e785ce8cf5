"""The demo company's books: three years, some 50,000 bookings, six accounts, budgets by department."""

from __future__ import annotations

from datetime import date
from typing import Final

from data.demo.book import Book, DemoTransaction
from data.demo.ledger import MONTHS, Ledger, first_month
from data.demo.organisation_flows import SEASON, fixed_costs, own_moves, payroll, sales, taxes
from data.demo.organisation_plan import CATEGORIES, GROWTH, accounts, budgets, limits
from data.demo.spending import EVEN, WORKDAYS, Habit, cash_month, raised_to, spent


def _habit(
    topic: str, account: str, per_month: float, median: int, sigma: float, payees: tuple[str, ...], purpose: str
) -> Habit:
    days = EVEN if topic == "advertising" else WORKDAYS
    return Habit(topic, account, topic, per_month, median, sigma, payees, days, 1, 0, purpose, GROWTH)


_GOODS: Final = (
    _habit(
        "materials", "operating", 82, 980_00, 0.55,
        ("Tidewater Brass", "Glasshouse Supply", "Coppermere Metals", "Oakmoor Timber", "Volt Components"), "Supplies",
    ),
    _habit("packaging", "operating", 18, 390_00, 0.4, ("Boxwright Packaging", "Corrugate & Co"), "Packaging"),
    _habit("freight", "operating", 46, 205_00, 0.5, ("Swiftmoor Couriers", "Scarfell Haulage"), "Deliveries"),
)  # fmt: skip
_CARD: Final = (
    _habit("advertising", "card", 62, 118_00, 0.5, ("Findable Ads", "Pictogram Promotions", "Lamp Weekly"), "Campaign"),
    _habit("travel", "card", 34, 43_00, 0.7, ("Pennine Rail", "Drovers Rest Inns", "Cabwise"), "Business travel"),
    _habit("meals", "card", 40, 17_50, 0.5, ("The Brass Kettle", "Corner Deli", "Noodle Yard"), "Meal"),
    _habit("vehicles", "card", 36, 58_00, 0.3, ("Hillcrest Fuels", "Motorway Charge Hub"), "Fuel and charging"),
    _habit("office", "card", 30, 31_00, 0.7, ("Inkwell Supplies", "Foolscap Direct"), "Office supplies"),
    _habit("equipment", "card", 5, 340_00, 0.6, ("Circuitry Direct", "Toolmarrow Trade"), "Equipment"),
    _habit("repairs", "card", 3, 190_00, 0.5, ("Mendham Services",), "Repair"),
    _habit("postage", "card", 78, 8_40, 0.6, ("Swiftmoor Couriers", "Parish Post"), "Postage"),
)  # fmt: skip
_PETTY: Final = (
    _habit("meals", "petty", 18, 6_50, 0.4, ("Market Bakery", "Milk round"), "Petty cash"),
    _habit("office", "petty", 14, 8_20, 0.5, ("Corner Stationers", "Hardware on the Hill"), "Petty cash"),
    _habit("postage", "petty", 10, 5_10, 0.4, ("Parish Post",), "Petty cash"),
)


def organisation(today: date) -> Book:
    """The books of the tenant `org_2` (base GBP) from 36 months before this one up to `today`.

    Sales and purchases follow the season; this quarter's travel is over its budget on any day.
    """
    ledger = Ledger("org_2", today, accounts(today))
    for month in range(first_month(today), MONTHS.index(today) + 1):
        for topic in (own_moves, sales, payroll, fixed_costs):
            topic(ledger, month)
        season = SEASON[month % 12]
        for habit in _GOODS:
            ledger.add(*habit.rows(ledger, month, season))
        for habit in _CARD:
            ledger.add(*habit.rows(ledger, month, season))
        petty = [row for habit in _PETTY for row in habit.rows(ledger, month)]
        cash_month(ledger, month, petty, "operating", 100_00)
        taxes(ledger, month)
    _travel_over(ledger)
    rows = ledger.sorted_rows(("operating", "payroll", "reserve", "card", "loan"))
    return Book(tuple(ledger.accounts.values()), CATEGORIES, rows, budgets(today))


def _travel_over(ledger: Ledger) -> None:
    """A group booking today that takes the quarter's travel over its limit; pending entries for the next trip."""
    today, month = ledger.today, MONTHS.index(ledger.today)
    start = MONTHS.first(month - month % 3)
    so_far = [row for row in ledger.rows if row.booked_on >= start and row.category_key == "travel"]
    limit = limits(today)["travel"]
    target = limit * 107 // 100
    trip = DemoTransaction("card", today, 0, "Drovers Rest Inns", "travel", "Group booking, sales meeting")
    ledger.add(*raised_to(so_far, target, trip)[len(so_far) :])
    if spent(so_far, frozenset({"travel"})) < limit:
        ledger.add(DemoTransaction("card", today, -386_00, "Pennine Rail", "travel", "Reserved", pending=True))
