"""The statements that keep the rollups: plain SQL without triggers, which also runs on Citus (docs/decisions/0003).

Each change is a difference: what the ledger says of the touched keys now, minus what the rollups say of them. The
difference is added by INSERT ... ON CONFLICT, so a key costs the same however much it sums.
"""

from __future__ import annotations

from typing import Final

from data.models.recurring import PAYEE_KEY

_SLOTS: Final = range(1, 13)
_WEEKDAYS: Final = range(1, 8)


def month_of(day: str) -> str:
    """SQL for the index of the tenant's month that holds a day (`core.period.Months.index`); bound: `start`."""
    shifted = f"({day} - (CAST(:start AS integer) - 1))"
    return f"CAST(extract(year FROM {shifted}) * 12 + extract(month FROM {shifted}) - 1 AS bigint)"


def _first_of(month: str) -> str:
    """SQL for the first day of a month."""
    return f"make_date(CAST(({month}) / 12 AS integer), CAST(({month}) % 12 + 1 AS integer), CAST(:start AS integer))"


def _sums(names: list[str]) -> str:
    """The SET list that adds what is inserted to what is there."""
    return ", ".join(f"{name} = kept.{name} + excluded.{name}" for name in names)


_TOUCHED: Final = """JOIN unnest(CAST(:accounts AS bigint[]), CAST(:days AS date[])) AS touched(account_id, day)
          ON {row}.account_id = touched.account_id AND {row}.booked_on = touched.day"""
_KEYS: Final = "account_id, booked_on, category_id, flow, sign"


def lines(touched: bool, where: str = "") -> str:
    """The ledger's flow lines, of the touched days or all: the keys of `daily_rollup`, amount, count (1). `where` picks
    some of the transactions `t`."""
    join = _TOUCHED.format(row="t") if touched else ""
    return f"""
        SELECT t.account_id, t.booked_on, coalesce(t.category_id, 0) AS category_id, t.flow,
               sign(t.amount)::smallint AS sign, t.amount, 1 AS count
        FROM transactions t {join}
        WHERE t.tenant_id = :tenant AND NOT t.is_split {where}
        UNION ALL
        SELECT t.account_id, t.booked_on, coalesce(s.category_id, 0), s.flow, sign(s.amount)::smallint, s.amount, 1
        FROM transactions t {join}
        JOIN splits s ON s.tenant_id = t.tenant_id AND s.transaction_id = t.id
        WHERE t.tenant_id = :tenant AND t.is_split {where}
    """  # noqa: S608 - the parts are constants of this program


BY_DAY: Final = f"""
    SELECT :tenant AS tenant_id, {_KEYS}, sum(amount) AS amount, sum(count) AS count
    FROM ({lines(touched=False)}) AS found GROUP BY {_KEYS}
"""  # noqa: S608 - the parts are constants of this program
"""The rows of `daily_rollup` that the whole ledger adds up to."""
_MONTH_SUMS: Final = ["amount", "count", *(f"day{day}" for day in _WEEKDAYS)]
_BY_WEEKDAY: Final = ", ".join(
    f"coalesce(sum(d.amount) FILTER (WHERE extract(isodow FROM d.booked_on) = {day}), 0) AS day{day}"
    for day in _WEEKDAYS
)


def by_month(source: str) -> str:
    """The rows of `monthly_rollup` that rows like those of `daily_rollup` add up to: each account's, and with
    account 0 those of all accounts of its currency."""
    return f"""
        SELECT :tenant AS tenant_id, scope.account_id, a.currency, {month_of("d.booked_on")} AS month, d.category_id,
               d.flow, d.sign, sum(d.amount) AS amount, sum(d.count) AS count, {_BY_WEEKDAY}
        FROM {source} d JOIN accounts a ON a.tenant_id = :tenant AND a.id = d.account_id
        CROSS JOIN LATERAL (VALUES (d.account_id), (CAST(0 AS bigint))) AS scope(account_id)
        GROUP BY scope.account_id, a.currency, 4, d.category_id, d.flow, d.sign
    """  # noqa: S608 - the parts are constants of this program


def by_account(source: str) -> str:
    """The rows of `account_months` that rows like those of `daily_rollup` add up to."""
    return f"""
        SELECT :tenant AS tenant_id, d.account_id, {month_of("d.booked_on")} AS month,
               coalesce(sum(d.amount) FILTER (WHERE d.sign > 0), 0) AS inflow,
               coalesce(sum(d.amount) FILTER (WHERE d.sign < 0), 0) AS outflow, sum(d.count) AS count
        FROM {source} d WHERE d.flow <> 2 GROUP BY d.account_id, 3
    """  # noqa: S608 - the parts are constants of this program


