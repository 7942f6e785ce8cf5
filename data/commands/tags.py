"""Make, rename, delete and merge tags."""

from __future__ import annotations

from data.commands import resources, rule_references
from data.commands.resources import Versioned
from data.commands.rule_references import IN_USE
from data.commands.unit import Write, write
from data.context import TenantContext
from data.frames.records import tag_record
from data.models.tag import Tag
from data.schemas import ledger
from data.schemas.changes import TagPatch

_USED = "SELECT 1 FROM taggings WHERE tenant_id = :tenant AND tag_id = :tag"
_STAMP_TRANSACTIONS = """
    UPDATE transactions SET updated_version = :version, updated_at = now()
    WHERE tenant_id = :tenant AND id IN (
        SELECT g.object_id FROM taggings g
        WHERE g.tenant_id = :tenant AND g.tag_id = :tag AND g.kind = 'transaction'
        UNION
        SELECT s.transaction_id FROM taggings g
        JOIN splits s ON s.tenant_id = g.tenant_id AND s.id = g.object_id
        WHERE g.tenant_id = :tenant AND g.tag_id = :tag AND g.kind = 'split')
"""
_MOVE = """
    INSERT INTO taggings (tenant_id, kind, object_id, tag_id)
    SELECT tenant_id, kind, object_id, :target FROM taggings WHERE tenant_id = :tenant AND tag_id = :tag
    ON CONFLICT (tenant_id, kind, object_id, tag_id) DO NOTHING
"""


def create_tag(context: TenantContext, new: ledger.TagIn) -> Versioned[ledger.Tag]:
    """Add a tag; `Conflict` (name_taken) when there is one of this name, whatever its letter case."""
    with write(context) as unit:
        return resources.add(unit, "tag", Tag(**unit.stamp, name=resources.plain_name(new.name)), tag_record)


def update_tag(
    context: TenantContext, tag_id: int, patch: TagPatch, if_match: int | None = None
) -> Versioned[ledger.Tag]:
    """Rename a tag everywhere; the transactions that bear it count as changed."""
    with write(context) as unit:
        row = resources.find(unit, Tag, tag_id, "tag", if_match)
        values = resources.given(patch, nullable=())
        if "name" in values:
            values["name"] = resources.plain_name(values["name"])
            if values["name"] != row.name:
                resources.run(unit, _STAMP_TRANSACTIONS, tag=row.id)
        return resources.change(unit, "tag", row, values, tag_record)


def delete_tag(context: TenantContext, tag_id: int, if_match: int | None = None, replace_by: int | None = None) -> None:
    """Remove a tag; what bears it gets `replace_by` instead. Without that a tag in use is a `Conflict`."""
    with write(context) as unit:
        row = resources.find(unit, Tag, tag_id, "tag", if_match)
        details = None
        if replace_by is not None:
            target = resources.replacement(unit, Tag, row, replace_by, "tag")
            _merge(unit, row, target)
            details = {"replaced_by": str(target.id)}
        else:
            uses = {"transactions": _USED, "rules": IN_USE["tag"]}
            used = {what: resources.holds(unit, found, tag=row.id) for what, found in uses.items()}
            resources.refuse_in_use("tag", used)
        resources.remove(unit, "tag", row, tag_record(row), details=details)


def _merge(unit: Write, row: Tag, target: Tag) -> None:
    resources.run(unit, _STAMP_TRANSACTIONS, tag=row.id)
    resources.run(unit, _MOVE, tag=row.id, target=target.id)
    rule_references.move(unit, "tag", row.id, target.id)
