"""Webhooks and mail: told once it is true, signed, again until it arrives, and never into the operator's network."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import socketserver
import ssl
from collections.abc import Callable, Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import psycopg
import pytest
from flask import Flask

from core.errors import Invalid
from core.outside import PUBLIC, Reach, is_outside, read_target
from core.settings import BadSetting, Settings
from data.db import Database
from jobs import outside
from jobs.registry import kinds_of
from jobs.worker import Worker
from tests.api.test_imports import CSV, send
from tests.conftest import Caller, _plain
from web.state import state_of

LOOPBACK = ("127.0.0.0/8",)


class Receiver(ThreadingHTTPServer):
    """An integrator's server: remembers what it got, answers `status`."""

    daemon_threads = True

    def __init__(self) -> None:
        self.got: list[tuple[dict[str, str], bytes]] = []
        self.status = 204
        super().__init__(("127.0.0.1", 0), _Handler)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/hook?x=1"

    def events(self) -> list[dict[str, Any]]:
        return [json.loads(body) for _, body in self.got]


class _Handler(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.got.append(({name.lower(): value for name, value in self.headers.items()}, body))
        self.send_response(self.server.status)
        self.send_header("Location", "http://169.254.169.254/")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: Any) -> None: ...


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def allowed(app: Flask) -> Settings:
    """The installation lets webhooks lead to this machine, and has a mail server."""
    here = state_of(app)
    object.__setattr__(here, "settings", replace(here.settings, webhook_allow=LOOPBACK, smtp_url="smtp://127.0.0.1:1"))
    return here.settings


@pytest.fixture
def work(allowed: Settings, database: Database) -> Callable[..., None]:
    """Let a worker do what is due."""

    def run(settings: Settings = allowed) -> None:
        Worker(database, kinds_of(settings), threads=1).run(until_idle=True)

    return run


def add(caller: Caller, url: str, *events: str) -> dict[str, Any]:
    answer = caller.post("/financial/webhooks", {"url": url, **({"events": list(events)} if events else {})})
    assert answer.status_code == 201, answer.get_json()
    made: dict[str, Any] = answer.get_json()
    return made


def log_of(caller: Caller, hook: dict[str, Any]) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = caller.get(f"/financial/webhooks/{hook['id']}/deliveries").get_json()["data"]
    return rows


def rest_is_over(database_url: str, days: int = 0) -> None:
    """Time passes: failing webhooks may be tried again, jobs are due; they have been failing for `days`."""
    with psycopg.connect(_plain(database_url), autocommit=True) as connection:
        connection.execute(
            "UPDATE webhooks SET retry_at = now(), failing_since = failing_since - %s * interval '1 day'", [days]
        )
        connection.execute("UPDATE jobs SET run_at = now()")


