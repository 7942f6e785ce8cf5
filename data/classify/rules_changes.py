"""What rules would change: one SELECT that trying out and applying share, so that they cannot differ.

For each field the first rule in order that sets it decides; tags are added by all. The SELECTs here answer rows of
id, account_id, booked_on, payee, amount, currency and, as JSON, the changed fields `before` and `after`: texts, ids,
`tags` (ids, the added ones), `splits` (amounts in minor units), and `rule`, the one that files the transaction.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from data.classify.rules_match import Json, Matcher, PlainRule

_UNIT: Final = "CAST(CAST(:units AS jsonb) ->> a.currency AS numeric) AS unit"
_LEDGER: Final = f"""
    SELECT t.id, t.account_id, t.booked_on, t.amount, t.payee, t.counterparty, t.purpose, t.reference, t.note,
           t.category_id, t.category_source, t.category_confidence, t.category_because, t.mcc, t.pending, t.import_line,
           CASE WHEN t.is_split THEN -1 ELSE coalesce(t.category_id, 0) END AS filed,
           t.is_split OR EXISTS (
               SELECT 1 FROM transfers p WHERE p.tenant_id = :tenant AND p.id = t.transfer_id AND p.confirmed
           ) AS locked,
           a.currency, {_UNIT}
    FROM transactions t JOIN accounts a ON a.tenant_id = :tenant AND a.id = t.account_id
    WHERE t.tenant_id = :tenant AND t.type = 'normal' AND
"""  # noqa: S608 - the parts are constants of this program
_STAGED: Final = f"""
    SELECT e.n AS id, e.account_id, e.booked_on, e.amount, e.payee, e.counterparty, e.purpose, e.reference,
           CAST(NULL AS text) AS note, e.mcc,
           CASE WHEN e.is_split THEN -1 ELSE coalesce(e.category_id, 0) END AS filed, e.is_split, {_UNIT}
    FROM staging e JOIN accounts a ON a.tenant_id = :tenant AND a.id = e.account_id
    WHERE e.status IN ('new', 'review')
"""  # noqa: S608 - the parts are constants of this program
_LANDED: Final = f"""
    SELECT s.*, x.hits FROM ({_LEDGER} t.import_id = :import) s JOIN staged_rules x ON x.n = s.import_line
"""  # noqa: S608 - the parts are constants of this program
_OUTCOMES: Final = """
    effects AS (
        SELECT * FROM jsonb_to_recordset(CAST(:effects AS jsonb)) AS e(
            place smallint, rule bigint, filing boolean, category_id bigint, counterparty text, parts jsonb,
            payee text, note text, tags jsonb)
    ), outcome AS (
        SELECT met.hits, min(e.place) FILTER (WHERE e.filing) AS filer,
               (array_agg(e.payee ORDER BY e.place) FILTER (WHERE e.payee IS NOT NULL))[1] AS payee,
               (array_agg(e.note ORDER BY e.place) FILTER (WHERE e.note IS NOT NULL))[1] AS note,
               (SELECT array_agg(DISTINCT CAST(tag AS bigint))
                FROM unnest(met.hits) AS p(place) JOIN effects x ON x.place = p.place
                CROSS JOIN LATERAL jsonb_array_elements_text(x.tags) AS tag) AS tags
        FROM (SELECT DISTINCT hits FROM hit) met
        CROSS JOIN LATERAL unnest(met.hits) AS p(place) JOIN effects e ON e.place = p.place
        GROUP BY met.hits
    )
"""
# Rounded on the running sum, so that the parts stay on the amount's side of zero and the last takes what is left.
_PARTS: Final = """
    SELECT jsonb_agg(jsonb_build_object('amount', part.upto - part.before, 'category_id', part.category_id,
                                        'note', part.note) ORDER BY part.place)
    FROM (
        SELECT place, category_id, note, upto, lag(upto, 1, CAST(0 AS bigint)) OVER (ORDER BY place) AS before
        FROM (
            SELECT x.place, x.category_id, x.note,
                   CASE WHEN x.last THEN h.amount ELSE CAST(round(sum(
                       coalesce(h.amount * x.percent / 100, sign(h.amount) * x.amount * h.unit)
                   ) OVER (ORDER BY x.place)) AS bigint) END AS upto
            FROM jsonb_to_recordset(f.parts) AS x(
                place integer, last boolean, percent numeric, amount numeric, category_id bigint, note text)
        ) running
    ) part
