"""What the key figures must say, computed from the endpoint's answer and not by the product's own formatting."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from playwright.sync_api import Page, expect

SYMBOLS = {"EUR": "€", "GBP": "£", "USD": "$"}
CARDS = {"net_worth": "net-worth", "income": "income", "expenses": "expenses", "net_cash_flow": "net-cash-flow"}


def exact(amount: str, currency: str) -> str:
    """`−€1,234.50`, as English locales write it."""
    value = Decimal(amount)
    return f"{'−' if value < 0 else ''}{SYMBOLS[currency]}{abs(value):,.2f}"


def summary(page: Page, search: str = "") -> Any:
    """The endpoint's answer to the person who looks at `page`."""
    answer = page.request.get(f"/financial/dashboard/summary{search}")
    assert answer.ok, answer.text()
    return answer.json()


def expected(answer: Any) -> dict[str, str]:
    """Card -> its exact figure."""
    found = {card: exact(answer["data"][name], answer["currency"]) for name, card in CARDS.items()}
    rate = answer["data"]["savings_rate"]
    if rate is not None:
        found["savings-rate"] = f"{round(rate, 4) * 100:,.2f}%".replace("-", "−")
    return found


def expect_figures(page: Page, answer: Any) -> None:
    """The cards show what the endpoint answers: the exact figure in words, its rounding to the eye."""
    for card, text in expected(answer).items():
        figure = page.locator(f".card-{card} .figure")
        expect(figure.locator(".visually-hidden")).to_have_text(text)
        expect(figure.locator(".money")).to_have_attribute("title", text)
        shown = figure.locator("[aria-hidden=true]").inner_text()
        assert abs(number(shown) - number(text)) <= 0.5, (card, shown, text)


def number(text: str) -> float:
    """The number in `€46,183` or `−2.55%`."""
    return float(re.sub(r"[^\d.−]", "", text).replace("−", "-"))


def expect_period(page: Page, answer: Any) -> None:
    """The line above the title names the days of the answer."""
    first, last = answer["period"]["from"], answer["period"]["to"]
    for day in (first, last):
        year, number = day[:4], str(int(day[8:]))
        expect(page.locator("#overview-eyebrow")).to_contain_text(
            re.compile(rf"\b{number} .*{year}|\b{number}\s*–.*{year}")
        )
