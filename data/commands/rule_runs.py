"""Apply rules: to the ledger, to what a statement brings, to what is posted; and take an application back.

A run on the ledger goes through it in pieces, in one transaction, and remembers every field that it changes.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import delete, func, text
from sqlalchemy.orm import Session

from data.classify.rules_changes import changes, landed_hits, ledger_hits, outcomes_of, staged_hits
from data.classify.rules_match import PlainRule
from data.commands import resources, rule_work
from data.commands.references import accounts_named
from data.commands.resources import Versioned
from data.commands.unit import Write, write
from data.context import TenantContext
from data.frames.rules import UNFILED, id_ranges, matcher_of, parameters_of, rules_named, rules_to_run, scope_where
from data.models.rule import RuleChange, RuleRun
from data.reports.rules import run_record
from data.schemas import rules as schemas

_CHUNK: Final = 20_000
_KEPT: Final = timedelta(days=90)
"""For how long a run can be taken back: as long as deletions are remembered."""
_REMEMBER: Final = """
    INSERT INTO rule_changes (tenant_id, run_id, transaction_id, before, after)
    SELECT :tenant, :run, id, before, after FROM rule_work
"""
_STAGED_RULES: Final = text(
    "CREATE TEMPORARY TABLE IF NOT EXISTS staged_rules (n bigint PRIMARY KEY, hits smallint[] NOT NULL) ON COMMIT DROP"
)
_FILE_STAGED: Final = text(
    f"""
    {outcomes_of("SELECT n AS id, hits FROM staged_rules")}
    UPDATE staging e
    SET category_id = CASE WHEN f.parts IS NULL THEN f.category_id END, category_source = 'rule',
        category_confidence = NULL, category_because = 'rule ' || f.rule
    FROM hit h JOIN outcome o ON o.hits = h.hits JOIN effects f ON f.place = o.filer
    WHERE e.n = h.id AND NOT e.is_split
    """  # noqa: S608 - the parts are constants of this program
)
_LANDED: Final = changes(landed_hits())
_TAKE_BACK: Final = """
    SELECT * FROM (
    SELECT t.id, t.account_id, t.booked_on, t.payee, c.after AS before,
           CASE WHEN t.category_source IS DISTINCT FROM 'rule' THEN '{}'
                WHEN c.after ? 'splits' AND t.is_split AND c.after -> 'splits' = (
                    SELECT jsonb_agg(jsonb_build_object('amount', s.amount, 'category_id', s.category_id,
                                                        'note', s.note) ORDER BY s.position)
                    FROM splits s WHERE s.tenant_id = :tenant AND s.transaction_id = t.id
                ) AND NOT EXISTS (
                    SELECT 1 FROM splits s JOIN taggings g
                      ON g.tenant_id = s.tenant_id AND g.kind = 'split' AND g.object_id = s.id
                    WHERE s.tenant_id = :tenant AND s.transaction_id = t.id
                ) THEN was.category || '{"unsplit": true}'
                WHEN c.after ? 'category_id' AND NOT c.after ? 'splits' AND NOT t.is_split
                     AND c.after -> 'category_id' = to_jsonb(t.category_id) THEN was.category
                ELSE '{}' END
           || CASE WHEN c.after ->> 'payee' = t.payee
                   THEN jsonb_build_object('payee', c.before -> 'payee') ELSE '{}' END
           || CASE WHEN c.after ->> 'counterparty' = t.counterparty
                   THEN jsonb_build_object('counterparty', c.before -> 'counterparty') ELSE '{}' END
           || CASE WHEN c.after ->> 'note' = t.note
                   THEN jsonb_build_object('note', c.before -> 'note') ELSE '{}' END
           || CASE WHEN EXISTS (
                  SELECT 1 FROM taggings g WHERE g.tenant_id = :tenant AND g.kind = 'transaction'
                    AND g.object_id = t.id AND c.after -> 'tags' @> to_jsonb(g.tag_id)
              ) THEN jsonb_build_object('untag', c.after -> 'tags') ELSE '{}' END AS after
    FROM rule_changes c
    JOIN transactions t ON t.tenant_id = :tenant AND t.id = c.transaction_id
    CROSS JOIN LATERAL (
        SELECT jsonb_build_object('category_id', c.before -> 'category_id',
                                  'category_source', c.before -> 'category_source',
                                  'category_confidence', c.before -> 'category_confidence',
                                  'category_because', c.before -> 'category_because') AS category
    ) was
    WHERE c.tenant_id = :tenant AND c.run_id = :run
    ) back WHERE after <> '{}'
