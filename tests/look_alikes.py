"""Two tenants that look alike, with everything a tenant can have: only words and amounts tell whose a row is."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import dataclass, field
from typing import Any

import jwt

from tests.api.test_imports import send
from tests.conftest import Caller
from tests.embeds import SITE, register

_AMOUNT = re.compile(r"-?\d{6,}\.\d\d(?!\d)")


@dataclass
class Planted:
    """One tenant's things: `ids` by the name that a route's argument has, and words that nobody else may read."""

    key: str
    word: str
    ids: dict[str, str] = field(default_factory=dict)
    words: set[str] = field(default_factory=set)
    embed_token: str = ""
    api_token: str = ""

    def figures(self, pattern: str) -> str:
        """A figure's id that names this tenant's things."""
        kind = pattern.partition(".")[0]
        named = {
            "<id>": self.ids.get(f"{kind}_id", ""), "<month>": "2026-06", "<weekday>": "1",
            "<payee>": f"Grocer%20{self.word}",
        }  # fmt: skip
        for place, value in named.items():
            pattern = pattern.replace(place, value)
        return pattern


def text_of(answer: Any) -> str:
    """What an answer says, spreadsheets unpacked and thousands without separators."""
    body = answer.get_data()
    if body.startswith(b"PK\x03\x04"):
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            body = b"\n".join(archive.read(name) for name in archive.namelist())
    return re.sub(r"(?<=\d)[,\u202f\u00a0](?=\d{3})", "", body.decode("utf-8", "replace"))


def amounts_in(text: str) -> set[str]:
    """Amounts of six digits and more, without sign: no count and no id looks like them."""
    return {found.lstrip("-") for found in _AMOUNT.findall(text)}


def plant(caller: Caller, key: str, word: str, amount: int) -> Planted:
    """Fill a tenant. `amount` is a whole number of six digits that all of its amounts are made of."""
    found = Planted(key, word, words={word})
    made = _Maker(caller, found, word)
    made.ledger(amount)
    made.statements(amount)
    made.rules()
    made.outside()
    return found


@dataclass
class _Maker:
    caller: Caller
    found: Planted
    word: str

    def post(self, path: str, name: str | None, body: Any, status: int = 201) -> Any:
        answer = self.caller.post(path, body)
        assert answer.status_code == status, (path, answer.get_json())
        value = answer.get_json()
        if name is not None:
            self.found.ids[name] = str(value["id"])
        return value

    def ledger(self, amount: int) -> None:
        word, ids = self.word, self.found.ids
        opened = {"type": "checking", "opening_balance": f"{amount}.11", "opening_on": "2026-01-01"}
        self.post("/financial/accounts", "other_account", {"name": f"Savings {word}", **opened})
        self.post("/financial/accounts", "account_id", {"name": f"Current {word}", "identifier": "DE1", **opened})
        self.post("/financial/categories", "category_id", {"name": f"Food {word}", "kind": "expense"})
        self.post("/financial/tags", "tag_id", {"name": "trip"})
        budget = {"name": f"Plan {word}", "category_ids": [ids["category_id"]], "amount": f"{amount}.00"}
        self.post("/financial/budgets", "budget_id", {**budget, "effective_from": "2026-01-01"})
        for month in range(1, 7):
            booked = {
                "account_id": ids["account_id"], "booked_on": f"2026-{month:02}-05", "amount": f"-{amount + month}.07",
                "payee": f"Grocer {word}", "purpose": f"Standing order {word}", "category_id": ids["category_id"],
                "tags": ["trip"], "note": f"seen {word}", "external_id": f"e-{month}",
            }  # fmt: skip
            self.post("/financial/transactions", "transaction_id", booked)
        alerts = self.caller.get("/financial/alerts").get_json()["data"]
        ids["alert_id"] = alerts[0]["id"]
        rate = {"base": "USD", "quote": "EUR", "date": "2026-06-01", "rate": "0.9"}
        self.post("/financial/rates", "rate_id", rate)
        view = {"name": f"View {word}", "path": "/transactions", "query": f"?q={word}"}
        self.post("/financial/views", "view_id", view)
        statement = {"statement_on": "2026-06-10", "balance": f"{amount}.33"}
        self.post(f"/financial/accounts/{ids['account_id']}/reconciliations", "reconciliation_id", statement)

    def statements(self, amount: int) -> None:
        """An import of which an entry is in review, and the mapping that was learnt from it."""
        lines = [f"0{day}.06.2026;Shop {self.word};-{amount + day},50" for day in (1, 2, 3)]
        text = "\n".join(["Date;Description;Amount", *lines, ""])
        mapping = '{"delimiter": ";", "columns": {"booked_on": 0, "payee": 1, "amount": 2}}'
        fields = {"account_id": self.found.ids["other_account"], "mapping": mapping}
        assert send(self.caller, text, **fields).status_code == 201
        again = send(self.caller, text.replace("Shop", "The shop"), name=f"{self.word}.csv", **fields).get_json()
        self.found.ids["import_id"] = again["id"]
        self.found.ids["n"] = "1"
        mappings = self.caller.get("/financial/import-mappings").get_json()["data"]
        self.found.ids["mapping_id"] = mappings[0]["id"]

    def rules(self) -> None:
        condition = {"field": "payee", "operator": "contains", "value": self.word}
        action = {"type": "set_note", "note": f"ruled {self.word}"}
        self.post("/financial/rules", "rule_id", {"conditions": [condition], "actions": [action]})
        self.post("/financial/rules/apply", "run_id", {})

    def outside(self) -> None:
        """Webhook, embeds, tokens, people."""
        word, found = self.word, self.found
        hook = self.post("/financial/webhooks", "webhook_id", {"url": f"https://93.184.215.14/{word}"})
        register(self.caller, SITE, f"https://{word}.example.org")
        key = self.caller.post("/financial/embed-keys").get_json()
        found.ids["kid"] = key["kid"]
        embed = {"view": "dashboard", "lock": {"account_ids": [found.ids["account_id"]]}, "allow": {"export": True}}
        found.embed_token = self.post("/financial/embeds", None, embed)["token"]
        found.ids["jti"] = jwt.decode(found.embed_token, options={"verify_signature": False})["jti"]
        scopes = ["read", "write", "import", "embed", "admin"]
        token = self.post("/auth/tokens", "token_id", {"name": f"Token {word}", "scopes": scopes})
        found.api_token = token["token"]
        found.ids["session_id"] = self.caller.get("/auth/sessions").get_json()["data"][0]["id"]
        guest = {"email": f"guest@{word}.test", "role": "viewer"}
        invited = self.post("/tenant/invitations", "invitation_id", guest)
        found.words |= {hook["secret"], key["secret"], token["token"], invited["link"]}
        found.ids["person_id"] = self.caller.get("/tenant/people").get_json()["data"][0]["id"]
        self.post("/financial/tags", None, {"name": "told to the webhook"})
        hooks = self.caller.get(f"/financial/webhooks/{found.ids['webhook_id']}/deliveries").get_json()["data"]
        found.ids["delivery"] = hooks[0]["id"]
