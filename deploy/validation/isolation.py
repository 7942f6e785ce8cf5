"""L5: parts fit together, and tenants see nothing of each other."""

from __future__ import annotations

import secrets
from typing import Any, Final

from deploy.validation.site import ENDPOINTS, Failed, LeftOut, Site, expect

_OBJECTS: Final = ("accounts", "categories", "tags", "budgets", "transactions")


def strangers(site: Site) -> str:
    """Without a token, with a made-up one and with one that was changed, nobody gets in."""
    token = site.token(site.person)
    head, payload, signature = token.split(".") if token.count(".") == 2 else (token, "", "")
    flipped = "A" if signature[:1] != "A" else "B"
    for wrong in (None, secrets.token_urlsafe(32), f"{head}.{payload}.{flipped}{signature[1:]}"):
        for path in (*ENDPOINTS, "/financial/accounts", "/tenant/info"):
            expect(site.ask("GET", path, token=wrong), 401)
    return ""


def neighbours(site: Site) -> str:
    """What another tenant has does not exist here, and the other way round."""
    ours, theirs = site.token(site.person), site.token(site.stranger)
    keys = [site.read("/tenant/info", token=token)["key"] for token in (ours, theirs)]
    if keys[0] == keys[1]:
        raise Failed("both people are in the same tenant: see --other-email")
    asked = 0
    for name in _OBJECTS:
        found = [_first(site, name, token) for token in (ours, theirs)]
        for mine, other in ((ours, found[1]), (theirs, found[0])):
            own = found[0] if mine == ours else found[1]
            asked += _foreign(site, name, mine, other, own)
    return f"{asked} objects, {keys[0]} and {keys[1]}"


def _first(site: Site, name: str, token: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = site.read(f"/financial/{name}", token=token)["data"]
    return found


def _foreign(site: Site, name: str, token: str, other: list[dict[str, Any]], own: list[dict[str, Any]]) -> int:
    """Ask for what only the other tenant has: ids are one sequence for all tenants, so most are theirs alone."""
    mine = {each["id"] for each in own}
    asked = [each["id"] for each in other if each["id"] not in mine][:3]
    for object_id in asked:
        answer = site.ask("GET", f"/financial/{name}/{object_id}", token=token)
        if answer.status == 200 and name == "transactions":
            raise Failed(f"{name}/{object_id} can be read by another tenant")
        expect(answer, 404)
    return len(asked)


def scoped(site: Site) -> str:
    """An account of another tenant is no filter either, so that nobody learns that it is there."""
    theirs = _first(site, "accounts", site.token(site.stranger))
    if not theirs:
        raise LeftOut("the other tenant has no account")
    path = f"{ENDPOINTS[1]}?account_id={theirs[0]['id']}"
    answer = site.ask("GET", path, token=site.token(site.person))
    mine = {each["id"] for each in _first(site, "accounts", site.token(site.person))}
    if theirs[0]["id"] in mine:
        raise Failed("both tenants list the same account")
    expect(answer, 404)
    return ""


def together(site: Site) -> str:
    """The dashboard and its four parts say the same of the same version."""
    token = site.token(site.person)
    whole = site.read(f"{ENDPOINTS[0]}?period=last_12_months", token=token)
    for path in ENDPOINTS[1:]:
        part = site.read(f"{path}?period=last_12_months", token=token)
        if part["version"] != whole["version"]:
            raise LeftOut("somebody wrote in the meantime")
        name = path.rsplit("/", 1)[1]
        if name == "accounts":  # with many accounts the dashboard leaves their histories out
            found, told = (
                {each["id"]: each["balance"] for each in data} for data in (part["data"], whole["data"][name])
            )
            if found != told:
                raise Failed("the balances differ")
        elif part["data"] != whole["data"][name]:
            raise Failed(f"{name} differs")
    return f"version {whole['version']}"


def seen_at_once(site: Site) -> str:
    """A write makes every answer kept ready void at once, on every worker: its version is never older."""
    if site.read_only:
        raise LeftOut("--read-only")
    token, name = site.token(site.person), f"validate-{secrets.token_hex(4)}"
    before = site.read(ENDPOINTS[1], token=token)["version"]
    made = expect(site.ask("POST", "/financial/tags", token=token, body={"name": name}), 201).json()
    try:
        seen = [site.read(ENDPOINTS[1], token=token)["version"] for _ in range(20)]
    finally:
        expect(site.ask("DELETE", f"/financial/tags/{made['id']}", token=token), 204)
    if min(seen) <= before:
        raise Failed(f"an answer of version {min(seen)} after a write to {before}")
    return f"version {before} to {max(seen)}"


def problems(site: Site) -> str:
    """Errors are problem documents with a code and the request's id."""
    name = secrets.token_hex(8)
    answer = site.ask("GET", "/financial/accounts/999999999999", token=site.token(site.person), X_Request_ID=name)
    found = expect(answer, 404).json()
    if found.get("code") != "not_found" or found.get("request_id") != name:
        raise Failed(f"code {found.get('code')}, request_id {found.get('request_id')}")
    return ""


def cross_site(site: Site) -> str:
    """The pages' cookie writes nothing without its token against cross-site requests."""
    answer = site.ask("POST", "/financial/tags", body={"name": "cross"}, Cookie=site.cookie(site.person))
    expect(answer, 403)
    return ""


CHECKS: Final = (
    ("without a valid token nobody gets in", strangers),
    ("tenants do not see each other's objects", neighbours),
    ("another tenant's account is no filter", scoped),
    ("the parts are those of the dashboard", together),
    ("a write is seen by every worker", seen_at_once),
    ("errors are problem documents", problems),
    ("a cookie alone writes nothing", cross_site),
)
