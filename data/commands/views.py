"""Keep, rename and forget a person's views. No figure depends on them, so the tenant's version stays."""

from __future__ import annotations

from typing import Final

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from core.errors import Conflict, NotFound, PreconditionFailed
from data.commands import resources
from data.commands.conflicts import readable_conflicts
from data.commands.resources import Versioned
from data.context import TenantContext
from data.frames.views import view_record
from data.models.view import SavedView
from data.schemas import views as schemas

MOST: Final = 200
"""How many views a person may keep in a tenant."""


def create_view(context: TenantContext, person_id: int, new: schemas.SavedViewIn) -> Versioned[schemas.SavedView]:
    """Keep a view; `Conflict` (name_taken) when the person has one of this name, whatever its letter case."""
    row = SavedView(
        tenant_id=context.tenant.id,
        person_id=person_id,
        name=resources.plain_name(new.name),
        path=new.path,
        query=new.query,
        revision=1,
    )
    with context.db.writing() as session, readable_conflicts():
        own = select(func.count()).select_from(SavedView).where(SavedView.person_id == person_id)
        if session.execute(own).scalar_one() >= MOST:
            raise Conflict(f"You have {MOST} views already", code="too_many_views")
        session.add(row)
        session.flush()
        return view_record(row), row.revision


def update_view(
    context: TenantContext, person_id: int, view_id: int, patch: schemas.SavedViewPatch, if_match: int | None = None
) -> Versioned[schemas.SavedView]:
    """Give a view another name, or another page."""
    values = resources.given(patch, nullable=())
    if "name" in values:
        values["name"] = resources.plain_name(values["name"])
    with context.db.writing() as session, readable_conflicts():
        row = _find(session, person_id, view_id, if_match)
        changed = {name: value for name, value in values.items() if getattr(row, name) != value}
        for name, value in changed.items():
            setattr(row, name, value)
        if changed:
            row.revision += 1
        session.flush()
        return view_record(row), row.revision


def delete_view(context: TenantContext, person_id: int, view_id: int, if_match: int | None = None) -> None:
    """Forget a view."""
    with context.db.writing() as session:
        row = _find(session, person_id, view_id, if_match)
        session.execute(delete(SavedView).where(SavedView.id == row.id))


def _find(session: Session, person_id: int, view_id: int, if_match: int | None) -> SavedView:
    own = select(SavedView).where(SavedView.id == view_id, SavedView.person_id == person_id).with_for_update()
    row = session.scalars(own).first()
    if row is None:
        raise NotFound(f"There is no view {view_id}")
    if if_match is not None and row.revision != if_match:
        raise PreconditionFailed("The view was changed in the meantime: read it again")
    return row
