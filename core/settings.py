"""The installation's settings: one frozen object, read once from the environment, loud when something is wrong.

Each setting has a row in `docs/settings.md` (tested). A secret may also be given as a file: `NAME_FILE`.
"""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from core.errors import Unavailable
from core.outside import is_host, is_network

ENVIRONMENTS = ("development", "testing", "staging", "production")
_ISSUER = re.compile(r"https://[^\s?#]+|http://(?:127\.0\.0\.1|localhost)(?::\d+)?(?:/[^\s?#]*)?")
"""OpenID Connect Discovery 1.0, section 3: TLS; a provider on this machine may do without, to be tried."""


class BadSetting(Unavailable):
    """A setting that cannot be used; the detail names it and says what it must be."""

    code, title = "bad_setting", "A setting is wrong"


@dataclass(frozen=True, slots=True)
class Settings:
    """See `docs/settings.md` for each. URLs with passwords and secrets stay out of `repr`."""

    environment: str = "development"
    host: str = "127.0.0.1"
    port: int = 8000
    var_dir: Path = Path("var")
    database_url: str | None = field(default=None, repr=False)
    database_owner_url: str | None = field(default=None, repr=False)
    database_pool: int = 8
    statement_timeout_ms: int = 60_000
    cache_url: str | None = field(default=None, repr=False)
    cache_ttl: int = 300
    cache_memory_mb: int = 24
    secret_key: str = field(default="", repr=False)
    secret_key_previous: str | None = field(default=None, repr=False)
    public_url: str | None = None
    trusted_proxies: int = 0
    max_upload_mb: int = 256
    metrics_token: str | None = field(default=None, repr=False)
    metrics_allow: tuple[str, ...] = ()
    rate_limit: int = 600_000
    sign_in_attempts: int = 10
    session_idle_days: int = 30
    session_max_days: int = 90
    audit_keep_days: int = 0
    oidc_issuer: str | None = None
    oidc_client_id: str | None = None
    oidc_client_secret: str | None = field(default=None, repr=False)
    oidc_name: str = "single sign-on"
    oidc_auto_create: bool = False
    smtp_url: str | None = field(default=None, repr=False)
    mail_from: str | None = None
    webhook_allow: tuple[str, ...] = ()
    webhook_hosts: tuple[str, ...] = ()
    amqp_url: str | None = field(default=None, repr=False)
    sentry_dsn: str | None = field(default=None, repr=False)
    otel_exporter_otlp_endpoint: str | None = None
    web_workers: int = 2
    web_threads: int = 768
    log_level: str = "INFO"

    @classmethod
    def load(cls, environ: Mapping[str, str] | None = None) -> Settings:
        """Read the environment; `BadSetting` names what cannot be used."""
        env = _Reader(os.environ if environ is None else environ)
        environment = env.choice("APP_ENV", "development", ENVIRONMENTS)
        var_dir = Path(env.text("VAR_DIR") or "var").resolve()
        return cls(
            environment=environment,
            host=env.text("HOST") or "127.0.0.1",
            port=env.number("PORT", 8000, 1, 65_535),
            var_dir=var_dir,
            database_url=env.secret("DATABASE_URL"),
            database_owner_url=env.secret("DATABASE_OWNER_URL"),
            database_pool=env.number("DATABASE_POOL", 8, 1, 500),
            statement_timeout_ms=env.number("STATEMENT_TIMEOUT_MS", 60_000, 100, 3_600_000),
            cache_url=env.secret("CACHE_URL"),
            cache_ttl=env.number("DASHBOARD_CACHE_TTL", 300, 1, 86_400),
            cache_memory_mb=env.number("CACHE_MEMORY_MB", 24, 0, 16_384),
            secret_key=_secret_key(env, environment, var_dir),
            secret_key_previous=env.key("SECRET_KEY_PREVIOUS"),
            public_url=env.text("PUBLIC_URL"),
            trusted_proxies=env.number("TRUSTED_PROXIES", 0, 0, 10),
            max_upload_mb=env.number("MAX_UPLOAD_MB", 256, 1, 4_096),
            metrics_token=env.secret("METRICS_TOKEN"),
            metrics_allow=env.networks("METRICS_ALLOW"),
            rate_limit=env.number("RATE_LIMIT", 600_000, 0, 1_000_000_000),
            **_signing_in(env),
            audit_keep_days=env.number("AUDIT_KEEP_DAYS", 0, 0, 36_500),
            oidc_issuer=env.issuer("OIDC_ISSUER"),
            oidc_client_id=env.with_issuer("OIDC_CLIENT_ID"),
            oidc_client_secret=env.secret("OIDC_CLIENT_SECRET"),
            oidc_name=env.text("OIDC_NAME") or "single sign-on",
            oidc_auto_create=env.choice("OIDC_AUTO_CREATE", "false", ("true", "false")) == "true",
            mail_from=env.text("MAIL_FROM"),
            webhook_allow=env.networks("WEBHOOK_ALLOW"),
            webhook_hosts=env.listed("WEBHOOK_HOSTS", is_host, "a host such as hooks.example.org or *.example.org"),
            **_outside(env),
            web_workers=env.number("WEB_WORKERS", 2, 1, 64),
            web_threads=env.number("WEB_THREADS", 768, 1, 4_000),
            log_level=env.choice("LOG_LEVEL", "INFO", ("DEBUG", "INFO", "WARNING", "ERROR")),
        )

    @property
    def metrics_dir(self) -> Path:
        """Where the workers of one server count together."""
        return self.var_dir / "metrics" / str(self.port)

    @property
    def secret_keys(self) -> tuple[str, ...]:
        """What opens tokens and sealed secrets: the present key, which makes new ones, then the previous one."""
        return (self.secret_key, self.secret_key_previous) if self.secret_key_previous else (self.secret_key,)

    @property
    def most_streams(self) -> int:
        """How many event streams one worker keeps open: each holds a thread, and 256 are for everything else."""
        return max(self.web_threads - 256, self.web_threads // 2)

    @property
    def production(self) -> bool:
        """Whether default secrets are refused and cookies are for TLS only."""
        return self.environment in ("staging", "production")


@dataclass(frozen=True, slots=True)
class _Reader:
    environ: Mapping[str, str]

    def text(self, name: str) -> str | None:
        return self.environ.get(name, "").strip() or None

    def secret(self, name: str) -> str | None:
        path = self.text(f"{name}_FILE")
        if path is None:
            return self.text(name)
        try:
            return Path(path).read_text(encoding="utf-8").strip() or None
        except OSError as error:
            raise BadSetting(f"{name}_FILE: {path} cannot be read ({error.strerror})") from None

    def key(self, name: str) -> str | None:
        """A secret from which keys are derived."""
        given = self.secret(name)
        if given is not None and len(given) < 32:
            raise BadSetting(f"{name} must have at least 32 characters")
        return given

    def number(self, name: str, default: int, low: int, high: int) -> int:
        text = self.text(name)
        if text is None:
            return default
        if not text.isdecimal() or not low <= int(text) <= high:
            raise BadSetting(f"{name} must be a whole number from {low} to {high}, not {text!r}")
        return int(text)

    def choice(self, name: str, default: str, allowed: tuple[str, ...]) -> str:
        text = self.text(name) or default
        if text not in allowed:
            raise BadSetting(f"{name} must be one of {', '.join(allowed)}, not {text!r}")
        return text

    def issuer(self, name: str) -> str | None:
        url = self.text(name)
        if url is not None and not _ISSUER.fullmatch(url):
            raise BadSetting(f"{name} must be the provider's https:// address, without a query")
        return url

    def with_issuer(self, name: str) -> str | None:
        value = self.text(name)
        if (value is None) != (self.text("OIDC_ISSUER") is None):
            raise BadSetting(f"OIDC_ISSUER and {name} must be set together")
        return value

    def address(self, name: str, form: str, told: str) -> str | None:
        """A URL that may hold a password."""
        url = self.secret(name)
        if url is not None and not re.fullmatch(form, url):
            raise BadSetting(f"{name} must be {told}")
        return url

    def networks(self, name: str) -> tuple[str, ...]:
        return self.listed(name, is_network, "a network such as 10.0.0.0/8")

    def listed(self, name: str, fits: Callable[[str], bool], told: str) -> tuple[str, ...]:
        """What stands between commas, in small letters."""
        parts = tuple(part.strip().lower() for part in (self.text(name) or "").split(",") if part.strip())
        for part in parts:
            if not fits(part):
                raise BadSetting(f"{name}: {part!r} is not {told}")
        return parts


def _signing_in(env: _Reader) -> dict[str, Any]:
    """How often somebody may try, and how long a session lasts."""
    return {
        "sign_in_attempts": env.number("SIGN_IN_ATTEMPTS", 10, 1, 1_000),
        "session_idle_days": env.number("SESSION_IDLE_DAYS", 30, 1, 365),
        "session_max_days": env.number("SESSION_MAX_DAYS", 90, 1, 3_650),
    }


def _outside(env: _Reader) -> dict[str, Any]:
    """The programs that this one sends something to."""
    return {
        "smtp_url": env.address("SMTP_URL", r"smtps?://\S+", "smtp://user:password@host:587, or smtps:// for TLS"),
        "amqp_url": env.address("AMQP_URL", r"amqps?://\S+", "amqp://user:password@host:5672, or amqps://"),
        "sentry_dsn": env.address("SENTRY_DSN", r"https?://[^@\s]+@\S+", "the address that Sentry gives a project"),
        "otel_exporter_otlp_endpoint": env.address(
            "OTEL_EXPORTER_OTLP_ENDPOINT", r"https?://\S+", "http://collector:4318"
        ),
    }


def _secret_key(env: _Reader, environment: str, var_dir: Path) -> str:
    """The key that signs tokens and cookies. Outside production a random one is made and kept under `VAR_DIR`."""
    given = env.key("SECRET_KEY")
    if given is not None:
        return given
    if environment in ("staging", "production"):
        raise BadSetting("SECRET_KEY (or SECRET_KEY_FILE) must be set")
    path = var_dir / "secret_key"
    try:
        var_dir.mkdir(parents=True, exist_ok=True)
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            return path.read_text(encoding="ascii").strip()
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(key := secrets.token_urlsafe(48))
        return key
    except OSError as error:
        raise BadSetting(
            f"{path} cannot be written ({error.strerror}): set SECRET_KEY, or VAR_DIR to a writable place"
        ) from None
