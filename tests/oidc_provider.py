"""A provider of identity in a process of its own: authorization code, PKCE, nonce, discovery, keys, user info.

Made of Authlib's server side, so that our side meets somebody else's reading of the standards. It signs in whoever it
is told to, without asking, and lies where a test wants it to: `POST /behave` with what shall be different.

    python -m tests.oidc_provider        # prints its port
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests

CLIENT_ID = "dashboard"
CLIENT_SECRET = "the secret of the dashboard at the provider"
LOGOUT = "http://schemas.openid.net/event/backchannel-logout"
REDIRECT_URI = "http://localhost/sign-in/provider/callback"


@dataclass
class RunningProvider:
    """The provider as a test sees it."""

    issuer: str

    def behave(self, **what: Any) -> None:
        """Be honest again but for this; `now` is the provider's clock, `claims` what the ID token says instead."""
        assert requests.post(f"{self.issuer}/behave", json=what, timeout=5).status_code == 200

    def logout_token(self, header: dict[str, Any] | None = None, **claims: Any) -> str:
        """What the provider posts when somebody signs out there; a claim of None is left out."""
        asked = {"header": header or {}, "claims": claims}
        return requests.post(f"{self.issuer}/logout-token", json=asked, timeout=5).text

    def count(self, path: str) -> int:
        """How often something was asked for since the last `behave`."""
        return int(requests.get(f"{self.issuer}/counts", timeout=5).json().get(path, 0))

    @staticmethod
    def visit(url: str) -> str:
        """What a browser does there: the address it is sent back to, without our host."""
        answer = requests.get(url, allow_redirects=False, timeout=5)
        assert answer.status_code == 302, answer.text
        return answer.headers["Location"].removeprefix("http://localhost")


@contextmanager
def running() -> Iterator[RunningProvider]:
    """Start the process, and end it."""
    root = Path(__file__).resolve().parent.parent
    environ = {**os.environ, "AUTHLIB_INSECURE_TRANSPORT": "1", "PYTHONPATH": str(root)}
    command = [sys.executable, "-m", "tests.oidc_provider"]
    with subprocess.Popen(command, cwd=root, env=environ, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield RunningProvider(f"http://127.0.0.1:{int(process.stdout.readline())}")
        finally:
            process.terminate()


@dataclass
class Code:
    """An authorization code, as Authlib wants it."""

    code: str
    data: dict[str, str]
    used: bool = False

    def get_redirect_uri(self) -> str:
        return self.data["redirect_uri"]

    def get_scope(self) -> str:
        return self.data["scope"]

    def get_nonce(self) -> str | None:
        return self.data.get("nonce")

    def get_auth_time(self) -> None:
        return None

    def get_acr(self) -> None:
        return None

    def get_amr(self) -> None:
        return None

    @property
    def code_challenge(self) -> str | None:
        return self.data.get("code_challenge")

    @property
    def code_challenge_method(self) -> str | None:
        return self.data.get("code_challenge_method")


class Client:
    """The only client there is."""

    def get_client_id(self) -> str:
        return CLIENT_ID

    def get_default_redirect_uri(self) -> str:
        return REDIRECT_URI

    def get_allowed_scope(self, scope: str) -> str:
        return scope

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        return redirect_uri == REDIRECT_URI

    def check_client_secret(self, secret: str) -> bool:
        return secret == CLIENT_SECRET

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return method == "client_secret_basic"

    def check_response_type(self, response_type: str) -> bool:
        return response_type == "code"

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type == "authorization_code"


@dataclass
class Mind:
    """What the provider knows and how it behaves."""

    issuer: str = ""
    keys: list[Any] = field(default_factory=list)
    how: dict[str, Any] = field(default_factory=dict)
    codes: dict[str, Code] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)

    def person(self) -> dict[str, Any]:
        known = {"sub": "subject-1", "email": "alice@acorn.test", "email_verified": True}
        return {**known, **self.how.get("claims", {})}

    def key(self) -> Any:
        from joserfc.jwk import OctKey

        if self.how.get("alg") == "HS256":
            return OctKey.import_key(CLIENT_SECRET)
        if self.how.get("unpublished"):
            kind = type(self.keys[-1])
            return kind.generate_key("P-256" if kind.key_type == "EC" else 2048, {"kid": self.keys[-1].kid})
        return self.keys[-1]

    def behave(self, how: dict[str, Any]) -> None:
        self.how = how
        self.counts.clear()
        if how.get("rotate"):
            self.rotate()

    def rotate(self) -> None:
        from joserfc.jwk import ECKey, RSAKey

        parameters: Any = {"kid": f"key-{len(self.keys)}", "use": "sig"}
        kind = ECKey.generate_key("P-256", parameters) if self.keys else RSAKey.generate_key(2048, parameters)
        self.keys.append(kind)


