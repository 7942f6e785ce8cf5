"""The commands, on a real database: what they do, what they print, how they fail."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from cachelib.file import FileSystemCache
from click.testing import Result
from flask import Flask
from sqlalchemy import create_engine, text

from cli.runtime import running_database
from core.errors import Unavailable
from core.settings import Settings
from data import directory
from data.commands.accounts import create_account
from data.commands.transactions import post_transactions
from data.context import TenantContext
from data.db import Database
from data.distribute import LOCAL
from data.frames.resources import list_accounts
from data.models import GLOBALS, Base
from data.models.tenant import Installation
from data.reports.audit import AuditFilter, list_audit
from data.schemas.ledger import AccountIn, TransactionIn
from tests.conftest import SECRET, Town
from web import tokens
from web.passwords import password_fits
from web.state import utc_now

Run = Callable[..., Result]
CSV = "Date,Payee,Amount\n2026-06-01,Bakery,-3.50\n2026-06-02,Salary,1000.00\n"


@pytest.fixture
def run(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, app: Flask) -> Run:
    """Run a command line as an operator would; `result.exit_code`, `.stdout`, `.stderr`."""
    for name in ("DATABASE_OWNER_URL", "CACHE_URL", "APP_ENV"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("VAR_DIR", str(tmp_path / "var"))
    monkeypatch.setenv("SECRET_KEY", SECRET)
    runner = app.test_cli_runner()

    def invoke(*arguments: str, stdin: str = "") -> Result:
        return runner.invoke(args=list(arguments), input=stdin)

    return invoke


def test_every_command_has_help(run: Run, app: Flask) -> None:
    assert {"db", "tenant", "user", "token", "statements", "cache", "demo", "doctor", "serve"} <= set(app.cli.commands)
    for noun, command in app.cli.commands.items():
        for verb in getattr(command, "commands", {"": None}):
            result = run(*[word for word in (noun, verb) if word], "--help")
            assert result.exit_code == 0
            assert "Usage:" in result.stdout


def test_db_goes_down_and_up_again(run: Run) -> None:
    assert run("db", "check").stdout == "The schema is up to date.\n"
    assert run("db", "downgrade", "base").exit_code == 0
    behind = run("db", "check")
    assert behind.exit_code == 1
    assert "the program needs" in behind.stdout
    assert "flask db upgrade" in run("tenant", "list").stderr
    assert run("db", "upgrade").exit_code == 0
    assert run("db", "check").exit_code == 0


TENANT = ("--currency", "EUR", "--timezone", "Europe/Berlin")


def test_a_tenants_type_follows_its_key(run: Run, database: Database) -> None:
    assert run("tenant", "create", "user_7", "--name", "Ann", *TENANT, "--locale", "de_DE").exit_code == 0
    assert run("tenant", "create", "org_7", "--name", "Acorn", *TENANT, "--month-start", "25").exit_code == 0
    assert run("tenant", "create", "acorn", "--name", "Ann", *TENANT, "--type", "user").exit_code == 0
    with database.directory() as session:
        person, company, named = (directory.find_tenant(session, key) for key in ("user_7", "org_7", "acorn"))
    assert (person.type, person.match_by_amount, person.locale, person.month_start) == ("user", True, "de-DE", 1)
    assert (company.type, company.match_by_amount, company.locale, company.month_start) == (
        "organization", False, "en-GB", 25,
    )  # fmt: skip
    assert (named.type, named.match_by_amount) == ("user", True)
    assert run("tenant", "list").stdout.splitlines()[1].split() == [
        "acorn", "user", "EUR", "Europe/Berlin", "Ann",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "names"),
    [
        ({"key": "Acorn"}, "key"),
        ({"--name": "  "}, "name"),
        ({"--currency": "EURO"}, "currency"),
        ({"--timezone": "Europe/Atlantis"}, "timezone"),
        ({"--timezone": "../../etc/passwd"}, "timezone"),
        ({"--locale": "xx-YY-zz"}, "locale"),
    ],
)
def test_a_wrong_tenant_is_refused_by_name(run: Run, changes: dict[str, str], names: str) -> None:
    given = {"key": "org_1", "--name": "A", "--currency": "EUR", "--timezone": "UTC", "--locale": "en-GB", **changes}
    result = run("tenant", "create", given.pop("key"), *[word for pair in given.items() for word in pair])
    assert result.exit_code == 1
    assert result.stderr.startswith(f"Error: {names}: ")
    assert len(result.stderr.splitlines()) == 1
    assert len(run("tenant", "list").stdout.splitlines()) == 1


def test_a_taken_key_and_an_unknown_one_are_one_line(run: Run, acorn: Town) -> None:
    taken = run("tenant", "create", "org_1", "--name", "Second", *TENANT)
    assert (taken.exit_code, taken.stderr) == (1, "Error: The tenant org_1 exists already\n")
    unknown = run("tenant", "info", "org_404")
    assert (unknown.exit_code, unknown.stderr) == (1, "Error: There is no tenant org_404\n")


def test_info_shows_members_and_sizes(run: Run, acorn: Town) -> None:
    shown = dict(line.split(":", 1) for line in run("tenant", "info", "org_1").stdout.splitlines())
    assert shown["name"].strip() == "Acorn Ltd"
    assert shown["transactions"].strip() == "0"
    assert shown["members"].strip() == "alice@acorn.test (owner), bob@acorn.test (editor), vera@acorn.test (viewer)"
    assert "charlie" not in run("tenant", "info", "org_1").stdout


def put_books(context: TenantContext) -> None:
    account, _ = create_account(context, AccountIn(name="Everyday", type="checking", identifier="DE1"))
    new = {"account_id": account.id, "booked_on": "2026-06-01", "amount": "-1.00", "tags": ["x"]}
    post_transactions(context, [TransactionIn.model_validate(new)])


def test_reset_empties_one_tenant_and_leaves_tombstones(run: Run, acorn: Town) -> None:
    with acorn.database.directory() as session:
        ours, theirs = directory.find_tenant(session, "org_1"), directory.find_tenant(session, "org_9")
    for tenant in (ours, theirs):
        put_books(acorn.context(tenant))
    refused = run("tenant", "reset", "org_1")
    assert refused.exit_code == 2
    assert "--yes" in refused.stderr
    assert run("tenant", "reset", "org_1", "--yes").exit_code == 0
    count = text(
        "SELECT (SELECT count(*) FROM transactions), (SELECT count(*) FROM accounts), version FROM tenant_state"
    )
    with acorn.context(ours).db.reading() as session:
        assert session.execute(count).one() == (0, 0, 3)
        kinds = session.execute(text("SELECT kind, version FROM deletions ORDER BY kind")).all()
        actions = session.execute(text("SELECT action FROM audit_log ORDER BY id DESC LIMIT 1")).scalar_one()
    assert [tuple(row) for row in kinds] == [("account", 3), ("tag", 3), ("transaction", 3)]
    assert actions == "reset"
    with acorn.context(theirs).db.reading() as session:
        assert session.execute(count).one() == (1, 1, 2)


def test_features_of_a_tenant_and_of_all(run: Run, acorn: Town) -> None:
    def flags() -> tuple[dict[str, bool], dict[str, bool]]:
        with acorn.database.directory() as session:
            row = session.get(Installation, "features")
            return directory.find_tenant(session, "org_1").features, row.value if row else {}

    assert run("tenant", "feature", "org_1", "dashboard", "off").exit_code == 0
    assert flags() == ({"dashboard": False}, {})
    assert run("tenant", "feature", "org_1", "dashboard", "off").exit_code == 0  # as it is: nothing to write down
    with acorn.database.directory() as session:
        ours = directory.find_tenant(session, "org_1")
    (entry,) = list_audit(acorn.context(ours), AuditFilter(), 10, None).data
    changed = {"features": {"dashboard": None}}, {"features": {"dashboard": False}}
    assert (entry.actor, entry.before, entry.after) == ("cli", *changed)
    assert run("tenant", "feature", "--all", "dashboard", "off").exit_code == 0
    assert run("tenant", "feature", "org_1", "dashboard", "default").exit_code == 0
    assert flags() == ({}, {"dashboard": False})
    assert run("tenant", "feature", "dashboard", "off").exit_code == 2
    assert run("tenant", "feature", "org_1", "dashbord", "off").exit_code == 2


def test_a_new_person_gets_a_password_and_a_known_one_keeps_it(run: Run, acorn: Town) -> None:
    made = run("user", "create", "dora@acorn.test", "--tenant", "org_1", "--role", "viewer", "--password-stdin",
               stdin="a long password\n")  # fmt: skip
    assert made.exit_code == 0
    again = run("user", "create", "Dora@acorn.test", "--tenant", "org_9", "--role", "admin")
    assert again.exit_code == 0
    with acorn.database.directory() as session:
        person = directory.find_person(session, "dora@acorn.test")
        assert person is not None
        assert password_fits("a long password", person.password_hash)
        assert [(t.key, role) for t, role in directory.tenants_of(session, person.id)] == [
            ("org_1", "viewer"),
            ("org_9", "admin"),
        ]
    twice = run("user", "create", "dora@acorn.test", "--tenant", "org_9", "--role", "admin")
    assert (twice.exit_code, "flask user role" in twice.stderr) == (1, True)


def test_a_short_password_or_a_bad_address_makes_nobody(run: Run, acorn: Town) -> None:
    short = run("user", "create", "dora@acorn.test", "--tenant", "org_1", "--role", "viewer", "--password-stdin",
                stdin="short\n")  # fmt: skip
    assert (short.exit_code, short.stderr) == (1, "Error: password: must have at least 8 characters\n")
    bad = run("user", "create", "dora", "--tenant", "org_1", "--role", "viewer", "--password-stdin", stdin="x" * 20)
    assert bad.exit_code == 1
    with acorn.database.directory() as session:
        assert directory.find_person(session, "dora@acorn.test") is None


@pytest.mark.parametrize("words", ["dora-dora-dora", "1234567890"])
def test_an_operator_is_told_of_a_weak_password(run: Run, acorn: Town, words: str) -> None:
    made = run(
        "user", "create", "dora@acorn.test", "--tenant", "org_1", "--role", "viewer", "--password-stdin", stdin=words
    )
    assert made.exit_code == 0
    assert made.stderr.startswith("Warning: the password ")
    with acorn.database.directory() as session:
        dora = directory.find_person(session, "dora@acorn.test")
        assert dora is not None
        assert password_fits(words, dora.password_hash)


def test_role_and_password_change(run: Run, acorn: Town) -> None:
    assert run("user", "role", "vera@acorn.test", "--tenant", "org_1", "--role", "admin").exit_code == 0
    assert run("user", "role", "vera@acorn.test", "editor", "--tenant", "org_1").exit_code == 0
    assert run("user", "role", "vera@acorn.test", "--tenant", "org_1").exit_code == 2
    assert run("user", "role", "charlie@cedar.test", "editor", "--tenant", "org_1").exit_code == 1
    assert run("user", "password", "vera@acorn.test", "--password-stdin", stdin="another long one\n").exit_code == 0
    with acorn.database.directory() as session:
        vera = directory.find_person(session, "vera@acorn.test")
        assert vera is not None
        assert (vera.epoch, password_fits("another long one", vera.password_hash)) == (1, True)
        assert directory.tenants_of(session, vera.id)[0][1] == "editor"


def test_the_token_is_alone_on_standard_output(run: Run, acorn: Town, app: Flask) -> None:
    result = run("token", "issue", "bob@acorn.test", "--tenant", "org_1", "--ttl", "120", "--scopes", "read,write")
    assert result.exit_code == 0
    claims = tokens.read(SECRET, tokens.ACCESS, result.stdout.rstrip("\n"), utc_now())
    assert claims.scopes == ("read", "write")
    assert 100 < (claims.expires_at - utc_now()).total_seconds() <= 120
    assert run("token", "issue", "bob@acorn.test", "--tenant", "org_9").stdout == ""
    assert run("token", "issue", "bob@acorn.test", "--tenant", "org_9").exit_code == 1
    assert run("token", "issue", "bob@acorn.test", "--tenant", "org_1", "--scopes", "all").exit_code == 1


def account_names(context: TenantContext) -> list[str]:
    return [account.name for account in list_accounts(context).data]


def test_files_are_imported_one_by_one(run: Run, context: TenantContext, tmp_path: Path) -> None:
    good, bad = tmp_path / "good.csv", tmp_path / "bad.csv"
    good.write_text(CSV)
    bad.write_bytes(b"\x00\x01 no statement")
    result = run("statements", "import", str(bad), str(tmp_path / "absent.csv"), str(good), "--tenant", "user_1",
                 "--create-accounts")  # fmt: skip
    assert result.exit_code == 1
    rows = {line.split()[0]: line.split()[1:] for line in result.stdout.splitlines()}
    assert rows["good.csv"] == ["csv", "2", "2", "0", "0", "0", "0"]
    assert set(rows["bad.csv"]) == set(rows["absent.csv"]) == {"-"}
    assert "bad.csv: " in result.stderr
    assert result.stderr.splitlines()[-1] == "Error: 2 of 3 files failed"
    assert account_names(context) == ["good"]


@pytest.mark.parametrize("by", ["Everyday", "de 1", "id"])
def test_the_account_is_named_in_any_way(run: Run, context: TenantContext, tmp_path: Path, by: str) -> None:
    put_books(context)
    account = list_accounts(context).data[0]
    path = tmp_path / "s.csv"
    path.write_text(CSV)
    named = account.id if by == "id" else by
    result = run("statements", "import", str(path), "--tenant", "user_1", "--account", named, "--json")
    assert result.exit_code == 0, result.stderr
    answer = json.loads(result.stdout)
    assert answer["counts"]["new"] == 2
    assert answer["accounts"] == [{"id": account.id, "name": "Everyday", "currency": "EUR"}]
    wrong = run("statements", "import", str(path), "--tenant", "user_1", "--account", "Nowhere")
    assert (wrong.exit_code, "Everyday" in wrong.stderr) == (1, True)


def test_a_dry_run_keeps_nothing_and_json_tells_errors(run: Run, context: TenantContext, tmp_path: Path) -> None:
    path = tmp_path / "s.csv"
    path.write_text(CSV)
    dry = run("statements", "import", str(path), "--tenant", "user_1", "--create-accounts", "--dry-run", "--json")
    assert json.loads(dry.stdout)["counts"]["new"] == 2
    assert account_names(context) == []
    failed = run("statements", "import", str(path), "--tenant", "user_1", "--json")
    assert failed.exit_code == 1
    assert json.loads(failed.stdout)["error"]["code"] == "account_required"


def test_a_mapping_file_must_be_a_json_object(run: Run, context: TenantContext, tmp_path: Path) -> None:
    path, mapping = tmp_path / "s.csv", tmp_path / "m.json"
    path.write_text("when;what;how much\n01.06.2026;Bakery;-3,50\n")
    arguments = (
        "statements",
        "import",
        str(path),
        "--tenant",
        "user_1",
        "--create-accounts",
        "--mapping",
        str(mapping),
    )
    mapping.write_text("[1]")
    assert run(*arguments).stderr.startswith("Error: mapping: ")
    mapping.write_text('{"columns": {"booked_on": "when", "payee": "what", "amount": "how much"}}')
    assert run(*arguments).exit_code == 0


def test_the_cache_that_the_workers_share_is_cleared(run: Run, tmp_path: Path) -> None:
    files = FileSystemCache(str(tmp_path / "var" / "cache"))
    files.set("dashboard:org_1:summary:0", b"an answer")
    assert files.get("dashboard:org_1:summary:0") == b"an answer"
    assert run("cache", "clear").exit_code == 0
    assert files.get("dashboard:org_1:summary:0") is None


def test_doctor_finds_a_wrong_sum_and_an_open_table(run: Run, database_url: str, context: TenantContext) -> None:
    put_books(context)
    healthy = run("doctor")
    assert healthy.exit_code == 0, healthy.stdout
    assert "PROBLEM" not in healthy.stdout
    for damage in (
        "UPDATE daily_rollup SET amount = amount - 1",
        "UPDATE transactions SET is_split = true, amount = amount + 5",
        "ALTER TABLE tags NO FORCE ROW LEVEL SECURITY",
        "CREATE POLICY loose ON rules FOR SELECT USING (true)",
        "REVOKE DELETE ON budgets FROM fd_web",
        "GRANT TRUNCATE ON splits TO fd_web",
        "GRANT SELECT ON people TO PUBLIC",
        "SET session_replication_role = replica; UPDATE transactions SET category_id = 999",
    ):
        run_as_owner(database_url, damage)
    ill = run("doctor")
    assert ill.exit_code == 1
    problems = [line for line in ill.stdout.splitlines() if line.startswith("PROBLEM")]
    assert problems == [
        "PROBLEM  row-level security is forced on every tenant table: rules, tags",
        "PROBLEM  grants of the program's role: budgets: DELETE missing; people: SELECT too much; "
        "splits: TRUNCATE too much",
        "PROBLEM  foreign keys hold for every row: fk_transactions_tenant_id_category_id",
        "PROBLEM  sums and balances of user_1: account_months: 1 differ from the ledger; "
        "daily_rollup: 1 differ from the ledger; monthly_rollup: 2 differ from the ledger; "
        "balances: 1 differ from the ledger (account 1); "
        "split transactions: 1 differ from the sum of their parts",
    ]


def test_the_plan_to_distribute_names_every_table_after_those_it_refers_to(run: Run) -> None:
    made = run("db", "distribute", "--dry-run")
    assert made.exit_code == 0, made.stderr
    placed = re.findall(r"create_(reference|distributed)_table\('(\w+)'", made.stdout)
    assert {name for _, name in placed} == set(Base.metadata.tables) - LOCAL
    assert {name for kind, name in placed if kind == "distributed"} == set(Base.metadata.tables) - GLOBALS
    order = [name for _, name in placed]
    for table in Base.metadata.tables.values():
        for key in table.foreign_key_constraints:
            assert table.name not in LOCAL
            assert key.referred_table is table or order.index(key.referred_table.name) < order.index(table.name)
    for _, name in placed:
        assert made.stdout.count(f"truncate_local_data_after_distributing_table('{name}')") == 1
    refused = run("db", "distribute")
    assert (refused.exit_code, "no Citus" in refused.stderr) == (1, True)


def run_as_owner(url: str, statement: str) -> None:
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text(statement))
    engine.dispose()


def test_a_database_that_is_away_is_one_line(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none")
    for arguments in (("tenant", "list"), ("db", "upgrade"), ("token", "issue", "a@b.c", "--tenant", "org_1")):
        result = run(*arguments)
        assert (result.exit_code, result.stderr) == (1, "Error: The database cannot be reached\n")
    ill = run("doctor")
    assert (ill.exit_code, "PROBLEM  database: The database cannot be reached" in ill.stdout) == (1, True)


def test_a_bad_setting_is_one_line(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "http")
    result = run("tenant", "list")
    assert (result.exit_code, result.stderr) == (1, "Error: PORT must be a whole number from 1 to 65535, not 'http'\n")


def test_an_application_finds_its_database_when_it_is_needed(tmp_path: Path) -> None:
    database = running_database(Settings(var_dir=tmp_path))
    database.dispose()
    with pytest.raises(Unavailable, match="make run"):
        database.ping()
