"""The words of explanations: figures, what they are computed from, and why something does not count."""

from __future__ import annotations

import re
from typing import Final

from components.format import MINUS
from core.i18n import ENGLISH, N_, _, language, small
from data.schemas.figures import Explanation, Reason

REASONS: Final[dict[Reason, str]] = {
    "transfer": N_("Transfers between your own accounts"),
    "saving": N_("Put aside as savings"),
    "adjustment": N_("Adjustments of balances"),
    "pending": N_("Announced, not booked yet"),
    "no_rate": N_("No exchange rate is known"),
    "filtered": N_("Outside of the filters"),
    "not_in_net_worth": N_("Accounts kept out of net worth"),
}
ADJUSTMENTS: Final = {
    "opening_balance": N_("Opening balance"),
    "refund_carried": N_("Refund carried to the next period"),
}
STANDINGS: Final[dict[str, str]] = {
    "unbudgeted": N_("No limit set"),
    "over": N_("Over"),
    "projected_over": N_("Likely over"),
    "warning": N_("Close to limit"),
    "no_activity": N_("Nothing spent"),
    "on_track": N_("On track"),
}
"""How a budget stands."""
_TITLES: Final = {
    "net_cash_flow": N_("Cash flow"),
    "transaction_count": N_("Transactions"),
    "count": N_("Number of lines"),
}
_NAMES: Final = {
    "net_worth_before": N_("Net worth the day before"),
    "transfers_net": N_("Transfers whose other side is not here"),
    "saving_net": N_("Savings whose other side is not here"),
    "adjustments": N_("Adjustments of balances"),
    "opened": N_("Balances of accounts that were added"),
    "closed": N_("Balances of accounts that were closed"),
    "flows_outside": N_("Booked in accounts kept out of net worth"),
    "revaluation": N_("Changes of exchange rates"),
    "missing_rates": N_("What no exchange rate is known for"),
    "warning_at": N_("Warns from this share of the limit"),
    "ahead": N_("Warns when spending is this far ahead of the days"),
    "early": N_("Looks ahead from this share of the period"),
    "above": N_("Likely over from this share of the limit"),
}
_NAME: Final = re.compile(r"[a-z][a-z_]*(?!\w*\()")
_ALL: Final = "#"
BEFORE: Final = "Of the period before: "
_PARTS: Final = {"previous": N_("of the period before"), "change": N_("change against the period before")}


def meaning(definition: str) -> str:
    """What a figure means."""
    if definition.startswith(BEFORE):
        return _("Of the period before: {meaning}", meaning=_(definition.removeprefix(BEFORE)))
    return _(definition)


def title_of(answer: Explanation) -> str:
    """`Savings rate`, `Balance of Current account`, `Income, change against the period before`."""
    names = answer.id.split(".")
    field = term(names[-1])
    if answer.subject is not None:
        weekday = answer.id.startswith("transactions.by_weekday.")
        return _("{field} of {subject}", field=field, subject=_(answer.subject) if weekday else answer.subject)
    if len(names) == 3:
        return f"{field}, {_(_PARTS[names[1]]) if names[1] in _PARTS else small(term(names[1]))}"
    return field


def term(name: str) -> str:
    """What a formula calls `name`, in words."""
    return _(_TITLES.get(name) or _NAMES.get(name) or name.replace("_", " ").capitalize())


def _term_inside(name: str) -> str:
    """The same within a formula, where English words are small."""
    return name.replace("_", " ") if language() == ENGLISH else term(name)


def readable(formula: str) -> str:
    """A formula as people write it."""
    said = _NAME.sub(lambda found: _term_inside(found[0]), formula.replace("sum(transactions)", _ALL))
    said = said.replace(_ALL, _("all transactions below"))
    return said.replace(" * ", " × ").replace(" / ", " ÷ ").replace(" - ", f" {MINUS} ")
