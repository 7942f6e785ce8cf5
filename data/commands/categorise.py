"""Categorise transactions that have no category, take learned categories back, set how it is done."""

from __future__ import annotations

from typing import Final, Literal, cast

from sqlalchemy import delete, text
from sqlalchemy.dialects.postgresql import insert

from core.errors import Invalid
from core.money import format_amount
from data.classify import mcc
from data.classify.assign import assign
from data.classify.settings import Wishes, read_wishes
from data.commands import resources
from data.commands.references import categories_named
from data.commands.unit import Write, write
from data.context import TenantContext
from data.models.learning import CategoryLearning, MccLink
from data.schemas.categorise import (
    Categorised,
    CategoriseIn,
    CategoriseResult,
    CategoriseSettings,
    CategoriseSettingsIn,
    MccChoice,
    UndoResult,
)

MOST: Final = 100_000
"""Transactions looked at by one command, newest first."""
_PREVIEW: Final = 50
# In the shape of the table through which files come, so that both are categorised alike. Legs of transfers stay as
# they are.
_FILL: Final = (
    "DROP TABLE IF EXISTS pg_temp.staging",
    """
    CREATE TEMPORARY TABLE staging ON COMMIT DROP AS
    SELECT id AS n, account_id, booked_on, amount, payee, counterparty, purpose, reference, category_id, pending,
           is_split, mcc, category_source, category_confidence, category_because, CAST('new' AS text) AS status
    FROM transactions
    WHERE tenant_id = :tenant AND category_id IS NULL AND category_source IS NULL AND NOT is_split AND amount <> 0
      AND type = 'normal' AND transfer_id IS NULL
      AND booked_on >= coalesce(CAST(:first AS date), '-infinity')
      AND booked_on <= coalesce(CAST(:last AS date), 'infinity')
    ORDER BY booked_on DESC, id DESC LIMIT :most
    """,
    "ANALYZE staging",
)
_COUNT: Final = text("SELECT category_source, count(*) FROM staging GROUP BY category_source")
_FIRST: Final = text(
    """
    SELECT s.*, a.currency FROM staging s JOIN accounts a ON a.tenant_id = :tenant AND a.id = s.account_id
    WHERE s.category_id IS NOT NULL ORDER BY s.booked_on DESC, s.n DESC LIMIT :most
    """
)
_DAYS: Final = text("SELECT DISTINCT account_id, booked_on FROM staging WHERE category_id IS NOT NULL")
_STORE: Final = """
    UPDATE transactions t
    SET category_id = s.category_id, category_source = s.category_source, category_confidence = s.category_confidence,
        category_because = s.category_because, updated_version = :version, updated_at = now()
    FROM staging s
    WHERE t.tenant_id = :tenant AND t.id = s.n AND s.category_id IS NOT NULL
"""
_LEARNED_DAYS: Final = text(
    """
    SELECT DISTINCT account_id, booked_on FROM transactions WHERE tenant_id = :tenant AND category_source = 'learned'
    """
)
_TAKE_BACK: Final = text(
    """
    UPDATE transactions
    SET category_id = NULL, category_source = NULL, category_confidence = NULL, category_because = NULL,
        updated_version = :version, updated_at = now()
    WHERE tenant_id = :tenant AND category_source = 'learned'
    RETURNING id
    """
)


def categorise(context: TenantContext, wanted: CategoriseIn) -> CategoriseResult:
    """Give the newest `MOST` transactions without a category one where it can be told. A dry run changes nothing."""
    with write(context) as unit:
        unit.discard = wanted.dry_run
        parameters = {"tenant": unit.tenant_id, "first": wanted.from_, "last": wanted.to, "most": MOST}
        for statement in _FILL:
            unit.session.execute(text(statement), parameters if ":tenant" in statement else {})
        assign(unit.session, unit.tenant_id, wanted.min_confidence)
        result = _result(unit, dry_run=wanted.dry_run)
        if result.categorised and not wanted.dry_run:
            resources.touch_lines(unit, ((row[0], row[1]) for row in unit.session.execute(_DAYS)))
            resources.run(unit, _STORE)
            unit.audit("categorise", "transaction", None, after=result.model_dump()["by_source"])
        return result


