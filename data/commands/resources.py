"""What the commands on small resources (accounts, categories, tags, budgets, rates) share.

They answer a resource together with the version at which it was last changed: the API's ETag.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any, TypeVar

from pydantic import BaseModel
from sqlalchemy import delete, func, select, text

from core.errors import Conflict, FieldError, Invalid, NotFound, PreconditionFailed
from core.money import format_amount, parse_amount
from data.commands.conflicts import readable_conflicts
from data.commands.unit import Write
from data.models.base import Resource
from data.models.tag import Tagging

Row = TypeVar("Row", bound=Resource)
Record = TypeVar("Record", bound=BaseModel)
Versioned = tuple[Record, int]
"""A resource as the API shows it, and the tenant's version at which it was last changed."""


def find(unit: Write, model: type[Row], object_id: int, noun: str, if_match: int | None = None) -> Row:
    """The tenant's row; `NotFound`, or `PreconditionFailed` when it was changed after version `if_match`."""
    row = unit.session.scalars(select(model).where(model.id == object_id)).first()
    if row is None:
        raise NotFound(f"There is no {noun} {object_id}")
    if if_match is not None and row.updated_version != if_match:
        raise PreconditionFailed(f"The {noun} was changed in the meantime: read it again")
    return row


def replacement(unit: Write, model: type[Row], row: Row, object_id: int, noun: str) -> Row:
    """What `replace_by` names: another row of the same table."""
    if object_id == row.id:
        raise Invalid.field("replace_by", f"must be another {noun}")
    return find(unit, model, object_id, noun)


def given(patch: BaseModel, nullable: Iterable[str]) -> dict[str, Any]:
    """The fields that a merge patch sets; `Invalid` names those that must not be null."""
    values = {name: getattr(patch, name) for name in type(patch).model_fields if name in patch.model_fields_set}
    missing = sorted(name for name, value in values.items() if value is None and name not in set(nullable))
    if missing:
        errors = tuple(FieldError(name, "must not be null") for name in missing)
        raise Invalid(f"Must not be null: {', '.join(missing)}", errors=errors)
    return values


def plain_name(value: str, field: str = "name") -> str:
    """A name without blanks around it; `Invalid` when nothing is left."""
    name = value.strip()
    if not name:
        raise Invalid.field(field, "must not be blank")
    return name


def recast(minor: int | None, old: str, new: str) -> int | None:
    """The same decimal number as minor units of another currency; `Invalid` when that has fewer decimals."""
    if minor is None or old == new:
        return minor
    return parse_amount(format_amount(minor, old), new, field="currency")


def add(unit: Write, kind: str, row: Row, record: Callable[[Row], Record]) -> Versioned[Record]:
    """Store a new row and note it in the audit log."""
    with readable_conflicts():
        unit.session.add(row)
        unit.session.flush()
    answer = record(row)
    unit.audit("create", kind, row.id, after=answer.model_dump(mode="json", by_alias=True))
    return answer, row.updated_version


def change(
    unit: Write, kind: str, row: Row, values: dict[str, Any], record: Callable[[Row], Record]
) -> Versioned[Record]:
    """Write the columns that differ; what stays as it is keeps its version."""
    before = record(row)
    changed = {name: value for name, value in values.items() if getattr(row, name) != value}
    for name, value in changed.items():
        setattr(row, name, value)
    if changed:
        stamp(unit, row)
    with readable_conflicts():
        unit.session.flush()
    after = record(row)
    audit_change(unit, kind, row.id, before, after)
    return after, row.updated_version


def stamp(unit: Write, row: Resource) -> None:
    """Note on the row that this write changed it."""
    row.updated_version = unit.version
    row.updated_at = func.now()


def audit_change(unit: Write, kind: str, object_id: int, before: BaseModel, after: BaseModel) -> None:
    """Note the fields that differ in the audit log; nothing when none does."""
    old, new = (each.model_dump(mode="json", by_alias=True) for each in (before, after))
    names = [name for name in new if new[name] != old[name]]
    if names:
        unit.audit("update", kind, object_id, {name: old[name] for name in names}, {name: new[name] for name in names})


def remove(unit: Write, kind: str, row: Row, before: BaseModel, *, details: dict[str, Any] | None = None) -> None:
    """Delete a row that nothing refers to any more, with its own tags; leaves a tombstone and an audit row."""
    unit.session.execute(delete(Tagging).where(Tagging.kind == kind, Tagging.object_id == row.id))
    with readable_conflicts():
        unit.session.delete(row)
        unit.session.flush()
    unit.deleted(kind, [row.id])
    unit.audit("delete", kind, row.id, before.model_dump(mode="json", by_alias=True), details)


def refuse_in_use(noun: str, uses: dict[str, bool]) -> None:
    """`Conflict` (in_use) when one of `uses` (what -> whether) holds."""
    found = [what for what, used in uses.items() if used]
    if found:
        raise Conflict(
            f"The {noun} is used by {', '.join(found)}; delete with replace_by to move them to another {noun}",
            code="in_use",
        )


def touch_lines(unit: Write, rows: Iterable[tuple[int, date]]) -> None:
    """Touch the days (account id, day) of lines whose meaning changes."""
    for account_id, day in rows:
        unit.touch(account_id, [day])


def run(unit: Write, statement: str, **parameters: object) -> None:
    """Execute one plain statement; `:tenant` and `:version` are set."""
    with readable_conflicts():
        unit.session.execute(text(statement), {"tenant": unit.tenant_id, "version": unit.version, **parameters})


def holds(unit: Write, condition: str, **parameters: object) -> bool:
    """Whether a plain SELECT finds anything; `:tenant` is set."""
    found = unit.session.execute(text(f"{condition} LIMIT 1"), {"tenant": unit.tenant_id, **parameters})
    return found.first() is not None
