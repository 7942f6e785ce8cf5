"""Categories for lines in the staging table that have none: first by merchant category code, then learned.

Every text is looked at once, however many lines have it, and in chunks. What a file or a rule says comes before; a
line whose other side is an account of the tenant's own is left to the matching of transfers.
"""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.orm import Session

from data.classify import mcc
from data.classify.examples import SQL_LINE, learn, line_of
from data.classify.learn import Guess, Learned
from data.classify.lines import Line, details, payee
from data.classify.settings import Wishes, read_wishes

_CHUNK: Final = 5_000
_MOST_TEXTS: Final = 200_000
"""Different lines looked at in one go; what a file has beyond that stays without a category until asked again."""

_MOST_KNOWN: Final = 20_000
_OPEN: Final = "status = 'new' AND category_id IS NULL AND category_source IS NULL AND NOT is_split AND amount <> 0"
_CODES: Final = text(f"SELECT DISTINCT mcc FROM staging WHERE mcc IS NOT NULL AND {_OPEN}")  # noqa: S608
_BY_CODE: Final = text(
    f"""
    UPDATE staging s
    SET category_id = u.category_id, category_source = 'mcc', category_confidence = NULL, category_because = u.because
    FROM unnest(CAST(:codes AS text[]), CAST(:categories AS bigint[]), CAST(:because AS text[]))
      AS u(code, category_id, because)
    WHERE s.mcc = u.code AND {_OPEN.replace("category_id", "s.category_id")}
    """  # noqa: S608 - the parts are constants of this program
)
_KEY: Final = "hash_record_extended((payee, purpose, counterparty, mcc, amount > 0, length(abs(amount)::text)), 0)"
_TEXTS: Final = (
    "DROP TABLE IF EXISTS pg_temp.staged_texts",
    f"""
    CREATE TEMPORARY TABLE staged_texts ON COMMIT DROP AS
    SELECT row_number() OVER () AS n, each.* FROM (
        SELECT DISTINCT {_KEY} AS key, {SQL_LINE} FROM staging
        WHERE {_OPEN} AND (counterparty IS NULL OR upper(replace(counterparty, ' ', '')) <> ALL (CAST(:own AS text[])))
        LIMIT {_MOST_TEXTS}
    ) each
    """,  # noqa: S608 - the parts are constants of this program
    "ALTER TABLE staged_texts ADD PRIMARY KEY (n)",
    "DROP TABLE IF EXISTS pg_temp.staged_guesses",
    """
    CREATE TEMPORARY TABLE staged_guesses (key bigint, category_id bigint, confidence real, because text) ON COMMIT DROP
    """,
)
_OWN: Final = text(
    """
    SELECT upper(replace(identifier, ' ', '')) FROM accounts WHERE tenant_id = :tenant AND identifier IS NOT NULL
    UNION SELECT upper(replace(name, ' ', '')) FROM accounts WHERE tenant_id = :tenant
    """
)
_NEXT: Final = text(
    "SELECT key, payee, purpose, counterparty, mcc, inflow, size FROM staged_texts"
    " WHERE n > :after AND n <= :last ORDER BY n"
)
_KEEP: Final = text(
    """
    INSERT INTO staged_guesses
    SELECT * FROM unnest(CAST(:keys AS bigint[]), CAST(:categories AS bigint[]), CAST(:confidences AS real[]),
                         CAST(:because AS text[]))
    """
)
_BY_GUESS: Final = text(
    f"""
    UPDATE staging s
    SET category_id = g.category_id, category_source = 'learned', category_confidence = g.confidence,
        category_because = g.because
    FROM staged_guesses g
    WHERE {_KEY} = g.key AND {_OPEN.replace("category_id", "s.category_id")}
    """  # noqa: S608 - the parts are constants of this program
)


def assign(session: Session, tenant_id: int, min_confidence: float | None = None) -> None:
    """Give categories to the new lines of the staging table that have none, where they can be told.

    `min_confidence` stands in for the tenant's own threshold.
    """
    if session.execute(text(f"SELECT 1 FROM staging WHERE {_OPEN} LIMIT 1")).first() is None:  # noqa: S608
        return
    wishes = read_wishes(session)
    _by_code(session, wishes)
    if wishes.learn:
        least = wishes.min_confidence if min_confidence is None else min_confidence
        _by_learning(session, tenant_id, least)


def _by_code(session: Session, wishes: Wishes) -> None:
    if not wishes.groups:
        return
    found = []
    for code in session.execute(_CODES).scalars():
        group = mcc.group_of(code)
        if group in wishes.groups:
            found.append((code, wishes.groups[group], f"merchant category code {code}: {group}"))
    if found:
        codes, categories, because = (list(column) for column in zip(*found, strict=True))
        session.execute(_BY_CODE, {"codes": codes, "categories": categories, "because": because})


def _by_learning(session: Session, tenant_id: int, least: float) -> None:
    learned = learn(session, tenant_id)
    if learned is None:
        return
    own = list(session.execute(_OWN, {"tenant": tenant_id}).scalars())
    for statement in _TEXTS:
        session.execute(text(statement), {"own": own} if ":own" in statement else {})
    known: dict[tuple[object, ...], Guess] = {}
    after, any_found = 0, False
    while rows := session.execute(_NEXT, {"after": after, "last": after + _CHUNK}).all():
        after += _CHUNK
        guesses = _guesses(learned, [line_of(row) for row in rows], least, known)
        found = [(row.key, guess) for row, guess in zip(rows, guesses, strict=True) if guess.category_id is not None]
        if found:
            any_found = True
            session.execute(_KEEP, _columns(found))
    if any_found:
        session.execute(text("ANALYZE staged_guesses"))
        session.execute(_BY_GUESS)


def _guesses(learned: Learned, lines: list[Line], least: float, known: dict[tuple[object, ...], Guess]) -> list[Guess]:
    """A guess for each line. Lines that differ in reference numbers alone are one question; `known` keeps answers."""
    if len(known) > _MOST_KNOWN:
        known.clear()
    keys = [(payee(line), details(line), *line[2:]) for line in lines]
    new = {key: line for key, line in zip(keys, lines, strict=True) if key not in known}
    known.update(zip(new, learned.guess(list(new.values()), least), strict=True))
    return [known[key] for key in keys]


def _columns(found: list[tuple[int, Any]]) -> dict[str, list[Any]]:
    return {
        "keys": [key for key, _ in found],
        "categories": [guess.category_id for _, guess in found],
        "confidences": [guess.confidence for _, guess in found],
        "because": [guess.because for _, guess in found],
    }