def _result(unit: Write, *, dry_run: bool) -> CategoriseResult:
    counts: dict[str | None, int] = {row[0]: row[1] for row in unit.session.execute(_COUNT)}
    shown = unit.session.execute(_FIRST, {"tenant": unit.tenant_id, "most": _PREVIEW})
    return CategoriseResult(
        dry_run=dry_run,
        looked_at=sum(counts.values()),
        categorised=counts.get("mcc", 0) + counts.get("learned", 0),
        by_source={"mcc": counts.get("mcc", 0), "learned": counts.get("learned", 0)},
        preview=[
            Categorised(
                transaction_id=str(row.n),
                booked_on=row.booked_on,
                amount=format_amount(row.amount, row.currency),
                currency=row.currency,
                payee=row.payee,
                category_id=str(row.category_id),
                source=cast(Literal["mcc", "learned"], row.category_source),
                confidence=None if row.category_confidence is None else round(row.category_confidence, 4),
                because=row.category_because,
            )
            for row in shown
        ],
    )


def undo_categorise(context: TenantContext) -> UndoResult:
    """Take back every learned category that no person confirmed."""
    with write(context) as unit:
        resources.touch_lines(
            unit, ((row[0], row[1]) for row in unit.session.execute(_LEARNED_DAYS, {"tenant": unit.tenant_id}))
        )
        stored = unit.session.execute(_TAKE_BACK, {"tenant": unit.tenant_id, "version": unit.version})
        taken_back = len(stored.all())
        unit.audit("take back", "categorise", None, after={"learned": taken_back})
        return UndoResult(taken_back=taken_back)


def get_settings(context: TenantContext) -> CategoriseSettings:
    """How the tenant's lines are categorised."""
    with context.db.reading() as session:
        return _settings(read_wishes(session))


def set_settings(context: TenantContext, new: CategoriseSettingsIn) -> CategoriseSettings:
    """Change what is given."""
    with write(context) as unit:
        before = _settings(read_wishes(unit.session))
        values = {name: value for name in ("learn", "min_confidence") if (value := getattr(new, name)) is not None}
        if values:
            statement = insert(CategoryLearning).values(tenant_id=unit.tenant_id, **values)
            unit.session.execute(statement.on_conflict_do_update(index_elements=["tenant_id"], set_=values))
        _link(unit, new.mcc or {})
        unit.session.expire_all()
        after = _settings(read_wishes(unit.session))
        unit.audit("update", "categorise", None, before.model_dump(mode="json"), after.model_dump(mode="json"))
        return after


def _link(unit: Write, wanted: dict[str, str | None]) -> None:
    unknown = sorted(set(wanted) - set(mcc.GROUPS))
    if unknown:
        raise Invalid.field("mcc", f"there is no group {unknown[0][:40]}")
    numbers = categories_named(unit.session, {each for each in wanted.values() if each is not None}, "mcc")
    unit.session.execute(delete(MccLink).where(MccLink.mcc_group.in_(list(wanted))))
    rows = [
        {"tenant_id": unit.tenant_id, "mcc_group": group, "category_id": numbers[each]}
        for group, each in wanted.items()
        if each is not None
    ]
    if rows:
        unit.session.execute(insert(MccLink), rows)


def _settings(wishes: Wishes) -> CategoriseSettings:
    return CategoriseSettings(
        learn=wishes.learn,
        min_confidence=wishes.min_confidence,
        mcc=[
            MccChoice(
                group=group,
                category_id=str(wishes.groups[group]) if group in wishes.groups else None,
                linked=group in wishes.links,
            )
            for group in mcc.GROUPS
        ],
    )
