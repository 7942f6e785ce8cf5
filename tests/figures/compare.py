"""The product's answer beside the reference's: what is compared, and where two answers differ."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.figures import answers, plans
from tests.figures.currencies import shown
from tests.figures.ledger import Asked, Ledger
from tests.figures.reference import Books

Answer = dict[str, Any]


def settled(answer: Answer, wanted: Answer) -> Answer:
    """The answer, with what the text leaves open (which of equally large bookings) as the reference says it."""
    flows, summary = answer["transactions"], answer["summary"]
    for name in ("largest_inflow", "largest_outflow"):
        open_to = wanted["transactions"][name]
        if flows[name] in open_to or (flows[name] is None and not open_to):
            flows[name] = open_to
    items, all_items = (each["unmatched_transfers"]["items"] for each in (summary, wanted["summary"]))
    if len(items) == 20 < len(all_items) and set(items) <= set(all_items):
        summary["unmatched_transfers"]["items"] = all_items
    return answer


def differences(got: Any, wanted: Any, place: str = "") -> Iterator[tuple[str, Any, Any]]:
    """Where two answers differ: (place, the product's, the reference's)."""
    if isinstance(got, dict) and isinstance(wanted, dict) and got.keys() == wanted.keys():
        for key in got:
            yield from differences(got[key], wanted[key], f"{place}.{key}")
    elif isinstance(got, list) and isinstance(wanted, list) and len(got) == len(wanted):
        for n, pair in enumerate(zip(got, wanted, strict=True)):
            yield from differences(*pair, f"{place}[{n}]")
    elif got != wanted:
        yield place, got, wanted


def timeless(answer: Answer) -> Answer:
    """The answer without what goes by id: the newest of a day, and which of equally large bookings is named."""
    for name in ("recent", "largest_inflow", "largest_outflow"):
        del answer["transactions"][name]
    return answer


def flat(money: str) -> int:
    """The digits of a money text as one number, for sums in one currency."""
    return int(money.replace(".", ""))


def plain_account(row: Answer) -> Answer:
    return {name: value for name, value in row.items() if name not in ("name", "institution", "currency")}


def plain_budget(row: Answer) -> Answer:
    return {name: v for name, v in row.items() if name not in ("id", "name", "category_ids", "currency", "alerts")}


def expected(ledger: Ledger, asked: Asked) -> Answer:
    """What the definitions say to the query."""
    books = Books(ledger, asked)
    closing = {} if books.flows_only else books.unvalued(books.accounts(), books.span[1])
    missing = plans.left_out(ledger, asked) | closing | answers.left_out(books)
    return {
        "currency": books.currency,
        "complete": not missing,
        "unconverted": [
            {"currency": currency, "amount": shown(amount, currency), "count": count}
            for currency, (amount, count) in sorted(missing.items())
        ],
        "period": {"from": books.span[0].isoformat(), "to": books.span[1].isoformat()},
        "as_of": ledger.today.isoformat(),
        "summary": answers.summary(books),
        "accounts": answers.accounts(books),
        "transactions": answers.transactions(books),
        "budgets": plans.budgets(ledger, asked),
    }
