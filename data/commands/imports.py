"""Import a statement file. A file is one transaction: it lands whole or not at all.

The steps: the file is read into the staging table (`data.commands.import_stage`) while other writers go on; then, with
the tenant's version taken, accounts are found, duplicates marked, and what is new moves into the ledger.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from hashlib import sha256
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from core.money import format_amount
from data.classify.assign import assign
from data.commands import duplicates, import_mappings, import_runs, staging
from data.commands.import_accounts import Target, targets
from data.commands.import_balances import continue_balances
from data.commands.import_extras import check_balances, keep_made, put_splits, set_openings
from data.commands.import_relink import relink
from data.commands.import_stage import Nobody, Stage, Watch, meets_others
from data.commands.references import accounts_named
from data.commands.rule_runs import apply_rules_to_staging, finish_imported
from data.commands.unit import Write, write
from data.context import TenantContext
from data.imports.csv_mapping import parse_mapping
from data.imports.detect import check_format
from data.imports.statement import Options
from data.models.account import Account
from data.models.imports import Import
from data.schemas.imports import (
    PREVIEW,
    ImportAccount,
    ImportCounts,
    ImportedEntry,
    ImportLineError,
    ImportResult,
)


@dataclass(frozen=True, slots=True)
class ImportRequest:
    """A file and what the caller says of it. `preview` is how many entries to show, None for all.

    `import_id` is set for a file that was put into the queue: it has a row already, which is brought to its end.
    `recalled` is set when the mapping is one that was remembered, and `notes` says so.
    """

    data: bytes
    filename: str = ""
    account_id: str | None = None
    format: str | None = None
    mapping: dict[str, Any] | None = None
    dry_run: bool = False
    create_accounts: bool = False
    preview: int | None = PREVIEW
    import_id: int | None = None
    recalled: bool = False
    notes: tuple[str, ...] = ()


def import_statement(context: TenantContext, request: ImportRequest, watch: Watch | None = None) -> ImportResult:
    """Read the file, find what is new, and book it. A dry run does all of it and keeps nothing.

    `Unreadable` when it is no statement, `AccountRequired` when it is about an account that is not here.
    """
    request = _recall(context, request)
    given = given_account(context, request.account_id)
    currency = given.currency if given else context.tenant.currency
    stage = Stage(request.data, request.format, watch or Nobody())
    with write(context, prepare=partial(stage.fill, options=_options(context, request, currency))) as unit:
        unit.discard, unit.many = request.dry_run, True
        if request.import_id is not None:
            import_runs.check_running(unit.session, request.import_id)
        accounts = _targets(unit, request, stage, given)
        silent = {
            target.currency for each, target in zip(stage.parsed.statements, accounts, strict=True) if not each.currency
        }
        if len(silent) == 1 and currency not in silent:
            # The file does not say its currency and the account has another than was assumed: read it as that.
            stage.fill(unit.session, _options(context, request, min(silent)))
            accounts = _targets(unit, request, stage, given)
        return _land(unit, request, stage, accounts)


def _recall(context: TenantContext, request: ImportRequest) -> ImportRequest:
    if request.mapping is not None:
        return request
    mapping, notes = import_mappings.recall(context, request.data, request.format)
    return replace(request, mapping=mapping, recalled=True, notes=tuple(notes))


def check_request(context: TenantContext, request: ImportRequest) -> None:
    """Raise `Invalid` for what can be seen to be wrong before the file is read."""
    check_format(request.format)
    parse_mapping(request.mapping)
    given_account(context, request.account_id)


def given_account(context: TenantContext, account_id: str | None) -> Account | None:
    """The account that the caller names; `Invalid` when the tenant has none of this id."""
    if account_id is None:
        return None
    with context.db.reading() as session:
        return accounts_named(session, [account_id])[account_id]


def _options(context: TenantContext, request: ImportRequest, currency: str) -> Options:
    return Options(currency=currency, today=context.today, mapping=request.mapping, filename=request.filename)


def _targets(unit: Write, request: ImportRequest, stage: Stage, given: Account | None) -> list[Target]:
    create, statements = request.create_accounts, stage.parsed.statements
    return targets(unit, statements, given, create=create, filename=request.filename)


def _land(unit: Write, request: ImportRequest, stage: Stage, accounts: list[Target]) -> ImportResult:
    session, tenant_id, parsed = unit.session, unit.tenant_id, stage.parsed
    warnings = [*request.notes, *parsed.warnings, *stage.settle(session, tenant_id, accounts)]
    if meets_others(session, tenant_id, accounts):
        warnings += duplicates.find_duplicates(session, tenant_id)
    checks = check_balances(parsed, stage.sums(), accounts)
    checks, gaps = continue_balances(session, tenant_id, parsed, accounts, checks)
    result = ImportResult(
        id=None,
        format=parsed.format,
        accounts=_accounts(accounts, dry_run=request.dry_run),
        counts=_counts(session, stage),
        warnings=[*warnings, *gaps],
        errors=[ImportLineError(line=error.line, message=error.message) for error in parsed.errors],
        balance_check=checks,
        preview=_preview(session, accounts, request.preview),
        mapping=parsed.mapping,
    )
    if request.dry_run:
        return result
    import_id = request.import_id or _record(unit, request, result)
    for account_id, days in staging.days(session, tenant_id).items():
        unit.touch(account_id, days)
    apply_rules_to_staging(session, tenant_id)
    assign(session, tenant_id)
    staging.land(session, tenant_id, import_id, unit.version)
    put_splits(unit, import_id, stage.parts)
    finish_imported(unit, import_id)
    made = set_openings(unit, import_id, parsed, accounts)
    relink(unit, import_id, [target.account_id for target in accounts])
    if request.mapping and not request.recalled:
        import_mappings.remember(unit, request.filename, request.data, request.mapping, parsed)
    unit.audit("import", "import", import_id, after={"filename": request.filename, **result.counts.model_dump()})
    result = result.model_copy(update={"id": str(import_id)})
    if request.import_id is None:
        keep_made(unit, import_id, made)
    else:
        unit.settle()
        import_runs.complete(unit, import_id, {**_outcome(result), "made": made}, result)
    return result


def _counts(session: Session, stage: Stage) -> ImportCounts:
    status, failed = staging.counts(session), len(stage.parsed.errors)
    told = sum(status.values()) + failed
    return ImportCounts(
        read=max(stage.parsed.read, told),
        new=status.get("new", 0),
        duplicate=status.get("duplicate", 0),
        review=status.get("review", 0),
        skipped=max(0, stage.parsed.read - told),
        failed=failed,
    )


def _accounts(accounts: list[Target], *, dry_run: bool) -> list[ImportAccount]:
    unique = {target.account_id: target for target in accounts}
    return [
        ImportAccount(
            id=None if dry_run and target.new else str(target.account_id), name=target.name, currency=target.currency
        )
        for target in unique.values()
    ]


def _preview(session: Session, accounts: Sequence[Target], most: int | None) -> list[ImportedEntry]:
    targets_ = {target.account_id: target for target in accounts}
    return [_shown(row, targets_[row.account_id]) for row in staging.first(session, most)]


def _shown(row: Any, target: Target) -> ImportedEntry:
    texts = ("n", "booked_on", "value_on", "payee", "counterparty", "purpose", "reference", "external_id")
    return ImportedEntry.model_validate(
        {
            **{name: getattr(row, name) for name in (*texts, "pending", "category", "status")},
            "amount": format_amount(row.amount, target.currency),
            "currency": target.currency,
            "account": target.name,
            "balance": None if row.balance is None else format_amount(row.balance, target.currency),
        }
    )


def _outcome(result: ImportResult) -> dict[str, Any]:
    """What the import's row says of it."""
    values = result.model_dump(mode="json")
    return {name: values[name] for name in ("format", "counts", "warnings", "errors", "balance_check", "mapping")}


def _record(unit: Write, request: ImportRequest, result: ImportResult) -> int:
    values = {
        "filename": request.filename,
        "file_hash": sha256(request.data).digest(),
        "imported_by": unit.context.actor.name,
        **_outcome(result),
        **unit.stamp,
    }
    return unit.session.execute(insert(Import).values(values).returning(Import.id)).scalar_one()
