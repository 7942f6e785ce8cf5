"""One-time links: made, sent, and what their pages do."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from core.errors import NotFound
from core.i18n import N_, _, language, speaking
from core.settings import Settings
from data import directory, invitations
from data.commands import people
from data.commands.people import Doer
from data.directory import DirectorySession, PersonInfo, TenantInfo
from data.invitations import InvitationInfo
from data.schemas.common import Role
from web import mailer, security_events, throttle, tokens
from web.identity import books_of, current
from web.passwords import hash_password
from web.state import state

RESET_FOR: Final = timedelta(hours=1)
_VOID: Final = "This link is not valid any more: ask for a new one"
_INVITED: Final = N_("""You are invited to the books of {tenant} as {role}.

Follow this link within 7 days; it works once:

{link}

If you did not expect this, do nothing.
""")
_RESET: Final = N_("""Somebody, probably you, asked for a new password for the Financial Dashboard.

Choose one here within an hour; the link works once:

{link}

If it was not you, do nothing: your password stays as it is.
""")


def invite(email: str, role: Role) -> tuple[InvitationInfo, str, bool]:
    """Invite somebody into the caller's tenant: the invitation, its link, and whether it was sent by e-mail."""
    identity = current()
    token, token_hash = tokens.new_opaque()
    doer = Doer(identity.seat.person.id, identity.role)
    info = people.invite(identity.context, doer, email, role, token_hash, state().clock())
    link = mailer.link_to(state().settings, "/invitation", token)
    name = " ".join(identity.tenant.name.split())
    with speaking(identity.tenant.locale):
        subject, text = _("An invitation to the Financial Dashboard"), _(_INVITED, tenant=name, role=_(role), link=link)
    sent = mailer.send(state().settings, email, subject, text)
    return info, link, sent


def invitation(token: str) -> tuple[InvitationInfo, TenantInfo, bool]:
    """The invitation of a link, its tenant, and whether the person is known here; `NotFound` for a void link."""
    with state().database.directory() as session:
        found = invitations.find(session, tokens.opaque_hash(token), state().clock())
        tenant = directory.find_tenant_by_id(session, found.tenant_id) if found else None
        known = found is not None and directory.find_person(session, found.email) is not None
    if found is None or tenant is None:
        raise _void()
    return found, tenant, known


def accept_invitation(token: str, password: str) -> None:
    """Let the invited person in; somebody new here gets this password, somebody known keeps the own."""
    found, tenant, known = invitation(token)
    hashed = None if known else hash_password(password, email=found.email)
    if people.accept(books_of(tenant, f"invitation:{found.id}"), found, hashed, state().clock()) is None:
        raise _void()


def ask_for_reset(email: str) -> None:
    """Send a link for a new password, if there is such a person. Nothing tells the asker whether there is."""
    throttle.count_reset(email)
    with state().database.directory() as session:
        person = directory.find_person(session, email)
        if person is None:
            return
        link = reset_link(session, state().settings, person, state().clock())
        tenants = directory.tenants_of(session, person.id)
    with speaking(tenants[0][0].locale if tenants else language()):
        mailer.send(state().settings, person.email, _("A new password"), _(_RESET, link=link))


def reset_link(session: DirectorySession, settings: Settings, person: PersonInfo, now: datetime) -> str:
    """A link with which the person sets a new password; earlier ones are void."""
    token, token_hash = tokens.new_opaque()
    invitations.store_reset(session, person.id, token_hash, now + RESET_FOR)
    return mailer.link_to(settings, "/reset-password", token)


def check_reset(token: str) -> PersonInfo:
    """Whose password the link is for; `NotFound` for a void one."""
    with state().database.directory() as session:
        person_id = invitations.reset_for(session, tokens.opaque_hash(token), state().clock())
        person = None if person_id is None else directory.find_person_by_id(session, person_id)
    if person is None:
        raise _void()
    return person


def reset_password(token: str, password: str) -> None:
    """Set the new password, and end everything that was signed in before."""
    person = check_reset(token)
    hashed = hash_password(password, email=person.email)
    with state().database.directory() as session:
        person_id = invitations.use_reset(session, tokens.opaque_hash(token), state().clock())
        if person_id is None:
            raise _void()
        directory.set_password(session, person_id, hashed, end_sessions=True)


def _void() -> NotFound:
    security_events.add(event="token_refused")
    return NotFound(_VOID)
