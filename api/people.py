"""`/tenant/people` and `/tenant/invitations`: who belongs to the tenant, and in which role; and its end."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from flask import Blueprint, Response, g
from pydantic import BaseModel

from api import resource
from core.errors import Invalid, NotFound
from core.query import read_id, single
from data import invitations, members
from data.commands import people
from data.commands.people import Doer
from data.commands.tenant_files import delete_tenant
from data.invitations import InvitationInfo
from data.members import Member
from data.schemas.pages import Page, read_cursor, write_cursor
from data.schemas.people import DeleteTenantIn, InvitationIn, InvitationOut, NewInvitation, PersonOut, PersonPatch
from web import letters
from web.http import nothing, read_json, reply
from web.identity import current
from web.json import dumps
from web.openapi import operation
from web.state import state

blueprint = Blueprint("people", __name__)
T = TypeVar("T")


@blueprint.get("/tenant/people")
@operation("Who belongs to the tenant", returns=Page[PersonOut], parameters=resource.PAGE_PARAMETERS)
def list_people() -> Response:
    found = sorted(_members(), key=lambda each: each.person_id)
    return _page("people", found, lambda each: each.person_id, _person)


@blueprint.get("/tenant/people/<person_id>")
@operation("One of them", returns=PersonOut)
def get_person(person_id: str) -> Response:
    resource.only()
    return reply(_person(_one(_members(), read_id(person_id, "person"), lambda each: each.person_id, "person")))


@blueprint.patch("/tenant/people/<person_id>")
@operation(
    "Another role for somebody",
    body=PersonPatch,
    body_types=resource.PATCH_TYPES,
    returns=PersonOut,
    errors=(400, 409, 415),
)
def patch_person(person_id: str) -> Response:
    resource.only()
    number = read_id(person_id, "person")
    people.change_role(current().context, _doer(), number, read_json(PersonPatch).role)
    return reply(_person(_one(_members(), number, lambda each: each.person_id, "person")))


@blueprint.delete("/tenant/people/<person_id>")
@operation("End somebody's membership", status=204, errors=(409,))
def remove_person(person_id: str) -> Response:
    resource.only()
    people.remove(current().context, _doer(), read_id(person_id, "person"), state().clock())
    return nothing()


@blueprint.delete("/tenant")
@operation(
    "Delete the tenant for good; the body repeats its key",
    body=DeleteTenantIn,
    status=204,
    errors=(400, 415),
)
def remove_tenant() -> Response:
    resource.only()
    identity = current()
    if read_json(DeleteTenantIn).confirm != identity.tenant.key:
        raise Invalid.field("confirm", f"must be {identity.tenant.key}, the key of this tenant")
    delete_tenant(identity.context)
    return nothing()


@blueprint.post("/tenant/leave")
@operation("End your own membership", status=204, errors=(409,))
def post_leave() -> Response:
    resource.only()
    doer = _doer()
    people.remove(current().context, doer, doer.person_id, state().clock())
    return nothing()


@blueprint.get("/tenant/invitations")
@operation("Who is invited", returns=Page[InvitationOut], parameters=resource.PAGE_PARAMETERS)
def list_invitations() -> Response:
    return _page("invitations", _invitations(), lambda each: each.id, _invitation)


@blueprint.post("/tenant/invitations")
@operation(
    "Invite somebody; the link is shown this once",
    body=InvitationIn,
    returns=NewInvitation,
    status=201,
    errors=resource.POST_ERRORS,
)
def post_invitation() -> Response:
    resource.only()
    given = read_json(InvitationIn)
    info, link, sent = letters.invite(given.email, given.role)
    shown = _invitation(info).model_dump()
    g.repeated_body = dumps(NewInvitation(**shown, link=None, sent=sent))
    headers = {"Location": f"/tenant/invitations/{info.id}", "Cache-Control": "no-store"}
    return reply(NewInvitation(**shown, link=link, sent=sent), 201, headers)


@blueprint.get("/tenant/invitations/<invitation_id>")
@operation("One invitation", returns=InvitationOut)
def get_invitation(invitation_id: str) -> Response:
    resource.only()
    number = read_id(invitation_id, "invitation")
    return reply(_invitation(_one(_invitations(), number, lambda each: each.id, "invitation")))


@blueprint.delete("/tenant/invitations/<invitation_id>")
@operation("Take an invitation back", status=204)
def remove_invitation(invitation_id: str) -> Response:
    resource.only()
    people.revoke_invitation(current().context, read_id(invitation_id, "invitation"), state().clock())
    return nothing()


def _doer() -> Doer:
    return Doer(current().seat.person.id, current().role)


def _members() -> list[Member]:
    with state().database.directory() as session:
        return members.members_of(session, current().tenant.id)


def _invitations() -> list[InvitationInfo]:
    with state().database.directory() as session:
        return invitations.open_ones(session, current().tenant.id, state().clock())


def _person(member: Member) -> PersonOut:
    return PersonOut(id=str(member.person_id), email=member.email, role=member.role)


def _invitation(info: InvitationInfo) -> InvitationOut:
    return InvitationOut(
        id=str(info.id), email=info.email, role=info.role, created_at=info.created_at, expires_at=info.expires_at
    )


def _one(found: Sequence[T], number: int, key: Callable[[T], int], noun: str) -> T:
    for each in found:
        if key(each) == number:
            return each
    raise NotFound(f"There is no {noun} {number}")


def _page(name: str, found: Sequence[T], key: Callable[[T], int], shown: Callable[[T], BaseModel]) -> Response:
    """A page of a list that is short enough to be read whole."""
    given = resource.only("limit", "cursor")
    limit, cursor = resource.limit(given), single(given, "cursor")
    name = current().context.list_name(name)
    after = 0 if cursor is None else int(read_cursor(name, cursor, int)[0])
    rest = [each for each in found if key(each) > after]
    following = write_cursor(name, key(rest[limit - 1])) if len(rest) > limit else None
    return reply(
        Page[Any](data=[shown(each) for each in rest[:limit]], next_cursor=following, version=current().version)
    )
