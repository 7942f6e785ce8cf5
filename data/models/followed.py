"""What followers of the change feed are told of: the kinds of things that have an id and versions."""

from __future__ import annotations

from typing import Any, Final

from data.models.account import Account
from data.models.budget import Budget, BudgetAlert
from data.models.category import Category
from data.models.imports import Import, ImportMapping
from data.models.rates import TenantRate
from data.models.reconciliation import Reconciliation
from data.models.rule import Rule
from data.models.tag import Tag
from data.models.transaction import Transaction
from data.models.webhook import Webhook

FOLLOWED: Final[dict[str, Any]] = {
    "account": Account,
    "alert": BudgetAlert,
    "budget": Budget,
    "category": Category,
    "import": Import,
    "import_mapping": ImportMapping,
    "rate": TenantRate,
    "reconciliation": Reconciliation,
    "rule": Rule,
    "tag": Tag,
    "transaction": Transaction,
    "webhook": Webhook,
}
"""Kind -> its table, in the order in which the feed lists them."""
