"""The person's fixed items: salary, rent, utilities, insurance, subscriptions, the year's events."""

from __future__ import annotations

from typing import Final

from data.demo.book import DemoTransaction
from data.demo.ledger import MONTHS, Ledger, day_of, grown, iban_of, rounded, step_of, workday
from data.demo.person_plan import pass_price, rent

_SUBSCRIPTIONS: Final = (
    # payee, day of month, price, step of the price every 36 months, first month of a change
    ("Streamora", 4, 13_99, 2_00, 20),
    ("Tonwelle Music", 8, 10_99, 0, 0),
    ("Cloudnest Storage", 11, 2_99, 0, 0),
    ("Morgenblatt Digital", 2, 15_90, 1_50, 29),
    ("Kraftraum Neun Gym", 1, 34_90, 0, 0),
    ("Lernpfad Languages", 14, 7_99, 0, 0),
    ("Pixelforge Photo", 19, 11_89, 0, 0),
    ("Sicherbox Passwords", 22, 3_49, 0, 0),
    ("Flimmerpass", 16, 12_50, 0, 0),
    ("Podluft Plus", 25, 4_99, 0, 0),
)
_HEATING: Final = (150, 142, 118, 84, 52, 36, 32, 33, 48, 80, 116, 142)
"""Gas for heating by month, in whole euros of 2024."""
_YEARLY: Final = (
    # month (1-12), day, amount, payee, category, purpose
    (1, 2, -498_00, "Schirmwerk Insurance", "car_insurance", "Car insurance, yearly premium"),
    (3, 15, -84_60, "Schirmwerk Insurance", "other_insurance", "Personal liability, yearly premium"),
    (9, 1, -126_40, "Schirmwerk Insurance", "other_insurance", "Household contents, yearly premium"),
    (4, 12, -168_00, "Autohaus Reifenrath", "car_service", "Summer tyres and inspection"),
    (10, 21, -214_50, "Autohaus Reifenrath", "car_service", "Winter tyres and service"),
    (6, 18, 642_17, "Tax Office Havelbrück", "tax_refund", "Income tax refund"),
    (5, 9, -145_00, "Dr. Morgenthal Dental Practice", "doctor", "Professional cleaning"),
    (11, 27, -60_00, "Seenot Helfer e.V.", "donations", "Yearly donation"),
    (7, 4, 100_00, "Margaret Ashdown", "gifts_received", "Happy birthday!"),
)
_GIFTS: Final = (
    # month, day, amount, payee
    (12, 6, -64_95, "Spielwaren Kunterbunt"),
    (12, 12, -89_00, "Goldschmiede Perlgarten"),
    (12, 18, -47_80, "Buchfink Books"),
    (5, 7, -38_50, "Blumen Tausendschön"),
    (2, 13, -29_90, "Blumen Tausendschön"),
    (8, 29, -55_00, "Weinhandlung Rebenhof"),
)


def _direct(ledger: Ledger, month: int, day: int, amount: int, payee: str, category: str, text: str) -> None:
    """A booking on the everyday account on or after that day, not on a weekend."""
    on = workday(day_of(month, day))
    ledger.add(DemoTransaction("checking", on, amount, payee, category, text, iban_of(payee, "DE"), on))


def salary(ledger: Ledger, month: int) -> None:
    """The net salary on the 27th, raised every April, and a bonus with the March one."""
    pay_year = month if month % 12 >= 3 else month - 12
    employer, on = "Brightwater Analytics GmbH", workday(day_of(month, 27), -1)
    amount = rounded(grown(3_620_00, pay_year, 3.0), 1_00) + 37
    text = f"Salary {MONTHS.name(month)}"
    account = iban_of(employer, "DE")
    ledger.add(DemoTransaction("checking", on, amount, employer, "salary", text, account, on, "PAY-20417"))
    if month % 12 == 2:
        bonus = rounded(grown(2_000_00, month), 50_00)
        text = f"Bonus {month // 12 - 1}"
        ledger.add(DemoTransaction("checking", on, bonus, employer, "bonus", text, account, on, "BON-20417"))


