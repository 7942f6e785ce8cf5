"""A made-up answer for drawing: one household, twelve months, something of everything."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from components.context import Picture
from components.format import Format
from components.query import View
from data.schemas.budgets import BudgetAlert, BudgetState, BudgetStatus
from data.schemas.dashboard import (
    AccountSummary,
    CategoryFlow,
    DashboardData,
    DataQuality,
    Envelope,
    FinancialSummary,
    KeyFigures,
    MonthFlow,
    NetWorthPoint,
    TransactionSummary,
    Uncategorised,
    Unconverted,
    UnmatchedTransfers,
)
from data.schemas.ledger import Transaction

TODAY = date(2026, 11, 18)
HOSTILE = "<script>alert(1)</script> \u202eevil\u202c " + "x" * 200
NOW = datetime(2026, 11, 14, 8, tzinfo=UTC)


def key_figures(**given: Any) -> KeyFigures:
    return KeyFigures(**(dict.fromkeys(KeyFigures.model_fields) | given))


def summary(**given: Any) -> FinancialSummary:
    figures: dict[str, Any] = {
        "net_worth": "193179.40",
        "assets": "284300.00",
        "liabilities": "-91120.60",
        "income": "51365.11",
        "expenses": "47082.50",
        "net_cash_flow": "4282.61",
        "savings_rate": 0.0834,
        "saved": "6000.00",
        "uncategorised": Uncategorised(income="0.00", expenses="44.20", count=2),
        "unmatched_transfers": UnmatchedTransfers(count=0, amount="0.00", items=[]),
        "previous": key_figures(net_worth="178968.20"),
        "change": key_figures(
            net_worth="14211.20", income="1320.11", expenses="2210.00", net_cash_flow="-889.89", savings_rate=0.0213
        ),
        "net_worth_history": [
            worth(date(2025, 11, 30), "181082.00"),
            worth(date(2026, 5, 31), "184564.14"),
            worth(TODAY, "193179.40"),
        ],
        "health": None,
    }
    return FinancialSummary(**(figures | given))


def worth(day: date, amount: str) -> NetWorthPoint:
    return NetWorthPoint(date=day, net_worth=amount, assets="284300.00", liabilities="-91120.60")


def month(name: str, income: str = "4000.00", expenses: str = "3500.00", net: str = "500.00") -> MonthFlow:
    return MonthFlow(month=name, income=income, expenses=expenses, net=net, count=30)


def category(name: str, amount: str, share: float | None, id_: str | None = "1") -> CategoryFlow:
    return CategoryFlow(category_id=id_, name=name, kind="expense", amount=amount, count=3, share=share)


def budget(name: str = "Groceries", status: BudgetState = "on_track", **given: Any) -> BudgetStatus:
    values: dict[str, Any] = {
        "id": name,
        "name": name,
        "category_ids": ["1"],
        "currency": "EUR",
        "period": {"from": date(2026, 11, 1), "to": date(2026, 11, 30)},
        "amount": "600.00",
        "rollover": "0.00",
        "limit": "600.00",
        "spent": "300.00",
        "committed": "60.00",
        "remaining": "300.00",
        "used": 0.5,
        "elapsed": 0.6,
        "projected": "560.00",
        "status": status,
        "left_per_day": "18.46",
        "alerts": [],
    }
    return BudgetStatus(**(values | given))


def alert(level: str, budget_id: str = "Groceries") -> BudgetAlert:
    span: Any = {"from": date(2026, 11, 1), "to": date(2026, 11, 30)}
    return BudgetAlert(id=level, budget_id=budget_id, period=span, level=level, fired_at=NOW, acknowledged_at=None)


def account(id_: str = "1", name: str = "Giro") -> AccountSummary:
    return AccountSummary(
        id=id_,
        name=name,
        type="checking",
        institution=None,
        currency="EUR",
        balance="4200.00",
        balance_converted="4200.00",
        pending="0.00",
        inflow="0.00",
        outflow="0.00",
        change="0.00",
        transaction_count=3,
        last_booked_on=TODAY,
        closed_on=None,
        balance_history=[],
    )


def booking(id_: str, amount: str, **given: Any) -> Transaction:
    values: dict[str, Any] = dict.fromkeys(Transaction.model_fields) | {
        "id": id_,
        "account_id": "1",
        "type": "normal",
        "booked_on": TODAY,
        "amount": amount,
        "currency": "EUR",
        "tags": [],
        "splits": [],
        "pending": False,
        "cleared": False,
        "created_at": NOW,
        "updated_at": NOW,
    }
    return Transaction(**(values | given))


def transactions(**given: Any) -> TransactionSummary:
    values: dict[str, Any] = dict.fromkeys(TransactionSummary.model_fields) | {
        "count": 482,
        "by_month": [month("2026-09"), month("2026-10", net="-20.00"), month("2026-11")],
        "by_category": [category("Housing", "18120.00", 0.3849, "7"), category(HOSTILE, "900.50", 0.0191, "8")],
        "by_payee": [],
        "by_weekday": [],
        "recent": [
            booking("1", "-86.40", payee="REWE", category_id="7", pending=True),
            booking("2", "500.00", payee="To savings", transfer_id="9"),
            booking("3", "4312.77", payee=HOSTILE),
        ],
    }
    return TransactionSummary(**(values | given))


def answer(**given: Any) -> Envelope[DashboardData]:
    """The whole answer; keywords replace parts of the data or, by their own names, of the envelope."""
    outer: dict[str, Any] = {
        "tenant": "user_1",
        "period": {"from": date(2025, 12, 1), "to": date(2026, 11, 30), "timezone": "Europe/Berlin"},
        "currency": "EUR",
        "as_of": TODAY,
        "version": 7,
        "complete": True,
        "unconverted": [],
    }
    inner: dict[str, Any] = {
        "summary": summary(),
        "accounts": [account()],
        "transactions": transactions(),
        "budgets": [budget(), budget("Fun", "over", spent="700.00", remaining="-100.00", used=1.1667)],
        "alerts": [alert("1.0", "Fun")],
        "data_quality": [DataQuality(id="uncategorised", count=2, amount="44.20", share=None, href="/x")],
    }
    outer |= {name: given.pop(name) for name in list(given) if name in outer}
    return Envelope[DashboardData](**outer, data=DashboardData(**(inner | given)))


def empty() -> Envelope[DashboardData]:
    """The answer of a tenant without accounts."""
    nothing = summary(net_worth="0.00", previous=None, change=None, net_worth_history=[], savings_rate=None)
    none = transactions(count=0, by_month=[], by_category=[], recent=[])
    return answer(summary=nothing, accounts=[], transactions=none, budgets=[], alerts=[], data_quality=[])


def incomplete() -> Envelope[DashboardData]:
    """An answer that leaves out dollars for want of a rate."""
    return answer(complete=False, unconverted=[Unconverted(currency="USD", amount="1240.00", count=3)])


def picture(of: Envelope[DashboardData] | None = None, search: str = "", locale: str = "en-GB") -> Picture:
    return Picture(of or answer(), Format(locale), view=View.parse(search))
