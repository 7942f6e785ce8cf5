"""Import a statement file, and take an import back. A file is one transaction: it lands whole or not at all."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from core.money import format_amount
from data.commands import duplicates, staging
from data.commands.import_accounts import Target, by_currency, targets
from data.commands.import_extras import check_balances, put_splits, set_openings
from data.commands.references import accounts_named
from data.commands.unit import Write, write
from data.context import TenantContext
from data.imports.detect import read_statement
from data.imports.fingerprint import fingerprint
from data.imports.statement import Entry, Options, ParsedFile, Unreadable
from data.models.account import Account
from data.models.category import Category
from data.models.imports import Import
from data.schemas.imports import ImportAccount, ImportCounts, ImportedEntry, ImportLineError, ImportResult

PREVIEW = 50


@dataclass(frozen=True, slots=True)
class ImportRequest:
    """A file and what the caller says of it. `preview` is how many entries to show, None for all."""

    data: bytes
    filename: str = ""
    account_id: str | None = None
    format: str | None = None
    mapping: dict[str, Any] | None = None
    dry_run: bool = False
    create_accounts: bool = False
    preview: int | None = PREVIEW


def import_statement(context: TenantContext, request: ImportRequest) -> ImportResult:
    """Read the file, find what is new, and book it. A dry run does all of it and keeps nothing.

    `Unreadable` when it is no statement, `AccountRequired` when it is about an account that is not here.
    """
    given = None
    if request.account_id is not None:
        with context.db.reading() as session:
            given = accounts_named(session, [request.account_id])[request.account_id]
    currency = given.currency if given else context.tenant.currency
    parsed = _read(context, request, currency)
    with write(context) as unit:
        unit.discard = request.dry_run
        accounts = _targets(unit, request, parsed, given)
        silent = {
            target.currency for each, target in zip(parsed.statements, accounts, strict=True) if not each.currency
        }
        if len(silent) == 1 and currency not in silent:
            # The file does not say its currency and the account has another than was assumed: read it as that.
            parsed = _read(context, request, min(silent))
            accounts = _targets(unit, request, parsed, given)
        return _land(unit, request, parsed, accounts)


def _read(context: TenantContext, request: ImportRequest, currency: str) -> ParsedFile:
    options = Options(currency=currency, today=context.today, mapping=request.mapping, filename=request.filename)
    parsed = read_statement(request.data, options, request.format)
    if not any(statement.entries for statement in parsed.statements) and parsed.errors:
        first = parsed.errors[0]
        raise Unreadable(f"No line could be read; line {first.line}: {first.message}")
    return parsed


def _targets(unit: Write, request: ImportRequest, parsed: ParsedFile, given: Account | None) -> list[Target]:
    parsed.statements = by_currency(parsed)
    return targets(unit, parsed.statements, given, create=request.create_accounts, filename=request.filename)


def _land(unit: Write, request: ImportRequest, parsed: ParsedFile, accounts: list[Target]) -> ImportResult:
    session, tenant_id = unit.session, unit.tenant_id
    staging.copy_in(session, _rows(parsed, accounts, _categories(session)))
    duplicates.find_duplicates(session, tenant_id)
    status = staging.counts(session)
    counts = ImportCounts(
        read=max(parsed.read, sum(status.values()) + len(parsed.errors)),
        new=status.get("new", 0),
        duplicate=status.get("duplicate", 0),
        review=status.get("review", 0),
        skipped=max(0, parsed.read - sum(status.values()) - len(parsed.errors)),
        failed=len(parsed.errors),
    )
    checks = check_balances(parsed, accounts)
    result = ImportResult(
        id=None,
        format=parsed.format,
        accounts=_accounts(accounts, dry_run=request.dry_run),
        counts=counts,
        warnings=parsed.warnings,
        errors=[ImportLineError(line=error.line, message=error.message) for error in parsed.errors],
        balance_check=checks,
        preview=_preview(session, parsed, accounts, request.preview),
    )
    if request.dry_run:
        return result
    import_id = _record(unit, request, parsed, result)
    for account_id, days in staging.days(session, tenant_id).items():
        unit.touch(account_id, days)
    staging.land(session, tenant_id, import_id, unit.version)
    put_splits(unit, import_id, parsed)
    set_openings(unit, import_id, parsed, accounts)
    unit.audit("import", "import", import_id, after={"filename": request.filename, **counts.model_dump()})
    return result.model_copy(update={"id": str(import_id)})


def _rows(parsed: ParsedFile, accounts: list[Target], categories: dict[str, int]) -> Iterator[tuple[Any, ...]]:
    """The entries in the order of `staging.COLUMNS`, numbered from 1 through the whole file."""
    seen: dict[tuple[int, bytes], int] = {}
    number = 0
    for statement, target in zip(parsed.statements, accounts, strict=True):
        for entry in statement.entries:
            number += 1
            print_ = fingerprint(entry.booked_on, entry.amount, entry.payee, entry.purpose)
            key = (target.account_id, print_)
            seen[key] = occurrence = seen.get(key, 0) + 1
            yield (
                number,
                target.account_id,
                entry.booked_on,
                entry.value_on,
                entry.amount,
                entry.payee,
                entry.counterparty,
                entry.purpose,
                entry.reference,
                entry.external_id,
                categories.get((entry.category or "").strip().lower()),
                entry.pending,
                entry.balance,
                entry.category,
                entry.original_amount,
                entry.original_currency,
                bool(entry.splits),
                print_,
                occurrence,
            )


def _categories(session: Session) -> dict[str, int]:
    """The tenant's categories by lower-case name, where the name is theirs alone."""
    found: dict[str, list[int]] = {}
    for name, category_id in session.execute(select(func.lower(Category.name), Category.id)):
        found.setdefault(name, []).append(category_id)
    return {name: ids[0] for name, ids in found.items() if len(ids) == 1}


