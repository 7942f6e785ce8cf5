"""The company's bookings topic by topic: sales, payroll, taxes, fixed costs, loan, card and reserves."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from data.demo.book import DemoTransaction
from data.demo.ledger import MONTHS, Ledger, day_of, grown, iban_of, rounded, workday
from data.demo.organisation_plan import (
    EMPLOYEES,
    GROWTH,
    LOAN_PRINCIPAL,
    LOAN_RATE,
    SHOP_CUSTOMERS,
    TRADE_CUSTOMERS,
)

SEASON: Final = (0.86, 0.84, 0.92, 0.94, 0.96, 0.95, 0.90, 0.92, 1.04, 1.14, 1.28, 1.25)
"""Sales by calendar month around their yearly mean of 1: lamps sell when evenings are dark."""
_TAX: Final = "Crown Revenue Office"
_FIXED: Final = (
    # day, amount, payee, category, purpose
    (1, -8_400_00, "Millrace Estates", "rent", "Workshop and office rent"),
    (3, -1_650_00, "Gridlight Energy", "energy", "Electricity and gas"),
    (10, -780_00, "Sparrow Cleaning Co", "cleaning", "Cleaning contract"),
    (12, -940_00, "Holm & Tarrant LLP", "accounting", "Bookkeeping"),
    (15, -1_120_00, "Lanternlight Mutual", "insurance", "Commercial insurance"),
    (20, -2_950_00, "Fleetwell Leasing", "vehicles", "Van leases"),
    (28, -385_00, "Thornfield Bank", "bank_fees", "Account and card fees"),
)
_SOFTWARE: Final = (
    # day, price, payee, category
    (2, 412_00, "Tallybook Accounts", "software"),
    (3, 689_00, "Nimbus Harbour Hosting", "hosting"),
    (5, 538_80, "Deskling Suite", "software"),
    (7, 264_00, "Draftwing CAD", "software"),
    (9, 179_00, "Parcelmoor Shipping", "software"),
    (11, 329_00, "Storefrontly", "software"),
    (14, 96_00, "Lockwren Teams", "software"),
    (16, 145_00, "Helpfern Support", "software"),
    (18, 118_00, "Pingwatch", "hosting"),
    (21, 74_50, "Inkpledge", "software"),
    (24, 210_00, "Backupbarn", "hosting"),
    (26, 59_00, "Stockphotic", "software"),
)


def _row(month: int, day: int, amount: int, payee: str, category: str, text: str) -> DemoTransaction:
    """A payment from the operating account on or after that day, not on a weekend, at the month's prices."""
    on = workday(day_of(month, day))
    account = iban_of(payee, "GB")
    return DemoTransaction("operating", on, grown(amount, month, GROWTH), payee, category, text, account, on)


def sales(ledger: Ledger, month: int) -> None:
    """Customers' payments with invoice numbers, most of them from the shop, and one refund in sixty."""
    rng, season = ledger.rng(month, "sales"), SEASON[month % 12]
    last = MONTHS.last(month)
    days = [day_of(month, n) for n in range(1, last.day + 1)]
    weights = [3 if day.weekday() < 5 else 1 for day in days]
    count = round(850 * season * rng.uniform(0.97, 1.03))
    for number, on in enumerate(sorted(rng.choices(days, weights, k=count)), 1):
        trade = rng.random() < 0.22
        customer = rng.choice(TRADE_CUSTOMERS if trade else SHOP_CUSTOMERS)
        median, sigma = (680_00, 0.7) if trade else (143_00, 0.6)
        amount = grown(rounded(round(median * rng.lognormvariate(0, sigma)), 50) + 50, month, GROWTH)
        category = "trade_sales" if trade else "shop_sales" if rng.random() < 0.93 else "services"
        invoice = f"INV-{MONTHS.name(month)}-{number:04d}"
        account = iban_of(customer, "GB") if trade else None
        text = f"Invoice {invoice}"
        ledger.add(DemoTransaction("operating", on, amount, customer, category, text, account, on, invoice))
        back = on + timedelta(days=rng.randint(5, 16))
        if number % 60 == 0 and back <= last:
            text = f"Refund of {invoice}"
            ledger.add(DemoTransaction("operating", back, -amount, customer, category, text, account, back, invoice))


