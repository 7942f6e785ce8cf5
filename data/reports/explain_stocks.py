"""Net worth, assets and liabilities explained: the balances they are made of, and what moved them."""

from __future__ import annotations

from dataclasses import dataclass, replace

from data.reports.explain_worth import WorthTerms
from data.reports.explained import Explained, given
from data.reports.flows import Flows
from data.reports.opening import Opened
from data.reports.stocks import Balances
from data.schemas.common import LIABILITY_TYPES
from data.schemas.dashboard import FinancialSummary, KeyFigures
from data.schemas.figures import Excluded, Input


@dataclass(frozen=True, slots=True)
class Asked:
    """A figure of one period: `prefix` is that of the ids beside it, `figures` their values."""

    books: Opened
    name: str
    prefix: str
    figures: KeyFigures
    summary: FinancialSummary

    def input(self, name: str, called: str | None = None) -> Input:
        """Another figure of the same period."""
        value = getattr(self.figures, name)
        if name == "savings_rate":
            return given(called or name, value, "ratio", None, f"{self.prefix}{name}")
        return given(called or name, value, "money", self.books.currency, f"{self.prefix}{name}")


def net_worth(asked: Asked, flows: Flows, _balances: Balances) -> Explained:
    """Its two sides, and the terms that it moved by."""
    books, total = asked.books, asked.figures.net_worth
    inputs = [asked.input("assets"), asked.input("liabilities")]
    found = Explained(books.period, total, books.currency, inputs, formula="assets + liabilities")
    if total is None:
        return found
    worth = WorthTerms.read(books, flows)
    start = worth.balances.net_worth(worth.balances.days[0])
    terms = worth.terms()
    found.excluded = _balances_left_out(books, worth.balances)
    if start.net_worth is not None:
        found.formula = None
        found.inputs = [
            *inputs,
            given("net_worth_before", books.money(start.net_worth), "money", books.currency),
            asked.input("income"),
            asked.input("expenses"),
            *(given(name, books.money(amount), "money", books.currency) for name, amount in terms.items()),
        ]
    return found


def side(asked: Asked, _flows: Flows, balances: Balances) -> Explained:
    """Assets or liabilities: the balances of their accounts."""
    books, total = asked.books, getattr(asked.figures, asked.name)
    day, owed = books.period.last, asked.name == "liabilities"
    found = Explained(books.period, total, books.currency)
    if total is None:
        return found
    names = dict(zip(books.accounts["id"].tolist(), books.accounts["name"].tolist(), strict=True))
    # An account's own figure is of the period asked for, not of the one before it.
    linked = asked.prefix == "summary."
    found.inputs = [
        given(
            names[account_id],
            books.money(balances.converted(account_id, day)),
            "money",
            books.currency,
            f"account.{account_id}.balance_converted" if linked else None,
        )
        for account_id, kind in balances.counting(day)
        if (kind in LIABILITY_TYPES) is owed
    ]
    found.excluded = _balances_left_out(books, balances, owed=owed)
    return found


def _balances_left_out(books: Opened, balances: Balances, owed: bool | None = None) -> list[Excluded]:
    """Balances of accounts that are not in net worth, and those that no rate converts, on the period's last day."""
    day = books.period.last
    counting = dict(balances.counting(day))
    types = dict(zip(books.accounts["id"].tolist(), books.accounts["type"].tolist(), strict=True))
    wanted = [each for each, kind in types.items() if owed is None or (kind in LIABILITY_TYPES) is owed]
    values = [balances.converted(each, day) or 0 for each in wanted if each not in counting and balances.on(each, day)]
    found = []
    if values:
        amount = books.money(sum(values))
        found.append(Excluded(reason="not_in_net_worth", count=len(values), amount=amount, currency=books.currency))
    for currency, (minor, count) in sorted(balances.left_out([e for e in wanted if e in counting], day).items()):
        amount = replace(books, currency=currency).money(minor)
        found.append(Excluded(reason="no_rate", count=count, amount=amount, currency=currency))
    return found
