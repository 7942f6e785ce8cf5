"""What the tests of rules share: small ways to make, try out and apply rules on small books."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from data.commands.rule_preview import preview_rules
from data.commands.rule_runs import apply_rules
from data.commands.rules import create_rule
from data.frames.transactions import transactions
from data.schemas.rules import CategorisationRule, RuleIn, RulePreview, RulePreviewIn, RuleRun, RuleScope

if TYPE_CHECKING:
    from data.schemas.ledger import Transaction
    from tests.ledger_books import Books


Json = dict[str, Any]


def when(field: str, operator: str, value: Any) -> Json:
    return {"field": field, "operator": operator, "value": value}


def rule(books: Books, *conditions: Json, actions: list[Json], **values: Any) -> CategorisationRule:
    new = {"conditions": list(conditions), "actions": actions, **values}
    return create_rule(books.context, RuleIn.model_validate(new))[0]


def file_under(category: int) -> list[Json]:
    return [{"type": "set_category", "category_id": str(category)}]


def preview(books: Books, **wanted: Any) -> RulePreview:
    return preview_rules(books.context, RulePreviewIn.model_validate(wanted))


def apply(books: Books, **wanted: Any) -> RuleRun:
    return apply_rules(books.context, RuleScope.model_validate(wanted))[0]


def found(books: Books, *conditions: Json, match: str = "all") -> set[int]:
    """The transactions that a rule with these conditions would change."""
    draft = {"match": match, "conditions": list(conditions), "actions": [{"type": "set_note", "note": "found"}]}
    return {int(each.transaction_id) for each in preview(books, rule=draft).data}


def category_of(books: Books) -> dict[int, int | None]:
    return dict(books.rows("SELECT id, category_id FROM transactions WHERE tenant_id = :tenant"))


def stored(books: Books, *ids: int) -> list[Transaction]:
    with books.context.db.reading() as session:
        known = transactions(session, ids)
    return [known[each] for each in ids]


def open_shop(books: Books) -> dict[str, int]:
    """Six bookings of two accounts, one in yen."""
    bank = books.account("Bank", identifier="DE1")
    yen = books.account("Yen", currency="JPY")
    food = books.category("Food")
    fruit = books.category("Fruit", parent=food)
    return {
        "bank": bank,
        "yen": yen,
        "food": food,
        "fruit": fruit,
        "cafe": books.book(bank, "2026-06-01", "-4.50", payee="Café  Müller\tStraße 5", purpose="Coffee 12.30"),
        "rewe": books.book(bank, "2026-06-02", "-50.00", payee="REWE SAGT DANKE", reference="R-1", category=food),
        "apples": books.book(bank, "2026-06-03", "-3.00", payee="Obsthof", category=fruit),
        "pay": books.book(bank, "2026-06-05", "2500.00", payee="ACME", counterparty="DE99 ACME", note="June"),
        "ramen": books.book(yen, "2026-06-06", "-1200", payee="ラーメン"),
        "none": books.book(bank, "2026-06-07", "-0.01"),
    }
