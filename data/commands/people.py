"""The people of a tenant: invited, given another role, removed. All of it is in the tenant's audit log."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from core.errors import Conflict, Forbidden, NotFound
from data import directory, invitations, members
from data.commands.unit import Write, write
from data.context import TenantContext
from data.directory import PersonInfo
from data.invitations import InvitationInfo
from data.schemas.common import Role

INVITED_FOR: Final = timedelta(days=7)
_RANK: Final[dict[Role, int]] = {"viewer": 0, "editor": 1, "admin": 2, "owner": 3}


@dataclass(frozen=True, slots=True)
class Doer:
    """Who changes something about people, and in which role: nobody gives or takes a role above their own."""

    person_id: int
    role: Role

    def may_touch(self, role: Role) -> None:
        """`Forbidden` for a role above the doer's own."""
        if _RANK[role] > _RANK[self.role]:
            raise Forbidden(f"The role {role} is above yours, which is {self.role}")


def invite(
    context: TenantContext, doer: Doer, email: str, role: Role, token_hash: bytes, now: datetime
) -> InvitationInfo:
    """Store an invitation; `Conflict` (already_member) when the person is here already."""
    doer.may_touch(role)
    with write(context) as unit:
        person = directory.find_person(unit.session, email)
        if person is not None and members.role_of(unit.session, person.id, context.tenant.id) is not None:
            raise Conflict(f"{email} belongs to {context.tenant.name} already", code="already_member")
        values = {
            "token_hash": token_hash,
            "tenant_id": context.tenant.id,
            "email": email,
            "role": role,
            "created_at": now,
            "expires_at": now + INVITED_FOR,
        }
        info = invitations.create(unit.session, values, now)
        unit.audit("create", "invitation", info.id, after={"email": email, "role": role})
        return info


def revoke_invitation(context: TenantContext, invitation_id: int, now: datetime) -> None:
    """Make an invitation's link void."""
    with write(context) as unit:
        info = invitations.revoke(unit.session, invitation_id, context.tenant.id, now)
        unit.audit("delete", "invitation", info.id, before={"email": info.email, "role": info.role})


def accept(
    context: TenantContext, invitation: InvitationInfo, password_hash: str | None, now: datetime
) -> PersonInfo | None:
    """Let the invited person in, with this password if it is new here. None when the link was just used up.

    A person who belongs to the tenant already keeps the role.
    """
    with write(context) as unit:
        if not invitations.use(unit.session, invitation.id, now):
            return None
        person = directory.find_person(unit.session, invitation.email)
        if person is None:
            if password_hash is None:
                raise NotFound("Choose a password first")
            person = directory.create_person(unit.session, invitation.email, password_hash)
        if members.role_of(unit.session, person.id, context.tenant.id) is None:
            directory.set_role(unit.session, person.id, context.tenant.id, invitation.role)
        unit.audit("accept", "invitation", invitation.id, after={"email": person.email, "role": invitation.role})
        return person


def change_role(context: TenantContext, doer: Doer, person_id: int, role: Role) -> None:
    """Give a member another role. The last owner stays one (`Conflict`, last_owner)."""
    doer.may_touch(role)
    with write(context) as unit:
        before = _member(unit, person_id)
        doer.may_touch(before)
        if before == role:
            return
        if before == "owner":
            _keep_an_owner(unit)
        directory.set_role(unit.session, person_id, context.tenant.id, role)
        unit.audit("update", "person", person_id, before={"role": before}, after={"role": role})


def remove(context: TenantContext, doer: Doer, person_id: int, now: datetime) -> None:
    """End a membership, one's own too; the person's tokens for the tenant end with it."""
    with write(context) as unit:
        role = _member(unit, person_id)
        doer.may_touch(role)
        if role == "owner":
            _keep_an_owner(unit)
        members.remove_member(unit.session, person_id, context.tenant.id, now)
        unit.audit("delete", "person", person_id, before={"role": role})


def _member(unit: Write, person_id: int) -> Role:
    role = members.role_of(unit.session, person_id, unit.tenant_id)
    if role is None:
        raise NotFound(f"There is no person {person_id}")
    return role


def _keep_an_owner(unit: Write) -> None:
    """The write holds the tenant's lock, so two owners cannot leave at once."""
    people = members.members_of(unit.session, unit.tenant_id)
    if sum(1 for each in people if each.role == "owner") < 2:
        raise Conflict("A tenant needs an owner: make somebody else one first", code="last_owner")
