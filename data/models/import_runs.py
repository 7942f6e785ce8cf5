"""import_runs, import_chunks: files that wait for a worker or are with one, and what came of them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ForeignKeyConstraint, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from data.models.base import Base, TenantOwned


class ImportRun(TenantOwned, Base):
    """An import that was asked for with `Prefer: respond-async`. Its state stands in `imports`.

    `options` is what the caller said of the file. `read` of about `total` entries were read so far. At the end there is
    the `result` (the body of a 201) or the `problem` (code, detail, errors).
    """

    __tablename__ = "import_runs"
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "import_id"], ["imports.tenant_id", "imports.id"], ondelete="CASCADE"),
    )

    import_id: Mapped[int] = mapped_column(primary_key=True)
    job_id: Mapped[int]
    actor: Mapped[str]
    address: Mapped[str | None]
    options: Mapped[dict[str, Any]]
    read: Mapped[int] = mapped_column(server_default="0")
    total: Mapped[int] = mapped_column(server_default="0")
    result: Mapped[dict[str, Any] | None]
    problem: Mapped[dict[str, Any] | None]


class ImportChunk(TenantOwned, Base):
    """A piece of an uploaded file, in order, until the import has ended: workers may be on another machine."""

    __tablename__ = "import_chunks"
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "import_id"], ["imports.tenant_id", "imports.id"], ondelete="CASCADE"),
    )

    import_id: Mapped[int] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    data: Mapped[bytes] = mapped_column(LargeBinary)
