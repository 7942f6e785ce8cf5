"""What rules refer to: checked when a rule is stored, in use while it is, moved when something takes its place."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Final, Literal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.errors import Invalid
from data.classify.rules_match import UNCATEGORISED
from data.commands import resources
from data.commands.references import accounts_named, categories_named
from data.commands.unit import Write
from data.frames.rules import check_patterns, rule_records, rule_rows
from data.models.category import Category
from data.models.rule import Rule
from data.schemas.rule_parts import Action, Condition

Json = dict[str, Any]
TagIds = Callable[[Iterable[str]], dict[str, int]]
Kind = Literal["account", "category", "tag"]
_FIELDS: Final[dict[Kind, str]] = {"account": "account_id", "category": "category_id"}
_ID: Final = "jsonb_build_object('id', CAST(CAST(:{0} AS bigint) AS text))"
_USING: Final = f"""
    SELECT 1 FROM rules WHERE tenant_id = :tenant AND (
        jsonb_path_exists(actions, '$.**.{{0}}_id ? (@ == $id)', {_ID}) OR
        jsonb_path_exists(conditions, '$[*] ? (@.field == "{{0}}_id" && @.value == $id)', {_ID}))
"""  # noqa: S608 - the parts are constants of this program
IN_USE: Final[dict[Kind, str]] = {
    "account": _USING.format("account"),
    "category": _USING.format("category"),
    "tag": (
        "SELECT 1 FROM rules WHERE tenant_id = :tenant AND jsonb_path_exists(actions, '$[*].tag_ids ? (@ == $id)', "
        "jsonb_build_object('id', CAST(:tag AS bigint)))"
    ),
}
"""The SELECTs of rules that refer to `:account`, `:category` or `:tag`, for `data.commands.resources.holds`."""


def stored_conditions(session: Session, conditions: list[Condition], field: str = "conditions") -> list[Json]:
    """The conditions as they are stored; `Invalid` names one that refers to what is not the tenant's, or whose
    pattern cannot be used."""
    for place, condition in enumerate(conditions):
        values = condition.value if isinstance(condition.value, list) else [condition.value]
        name = f"{field}.{place}.value"
        if condition.field == "account_id":
            accounts_named(session, values, name)
        elif condition.field == "category_id":
            categories_named(session, [each for each in values if each != UNCATEGORISED], name)
    stored = [condition.model_dump(mode="json") for condition in conditions]
    check_patterns(session, stored, field)
    return stored


def stored_actions(session: Session, actions: list[Action], tags: TagIds, field: str = "actions") -> list[Json]:
    """The actions as they are stored; `Invalid` names one that refers to what is not the tenant's. `tags` answers ids
    for names, by lower case."""
    return [_stored(session, action, tags, f"{field}.{place}") for place, action in enumerate(actions)]


def _stored(session: Session, action: Action, tags: TagIds, name: str) -> Json:
    values = action.model_dump(mode="json")
    if action.type == "add_tags":
        ids = list(tags(action.tags).values())
        if not ids:
            raise Invalid.field(f"{name}.tags", "must not be blank")
        return {"type": action.type, "tag_ids": ids}
    if action.type == "set_category":
        categories_named(session, [action.category_id], f"{name}.category_id")
    elif action.type == "split":
        named = {part.category_id for part in action.parts if part.category_id is not None}
        categories_named(session, named, f"{name}.parts")
    elif action.type == "set_transfer":
        if action.account_id is not None:
            accounts_named(session, [action.account_id], f"{name}.account_id")
        values["category_id"] = _transfer_category(session, action.category_id, f"{name}.category_id")
    return values


def _transfer_category(session: Session, given: str | None, name: str) -> str:
    """The category that a transfer gets: the given one, else the tenant's first of kind transfer."""
    if given is None:
        found = session.execute(select(func.min(Category.id)).where(Category.kind == "transfer")).scalar_one()
        if found is None:
            raise Invalid.field(name, "is missing: there is no category of kind transfer yet")
        return str(found)
    (number,) = categories_named(session, [given], name).values()
    kind = session.execute(select(Category.kind).where(Category.id == number)).scalar_one()
    if kind not in ("transfer", "saving"):
        raise Invalid.field(name, "must be of kind transfer or saving")
    return given


def move(unit: Write, kind: Kind, source_id: int, target_id: int) -> None:
    """Have the rules, and what is remembered of their runs, refer to `target_id` where they did to `source_id`."""
    for row in rule_rows(unit.session):
        conditions = [_moved_condition(each, kind, source_id, target_id) for each in row.conditions]
        actions = _moved(row.actions, kind, source_id, target_id)
        _change(unit, row, conditions, actions)
    if kind == "category":
        for statement in _MOVE_CHANGES:
            resources.run(unit, statement, source=source_id, target=target_id)


def _change(unit: Write, row: Rule, conditions: list[Json], actions: list[Json]) -> None:
    if (conditions, actions) != (row.conditions, row.actions):
        (before,) = rule_records(unit.session, [row])
        row.conditions, row.actions = conditions, actions
        resources.stamp(unit, row)
        unit.session.flush()
        (after,) = rule_records(unit.session, [row])
        resources.audit_change(unit, "rule", row.id, before, after)


def _moved_condition(condition: Json, kind: Kind, source_id: int, target_id: int) -> Json:
    if condition["field"] != _FIELDS.get(kind):
        return condition
    value, source, target = condition["value"], str(source_id), str(target_id)
    if isinstance(value, list):
        return {**condition, "value": list(dict.fromkeys(target if each == source else each for each in value))}
    return {**condition, "value": target if value == source else value}


def _moved(value: Any, kind: Kind, source_id: int, target_id: int) -> Any:
    """The JSON of actions with the one id for the other, wherever it stands."""
    if isinstance(value, list):
        return [_moved(each, kind, source_id, target_id) for each in value]
    if not isinstance(value, dict):
        return value
    if kind == "tag" and "tag_ids" in value:
        ids = dict.fromkeys(target_id if each == source_id else each for each in value["tag_ids"])
        return {**value, "tag_ids": list(ids)}
    moved = {name: _moved(each, kind, source_id, target_id) for name, each in value.items()}
    if kind in _FIELDS and moved.get(_FIELDS[kind]) == str(source_id):
        moved[_FIELDS[kind]] = str(target_id)
    return moved


# What a run did with a category that is another now is taken back as if it always had been that one.
_MOVE_CHANGES: Final = (
    *(
        f"""
        UPDATE rule_changes SET {column} = jsonb_set({column}, '{{category_id}}', to_jsonb(CAST(:target AS bigint)))
        WHERE tenant_id = :tenant AND {column} -> 'category_id' = to_jsonb(CAST(:source AS bigint))
        """  # noqa: S608 - the parts are constants of this program
        for column in ("before", "after")
    ),
    """
    UPDATE rule_changes SET after = jsonb_set(after, '{splits}', (
        SELECT jsonb_agg(CASE WHEN part -> 'category_id' = to_jsonb(CAST(:source AS bigint))
                         THEN jsonb_set(part, '{category_id}', to_jsonb(CAST(:target AS bigint))) ELSE part END
                         ORDER BY place)
        FROM jsonb_array_elements(after -> 'splits') WITH ORDINALITY AS parts(part, place)))
    WHERE tenant_id = :tenant AND after -> 'splits' IS NOT NULL
    """,
)