INSERT_DAYS: Final = f"INSERT INTO daily_rollup AS kept (tenant_id, {_KEYS}, amount, count)"
INSERT_MONTHS: Final = f"""
    INSERT INTO monthly_rollup AS kept (
        tenant_id, account_id, currency, month, category_id, flow, sign, {", ".join(_MONTH_SUMS)})
"""
INSERT_ACCOUNTS: Final = "INSERT INTO account_months AS kept (tenant_id, account_id, month, inflow, outflow, count)"
ADD_DAYS: Final = f"ON CONFLICT (tenant_id, {_KEYS}) DO UPDATE SET {_sums(['amount', 'count'])}"
ADD_MONTHS: Final = f"""
    ON CONFLICT (tenant_id, account_id, currency, month, category_id, flow, sign) DO UPDATE SET {_sums(_MONTH_SUMS)}
"""
ADD_ACCOUNTS: Final = (
    f"ON CONFLICT (tenant_id, account_id, month) DO UPDATE SET {_sums(['inflow', 'outflow', 'count'])}"
)
_REFRESH: Final = f"""
    WITH found AS MATERIALIZED (FOUND), delta AS MATERIALIZED (
        SELECT {_KEYS}, sum(amount) AS amount, sum(count) AS count
        FROM found GROUP BY {_KEYS} HAVING sum(amount) <> 0 OR sum(count) <> 0
    ), days AS (
        {INSERT_DAYS} SELECT :tenant, {_KEYS}, amount, count FROM delta {ADD_DAYS}
    ), months AS (
        {INSERT_MONTHS} {by_month("delta")} {ADD_MONTHS}
    ), accounts AS (
        {INSERT_ACCOUNTS} {by_account("delta")} {ADD_ACCOUNTS}
    )
    SELECT EXISTS (SELECT 1 FROM delta WHERE count < 0)
"""  # noqa: S608 - the parts are constants of this program
REFRESH: Final = _REFRESH.replace(
    "FOUND",
    f"""
    {lines(touched=True)}
    UNION ALL
    SELECT r.account_id, r.booked_on, r.category_id, r.flow, r.sign, -r.amount, -r.count
    FROM daily_rollup r {_TOUCHED.format(row="r")} WHERE r.tenant_id = :tenant
    """,  # noqa: S608 - the parts are constants of this program
)
"""Reads the touched days again. Answers whether a sum may be empty now."""
_NEW: Final = """AND t.updated_version = :version AND t.created_version = :version AND NOT EXISTS (
            SELECT 1 FROM unnest(CAST(:accounts AS bigint[]), CAST(:days AS date[])) AS again(account_id, day)
            WHERE again.account_id = t.account_id AND again.day = t.booked_on)"""
ADD_NEW: Final = _REFRESH.replace("FOUND", lines(touched=False, where=_NEW))
"""Adds the lines that a write made on other days than those that are read again."""
_CHANGED: Final = "tenant_id = :tenant AND updated_version = :version AND created_version < :version"
CHANGED_DAYS: Final = f"SELECT DISTINCT account_id, booked_on FROM transactions WHERE {_CHANGED}"  # noqa: S608 - constants
"""The days of lines that were there before a write changed them."""
CHANGED: Final = f"SELECT count(*) FROM transactions WHERE {_CHANGED}"  # noqa: S608 - as above
"""How many lines that were there before a write changed."""
FORGET_EMPTY: Final = """
    DELETE FROM daily_rollup r
    USING unnest(CAST(:accounts AS bigint[]), CAST(:days AS date[])) AS touched(account_id, day)
    WHERE r.tenant_id = :tenant AND r.account_id = touched.account_id AND r.booked_on = touched.day AND r.count = 0
"""

_PAYEE_SUMS: Final = [*(f"spent{slot}" for slot in _SLOTS), *(f"lines{slot}" for slot in _SLOTS)]
_PAYEE_KEYS: Final = "currency, month, payee_key, payee_id, payee"
# A line of kind expense: by its category, without one by its sign.
_SPENT: Final = """t.flow = 0 AND btrim(t.payee) <> ''
               AND ((t.category_id IS NULL AND t.amount <= 0) OR t.category_id IN (
                   SELECT id FROM categories WHERE tenant_id = :tenant AND kind = 'expense'))"""


def spent_lines(where: str) -> str:
    """Lines of kind expense with a payee, of the transactions `t` that `where` picks: the keys, spent, lines."""
    columns = f"t.account_id, {month_of('t.booked_on')} AS month, t.payee_key, md5(t.payee)::uuid AS payee_id, t.payee"
    parts = _SPENT.replace("t.payee", "PAYEE").replace("t.", "s.").replace("PAYEE", "t.payee")
    return f"""
        SELECT {columns}, -t.amount AS spent, 1 AS lines FROM transactions t
        WHERE t.tenant_id = :tenant AND NOT t.is_split AND {where} AND {_SPENT}
        UNION ALL
        SELECT {columns}, -s.amount, 1
        FROM transactions t JOIN splits s ON s.tenant_id = t.tenant_id AND s.transaction_id = t.id
        WHERE t.tenant_id = :tenant AND t.is_split AND {where} AND {parts}
    """  # noqa: S608 - the parts are constants of this program


