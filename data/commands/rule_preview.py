"""Try rules out: what applying them would change. Nothing is written and nobody waits."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.orm import Session

from core.money import format_amount
from data.classify.rules_changes import ledger_hits, ledger_rows, newest_changes
from data.classify.rules_match import Json, PlainRule
from data.commands.references import accounts_named
from data.commands.rule_references import stored_actions, stored_conditions
from data.context import TenantContext
from data.frames.books import tag_ids
from data.frames.rules import matcher_of, parameters_of, rules_named, rules_to_run, scope_where, tag_names
from data.frames.transactions import transactions
from data.schemas.ledger import Transaction
from data.schemas.rules import PreviewedChange, RuleDraft, RulePreview, RulePreviewIn

SHOWN: Final = 50
_TEXTS: Final = ("payee", "counterparty", "note")


class _Tags:
    """Ids for tag names; a name that is no tag yet gets an id of its own that no tag has."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self.new: dict[int, str] = {}

    def __call__(self, names: Iterable[str]) -> dict[str, int]:
        wanted = {name.strip().lower(): name.strip() for name in names if name.strip()}
        known = tag_ids(self._session, tuple(wanted))
        for key in sorted(set(wanted) - set(known)):
            known[key] = -1 - len(self.new)
            self.new[known[key]] = wanted[key]
        return known


def preview_rules(context: TenantContext, wanted: RulePreviewIn) -> RulePreview:
    """What the rules would change of the transactions that `wanted` names, and the newest 50 of the changes."""
    with context.db.reading() as session:
        tags = _Tags(session)
        rules = _rules(session, wanted, tags)
        accounts = None
        if wanted.account_ids is not None:
            accounts = sorted(row.id for row in accounts_named(session, wanted.account_ids, "account_ids").values())
        where = scope_where(wanted.from_, wanted.to, accounts, only_uncategorised=wanted.only_uncategorised)
        given = {"first": wanted.from_, "last": wanted.to, "accounts": accounts, "shown": SHOWN}
        parameters = {**given, **parameters_of(session, context.tenant.id, rules)}
        counting = text(f"SELECT count(*) FROM ({ledger_rows(where)}) r")  # noqa: S608 - conditions of this program
        checked = session.execute(counting, parameters).scalar_one()
        if not rules:
            return RulePreview(checked=checked, matched=0, changed=0, data=[])
        matcher = matcher_of(session, rules)
        found = text(newest_changes(ledger_hits(matcher, where)))
        rows = session.execute(found, {**parameters, **matcher.parameters}).all()
        data = _shown(session, [row for row in rows if row.id is not None], tags)
        return RulePreview(checked=checked, matched=rows[0].matched, changed=rows[0].changed, data=data)


def _rules(session: Session, wanted: RulePreviewIn, tags: _Tags) -> list[PlainRule]:
    if wanted.rule is not None:
        return [_draft(session, wanted.rule, tags)]
    return rules_to_run(session) if wanted.rule_ids is None else rules_named(session, wanted.rule_ids)


def _draft(session: Session, rule: RuleDraft, tags: _Tags) -> PlainRule:
    conditions = stored_conditions(session, rule.conditions, "rule.conditions")
    return PlainRule(0, rule.match, conditions, stored_actions(session, rule.actions, tags, "rule.actions"))


def _shown(session: Session, rows: list[Any], tags: _Tags) -> list[PreviewedChange]:
    stored = transactions(session, [row.id for row in rows])
    names = {**tag_names(session, (tag for row in rows for tag in row.after.get("tags", ()))), **tags.new}
    return [_change(row, stored[row.id], names) for row in rows]


def _change(row: Any, stored: Transaction, names: dict[int, str]) -> PreviewedChange:
    before, after = _fields(row.before, row.currency), _fields(row.after, row.currency)
    if "splits" in after:
        before["splits"] = []
    if "tags" in row.after:
        before["tags"] = stored.tags
        after["tags"] = sorted([*stored.tags, *(names[tag] for tag in row.after["tags"])])
    return PreviewedChange(
        transaction_id=str(row.id),
        booked_on=row.booked_on,
        payee=row.payee,
        amount=format_amount(row.amount, row.currency),
        currency=row.currency,
        before=before,
        after=after,
    )


def _fields(changed: Json, currency: str) -> Json:
    """The changed fields as a transaction shows them."""
    fields: Json = {name: changed[name] for name in _TEXTS if name in changed}
    if "category_id" in changed:
        fields["category_id"] = _id(changed["category_id"])
    if "splits" in changed:
        fields["splits"] = [
            {
                "amount": format_amount(part["amount"], currency),
                "category_id": _id(part["category_id"]),
                "note": part["note"],
            }
            for part in changed["splits"]
        ]
    return fields


def _id(value: int | None) -> str | None:
    return None if value is None else str(value)