"""
_CHANGES: Final = f"""
    SELECT h.id, h.account_id, h.booked_on, h.payee, h.amount, h.currency,
           CASE WHEN d.parts IS NOT NULL OR d.files THEN jsonb_build_object(
                'category_id', h.category_id, 'category_source', h.category_source,
                'category_confidence', h.category_confidence, 'category_because', h.category_because)
                ELSE '{{}}' END
           || CASE WHEN d.directs THEN jsonb_build_object('counterparty', h.counterparty) ELSE '{{}}' END
           || CASE WHEN d.names THEN jsonb_build_object('payee', h.payee) ELSE '{{}}' END
           || CASE WHEN d.notes THEN jsonb_build_object('note', h.note) ELSE '{{}}' END AS before,
           CASE WHEN d.parts IS NOT NULL
                THEN jsonb_build_object('category_id', null, 'splits', d.parts, 'rule', f.rule)
                WHEN d.files THEN jsonb_build_object('category_id', f.category_id, 'rule', f.rule)
                ELSE '{{}}' END
           || CASE WHEN d.directs THEN jsonb_build_object('counterparty', f.counterparty) ELSE '{{}}' END
           || CASE WHEN d.names THEN jsonb_build_object('payee', o.payee) ELSE '{{}}' END
           || CASE WHEN d.notes THEN jsonb_build_object('note', o.note) ELSE '{{}}' END
           || CASE WHEN cardinality(d.tags) > 0 THEN jsonb_build_object('tags', d.tags) ELSE '{{}}' END AS after
    FROM hit h
    JOIN outcome o ON o.hits = h.hits
    LEFT JOIN effects f ON f.place = o.filer AND NOT h.locked AND (NOT :fill OR h.category_id IS NULL)
    CROSS JOIN LATERAL (
        SELECT CASE WHEN f.parts IS NOT NULL THEN ({_PARTS}) END AS parts,
               coalesce(f.category_id <> coalesce(h.category_id, 0), false) AS files,
               coalesce(f.counterparty <> coalesce(h.counterparty, ''), false) AS directs,
               coalesce(o.payee <> coalesce(h.payee, ''), false) AND NOT h.pending
                   AND (NOT :fill OR h.payee IS NULL) AS names,
               coalesce(o.note <> coalesce(h.note, ''), false) AND (NOT :fill OR h.note IS NULL) AS notes,
               CASE WHEN o.tags IS NOT NULL THEN ARRAY(
                   SELECT tag FROM unnest(o.tags) AS tag WHERE NOT EXISTS (
                       SELECT 1 FROM taggings g WHERE g.tenant_id = :tenant AND g.kind = 'transaction'
                         AND g.object_id = h.id AND (:fill OR g.tag_id = tag))
                   ORDER BY tag) END AS tags
        OFFSET 0
    ) d
    WHERE d.parts IS NOT NULL OR d.files OR d.directs OR d.names OR d.notes OR cardinality(d.tags) > 0
"""  # noqa: S608 - the parts are constants of this program


def ledger_hits(matcher: Matcher, where: str) -> str:
    """The transactions `t` of the ledger that `where` names and that meet a rule, each with its `hits`."""
    return _hits(matcher, f"{_LEDGER} {where}")


def staged_hits(matcher: Matcher) -> str:
    """The entries of the staging table that can become transactions and meet a rule."""
    return _hits(matcher, _STAGED)


def landed_hits() -> str:
    """The transactions of an import (`:import`), with the hits that their entries had in the table `staged_rules`."""
    return _LANDED


def ledger_rows(where: str) -> str:
    """The transactions that rules are asked about."""
    return f"{_LEDGER} {where}"


def _hits(matcher: Matcher, source: str) -> str:
    return f"""
        SELECT s.*, m.hits FROM ({source}) s
        CROSS JOIN LATERAL (SELECT {matcher.folds} OFFSET 0) f
        CROSS JOIN LATERAL (SELECT {matcher.hits} AS hits OFFSET 0) m
        WHERE cardinality(m.hits) > 0
    """  # noqa: S608 - SQL of this program, values are parameters


def changes(hits: str) -> str:
    """The WITH list and the SELECT of what the hits change. Parameters: tenant, units, effects, fill (change nothing
    that is there) and those of the hits."""
    return f"WITH hit AS MATERIALIZED ({hits}), {_OUTCOMES} {_CHANGES}"


def outcomes_of(hits: str) -> str:
    """The WITH list `hit`, `effects`, `outcome` alone."""
    return f"WITH hit AS MATERIALIZED ({hits}), {_OUTCOMES}"


def newest_changes(hits: str) -> str:
    """How many rows there are in all (matched, changed), with the newest `:shown` of the changed."""
    return f"""
        {outcomes_of(hits)}, changed AS MATERIALIZED ({_CHANGES})
        SELECT counted.*, newest.*
        FROM (SELECT (SELECT count(*) FROM hit) AS matched, (SELECT count(*) FROM changed) AS changed) counted
        LEFT JOIN LATERAL (SELECT * FROM changed ORDER BY booked_on DESC, id DESC LIMIT :shown) newest ON true
    """  # noqa: S608 - SQL of this program, values are parameters


def effects(rules: Sequence[PlainRule], counterparties: dict[int, str]) -> list[Json]:
    """What each rule does, for the parameter `effects`; `counterparties` are the names by which accounts are known."""
    return [_effect(place, rule, counterparties) for place, rule in enumerate(rules, start=1)]


def _effect(place: int, rule: PlainRule, counterparties: dict[int, str]) -> Json:
    acts: dict[str, Any] = {action["type"]: action for action in rule.actions}
    filing = acts.get("set_category") or acts.get("set_transfer") or {}
    account_id = filing.get("account_id")
    parts = acts["split"]["parts"] if "split" in acts else None
    return {
        "place": place,
        "rule": rule.id,
        "filing": bool(filing or parts),
        "category_id": filing.get("category_id"),
        "counterparty": None if account_id is None else counterparties[int(account_id)],
        "parts": parts and [{**part, "place": n, "last": n == len(parts)} for n, part in enumerate(parts, start=1)],
        "payee": acts["set_payee"]["payee"] if "set_payee" in acts else None,
        "note": acts["set_note"]["note"] if "set_note" in acts else None,
        "tags": acts["add_tags"]["tag_ids"] if "add_tags" in acts else None,
    }
