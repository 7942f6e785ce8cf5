"""A person's saved views."""

from __future__ import annotations

from sqlalchemy import select

from core.errors import NotFound
from data.context import TenantContext
from data.frames.resources import tenant_version
from data.models.view import SavedView
from data.schemas import views as schemas
from data.schemas.pages import DEFAULT_LIMIT, Page, read_cursor, write_cursor


def view_record(row: SavedView) -> schemas.SavedView:
    return schemas.SavedView(id=str(row.id), name=row.name, path=row.path, query=row.query)


def list_views(
    context: TenantContext, person_id: int, limit: int = DEFAULT_LIMIT, cursor: str | None = None
) -> Page[schemas.SavedView]:
    """A page of the person's views, by id."""
    resource = context.list_name("views")
    after = 0 if cursor is None else int(read_cursor(resource, cursor, int)[0])
    own = select(SavedView).where(SavedView.person_id == person_id, SavedView.id > after)
    with context.db.reading() as session:
        rows = session.scalars(own.order_by(SavedView.id).limit(limit + 1)).all()
        following = write_cursor(resource, rows[limit - 1].id) if len(rows) > limit else None
        return Page[schemas.SavedView](
            data=[view_record(row) for row in rows[:limit]], next_cursor=following, version=tenant_version(session)
        )


def get_view(context: TenantContext, person_id: int, view_id: int) -> tuple[schemas.SavedView, int]:
    """One of the person's views and its revision."""
    own = select(SavedView).where(SavedView.id == view_id, SavedView.person_id == person_id)
    with context.db.reading() as session:
        row = session.scalars(own).first()
        if row is None:
            raise NotFound(f"There is no view {view_id}")
        return view_record(row), row.revision
