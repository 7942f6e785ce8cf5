"""Rollups by month and payee, filled from what is in the ledger."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from data.migrations.security import protect

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_WEEKDAYS = [f"day{day}" for day in range(1, 8)]
_SLOTS = range(1, 13)
_PAYEE_SUMS = [*(f"spent{slot}" for slot in _SLOTS), *(f"lines{slot}" for slot in _SLOTS)]


def upgrade() -> None:
    op.create_index(
        "ix_daily_rollup_pending", "daily_rollup", ["tenant_id", "account_id"], postgresql_where=sa.text("flow = 2")
    )
    op.create_index("ix_splits_amount", "splits", ["tenant_id", "amount"])
    op.drop_index("ix_transactions_payee", "transactions")
    op.create_index("ix_transactions_payee", "transactions", ["tenant_id", "payee_key", "account_id", "booked_on"])
    op.create_index(
        "ix_transactions_loose",
        "transactions",
        ["tenant_id", "category_id", "booked_on"],
        postgresql_include=["account_id", "amount", "id"],
        postgresql_where=sa.text("flow = 0 AND NOT is_split"),
    )
    _create_monthly_rollup()
    _create_account_months()
    _create_payee_years()
    protect(["monthly_rollup", "account_months", "payee_years"])
    connection = op.get_bind()
    for tenant, start in connection.execute(sa.text("SELECT id, month_start FROM tenants ORDER BY id")).all():
        connection.execute(sa.text(f"SET LOCAL app.tenant_id = {int(tenant)}"))
        for statement in (_MONTHS, _ACCOUNTS, _PAYEES):
            connection.execute(sa.text(statement), {"tenant": tenant, "shift": start - 1})


def downgrade() -> None:
    for table in ("payee_years", "account_months", "monthly_rollup"):
        op.drop_table(table)
    op.drop_index("ix_transactions_loose", "transactions")
    op.drop_index("ix_transactions_payee", "transactions")
    op.create_index("ix_transactions_payee", "transactions", ["tenant_id", "account_id", "payee_key"])
    op.drop_index("ix_splits_amount", "splits")
    op.drop_index("ix_daily_rollup_pending", "daily_rollup")


def _create_monthly_rollup() -> None:
    keys = ["tenant_id", "account_id", "currency", "month", "category_id", "flow", "sign"]
    op.create_table(
        "monthly_rollup",
        sa.Column("tenant_id", sa.BigInteger(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("month", sa.BigInteger(), nullable=False),
        sa.Column("category_id", sa.BigInteger(), nullable=False),
        sa.Column("flow", sa.SmallInteger(), nullable=False),
        sa.Column("sign", sa.SmallInteger(), nullable=False),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in ("amount", "count", *_WEEKDAYS)),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_monthly_rollup_tenant_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint(*keys, name=op.f("pk_monthly_rollup")),
    )
    op.create_index("ix_monthly_rollup_category", "monthly_rollup", ["tenant_id", "category_id", "account_id", "month"])
    op.create_index(
        "ix_monthly_rollup_saved", "monthly_rollup", ["tenant_id", "month"], postgresql_where=sa.text("flow = 4")
    )


def _create_account_months() -> None:
    op.create_table(
        "account_months",
        sa.Column("tenant_id", sa.BigInteger(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("month", sa.BigInteger(), nullable=False),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in ("inflow", "outflow", "count")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "account_id"],
            ["accounts.tenant_id", "accounts.id"],
            name=op.f("fk_account_months_tenant_id_account_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_account_months_tenant_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("tenant_id", "account_id", "month", name=op.f("pk_account_months")),
    )


def _create_payee_years() -> None:
    op.create_table(
        "payee_years",
        sa.Column("tenant_id", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("year", sa.SmallInteger(), nullable=False),
        sa.Column("payee_key", sa.String(), nullable=False),
        sa.Column("payee_id", sa.Uuid(), nullable=False),
        sa.Column("payee", sa.String(), nullable=False),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in _PAYEE_SUMS),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_payee_years_tenant_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("tenant_id", "currency", "year", "payee_key", "payee_id", name=op.f("pk_payee_years")),
    )


def _month(day: str) -> str:
    shifted = f"({day} - CAST(:shift AS integer))"
    return f"CAST(extract(year FROM {shifted}) * 12 + extract(month FROM {shifted}) - 1 AS bigint)"


_BY_WEEKDAY = ", ".join(
    f"coalesce(sum(d.amount) FILTER (WHERE extract(isodow FROM d.booked_on) = {day}), 0)" for day in range(1, 8)
)
_MONTHS = f"""
    INSERT INTO monthly_rollup (
        tenant_id, account_id, currency, month, category_id, flow, sign, amount, count, {", ".join(_WEEKDAYS)})
    SELECT :tenant, scope.account_id, a.currency, {_month("d.booked_on")}, d.category_id, d.flow, d.sign,
           sum(d.amount), sum(d.count), {_BY_WEEKDAY}
    FROM daily_rollup d JOIN accounts a ON a.tenant_id = :tenant AND a.id = d.account_id
    CROSS JOIN LATERAL (VALUES (d.account_id), (CAST(0 AS bigint))) AS scope(account_id)
    WHERE d.tenant_id = :tenant
    GROUP BY scope.account_id, a.currency, 4, d.category_id, d.flow, d.sign
    ON CONFLICT DO NOTHING
"""
_ACCOUNTS = f"""
    INSERT INTO account_months (tenant_id, account_id, month, inflow, outflow, count)
    SELECT :tenant, account_id, {_month("booked_on")}, coalesce(sum(amount) FILTER (WHERE sign > 0), 0),
           coalesce(sum(amount) FILTER (WHERE sign < 0), 0), sum(count)
    FROM daily_rollup WHERE tenant_id = :tenant AND flow <> 2 GROUP BY account_id, 3
    ON CONFLICT DO NOTHING
"""
_BY_SLOT = ", ".join(
    f"coalesce(sum({name}) FILTER (WHERE month % 12 = {slot - 1}), 0)" for name in ("-amount", "1") for slot in _SLOTS
)
_PAYEES = f"""
    INSERT INTO payee_years (tenant_id, currency, year, payee_key, payee_id, payee, {", ".join(_PAYEE_SUMS)})
    SELECT :tenant, currency, CAST(month / 12 AS smallint), payee_key, md5(payee)::uuid, payee, {_BY_SLOT}
    FROM (
        SELECT t.account_id, {_month("t.booked_on")} AS month, t.payee_key, t.payee, t.flow, t.category_id, t.amount
        FROM transactions t WHERE t.tenant_id = :tenant AND NOT t.is_split
        UNION ALL
        SELECT t.account_id, {_month("t.booked_on")}, t.payee_key, t.payee, s.flow, s.category_id, s.amount
        FROM transactions t JOIN splits s ON s.tenant_id = t.tenant_id AND s.transaction_id = t.id
        WHERE t.tenant_id = :tenant AND t.is_split
    ) AS lines
    JOIN accounts a ON a.tenant_id = :tenant AND a.id = lines.account_id
    WHERE flow = 0 AND btrim(payee) <> ''
      AND ((category_id IS NULL AND amount <= 0)
           OR category_id IN (SELECT id FROM categories WHERE tenant_id = :tenant AND kind = 'expense'))
    GROUP BY currency, 3, payee_key, payee
    ON CONFLICT DO NOTHING
"""
