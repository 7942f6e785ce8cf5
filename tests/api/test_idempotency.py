"""A key whose request died: nothing is done twice, and nothing stays undone for long."""

from __future__ import annotations

from contextvars import copy_context
from datetime import timedelta

import pytest
from sqlalchemy import select

from core.errors import Conflict
from data.commands import idempotency, tags
from data.context import TenantContext
from data.models.tag import Tag
from data.schemas.ledger import TagIn
from tests.conftest import NOW

WORDS = ("alice", "key-1", b"the same request")


def names(context: TenantContext) -> list[str]:
    with context.db.reading() as session:
        return list(session.scalars(select(Tag.name)))


def test_what_was_written_is_not_written_again_when_its_answer_was_lost(context: TenantContext) -> None:
    def first() -> None:
        assert idempotency.begin(context.db, *WORDS, NOW) is None
        tags.create_tag(context, TagIn(name="once"))
        idempotency.release(context.db)  # the answer became a 503

    copy_context().run(first)
    with pytest.raises(Conflict) as refused:
        idempotency.begin(context.db, *WORDS, NOW + timedelta(hours=1))
    assert refused.value.code == "idempotency_carried_out"
    assert names(context) == ["once"]


def test_a_key_of_a_killed_server_is_free_after_a_while_and_the_dead_may_not_wake_up(context: TenantContext) -> None:
    frozen = copy_context()
    frozen.run(idempotency.begin, context.db, *WORDS, NOW)
    with pytest.raises(Conflict) as refused:
        idempotency.begin(context.db, *WORDS, NOW + timedelta(seconds=29))
    assert refused.value.code == "idempotency_in_progress"

    def again() -> None:
        assert idempotency.begin(context.db, *WORDS, NOW + timedelta(seconds=31)) is None
        with pytest.raises(Conflict):
            frozen.run(tags.create_tag, context, TagIn(name="too late"))
        tags.create_tag(context, TagIn(name="in time"))

    copy_context().run(again)
    assert names(context) == ["in time"]
