"""`/tenant`: the tenant's settings. Its end is in `api.people`."""

from __future__ import annotations

from flask import Blueprint, Response

from api import resource
from data.commands.tenant_settings import settings_of, update_tenant
from data.schemas.tenant import TenantPatch, TenantSettings
from web.http import etag, if_match, read_json, reply
from web.identity import current
from web.openapi import operation
from web.state import state

blueprint = Blueprint("tenant", __name__)


@blueprint.get("/tenant")
@operation("The tenant's settings", returns=TenantSettings)
def get_tenant() -> Response:
    resource.only()
    tenant = current().tenant
    return reply(settings_of(tenant), headers={"ETag": etag(tenant.updated_version)})


@blueprint.patch("/tenant")
@operation(
    "Change the tenant's settings",
    body=TenantPatch,
    body_types=resource.PATCH_TYPES,
    returns=TenantSettings,
    errors=(400, 412, 415),
    headers=resource.IF_MATCH,
)
def patch_tenant() -> Response:
    resource.only()
    settings, version = update_tenant(current().context, read_json(TenantPatch), state().clock(), if_match())
    return reply(settings, headers={"ETag": etag(version)})