def _accounts(accounts: list[Target], *, dry_run: bool) -> list[ImportAccount]:
    unique = {target.account_id: target for target in accounts}
    return [
        ImportAccount(
            id=None if dry_run and target.new else str(target.account_id), name=target.name, currency=target.currency
        )
        for target in unique.values()
    ]


def _preview(session: Session, parsed: ParsedFile, accounts: list[Target], most: int | None) -> list[ImportedEntry]:
    shown: list[tuple[int, Entry, Target]] = []
    number = 0
    for statement, target in zip(parsed.statements, accounts, strict=True):
        for entry in statement.entries:
            number += 1
            if most is not None and number > most:
                break
            shown.append((number, entry, target))
    status = staging.statuses(session, [number for number, _, _ in shown])
    return [_shown(number, entry, target, status[number]) for number, entry, target in shown]


def _shown(number: int, entry: Entry, target: Target, status: str) -> ImportedEntry:
    return ImportedEntry.model_validate(
        {
            "n": number,
            "amount": format_amount(entry.amount, entry.currency),
            "account": target.name,
            "balance": None if entry.balance is None else format_amount(entry.balance, entry.currency),
            "status": status,
            **{
                name: getattr(entry, name)
                for name in (
                    "booked_on",
                    "value_on",
                    "currency",
                    "payee",
                    "counterparty",
                    "purpose",
                    "reference",
                    "external_id",
                    "pending",
                    "category",
                )
            },
        }
    )


def _record(unit: Write, request: ImportRequest, parsed: ParsedFile, result: ImportResult) -> int:
    values = result.model_dump(mode="json")
    return unit.session.execute(
        insert(Import)
        .values(
            filename=request.filename,
            format=parsed.format,
            file_hash=sha256(request.data).digest(),
            counts=values["counts"],
            warnings=values["warnings"],
            errors=values["errors"],
            balance_check=values["balance_check"],
            mapping=parsed.mapping,
            **unit.stamp,
        )
        .returning(Import.id)
    ).scalar_one()
