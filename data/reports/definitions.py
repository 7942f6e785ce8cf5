"""What every figure means, in words and as a formula.

A formula is over the names of the inputs of an explanation. `sum(inputs)` adds them up. The result is rounded half to
even to the figure's unit (minor units of money, 4 decimals of ratios), `floor` rounds down to it; null counts as 0.
Explanations may give a shorter formula where a part of it does not apply.
"""

from __future__ import annotations

from typing import Final

from data.schemas.figures import FigureKind, Unit

Row = tuple[str, FigureKind, Unit, str, str]
"""Field, kind, unit, definition, formula."""

KEY: Final[tuple[Row, ...]] = (
    (
        "net_worth",
        "derived",
        "money",
        "What you own less what you owe, on the period's last day. What moved it is listed too.",
        "assets + liabilities = net_worth_before + income - expenses + transfers_net + saving_net + adjustments"
        " + opened - closed - flows_outside + revaluation + rounding + missing_rates",
    ),
    (
        "assets",
        "derived",
        "money",
        "The balances of all asset accounts that are in net worth, on the period's last day.",
        "sum(inputs)",
    ),
    (
        "liabilities",
        "derived",
        "money",
        "The balances of credit cards, loans, mortgages and other debts, on the period's last day. Normally negative.",
        "sum(inputs)",
    ),
    (
        "income",
        "sum",
        "money",
        "Booked transactions in income categories, and money that came in without a category. Transfers between your"
        " own accounts, savings and adjustments are not income.",
        "sum(transactions)",
    ),
    (
        "expenses",
        "sum",
        "money",
        "Booked transactions in expense categories, and money that went out without a category. Refunds reduce it."
        " Transfers between your own accounts, savings and adjustments are not expenses.",
        "sum(transactions)",
    ),
    ("net_cash_flow", "derived", "money", "What was left of the income after all expenses.", "income - expenses"),
    (
        "savings_rate",
        "derived",
        "ratio",
        "The share of the income that was not spent. There is none without income.",
        "(income - expenses) / income",
    ),
    (
        "saved",
        "sum",
        "money",
        "What was put aside: transactions in saving categories, and transfers between other accounts and savings or"
        " investment accounts. A pair counts once; what was taken back reduces it.",
        "sum(transactions)",
    ),
)

SUMMARY: Final[tuple[Row, ...]] = (
    ("uncategorised", "derived", "money", "All money that moved without a category.", "income + expenses"),
    ("uncategorised.income", "sum", "money", "Money that came in without a category.", "sum(transactions)"),
    ("uncategorised.expenses", "sum", "money", "Money that went out without a category.", "sum(transactions)"),
    ("uncategorised.count", "sum", "count", "How many lines have no category.", "count(transactions)"),
    (
        "unmatched_transfers",
        "sum",
        "money",
        "Transactions of kind transfer whose other side was not found; money in less money out.",
        "sum(transactions)",
    ),
    ("unmatched_transfers.amount", "sum", "money", "The same as summary.unmatched_transfers.", "sum(transactions)"),
    ("unmatched_transfers.count", "sum", "count", "How many transfers have no other side.", "count(transactions)"),
    (
        "health",
        "derived",
        "index",
        "The health index, 0 to 100: how far the savings rate, the cushion, the debts and the budgets of the three"
        " whole months before are from what is advised. Parts that are not defined are left out, their weight too.",
        "100 * (30 * savings + 30 * cushion + 20 * debt + 20 * adherence) / 100",
    ),
    ("health.index", "derived", "index", "The same as summary.health.", "see summary.health"),
)

ACCOUNT: Final[tuple[Row, ...]] = (
    (
        "balance",
        "sum",
        "money",
        "The balance at the end of the period's last day, in the account's currency: the opening balance and"
        " everything booked since. Before the opening day, what was booked in between is taken off.",
        "opening_balance + sum(transactions)",
    ),
    (
        "balance_converted",
        "derived",
        "money",
        "The balance in the currency of the report, at the rate of the period's last day (today's for days to come).",
        "balance * rate",
    ),
    ("pending", "sum", "money", "Announced transactions that are not booked yet, of any day.", "sum(transactions)"),
    (
        "inflow",
        "sum",
        "money",
        "Money that came in during the period, transfers and adjustments included.",
        "sum(transactions)",
    ),
    (
        "outflow",
        "sum",
        "money",
        "Money that went out during the period, transfers and adjustments included, as a positive amount.",
        "sum(transactions)",
    ),
    (
        "change",
        "sum",
        "money",
        "By how much the balance changed during the period: everything that was booked in it.",
        "sum(transactions)",
    ),
    (
        "transaction_count",
        "sum",
        "count",
        "How many lines were booked in the period; the parts of a split count one by one.",
        "count(transactions)",
    ),
)

CATEGORY: Final[tuple[Row, ...]] = (
    (
        "amount",
        "sum",
        "money",
        "What was booked in the category itself, without those below it; positive in its usual direction.",
        "sum(transactions)",
    ),
    ("count", "sum", "count", "How many lines were booked in the category itself.", "count(transactions)"),
    (
        "share",
        "derived",
        "ratio",
        "The category's part of all income, or of all expenses.",
        "amount / total_of_kind",
    ),
)

TRANSACTIONS: Final[tuple[Row, ...]] = (
    ("count", "sum", "count", "How many lines are income or expense.", "count(transactions)"),
    ("inflow", "sum", "money", "All money in that is income, or a refund of an expense.", "sum(transactions)"),
    ("outflow", "sum", "money", "All money out that is an expense, or income paid back.", "sum(transactions)"),
    ("average", "derived", "money", "The size of a line in the mean.", "(inflow + outflow) / count"),
    (
        "largest_inflow",
        "sum",
        "money",
        "The largest line of money in that is income, or a refund of an expense; of equal ones the earliest.",
        "sum(transactions)",
    ),
    (
        "largest_outflow",
        "sum",
        "money",
        "The largest line of money out that is an expense, or income paid back; of equal ones the earliest.",
        "sum(transactions)",
    ),
    (
        "by_month.<month>.income",
        "sum",
        "money",
        "The month's income, as far as it is in the period.",
        "sum(transactions)",
    ),
    (
        "by_month.<month>.expenses",
        "sum",
        "money",
        "The month's expenses, as far as it is in the period.",
        "sum(transactions)",
    ),
    ("by_month.<month>.net", "derived", "money", "What was left of the month's income.", "income - expenses"),
    (
        "by_month.<month>.count",
        "sum",
        "count",
        "How many lines of the month are income or expense.",
        "count(transactions)",
    ),
    (
        "by_payee.<payee>.amount",
        "sum",
        "money",
        "What was spent at the payee. Refunds reduce it.",
        "sum(transactions)",
    ),
    ("by_payee.<payee>.count", "sum", "count", "How many lines of expense name the payee.", "count(transactions)"),
    (
        "by_weekday.<weekday>.expenses",
        "sum",
        "money",
        "What was spent on this day of the week. Refunds reduce it.",
        "sum(transactions)",
    ),
)
