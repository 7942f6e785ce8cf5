"""From categorisation rules to SQL: which rules a row meets, whether it stands in the ledger or in the staging table.

The row is `s`, with the columns that `data.classify.rules_changes` gives it; its texts are compared folded (one case,
plain letters, single blanks), as `f`. Every value is a parameter. Texts that a person typed are folded by the database
itself, so that both sides always are by the same rule.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.orm import Session

from core.patterns import safe_pattern
from data.schemas.rule_parts import TEXT_FIELDS

_PLAIN: Final = r"lower(regexp_replace(normalize({0}, NFD), '[\u0300-\u036f]+', '', 'g'))"
_LETTERS: Final = f"replace(replace(replace(translate({_PLAIN}, 'øłđı', 'oldi'), 'ß', 'ss'), 'æ', 'ae'), 'œ', 'oe')"
# What is ASCII with single blanks, as most statements are, needs less than half of the time.
_FOLD: Final = (
    r"CASE WHEN octet_length({0}) = length({0}) AND {0} !~ '\s\s|[\t-\r]' THEN lower(btrim({0})) ELSE "
    rf"btrim(regexp_replace({_LETTERS}, '\s+', ' ', 'g')) END"
)
_GIVEN: Final = "coalesce(s.{0}, '')"
_FOLDED: Final = text(
    f"""
    SELECT {_FOLD.format("typed.text")} FROM unnest(CAST(:texts AS text[])) WITH ORDINALITY AS typed(text, place)
    ORDER BY typed.place
    """  # noqa: S608 - the parts are constants of this program
)
_COMPARED: Final = {"is": "= ANY", "one_of": "= ANY", "is_not": "<> ALL"}
_ORDERED: Final = {"greater": ">", "less": "<"}
_TEXT_TESTS: Final = {
    "contains": "strpos(f.{0}, CAST({1} AS text)) > 0",
    "starts_with": "starts_with(f.{0}, CAST({1} AS text))",
    "ends_with": "right(f.{0}, length(CAST({1} AS text))) = CAST({1} AS text)",
    "matches": "f.{0} ~* CAST({1} AS text)",
}
_OTHERS: Final = {
    "amount": ("s.amount / s.unit", "numeric"),
    "absolute_amount": ("abs(s.amount) / s.unit", "numeric"),
    "booked_on": ("s.booked_on", "date"),
    "weekday": ("CAST(extract(isodow FROM s.booked_on) AS integer)", "integer"),
    "account_id": ("s.account_id", "bigint"),
    "category_id": ("s.filed", "bigint"),
    "mcc": ("coalesce(s.mcc, '')", "text"),
}
UNCATEGORISED: Final = "none"
Json = dict[str, Any]
Subtree = Callable[[Collection[int]], set[int]]


@dataclass(frozen=True, slots=True)
class PlainRule:
    """A rule as it is stored: `id` is 0 for one that is not."""

    id: int
    match: str
    conditions: Sequence[Json]
    actions: Sequence[Json]

    def action(self, kind: str) -> Json | None:
        return next((action for action in self.actions if action["type"] == kind), None)


@dataclass(frozen=True, slots=True)
class Matcher:
    """`hits` is the SQL of a smallint[]: the places (from 1) of the rules that `s` meets, up to the first that stops;
    it needs the select list `folds` as `f`, and `parameters`."""

    folds: str
    hits: str
    parameters: Json


@dataclass(slots=True)
class _Compiler:
    subtree: Subtree
    literals: dict[str, str]
    parameters: Json = field(default_factory=dict)
    folded: set[str] = field(default_factory=set)

    def put(self, value: object) -> str:
        """The name under which the value goes to the database."""
        name = f"rule_{len(self.parameters)}"
        self.parameters[name] = value
        return f":{name}"

    def rule(self, rule: PlainRule) -> str:
        parts = [self.condition(**condition) for condition in rule.conditions]
        return f"(({(' AND ' if rule.match == 'all' else ' OR ').join(parts)}){self.possible(rule)})"

    def condition(self, field: str, operator: str, value: Any) -> str:
        if field in TEXT_FIELDS:
            return self.text(field, operator, value)
        column, type_ = _OTHERS[field]
        if operator == "between":
            low, high = (self.put(each) for each in value)
            return f"{column} BETWEEN CAST({low} AS {type_}) AND CAST({high} AS {type_})"
        if operator in _ORDERED:
            return f"{column} {_ORDERED[operator]} CAST({self.put(value)} AS {type_})"
        values = value if isinstance(value, list) else [value]
        if field == "category_id":
            values = sorted(self.subtree({0 if each == UNCATEGORISED else int(each) for each in values}))
        elif field == "account_id":
            values = [int(each) for each in values]
        return f"{column} {_COMPARED[operator]} (CAST({self.put(values)} AS {type_}[]))"

    def text(self, field: str, operator: str, value: Any) -> str:
        self.folded.add(field)
        if operator == "matches":
            return _TEXT_TESTS[operator].format(field, self.put(safe_pattern(value)))
        values = [self.literals[each] for each in (value if isinstance(value, list) else [value])]
        if operator in _COMPARED:
            return f"f.{field} {_COMPARED[operator]} (CAST({self.put(values)} AS text[]))"
        return _TEXT_TESTS[operator].format(field, self.put(values[0])) if values[0] else "false"

    def possible(self, rule: PlainRule) -> str:
        """The condition that the rule's actions can be done at all: no transfer to the same account, no split into
        fixed amounts that are more than there is, or finer than the currency."""
        transfer, split = rule.action("set_transfer"), rule.action("split")
        if transfer is not None and transfer["account_id"] is not None:
            return f" AND s.account_id <> {int(transfer['account_id']):d}"
        if split is None:
            return ""
        fixed = [Decimal(part["amount"]).normalize() for part in split["parts"] if part["amount"] is not None]
        share = sum((Decimal(part["percent"]) for part in split["parts"] if part["percent"] is not None), Decimal(0))
        decimals = max((max(0, -int(number.as_tuple().exponent)) for number in fixed), default=0)
        least = f"CAST({self.put(str(100 * sum(fixed)))} AS numeric) * s.unit"
        rest = f"abs(s.amount) * (100 - CAST({self.put(str(share))} AS numeric))"
        return f" AND s.amount <> 0 AND s.unit >= {10**decimals:d} AND {rest} >= {least}"


def compile_rules(session: Session, rules: Sequence[PlainRule], subtree: Subtree) -> Matcher:
    """The SQL of these rules in their order. `subtree`: category ids (0 is none) with all below them."""
    compiler = _Compiler(subtree, _fold(session, rules))
    cases = [f"CASE WHEN {compiler.rule(rule)} THEN {place:d} END" for place, rule in enumerate(rules, start=1)]
    hits = f"array_remove(CAST(ARRAY[{', '.join(cases)}] AS smallint[]), NULL)"
    stops = [place for place, rule in enumerate(rules, start=1) if rule.action("stop")]
    if stops:
        stop = f"min(place) FILTER (WHERE place = ANY (CAST({compiler.put(stops)} AS smallint[]))) OVER ()"
        hits = f"""(SELECT array_agg(met.place ORDER BY met.place)
            FROM (SELECT place, {stop} AS stop FROM unnest({hits}) AS place) met
            WHERE met.place <= coalesce(met.stop, met.place))"""  # noqa: S608 - names of this program and parameters
    folds = ", ".join(f"{_FOLD.format(_GIVEN.format(name))} AS {name}" for name in sorted(compiler.folded))
    return Matcher(folds or "1", hits, compiler.parameters)


def _fold(session: Session, rules: Sequence[PlainRule]) -> dict[str, str]:
    """What people typed as texts to compare with, and its folded form."""
    typed = {
        each
        for rule in rules
        for condition in rule.conditions
        if condition["field"] in TEXT_FIELDS and condition["operator"] != "matches"
        for each in (condition["value"] if isinstance(condition["value"], list) else [condition["value"]])
    }
    texts = sorted(typed)
    folded = session.execute(_FOLDED, {"texts": texts}).scalars() if texts else ()
    return dict(zip(texts, folded, strict=True))