"""


def apply_rules(context: TenantContext, scope: schemas.RuleScope) -> Versioned[schemas.RuleRun]:
    """Apply rules to the ledger, as trying them out shows; the run tells how many transactions changed."""
    with write(context) as unit:
        rules = _wanted(unit.session, scope.rule_ids)
        accounts = None
        if scope.account_ids is not None:
            accounts = sorted(row.id for row in accounts_named(unit.session, scope.account_ids, "account_ids").values())
        unit.session.execute(delete(RuleRun).where(RuleRun.created_at < func.now() - _KEPT))
        values = {**scope.model_dump(mode="json", by_alias=True), "rule_ids": [str(rule.id) for rule in rules]}
        run = RuleRun(**unit.stamp, scope=values, changed=0)
        unit.session.add(run)
        unit.session.flush()
        where = scope_where(scope.from_, scope.to, accounts, only_uncategorised=scope.only_uncategorised)
        given = {"tenant": unit.tenant_id, "first": scope.from_, "last": scope.to, "accounts": accounts}
        run.changed = _apply(unit, run.id, rules, where, given) if rules else 0
        unit.session.flush()
        unit.audit("apply", "rule_run", run.id, after={**values, "changed": run.changed})
        unit.settle()
        unit.session.refresh(run)
        return run_record(run), run.updated_version


def _wanted(session: Session, texts: Sequence[str] | None) -> list[PlainRule]:
    return rules_to_run(session) if texts is None else rules_named(session, texts)


def _apply(unit: Write, run_id: int, rules: Sequence[PlainRule], where: str, given: dict[str, Any]) -> int:
    matcher = matcher_of(unit.session, rules)
    parameters = {**given, **parameters_of(unit.session, unit.tenant_id, rules), **matcher.parameters}
    select_ = changes(ledger_hits(matcher, f"t.id > :after AND t.id <= :upto AND {where}"))
    changed = 0
    for after, upto in list(id_ranges(unit.session, where, given, _CHUNK)):
        found = rule_work.gather(unit, select_, {**parameters, "after": after, "upto": upto})
        if found:
            resources.run(unit, _REMEMBER, run=run_id)
            rule_work.put(unit)
        changed += found
    return changed


def undo_run(context: TenantContext, run_id: int, if_match: int | None = None) -> None:
    """Take a run back: each field that still is as the run made it becomes what it was before."""
    with write(context) as unit:
        run = resources.find(unit, RuleRun, run_id, "run of rules", if_match)
        given = {"tenant": unit.tenant_id, "run": run_id}
        restored = rule_work.gather(unit, _TAKE_BACK, given)
        if restored:
            rule_work.revert(unit)
        unit.session.execute(delete(RuleChange).where(RuleChange.run_id == run_id))
        unit.session.execute(delete(RuleRun).where(RuleRun.id == run_id))
        unit.audit(
            "undo", "rule_run", run_id, before={**run.scope, "changed": run.changed}, after={"restored": restored}
        )


def apply_rules_to_staging(session: Session, tenant_id: int) -> None:
    """File the entries of the staging table by the rules, and remember which ones each meets for `finish_imported`.

    Only `category_id` and its source are set here; what is compared with the ledger stays as the bank said.
    """
    rules = rules_to_run(session)
    if not rules:
        return
    matcher = matcher_of(session, rules)
    parameters = {**parameters_of(session, tenant_id, rules), **matcher.parameters}
    session.execute(_STAGED_RULES)
    met = staged_hits(matcher)
    fill = text(f"INSERT INTO staged_rules (n, hits) SELECT id, hits FROM ({met}) h ON CONFLICT DO NOTHING")  # noqa: S608
    session.execute(fill, parameters)
    session.execute(text("ANALYZE staged_rules"))
    session.execute(_FILE_STAGED, parameters)


def finish_imported(unit: Write, import_id: int) -> None:
    """Do to the transactions that an import made what the rules ask besides a category: names, notes, tags, parts."""
    if unit.session.execute(text("SELECT to_regclass('pg_temp.staged_rules')")).scalar_one() is None:
        return
    parameters = parameters_of(unit.session, unit.tenant_id, rules_to_run(unit.session))
    if rule_work.gather(unit, _LANDED, {**parameters, "import": import_id}):
        rule_work.put(unit)


def fill_posted(unit: Write, transaction_ids: Sequence[int]) -> None:
    """Let the rules fill in what was left out of new transactions; what was given stays."""
    rules = rules_to_run(unit.session) if transaction_ids else []
    if rules:
        matcher = matcher_of(unit.session, rules)
        parameters = {**parameters_of(unit.session, unit.tenant_id, rules, fill=True), **matcher.parameters}
        select_ = changes(ledger_hits(matcher, f"t.id = ANY(CAST(:ids AS bigint[])) AND {UNFILED}"))
        if rule_work.gather(unit, select_, {**parameters, "ids": list(transaction_ids)}):
            rule_work.put(unit)
