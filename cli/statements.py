"""`flask statements`: banks' files into the ledger."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import click

from cli.output import Group, note, progress, table
from cli.runtime import load_settings, open_database, tenant_context
from core.errors import AppError, Invalid
from data.commands.accounts import create_account
from data.commands.imports import ImportRequest, import_statement
from data.context import TenantContext
from data.frames.resources import list_accounts
from data.schemas.imports import ImportResult
from data.schemas.ledger import Account, AccountIn

_LONG_BYTES: Final = 1_000_000
_COUNTS: Final = ("read", "new", "duplicate", "review", "skipped", "failed")
_MOST_ERRORS: Final = 20


@click.group("statements", cls=Group)
def group() -> None:
    """Import bank statements."""


@group.command("import")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE...")
@click.option("--tenant", "key", required=True, help="The tenant's key.")
@click.option("--account", help="The account that all files are about: its identifier, name or id.")
@click.option("--format", "format_", help="The files' format; found out by itself when left out.")
@click.option("--mapping", type=click.Path(path_type=Path), help="A JSON file that says what a CSV file's columns are.")
@click.option("--create-accounts", is_flag=True, help="Open accounts that the files name and the tenant does not have.")
@click.option("--dry-run", is_flag=True, help="Say what would happen and change nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a file, as the API answers it.")
def import_(
    files: tuple[Path, ...],
    key: str,
    account: str | None,
    format_: str | None,
    mapping: Path | None,
    create_accounts: bool,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Import each FILE as one transaction. A file that fails changes nothing and stops no other; the command fails."""
    options = {"format": format_, "mapping": _mapping(mapping), "create_accounts": create_accounts, "dry_run": dry_run}
    with open_database(load_settings()) as database:
        context = tenant_context(database, key)
        if account is not None:
            options["account_id"] = _account_id(context, account, create=create_accounts and not dry_run)
        results = [(path, _import(context, path, options)) for path in files]
    for path, result in results if as_json else ():
        click.echo(json.dumps({"file": str(path), **_plain(result)}))
    if not as_json:
        _show(results)
    failed = sum(isinstance(result, AppError) for _, result in results)
    if failed:
        raise click.ClickException(f"{failed} of {len(files)} files failed")


def _import(context: TenantContext, path: Path, options: dict[str, Any]) -> ImportResult | AppError:
    """The answer for one file, or why there is none."""
    try:
        data = path.read_bytes()
        if len(data) < _LONG_BYTES:
            return import_statement(context, ImportRequest(data, path.name, **options))
        with progress(f"Importing {path.name} ({len(data) / 1_000_000:.1f} MB)") as tell:
            return import_statement(context, ImportRequest(data, path.name, **options), _Watch(tell))
    except OSError as error:
        return Invalid(f"{path} cannot be read: {error.strerror}", code="unreadable_file")
    except AppError as error:
        return error


class _Watch:
    """Tells the terminal how far an import is."""

    def __init__(self, tell: Callable[[str], None]) -> None:
        self._tell = tell

    def began(self, connection: Any) -> None: ...

    def read(self, entries: int, expected: int) -> None:
        if entries >= expected:
            self._tell(f"{entries:,} entries read, booking them")
        else:
            self._tell(f"{entries:,} of about {expected:,} entries read ({100 * entries // expected} %)")


def _plain(result: ImportResult | AppError) -> dict[str, Any]:
    if isinstance(result, AppError):
        errors = [{"field": each.field, "message": each.message} for each in result.errors]
        return {"error": {"code": result.code, "detail": result.detail, "errors": errors, **result.extra}}
    return result.model_dump(mode="json", by_alias=True)


def _show(results: list[tuple[Path, ImportResult | AppError]]) -> None:
    """A table of counts, then what went wrong."""
    rows = [("FILE", "FORMAT", *(name.upper() for name in _COUNTS))]
    for path, result in results:
        if isinstance(result, AppError):
            rows.append((path.name, "-", *("-" for _ in _COUNTS)))
        else:
            rows.append((path.name, result.format, *(str(getattr(result.counts, name)) for name in _COUNTS)))
    table(rows)
    for path, result in results:
        for problem in _problems(result):
            note(f"{path.name}: {problem}")


def _problems(result: ImportResult | AppError) -> list[str]:
    if isinstance(result, AppError):
        return [result.detail]
    lines = [f"line {error.line}: {error.message}" for error in result.errors[:_MOST_ERRORS]]
    more = len(result.errors) - len(lines)
    wrong = [check.account for check in result.balance_check if check.ok is False]
    return [
        *lines,
        *([f"... and {more} more lines that could not be read"] if more else []),
        *result.warnings,
        *(f"the entries of {name} do not add up to its closing balance" for name in wrong),
    ]


def _account_id(context: TenantContext, text: str, *, create: bool) -> str:
    """The id of the account with this identifier, else name, else id; with `create` a new one of this name."""
    accounts = _accounts(context)
    wanted = _compared(text)
    by_number = [each.id for each in accounts if each.identifier and _compared(each.identifier) == wanted]
    by_name = [each.id for each in accounts if _compared(each.name) == wanted]
    by_id = [each.id for each in accounts if each.id == text]
    found = by_number or by_name or by_id
    if len(found) > 1:
        raise Invalid.field("account", f"{len(found)} accounts are called {text}: give the identifier or the id")
    if not found and create:
        return create_account(context, AccountIn(name=text))[0].id
    if not found:
        names = ", ".join(each.name for each in accounts) or "none"
        raise Invalid.field("account", f"there is no account {text}; there are: {names}")
    return found[0]


def _accounts(context: TenantContext) -> list[Account]:
    page = list_accounts(context)
    found = list(page.data)
    while page.next_cursor is not None:
        page = list_accounts(context, cursor=page.next_cursor)
        found += page.data
    return found


def _compared(text: str) -> str:
    return text.replace(" ", "").upper()


def _mapping(path: Path | None) -> dict[str, Any] | None:
    if path is None:
        return None
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise Invalid.field("mapping", f"{path} is not JSON: {error}") from None
    if not isinstance(value, dict):
        raise Invalid.field("mapping", f"{path} must hold a JSON object")
    return value
