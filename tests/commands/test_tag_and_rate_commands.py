"""Tags and the tenant's own exchange rates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from pydantic import ValidationError

from core.errors import Conflict, Invalid, NotFound
from data.commands.rates import create_rate, delete_rate, update_rate
from data.commands.tags import create_tag, delete_tag, update_tag
from data.frames.resources import get_rate, get_tag, list_tags
from data.frames.transactions import transactions
from data.schemas.changes import TagPatch
from data.schemas.ledger import TagIn
from data.schemas.rates import RateIn, RatePatch
from tests.ledger_books import Books

if TYPE_CHECKING:
    from tests.conftest import Town

STAMPS = "SELECT id, updated_version FROM transactions WHERE tenant_id = :tenant ORDER BY id"


def tags_of(books: Books, transaction: int) -> tuple[list[str], list[list[str]]]:
    with books.context.db.reading() as session:
        found = transactions(session, [transaction])[transaction]
    return found.tags, [part.tags for part in found.splits]


def tagged(books: Books) -> tuple[int, int, int]:
    """A tagged transaction, one with a tagged part, and one without tags."""
    account = books.account("Giro")
    whole = books.book(account, "2026-05-01", "-1.00", tags=["Trip", "Berlin"])
    splits = [{"amount": "-1.00", "tags": ["Trip"]}, {"amount": "-1.00", "tags": []}]
    parted = books.book(account, "2026-05-02", "-2.00", splits=splits)
    return whole, parted, books.book(account, "2026-05-03", "-3.00")


def tag_named(books: Books, name: str) -> int:
    return next(int(each.id) for each in list_tags(books.context).data if each.name == name)


def test_a_tags_name_is_given_once_whatever_its_case(books: Books) -> None:
    trip, _ = create_tag(books.context, TagIn(name=" Trip "))
    assert trip.name == "Trip"
    with pytest.raises(Conflict) as error:
        create_tag(books.context, TagIn(name="tRIP"))
    assert error.value.code == "name_taken"
    assert update_tag(books.context, int(trip.id), TagPatch(name="TRIP"))[0].name == "TRIP"
    for values in ({"name": None}, {"name": " "}):
        with pytest.raises(Invalid):
            update_tag(books.context, int(trip.id), TagPatch.model_validate(values))


def test_a_renamed_tag_changes_what_bears_it(books: Books) -> None:
    whole, parted, plain = tagged(books)
    update_tag(books.context, tag_named(books, "Trip"), TagPatch(name="Journey"))
    assert tags_of(books, whole) == (["Berlin", "Journey"], [])
    assert tags_of(books, parted) == ([], [["Journey"], []])
    stamps = dict(books.rows(STAMPS))
    assert stamps[whole] == stamps[parted] == books.version()
    assert stamps[plain] < books.version()


def test_a_tag_in_use_is_not_deleted_but_replaced(books: Books) -> None:
    whole, parted, plain = tagged(books)
    trip, berlin = tag_named(books, "Trip"), tag_named(books, "Berlin")
    with pytest.raises(Conflict) as error:
        delete_tag(books.context, trip)
    assert error.value.code == "in_use"
    delete_tag(books.context, trip, replace_by=berlin)
    assert tags_of(books, whole) == (["Berlin"], [])
    assert tags_of(books, parted) == ([], [["Berlin"], []])
    assert books.deleted() == [("tag", trip)]
    stamps = dict(books.rows(STAMPS))
    assert stamps[whole] == stamps[parted] == books.version()
    assert stamps[plain] < books.version()


def test_another_tenants_tag_does_not_exist(books: Books, town: Town) -> None:
    other = Books(town.context(town.tenant("user_2")))
    mine, foreign = books.tag("Trip"), other.tag("Trip")
    with pytest.raises(NotFound):
        get_tag(other.context, mine)
    with pytest.raises(NotFound):
        update_tag(other.context, mine, TagPatch(name="X"))
    with pytest.raises(NotFound):
        delete_tag(other.context, mine)
    with pytest.raises(NotFound):
        delete_tag(books.context, mine, replace_by=foreign)
    with pytest.raises(Invalid):
        delete_tag(books.context, mine, replace_by=mine)


def rate(**values: Any) -> RateIn:
    return RateIn.model_validate({"base": "USD", "quote": "EUR", "date": "2026-05-01", "rate": "0.92", **values})


def test_a_rate_is_kept_digit_by_digit(books: Books) -> None:
    made, version = create_rate(books.context, rate(rate="0.000000000010"))
    assert made.rate == "0.000000000010"
    assert get_rate(books.context, int(made.id)) == (made, version)


@pytest.mark.parametrize("text", ["0", "0.0", "-1", "1e3", "NaN", "1.0000000000001", "1" * 13, "", " 1", 1.5])
def test_what_is_no_rate_is_refused(text: Any) -> None:
    with pytest.raises(ValidationError):
        rate(rate=text)


def test_a_pair_has_one_rate_a_day(books: Books) -> None:
    first, _ = create_rate(books.context, rate())
    later, _ = create_rate(books.context, rate(date="2026-05-02"))
    create_rate(books.context, rate(base="EUR", quote="USD", rate="1.1"))
    with pytest.raises(Conflict) as error:
        create_rate(books.context, rate(rate="0.93"))
    assert error.value.code == "rate_taken"
    with pytest.raises(Conflict):
        update_rate(books.context, int(later.id), RatePatch.model_validate({"date": "2026-05-01"}))
    changed, _ = update_rate(books.context, int(first.id), RatePatch(rate="0.94"))
    assert (changed.rate, changed.date) == ("0.94", first.date)
    assert books.audited("rate")[-1] == ("update", int(first.id), {"rate": "0.92"}, {"rate": "0.94"})


def test_a_rate_is_between_two_currencies(books: Books) -> None:
    made, _ = create_rate(books.context, rate())
    for wrong in (lambda: create_rate(books.context, rate(quote="USD")), lambda: change(books, made.id, base="EUR")):
        with pytest.raises(Invalid) as error:
            wrong()
        assert error.value.errors[0].field == "quote"


def change(books: Books, rate_id: str, **values: Any) -> Any:
    return update_rate(books.context, int(rate_id), RatePatch.model_validate(values))


def test_a_deleted_rate_is_gone(books: Books, town: Town) -> None:
    made, _ = create_rate(books.context, rate())
    with pytest.raises(NotFound):
        delete_rate(town.context(town.tenant("user_2")), int(made.id))
    delete_rate(books.context, int(made.id))
    assert books.deleted() == [("rate", int(made.id))]
    with pytest.raises(NotFound):
        get_rate(books.context, int(made.id))
