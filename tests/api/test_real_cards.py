"""A council's purchase cards, file after file: lines that come twice are told from lines that only look alike.

Calderdale's 75 monthly files (../shared/data/categorise) hold 75,408 lines. 1,939 have a transaction number that an
earlier file has too: months that were published again. Others agree with an earlier line in day, amount and texts and
have a number of their own: two coffees are two purchases.
"""

from __future__ import annotations

import io
import tarfile
import zipfile
from itertools import groupby
from pathlib import Path

import pytest

from data.commands.accounts import create_account
from data.commands.imports import ImportRequest, import_statement
from data.schemas.ledger import AccountIn
from tests.conftest import Town

pytestmark = pytest.mark.shared

File = tuple[str, bytes]


def months(shared: Path) -> list[File]:
    """The files in the order of their months."""
    found = []
    with tarfile.open(shared / "categorise/calderdale-cards-2014-2020.tar.xz") as archive:
        for member in sorted(archive.getmembers(), key=lambda member: member.name):
            file = archive.extractfile(member)
            assert file is not None
            found.append((member.name.rpartition("/")[2], file.read()))
    return found


def packed(files: list[File]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files:
            archive.writestr(name, content)
    return out.getvalue()


def test_a_line_that_two_files_have_is_booked_once(shared: Path, town: Town) -> None:
    """An archive for each year: lines come twice both within an archive and in those of two years."""
    context = town.context(town.tenant("org_46", currency="GBP", timezone="Europe/London", locale="en-GB"))
    account = create_account(context, AccountIn(name="Purchase cards"))[0].id
    read = new = skipped = duplicate = 0
    for year, files in groupby(months(shared), key=lambda file: file[0][:4]):
        counts = import_statement(context, ImportRequest(packed(list(files)), f"{year}.zip", account_id=account)).counts
        assert (counts.review, counts.failed) == (0, 0), year
        read, new = read + counts.read, new + counts.new
        skipped, duplicate = skipped + counts.skipped, duplicate + counts.duplicate
    assert (read, new, skipped + duplicate) == (75_408, 73_469, 1_939)