def home(ledger: Ledger, month: int) -> None:
    """Rent, electricity, gas by season, internet, mobile, and the transport pass on the 1st."""
    name, rng = MONTHS.name(month), ledger.rng(month, "home")
    _direct(ledger, month, 3, -rent(month), "Hausverwaltung Kiefernweg", "rent", f"Rent {name}, flat 12")
    power = grown(68_00, month) // 100 * 100
    _direct(ledger, month, 5, -power, "Stadtwerke Havelbrück", "electricity", f"Electricity instalment {name}")
    gas = grown(round(_HEATING[month % 12] * 100 * rng.uniform(0.93, 1.07)), month)
    _direct(ledger, month, 12, -gas, "Wärmewerk Nord", "heating", f"Gas used in {MONTHS.name(month - 1)}")
    _direct(ledger, month, 6, -39_90, "Lichtfaser Telekom", "internet", "Fibre 250")
    _direct(ledger, month, 9, -19_99, "Funkwelle Mobile", "mobile", "Mobile plan M")
    first = MONTHS.first(month)
    fare = DemoTransaction(
        "card", first, -pass_price(month), "Stadtverkehr Havelbrück", "public_transport", "Monthly pass"
    )
    ledger.add(fare)


def subscriptions(ledger: Ledger, month: int) -> None:
    """Ten subscriptions on the card; two of them change their price once."""
    for payee, day, price, rise, phase in _SUBSCRIPTIONS:
        amount = price + (rise * step_of(month, phase) if rise else 0)
        ledger.add(DemoTransaction("card", day_of(month, day), -amount, payee, "subscriptions", "Monthly subscription"))


def insurance_and_events(ledger: Ledger, month: int) -> None:
    """What comes monthly, quarterly or once a year: insurance, car service, tax refund, donations, gifts."""
    _direct(ledger, month, 1, -58_20, "Leuchtturm Life", "other_insurance", "Disability cover")
    if month % 3 == 1:
        _direct(ledger, month, 15, -62_40, "Rechtswall Insurance", "other_insurance", "Legal cover, quarterly")
    if month % 3 == 2:
        _direct(ledger, month, 30, -9_90, "Havelbank", "fees", "Account fee of the quarter")
    for when, day, amount, payee, category, text in _YEARLY:
        if month % 12 + 1 == when:
            _direct(ledger, month, day, grown(amount, month), payee, category, text)
    for when, day, amount, payee in _GIFTS:
        if month % 12 + 1 == when:
            paid = grown(amount, month)
            ledger.add(DemoTransaction("card", day_of(month, day), paid, payee, "gifts", "Present", tags=("gift",)))


def holiday(ledger: Ledger, month: int) -> None:
    """A summer trip to Denmark: tickets in March, a hotel and days by the sea in August, paid in kroner."""
    tag, rng = (f"holiday-{month // 12}",), ledger.rng(month, "holiday")
    if month % 12 == 2:
        fare = -grown(286_40, month)
        row = DemoTransaction("card", day_of(month, 9), fare, "Ostsee Ferries", "travel", "Return tickets", tags=tag)
        ledger.add(row)
    if month % 12 == 1:
        fare = -grown(198_00, month)
        ledger.add(DemoTransaction("card", day_of(month, 17), fare, "Alpenzug Rail", "travel", "Ski weekend", tags=tag))
    if month % 12 != 7:
        return
    _krone(ledger, month, 5, grown(6_890_00, month), "Strandhotel Klitgaarden", "hotels", tag)
    for day in range(5, 15):
        for payee in rng.sample(("Fiskehuset Havnen", "Isbod Solskin", "Kiosk Vesterhav", "Cykler og Sol"), 2):
            price = grown(rounded(rng.randint(70_00, 460_00), 5_00), month)
            _krone(ledger, month, day, price, payee, "holiday_spending", tag)


def _krone(ledger: Ledger, month: int, day: int, price: int, payee: str, category: str, tags: tuple[str, ...]) -> None:
    """A card purchase of `price` øre, booked in euros at 7.46 kroner."""
    euros = -(price * 100 // 746)
    row = DemoTransaction(
        "card", day_of(month, day), euros, payee, category, "Card purchase abroad", tags=tags,
        original_amount=-price, original_currency="DKK",
    )  # fmt: skip
    ledger.add(row)
