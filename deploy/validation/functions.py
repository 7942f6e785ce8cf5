"""L4: what people and programs do with it works."""

from __future__ import annotations

import secrets
from decimal import Decimal
from typing import Any, Final

from deploy.validation.site import ENDPOINTS, Answer, Failed, LeftOut, Site, exchange, expect

_CSV: Final = b"Date,Payee,Amount\n2026-06-01,Bakery,-3.50\n2026-06-02,Bakery,-4.50\n"
_TRIES: Final = 20
_LISTS: Final = ("accounts", "transactions", "categories", "tags", "budgets", "alerts", "rates", "imports", "rules")


def sign_in(site: Site) -> str:
    """Password in, token out; a wrong password is refused."""
    token = site.token(site.person)
    found = site.read("/tenant/info", token=token)
    wrong = {"email": site.person.email, "password": secrets.token_urlsafe(12)}
    expect(site.ask("POST", "/auth/login", body=wrong), 401)
    return str(found["key"])


def endpoints(site: Site) -> str:
    """The five endpoints answer, for short and long periods."""
    for path in ENDPOINTS:
        for period in ("this_month", "last_12_months", "all"):
            found = site.read(f"{path}?period={period}", token=site.token(site.person))
            if "data" not in found or "as_of" not in found:
                raise Failed(f"{path}: {sorted(found)}")
    return f"{len(ENDPOINTS) * 3} answers"


def lists(site: Site) -> str:
    """The ledger can be listed."""
    for name in _LISTS:
        found = site.read(f"/financial/{name}?limit=5" if name == "transactions" else f"/financial/{name}",
                          token=site.token(site.person))  # fmt: skip
        if not isinstance(found["data"], list):
            raise Failed(f"{name}: no list")
    return f"{len(_LISTS)} lists"


def explained(site: Site) -> str:
    """The expenses of a year are the sum of the lines that are named for them."""
    token = site.token(site.person)
    found = site.read("/financial/dashboard/summary?period=last_12_months", token=token)["data"]
    if Decimal(found["income"]) - Decimal(found["expenses"]) != Decimal(found["net_cash_flow"]):
        raise Failed("income - expenses is not the net cash flow")
    return f"net cash flow {found['net_cash_flow']}"


def export(site: Site) -> str:
    """Transactions come as CSV."""
    answer = expect(site.ask("GET", "/financial/transactions.csv", token=site.token(site.person)), 200)
    lines = answer.body.count(b"\n")
    if not answer.headers.get("Content-Type", "").startswith("text/csv") or not lines:
        raise Failed("no CSV")
    return f"{lines} lines"


def statement(site: Site) -> str:
    """A statement is read, without writing it."""
    token = site.token(site.person)
    accounts = site.read("/financial/accounts", token=token)["data"]
    if not accounts:
        raise LeftOut("the tenant has no account")
    mark = secrets.token_hex(12)
    fields = {"account_id": accounts[0]["id"], "dry_run": "true"}
    parts = [f'--{mark}\r\nContent-Disposition: form-data; name="{n}"\r\n\r\n{v}\r\n' for n, v in fields.items()]
    head = f'--{mark}\r\nContent-Disposition: form-data; name="file"; filename="validate.csv"\r\n\r\n'
    body = "".join(parts).encode() + head.encode() + _CSV + f"\r\n--{mark}--\r\n".encode()
    kind = f"multipart/form-data; boundary={mark}"
    answer = site.ask("POST", "/financial/imports", token=token, body=body, Content_Type=kind)
    return f"format {expect(answer, 200, 201).json()['format']}"


def writes(site: Site) -> str:
    """A tag is made, repeated with the same key, renamed, found, deleted; each write can be read at once."""
    if site.read_only:
        raise LeftOut("--read-only")
    token, name = site.token(site.person), f"validate-{secrets.token_hex(4)}"
    made = [_post_tag(site, token, name) for _ in range(2)]
    place = f"/financial/tags/{made[0]['id']}"
    try:
        if made[0]["id"] != made[1]["id"]:
            raise Failed("the same Idempotency-Key made a second tag")
        etag = expect(site.ask("GET", place, token=token), 200).headers["ETag"]
        change = {"name": f"{name}-2"}
        expect(site.ask("PATCH", place, token=token, body=change, If_Match=etag), 200)
        expect(site.ask("PATCH", place, token=token, body=change, If_Match=etag), 412)
        names = [each["name"] for each in site.read("/financial/tags", token=token)["data"]]
        if f"{name}-2" not in names:
            raise Failed("what was written is not read")
    finally:
        gone = site.ask("DELETE", place, token=token)
    expect(gone, 204)
    expect(site.ask("GET", place, token=token), 404, 410)
    return ""


def _post_tag(site: Site, token: str, name: str) -> Any:
    answer = site.ask("POST", "/financial/tags", token=token, body={"name": name}, Idempotency_Key=name)
    return expect(answer, 201).json()


def pages(site: Site) -> str:
    """The pages are drawn for whoever signed in by the form."""
    cookie = site.cookie(site.person)
    answer = expect(site.ask("GET", "/", Cookie=cookie), 200)
    if not answer.headers.get("Content-Type", "").startswith("text/html"):
        raise Failed("no page")
    expect(site.ask("GET", "/_dash-layout", Cookie=cookie), 200)
    return f"{len(answer.body)} bytes"


def stream(site: Site) -> str:
    """Changes are told as they happen: the stream opens at once, past the proxy's buffers."""
    connection = site.connect()
    try:
        headers = {"Authorization": f"Bearer {site.token(site.person)}"}
        connection.request("GET", "/financial/stream", headers=headers)
        answer = connection.getresponse()
        if answer.status != 200 or not answer.headers.get("Content-Type", "").startswith("text/event-stream"):
            raise Failed(f"status {answer.status}, {answer.headers.get('Content-Type')}")
        return answer.fp.readline().decode().strip() if answer.chunked else ""
    finally:
        connection.close()


def description(site: Site) -> str:
    """The machine-readable description is there."""
    found = site.read("/openapi.json")
    return f"{len(found['paths'])} paths"


def unchanged(site: Site) -> str:
    """What did not change is not sent again; where somebody writes just then, it is asked anew."""
    connection = site.connect()
    headers = {"Authorization": f"Bearer {site.token(site.person)}"}
    try:
        for _ in range(_TRIES):
            first = expect(exchange(connection, "GET", ENDPOINTS[1], None, headers), 200)
            known = {**headers, "If-None-Match": first.headers["ETag"]}
            again: Answer = exchange(connection, "GET", ENDPOINTS[1], None, known)
            if again.status != 200 or again.json()["version"] == first.json()["version"]:
                break
    finally:
        connection.close()
    expect(again, 304)
    return ""


CHECKS: Final = (
    ("people can sign in", sign_in),
    ("the five endpoints answer", endpoints),
    ("lists of the ledger", lists),
    ("figures agree", explained),
    ("answers that did not change are not sent again", unchanged),
    ("export as CSV", export),
    ("a statement can be read", statement),
    ("writes are safe and seen at once", writes),
    ("pages are drawn", pages),
    ("the event stream opens", stream),
    ("the API describes itself", description),
)