def payroll(ledger: Ledger, month: int) -> None:
    """Salaries on the 26th through the payroll account; payroll taxes and pensions follow next month."""
    on = workday(day_of(month, 26), -1)
    pay = [grown(2_050_00 + 117_50 * (n % 9) + 38_00 * n, month, GROWTH) for n in range(len(EMPLOYEES))]
    name = MONTHS.name(month)
    pair = ("own_accounts", "own_accounts")
    ledger.transfer(("operating", "payroll"), workday(on - timedelta(days=1), -1), sum(pay), f"Payroll {name}", pair)
    for number, (employee, amount) in enumerate(zip(EMPLOYEES, pay, strict=True), 1):
        account, reference = iban_of(employee, "GB"), f"PAY-{name}-{number:02d}"
        text = f"Salary {name}"
        ledger.add(DemoTransaction("payroll", on, -amount, employee, "salaries", text, account, on, reference))
    before = MONTHS.name(month - 1)
    ledger.add(
        _row(month, 19, -21_400_00, _TAX, "payroll_tax", f"Payroll taxes {before}"),
        _row(month, 21, -5_100_00, "Evergreen Pension Trust", "pension", f"Contributions {before}"),
    )


def fixed_costs(ledger: Ledger, month: int) -> None:
    """Rent, energy by season, leases, fees, and the software subscriptions on the card."""
    for day, amount, payee, category, text in _FIXED:
        winter = 1.5 if category == "energy" and month % 12 in (0, 1, 10, 11) else 1.0
        ledger.add(_row(month, day, round(amount * winter), payee, category, f"{text} {MONTHS.name(month)}"))
    for day, price, payee, category in _SOFTWARE:
        amount = -grown(price, month, GROWTH)
        ledger.add(DemoTransaction("card", day_of(month, day), amount, payee, category, "Subscription"))
    if month % 12 in (0, 8):
        ledger.add(_row(month, 23, -14_800_00, "Lumen & Living Fair", "events", "Stand and build"))
    if month % 3 == 1:
        ledger.add(_row(month, 17, -1_900_00, "Brightdesk Academy", "training", "Course for four"))


def taxes(ledger: Ledger, month: int) -> None:
    """Money put in the reserve each month; the quarter's VAT and, in October, corporation tax are paid from it."""
    saved = rounded(grown(round(20_500_00 * SEASON[month % 12]), month, GROWTH), 100_00)
    pair = ("tax_reserve", "own_accounts")
    ledger.transfer(("operating", "reserve"), workday(day_of(month, 5)), saved, "Tax reserve", pair, lag=1)
    on = workday(day_of(month, 7))
    if month % 3 == 1:
        season = sum(SEASON[(month - n) % 12] for n in (2, 3, 4))
        due = -grown(round(15_200_00 * season), month, GROWTH)
        text = f"VAT quarter to {MONTHS.name(month - 2)}"
        ledger.add(DemoTransaction("reserve", on, due, _TAX, "vat", text, iban_of(_TAX, "GB"), on))
    if month % 12 == 9:
        due = -grown(58_000_00, month, GROWTH)
        text = f"Corporation tax {month // 12 - 1}"
        ledger.add(DemoTransaction("reserve", on, due, _TAX, "corporation_tax", text, iban_of(_TAX, "GB"), on))
    if month % 3 == 2:
        interest = ledger.totals["reserve"] * 3 // 400
        end = MONTHS.last(month)
        ledger.add(DemoTransaction("reserve", end, interest, "Thornfield Bank", "interest", "Interest of the quarter"))


def own_moves(ledger: Ledger, month: int) -> None:
    """The card's settlement on the 4th, and the loan's payment on the 8th as a split with its own leg."""
    pair = ("card_payment", "card_payment")
    text = f"Card statement {MONTHS.name(month - 1)}"
    on = workday(day_of(month, 4))
    ledger.transfer(("operating", "card"), on, -ledger.totals["card"], text, pair, lag=1)
    day = workday(day_of(month, 8))
    if day > ledger.today:
        return
    interest = -ledger.totals["loan"] * LOAN_RATE // 12_000
    loan, operating = ledger.accounts["loan"], ledger.accounts["operating"]
    parts = ((-interest, "loan_interest", "Interest"), (-LOAN_PRINCIPAL, "loan_principal", "Repayment"))
    text, total = f"Business loan {MONTHS.name(month)}", -interest - LOAN_PRINCIPAL
    ledger.add(
        DemoTransaction(
            "operating", day, total, "Thornfield Bank loan", None, text, loan.identifier, day, splits=parts
        ),
        DemoTransaction("loan", day, LOAN_PRINCIPAL, operating.name, "loan_principal", text, operating.identifier, day),
    )
