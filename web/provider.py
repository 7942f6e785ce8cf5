"""The provider of identity (`OIDC_ISSUER`): what it publishes, and what its ID tokens say once all of it is checked.

OpenID Connect Core 1.0, section 3.1 (authorization code), with PKCE (RFC 7636, S256) and the issuer in the answer
(RFC 9207). Keys and addresses come from Discovery 1.0 and are kept for an hour; an unknown key id asks again.
"""

from __future__ import annotations

import json
import logging
import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

from core.errors import Unauthorized, Unavailable
from core.settings import Settings

ALGORITHMS: Final = frozenset(
    {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"}
)
"""Signatures by a key that the provider alone has; never `none`, never one made with the client's secret."""
_LOG: Final = logging.getLogger("dashboard.sign_in")
_SCOPE: Final = "openid email"
_KEPT_SECONDS: Final = 3_600
_REST_SECONDS: Final = 10
"""Made-up key ids make us ask for the keys so often at most."""
_PAUSE_SECONDS: Final = 5
"""One that is away is left alone for so long, or each who presses the button would hold a thread."""
_TIMEOUT: Final = (3.05, 5)
_SKEW_SECONDS: Final = 60
_LONGEST: Final = 512 * 1024
_NEEDED: Final = ("authorization_endpoint", "token_endpoint", "jwks_uri")


@dataclass(frozen=True, slots=True)
class Proved:
    """Who the provider says that somebody is. `email` only if the provider itself has verified it."""

    subject: str
    email: str | None
    session: str | None = None
    """What the provider calls this sign-in, if it has a name for it (`sid`)."""


@dataclass(frozen=True, slots=True)
class _Published:
    """A document of the provider, and when it was read."""

    document: dict[str, Any]
    read_at: float


class Provider:
    """The provider that the settings name. One per worker: it remembers what was published."""

    def __init__(self, settings: Settings, seconds: Callable[[], float] = time.monotonic) -> None:
        self.issuer: Final = settings.oidc_issuer or ""
        self.name: Final = settings.oidc_name
        self.client_id = settings.oidc_client_id or ""
        self._client_secret = settings.oidc_client_secret
        self._seconds = seconds
        self._kept: dict[str, _Published] = {}
        self._keys_asked_at = self._rests_until = -math.inf

    def authorization_url(self, *, redirect_uri: str, state: str, nonce: str, verifier: str) -> str:
        """Where the browser is sent. `Unavailable` when the provider cannot be reached."""
        url, _ = self._client(redirect_uri).create_authorization_url(
            self._metadata()["authorization_endpoint"], state=state, nonce=nonce, code_verifier=verifier
        )
        return str(url)

    def sign_out_url(self, back_to: str) -> str | None:
        """Where the provider's own session is ended (RP-Initiated Logout 1.0), None when it has no such place."""
        try:
            address = self._metadata().get("end_session_endpoint")
        except Unavailable:
            return None
        if not isinstance(address, str) or not self._may_call(address):
            return None
        query = urlencode({"client_id": self.client_id, "post_logout_redirect_uri": back_to})
        return f"{address}{'&' if '?' in address else '?'}{query}"

    def check_sender(self, issuer: str | None) -> None:
        """The answer must be this provider's (RFC 9207): it says so, if it ever does."""
        says = self._metadata().get("authorization_response_iss_parameter_supported") is True
        if issuer != self.issuer and (says or issuer is not None):
            raise Unauthorized(self._refusal())

    def prove(self, *, code: str, redirect_uri: str, verifier: str, nonce: str, now: datetime) -> Proved:
        """Who somebody is, for the code that the browser brought back.

        `Unauthorized` for whatever is wrong with it, `Unavailable` when the provider cannot be reached.
        """
        from authlib.common.errors import AuthlibBaseError  # type: ignore[import-untyped]
        from requests.exceptions import RequestException

        try:
            with self._client(redirect_uri) as client:
                token = client.fetch_token(
                    self._metadata()["token_endpoint"],
                    code=code,
                    code_verifier=verifier,
                    grant_type="authorization_code",
                    timeout=_TIMEOUT,
                    allow_redirects=False,
                )
            claims = self._verified(token, nonce, now)
            if "email" not in claims:
                claims = {**self._user_info(token, claims["sub"]), **claims}
        except RequestException:
            raise self._away() from None
        except (AuthlibBaseError, ValueError, KeyError, TypeError) as error:
            raise Unauthorized(self._refusal()) from error
        subject, email = claims["sub"], claims.get("email")
        if not isinstance(subject, str) or not 0 < len(subject) <= 255 or not subject.isprintable():
            raise Unauthorized(self._refusal())
        fits = isinstance(email, str) and "@" in email and len(email) <= 320 and email.isprintable()
        sid = claims.get("sid")
        known = isinstance(sid, str) and 0 < len(sid) <= 255 and sid.isprintable()
        verified = fits and claims.get("email_verified") in (True, "true")
        return Proved(subject, email if verified else None, sid if known else None)

    def _verified(self, token: dict[str, Any], nonce: str, now: datetime) -> dict[str, Any]:
        """The claims of the ID token, once signature, issuer, audience, times and nonce are right (3.1.3.7)."""
        from authlib.oidc.core import CodeIDToken  # type: ignore[import-untyped]
        from joserfc.errors import JoseError

        try:
            decoded = self.decoded(str(token["id_token"]))
            options = {
                "iss": {"essential": True, "value": self.issuer},
                "aud": {"essential": True, "value": self.client_id},
                "sub": {"essential": True},
            }
            known = {"nonce": nonce, "client_id": self.client_id, "access_token": token.get("access_token")}
            claims = CodeIDToken(decoded.claims, decoded.header, options, known)
            claims.validate(now=int(now.timestamp()), leeway=_SKEW_SECONDS)
        except JoseError as error:
            raise Unauthorized(self._refusal()) from error
        return dict(claims)

    def decoded(self, id_token: str) -> Any:
        """The token, its signature verified by the key it names; an unknown key makes us read the keys anew."""
        from joserfc import jwt
        from joserfc.errors import InvalidKeyIdError
        from joserfc.jws import JWSRegistry

        published = self._metadata().get("id_token_signing_alg_values_supported") or ["RS256"]
        registry = JWSRegistry(algorithms=sorted(ALGORITHMS & set(published)), strict_check_header=False)
        try:
            return jwt.decode(id_token, self._keys(), registry=registry)
        except InvalidKeyIdError:
            return jwt.decode(id_token, self._keys(anew=True), registry=registry)

    def _keys(self, *, anew: bool = False) -> Any:
        """The provider's public keys for signatures."""
        from joserfc.jwk import KeySet

        seconds: float = _KEPT_SECONDS
        if anew and self._seconds() - self._keys_asked_at >= _REST_SECONDS:
            seconds, self._keys_asked_at = 0, self._seconds()
        found = self._read(self._metadata()["jwks_uri"], seconds).get("keys")
        keys = [key for key in found or [] if key.get("use", "sig") == "sig" and key.get("kty") in ("RSA", "EC", "OKP")]
        return KeySet.import_key_set({"keys": keys})

    def _user_info(self, token: dict[str, Any], subject: object) -> dict[str, Any]:
        """What the provider says beside the ID token, where that leaves the address out (section 5.3)."""
        address = self._metadata().get("userinfo_endpoint")
        if not isinstance(address, str) or not token.get("access_token"):
            return {}
        found = self._fetch(address, {"Authorization": f"Bearer {token['access_token']}"})
        return found if found.get("sub") == subject else {}

    def _metadata(self) -> dict[str, Any]:
        """What the provider publishes about itself; it must call itself what the settings call it (4.3)."""
        url = f"{self.issuer.rstrip('/')}/.well-known/openid-configuration"
        found = self._read(url, _KEPT_SECONDS)
        right = found.get("issuer") == self.issuer and all(self._may_call(found.get(each)) for each in _NEEDED)
        if not right:
            _LOG.warning("the provider of identity calls itself %r, or names no usable addresses", found.get("issuer"))
            self._kept.pop(url, None)
            raise self._away()
        return found

    def _read(self, url: str, seconds: float) -> dict[str, Any]:
        kept = self._kept.get(url)
        if kept is None or self._seconds() - kept.read_at >= seconds:
            if self._seconds() < self._rests_until:
                raise self._away()
            try:
                kept = self._kept[url] = _Published(self._fetch(url, {}), self._seconds())
            except Unavailable:
                self._rests_until = self._seconds() + _PAUSE_SECONDS
                raise
        return kept.document

    def _fetch(self, url: str, headers: dict[str, str]) -> dict[str, Any]:
        """A JSON object from the provider; `Unavailable` for anything else."""
        import requests

        try:
            with requests.get(url, headers=headers, timeout=_TIMEOUT, allow_redirects=False, stream=True) as answer:
                body = answer.raw.read(_LONGEST, decode_content=True)
            found, why = json.loads(body) if answer.status_code == 200 else None, f"status {answer.status_code}"
        except (requests.RequestException, OSError, ValueError) as error:
            found, why = None, repr(error)
        if not isinstance(found, dict):
            _LOG.warning("the provider of identity cannot be read: %s: %s", url, why)
            raise self._away()
        return found

    def _client(self, redirect_uri: str) -> Any:
        from authlib.integrations.requests_client import OAuth2Session  # type: ignore[import-untyped]

        takes = self._metadata().get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
        secret_way = "client_secret_basic" if "client_secret_basic" in takes else "client_secret_post"
        return OAuth2Session(
            client_id=self.client_id,
            client_secret=self._client_secret,
            token_endpoint_auth_method=secret_way if self._client_secret else "none",
            scope=_SCOPE,
            redirect_uri=redirect_uri,
            code_challenge_method="S256",
        )

    def _may_call(self, address: object) -> bool:
        """With TLS only, unless the provider itself is one on this machine, to be tried."""
        scheme = urlsplit(address).scheme if isinstance(address, str) else ""
        return scheme == "https" or (scheme == "http" and self.issuer.startswith("http://"))

    def _away(self) -> Unavailable:
        return Unavailable(f"{self.name} cannot be reached just now: try again, or sign in with your password")

    def _refusal(self) -> str:
        return f"The answer of {self.name} could not be trusted: try again, and tell your administrator if it stays so"