def openid(mind: Mind) -> Any:
    """The extension that makes ID tokens."""
    from authlib.oidc.core.grants import OpenIDCode

    class IdTokens(OpenIDCode):
        def exists_nonce(self, nonce: str, request: Any) -> bool:
            return any(code.get_nonce() == nonce for code in mind.codes.values())

        def resolve_client_private_key(self, client: Any) -> Any:
            return mind.key()

        def get_client_algorithm(self, client: Any) -> str:
            return str(mind.how.get("alg") or ("ES256" if mind.keys[-1].key_type == "EC" else "RS256"))

        def get_encode_header(self, client: Any) -> dict[str, Any]:
            return {"alg": self.get_client_algorithm(client), "kid": mind.keys[-1].kid}

        def get_client_claims(self, client: Any) -> dict[str, Any]:
            now = int(mind.how.get("now", time.time()))
            return {"iss": mind.issuer, "aud": CLIENT_ID, "iat": now, "exp": now + 300, "auth_time": now}

        def generate_user_info(self, user: Any, scope: str) -> dict[str, Any]:
            person = mind.person()
            if mind.how.get("userinfo_only"):
                return {"sub": person["sub"]}
            return person

    return IdTokens(require_nonce=True)


def code_grant(mind: Mind) -> Any:
    """The authorization code grant over the codes in memory."""
    from authlib.oauth2.rfc6749.grants import AuthorizationCodeGrant

    class Codes(AuthorizationCodeGrant):
        TOKEN_ENDPOINT_AUTH_METHODS = ["client_secret_basic"]

        def save_authorization_code(self, code: str, request: Any) -> None:
            mind.codes[code] = Code(code, {**request.payload.data, "scope": request.payload.scope})

        def query_authorization_code(self, code: str, client: Any) -> Code | None:
            found = mind.codes.get(code)
            return found if found is not None and not found.used else None

        def delete_authorization_code(self, code: Code) -> None:
            code.used = True

        def authenticate_user(self, code: Code) -> Any:
            return mind.person()["sub"]

    return Codes


def metadata(mind: Mind) -> dict[str, Any]:
    """What the provider publishes about itself; it offers weak signatures too, which nobody must take."""
    base = mind.issuer
    return {
        "issuer": mind.how.get("issuer", base),
        "authorization_endpoint": f"{base}/authorize",
        "token_endpoint": f"{base}/token",
        "jwks_uri": f"{base}/keys",
        "userinfo_endpoint": f"{base}/userinfo",
        "end_session_endpoint": f"{base}/logout",
        "id_token_signing_alg_values_supported": ["RS256", "ES256", "HS256", "none"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic"],
        "authorization_response_iss_parameter_supported": True,
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
    }


def make_app(mind: Mind) -> Any:
    """The provider's addresses."""
    from authlib.integrations.flask_oauth2 import AuthorizationServer
    from authlib.oauth2.rfc7636 import CodeChallenge
    from flask import Flask, jsonify, request

    app = Flask("provider")
    server = AuthorizationServer(app, query_client={CLIENT_ID: Client()}.get, save_token=lambda *_: None)
    server.register_grant(code_grant(mind), [openid(mind), CodeChallenge(required=True)])

    def count() -> None:
        mind.counts[request.path] = mind.counts.get(request.path, 0) + 1

    def configuration() -> Any:
        return ("<h1>Maintenance</h1>", 503) if mind.how.get("away") else jsonify(metadata(mind))

    def behave() -> Any:
        mind.behave(request.get_json())
        return jsonify({})

    app.before_request(count)
    app.get("/.well-known/openid-configuration")(configuration)
    app.add_url_rule("/authorize", "authorize", lambda: authorize(mind, server))
    app.add_url_rule("/token", "token", server.create_token_response, methods=["POST"])
    app.add_url_rule(
        "/keys", "keys", lambda: jsonify({"keys": [each.as_dict(private=False) for each in mind.keys[-1:]]})
    )
    app.add_url_rule("/userinfo", "userinfo", lambda: jsonify({**mind.person(), **mind.how.get("userinfo", {})}))
    app.add_url_rule("/counts", "counts", lambda: jsonify(mind.counts))

    def logout_token() -> Any:
        from joserfc import jwt

        given = request.get_json()
        now = int(mind.how.get("now", time.time()))
        claims = {"iss": mind.issuer, "aud": CLIENT_ID, "iat": now, "exp": now + 120, "events": {LOGOUT: {}}}
        header = {"alg": "RS256", "typ": "logout+jwt", "kid": mind.keys[-1].kid, **given.get("header", {})}
        if header["alg"] == "RS256":
            header["alg"] = "ES256" if mind.keys[-1].key_type == "EC" else "RS256"
        told = {name: value for name, value in {**claims, **given["claims"]}.items() if value is not None}
        return jwt.encode(header, told, mind.key(), algorithms=[header["alg"]])

    app.post("/behave")(behave)
    app.post("/logout-token")(logout_token)
    return app


def authorize(mind: Mind, server: Any) -> Any:
    """Send the browser back with a code, or with a refusal."""
    from flask import redirect, request

    if mind.how.get("refuse"):
        return redirect(f"{REDIRECT_URI}?error=access_denied&state={request.args['state']}&iss={mind.issuer}")
    grant = server.get_consent_grant(end_user="somebody")
    answer = server.create_authorization_response(grant=grant, grant_user="somebody")
    answer.headers["Location"] += f"&iss={mind.how.get('sender', mind.issuer)}"
    return answer


def main() -> None:
    """Serve on a free port until somebody ends the process."""
    import logging

    from werkzeug.serving import make_server

    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    mind = Mind()
    mind.rotate()
    server = make_server("127.0.0.1", 0, make_app(mind), threaded=True)
    mind.issuer = f"http://127.0.0.1:{server.port}"
    print(server.port, flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
