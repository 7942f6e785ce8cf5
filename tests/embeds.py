"""What tests of embeds share: books with something to lock out, tokens of one's own, and a frame without a browser."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any

import jwt
from flask.testing import FlaskClient

from tests.conftest import NOW, Caller

SITE = "https://portal.example.org"


def books(caller: Caller) -> dict[str, str]:
    """Two accounts, categories with a child, bookings in both, a budget on each side of any lock; returns the ids."""
    ids = {}
    for name in ("Open", "Hidden"):
        new = {"name": name, "type": "checking", "opening_balance": "1000.00", "opening_on": "2026-01-01"}
        ids[name] = caller.post("/financial/accounts", new).get_json()["id"]
    for name, parent in (("Food", None), ("Sweets", "Food"), ("Travel", None)):
        new = {"name": name, **({"parent_id": ids[parent]} if parent else {"kind": "expense"})}
        ids[name] = caller.post("/financial/categories", new).get_json()["id"]
    rows = [
        ("Open", "2026-05-04", "2500.00", None, "Employer"),
        ("Open", "2026-06-02", "-40.10", "Food", "Grocer"),
        ("Open", "2026-06-03", "-9.90", "Sweets", "Baker"),
        ("Open", "2026-03-03", "-120.00", "Travel", "Railway"),
        ("Hidden", "2026-06-04", "-777.77", "Travel", "Secret Airline"),
    ]
    for account, day, amount, category, payee in rows:
        new = {"account_id": ids[account], "booked_on": day, "amount": amount, "payee": payee}
        answer = caller.post("/financial/transactions", new | ({"category_id": ids[category]} if category else {}))
        assert answer.status_code == 201, answer.get_json()
    for name, categories, accounts in (
        ("Everyday", ["Food"], ["Open"]),
        ("Trips", ["Travel"], ["Open"]),
        ("All food", ["Food"], []),
    ):
        new = {
            "name": name,
            "amount": "100.00",
            "category_ids": [ids[each] for each in categories],
            "account_ids": [ids[each] for each in accounts],
            "effective_from": "2026-06-01",
        }
        ids[name] = caller.post("/financial/budgets", new).get_json()["id"]
    return ids


def register(caller: Caller, *origins: str) -> None:
    answer = caller("PUT", "/financial/embed-settings", json={"origins": list(origins or (SITE,))})
    assert answer.status_code == 200, answer.get_json()


@dataclass
class Signer:
    """A tenant's own server: it has the key's secret and what its claims must say."""

    key: str
    secret: str
    kid: str
    claims: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, caller: Caller) -> Signer:
        made = caller.post("/financial/embed-keys").get_json()
        tenant = caller.get("/tenant/info").get_json()["key"]
        epoch = caller.get("/financial/embed-settings").get_json()["epoch"]
        now = int(NOW.timestamp())
        claims = {
            "iss": tenant, "aud": "embed", "tid": tenant, "view": "summary", "lock": {}, "allow": {}, "origins": [SITE],
            "ui": {}, "iat": now, "exp": now + 600, "jti": f"own-{time.monotonic_ns()}", "epoch": epoch,
        }  # fmt: skip
        return cls(tenant, made["secret"], made["kid"], claims)

    def sign(self, header: dict[str, Any] | None = None, leave_out: str = "", **changes: Any) -> str:
        claims = {**self.claims, **changes}
        claims.pop(leave_out, None)
        headers = {"typ": "embed+jwt", "kid": self.kid, **(header or {})}
        return jwt.encode(claims, self.secret, algorithm="HS256", headers=headers)


@dataclass
class Frame:
    """What a frame's script does, without a browser: requests with the token in a header and no cookie."""

    client: FlaskClient
    token: str

    def get(self, path: str, **headers: str) -> Any:
        return self.client.get(path, headers={"Authorization": f"Bearer {self.token}", **headers})

    def draw(self, query: Any = None, output: str = "embed-content.children") -> Any:
        """The answer to the one callback that draws."""
        inputs = [
            {"id": "embed-query", "property": "data", "value": query},
            {"id": "embed-version", "property": "data", "value": None},
        ]
        name, _, prop = output.partition(".")
        body = {
            "output": output,
            "outputs": {"id": name, "property": prop},
            "inputs": inputs,
            "changedPropIds": ["embed-query.data"],
        }
        headers = {"Authorization": f"Bearer {self.token}"}
        return self.client.post("/embed/_dash-update-component", json=body, headers=headers)

    def text(self, query: Any = None) -> str:
        """Everything that a drawing sends to the browser."""
        answer = self.draw(query)
        assert answer.status_code == 200, answer.get_data(as_text=True)
        return str(answer.get_data(as_text=True))


def frame(caller: Caller, view: str = "dashboard", lock: dict[str, Any] | None = None, **more: Any) -> Frame:
    """A frame with a token that the product made."""
    answer = caller.post("/financial/embeds", {"view": view, "lock": lock or {}, **more})
    assert answer.status_code == 201, answer.get_json()
    return Frame(caller.client.application.test_client(), answer.get_json()["token"])


EVERY_ROUTE = ("/embed/_dash-layout", "/embed/_dash-dependencies", "/embed/_version", "/embed/_export")


def statuses(given: Frame) -> set[int]:
    """What every protected route answers to the frame's token."""
    return {given.get(path).status_code for path in EVERY_ROUTE} | {given.draw().status_code}
