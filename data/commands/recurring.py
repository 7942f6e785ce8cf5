"""Keeps `recurring_series` equal to what the ledger's lines say: found anew for the payees of changed lines.

A payee's lines are read through `ix_transactions_payments`; a command that changes lines of many payees goes through
whole accounts instead. The series are found by `core.recurring`, in the order of the ledger and never of arrival. Few
payees have any: of all that changed only days and amounts are read, and the rest of their lines for those few.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any, Final

from sqlalchemy import insert, text
from sqlalchemy.orm import Session

from core.recurring import Series, find_series
from data.frames.driver import rows as run
from data.models.recurring import PAYEE_KEY, RecurringSeries

Payees = set[tuple[int, str]]
"""Accounts and payees as they were before a command changed them."""
_MOST_PAYEES: Final = 5_000
_MANY_PAYEES: Final = 200
_FEW_LINES: Final = 200_000
_BATCH: Final = 500

_CHANGED_KEYS = f"""
    SELECT account_id, payee_key, count(*) FROM (
        SELECT account_id, payee_key FROM transactions WHERE tenant_id = :tenant AND updated_version = :version
        UNION ALL
        SELECT account_id, {PAYEE_KEY}
        FROM unnest(CAST(:old_accounts AS bigint[]), CAST(:old_payees AS text[])) AS old(account_id, payee)
    ) AS found WHERE payee_key <> '' GROUP BY account_id, payee_key
"""  # noqa: S608 - the parts are constants of this program
_LINES_OF_ACCOUNTS = """
    SELECT coalesce(sum(count), 0) FROM account_months
    WHERE tenant_id = :tenant AND account_id = ANY(CAST(:accounts AS bigint[]))
"""
_DELETE_KEYS = """
    DELETE FROM recurring_series s
    USING unnest(CAST(:accounts AS bigint[]), CAST(:keys AS text[])) AS wanted(account_id, payee_key)
    WHERE s.tenant_id = :tenant AND s.account_id = wanted.account_id AND s.payee_key = wanted.payee_key
    RETURNING s.place
"""
_DELETE_ACCOUNTS = text(
    "DELETE FROM recurring_series WHERE tenant_id = :tenant AND account_id = ANY(CAST(:accounts AS bigint[]))"
)
# Booked lines that move money: neither pending ones nor adjustments. Legs of transfers count: standing orders recur.
_LINES = """
    SELECT t.account_id, t.payee_key, sign(t.amount)::smallint AS sign, 0::bigint AS part, t.booked_on,
           t.amount, coalesce(t.category_id, 0) AS category_id, t.flow, t.payee
    FROM transactions t
    WHERE t.tenant_id = :tenant AND NOT t.is_split AND t.amount <> 0 AND t.flow IN (0, 3, 4) AND WANTED
    UNION ALL
    SELECT t.account_id, t.payee_key, sign(s.amount)::smallint, coalesce(s.category_id, -1), t.booked_on,
           s.amount, coalesce(s.category_id, 0), s.flow, t.payee
    FROM transactions t JOIN splits s ON s.tenant_id = t.tenant_id AND s.transaction_id = t.id
    WHERE t.tenant_id = :tenant AND t.is_split AND s.amount <> 0 AND s.flow IN (0, 3, 4) AND WANTED
"""
_ORDER = 'ORDER BY booked_on, amount, category_id, flow, payee COLLATE "C"'
_GROUPED = f"""
    SELECT account_id, payee_key, sign, part,
           array_agg(booked_on {_ORDER}) AS days, array_agg(amount {_ORDER}) AS amounts,
           array_agg(category_id {_ORDER}) AS categories, array_agg(flow {_ORDER}) AS flows,
           array_agg(payee {_ORDER}) AS payees
    FROM LINES WHERE payee_key <> ''
    GROUP BY account_id, payee_key, sign, part HAVING count(DISTINCT booked_on) >= 3
    ORDER BY account_id, payee_key COLLATE "C", sign, part
