"""Books a ledger through the product's commands, asks its reports, and says their answers with keys instead of ids."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import text

from core.money import exponent
from core.query import Query
from data.commands.accounts import create_account, update_account
from data.commands.budgets import create_budget, update_budget
from data.commands.categories import create_category, update_category
from data.commands.rates import create_rate, delete_rate
from data.commands.rollup_check import differences as rollup_differences
from data.commands.tags import create_tag
from data.commands.transactions import change_transaction, delete_transaction, post_transactions
from data.context import TenantContext
from data.reports.budget_history import budget_history
from data.reports.dashboard import dashboard_report
from data.schemas.budgets import BudgetIn
from data.schemas.changes import BudgetChange
from data.schemas.ledger import (
    AccountIn,
    AccountPatch,
    CategoryIn,
    CategoryPatch,
    TagIn,
    TransactionIn,
    TransactionPatch,
)
from data.schemas.rates import RateIn
from tests.figures import answers, plans
from tests.figures.compare import differences, expected, plain_account, plain_budget, settled
from tests.figures.ledger import Account, Asked, Booking, Budget, Category, Ledger

Answer = dict[str, Any]
_ROLLUP = """
    SELECT account_id, booked_on, category_id, flow, sign, amount, count FROM daily_rollup
    WHERE tenant_id = :tenant ORDER BY 1, 2, 3, 4, 5
"""
_FRESH = """
    SELECT account_id, booked_on, category_id, flow, sign, sum(amount), count(*) FROM (
        SELECT t.account_id, t.booked_on, coalesce(t.category_id, 0) AS category_id, t.flow, sign(t.amount) AS sign,
               t.amount
        FROM transactions t WHERE t.tenant_id = :tenant AND NOT t.is_split
        UNION ALL
        SELECT t.account_id, t.booked_on, coalesce(s.category_id, 0), s.flow, sign(s.amount), s.amount
        FROM splits s JOIN transactions t ON t.tenant_id = s.tenant_id AND t.id = s.transaction_id
        WHERE s.tenant_id = :tenant AND t.is_split
    ) AS lines GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4, 5
