"""The company's accounts, categories, people, partners and budgets (base GBP): it makes and sells lamps."""

from __future__ import annotations

from datetime import date
from typing import Final

from data.demo.book import DemoAccount, DemoBudget
from data.demo.ledger import MONTHS, categories, first_month, grown, iban, rounded
from data.schemas.budgets import RolloverPolicy
from data.schemas.common import AccountType

GROWTH: Final = 5.0
"""Yearly growth of prices, wages and sales, in percent."""
LOAN_SUM: Final = 180_000_00
LOAN_PRINCIPAL: Final = 1_500_00
"""Repaid every month over ten years; the loan began in the January four years ago."""
LOAN_RATE: Final = 61
"""Interest in tenths of a percent a year."""

CATEGORIES: Final = categories("""
income revenue Revenue
  shop_sales Shop sales
  trade_sales Trade sales
  services Repairs and services
  interest Interest received
expense goods Cost of goods
  materials Materials
  packaging Packaging
  freight Freight
expense people People
  salaries Salaries
  payroll_tax Payroll taxes
  pension Pensions
  training Training
expense marketing Marketing
  advertising Advertising
  events Trade fairs and events
expense technology Technology
  software Software
  hosting Hosting
  equipment Equipment
expense premises Premises
  rent Rent
  energy Energy
  cleaning Cleaning
  repairs Repairs
expense running Running costs
  travel Travel
  meals Meals
  vehicles Vehicles
  office Office supplies
  postage Postage
expense finance Finance
  bank_fees Bank and card fees
  loan_interest Loan interest
  insurance Insurance
  accounting Accounting and legal
expense taxes Taxes
  vat Value added tax
  corporation_tax Corporation tax
transfer transfers Transfers
  own_accounts Between own accounts
  card_payment Card settlement
  cash_move Petty cash
  loan_principal Loan repayment
saving reserves Reserves
  tax_reserve Tax reserve
""")

_PLACES: Final = (
    "Ashcombe", "Brackley Moor", "Calderfoot", "Dunmere", "Elmstow", "Fernhithe", "Garsdale Cross", "Hollinside",
    "Ivelbridge", "Kestrel Bay", "Langmere", "Marlow Edge", "Nethercote", "Oakhanger", "Penwithick", "Quarrendon",
    "Ravensholme", "Saltmarsh", "Thornaby Vale", "Underhill", "Wetherfell", "Yarrowford",
)  # fmt: skip
_TRADES: Final = ("Interiors", "Home Studio", "Hotels", "Lighting", "Architects", "Cafés", "Furnishings", "Stores")
TRADE_CUSTOMERS: Final = tuple(f"{place} {trade} Ltd" for trade in _TRADES for place in _PLACES)
_INITIALS: Final = "ABCDEFGHJKLMNPRSTW"
_SURNAMES: Final = (
    "Whitcombe", "Okonjo-Reid", "Farrant", "Liddell", "Mistry", "Pargeter", "Quillfeather", "Rossiter", "Szymczak",
    "Tolland", "Underwood", "Vasquez-Hale", "Wragg", "Yelland", "Abernethy", "Bancroft", "Chaudhry", "Dunkerley",
    "Eastaugh", "Fenwick", "Gathercole", "Huxtable", "Ibbotson", "Jellicoe",
)  # fmt: skip
EMPLOYEES: Final = tuple(f"{_INITIALS[n % 18]}. {name}" for n, name in enumerate(_SURNAMES))
SHOP_CUSTOMERS: Final = tuple(f"{i}. {name}" for name in _SURNAMES for i in _INITIALS)


def loan_owed(today: date) -> int:
    """What the business loan stood at when the books begin."""
    return LOAN_SUM - LOAN_PRINCIPAL * (first_month(today) - (today.year - 4) * 12)


def accounts(today: date) -> dict[str, DemoAccount]:
    """The six accounts by key."""
    start = MONTHS.first(first_month(today))
    month = first_month(today)

    def at_bank(key: str, name: str, kind: AccountType, number: str | None, balance: int) -> DemoAccount:
        bank = "Thornfield Bank" if number else None
        return DemoAccount(key, name, kind, "GBP", bank, number, balance, start)

    rows = (
        at_bank(
            "operating", "Operating account", "checking", iban("GB", "DEMO", "00001055518201"), grown(175_000_00, month)
        ),
        at_bank("payroll", "Payroll account", "checking", iban("GB", "DEMO", "00001055518202"), 1_200_00),
        at_bank("reserve", "Tax reserve", "savings", iban("GB", "DEMO", "00001055518203"), grown(85_000_00, month)),
        at_bank("card", "Company card", "credit_card", "541200XXXXXX7730", -7_841_15),
        at_bank("petty", "Petty cash", "cash", None, 150_00),
        at_bank("loan", "Business loan", "loan", iban("GB", "DEMO", "00001055518204"), -loan_owed(today)),
    )
    return {row.key: row for row in rows}


def limits(today: date) -> dict[str, int]:
    """The quarterly budgets by category key, at this year's prices."""
    month = MONTHS.index(today)
    base = {
        "goods": 420_000_00, "people": 325_000_00, "marketing": 38_000_00, "technology": 19_500_00,
        "premises": 39_500_00, "travel": 6_500_00, "office": 4_200_00, "training": 9_000_00,
    }  # fmt: skip
    return {key: rounded(grown(amount, month, GROWTH), 100_00) for key, amount in base.items()}


def budgets(today: date) -> tuple[DemoBudget, ...]:
    """Quarterly budgets by department from last January on, training by the year."""
    start = date(today.year - 1, 1, 1)
    amount = limits(today)

    def quarterly(name: str, key: str, policy: RolloverPolicy, share: int) -> DemoBudget:
        """A budget that carries at most `share` percent of its amount."""
        cap = None if policy == "reset" else amount[key] * share // 100
        return DemoBudget(
            name, (key,), amount[key], start, "quarterly", starts_on=start, rollover_policy=policy, rollover_cap=cap
        )

    return (
        quarterly("Production", "goods", "carry_all", 5),
        quarterly("People", "people", "reset", 0),
        quarterly("Marketing", "marketing", "carry_positive", 20),
        quarterly("Technology", "technology", "carry_all", 15),
        quarterly("Premises", "premises", "carry_positive", 10),
        quarterly("Travel", "travel", "reset", 0),
        quarterly("Office", "office", "carry_all", 25),
        DemoBudget(
            "Training", ("training",), amount["training"], start, "yearly", starts_on=start,
            rollover_policy="carry_positive", rollover_cap=amount["training"] // 4,
        ),
    )  # fmt: skip