def test_a_change_arrives_signed(alice: Caller, receiver: Receiver, work: Callable[..., None]) -> None:
    hook = add(alice, receiver.url)
    work()
    for name in "abc":
        alice.post("/financial/tags", {"name": name})
    work()
    assert [event["data"]["kinds"] for event in receiver.events()] == [["webhook"], ["tag"]]
    headers, body = receiver.got[-1]
    assert json.loads(body)["type"] == "change"
    assert json.loads(body)["data"] == {"tenant": "org_1", "version": 4, "kinds": ["tag"]}
    told = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    key = base64.b64decode(hook["secret"].removeprefix("whsec_"))
    expected = base64.b64encode(hmac.new(key, told, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{expected}"
    assert headers["content-type"] == "application/json"
    newest = log_of(alice, hook)[0]
    assert (newest["state"], newest["attempts"], newest["status"]) == ("delivered", 1, 204)
    assert "secret" not in alice.get(f"/financial/webhooks/{hook['id']}").get_json()


def test_alerts_and_imports_are_events(alice: Caller, receiver: Receiver, work: Callable[..., None]) -> None:
    add(alice, receiver.url, "alert", "import")
    made = send(alice, CSV, create_accounts="true").get_json()
    food = alice.post("/financial/categories", {"name": "Food", "kind": "expense"}).get_json()["id"]
    alice.post("/financial/budgets", {"name": "Food", "category_ids": [food], "amount": "10.00"})
    new = {"account_id": made["accounts"][0]["id"], "category_id": food, "booked_on": "2026-06-03", "amount": "-20.00"}
    alice.post("/financial/transactions", new)
    work()
    imported, alerted = receiver.events()
    assert (imported["type"], alerted["type"]) == ("import", "alert")
    assert imported["data"]["imports"] == [{"id": made["id"], "state": "done", "counts": made["counts"]}]
    assert alerted["data"]["alerts"] == alice.get("/financial/alerts").get_json()["data"]


def test_it_is_tried_again_and_given_up_after_days(
    alice: Caller, receiver: Receiver, work: Callable[..., None], database_url: str
) -> None:
    receiver.status = 500
    hook = add(alice, receiver.url, "change")
    work()
    alice.post("/financial/tags", {"name": "while it rests"})
    alice.post("/financial/tags", {"name": "joins the one before"})
    work()
    assert len(receiver.got) == 1
    rest_is_over(database_url)
    receiver.status = 307
    work()
    assert len(receiver.got) == 2  # one fails, and all rest again; redirects are not followed
    assert alice.get(f"/financial/webhooks/{hook['id']}").get_json()["failing_since"]
    receiver.status = 200
    rest_is_over(database_url)
    work()
    assert [event["data"]["version"] for event in receiver.events()[2:]] == [1, 3]
    assert alice.get(f"/financial/webhooks/{hook['id']}").get_json()["failing_since"] is None
    receiver.status = 500
    alice.post("/financial/tags", {"name": "lost"})
    work()
    rest_is_over(database_url, days=4)
    work()
    found = alice.get(f"/financial/webhooks/{hook['id']}").get_json()
    assert found["enabled"] is False
    assert log_of(alice, hook)[0]["state"] == "failed"
    alice.patch(f"/financial/webhooks/{hook['id']}", {"enabled": True})
    receiver.status = 200
    work()
    assert receiver.events()[-1]["data"]["kinds"] == ["webhook"]


def test_gone_is_taken_at_its_word(alice: Caller, receiver: Receiver, work: Callable[..., None]) -> None:
    receiver.status = 410
    hook = add(alice, receiver.url)
    work()
    assert alice.get(f"/financial/webhooks/{hook['id']}").get_json()["enabled"] is False


def test_what_is_rolled_back_is_not_told(alice: Caller, receiver: Receiver, work: Callable[..., None]) -> None:
    add(alice, receiver.url)
    work()
    send(alice, CSV, create_accounts="true", dry_run="true")
    assert alice.post("/financial/tags", {"name": "a"}).status_code == 201
    assert alice.post("/financial/tags", {"name": "a"}).status_code == 409
    work()
    assert [event["data"]["version"] for event in receiver.events()] == [1, 2]


def test_names_are_looked_at_when_it_is_delivered(
    alice: Caller, receiver: Receiver, work: Callable[..., None], allowed: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name that leads inside is refused; and the connection goes where was looked, whatever is said afterwards."""
    hook = add(alice, f"http://hooks.example.org:{receiver.server_port}/")
    answers = [["10.0.0.1"], ["93.184.216.34", "127.0.0.2"], ["127.0.0.1"]]

    def look_up(host: str, port: int, **_: Any) -> list[Any]:
        assert host == "hooks.example.org"
        return [(2, 1, 6, "", (address, port)) for address in answers.pop(0)]

    monkeypatch.setattr(outside, "getaddrinfo", look_up)
    for _ in range(2):
        with pytest.raises(outside.Refused):
            outside.post(hook["url"], b"{}", {}, PUBLIC)
    assert outside.post(hook["url"], b"{}", {}, Reach(LOOPBACK)) == 204
    assert len(receiver.got) == 1
    assert receiver.got[0][0]["host"] == f"hooks.example.org:{receiver.server_port}"


def test_the_certificate_is_checked(receiver: Receiver) -> None:
    with pytest.raises(ssl.SSLError):
        outside.post(receiver.url.replace("http:", "https:"), b"", {}, Reach(LOOPBACK))


INSIDE = (
    "http://127.0.0.1/ http://127.1/ http://2130706433/ http://0x7f.1/ http://[::1]/ http://[::ffff:10.0.0.1]/ "
    "http://169.254.169.254/latest http://10.1.2.3/ http://192.168.1.1/ http://[fd00::1]/ http://[64:ff9b::a00:1]/ "
    "http://[2002:a00:1::]/ http://localhost/ http://LOCALHOST./ http://db/ http://x.internal/ http://0/ "
    "http://100.64.0.1/ http://224.0.0.1/"
)


@pytest.mark.parametrize("url", INSIDE.split())
def test_addresses_inside_are_refused(url: str) -> None:
    with pytest.raises(Invalid) as refused:
        read_target(url)
    assert refused.value.code == "private_address"


@pytest.mark.parametrize(
    "url",
    [
        "ftp://example.org/",
        "example.org",
        "http://",
        "https://a:b@example.org/",
        "https://example.org:99999/",
        "http://ex ample.org/",
        "https://example.org/\n",
        "https://example.org/#x",
        "javascript:alert(1)",
    ],
)
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(Invalid):
        read_target(url)


def test_public_addresses_and_allowed_networks_may_be_called() -> None:
    assert read_target("https://example.org:8443/a?b=c").path == "/a?b=c"
    assert is_outside("93.184.216.34")
    assert is_outside("2606:2800:220:1::1")
    assert is_outside("10.1.2.3", ("10.1.0.0/16",))
    assert not is_outside("10.2.2.3", ("10.1.0.0/16",))


def test_an_operator_may_list_the_only_hosts() -> None:
    told = {"SECRET_KEY": "x" * 32, "WEBHOOK_HOSTS": "Hooks.example.org, *.acorn.test,2001:db8::7"}
    reach = Reach.of(Settings.load(told))
    for host in ("hooks.example.org", "HOOKS.example.org.:8443", "a.acorn.test", "a.b.acorn.test"):
        assert read_target(f"https://{host}/x", reach)
    for host in ("example.org", "x.hooks.example.org", "acorn.test", "evilacorn.test", "a.acorn.test.evil.org"):
        with pytest.raises(Invalid) as refused:
            read_target(f"https://{host}/", reach)
        assert refused.value.code == "host_not_listed"
    with pytest.raises(Invalid) as refused:  # the list makes nothing public that is not
        read_target("http://[2001:db8::7]/", reach)
    assert refused.value.code == "private_address"
    for wrong in ("https://example.org", "*", "*.", "a*.example.org", "a b"):
        with pytest.raises(BadSetting, match="WEBHOOK_HOSTS"):
            Settings.load({**told, "WEBHOOK_HOSTS": wrong})


def test_what_is_not_on_the_list_is_not_called_any_more(
    alice: Caller, receiver: Receiver, work: Callable[..., None], allowed: Settings
) -> None:
    hook = add(alice, receiver.url)
    listed = replace(allowed, webhook_hosts=("hooks.example.org",))
    work(listed)
    assert receiver.got == []
    assert "does not call" in log_of(alice, hook)[0]["error"]
    object.__setattr__(state_of(alice.client.application), "settings", listed)
    refused = alice.patch(f"/financial/webhooks/{hook['id']}", {"url": f"{receiver.url}&y=2"})
    assert (refused.status_code, refused.get_json()["code"]) == (422, "host_not_listed")


def test_editors_set_webhooks_up_and_viewers_read_them(alice: Caller, charlie: Caller, sign_in: Any) -> None:
    bob, vera = sign_in("bob@acorn.test", "org_1"), sign_in("vera@acorn.test", "org_1")
    hook = add(bob, "https://example.org/hook", "change", "change")
    assert hook["events"] == ["change"]
    path = f"/financial/webhooks/{hook['id']}"
    assert vera.get("/financial/webhooks").get_json()["data"] == [{k: v for k, v in hook.items() if k != "secret"}]
    for caller, read, removed in ((vera, 200, 403), (charlie, 404, 404)):
        assert caller.get(path).status_code == read
        assert caller.get(f"{path}/deliveries").status_code == read
        assert caller.delete(path).status_code == removed
    assert vera.delete(f"{path}9").status_code == 404
    assert vera.post("/financial/webhooks", {"url": "https://example.org/"}).status_code == 403
    assert alice.post("/financial/webhooks", {"url": "http://127.0.0.1/"}).get_json()["code"] == "private_address"
    assert alice.patch(path, {"url": "http://10.0.0.1/"}).status_code == 422
    assert alice.post("/financial/webhooks", {"url": "https://example.org", "events": ["all"]}).status_code == 422
    assert alice.delete(path).status_code == 204
    assert alice.get(path).status_code == 404


class _Mail(socketserver.StreamRequestHandler):
    """As much of SMTP (RFC 5321) as a letter needs."""

    def handle(self) -> None:
        letters: list[str] = self.server.letters  # type: ignore[attr-defined]
        self.wfile.write(b"220 here\r\n")
        while line := self.rfile.readline():
            word = line[:4].upper()
            if word == b"DATA":
                self.wfile.write(b"354 go on\r\n")
                lines = []
                while (line := self.rfile.readline()) != b".\r\n":
                    lines.append(line.decode())
                letters.append("".join(lines))
            self.wfile.write(b"221 bye\r\n" if word == b"QUIT" else b"250 well\r\n")


def test_alerts_come_by_mail_to_those_who_want_them(
    alice: Caller, sign_in: Any, work: Callable[..., None], allowed: Settings
) -> None:
    vera = sign_in("vera@acorn.test")
    assert vera.get("/financial/alert-settings").get_json() == {"email": False}
    assert vera("PUT", "/financial/alert-settings", json={"email": True}).get_json() == {"email": True}
    assert alice.get("/financial/alert-settings").get_json() == {"email": False}
    food = alice.post("/financial/categories", {"name": "Food", "kind": "expense"}).get_json()["id"]
    alice.post("/financial/budgets", {"name": "Food\r\nBcc: x@y.z", "category_ids": [food], "amount": "10.00"})
    giro = alice.post("/financial/accounts", {"name": "Giro"}).get_json()["id"]
    new = {"account_id": giro, "category_id": food, "booked_on": "2026-06-03", "amount": "-20.00"}
    alice.post("/financial/transactions", new)
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Mail) as server:
        server.letters = []  # type: ignore[attr-defined]
        thread = Thread(target=server.serve_forever)
        thread.start()
        work(replace(allowed, smtp_url=f"smtp://127.0.0.1:{server.server_address[1]}"))
        server.shutdown()
        thread.join()
        (letter,) = server.letters  # type: ignore[attr-defined]
    head, _, text = letter.partition("\r\n\r\n")
    assert "To: vera@acorn.test" in head
    assert "\nBcc:" not in head
    assert "is overspent (2026-06-01 to 2026-06-30)" in text


def test_without_a_mail_server_mail_cannot_be_chosen(alice: Caller) -> None:
    refused = alice("PUT", "/financial/alert-settings", json={"email": True})
    assert (refused.status_code, refused.get_json()["code"]) == (409, "no_mail")
    assert alice("PUT", "/financial/alert-settings", json={"email": False}).status_code == 200
