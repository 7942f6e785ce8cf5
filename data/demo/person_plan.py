"""The person's accounts, categories, prices and budgets (base EUR, lives in Germany)."""

from __future__ import annotations

from datetime import date
from typing import Final

from data.demo.book import DemoAccount, DemoBudget
from data.demo.ledger import MONTHS, categories, first_month, grown, iban, rounded, step_of
from data.schemas.common import AccountType

SAVER: Final = "Kieselstein Direct"
BROKER: Final = "Polarfuchs Invest"
LOAN_SUM: Final = 17_000_00
LOAN_PAYMENT: Final = 239_64
"""The annuity of `LOAN_SUM` at 4.9 % over 84 months, which began in the January four years ago."""

CATEGORIES: Final = categories("""
income earnings Income
  salary Salary
  bonus Bonus
  tax_refund Tax refund
  interest Interest
  gifts_received Gifts received
expense housing Housing
  rent Rent
  improvement Home improvement
expense utilities Utilities
  electricity Electricity
  heating Heating
  internet Internet
  mobile Mobile phone
expense food Food
  groceries Groceries
  bakery Bakery and coffee
  restaurants Restaurants
expense transport Transport
  public_transport Public transport
  rides Rides and bikes
expense car Car
  fuel Fuel
  car_service Service and tyres
  car_interest Car loan interest
expense health Health
  pharmacy Pharmacy
  doctor Doctor and dentist
expense shopping Shopping
  clothes Clothes
  online Online shopping
  household Household goods
expense leisure Leisure
  subscriptions Subscriptions
  outings Cinema and outings
expense holidays Holidays
  travel Travel tickets
  hotels Hotels
  holiday_spending On the spot
expense insurance Insurance
  car_insurance Car insurance
  other_insurance Other insurance
expense giving Gifts and donations
  gifts Gifts
  donations Donations
expense fees Bank fees
transfer transfers Transfers
  own_accounts Between own accounts
  card_payment Card settlement
  cash_move Cash withdrawals
  loan_principal Loan repayment
saving saving Saving
  emergency_fund Emergency fund
  investing Investing
""")


def pass_price(month: int) -> int:
    """The monthly public transport pass."""
    return rounded(grown(58_00, month), 10)


def rent(month: int) -> int:
    """The rent: it rises once in 36 months."""
    return 980_00 + 65_00 * step_of(month, 17)


def _loan_owed(today: date) -> int:
    """What the car loan stood at when the books begin."""
    owed = LOAN_SUM
    for _ in range(first_month(today) - (today.year - 4) * 12):
        owed -= LOAN_PAYMENT - loan_interest(owed)
    return owed


def loan_interest(owed: int) -> int:
    """A month's interest at 4.9 % a year, half a cent rounded up."""
    return (owed * 49 + 6_000) // 12_000


def accounts(today: date) -> dict[str, DemoAccount]:
    """The accounts by key; the old one closed at the end of June two years ago."""
    start = MONTHS.first(first_month(today))
    closed = date(today.year - 2, 6, 30)

    def at_bank(key: str, name: str, kind: AccountType, bank: str, number: str, balance: int) -> DemoAccount:
        return DemoAccount(key, name, kind, "EUR", bank, number, balance, start, closed if key == "old" else None)

    havel, uferbank = "Havelbank", "Alte Uferbank"
    rows = (
        at_bank("checking", "Everyday account", "checking", havel, iban("DE", "00010010", "0448120077"), 6_200_00),
        at_bank("card", "Credit card", "credit_card", havel, "400012XXXXXX1881", -412_30),
        DemoAccount("cash", "Cash", "cash", "EUR", None, None, 45_00, start),
        at_bank("savings", "Emergency fund", "savings", SAVER, iban("DE", "00020020", "0007719034"), 9_500_00),
        at_bank("invest", "Index portfolio", "investment", BROKER, iban("DE", "00030030", "0000551203"), 8_400_00),
        at_bank("loan", "Car loan", "loan", havel, iban("DE", "00010010", "0900448121"), -_loan_owed(today)),
        at_bank("old", "Old account", "checking", uferbank, iban("DE", "00040040", "0031415926"), 1_840_00),
    )
    return {row.key: row for row in rows}


def project_span(today: date) -> tuple[date, date]:
    """The days of the balcony project: from two months ago to the end of next month, so it is always half-way."""
    month = MONTHS.index(today)
    return MONTHS.first(month - 2), MONTHS.last(month + 1)


def limits(today: date) -> dict[str, int]:
    """The budgets' amounts at this year's prices, by a short name."""
    month = MONTHS.index(today)
    base = {
        "groceries": 480_00, "restaurants": 210_00, "shopping": 240_00, "subscriptions": 150_00,
        "utilities": 700_00, "holidays": 2_600_00, "bakery": 22_00, "saving": 8_100_00, "project": 1_500_00,
    }  # fmt: skip
    amounts = {name: rounded(grown(amount, month), 5_00) for name, amount in base.items()}
    return {**amounts, "transport": rounded(pass_price(month) * 100 // 62, 1_00)}


def budgets(today: date) -> tuple[DemoBudget, ...]:
    """The budgets; those that roll over begin last year."""
    amount = limits(today)
    year, before = date(today.year, 1, 1), date(today.year - 1, 1, 1)
    first, last = project_span(today)
    monday = date.fromisocalendar(today.year, 2, 1)
    if monday > today:
        monday = date.fromisocalendar(today.year - 1, 2, 1)
    return (
        DemoBudget(
            "Groceries", ("groceries",), amount["groceries"], before, day=1, starts_on=before,
            rollover_policy="carry_positive", rollover_cap=60_00,
        ),
        DemoBudget("Restaurants", ("restaurants",), amount["restaurants"], before, day=1, starts_on=before),
        DemoBudget("Transport", ("transport",), amount["transport"], before, day=1, starts_on=before),
        DemoBudget("Shopping", ("shopping",), amount["shopping"], before, day=1, starts_on=before),
        DemoBudget("Subscriptions", ("subscriptions",), amount["subscriptions"], before, day=1, starts_on=before),
        DemoBudget(
            "Utilities", ("utilities",), amount["utilities"], before, "quarterly", starts_on=before,
            rollover_policy="carry_all", rollover_cap=100_00,
        ),
        DemoBudget(
            "Holidays", ("holidays",), amount["holidays"], before, "yearly", starts_on=before,
            rollover_policy="carry_positive", rollover_cap=800_00,
        ),
        DemoBudget("Bakery and coffee", ("bakery",), amount["bakery"], monday, "weekly", weekday=1, starts_on=monday),
        DemoBudget("Putting aside", ("saving",), amount["saving"], year, "yearly", starts_on=year),
        DemoBudget("Balcony", ("improvement",), amount["project"], first, "fixed", starts_on=first, ends_on=last),
    )  # fmt: skip
