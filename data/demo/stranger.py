"""The third tenant's books: a small pottery in another currency, which nobody else may ever see."""

from __future__ import annotations

from datetime import date
from typing import Final

from data.demo.book import Book, DemoAccount, DemoBudget, DemoTransaction
from data.demo.ledger import MONTHS, Ledger, categories, day_of, first_month, grown, rounded, workday
from data.demo.spending import SHOP_DAYS, WORKDAYS, Habit

_CATEGORIES: Final = categories("""
income studio_income Studio income
  pottery_sales Pottery sales
  classes Classes
expense studio Studio
  clay Clay and glaze
  kiln_power Kiln power
  studio_rent Studio rent
  owner_pay Owner's pay
expense selling Selling
  fairs Craft fairs
  shipping Shipping
transfer moves Own moves
  card_payment Card payment
  own_accounts Between own accounts
saving nest Nest egg
""")
_SALES: Final = Habit(
    "pottery", "wc_checking", "pottery_sales", 3.4, 620_00, 0.5,
    ("Juniper Street Gallery", "Bluebonnet Gifts", "Tin Roof Café", "Prairie Mercantile"), SHOP_DAYS, 1_00,
)  # fmt: skip
_CLAY: Final = Habit("clay", "wc_card", "clay", 1.7, 210_00, 0.4, ("Red Mesa Clay Co", "Glazeworks West"), WORKDAYS)
_SHIPPING: Final = Habit("shipping", "wc_card", "shipping", 1.6, 34_00, 0.4, ("Pony Trail Parcel",), WORKDAYS)


def _accounts(today: date) -> dict[str, DemoAccount]:
    start, bank = MONTHS.first(first_month(today)), "Coyote Bend Credit Union"
    rows = (
        DemoAccount("wc_checking", "Studio checking", "checking", "USD", bank, "000770012345", 12_500_00, start),
        DemoAccount("wc_savings", "Nest egg", "savings", "USD", bank, "000770012346", 6_000_00, start),
        DemoAccount("wc_card", "Studio card", "credit_card", "USD", bank, "377700XXXXX4402", -310_55, start),
    )
    return {row.key: row for row in rows}


def stranger(today: date) -> Book:
    """The books of the tenant `org_3` (base USD), about 500 bookings in three years up to `today`."""
    ledger = Ledger("org_3", today, _accounts(today))
    for month in range(first_month(today), MONTHS.index(today) + 1):
        _moves(ledger, month)
        season = 1.5 if month % 12 in (10, 11) else 1.0
        sold = _SALES.rows(ledger, month, season)
        ledger.add(*(_received(row) for row in sold), *_CLAY.rows(ledger, month), *_SHIPPING.rows(ledger, month))
    rows = ledger.sorted_rows(("wc_checking", "wc_savings", "wc_card"))
    start = date(today.year - 1, 1, 1)
    limit = rounded(grown(480_00, MONTHS.index(today)), 10_00)
    clay = DemoBudget("Clay and glaze", ("clay",), limit, start, day=1, starts_on=start)
    return Book(tuple(ledger.accounts.values()), _CATEGORIES, rows, (clay,))


def _received(row: DemoTransaction) -> DemoTransaction:
    """A customer's payment: the habit's row with its sign turned."""
    return DemoTransaction(row.account_key, row.booked_on, -row.amount, row.payee, row.category_key, "Pottery order")


def _moves(ledger: Ledger, month: int) -> None:
    """Card settlement, rent, power, classes, a fair each quarter, and money put aside."""
    own, pair = "own_accounts", ("card_payment", "card_payment")
    due = -ledger.totals["wc_card"]
    ledger.transfer(("wc_checking", "wc_card"), workday(day_of(month, 6)), due, "Card payment", pair, lag=1)
    if month % 3 == 0:
        ledger.transfer(("wc_checking", "wc_savings"), workday(day_of(month, 10)), 900_00, "Put aside", ("nest", own))
        fair = grown(-415_00, month)
        ledger.add(DemoTransaction("wc_card", day_of(month, 14), fair, "Willow Creek Craft Fair", "fairs", "Booth"))
    for day, amount, payee, category in (
        (1, -1_150_00, "Sagebrush Properties", "studio_rent"),
        (18, -268_00, "Lone Pine Electric", "kiln_power"),
        (27, -900_00, "June Holloway", "owner_pay"),
        (24, 460_00, "Willow Creek Community Center", "classes"),
    ):
        on = workday(day_of(month, day))
        paid = grown(amount, month)
        ledger.add(DemoTransaction("wc_checking", on, paid, payee, category, MONTHS.name(month), value_on=on))
