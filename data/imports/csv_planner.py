"""The making of a plan: on a sample (the first 2,000 lines and the last 200) every open question gets an answer.

Only what the sample leaves open costs a look at the whole file (`csv_survey`). What the mapping of the caller says
is taken as it is; the rest is found out.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from core.errors import Invalid
from data.imports import csv_columns, csv_doubts, csv_money, csv_parties
from data.imports.csv_amounts import compile_amounts, is_cents, is_whole
from data.imports.csv_cells import Rules
from data.imports.csv_columns import Column, Roles
from data.imports.csv_context import currency_of
from data.imports.csv_dates import Dates, compile_dates, readable
from data.imports.csv_dialect import find_delimiter, settle_encoding
from data.imports.csv_headers import fold
from data.imports.csv_mapping import CsvMapping, names_of, parse_mapping, roles_of
from data.imports.csv_order import Hints, choose_format, open_formats
from data.imports.csv_rows import stated_balance
from data.imports.csv_sign import Signs, find_direction, find_signs, inflows, outflows
from data.imports.csv_survey import Survey, look, look_at_all
from data.imports.csv_table import Table, find_table
from data.imports.csv_text import check
from data.imports.statement import Options, Unreadable

_GUESSED: Final = (
    "Two columns of amounts have no names: the one that is filled more often is taken as money out. If it is the other"
    " way round, give a mapping with the columns credit and debit."
)


@dataclass(slots=True)
class Planner:
    """The steps of `csv_plan.open_csv`, each of which needs what the earlier ones found."""

    data: bytes
    options: Options
    given: CsvMapping
    encoding: str
    delimiter: str
    table: Table
    columns: list[Column]
    roles: Roles = field(default_factory=Roles)
    currency: str = ""
    form: str = ""
    warnings: list[str] = field(default_factory=list)

    @classmethod
    def start(cls, data: bytes, options: Options) -> Planner:
        """A planner that knows the dialect and the table; `Unreadable` when there is none."""
        given = parse_mapping(options.mapping)
        encoding, doubts = settle_encoding(data, given.encoding)
        check(data, encoding)
        doubts += csv_doubts.of_encoding(data, encoding) if not given.encoding else []
        named = given.columns.all() if given.columns else []
        names = [column for column in named if isinstance(column, str)]
        delimiter = given.delimiter or find_delimiter(data, encoding, names)
        table = find_table(data, encoding, delimiter, given.skip_lines, named)
        columns = csv_columns.columns_of(table)
        return cls(data, options, given, encoding, delimiter, table, columns, warnings=doubts)

    def plan(self) -> tuple[Rules, CsvMapping]:
        """The rules for the lines, and the mapping that says the same."""
        if self.given.columns:
            self.roles = roles_of(self.given.columns, self.table.header)
            self._find_currency()
            csv_columns.find_original_currency(self.columns, self.roles)
            csv_money.find_original_amount(self.columns, self.roles)
            csv_columns.find_named(self.columns, self.roles, "status", "reference")
        else:
            self._find_roles()
        self._check_commas()
        survey = look(self.table, self.roles)
        forms = open_formats(list(survey.days), self.options.today)
        if not self.table.complete:
            survey, forms = self._look_at_all(survey, forms)
        rules = self._rules(survey, forms)
        return rules, self._mapping(rules, survey)

    def _find_currency(self) -> None:
        known = currency_of(self.table, self.columns, self.roles, self.options.currency)
        self.currency = self.given.currency or known

    def _find_roles(self) -> None:
        columns, roles = self.columns, self.roles
        csv_columns.find_dates(columns, roles, self.table.loose / len(self.table.rows))
        if roles.booked_on < 0:
            raise Unreadable(f"The table (from line {self.table.start}) has no column of dates.")
        csv_columns.find_currency(columns, roles)
        self._find_currency()
        csv_columns.find_original_currency(columns, roles)
        csv_parties.find_account(columns, roles)
        read = compile_amounts(self._tentative_mark(), self.currency)
        if csv_money.find_money(columns, roles, read):
            self.warnings.append(_GUESSED)
        if roles.amount is None and roles.credit is None and roles.debit is None:
            raise Unreadable(f"The table (from line {self.table.start}) has no column of amounts.")
        values = csv_money.money_cells(columns, roles, read)
        roles.direction = find_direction(columns, roles, csv_money.signed_cells(roles, values))
        csv_parties.find_texts_and_ids(columns, roles)

    def _check_commas(self) -> None:
        """Refuse `2019-01-02,shop,12,50`: the cents would be lost without a sign of it."""
        at = self.roles.amount
        if self.delimiter != "," or at is None or at + 1 >= self.table.width:
            return
        unnamed = self.table.width > len(self.table.header)
        whole, rest = self.columns[at], self.columns[at + 1]
        if unnamed and whole.share(is_whole) == 1 and rest.filled and rest.share(is_cents) == 1:
            raise Unreadable(
                f"The amounts seem to have a comma that also separates the columns (line {self.table.first}):"
                " export the file with semicolons, or with quotes around the amounts."
            )

    def _tentative_mark(self) -> str:
        """The decimal mark by all numbers of the table; the money columns decide later."""
        survey = Survey()
        for column in csv_money.numeric(self.columns, self.roles):
            if csv_money.kind(column) != "noise":
                survey.marks.add(column.filled)
        return self.given.decimal or survey.marks.decide(self.currency)[0]

    def _look_at_all(self, survey: Survey, forms: list[str]) -> tuple[Survey, list[str]]:
        open_marks = not self.given.decimal and not survey.marks.settled()
        open_days = not self.given.date_format and len(forms) > 1
        if not open_marks and not open_days and self.roles.direction is None:
            return survey, forms
        whole = look_at_all(self.data, self.encoding, self.delimiter, self.table, self.roles, money=open_marks)
        if not open_marks:
            whole.marks = survey.marks
        return whole, open_formats(list(whole.days), self.options.today) if open_days else forms

    def _rules(self, survey: Survey, forms: list[str]) -> Rules:
        roles, today = self.roles, self.options.today
        decimal = self.given.decimal or survey.marks.decide(self.currency)[0]
        if not self.given.decimal:
            self.warnings += csv_doubts.of_decimal(survey.marks, self.currency, decimal)
        self.form = self.given.date_format or self._format(forms, decimal)
        out = self._outflow_values(survey)
        read = compile_amounts(decimal, self.currency)
        values = csv_money.money_cells(self.columns, roles, read)
        signs = self._signs(values, out)
        invert = signs.invert if self.given.invert is None else self.given.invert
        debits = values[roles.debit] if roles.debit is not None else []
        credits = values[roles.credit] if roles.credit is not None else []
        return Rules(
            roles=roles,
            header=self.table.header,
            width=self.table.width,
            decimal=decimal,
            currency=self.currency,
            dates=compile_dates(self.form, today),
            other_dates=self._other_dates(),
            invert=invert,
            credit_sign=csv_money.credit_sign(credits),
            debit_sign=csv_money.debit_sign(debits),
            balance_sign=-signs.proof if invert and signs.proof else signs.proof or 1,
            outflow=frozenset(map(fold, out)),
            inflow=inflows(survey.directions, out),
            summaries=any(stated_balance(cells) for cells in self.table.rows),
            continued=self.table.loose >= max(2, 0.2 * len(self.table.rows)),
        )

    def _format(self, forms: list[str], decimal: str) -> str:
        """The date format; a warning tells when it rests on custom alone."""
        if not forms:
            raise Unreadable(f"The date column (table from line {self.table.start}) has no dates that can be read.")
        cells = [row[self.roles.booked_on] for row in self.table.rows]
        others = [
            column.filled for column in self.columns if column.dates > 0.8 and column.index != self.roles.booked_on
        ]
        hints = Hints(self.currency, decimal, self.table.header, self.options.filename)
        form, sure = choose_format(forms, cells, others, hints, self.options.today)
        if not sure:
            other = next(offer for offer in forms if offer != form)
            self.warnings.append(
                f"The dates may be read in more than one way ({cells[0]!r}); they were read as {form}."
                f' If that is wrong, give the mapping {{"date_format": "{other}"}}.'
            )
        return form

    def _other_dates(self) -> dict[int, Dates]:
        """The other columns of days, which may be written in another format; the value day comes first."""
        found = [c for c in self.columns if csv_columns.is_day_of_line(c) and c.index != self.roles.booked_on]
        found.sort(key=lambda column: column.index != self.roles.value_on)
        today = self.options.today
        formats = {column.index: open_formats(column.filled, today) for column in found}
        own = {at: self.form if self.form in forms or not forms else forms[0] for at, forms in formats.items()}
        if self.roles.value_on is not None:
            own.setdefault(self.roles.value_on, self.form)
        return {at: compile_dates(form, today) for at, form in own.items()}

    def _outflow_values(self, survey: Survey) -> list[str]:
        """The words of the direction column that mean money out."""
        if self.roles.direction is None:
            return []
        if self.given.outflow_values:
            return self.given.outflow_values
        out = outflows(survey.directions)
        if not out and self.given.columns:
            found = ", ".join(repr(word[:30]) for word in list(survey.directions)[:8])
            raise Invalid.field("mapping.outflow_values", f"say which values mean money out; the column has {found}")
        return out

    def _signs(self, values: dict[int, csv_money.Cells], out: list[str]) -> Signs:
        roles = self.roles
        amounts = csv_money.signed_cells(roles, values)
        if roles.direction is not None:
            words = {fold(word) for word in out}
            cells = self.columns[roles.direction].cells
            amounts = [
                -amount if amount and fold(cell) in words else amount
                for amount, cell in zip(amounts, cells, strict=True)
            ]
        balances = values[roles.balance] if roles.balance is not None else []
        preamble = [cell for cells in self.table.preamble for cell in cells]
        preamble.append(self.options.filename)
        signs = find_signs(self.columns, roles, amounts, balances, preamble, self._rising())
        if self.given.invert is None:
            self.warnings += signs.warnings
        return signs

    def _rising(self) -> bool | None:
        """Whether the lines go forwards in time; None when they are all of one day."""
        days = readable(self.columns[self.roles.booked_on].filled, self.form, self.options.today)
        return days[0] < days[-1] if days and days[0] != days[-1] else None

    def _mapping(self, rules: Rules, survey: Survey) -> CsvMapping:
        thousands = survey.marks.decide(self.currency)[1]
        found = {
            "delimiter": self.delimiter,
            "encoding": self.encoding,
            "skip_lines": self.table.start - 1,
            "decimal": rules.decimal,
            "thousands": self.given.thousands or (thousands if thousands != rules.decimal else None),
            "date_format": self.form,
            "currency": self.currency,
            "invert": rules.invert,
            "outflow_values": self._outflow_values(survey),
            "columns": names_of(self.roles, self.table.header),
        }
        return CsvMapping.model_validate(found)
