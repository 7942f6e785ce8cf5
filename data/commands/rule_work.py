"""Carries out the changes that rules ask for: they are gathered in a temporary table and written as sets.

Pairs, rollups, recurring payments and alerts follow as after any other command, through what is touched here.
"""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import text

from data.commands import resources
from data.commands.unit import Write

_CREATE: Final = text(
    """
    CREATE TEMPORARY TABLE IF NOT EXISTS rule_work (
        id bigint PRIMARY KEY, account_id bigint NOT NULL, booked_on date NOT NULL, payee text,
        before jsonb NOT NULL, after jsonb NOT NULL
    ) ON COMMIT DROP
    """
)
_DAYS: Final = text(
    """
    WITH pairs AS MATERIALIZED (
        SELECT t.transfer_id FROM rule_work w JOIN transactions t ON t.tenant_id = :tenant AND t.id = w.id
        WHERE t.transfer_id IS NOT NULL
        UNION
        SELECT s.transfer_id FROM rule_work w JOIN splits s ON s.tenant_id = :tenant AND s.transaction_id = w.id
        WHERE s.transfer_id IS NOT NULL
    )
    SELECT account_id, booked_on FROM rule_work
    UNION
    SELECT t.account_id, t.booked_on FROM transactions t
    WHERE t.tenant_id = :tenant AND t.transfer_id IN (SELECT transfer_id FROM pairs)
    UNION
    SELECT t.account_id, t.booked_on FROM splits s
    JOIN transactions t ON t.tenant_id = s.tenant_id AND t.id = s.transaction_id
    WHERE s.tenant_id = :tenant AND s.transfer_id IN (SELECT transfer_id FROM pairs)
    """
)
_RENAMED: Final = text("SELECT DISTINCT account_id, coalesce(payee, '') FROM rule_work WHERE after ? 'payee'")
_PLAIN_FLOW: Final = "CASE WHEN t.pending THEN 2 WHEN t.type = 'adjustment' THEN 1 ELSE 0 END"
_TEXTS: Final = ", ".join(
    f"{name} = CASE WHEN w.after ? '{name}' THEN w.after ->> '{name}' ELSE t.{name} END"
    for name in ("payee", "counterparty", "note")
)
_PUT: Final = (
    f"""
    UPDATE transactions t SET {_TEXTS},
        category_id = CASE WHEN w.after ? 'category_id' THEN CAST(w.after ->> 'category_id' AS bigint)
                           ELSE t.category_id END,
        category_source = CASE WHEN w.after ? 'category_id' THEN 'rule' ELSE t.category_source END,
        category_confidence = CASE WHEN w.after ? 'category_id' THEN NULL ELSE t.category_confidence END,
        category_because = CASE WHEN w.after ? 'category_id' THEN 'rule ' || (w.after ->> 'rule')
                                ELSE t.category_because END,
        is_split = t.is_split OR w.after ? 'splits',
        transfer_id = CASE WHEN w.after ? 'splits' THEN NULL ELSE t.transfer_id END,
        flow = CASE WHEN w.after ? 'splits' THEN {_PLAIN_FLOW} ELSE t.flow END,
        updated_version = :version, updated_at = now()
    FROM rule_work w WHERE t.tenant_id = :tenant AND t.id = w.id
    """,  # noqa: S608 - the parts are constants of this program
    f"""
    INSERT INTO splits (tenant_id, transaction_id, position, amount, category_id, note, flow)
    SELECT :tenant, w.id, p.place, CAST(p.part ->> 'amount' AS bigint), CAST(p.part ->> 'category_id' AS bigint),
           p.part ->> 'note', {_PLAIN_FLOW}
    FROM rule_work w
    JOIN transactions t ON t.tenant_id = :tenant AND t.id = w.id
    CROSS JOIN LATERAL jsonb_array_elements(w.after -> 'splits') WITH ORDINALITY AS p(part, place)
    WHERE w.after ? 'splits'
    """,  # noqa: S608 - the parts are constants of this program
    """
    INSERT INTO taggings (tenant_id, kind, object_id, tag_id)
    SELECT :tenant, 'transaction', w.id, CAST(tag AS bigint)
    FROM rule_work w CROSS JOIN LATERAL jsonb_array_elements_text(w.after -> 'tags') AS tag
    WHERE w.after ? 'tags'
    ON CONFLICT (tenant_id, kind, object_id, tag_id) DO NOTHING
    """,
)
# What is there besides by hand, or by a later run, stays: only what still is as the run made it goes back.
_REVERT: Final = (
    f"""
    UPDATE transactions t SET {_TEXTS},
        category_id = CASE WHEN w.after ? 'category_id'
                           THEN (SELECT c.id FROM categories c WHERE c.tenant_id = :tenant
                                 AND c.id = CAST(w.after ->> 'category_id' AS bigint))
                           ELSE t.category_id END,
        category_source = CASE WHEN w.after ? 'category_id' THEN w.after ->> 'category_source'
                               ELSE t.category_source END,
        category_confidence = CASE WHEN w.after ? 'category_id' THEN CAST(w.after ->> 'category_confidence' AS real)
                                   ELSE t.category_confidence END,
        category_because = CASE WHEN w.after ? 'category_id' THEN w.after ->> 'category_because'
                                ELSE t.category_because END,
        is_split = t.is_split AND NOT w.after ? 'unsplit',
        flow = CASE WHEN w.after ? 'unsplit' THEN {_PLAIN_FLOW} ELSE t.flow END,
        updated_version = :version, updated_at = now()
    FROM rule_work w WHERE t.tenant_id = :tenant AND t.id = w.id
    """,  # noqa: S608 - the parts are constants of this program
    """
    DELETE FROM splits s USING rule_work w
    WHERE s.tenant_id = :tenant AND s.transaction_id = w.id AND w.after ? 'unsplit'
    """,
    """
    DELETE FROM taggings g USING rule_work w
    WHERE g.tenant_id = :tenant AND g.kind = 'transaction' AND g.object_id = w.id AND w.after ? 'untag'
      AND w.after -> 'untag' @> to_jsonb(g.tag_id)
    """,
)
_GATHER: Final = "INSERT INTO rule_work (id, account_id, booked_on, payee, before, after)"


def gather(unit: Write, select: str, parameters: dict[str, Any]) -> int:
    """Fill the table anew from a SELECT of this program: id, account_id, booked_on, payee, before, after. Answers how
    many rows that are."""
    session = unit.session
    session.execute(_CREATE)
    session.execute(text("TRUNCATE rule_work"))
    statement = f"{_GATHER} SELECT id, account_id, booked_on, payee, before, after FROM ({select}) gathered"  # noqa: S608
    session.execute(text(statement), parameters)
    session.execute(text("ANALYZE rule_work"))
    return int(session.execute(text("SELECT count(*) FROM rule_work")).scalar_one())


def put(unit: Write) -> None:
    """Do what is gathered."""
    _touch(unit)
    for statement in _PUT:
        resources.run(unit, statement)


def revert(unit: Write) -> None:
    """Put back what is gathered: `after` holds the fields as they were, `unsplit` and `untag` (ids)."""
    _touch(unit)
    for statement in _REVERT:
        resources.run(unit, statement)


def _touch(unit: Write) -> None:
    """Note the days of the transactions, and those of the other legs of their pairs, before anything changes."""
    rows = unit.session.execute(_DAYS, {"tenant": unit.tenant_id})
    resources.touch_lines(unit, ((row[0], row[1]) for row in rows))
    unit.payees_before.update((row[0], row[1]) for row in unit.session.execute(_RENAMED))
