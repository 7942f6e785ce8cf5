"""Checks what an input refers to: accounts, categories and tags must be the tenant's own."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from core.errors import Invalid
from data.commands.unit import Write
from data.models.account import Account
from data.models.category import Category
from data.models.tag import Tag, Tagging


def accounts_named(session: Session, texts: Iterable[str], field: str = "account_id") -> dict[str, Account]:
    """The accounts behind these ids; `Invalid` names `field` for one that is not the tenant's."""
    wanted = {text: _number(text, field, "account") for text in texts}
    rows = {row.id: row for row in session.scalars(select(Account).where(Account.id.in_(wanted.values())))}
    for text, number in wanted.items():
        if number not in rows:
            raise Invalid.field(field, f"there is no account {text}")
    return {text: rows[number] for text, number in wanted.items()}


def categories_named(session: Session, texts: Iterable[str], field: str = "category_id") -> dict[str, int]:
    """The numbers behind these category ids; `Invalid` names `field` for one that is not the tenant's."""
    wanted = {text: _number(text, field, "category") for text in texts}
    if not wanted:
        return {}
    found = set(session.scalars(select(Category.id).where(Category.id.in_(wanted.values()))))
    for text, number in wanted.items():
        if number not in found:
            raise Invalid.field(field, f"there is no category {text}")
    return wanted


def _number(text: str, field: str, noun: str) -> int:
    if not (text.isascii() and text.isdecimal() and 0 < len(text) < 19):
        raise Invalid.field(field, f"there is no {noun} {text[:40]}")
    return int(text)


def tags_named(unit: Write, names: Iterable[str]) -> dict[str, int]:
    """The tags of these names by their lower case, made when new; blank names are left out."""
    wanted = {name.strip().lower(): name.strip() for name in names if name.strip()}
    if not wanted:
        return {}
    stored = unit.session.execute(select(func.lower(Tag.name), Tag.id).where(func.lower(Tag.name).in_(wanted)))
    known: dict[str, int] = {row[0]: row[1] for row in stored}
    for key in sorted(set(wanted) - set(known)):
        new = insert(Tag).values(name=wanted[key], **unit.stamp).returning(Tag.id)
        known[key] = unit.session.execute(new).scalar_one()
    return known


def tag_objects(unit: Write, kind: str, tags: dict[int, list[str]]) -> None:
    """Put tags (by name, made when new) on objects of `kind`: object id -> names."""
    known = tags_named(unit, (name for each in tags.values() for name in each))
    if not known:
        return
    rows = [
        {"tenant_id": unit.tenant_id, "kind": kind, "object_id": object_id, "tag_id": known[key]}
        for object_id, each in tags.items()
        for key in sorted({name.strip().lower() for name in each} & set(known))
    ]
    unit.session.execute(insert(Tagging), rows)
