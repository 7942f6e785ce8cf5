"""What was spent at each payee in whole months."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import BigInteger, String, Subquery, text

from core.period import Period
from core.query import UNCATEGORISED
from data.frames.base import Scope
from data.frames.driver import Select
from data.frames.pieces import Pieces
from data.models.recurring import PAYEE_KEY

_MONTHS: Final = 12


# The order is by amount first, so that names are compared only where amounts are equal.
_LARGEST: Final = """
    SELECT payee, CAST(sum(spent) AS bigint), CAST(sum(lines) AS bigint) FROM ({sums}) AS spent
    GROUP BY payee HAVING sum(lines) > 0 ORDER BY sum(spent) DESC, payee COLLATE "C" LIMIT :most
"""
# Whoever something was spent at has lines, so those are counted for the few that are told only. The rest is looked at
# where fewer are found.
_LARGEST_OF_MONTHS: Final = """
    WITH best AS MATERIALIZED (
        SELECT payee, sum({spent}) AS spent FROM payee_years WHERE {of}
        GROUP BY payee HAVING sum({spent}) > 0 ORDER BY 2 DESC, payee COLLATE "C" LIMIT :most
    )
    SELECT payee, CAST(spent AS bigint), CAST(lines AS bigint) FROM (
        SELECT best.payee, best.spent, (
            SELECT sum({lines}) FROM payee_years kept
            WHERE {of} AND payee_id = CAST(md5(best.payee) AS uuid)
              AND payee_key = (SELECT {key} FROM (SELECT best.payee) AS named(payee))) AS lines
        FROM best
        UNION ALL
        (SELECT payee, sum({spent}), sum({lines}) FROM payee_years
         WHERE {of} AND (SELECT count(*) FROM best) < :most
         GROUP BY payee HAVING sum({spent}) <= 0 AND sum({lines}) > 0
         ORDER BY 2 DESC, payee COLLATE "C" LIMIT :most)
    ) AS found ORDER BY spent DESC, payee COLLATE "C" LIMIT :most
"""
_EXPENSE: Final = """(({row}.category_id IS NULL AND {row}.amount <= 0) OR {row}.category_id = ANY(ARRAY(
               SELECT id FROM categories WHERE tenant_id = :tenant AND kind = 'expense')))"""
_LINES: Final = """
    SELECT t.payee, -t.amount, 1 FROM transactions t
    WHERE t.tenant_id = :tenant AND t.flow = 0 AND NOT t.is_split AND t.booked_on >= :start AND t.booked_on < :stop
      AND btrim(t.payee) <> '' AND {whole}
    UNION ALL
    SELECT t.payee, -s.amount, 1 FROM splits s
    JOIN transactions t ON t.tenant_id = s.tenant_id AND t.id = s.transaction_id
    WHERE s.tenant_id = :tenant AND s.flow = 0 AND t.is_split AND t.booked_on >= :start AND t.booked_on < :stop
      AND btrim(t.payee) <> '' AND {part}
"""


def filtered_payees(scope: Scope, period: Period, most: int) -> Select:
    """The same from single lines, in a scope without tags whose accounts are all in one currency."""

    def where(row: str) -> str:
        conditions = [_EXPENSE.format(row=row)]
        if scope.account_ids is not None:
            conditions.append("t.account_id = ANY(CAST(:accounts AS bigint[]))")
        if scope.category_ids is not None:
            # Written so that an index by category can be used.
            loose = f" OR {row}.category_id IS NULL" if UNCATEGORISED in scope.category_ids else ""
            conditions.append(f"({row}.category_id = ANY(CAST(:categories AS bigint[])){loose})")
        return " AND ".join(conditions)

    parameters = {"start": period.start, "stop": period.end, "most": most, **scope.parameters}
    sums = f"SELECT * FROM ({_LINES.format(whole=where('t'), part=where('s'))}) AS one(payee, spent, lines)"  # noqa: S608
    return Select(_LARGEST.format(sums=sums), parameters)


def largest_payees(currency: str, pieces: Pieces, most: int) -> Select:
    """The payees at which most was spent in a period that holds whole months, when all accounts are in this currency:
    payee, spent, lines. Days outside of whole months are summed from single lines."""
    if not pieces.days:
        return _of_months(currency, pieces, most)
    sql, years = _sums(pieces.first, pieces.end)
    parameters: dict[str, Any] = {**years, "currency": currency, "most": most}
    for place, (first, end) in enumerate(pieces.days):
        sql += " UNION ALL " + _LINES.replace(":start", f":start{place}").replace(":stop", f":stop{place}").format(
            whole=_EXPENSE.format(row="t"), part=_EXPENSE.format(row="s")
        )
        parameters |= {f"start{place}": first, f"stop{place}": end}
    return Select(_LARGEST.format(sums=sql), parameters)


def _of_months(currency: str, pieces: Pieces, most: int) -> Select:
    """The same of whole months."""
    years, spent, lines = _slots(pieces.first, pieces.end)
    of = "tenant_id = :tenant AND currency = :currency AND year >= :first_year AND year <= :last_year"
    sql = _LARGEST_OF_MONTHS.format(spent=spent, lines=lines, of=of, key=PAYEE_KEY)
    return Select(sql, {**years, "currency": currency, "most": most})


def payee_sums(tenant_id: int, currency: str, first: int, end: int) -> Subquery:
    """The months `first` <= index < `end` of all accounts in a currency: payee, spent, lines; a row for each year."""
    sql, years = _sums(first, end)
    return (
        text(sql)
        .bindparams(tenant=tenant_id, currency=currency, **years)
        .columns(payee=String, spent=BigInteger, lines=BigInteger)
        .subquery("payee_sums")
    )


def _sums(first: int, end: int) -> tuple[str, dict[str, int]]:
    """The SELECT of `payee_sums` and the years it is bound to."""
    years, spent, lines = _slots(first, end)
    sql = f"""
        SELECT payee, {spent} AS spent, {lines} AS lines FROM payee_years
        WHERE tenant_id = :tenant AND currency = :currency AND year >= :first_year AND year <= :last_year
    """  # noqa: S608 - the parts are constants of this program
    return sql, years


def _slots(first: int, end: int) -> tuple[dict[str, int], str, str]:
    """The years of the months `first` <= index < `end`, and SQL for what was spent and how many lines in them."""
    years = {"first_year": first // _MONTHS, "last_year": (end - 1) // _MONTHS}
    # The year may begin late and end early; one year may do both.
    slots = (first % _MONTHS + 1, (end - 1) % _MONTHS + 1)
    one = years["first_year"] == years["last_year"]
    return years, _sum("spent", *slots, one=one), _sum("lines", *slots, one=one)


def _sum(name: str, begin: int, stop: int, *, one: bool) -> str:
    def slots(first: int, last: int) -> str:
        return " + ".join(f"{name}{slot}" for slot in range(first, last + 1))

    if one:
        return slots(begin, stop)
    return (
        f"CASE year WHEN :first_year THEN {slots(begin, _MONTHS)} WHEN :last_year THEN {slots(1, stop)}"
        f" ELSE {slots(1, _MONTHS)} END"
    )
