"""What was spent in the periods of budgets, all budgets in one statement."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final

from sqlalchemy.orm import Session

from data.frames.budgets import Covered
from data.frames.driver import Select, rows

Spent = tuple[int, date, str, date | None, int, int]
"""Budget id, first day of the period, currency, day, net, lines."""

# Whole months of the tenant come from `monthly_rollup`, the days at a period's edges from `daily_rollup`; accounts in
# another currency than the budget's by conversion group. The sub-selects with OFFSET 0 keep each look-up an index's.
_SPENDING: Final = """
    WITH span AS MATERIALIZED (
        SELECT u.*, t.shift, CAST(extract(year FROM u.stop - t.shift) * 12
                                  + extract(month FROM u.stop - t.shift) - 1 AS bigint) AS last,
               CAST(extract(year FROM u.start - 1 - t.shift) * 12
                    + extract(month FROM u.start - 1 - t.shift) AS bigint) AS first
        FROM unnest(CAST(:budgets AS bigint[]), CAST(:starts AS date[]), CAST(:starts AS date[]),
                    CAST(:stops AS date[]), CAST(:currencies AS text[]), CAST(:limits AS boolean[]))
             AS u(budget_id, place, start, stop, currency, limited)
        CROSS JOIN (SELECT month_start - 1 AS shift FROM tenants WHERE id = :tenant) AS t
    ), cover AS MATERIALIZED (
        SELECT u.budget_id, c.id AS category_id, c.kind = 'saving' AS saving
        FROM unnest(CAST(:covering AS bigint[]), CAST(:categories AS bigint[])) AS u(budget_id, category_id)
        JOIN categories c ON c.tenant_id = :tenant AND c.id = u.category_id
    ), edge AS MATERIALIZED (
        SELECT budget_id, place, currency, limited, d.start, d.stop
        FROM span CROSS JOIN LATERAL (
            SELECT make_date(CAST(first / 12 AS integer), CAST(first % 12 + 1 AS integer), shift + 1) AS first_day,
                   make_date(CAST(last / 12 AS integer), CAST(last % 12 + 1 AS integer), shift + 1) AS last_day
        ) AS m
        CROSS JOIN LATERAL (VALUES
            (span.start, CASE WHEN first < last THEN m.first_day ELSE span.stop END),
            (CASE WHEN first < last THEN m.last_day ELSE span.stop END, span.stop)) AS d(start, stop)
        WHERE d.start < d.stop
    ), other AS MATERIALIZED (
        SELECT id, type, currency FROM accounts WHERE tenant_id = :tenant
    ), own AS MATERIALIZED (
        SELECT budget_id, account_id FROM budget_accounts WHERE tenant_id = :tenant
    ), found AS (
        SELECT s.budget_id, s.place, s.currency, NULL::date AS day, r.account_id, r.category_id, r.flow, r.sign,
               r.amount, r.count, c.saving, NULL AS type
        FROM span s JOIN cover c ON c.budget_id = s.budget_id AND NOT c.saving AND NOT s.limited
        CROSS JOIN LATERAL (
            SELECT * FROM monthly_rollup r
            WHERE r.tenant_id = :tenant AND r.category_id = c.category_id AND r.account_id = 0 AND r.month >= s.first
              AND r.month < s.last AND r.currency = s.currency OFFSET 0) AS r
        UNION ALL
        SELECT s.budget_id, s.place, s.currency, NULL, r.account_id, r.category_id, r.flow, r.sign, r.amount, r.count,
               c.saving, o.type
        FROM span s JOIN cover c ON c.budget_id = s.budget_id AND (c.saving OR s.limited)
        JOIN other o ON o.currency = s.currency
        CROSS JOIN LATERAL (
            SELECT * FROM monthly_rollup r
            WHERE r.tenant_id = :tenant AND r.category_id = c.category_id AND r.account_id = o.id
              AND r.month >= s.first AND r.month < s.last AND r.currency = s.currency OFFSET 0) AS r
        UNION ALL
        SELECT s.budget_id, s.place, s.currency, NULL, r.account_id, r.category_id, r.flow, r.sign, r.amount, r.count,
               c.saving, o.type
        FROM edge s JOIN cover c ON c.budget_id = s.budget_id
        CROSS JOIN LATERAL (
            SELECT * FROM daily_rollup r
            WHERE r.tenant_id = :tenant AND r.category_id = c.category_id AND r.booked_on >= s.start
              AND r.booked_on < s.stop OFFSET 0) AS r
        JOIN other o ON o.id = r.account_id AND o.currency = s.currency
        UNION ALL
        SELECT s.budget_id, s.place, o.currency, r.booked_on, r.account_id, r.category_id, r.flow, r.sign, r.amount,
               r.count, c.saving, o.type
        FROM span s JOIN cover c ON c.budget_id = s.budget_id
        JOIN other o ON o.currency <> s.currency
        CROSS JOIN LATERAL (
            SELECT * FROM daily_rollup r
            WHERE r.tenant_id = :tenant AND r.account_id = o.id AND r.category_id = c.category_id
              AND r.booked_on >= s.start AND r.booked_on < s.stop OFFSET 0) AS r
    )
    SELECT f.budget_id, f.place, f.currency, f.day,
           CAST(sum(CASE WHEN f.saving AND f.type IN ('savings', 'investment') THEN f.amount ELSE -f.amount END)
                AS bigint), CAST(sum(f.count) AS bigint)
    FROM found f
    WHERE (f.flow = 0 OR (f.flow = 4 AND f.saving))
      AND (f.account_id = 0 OR NOT EXISTS (SELECT FROM own WHERE own.budget_id = f.budget_id)
           OR EXISTS (SELECT FROM own WHERE own.budget_id = f.budget_id AND own.account_id = f.account_id))
    GROUP BY f.budget_id, f.place, f.currency, f.day,
             CASE WHEN f.day IS NOT NULL THEN (f.account_id, f.category_id, f.flow, f.sign) END
    HAVING sum(f.count) > 0
"""


def spending_rows(session: Session, wanted: Sequence[Covered]) -> list[Spent]:
    """Signed net expense of each budget's periods, for categories of kind saving what was put aside. A period that is
    wanted twice is read once.

    `day` is None and the rows are whole sums in the budget's currency; in another one each row is a conversion group.
    """
    select = spending_select(wanted)
    return [] if select is None else rows(session, *select)


def spending_select(wanted: Sequence[Covered]) -> Select | None:
    """What `spending_rows` reads, if anything."""
    spans = {
        (each.plan.budget.id, period.start): (period.end, each.plan.budget.currency, bool(each.plan.account_ids))
        for each in wanted
        for period in each.periods
    }
    covers = sorted({(each.plan.budget.id, category_id) for each in wanted for category_id in each.category_ids})
    if not spans or not covers:
        return None
    parameters = {
        "budgets": [budget_id for budget_id, _ in spans],
        "starts": [start for _, start in spans],
        "stops": [stop for stop, _, _ in spans.values()],
        "currencies": [currency for _, currency, _ in spans.values()],
        "limits": [limited for _, _, limited in spans.values()],
        "covering": [budget_id for budget_id, _ in covers],
        "categories": [category_id for _, category_id in covers],
    }
    return Select(_SPENDING, parameters)