"""  # noqa: S608 - the parts are constants of this program
_GROUPS_OF_ACCOUNTS = text(
    _GROUPED.replace("LINES", f"({_LINES}) lines").replace("WANTED", "t.account_id = ANY(CAST(:accounts AS bigint[]))")
)
_PAIRS = "unnest(CAST(:accounts AS bigint[]), CAST(:keys AS text[])) AS wanted(account, key)"
# The same lines as `_LINES` by one search for each payee.
_OF_PAYEE = """
    SELECT t.account_id, t.payee_key, line.sign, line.part, t.booked_on, line.amount, line.category_id, line.flow,
           t.payee
    FROM transactions t CROSS JOIN LATERAL (
        SELECT sign(t.amount)::smallint AS sign, 0::bigint AS part, t.amount,
               coalesce(t.category_id, 0) AS category_id, t.flow WHERE NOT t.is_split
        UNION ALL
        SELECT sign(s.amount)::smallint, coalesce(s.category_id, -1), s.amount, coalesce(s.category_id, 0), s.flow
        FROM splits s WHERE t.is_split AND s.tenant_id = :tenant AND s.transaction_id = t.id
    ) AS line
    WHERE t.tenant_id = :tenant AND t.account_id = wanted.account AND t.payee_key = wanted.key
      AND line.amount <> 0 AND line.flow IN (0, 3, 4)
"""
# `OFFSET 0` keeps each payee an index look-up, whatever the planner believes of a fresh table.
_BY_LOOK_UPS = f"{_PAIRS} CROSS JOIN LATERAL ({_OF_PAYEE} OFFSET 0) lines"
# `IS TRUE` keeps it one look into a hash table for each line: the planner would join, at worst line by line.
_IN_ONE_PASS = f"({_LINES}) lines".replace(
    "WANTED",
    "t.account_id = ANY(CAST(:accounts AS bigint[]))"  # noqa: S608 - the parts are constants of this program
    f" AND ((t.account_id, t.payee_key) IN (SELECT wanted.account, wanted.key FROM {_PAIRS})) IS TRUE",
)
# What may have a series, in no order: as many lines of one day, or without a run, are found out when it is tried.
_SPARE_IN_ONE_PASS = f"""
    SELECT account_id, payee_key, array_agg(booked_on), array_agg(amount) FROM {_IN_ONE_PASS}
    GROUP BY account_id, payee_key, sign, part HAVING count(*) >= 3
"""  # noqa: S608 - as above
# By places in the list of what is wanted, which are quicker to group than payees; the parts of splits by a search of
# their own, so that other lines need no look at their kind.
_PLACED = _PAIRS.replace(" AS wanted(account, key)", " WITH ORDINALITY AS wanted(account, key, place)")
_WANTED_LINES = """
    SELECT t.booked_on, t.amount, t.id FROM transactions t
    WHERE t.tenant_id = :tenant AND t.account_id = wanted.account AND t.payee_key = wanted.key
"""
_SPARE_BY_LOOK_UPS = f"""
    SELECT place, array_agg(booked_on), array_agg(amount) FROM (
        SELECT wanted.place, t.booked_on, t.amount, sign(t.amount)::smallint AS sign, 0::bigint AS part
        FROM {_PLACED} CROSS JOIN LATERAL ({_WANTED_LINES}
            AND NOT t.is_split AND t.amount <> 0 AND t.flow IN (0, 3, 4) OFFSET 0) AS t
        UNION ALL
        SELECT wanted.place, t.booked_on, s.amount, sign(s.amount)::smallint, coalesce(s.category_id, -1)
        FROM {_PLACED} CROSS JOIN LATERAL ({_WANTED_LINES} AND t.is_split OFFSET 0) AS t
        JOIN splits s ON s.tenant_id = :tenant AND s.transaction_id = t.id
        WHERE s.amount <> 0 AND s.flow IN (0, 3, 4)
    ) AS lines
    GROUP BY place, sign, part HAVING count(*) >= 3
