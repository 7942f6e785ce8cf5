"""Embed tokens held against one tenant: nothing but a right token opens anything, and nothing makes the reader fall."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import Forbidden, Unauthorized
from data.directory import TenantInfo
from data.frames.embeds import EmbedPlace
from data.schemas.embeds import EmbedIn
from web import embed_tokens
from web.embed_seats import EmbedStanding
from web.sealing import seal, unseal

NOW = datetime(2026, 6, 17, 10, 30, tzinfo=UTC)
SITE = "https://portal.example.org"
KID, SECRET = "7.AbCdEfGhIjKl", "s" * 43
TENANT = TenantInfo(7, "org_45", "organization", "Acorn", "EUR", "Europe/Berlin", "en-IE", 1, False, {})
PLACE = EmbedPlace(TENANT, 3, {}, 0, 0, {KID: b""}, (SITE,), 2, frozenset({"taken-back"}))
STANDING = EmbedStanding(PLACE, {KID: SECRET.encode()}, None, b"")
CLAIMS: dict[str, Any] = {
    "iss": "org_45",
    "aud": "embed",
    "tid": "7",
    "view": "summary",
    "lock": {},
    "allow": {"filters": ["period"]},
    "origins": [SITE],
    "ui": {"theme": "dark"},
    "iat": int(NOW.timestamp()),
    "exp": int(NOW.timestamp()) + 600,
    "jti": "one",
    "epoch": 2,
}
LATER = int(NOW.timestamp()) + 61
EVERYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


def find(tenant_id: int) -> EmbedStanding | None:
    return STANDING if tenant_id == TENANT.id else None


def sign(leave_out: str = "", header: dict[str, Any] | None = None, secret: str = SECRET, **changes: Any) -> str:
    claims = {name: value for name, value in {**CLAIMS, **changes}.items() if name != leave_out}
    headers = {"typ": "embed+jwt", "kid": KID, **(header or {})}
    return jwt.PyJWS().encode(json.dumps(claims).encode(), secret, algorithm="HS256", headers=headers)


def by_hand(header: dict[str, Any], claims: Any, signature: str = "") -> str:
    parts = (base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in (header, claims))
    return f"{'.'.join(parts)}.{signature}"


def test_a_right_token_says_what_it_opens() -> None:
    lock = {"account_ids": ["4", "3"], "category_ids": ["none", "9"], "from": "2026-01-01", "to": "2026-03-31"}
    grant, standing = embed_tokens.read(sign(lock=lock, tid="org_45"), NOW, find)
    assert standing is STANDING
    assert (grant.kid, grant.jti, grant.view, grant.origins, grant.ui.theme) == (KID, "one", "summary", (SITE,), "dark")
    assert (grant.lock.account_ids, grant.lock.category_ids) == ((3, 4), (0, 9))
    assert (str(grant.lock.first), str(grant.lock.last)) == ("2026-01-01", "2026-03-31")
    assert grant.allow.parameters() == {"period"}
    assert grant.expires_at == NOW + timedelta(seconds=600)
    bare = embed_tokens.read(sign(allow={}, ui={}, origins=[]), NOW, find)[0]
    assert (bare.allow.drill, bare.allow.export, bare.allow.amounts, bare.origins) == (False, False, "full", ())


@pytest.mark.parametrize(
    "token",
    [
        "",
        "no token",
        "a.b.c",
        "é.é.é",
        "." * 7_501,
        sign(header={"typ": "JWT"}),
        sign(header={"typ": "at+jwt"}),
        sign(header={"kid": "7.another_key1"}),
        sign(header={"kid": "8.AbCdEfGhIjKl"}),
        sign(header={"kid": "x"}),
        sign(header={"crit": ["exp"]}),
        sign(header={"b64": False}),
        sign(secret="t" * 43),
        sign(lock={"account_ids": ["1" * 18] * 400}),
        jwt.encode(CLAIMS, SECRET * 2, algorithm="HS512", headers={"typ": "embed+jwt", "kid": KID}),
        by_hand({"alg": "none", "typ": "embed+jwt", "kid": KID}, CLAIMS),
        by_hand({"alg": "HS256", "typ": "embed+jwt", "kid": KID}, CLAIMS),
        by_hand({"alg": "HS256", "typ": "embed+jwt", "kid": KID}, CLAIMS, "A" * 43),
        by_hand({"alg": "HS256", "typ": "embed+jwt", "kid": [KID]}, CLAIMS),
        base64.urlsafe_b64encode(b"[" * 3_000).decode() + ".e30.e30",
        *(sign(leave_out=name) for name in ("aud", "iat", "exp", "jti", "epoch")),
        sign(aud="api"),
        sign(aud=["api", "pages"]),
        sign(exp=int(NOW.timestamp())),
        sign(exp=int(NOW.timestamp()) - 1),
        sign(exp=CLAIMS["exp"] + 1),
        sign(exp=10**40),
        sign(exp=str(CLAIMS["exp"])),
        sign(exp=True),
        sign(exp=float("nan")),
        sign(iat=CLAIMS["exp"]),
        sign(iat=LATER, exp=LATER + 60),
        sign(nbf=LATER),
        sign(jti=""),
        sign(jti="x" * 101),
        sign(jti=1),
        sign(jti="taken-back"),
        sign(epoch=1),
        sign(epoch=3),
        sign(epoch=True),
        sign(epoch="2"),
    ],
)
def test_whatever_is_not_valid_any_more_or_never_was_is_unauthorized(token: str) -> None:
    with pytest.raises(Unauthorized) as refusal:
        embed_tokens.read(token, NOW, find)
    assert refusal.value.headers == {"WWW-Authenticate": "Bearer"}


@pytest.mark.parametrize(
    "token",
    [
        *(sign(leave_out=name) for name in ("iss", "tid", "view", "lock")),
        sign(iss="org_46"),
        sign(iss=7),
        sign(tid="8"),
        sign(tid=7),
        sign(tid=["7"]),
        sign(view="everything"),
        sign(view=["summary"]),
        sign(view=None),
        sign(lock=None),
        sign(lock=[]),
        sign(lock="{}"),
        sign(lock={"account_ids": None}),
        sign(lock={"account_ids": []}),
        sign(lock={"account_ids": [1]}),
        sign(lock={"account_ids": ["-1"]}),
        sign(lock={"account_ids": "12"}),
        sign(lock={"accounts": ["1"]}),
        sign(lock={"from": "2026-02-30"}),
        sign(lock={"from": "2026-02-02", "to": "2026-02-01"}),
        sign(lock={"currency": "EURO"}),
        sign(allow=None),
        sign(allow={"filters": ["tenant"]}),
        sign(allow={"export": 1}),
        sign(allow={"amounts": "some"}),
        sign(ui={"theme": "pink"}),
        sign(ui={"locale": "<script>"}),
        sign(origins="*"),
        sign(origins=["*"]),
        sign(origins=["https://other.example.org"]),
        sign(origins=[SITE, "https://portal.example.org.evil.test"]),
        sign(origins=["https://portal.example.org/path"]),
    ],
)
def test_a_token_that_asks_for_what_it_cannot_have_is_forbidden(token: str) -> None:
    with pytest.raises(Forbidden):
        embed_tokens.read(token, NOW, find)


@given(name=st.sampled_from(sorted(CLAIMS)), value=EVERYTHING)
@settings(max_examples=150, deadline=None)
def test_any_value_of_any_claim_is_read_or_refused(name: str, value: Any) -> None:
    try:
        grant, _ = embed_tokens.read(sign(**{name: value}), NOW, find)
    except (Unauthorized, Forbidden):
        return
    if name in ("iss", "aud", "tid", "view", "epoch"):
        allowed = {"tid": ("7", "org_45"), "aud": ("embed", ["embed"])}.get(name, (CLAIMS[name],))
        assert value in allowed or (name == "view" and grant.view == value) or (name == "aud" and "embed" in value)


@given(place=st.integers(min_value=0), letter=st.sampled_from("AZaz09-_.=+/ \n"))
@settings(max_examples=300, deadline=None)
def test_no_letter_of_a_token_can_be_another(place: int, letter: str) -> None:
    token = sign()
    place %= len(token) - 1  # the last letter of a signature carries two bits that nobody reads
    changed = token[:place] + letter + token[place + 1 :]
    if changed != token:
        with pytest.raises((Unauthorized, Forbidden)):
            embed_tokens.read(changed, NOW, find)


def test_a_token_of_ours_is_read_back_and_only_its_tenant_may_take_it_back() -> None:
    asked = EmbedIn.model_validate({"view": "budgets", "lock": {"from": "2026-01-01"}, "ttl": 60})
    jti = embed_tokens.new_jti("key", 7)
    token = embed_tokens.issue(TENANT, 2, KID, SECRET.encode(), asked, [SITE], jti, NOW)
    grant, _ = embed_tokens.read(token, NOW, find)
    assert (grant.view, grant.jti, str(grant.lock.first), grant.lock.last) == ("budgets", jti, "2026-01-01", None)
    assert grant.expires_at == NOW + timedelta(seconds=60)
    assert embed_tokens.may_revoke(("other", "key"), 7, jti)
    assert embed_tokens.may_revoke(("other", "key"), 7, "one-of-the-tenants-own-server")
    assert not embed_tokens.may_revoke(("other", "key"), 8, jti)
    assert not embed_tokens.may_revoke(("other", "key"), 7, f"{jti[:-1]}{'A' if jti[-1] != 'A' else 'B'}")
    assert not embed_tokens.may_revoke(("other", "key"), 7, "x y")


@given(plain=st.binary(max_size=100), place=st.integers(min_value=0), bit=st.integers(0, 7))
@settings(max_examples=50)
def test_a_sealed_secret_opens_for_its_key_and_purpose_alone(plain: bytes, place: int, bit: int) -> None:
    sealed = seal("key", "purpose", plain, "holder")
    assert unseal(("other", "key"), "purpose", sealed, "holder") == plain
    wrong = [("other", "purpose", "holder"), ("key", "other", "holder"), ("key", "purpose", "other")]
    assert [unseal((key,), purpose, sealed, holder) for key, purpose, holder in wrong] == [None] * 3
    broken = bytearray(sealed)
    broken[place % len(broken)] ^= 1 << bit
    assert unseal(("key",), "purpose", bytes(broken), "holder") is None
    assert unseal(("key",), "purpose", sealed[: place % len(sealed)], "holder") is None
    assert seal("key", "purpose", plain, "holder") != sealed


def test_what_an_earlier_release_sealed_opens() -> None:
    """The form is stored: another one needs another version in front, and both must open."""
    sealed = bytes.fromhex("0116c60c0c5c6241c4a20df010b3a1e2c9ba7acb17ab12631913e839af1897508ae7")
    assert unseal(("k" * 32,), "purpose", sealed, "holder") == b"plain"
