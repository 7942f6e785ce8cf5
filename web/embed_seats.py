"""What a worker remembers of tenants' embeds: keys, sites, what was taken back. True until the tenant changes.

As with seats (`web.seats`): by the board, else by the versions in the database. So a revocation, a deleted key or
another site acts at the next request, on every worker.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from data.changes import Tokens
from data.db import Database
from data.frames.embeds import EmbedPlace, read_place
from web.sealing import unseal
from web.seats import Kept, lasting_part, validity_line

PURPOSE: Final = "embed-key"


@dataclass(frozen=True, slots=True)
class EmbedStanding:
    """A tenant's embeds as they were read, and under which tokens of the board. `secrets`: kid -> the HS256 key."""

    place: EmbedPlace
    secrets: dict[str, bytes]
    tokens: Tokens | None
    lasting: bytes

    def validity(self, day: date) -> bytes:
        """For what an answer to this tenant is valid now: the same as for its people."""
        return validity_line(self.place.version, self.place.rates_version, day, self.lasting)


class EmbedMemory:
    """What one application's worker remembers."""

    def __init__(self) -> None:
        self._standings: Kept[int, EmbedStanding] = Kept()

    def standing(self, database: Database, secret_keys: tuple[str, ...], tenant_id: int) -> EmbedStanding | None:
        """The tenant's present standing, None without such a tenant."""
        kept = self._standings.get(tenant_id)
        seen = database.changes.tokens(tenant_id)
        if kept is not None and seen is not None and kept.tokens == seen:
            return kept
        # First the tokens, then the question: what is read after them is true under them.
        seen = database.tokens(tenant_id)
        if kept is not None and database.versions(tenant_id) == (kept.place.directory, kept.place.version):
            kept = replace(kept, tokens=seen)
        else:
            kept = self._read(database, secret_keys, tenant_id, seen)
        if kept is not None:
            self._standings.put(tenant_id, kept)
        return kept

    def _read(
        self, database: Database, secret_keys: tuple[str, ...], tenant_id: int, seen: Tokens | None
    ) -> EmbedStanding | None:
        with database.directory_of(tenant_id) as session:
            place = read_place(session, tenant_id)
        if place is None:
            self._standings.drop(tenant_id)
            return None
        opened = {kid: unseal(secret_keys, PURPOSE, sealed, kid) for kid, sealed in place.keys.items()}
        secrets = {kid: secret for kid, secret in opened.items() if secret is not None}
        return EmbedStanding(place, secrets, seen, lasting_part(place))
