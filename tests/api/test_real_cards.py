"""A council's purchase cards, file after file: lines that come twice are told from lines that only look alike.

Calderdale's 75 monthly files (../shared/data/categorise) hold 75,408 lines. 1,939 have a transaction number that an
earlier file has too: corrected months that were published again. 1,972 others agree with an earlier line in day, amount
and texts and have a number of their own: two coffees are two purchases.
"""

from __future__ import annotations

import tarfile
from pathlib import Path

import pytest

from data.commands.accounts import create_account
from data.commands.imports import ImportRequest, import_statement
from data.schemas.ledger import AccountIn
from tests.conftest import Town

pytestmark = pytest.mark.shared


def test_a_line_that_two_files_have_is_booked_once(shared: Path, town: Town) -> None:
    context = town.context(town.tenant("org_46", currency="GBP", timezone="Europe/London", locale="en-GB"))
    account = create_account(context, AccountIn(name="Purchase cards"))[0].id
    read = new = duplicate = 0
    with tarfile.open(shared / "categorise/calderdale-cards-2014-2020.tar.xz") as archive:
        for member in sorted(archive.getmembers(), key=lambda member: member.name):
            file = archive.extractfile(member)
            assert file is not None
            counts = import_statement(context, ImportRequest(file.read(), member.name, account_id=account)).counts
            assert (counts.review, counts.failed, counts.skipped) == (0, 0, 0), member.name
            read, new, duplicate = read + counts.read, new + counts.new, duplicate + counts.duplicate
    assert (read, new, duplicate) == (75_408, 73_469, 1_939)
