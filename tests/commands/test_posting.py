"""Posted transactions are stored as given, and what is summed follows the lines that they change."""

from __future__ import annotations

from datetime import date

from sqlalchemy import text

from data.commands.rollup_check import differences
from data.commands.transactions import post_transactions
from data.context import TenantContext
from data.schemas.ledger import TransactionIn
from tests.ledger_books import Books

DAY = date(2026, 6, 10)
TEXTS = [
    '"quoted", {"a": [1]}',
    "back\\slash \\u0041",
    "line\nand\ttab",
    "Überweisung €",
    "NULL",
    "' OR 1 = 1 --",
    "{x}",
]


def test_texts_of_any_kind_come_back_as_given_and_in_order(context: TenantContext) -> None:
    account = str(Books(context).account("Giro"))
    new = [
        TransactionIn(account_id=account, booked_on=DAY, amount=f"-{place}.50", payee=each, purpose=each, note=each)
        for place, each in enumerate([*TEXTS, *TEXTS])
    ]
    stored = post_transactions(context, new)
    assert [(each.payee, each.purpose, each.note, each.amount) for each in stored] == [
        (each.payee, each.purpose, each.note, each.amount) for each in new
    ]
    assert len({each.id for each in stored}) == len(new)


def test_equal_lines_are_all_stored(context: TenantContext) -> None:
    account = str(Books(context).account("Giro"))
    line = TransactionIn(account_id=account, booked_on=DAY, amount="-1.00", payee="Shop")
    stored = [*post_transactions(context, [line, line]), *post_transactions(context, [line])]
    assert len({each.id for each in stored}) == 3


def test_a_new_line_and_an_old_one_that_it_turns_into_a_transfer_are_both_counted_once(context: TenantContext) -> None:
    books = Books(context)
    giro, savings = str(books.account("Giro")), str(books.account("Pot", type="savings"))
    old = TransactionIn(account_id=giro, booked_on=DAY, amount="-50.00", payee="Bank")
    post_transactions(context, [old])
    other = TransactionIn(account_id=savings, booked_on=DAY, amount="50.00", counterparty="Giro")
    fee = TransactionIn(account_id=giro, booked_on=DAY, amount="-7.00", payee="Bank")
    paired, _ = post_transactions(context, [other, fee])
    assert paired.transfer_id is not None
    assert not list(differences(context))
    with context.db.reading() as session:
        assert session.execute(text("SELECT spent6, lines6 FROM payee_years")).one() == (700, 1)


def test_payments_that_come_back_are_found_among_many_payees_and_among_few(context: TenantContext) -> None:
    """Many payees at once are looked for in one pass over the account, few one by one."""
    account = str(Books(context).account("Giro"))
    category = str(Books(context).category("Rent"))

    def line(payee: str, month: int, amount: str = "-10.00", *, split: bool = False) -> TransactionIn:
        parts = [{"amount": "-4.00", "category_id": category}, {"amount": "-6.00"}] if split else []
        day = date(2026, month, 3 + month % 2)
        return TransactionIn.model_validate(
            {"account_id": account, "booked_on": day, "amount": amount, "payee": payee, "splits": parts}
        )

    many = [line(f"Once {place}", 1 + place % 6, f"-{place + 1}.00") for place in range(210)]
    many += [line("Gym", month) for month in range(1, 6)] + [line("Flat", month, split=True) for month in (1, 2, 3)]
    post_transactions(context, many)
    assert stored_series(context) == [("flat", 3), ("flat", 3), ("gym", 5)]
    post_transactions(context, [line("Gym", 6), line("Flat", 4, split=True), line('Say "yes" \\ now', 6)])
    assert stored_series(context) == [("flat", 4), ("flat", 4), ("gym", 6)]
    assert not list(differences(context))


def stored_series(context: TenantContext) -> list[tuple[str, int]]:
    """Payee and number of lines of each."""
    with context.db.reading() as session:
        statement = "SELECT payee_key, cardinality(days) FROM recurring_series ORDER BY payee_key, part"
        return [(row[0], row[1]) for row in session.execute(text(statement))]
