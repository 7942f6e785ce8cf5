"""Errors that know their HTTP status and their stable code (RFC 9457, problem details).

Code below the edge raises these; one handler in `web.errors` turns them into answers, so endpoints
and callbacks need no `try`. The `detail` is shown to people: plain words, no internals.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FieldError:
    """One field of the input and what is wrong with it."""

    field: str
    message: str


class AppError(Exception):
    """Base of all errors a caller may see. `detail` is one sentence for a person."""

    status = 500
    code = "internal_error"
    title = "Something went wrong"

    def __init__(
        self,
        detail: str = "",
        *,
        code: str | None = None,
        errors: tuple[FieldError, ...] = (),
        headers: dict[str, str] | None = None,
        extra: dict[str, object] | None = None,
    ) -> None:
        super().__init__(detail or self.title)
        self.detail = detail or self.title
        self.code = code or self.code
        self.errors = errors
        self.headers = headers or {}
        self.extra = extra or {}


class BadRequest(AppError):
    status, code, title = 400, "bad_request", "The request could not be read"


class Unauthorized(AppError):
    """No valid identity. Carries `WWW-Authenticate` (RFC 6750, section 3)."""

    status, code, title = 401, "unauthorized", "Sign in first"

    def __init__(self, detail: str = "", *, code: str | None = None) -> None:
        super().__init__(detail, code=code, headers={"WWW-Authenticate": "Bearer"})


class Forbidden(AppError):
    status, code, title = 403, "forbidden", "Your role does not allow this"


class NotFound(AppError):
    """Also for what belongs to another tenant: its ids do not exist here."""

    status, code, title = 404, "not_found", "Not found"


class Conflict(AppError):
    status, code, title = 409, "conflict", "This conflicts with what is stored"


class Gone(AppError):
    status, code, title = 410, "gone", "This is no longer kept"


class PreconditionFailed(AppError):
    status, code, title = 412, "precondition_failed", "Somebody changed this in the meantime"


class TooLarge(AppError):
    status, code, title = 413, "too_large", "The body is too large"


class UnsupportedMedia(AppError):
    status, code, title = 415, "unsupported_media_type", "This content type is not accepted here"


class Invalid(AppError):
    """The input is readable but wrong; `errors` names each field."""

    status, code, title = 422, "invalid", "Some of the input is not valid"

    @classmethod
    def field(cls, name: str, message: str, *, code: str | None = None) -> Invalid:
        return cls(f"{name}: {message}", code=code, errors=(FieldError(name, message),))


class TooManyRequests(AppError):
    status, code, title = 429, "too_many_requests", "Too many requests"

    def __init__(self, detail: str, retry_after: int) -> None:
        super().__init__(detail, headers={"Retry-After": str(retry_after)})


class Unavailable(AppError):
    status, code, title = 503, "unavailable", "The service is not ready"
