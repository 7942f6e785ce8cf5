"""Embeds: what a token opens, what its viewer may do, and the tenant's keys and sites."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Annotated, Any, Final, Literal, Self, get_args

from pydantic import BeforeValidator, ConfigDict, Field, WithJsonSchema, model_validator

from core.lock import Lock
from core.query import UNCATEGORISED, read_id
from data.schemas.common import Currency, Day, In, Out

EmbedView = Literal[
    "dashboard", "summary", "accounts", "transactions", "budgets", "net-worth", "cash-flow", "categories"
]
"""The last three are single charts."""
VIEWS: Final[tuple[str, ...]] = get_args(EmbedView)
LONGEST_TTL: Final = 600
MOST_ORIGINS: Final = 50
JTI: Final = re.compile(r"[A-Za-z0-9._~-]{1,100}")
_ORIGIN: Final = re.compile(r"(https?)://([a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?|\[[0-9a-f:]{2,39}\])(?::(\d{1,5}))?")
_DEFAULT_PORTS: Final = {"http": "80", "https": "443"}


def _read_origin(value: Any) -> Any:
    found = _ORIGIN.fullmatch(value.strip().lower().removesuffix("/")) if isinstance(value, str) else None
    if found is None or (found[3] and not 0 < int(found[3]) < 65_536):
        raise ValueError("must be an origin such as https://portal.example.org: scheme and host, no path")
    return f"{found[1]}://{found[2]}" + (f":{found[3]}" if found[3] not in (None, _DEFAULT_PORTS[found[1]]) else "")


Origin = Annotated[str, BeforeValidator(_read_origin), WithJsonSchema({"type": "string", "format": "uri"})]
"""Scheme, host and port as a browser writes them in the header `Origin` (RFC 6454)."""
Ids = Annotated[list[str], Field(min_length=1, max_length=500)]


class EmbedLock(In):
    """The part of the books that is shown; what is not given is not locked. Null is refused, so that a value that a
    program has lost does not open everything."""

    model_config = ConfigDict(populate_by_name=True)

    account_ids: Ids | None = None
    category_ids: Ids | None = None
    from_: Day | None = Field(default=None, alias="from")
    to: Day | None = None
    currency: Currency | None = None

    @model_validator(mode="after")
    def _says_what_it_locks(self) -> Self:
        if any(getattr(self, name) is None for name in self.model_fields_set):
            raise ValueError("leave out what is not locked: null is not a lock")
        if self.from_ and self.to and self.to < self.from_:
            raise ValueError("to must not be before from")
        return self

    def lock(self) -> Lock:
        """As the reports know it; `NotFound` for what cannot be an id."""
        given = self.category_ids or ()
        categories = {UNCATEGORISED if each == "none" else read_id(each, "category") for each in given}
        return Lock(
            account_ids=tuple(sorted({read_id(each, "account") for each in self.account_ids or ()})),
            category_ids=tuple(sorted(categories)),
            first=self.from_,
            last=self.to,
            currency=self.currency,
        )


class EmbedAllow(In):
    """What the viewer may do. `filters` names the query parameters; `drill` lets a click narrow to an account or a
    category."""

    filters: list[Literal["period", "from", "to", "account_id", "category_id", "tag", "currency"]] = Field(
        default=[], max_length=7
    )
    drill: bool = False
    export: bool = False
    amounts: Literal["full", "masked"] = "full"

    def parameters(self) -> set[str]:
        """The query parameters that the viewer may set."""
        return {*self.filters, *(("account_id", "category_id") if self.drill else ())}


class EmbedUi(In):
    """How it looks. `locale` is the tenant's when it is not given."""

    theme: Literal["light", "dark", "auto"] = "auto"
    locale: str | None = Field(default=None, pattern=r"^[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8}){0,3}$")


class EmbedIn(In):
    """`lock` must be written out, `{}` for none. Without `origins`: all registered ones. `ttl` in seconds."""

    view: EmbedView
    lock: EmbedLock
    allow: EmbedAllow = EmbedAllow()
    origins: list[Origin] | None = Field(default=None, max_length=MOST_ORIGINS)
    ui: EmbedUi = EmbedUi()
    ttl: int = Field(default=LONGEST_TTL, ge=1, le=LONGEST_TTL)


class EmbedOut(Out):
    """A token, the address of the frame, and what to paste into a page. `jti` is for taking the token back."""

    token: str
    url: str
    expires_in: int
    snippet: str
    jti: str


class EmbedSettingsIn(In):
    """`epoch` is read-only: it may be sent back and is not looked at."""

    origins: list[Origin] = Field(max_length=MOST_ORIGINS)
    epoch: int | None = None


class EmbedSettings(Out):
    origins: list[str]
    epoch: int


class EmbedKey(Out):
    """A key without its secret; `id` and `kid` are the same."""

    id: str
    kid: str
    created_by: str
    created_at: datetime


class NewEmbedKey(EmbedKey):
    """A key with its secret, which is shown this once: the text itself is the HS256 key."""

    secret: str


class EmbedState(Out):
    """What a frame asks for from time to time: it draws again when the version has changed."""

    version: int
