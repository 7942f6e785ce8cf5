"""Budgets: defaults, amounts that leave the past alone, merge patches of nested objects, history. Today: 2026-06-17."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import pytest

from core.errors import Invalid, NotFound, PreconditionFailed
from core.query import Query
from data.commands.acknowledge import update_alert
from data.commands.budgets import create_budget, delete_budget, update_budget
from data.frames.resources import get_budget
from data.reports.alerts import get_alert, list_alerts
from data.reports.budget_history import budget_history
from data.reports.budgets import budgets_report
from data.schemas.budgets import Budget, BudgetIn
from data.schemas.changes import AlertPatch, BudgetChange
from tests.ledger_books import Books

if TYPE_CHECKING:
    from tests.conftest import Town

AMOUNTS = "SELECT effective_from, amount FROM budget_amounts WHERE tenant_id = :tenant ORDER BY effective_from"


def create(books: Books, category: int, **values: Any) -> Budget:
    new = {"name": "Food", "category_ids": [str(category)], "amount": "100.00", **values}
    return create_budget(books.context, BudgetIn.model_validate(new))[0]


def patch(books: Books, budget: int | str, if_match: int | None = None, **values: Any) -> Budget:
    return update_budget(books.context, int(budget), BudgetChange.model_validate(values), if_match)[0]


def spent(books: Books, budget: int | str) -> list[tuple[str, str, str]]:
    """(first day, amount, spent) of each period of the budget."""
    rows = budget_history(books.context, int(budget)).data
    return [(row.period.from_.isoformat(), row.amount, row.spent) for row in rows]


@pytest.mark.parametrize(
    ("month_start", "rule", "weekday", "day", "starts_on"),
    [
        (1, {}, None, 1, "2026-06-01"),
        (25, {}, None, 25, "2026-05-25"),
        (25, {"type": "monthly", "day": 5}, None, 5, "2026-06-05"),
        (1, {"type": "monthly", "day": "last"}, None, "last", "2026-05-31"),
        (1, {"type": "weekly"}, 1, None, "2026-06-15"),
        (1, {"type": "weekly", "weekday": 4}, 4, None, "2026-06-11"),
        (1, {"type": "quarterly"}, None, None, "2026-04-01"),
        (25, {"type": "yearly"}, None, None, "2026-01-25"),
        (1, {"type": "monthly", "starts_on": "2026-02-10"}, None, 1, "2026-02-10"),
    ],
)
def test_what_a_rule_leaves_out_is_filled_in(
    town: Town, month_start: int, rule: dict[str, Any], weekday: int | None, day: Any, starts_on: str
) -> None:
    books = Books(town.context(town.tenant("user_1", month_start=month_start)))
    made = create(books, books.category("Food"), rule=rule)
    assert (made.rule.weekday, made.rule.day) == (weekday, day)
    assert made.rule.starts_on == made.effective_from == date.fromisoformat(starts_on)
    assert (made.currency, made.amount, made.thresholds.levels) == ("EUR", "100.00", [0.8, 0.9, 1.0])
    assert get_budget(books.context, int(made.id)) == (made, books.version())


def test_a_new_budget_is_audited_and_covers_what_it_says(books: Books) -> None:
    account, food, fun = books.account("Giro"), books.category("Food"), books.category("Fun", "saving")
    both = [str(fun), str(food), str(food)]
    made = create(
        books, food, category_ids=both, account_ids=[str(account)], rollover={"policy": "carry_all", "cap": "9"}
    )
    assert (made.category_ids, made.account_ids) == ([str(food), str(fun)], [str(account)])
    assert (made.rollover.policy, made.rollover.cap) == ("carry_all", "9.00")
    ((action, object_id, _, after),) = books.audited("budget")
    assert (action, object_id, after) == ("create", int(made.id), made.model_dump(mode="json"))


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"amount": "-1.00"}, "amount"),
        ({"amount": "1.001"}, "amount"),
        ({"rollover": {"policy": "carry_all", "cap": "-1"}}, "rollover"),
        ({"thresholds": {"levels": [0.0]}}, "thresholds"),
        ({"thresholds": {"levels": [10.1]}}, "thresholds"),
        ({"thresholds": {"levels": [float("nan")]}}, "thresholds"),
        ({"thresholds": {"levels": [float("inf")]}}, "thresholds"),
        ({"rule": {"type": "yearly", "ends_on": "2025-12-31"}}, "rule"),
        ({"category_ids": ["999"]}, "category_ids"),
        ({"account_ids": ["999"]}, "account_ids"),
        ({"name": " "}, "name"),
    ],
)
def test_a_budget_that_makes_no_sense_is_refused(books: Books, values: dict[str, Any], field: str) -> None:
    food = books.category("Food")
    with pytest.raises(Invalid) as error:
        create(books, food, **values)
    assert [each.field for each in error.value.errors] == [field]
    assert books.rows("SELECT id FROM budgets WHERE tenant_id = :tenant") == []
    made = create(books, food)
    with pytest.raises(Invalid):
        patch(books, made.id, **values)
    assert get_budget(books.context, int(made.id))[0] == made


def test_a_budget_covers_only_expense_and_saving(books: Books, town: Town) -> None:
    foreign = Books(town.context(town.tenant("user_2"))).category("Food")
    made = create(books, books.category("Food"))
    for wrong in (books.category("Pay", "income"), books.category("Moves", "transfer"), foreign):
        with pytest.raises(Invalid) as error:
            create(books, wrong)
        assert error.value.errors[0].field == "category_ids"
        with pytest.raises(Invalid):
            patch(books, made.id, category_ids=[str(wrong)])


def test_a_new_amount_leaves_past_periods_alone(books: Books) -> None:
    account, food = books.account("Giro"), books.category("Food")
    made = create(books, food, rule={"starts_on": "2026-04-10"})
    for day, amount in (("2026-04-11", "-4.00"), ("2026-06-02", "-6.00")):
        books.book(account, day, amount, food)
    after = patch(books, made.id, amount="150.00")
    assert (after.amount, after.effective_from) == ("150.00", date(2026, 6, 1))
    assert spent(books, made.id) == [
        ("2026-04-01", "100.00", "4.00"),
        ("2026-05-01", "100.00", "0.00"),
        ("2026-06-01", "150.00", "6.00"),
    ]
    patch(books, made.id, amount="160.00")
    assert books.rows(AMOUNTS) == [(date(2026, 4, 10), 10000), (date(2026, 6, 1), 16000)]


def test_an_amount_replaces_the_one_of_the_same_period(books: Books) -> None:
    made = create(books, books.category("Food"), rule={"starts_on": "2026-06-05"})
    assert patch(books, made.id, amount="5").amount == "5.00"
    assert books.rows(AMOUNTS) == [(date(2026, 6, 1), 500)]


def test_a_planned_amount_waits_for_its_day(books: Books) -> None:
    made = create(books, books.category("Food"))
    after = patch(books, made.id, amount="200.00", effective_from="2026-08-15")
    assert (after.amount, after.effective_from) == ("100.00", date(2026, 6, 1))
    assert get_budget(books.context, int(made.id))[1] == books.version()
    assert books.audited("budget")[-1][3] == {"amount": "200.00", "effective_from": "2026-08-15"}
    with pytest.raises(Invalid) as error:
        patch(books, made.id, effective_from="2026-08-15")
    assert error.value.errors[0].field == "effective_from"


@pytest.mark.parametrize(
    ("rule", "day"),
    [
        ({"starts_on": "2026-09-01"}, date(2026, 9, 1)),
        ({"type": "fixed", "starts_on": "2026-01-01", "ends_on": "2026-01-31"}, date(2026, 6, 17)),
    ],
)
def test_outside_its_time_a_budget_shows_its_newest_amount(books: Books, rule: dict[str, Any], day: date) -> None:
    made = create(books, books.category("Food"), rule=rule)
    assert made.amount == "100.00"
    after = patch(books, made.id, amount="7.00")
    assert (after.amount, after.effective_from) == ("7.00", day)


def test_nested_objects_are_merged_field_by_field(books: Books) -> None:
    made = create(books, books.category("Food"), rollover={"policy": "carry_all", "cap": "9"}, rule={"day": 5})
    assert patch(books, made.id, rule={"ends_on": "2026-12-31"}).rule.day == 5
    weekly = patch(books, made.id, rule={"type": "weekly"}).rule
    assert (weekly.type, weekly.weekday, weekly.day) == ("weekly", 1, None)
    assert (weekly.starts_on, weekly.ends_on) == (date(2026, 6, 5), date(2026, 12, 31))
    assert patch(books, made.id, rule={"weekday": 3, "starts_on": None}).rule.starts_on == date(2026, 6, 17)
    assert patch(books, made.id, rollover={"cap": None}).rollover.model_dump() == {"policy": "carry_all", "cap": None}
    assert patch(books, made.id, rollover=None).rollover.policy == "reset"
    assert patch(books, made.id, thresholds={"levels": [1, 0.5, 0.5]}).thresholds.levels == [0.5, 1.0]
    assert patch(books, made.id, thresholds=None).thresholds.levels == [0.8, 0.9, 1.0]
    for values in ({"day": 3}, {"type": None}, {"type": "fixed", "ends_on": None}):
        with pytest.raises(Invalid) as error:
            patch(books, made.id, rule=values)
        assert error.value.errors[0].field == "rule"


def test_a_budget_without_accounts_is_for_all(books: Books) -> None:
    account = books.account("Giro")
    made = create(books, books.category("Food"), account_ids=[str(account)])
    assert patch(books, made.id, account_ids=None).account_ids == []
    with pytest.raises(Invalid):
        patch(books, made.id, category_ids=None)


def test_a_new_currency_keeps_the_numbers(books: Books) -> None:
    made = create(books, books.category("Food"), rollover={"policy": "carry_all", "cap": "9"})
    after = patch(books, made.id, currency="JPY")
    assert (after.amount, after.rollover.cap) == ("100", "9")
    after = patch(books, made.id, currency="KWD", amount="1.234")
    assert after.amount == "1.234"
    with pytest.raises(Invalid) as error:
        patch(books, made.id, currency="EUR")
    assert error.value.errors[0].field == "currency"


def test_a_change_is_audited_once_and_only_where_something_differs(books: Books) -> None:
    made = create(books, books.category("Food"))
    patch(books, made.id, name="Food", currency="EUR")
    assert get_budget(books.context, int(made.id))[1] == 2
    patch(books, made.id, name="Meals", if_match=2)
    assert books.audited("budget")[1:] == [("update", int(made.id), {"name": "Food"}, {"name": "Meals"})]
    with pytest.raises(PreconditionFailed):
        patch(books, made.id, name="Late", if_match=2)


def test_a_deleted_budget_takes_its_amounts_and_alerts_along(books: Books) -> None:
    account, food = books.account("Giro"), books.category("Food")
    made = create(books, food)
    books.book(account, "2026-06-02", "-95.00", food)
    (alert,) = list_alerts(books.context).data
    delete_budget(books.context, int(made.id))
    assert books.rows(AMOUNTS) == []
    assert list_alerts(books.context).data == []
    assert books.deleted() == [("alert", int(alert.id)), ("budget", int(made.id))]
    with pytest.raises(NotFound):
        get_budget(books.context, int(made.id))


def test_history_is_what_the_report_says_of_each_period(books: Books) -> None:
    account, food = books.account("Giro"), books.category("Food")
    rule = {"type": "monthly", "starts_on": "2026-01-01"}
    made = create(books, food, rule=rule, rollover={"policy": "carry_all"})
    for month, amount in enumerate(("-90.00", "-130.00", "20.00", "-10.00", "-99.00", "-95.00"), start=1):
        books.book(account, f"2026-0{month}-03", amount, food)
    history = budget_history(books.context, int(made.id))
    assert (history.complete, history.unconverted, history.next_cursor) == (True, [], None)
    assert history.version == books.version()
    assert [row.rollover for row in history.data] == ["0.00", "10.00", "-20.00", "100.00", "190.00", "191.00"]
    for row in history.data:
        days = {"from": [row.period.from_.isoformat()], "to": [row.period.to.isoformat()]}
        assert budgets_report(books.context, Query.parse(days)).data == [row]


def test_history_says_what_it_could_not_convert(books: Books) -> None:
    dollars, food = books.account("Dollars", currency="USD"), books.category("Food")
    made = create(books, food)
    books.book(dollars, "2026-06-02", "-95.00", food)
    history = budget_history(books.context, int(made.id))
    assert history.complete is False
    assert [(each.currency, each.amount, each.count) for each in history.unconverted] == [("USD", "-95.00", 1)]


def test_history_of_a_budget_to_come_is_empty(books: Books) -> None:
    made = create(books, books.category("Food"), rule={"starts_on": "2026-09-01"})
    assert budget_history(books.context, int(made.id)).data == []


def test_an_alert_is_acknowledged_and_taken_back(books: Books) -> None:
    account, food = books.account("Giro"), books.category("Food")
    create(books, food)
    books.book(account, "2026-06-02", "-95.00", food)
    (alert,) = list_alerts(books.context).data
    number = int(alert.id)
    assert (alert.level, alert.acknowledged_at) == ("projected_over", None)

    def change(if_match: int | None = None, **values: Any) -> Any:
        return update_alert(books.context, number, AlertPatch.model_validate(values), if_match)

    seen, version = change(acknowledged=True, if_match=0)
    assert seen.acknowledged_at is not None
    assert change(acknowledged=True)[0] == seen
    with pytest.raises(PreconditionFailed):
        change(acknowledged=False, if_match=0)
    assert change(acknowledged_at=None, if_match=version)[0].acknowledged_at is None
    at = datetime(2026, 6, 17, 8, tzinfo=UTC)
    assert change(acknowledged_at="2026-06-17T10:00:00+02:00")[0].acknowledged_at == at
    assert get_alert(books.context, number)[0].acknowledged_at == at
    assert change(acknowledged=False)[0].acknowledged_at is None
    assert [each[0] for each in books.audited("alert")] == ["update"] * 4


def test_another_tenants_budget_and_alert_do_not_exist(books: Books, town: Town) -> None:
    other = town.context(town.tenant("user_2"))
    account, food = books.account("Giro"), books.category("Food")
    budget = int(create(books, food).id)
    books.book(account, "2026-06-02", "-95.00", food)
    (alert,) = list_alerts(books.context).data
    for wrong in (
        lambda: get_budget(other, budget),
        lambda: budget_history(other, budget),
        lambda: update_budget(other, budget, BudgetChange(name="X")),
        lambda: delete_budget(other, budget),
        lambda: get_alert(other, int(alert.id)),
        lambda: update_alert(other, int(alert.id), AlertPatch(acknowledged=True)),
    ):
        with pytest.raises(NotFound):
            wrong()
    assert list_alerts(other).data == []