def by_payee(source: str) -> str:
    """`source` (currency, month, payee_key, payee_id, payee, spent, lines) as rows of `payee_years`."""
    slots = ", ".join(
        f"coalesce(sum({name}) FILTER (WHERE month % 12 = {slot - 1}), 0) AS {name}{slot}"
        for name in ("spent", "lines")
        for slot in _SLOTS
    )
    return f"""
        SELECT :tenant AS tenant_id, currency, CAST(month / 12 AS smallint) AS year, payee_key, payee_id, payee, {slots}
        FROM {source} GROUP BY currency, 3, payee_key, payee_id, payee
    """  # noqa: S608 - the parts are constants of this program


INSERT_PAYEES: Final = f"""
    INSERT INTO payee_years AS kept (
        tenant_id, currency, year, payee_key, payee_id, payee, {", ".join(_PAYEE_SUMS)})
"""
_ADD_PAYEES: Final = f"""
    ON CONFLICT (tenant_id, currency, year, payee_key, payee_id) DO UPDATE SET {_sums(_PAYEE_SUMS)}
"""
_KEPT_SLOT: Final = ", ".join(
    f"-(ARRAY[{', '.join(f'p.{name}{slot}' for slot in _SLOTS)}])[cells.month % 12 + 1]" for name in ("spent", "lines")
)
# Looked up: of lines just made the planner expects one, and a join would go through all accounts for each.
_CURRENCY = "(SELECT jsonb_object_agg(id, currency) FROM accounts WHERE tenant_id = :tenant) ->> account_id::text"
_REFRESH_PAYEES: Final = f"""
    WITH cells AS MATERIALIZED (CELLS), delta AS MATERIALIZED (
        SELECT {_PAYEE_KEYS}, sum(spent) AS spent, sum(lines) AS lines
        FROM (
            SELECT {_CURRENCY} AS currency, month, payee_key, payee_id, payee, spent, lines FROM FOUND
            UNION ALL
            SELECT p.currency, cells.month, p.payee_key, p.payee_id, p.payee, {_KEPT_SLOT}
            FROM cells CROSS JOIN (SELECT DISTINCT currency FROM accounts WHERE tenant_id = :tenant) AS c
            JOIN payee_years p ON p.tenant_id = :tenant AND p.currency = c.currency
             AND p.year = CAST(cells.month / 12 AS smallint) AND KEPT
        ) AS sums
        GROUP BY {_PAYEE_KEYS} HAVING sum(spent) <> 0 OR sum(lines) <> 0
    )
    {INSERT_PAYEES} {by_payee("delta")} {_ADD_PAYEES}
"""  # noqa: S608 - the parts are constants of this program
# Lines that this write made are added; the payee's months in which it changed or removed others are summed anew. The
# sub-select keeps each payee's month an index look-up, whatever the planner believes of a fresh table.
REFRESH_PAYEES: Final = (
    _REFRESH_PAYEES.replace(
        "CELLS",
        f"""
        SELECT DISTINCT payee_key, month FROM (
            SELECT t.payee_key, {month_of("t.booked_on")} AS month FROM transactions t
            WHERE t.tenant_id = :tenant AND t.updated_version = :version AND t.created_version < :version
              AND t.payee_key IS NOT NULL
            UNION ALL
            SELECT {PAYEE_KEY}, {month_of("touched.day")}
            FROM unnest(CAST(:old_accounts AS bigint[]), CAST(:old_payees AS text[])) AS old(account_id, payee)
            JOIN unnest(CAST(:accounts AS bigint[]), CAST(:days AS date[])) AS touched(account_id, day)
              ON old.account_id = touched.account_id
        ) AS named""",  # noqa: S608 - the parts are constants of this program
    )
    .replace(
        "FOUND",
        "(SELECT found.* FROM cells CROSS JOIN LATERAL ("  # noqa: S608 - the parts are constants of this program
        + spent_lines(
            f"t.payee_key = cells.payee_key AND t.booked_on >= {_first_of('cells.month')}"
            f" AND t.booked_on < {_first_of('cells.month + 1')}"
        )
        + " OFFSET 0) AS found UNION ALL SELECT fresh.* FROM ("
        + spent_lines("t.updated_version = :version AND t.created_version = :version")
        + ") AS fresh WHERE NOT EXISTS ("
        "SELECT 1 FROM cells WHERE cells.payee_key = fresh.payee_key AND cells.month = fresh.month)) AS found",
    )
    .replace("KEPT", "p.payee_key = cells.payee_key")
)
REFRESH_MONTHS_OF_PAYEES: Final = (
    _REFRESH_PAYEES.replace("CELLS", "SELECT month FROM unnest(CAST(:months AS bigint[])) AS month")
    .replace(
        "FOUND",
        "("
        + spent_lines(
            "t.booked_on >= :first AND t.booked_on < :end"
            f" AND {month_of('t.booked_on')} = ANY(CAST(:months AS bigint[]))"
        )
        + ") AS found",
    )
    .replace("KEPT", "true")
)
ALL_PAYEES: Final = f"""(
    SELECT a.currency, found.* FROM ({spent_lines("true")}) AS found
    JOIN accounts a ON a.tenant_id = :tenant AND a.id = found.account_id) AS spent_lines
"""  # noqa: S608 - the parts are constants of this program
