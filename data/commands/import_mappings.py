"""Remember how CSV files are read: a mapping that somebody gave is used again for files with the same header."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from core.errors import Invalid
from data.commands import resources
from data.commands.unit import Write, write
from data.context import TenantContext
from data.imports.csv_reader import parse
from data.imports.csv_signature import find_header, header_of, signature, whole_lines
from data.imports.statement import Options, ParsedFile
from data.models.imports import ImportMapping
from data.reports.imports import mapping_record


def recall(context: TenantContext, data: bytes, format_: str | None) -> tuple[dict[str, Any] | None, list[str]]:
    """The remembered mapping that fits a file, None when there is none, and what the user should know of that."""
    if (format_ or "csv").lower() != "csv":
        return None, []
    with context.db.reading() as session:
        rows = session.scalars(select(ImportMapping).order_by(ImportMapping.updated_at.desc(), ImportMapping.id)).all()
    for row in rows:
        encoding = row.mapping.get("encoding")
        skip = find_header(data, row.delimiter, encoding, row.header)
        if skip is None:
            continue
        mapping = {"delimiter": row.delimiter, **row.mapping, "skip_lines": skip}
        if _fits(whole_lines(data, encoding), mapping, context.today):
            return mapping, [f"Read with the mapping that was given for {row.filename or 'an earlier file'}."]
        return None, [
            f"The mapping that was given for {row.filename or 'an earlier file'} has this header, but does not fit the "
            "lines any more; how the file is read was found out anew."
        ]
    return None, []


def _fits(head: bytes, mapping: dict[str, Any], today: date) -> bool:
    """Whether most of the first lines can be read with a mapping."""
    try:
        parsed = parse(head, Options("EUR", today, mapping))
    except Invalid:
        return False
    return sum(len(statement.entries) for statement in parsed.statements) > len(parsed.errors)


def remember(unit: Write, filename: str, data: bytes, given: dict[str, Any], parsed: ParsedFile) -> None:
    """Keep the mapping that a person gave for a file with a header; a later one for that header replaces it."""
    header = header_of(data, parsed.mapping) if parsed.mapping else None
    if not header or parsed.mapping is None:
        return
    mapping = {name: value for name, value in given.items() if name != "skip_lines"}
    values = {
        "header": header,
        "signature": signature(header),
        "delimiter": parsed.mapping["delimiter"],
        "mapping": mapping,
        "filename": filename,
    }
    statement = insert(ImportMapping).values(**values, **unit.stamp)
    unit.session.execute(
        statement.on_conflict_do_update(
            index_elements=["tenant_id", "signature"],
            set_={**values, "updated_version": unit.version, "updated_at": func.now()},
        )
    )


def forget_mapping(context: TenantContext, mapping_id: int, if_match: int | None = None) -> None:
    """Forget a remembered mapping; `NotFound` when it is not the tenant's."""
    with write(context) as unit:
        row = resources.find(unit, ImportMapping, mapping_id, "mapping", if_match)
        before = mapping_record(row).model_dump(mode="json")
        unit.session.delete(row)
        unit.session.flush()
        unit.deleted("import_mapping", [mapping_id])
        unit.audit("delete", "import_mapping", mapping_id, before=before)
