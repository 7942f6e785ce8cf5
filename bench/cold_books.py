"""Books of any size for `bench.cold`, made from a seed and sent by COPY: like a real ledger, or uniformly random.

Ten years, 20 accounts, 60 categories, 5,000 payees. In the `real` shape a few payees take most bookings, each has its
category, its usual account and amount, and wages come monthly; in the `random` shape everything is drawn uniformly, so
that every account meets every category each month. 4 % are legs of matched transfers, 1 % are split, 5 % have no
category, 1 % bear a tag.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate
from operator import itemgetter
from typing import Any, Literal

import psycopg

from data.commands import tenants
from data.commands.rollup_repair import rebuild
from data.context import Actor, TenantContext
from data.db import Database
from data.directory import TenantInfo

Shape = Literal["real", "random"]
LAST_DAY = date(2026, 10, 31)
DAYS = 3652
ACCOUNTS, CATEGORIES, PAYEES, BUDGETS = 20, 60, 5_000, 12
TAG = "journey"
_TYPES = ("checking", "savings", "credit_card", "checking", "cash")
_KINDS = ("income",) * 6 + ("transfer",) * 2 + ("saving",) * 2 + ("expense",) * 50
_COLUMNS = (
    "tenant_id, account_id, booked_on, amount, payee, category_id, is_split, flow, transfer_id, fingerprint,"
    " occurrence, created_version, updated_version"
)


@dataclass(frozen=True)
class Books:
    """The ids of what was made."""

    tenant: TenantInfo
    accounts: list[int]
    categories: list[int]


def make(database: Database, owner: str, key: str, rows: int, shape: Shape, foreign: int = 0) -> Books:
    """A tenant with about `rows` transactions, all rollups filled; `foreign` of the accounts are in USD."""
    values = {
        "key": key, "type": "user", "name": key, "currency": "EUR", "timezone": "Europe/Berlin",
        "locale": "en-IE", "match_by_amount": False,
    }  # fmt: skip
    tenant = tenants.create(database, values)
    with psycopg.connect(owner.replace("+psycopg", "")) as connection:
        # The rows are right by construction: checking a million foreign keys would be most of the time.
        connection.execute("SET session_replication_role = replica")
        books = _frame(connection, tenant, foreign)
        _fill(connection, books, rows, shape)
    with psycopg.connect(owner.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE transactions")
    context = TenantContext(database.tenant(tenant.id), tenant, Actor("bench"), LAST_DAY)
    rebuild(context)
    with psycopg.connect(owner.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")
    return books


def _frame(connection: Any, tenant: TenantInfo, foreign: int) -> Books:
    """Accounts, categories, budgets."""
    stamp = (tenant.id, 1, 1)

    def add(table: str, columns: str, *values: Any) -> int:
        marks = ", ".join(["%s"] * (3 + len(values)))
        statement = f"INSERT INTO {table} (tenant_id, created_version, updated_version, {columns}) VALUES ({marks})"
        return int(connection.execute(statement + " RETURNING id", (*stamp, *values)).fetchone()[0])

    accounts = [
        add("accounts", "name, type, currency, opening_balance, opening_on", f"Account {place:02}",
            _TYPES[place % len(_TYPES)], "USD" if place < foreign else "EUR", 100_000, LAST_DAY - timedelta(DAYS))
        for place in range(ACCOUNTS)
    ]  # fmt: skip
    categories = [add("categories", "name, kind", f"Category {place:02}", _KINDS[place]) for place in range(CATEGORIES)]
    for place in range(BUDGETS):
        budget = add(
            "budgets", "name, currency, rule_type, day, starts_on, rollover_policy, thresholds", f"Budget {place:02}",
            "EUR", "monthly", 1, LAST_DAY.replace(year=LAST_DAY.year - 3, day=1),
            ("reset", "carry_positive")[place % 2], "{}",
        )  # fmt: skip
        category = categories[CATEGORIES - 1 - place]
        connection.execute("INSERT INTO budget_categories VALUES (%s, %s, %s)", (tenant.id, budget, category))
        connection.execute(
            "INSERT INTO budget_amounts (tenant_id, budget_id, effective_from, amount) VALUES (%s, %s, %s, %s)",
            (tenant.id, budget, LAST_DAY.replace(year=LAST_DAY.year - 3, day=1), 500_00),
        )
    return Books(tenant, accounts, categories)


def _fill(connection: Any, books: Books, rows: int, shape: Shape) -> None:
    chance = random.Random(f"{shape}{rows}")
    # In the order of their days, as statements bring them.
    drawn = sorted((_real if shape == "real" else _random)(chance, books, rows), key=itemgetter(1))
    first = LAST_DAY - timedelta(DAYS - 1)
    pairs = 0
    with connection.cursor().copy(f"COPY transactions ({_COLUMNS}) FROM STDIN") as copy:
        for row, (account, day, amount, payee, category) in enumerate(drawn):
            draw = chance.random()
            split = draw < 0.01
            legs: list[_Leg] = [(account, amount, 0, None)]
            if draw > 0.98:
                pairs += 1
                legs = _legs(books, account, amount, pairs)
            if 0.9 < draw < 0.95 or draw > 0.98 or split:
                category = None
            for side, (place, moved, flow, pair) in enumerate(legs):
                print_ = row.to_bytes(15, "big") + bytes([side])
                copy.write_row(
                    (books.tenant.id, place, first + timedelta(day), moved, payee, category, split, flow, pair,
                     print_, 1, 1, 1)
                )  # fmt: skip
    connection.execute(
        "INSERT INTO transfers (tenant_id, id, evidence, confirmed, created_version, updated_version)"
        " OVERRIDING SYSTEM VALUE SELECT %s, number, 0, true, 1, 1 FROM generate_series(1, %s) AS number",
        (books.tenant.id, pairs),
    )
    connection.execute("SELECT setval(pg_get_serial_sequence('transfers', 'id'), max(id)) FROM transfers")
    _tag_and_split(connection, books)


def _tag_and_split(connection: Any, books: Books) -> None:
    """A tag for each hundredth transaction, and two parts for those that are split."""
    connection.execute(
        "WITH tag AS (INSERT INTO tags (tenant_id, name, created_version, updated_version)"
        " VALUES (%s, %s, 1, 1) RETURNING tenant_id, id)"
        " INSERT INTO taggings (tenant_id, kind, object_id, tag_id) SELECT tag.tenant_id, 'transaction', t.id, tag.id"
        " FROM tag JOIN transactions t ON t.tenant_id = tag.tenant_id AND t.id %% 100 = 0",
        (books.tenant.id, TAG),
    )
    for position in (1, 2):
        connection.execute(
            "INSERT INTO splits (tenant_id, transaction_id, position, amount, category_id)"
            " SELECT tenant_id, id, %s, CASE %s WHEN 1 THEN amount / 2 ELSE amount - amount / 2 END, %s"
            " FROM transactions WHERE tenant_id = %s AND is_split",
            (position, position, books.categories[10 * position + 2], books.tenant.id),
        )


_Leg = tuple[int, int, int, int | None]
"""Account, amount, flow and transfer."""


def _legs(books: Books, account: int, amount: int, pair: int) -> list[_Leg]:
    """Both legs of a matched pair, as `data.commands.pairing` tells the flow."""
    place = books.accounts.index(account)
    other = (place + 1) % ACCOUNTS
    saves = [_TYPES[each % len(_TYPES)] == "savings" for each in (place, other)]
    flows = [4 if own and not theirs else 3 for own, theirs in (saves, saves[::-1])]
    return [(account, amount, flows[0], pair), (books.accounts[other], -amount, flows[1], pair)]


_Row = tuple[int, int, int, str, int | None]


def _random(chance: random.Random, books: Books, rows: int) -> Iterator[_Row]:
    for _ in range(rows):
        amount = chance.randrange(-500_000, 500_000) or 1
        payee = f"Payee {chance.randrange(PAYEES)}"
        yield chance.choice(books.accounts), chance.randrange(DAYS), amount, payee, chance.choice(books.categories)


def _real(chance: random.Random, books: Books, rows: int) -> Iterator[_Row]:
    weights = list(accumulate(1 / (place + 3) for place in range(PAYEES)))
    profiles = [
        (chance.choice(books.accounts), chance.choice(books.categories[10:]), chance.lognormvariate(7.5, 1.2))
        for _ in range(PAYEES)
    ]
    for row in range(rows):
        if row % 50 == 0:  # somebody pays
            place = chance.randrange(12)
            day = min(DAYS - 1, 30 * chance.randrange(DAYS // 30) + 27)
            yield (
                books.accounts[place % 4],
                day,
                chance.randrange(150_000, 400_000),
                f"Employer {place}",
                books.categories[place % 6],
            )
            continue
        payee = chance.choices(range(PAYEES), cum_weights=weights)[0]
        account, category, usual = profiles[payee]
        if chance.random() < 0.2:
            account = chance.choice(books.accounts)
        amount = max(1, int(usual * chance.uniform(0.3, 2)))
        sign = 1 if chance.random() < 0.02 else -1
        yield account, chance.randrange(DAYS), sign * amount, f"Payee {payee}", category
