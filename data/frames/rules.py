"""Rules as they are stored, and what running them needs to know of the tenant's books."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from typing import Any, Final

from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from core.errors import Invalid
from core.money import exponent
from core.patterns import safe_pattern
from data.classify.rules_changes import effects
from data.classify.rules_match import Json, Matcher, PlainRule, compile_rules
from data.frames.books import category_frame
from data.models.account import Account
from data.models.rule import Rule
from data.models.tag import Tag
from data.reports.categories import CategoryTree
from data.schemas.rules import CategorisationRule

_LONG_TEXT: Final = "ab12 " * 400
_PATIENCE: Final = text("SET LOCAL statement_timeout = '1s'")
_TRY: Final = text("SELECT CAST(:sample AS text) ~* CAST(:pattern AS text)")
_INVALID_PATTERN, _CANCELLED = "2201B", "57014"


def rule_rows(session: Session, after: int = 0, limit: int | None = None) -> Sequence[Rule]:
    """The rules after position `after`, in order."""
    return session.scalars(select(Rule).where(Rule.position > after).order_by(Rule.position).limit(limit)).all()


def plain_rule(row: Rule) -> PlainRule:
    return PlainRule(row.id, row.match, row.conditions, row.actions)


def rules_to_run(session: Session, ids: Collection[int] | None = None) -> list[PlainRule]:
    """All enabled rules, or those with these ids whether enabled or not, in order."""
    wanted = Rule.enabled if ids is None else Rule.id.in_(ids)
    return [plain_rule(row) for row in session.scalars(select(Rule).where(wanted).order_by(Rule.position))]


def rules_named(session: Session, texts: Sequence[str]) -> list[PlainRule]:
    """The rules with these ids, in order; `Invalid` names `rule_ids` for one that is not the tenant's."""
    ids = {int(text) for text in texts if text.isascii() and text.isdecimal() and len(text) < 19}
    found = rules_to_run(session, ids)
    missing = sorted(set(texts) - {str(rule.id) for rule in found})
    if missing:
        raise Invalid.field("rule_ids", f"there is no rule {missing[0][:40]}")
    return found


def rule_records(session: Session, rows: Sequence[Rule]) -> list[CategorisationRule]:
    """The rules as the API shows them, tags by name."""
    ids = {tag_id for row in rows for action in row.actions for tag_id in action.get("tag_ids", ())}
    names = tag_names(session, ids)
    return [
        CategorisationRule.model_validate(
            {
                "id": str(row.id),
                "position": row.position,
                "match": row.match,
                "conditions": row.conditions,
                "actions": [_shown(action, names) for action in row.actions],
                "enabled": row.enabled,
            }
        )
        for row in rows
    ]


def _shown(action: Json, names: dict[int, str]) -> Json:
    if "tag_ids" not in action:
        return action
    return {"type": action["type"], "tags": [names[tag_id] for tag_id in action["tag_ids"] if tag_id in names]}


def tag_names(session: Session, ids: Iterable[int]) -> dict[int, str]:
    """Tag id -> name."""
    found = session.execute(select(Tag.id, Tag.name).where(Tag.id.in_(sorted(set(ids)))))
    return {row[0]: row[1] for row in found}


def matcher_of(session: Session, rules: Sequence[PlainRule]) -> Matcher:
    """The SQL of these rules; a condition's category stands for those below it too."""
    subtree: Callable[[Collection[int]], set[int]] = CategoryTree.of(category_frame(session)).with_children
    return compile_rules(session, rules, subtree)


def parameters_of(session: Session, tenant_id: int, rules: Sequence[PlainRule], *, fill: bool = False) -> Json:
    """The parameters of `data.classify.rules_changes.changes` besides those of the hits."""
    accounts = session.execute(select(Account.id, func.coalesce(Account.identifier, Account.name), Account.currency))
    known = [(row[0], row[1], row[2]) for row in accounts]
    units = {currency: 10 ** exponent(currency) for _, _, currency in known}
    names = {account_id: name for account_id, name, _ in known}
    return {
        "tenant": tenant_id,
        "units": json.dumps(units),
        "effects": json.dumps(effects(rules, names)),
        "fill": fill,
    }


def check_patterns(session: Session, conditions: Iterable[Json], field: str = "conditions") -> None:
    """Have the database compile and run the patterns, within a second each; `Invalid` names the condition."""
    for place, condition in enumerate(conditions):
        if condition["operator"] == "matches":
            problem = _problem(session, safe_pattern(condition["value"]))
            if problem:
                raise Invalid.field(f"{field}.{place}.value", problem)


def _problem(session: Session, pattern: str) -> str | None:
    attempt = session.begin_nested()
    try:
        session.execute(_PATIENCE)
        session.execute(_TRY, {"sample": _LONG_TEXT, "pattern": pattern})
    except DBAPIError as error:
        state = getattr(error.orig, "sqlstate", None)
        if state == _INVALID_PATTERN:
            reason = getattr(getattr(error.orig, "diag", None), "message_primary", None) or "not readable"
            return f"is no regular expression: {str(reason).removeprefix('invalid regular expression: ')}"
        if state == _CANCELLED:
            return "takes too long"
        raise
    finally:
        attempt.rollback()
    return None


def scope_where(first: Any, last: Any, account_ids: Sequence[int] | None, *, only_uncategorised: bool) -> str:
    """The condition on the transactions `t` to ask; its parameters are first, last and accounts."""
    parts = [
        "t.booked_on >= :first" if first is not None else "",
        "t.booked_on <= :last" if last is not None else "",
        "t.account_id = ANY(CAST(:accounts AS bigint[]))" if account_ids is not None else "",
        UNFILED if only_uncategorised else "",
    ]
    return " AND ".join([part for part in parts if part] or ["true"])


UNFILED: Final = (
    "t.category_id IS NULL AND NOT t.is_split AND t.transfer_id IS NULL AND t.category_source IS DISTINCT FROM 'person'"
)
"""Nobody said what the transaction is: no category, no parts, no pair, and no person who wants it so."""


def id_ranges(session: Session, where: str, parameters: Json, size: int) -> Iterator[tuple[int, int]]:
    """Ranges (after, up to and including) of at most `size` transactions' ids that together hold all `t` of `where`."""
    statement = text(
        f"""
        SELECT max(id) FROM (
            SELECT t.id FROM transactions t WHERE t.tenant_id = :tenant AND t.id > :after AND {where}
            ORDER BY t.id LIMIT {size:d}) chunk
        """  # noqa: S608 - conditions of this program, values are parameters
    )
    after = 0
    while (upto := session.execute(statement, {**parameters, "after": after}).scalar_one()) is not None:
        yield after, upto
        after = upto