"""


@dataclass
class Driver:
    """One tenant's books in the product, and the ids that the keys of the ledger have there."""

    context: TenantContext
    ids: dict[str, dict[str, str]] = field(
        default_factory=lambda: {"account": {}, "category": {}, "booking": {}, "budget": {}, "rate": {}}
    )
    currencies: dict[str, str | None] = field(default_factory=dict)

    # Commands

    def build(self, ledger: Ledger, order: Sequence[str], chunk: int = 1000) -> Ledger:
        """Book everything, transactions in `order` and `chunk` at a time; the ledger with lines and arrivals."""
        for category in ledger.categories.values():
            self.add_category(category)
        for tag in ledger.tags:
            create_tag(self.context, TagIn(name=tag))
        for account in ledger.accounts.values():
            self.add_account(account)
        for pair, rate in ledger.rates.items():
            self.add_rate(pair, rate)
        for n in range(0, len(order), chunk):
            self.post([ledger.bookings[key] for key in order[n : n + chunk]])
        for budget in ledger.budgets.values():
            self.add_budget(budget)
        return self.stored(ledger)

    def add_account(self, account: Account) -> None:
        new = AccountIn.model_validate({"name": account.key, "currency": account.currency, **self._account(account)})
        self.currencies[account.key] = account.currency
        self.ids["account"][account.key] = create_account(self.context, new)[0].id

    def _account(self, account: Account) -> Answer:
        names = ("type", "identifier", "opening_on", "opened_on", "closed_on", "in_net_worth")
        opening = account.opening_balance
        return {
            **{name: getattr(account, name) for name in names},
            "opening_balance": None if opening is None else self.money(opening, account.currency),
        }

    def add_category(self, category: Category) -> None:
        parent = self._id("category", category.parent)
        new = CategoryIn.model_validate({"name": category.key, "parent_id": parent, "kind": category.kind})
        self.ids["category"][category.key] = create_category(self.context, new)[0].id

    def add_budget(self, budget: Budget) -> None:
        first, amount = budget.amounts[0]
        rule = {
            "type": budget.rule,
            "weekday": budget.weekday,
            "day": "last" if budget.day == 0 else budget.day,
            "starts_on": budget.starts_on,
            "ends_on": budget.ends_on,
        }
        new = BudgetIn.model_validate(
            {
                "name": budget.key,
                "category_ids": [self.ids["category"][key] for key in budget.categories],
                "account_ids": [self.ids["account"][key] for key in budget.accounts],
                "rule": rule,
                "amount": self.money(amount, budget.currency),
                "currency": budget.currency,
                "effective_from": first,
                "rollover": {
                    "policy": budget.policy,
                    "cap": None if budget.cap is None else self.money(budget.cap, budget.currency),
                },
            }
        )
        made = create_budget(self.context, new)[0]
        self.ids["budget"][budget.key] = made.id
        for day, later in budget.amounts[1:]:
            update_budget(
                self.context, int(made.id), BudgetChange(amount=self.money(later, budget.currency), effective_from=day)
            )

    def post(self, bookings: Sequence[Booking]) -> None:
        made = post_transactions(self.context, [TransactionIn.model_validate(self._fields(each)) for each in bookings])
        self.ids["booking"] |= {booking.key: row.id for booking, row in zip(bookings, made, strict=True)}

    def change(self, booking: Booking) -> None:
        """Make the stored transaction what this booking says."""
        patch = TransactionPatch.model_validate(self._fields(booking))
        change_transaction(self.context, int(self.ids["booking"][booking.key]), patch, None)

    def separate(self, key: str) -> None:
        change_transaction(
            self.context, int(self.ids["booking"][key]), TransactionPatch.model_validate({"transfer_id": None}), None
        )

    def change_account(self, account: Account) -> None:
        """Make the stored account what this one says."""
        patch = AccountPatch.model_validate(self._account(account))
        update_account(self.context, int(self.ids["account"][account.key]), patch)

    def change_kind(self, category: Category) -> None:
        """Give a root category, and so all below it, this one's kind."""
        number = int(self.ids["category"][category.key])
        update_category(self.context, number, CategoryPatch.model_validate({"kind": category.kind}))

    def delete(self, key: str) -> None:
        delete_transaction(self.context, int(self.ids["booking"].pop(key)))

    def _fields(self, booking: Booking) -> Answer:
        return {
            "account_id": self.ids["account"][booking.account],
            "booked_on": booking.booked_on,
            "amount": self.money(booking.amount, self.currencies[booking.account]),
            "type": booking.type,
            "payee": booking.payee,
            "counterparty": booking.counterparty,
            "category_id": self._id("category", booking.category),
            "tags": list(booking.tags),
            "pending": booking.pending,
            "splits": [
                {
                    "amount": self.money(part.amount, self.currencies[booking.account]),
                    "category_id": self._id("category", part.category),
                    "tags": list(part.tags),
                }
                for part in booking.parts
            ],
        }

    def _id(self, noun: str, key: str | None) -> str | None:
        return None if key is None else self.ids[noun][key]

    def money(self, minor: int, currency: str | None = None) -> str:
        return f"{Decimal(minor).scaleb(-exponent(currency or self.context.tenant.currency)):f}"

    def add_rate(self, pair: tuple[str, str, date], rate: Decimal) -> None:
        base, quote, day = pair
        new = RateIn.model_validate({"base": base, "quote": quote, "date": day, "rate": f"{rate:f}"})
        self.ids["rate"]["/".join(map(str, pair))] = create_rate(self.context, new)[0].id

    def delete_rate(self, pair: tuple[str, str, date]) -> None:
        delete_rate(self.context, int(self.ids["rate"].pop("/".join(map(str, pair)))))

    def stored(self, ledger: Ledger) -> Ledger:
        """The ledger with the lines (fingerprint, occurrence) and ids that the program gave its bookings."""
        rows = self.rows("SELECT id, fingerprint, occurrence FROM transactions WHERE tenant_id = :tenant")
        lines = {str(row[0]): (bytes(row[1]), row[2]) for row in rows}
        ids = self.ids["booking"]
        bookings = {
            key: replace(booking, line=lines[ids[key]], arrival=int(ids[key]))
            for key, booking in ledger.bookings.items()
        }
        return replace(ledger, bookings=bookings)

    def rows(self, statement: str) -> list[tuple[Any, ...]]:
        with self.context.db.reading() as session:
            return [tuple(row) for row in session.execute(text(statement), {"tenant": self.context.tenant.id})]

    # Reports

    def parse(self, asked: Asked) -> Query:
        values: dict[str, list[str]] = {
            "account_id": [self.ids["account"][key] for key in asked.accounts],
            "category_id": ["none" if key == "none" else self.ids["category"][key] for key in asked.categories],
            "tag": list(asked.tags),
        }
        if asked.currency:
            values["currency"] = [asked.currency]
        if asked.period:
            values["period"] = [asked.period]
        if asked.first and asked.last:
            values |= {"from": [asked.first.isoformat()], "to": [asked.last.isoformat()]}
        return Query.parse({name: found for name, found in values.items() if found})

    def check(self, ledger: Ledger, queries: Iterable[Asked]) -> None:
        """The product's answers are the reference's, the stored rollup is the lines' sum."""
        assert self.rows(_ROLLUP) == self.rows(_FRESH)
        assert not list(rollup_differences(self.context))
        for asked in queries:
            wanted = expected(ledger, asked)
            assert not list(differences(settled(self.answer(asked), wanted), wanted)), asked
        for key, budget in ledger.budgets.items():
            rows = budget_history(self.context, int(self.ids["budget"][key])).data
            shown = [plain_budget(row.model_dump(mode="json", by_alias=True)) for row in rows]
            assert shown == [row.shown for row in plans.history(ledger, budget)]

    def answer(self, asked: Asked) -> Answer:
        """What the product says to the query, in the reference's shape."""
        report = dashboard_report(self.context, self.parse(asked)).model_dump(mode="json", by_alias=True)
        names = {noun: {number: key for key, number in found.items()} for noun, found in self.ids.items()}
        data = report["data"]
        unmatched = data["summary"]["unmatched_transfers"]
        unmatched["items"] = sorted(
            (names["booking"][i["transaction_id"]], names["account"][i["account_id"]], i["booked_on"], i["amount"])
            for i in unmatched["items"]
        )
        flows = data["transactions"]
        flows["by_category"] = {
            (names["category"].get(row["category_id"]), row["kind"]): {n: row[n] for n in ("amount", "count", "share")}
            for row in flows["by_category"]
        }
        flows["recent"] = [names["booking"][row["id"]] for row in flows["recent"]]
        for name in ("largest_inflow", "largest_outflow"):
            flows[name] = flows[name] and names["booking"][flows[name]["id"]]
        return answers.Answer(
            period={"from": report["period"]["from"], "to": report["period"]["to"]},
            as_of=report["as_of"],
            currency=report["currency"],
            complete=report["complete"],
            unconverted=report["unconverted"],
            summary=data["summary"],
            accounts={names["account"][row.pop("id")]: plain_account(row) for row in data["accounts"]},
            transactions=flows,
            budgets={names["budget"][row["id"]]: plain_budget(row) for row in data["budgets"]},
        )
