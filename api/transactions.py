"""`/financial/transactions`: the ledger's bookings."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, Final, cast, get_args

from flask import Blueprint, Response
from pydantic import RootModel

from api.resource import limit, only
from core.errors import Invalid
from core.money import parse_amount
from core.period import parse_day
from core.query import Query, read_id, single
from data.commands.transactions import change_transaction, delete_transaction, post_transactions
from data.frames.transactions import Sort, TransactionFilter
from data.reports.listing import list_transactions, one_transaction
from data.schemas.ledger import Transaction, TransactionIn, TransactionPatch, TransactionsIn
from data.schemas.pages import LARGEST_LIMIT, Page
from web.http import etag, if_match, nothing, read_json, read_value, reply, validated
from web.identity import current
from web.openapi import DAY, Parameter, operation

blueprint = Blueprint("transactions", __name__)
_TEXT: Final = {"type": "string"}
FILTER_PARAMETERS: Final = (
    Parameter("account_id", _TEXT, many=True),
    Parameter("category_id", _TEXT, "With children; none = uncategorised.", many=True),
    Parameter("tag", _TEXT, many=True),
    Parameter("from", DAY, "First day."),
    Parameter("to", DAY, "Last day, included."),
    Parameter("q", _TEXT, "Text in payee, purpose, note, reference or counterparty."),
    Parameter("min_amount", _TEXT, "Decimal, with the decimals of the tenant's currency."),
    Parameter("max_amount", _TEXT, "Decimal, with the decimals of the tenant's currency."),
    Parameter("pending", {"type": "string", "enum": ["true", "false"]}),
    Parameter("import_id", _TEXT),
)
FORCE: Final = (
    Parameter("force", {"type": "string", "enum": ["true", "false"]}, "Change what a closed statement holds, too."),
)
_PARAMETERS: Final = (
    *FILTER_PARAMETERS,
    Parameter("sort", {"type": "string", "enum": list(get_args(Sort))}, "The default is -booked_on."),
    Parameter("limit", {"type": "integer", "minimum": 1, "maximum": LARGEST_LIMIT}),
    Parameter("cursor", _TEXT),
)
EXPORT_PARAMETERS: Final = _PARAMETERS[:-2]
"""What exports are asked by: all filters, no pages."""
_FILTERS: Final = ("account_id", "category_id", "tag")
_BODY_ERRORS: Final = (400, 409, 413, 415)


class TransactionList(Page[Transaction]):
    """A page of transactions."""


class NewTransactions(RootModel[TransactionIn | TransactionsIn]):
    """One transaction, or many."""


class PostedTransactions(RootModel[Transaction | TransactionList]):
    """What was posted: one, or all in the order in which they were given."""


@blueprint.get("/financial/transactions")
@operation("Transactions, filtered and sorted", returns=TransactionList, parameters=_PARAMETERS)
def get_transactions() -> Response:
    given = only(*(parameter.name for parameter in _PARAMETERS))
    identity = current()
    query, wanted = read_filter(given, identity.tenant.currency)
    page = list_transactions(identity.context, query, wanted, limit(given), single(given, "cursor"))
    return reply(page)


def read_filter(given: dict[str, list[str]], currency: str) -> tuple[Query, TransactionFilter]:
    """The filters of a query string; amounts are read with the decimals of the tenant's currency."""
    query = Query.parse({name: given[name] for name in _FILTERS if name in given})
    return query, _filter(given, currency)


def _filter(given: dict[str, list[str]], currency: str) -> TransactionFilter:
    first, last = _day(given, "from"), _day(given, "to")
    if first and last and last < first:
        raise Invalid.field("to", "must not be before from")
    least, most = single(given, "min_amount"), single(given, "max_amount")
    import_id = single(given, "import_id")
    return TransactionFilter(
        first=first,
        end=last + timedelta(days=1) if last else None,
        text=single(given, "q"),
        least=None if least is None else parse_amount(least, currency, field="min_amount"),
        most=None if most is None else parse_amount(most, currency, field="max_amount"),
        pending=_choice(given, "pending", {"true": True, "false": False}),
        import_id=None if import_id is None else read_id(import_id, "import"),
        sort=cast(Sort, _choice(given, "sort", {name: name for name in get_args(Sort)}) or "-booked_on"),
    )


def forced(given: dict[str, list[str]]) -> bool:
    """Whether somebody insists on changing what a closed statement holds."""
    return bool(_choice(given, "force", {"true": True, "false": False}))


def _day(given: dict[str, list[str]], name: str) -> date | None:
    text = single(given, name)
    return None if text is None else parse_day(text, name)


def _choice(given: dict[str, list[str]], name: str, choices: dict[str, Any]) -> Any:
    text = single(given, name)
    if text is not None and text not in choices:
        raise Invalid.field(name, f"must be one of {', '.join(choices)}")
    return None if text is None else choices[text]


@blueprint.post("/financial/transactions")
@operation(
    "Post one transaction, or up to 10,000, all or nothing",
    body=NewTransactions,
    returns=PostedTransactions,
    status=201,
    errors=_BODY_ERRORS,
)
def post_transaction() -> Response:
    identity = current()
    identity.require("editor")
    body = read_value()
    if isinstance(body, dict) and "transactions" in body:
        stored = post_transactions(identity.context, validated(TransactionsIn, body).transactions)
        version = one_transaction(identity.context, int(stored[0].id))[1]
        page = TransactionList.model_construct(data=stored, next_cursor=None, version=version)
        return reply(page, 201, {"Location": "/financial/transactions"})
    (posted,) = post_transactions(identity.context, [validated(TransactionIn, body)])
    return _one(int(posted.id), 201, {"Location": f"/financial/transactions/{posted.id}"})


@blueprint.get("/financial/transactions/<transaction_id>")
@operation("One transaction", returns=Transaction)
def get_transaction(transaction_id: str) -> Response:
    return _one(read_id(transaction_id, "transaction"))


@blueprint.patch("/financial/transactions/<transaction_id>")
@operation(
    "Change a transaction (JSON Merge Patch)",
    body=TransactionPatch,
    body_types=("application/merge-patch+json", "application/json"),
    returns=Transaction,
    parameters=FORCE,
    errors=(*_BODY_ERRORS, 412),
    headers=("If-Match",),
)
def patch_transaction(transaction_id: str) -> Response:
    force = forced(only("force"))
    identity = current()
    number = read_id(transaction_id, "transaction")
    one_transaction(identity.context, number)
    identity.require("editor")
    change_transaction(identity.context, number, read_json(TransactionPatch), if_match(), force=force)
    return _one(number)


@blueprint.delete("/financial/transactions/<transaction_id>")
@operation("Delete a transaction", status=204, parameters=FORCE, errors=(409, 412), headers=("If-Match",))
def delete_one(transaction_id: str) -> Response:
    force = forced(only("force"))
    identity = current()
    number = read_id(transaction_id, "transaction")
    one_transaction(identity.context, number)
    identity.require("editor")
    delete_transaction(identity.context, number, if_match(), force=force)
    return nothing()


def _one(transaction_id: int, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    found, version = one_transaction(current().context, transaction_id)
    return reply(found, status, {"ETag": etag(version), **(headers or {})})
