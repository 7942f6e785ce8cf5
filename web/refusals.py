"""What pages say of an error in the language of the request. Answers for programs keep the English detail."""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from core.errors import AppError
from core.i18n import ENGLISH, N_, _, language

DETAILS: Final = (
    N_("Something went wrong"),
    N_("The request could not be read"),
    N_("Sign in first"),
    N_("Your role does not allow this"),
    N_("Not found"),
    N_("This conflicts with what is stored"),
    N_("This is no longer kept"),
    N_("Somebody changed this in the meantime"),
    N_("The body is too large"),
    N_("This content type is not accepted here"),
    N_("Some of the input is not valid"),
    N_("Too many requests"),
    N_("The service is not ready"),
    N_("Method Not Allowed"),
    N_("Something went wrong on our side. The request id helps us to find it."),
    N_("Too much is going on just now: try again"),
    N_("There is nothing at {path}"),
    N_("This needs the role {needed} or more; yours is {role}"),
    N_("The page is too old: reload it"),
    N_("Sign in on the sign-in page itself"),
    N_("The form is not one of this page"),
    N_("The e-mail address or the password is wrong"),
    N_("The password is wrong"),
    N_("Sign in again"),
    N_("The session has ended: sign in again"),
    N_("You belong to no tenant yet: ask for an invitation"),
    N_("There is no such tenant"),
    N_("The code is wrong, or was used already"),
    N_("The code is wrong: does the clock of your device go right?"),
    N_("The second factor is on already: switch it off first"),
    N_("Too many attempts to sign in: wait a little, or reset the password"),
    N_("Too many attempts to sign in: wait a little"),
    N_("Too many letters were asked for: wait a little"),
    N_("This link is not valid any more: ask for a new one"),
    N_("There is no other way to sign in here"),
    N_("You were not signed in at {provider}"),
    N_("Choose a password first: without it you could not sign in any more"),
    N_("{provider} does not vouch for your e-mail address: sign in otherwise, then link it"),
    N_("{email} signs in with another account at {provider}"),
    N_("There is nobody here with the address {email}: ask for an invitation"),
    N_("This sign-in took too long, or was begun in another window: try again"),
    N_("{provider} cannot be reached just now: try again, or sign in with your password"),
    N_("The answer of {provider} could not be trusted: try again, and tell your administrator if it stays so"),
    N_("There is no account {id}"),
    N_("There is no budget {id}"),
    N_("There is no budget {id} on this day"),
    N_("There is no category {id}"),
    N_("There is no tag {id}"),
    N_("There is no figure {id}"),
    N_("There is no month {id} in this period"),
    N_("There is no such payee in this period"),
    N_("The address names no figure"),
    N_("This page has no part {name}"),
    N_("Net worth is of whole accounts: remove the filter on categories and tags"),
    N_("{field}: must be a date such as {day}, from 1900 to 2999"),
    N_("{field}: must be a date such as {day}"),
    N_("{field}: must be one of {choices}"),
    N_("{field}: must be given once"),
    N_("{field}: must not be empty"),
    N_("{field}: must not be before from"),
    N_("{field}: must be an ISO 4217 currency code such as EUR"),
    N_("{field}: from and to must be given together"),
    N_("{field}: cannot be given together with from and to"),
    N_("This sign-in belongs to somebody here already, or you have another one"),
    N_("Nothing is linked"),
    N_("Only a signed-in page can be linked"),
    N_("Choose a password first"),
    N_("There is nothing to confirm: begin with POST /auth/totp"),
    N_("The scope {scope} is beyond the role {role}"),
    N_("The {name} is switched off for this tenant"),
    N_("The database cannot be reached"),
    N_("The database took too long to answer"),
    N_("More than {count} requests in a minute: wait a little"),
    N_("There is no token {id}"),
    N_("There is no session {id}"),
    N_("{field}: must not be in the past"),
    N_("{field}: must have at least {count} characters"),
    N_("{field}: must have at most {count} bytes"),
    N_("{field}: is one of the passwords that are tried first: choose another"),
    N_("{field}: must be more than a name from your address or of this product"),
)
"""The details that people see on pages, with places for what is named in them. Another one is said in English."""
_ROLES: Final = ("needed", "role")
_PLACE: Final = re.compile(r"\\{(\w+)\\}")


def told(error: AppError) -> str:
    """The detail of an error in the language of the request."""
    return told_text(error.detail)


def told_text(detail: str) -> str:
    """A detail or title in the language of the request, in English where it is none of `DETAILS`."""
    if language() == ENGLISH:
        return detail
    for message, pattern in _patterns():
        found = pattern.fullmatch(detail)
        if found:
            return _(message, **{name: _(said) if name in _ROLES else said for name, said in found.groupdict().items()})
    return detail


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((each, re.compile(_PLACE.sub(r"(?P<\1>.+)", re.escape(each)))) for each in DETAILS)