"""  # noqa: S608 - as above
_GROUPS_BY_LOOK_UPS = text(_GROUPED.replace("LINES", _BY_LOOK_UPS))
_GROUPS_IN_ONE_PASS = text(_GROUPED.replace("LINES", _IN_ONE_PASS))


def refresh(session: Session, tenant_id: int, version: int, before: Payees) -> None:
    """Find the series anew of the payees of all lines that the write of this `version` made or changed, and of those
    that were there `before` it changed or removed a line."""
    old = sorted(before)
    parameters: dict[str, Any] = {
        "tenant": tenant_id,
        "version": version,
        "old_accounts": [account for account, _ in old],
        "old_payees": [payee for _, payee in old],
    }
    keys = [(row[0], row[1], row[2]) for row in run(session, _CHANGED_KEYS, parameters)]
    if len(keys) > _MOST_PAYEES:
        rebuild(session, tenant_id, {account for account, _, _ in keys})
    elif keys:
        run(session, _DELETE_KEYS, _named(tenant_id, [(account, key) for account, key, _ in keys]))
        _find_again(session, tenant_id, keys)


def _find_again(session: Session, tenant_id: int, keys: list[tuple[int, str, int]]) -> None:
    """Store the series of these (account, payee, changed lines), of which none is stored any more."""
    one_pass = _is_one_pass(session, keys)
    wanted = _named(tenant_id, [(account, key) for account, key, _ in keys])
    if one_pass:
        spare = run(session, _SPARE_IN_ONE_PASS, wanted)
    else:
        spare = [(*keys[row[0] - 1][:2], row[1], row[2]) for row in run(session, _SPARE_BY_LOOK_UPS, wanted)]
    found = {(row[0], row[1]) for row in spare if find_series(list(zip(row[2], row[3], strict=True)))}
    if found:
        statement = _GROUPS_IN_ONE_PASS if one_pass else _GROUPS_BY_LOOK_UPS
        _store(session, _found(session, tenant_id, statement, _named(tenant_id, sorted(found))))


def _named(tenant_id: int, keys: Collection[tuple[int, str]]) -> dict[str, Any]:
    return {"tenant": tenant_id, "accounts": [key[0] for key in keys], "keys": [key[1] for key in keys]}


def _is_one_pass(session: Session, keys: list[tuple[int, str, int]]) -> bool:
    """Whether one pass over the accounts costs less than a look-up for each payee, or little enough: on young books the
    planner knows nothing of payees yet, and many look-ups may each read a whole account."""
    if len(keys) <= _MANY_PAYEES:
        return False
    lines = int(run(session, _LINES_OF_ACCOUNTS, {"accounts": sorted({key[0] for key in keys})})[0][0])
    return lines <= max(_FEW_LINES, 4 * sum(key[2] for key in keys))


def rebuild(session: Session, tenant_id: int, accounts: Collection[int]) -> None:
    """Find all series of these accounts anew."""
    wanted = {"tenant": tenant_id, "accounts": sorted(accounts)}
    session.execute(_DELETE_ACCOUNTS, wanted)
    _store(session, _found(session, tenant_id, _GROUPS_OF_ACCOUNTS, wanted))


def series_of(session: Session, tenant_id: int, accounts: Collection[int]) -> list[dict[str, Any]]:
    """The rows that `recurring_series` ought to have for these accounts, found from the ledger."""
    wanted = {"tenant": tenant_id, "accounts": sorted(accounts)}
    return list(_found(session, tenant_id, _GROUPS_OF_ACCOUNTS, wanted))


def _found(session: Session, tenant_id: int, statement: Any, wanted: dict[str, Any]) -> Iterator[dict[str, Any]]:
    groups = session.execute(statement, wanted, execution_options={"yield_per": _BATCH})
    for group in groups:
        for place, series in enumerate(find_series(list(zip(group.days, group.amounts, strict=True)))):
            yield {"tenant_id": tenant_id, "place": place, **_row(group, series)}


def _row(group: Any, series: Series) -> dict[str, Any]:
    places = series.places
    last = places[-1]
    return {
        "account_id": group.account_id,
        "payee_key": group.payee_key,
        "sign": group.sign,
        "part": group.part,
        "payee": group.payees[last],
        "category_id": group.categories[last],
        "flow": group.flows[last],
        "repeats": series.schedule.interval,
        "anchor": series.schedule.anchor,
        "first_on": group.days[places[0]],
        "last_on": series.schedule.last_on,
        "amount": series.amount,
        "confidence": round(100 * series.confidence),
        "price_changes": [[change.day.isoformat(), change.before, change.after] for change in series.price_changes],
        "days": [group.days[place] for place in places],
        "amounts": [group.amounts[place] for place in places],
        "categories": [group.categories[place] for place in places],
        "flows": [group.flows[place] for place in places],
    }


def _store(session: Session, rows: Iterator[dict[str, Any]]) -> None:
    # The rows are read to their end before anything is written: a cursor must not be open over a write.
    if found := list(rows):
        session.execute(insert(RecurringSeries), found)
