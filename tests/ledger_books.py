"""Small books for the tests of the ledger's commands: made through the commands, inspected through plain SQL."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import text

from data.commands.accounts import create_account
from data.commands.budgets import create_budget
from data.commands.categories import create_category
from data.commands.rollup_check import differences
from data.commands.tags import create_tag
from data.commands.transactions import post_transactions
from data.context import TenantContext
from data.schemas.budgets import BudgetIn
from data.schemas.ledger import AccountIn, CategoryIn, TagIn, TransactionIn

_FRESH = """
    SELECT account_id, booked_on, category_id, flow, sign, sum(amount) AS amount, count(*) AS count FROM (
        SELECT t.account_id, t.booked_on, coalesce(t.category_id, 0) AS category_id, t.flow,
               sign(t.amount)::smallint AS sign, t.amount
        FROM transactions t WHERE t.tenant_id = :tenant AND NOT t.is_split
        UNION ALL
        SELECT t.account_id, t.booked_on, coalesce(s.category_id, 0), s.flow, sign(s.amount)::smallint, s.amount
        FROM splits s JOIN transactions t ON t.tenant_id = s.tenant_id AND t.id = s.transaction_id
        WHERE s.tenant_id = :tenant AND t.is_split
    ) AS lines GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4, 5
"""
_STORED = """
    SELECT account_id, booked_on, category_id, flow, sign, amount, count FROM daily_rollup
    WHERE tenant_id = :tenant ORDER BY 1, 2, 3, 4, 5
"""


@dataclass
class Books:
    """One tenant's books. Everything returns ids as the program counts them."""

    context: TenantContext

    def account(self, name: str, **values: Any) -> int:
        return int(create_account(self.context, AccountIn(name=name, **values))[0].id)

    def category(self, name: str, kind: str | None = None, parent: int | None = None) -> int:
        parent_id = None if parent is None else str(parent)
        made, _ = create_category(self.context, CategoryIn(name=name, kind=kind, parent_id=parent_id))
        return int(made.id)

    def tag(self, name: str) -> int:
        return int(create_tag(self.context, TagIn(name=name))[0].id)

    def budget(self, name: str, category: int, amount: str = "100.00", **values: Any) -> int:
        new = BudgetIn.model_validate({"name": name, "category_ids": [str(category)], "amount": amount, **values})
        return int(create_budget(self.context, new)[0].id)

    def book(self, account: int, day: str, amount: str, category: int | None = None, **values: Any) -> int:
        new = TransactionIn(
            account_id=str(account),
            booked_on=date.fromisoformat(day),
            amount=amount,
            category_id=None if category is None else str(category),
            **values,
        )
        return int(post_transactions(self.context, [new])[0].id)

    def rows(self, statement: str, **parameters: Any) -> list[tuple[Any, ...]]:
        """The rows of a plain SELECT; `:tenant` is set."""
        with self.context.db.reading() as session:
            found = session.execute(text(statement), {"tenant": self.context.tenant.id, **parameters})
            return [tuple(row) for row in found]

    def version(self) -> int:
        ((version,),) = self.rows("SELECT version FROM tenant_state WHERE tenant_id = :tenant")
        return version

    def pairs(self) -> set[frozenset[int]]:
        """The transactions that are paired as whole transactions."""
        found: dict[int, set[int]] = {}
        for transfer_id, transaction_id in self.rows(
            "SELECT transfer_id, id FROM transactions WHERE tenant_id = :tenant AND transfer_id IS NOT NULL"
        ):
            found.setdefault(transfer_id, set()).add(transaction_id)
        return {frozenset(ids) for ids in found.values()}

    def flows(self) -> dict[int, int]:
        """Transaction id -> what its line is for the figures."""
        return dict(self.rows("SELECT id, flow FROM transactions WHERE tenant_id = :tenant"))

    def audited(self, kind: str) -> list[tuple[str, int, Any, Any]]:
        """(action, object id, before, after) of the audit log, oldest first."""
        return self.rows(
            "SELECT action, object_id, before, after FROM audit_log WHERE tenant_id = :tenant AND kind = :kind"
            " ORDER BY version, id",
            kind=kind,
        )

    def deleted(self) -> list[tuple[str, int]]:
        """The tombstones."""
        return self.rows("SELECT kind, object_id FROM deletions WHERE tenant_id = :tenant ORDER BY version, kind")

    def check_rollup(self) -> None:
        """The stored rollup is what the lines add up to."""
        assert self.rows(_STORED) == self.rows(_FRESH)
        assert not list(differences(self.context))
