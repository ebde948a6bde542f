"""From a query to SQL. Nothing that somebody typed becomes SQL: values are parameters, and columns come from an enumeration."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

import regex

from chalicelib.core.errors import InvalidInput
from chalicelib.inventory.search.models import Column, Condition, Operator, Search, Sight
from chalicelib.inventory.search.patterns import Pattern, parsed, too_slow
from chalicelib.inventory.search.scan import Deadline

TRIGRAM = 3
"""Letters that a value must have for the index to know it."""
_TYPED = frozenset({Column.ARN, Column.NAME, Column.TAGS})
"""Columns with about as many values as rows; of the others the few values are judged, not the rows."""

UNKNOWN = "Unknown"
"""Name of an account that nobody named."""

Values = Callable[[Column], Iterable[str]]
Picked = Callable[[Column, Pattern], str]
"""The table with the ids of the rows that fit."""


@dataclass(slots=True)
class Where:
    """`matches` are phrases of the ARNs' trigram index, `tagged` values of the tags' one, `picked` tables of ids; `clauses` with
    `parameters` are about the row `r` of `side`.
    """

    side: str

    matches: list[str] = field(default_factory=list)
    tagged: list[str] = field(default_factory=list)
    picked: list[str] = field(default_factory=list)
    clauses: list[str] = field(default_factory=list)
    parameters: list[str | int] = field(default_factory=list)

    def add(self, clause: str, *parameters: str | int) -> None:
        self.clauses.append(clause)
        self.parameters.extend(parameters)

    def settle(self, *, sorted_by_ids: bool = True) -> None:
        """One index gives the rows; what another one knows is looked at row by row, or as a list where letters beyond ASCII make a
        difference. What was picked gives the rows when it is all there is, and in the order of the ids.
        """
        if self.matches:
            for value in self.tagged:
                if value.isascii():
                    self.add("r.tags LIKE ? ESCAPE '\\'", f"%{_escaped(value)}%")
                else:
                    self.add(f"r.id IN (SELECT rowid FROM {self.side}.tagged WHERE tagged MATCH ?)", phrase(value))  # noqa: S608 constants
            self.tagged = []
        alone = len(self.picked) == 1 and not (self.clauses or self.matches or self.tagged)
        if not (alone and sorted_by_ids):
            for table in self.picked:
                self.add(f"r.id IN (SELECT id FROM {table})")  # noqa: S608 names of ours
            self.picked = []

    @property
    def index(self) -> tuple[str, list[str]]:
        """The trigram index that gives the rows, and its phrases; there may be none."""
        return ("tagged", list(map(phrase, self.tagged))) if self.tagged else ("found", self.matches)


class Compiler:
    """`values` tells a column's values, `names` those of the accounts, `picked` stores which rows fit an expression."""

    def __init__(self, values: Values, names: Mapping[str, str], picked: Picked, deadline: Deadline) -> None:
        self._values = values
        self._names = names
        self._picked = picked
        self._deadline = deadline

    def where(self, side: str, search: Search, sight: Sight | None) -> Where:
        """Raises InvalidInput for a condition that makes no sense, or an expression that takes too long."""
        where = Where(side)
        if text := search.text.strip():
            contains(where, Column.ARN, text)
        for condition in search.conditions:
            self._add(where, condition)
        if sight is not None:
            where.add(
                "(r.account_id IN (SELECT value FROM json_each(?))"
                " OR (r.account_id IN (SELECT value FROM json_each(?)) AND sees(r.account_id, r.arn)))",
                json.dumps(sorted(sight.accounts)),
                json.dumps(sorted(sight.partly)),
            )
        return where

    def _add(self, where: Where, condition: Condition) -> None:
        column, operator, value = condition.column, condition.operator, condition.value
        if operator is Operator.BETWEEN:
            if column is not Column.ERRORS:
                raise InvalidInput(f"Only errors can be between two numbers, {column} can't.", reason="bad_filter")
            where.add("(r.errors > ? AND r.errors < ?)", condition.low, condition.high)
        elif operator is Operator.MATCHES:
            self._matches(where, column, value)
        elif column in _TYPED:
            self._typed(where, column, operator, value)
        else:
            self._listed(where, column, lambda known: _fits(operator, known, value))

    def _matches(self, where: Where, column: Column, source: str) -> None:
        pattern = parsed(source)
        if pattern is None or pattern.fits_everything:
            return
        if pattern.text is not None:
            self._add(where, Condition(column=column, operator=Operator.CONTAINS, value=pattern.text))
        elif column in _TYPED:
            where.picked.append(self._picked(column, pattern))
        else:
            self._listed(where, column, lambda known: self._found(column, pattern.single, known))

    def _found(self, column: Column, single: "regex.Pattern[str]", known: str) -> bool:
        try:
            return single.search(known, timeout=self._deadline.left) is not None
        except TimeoutError as error:
            raise too_slow(column) from error

    def _typed(self, where: Where, column: Column, operator: Operator, value: str) -> None:
        name = f"r.{column}"
        negated = operator in {Operator.NOT_EQUALS, Operator.NOT_CONTAINS}
        if not negated and len(value) >= TRIGRAM:
            if column is Column.TAGS:
                where.tagged.append(value)
            else:
                # A resource's name is part of its ARN.
                where.matches.append(phrase(value))
            if operator is Operator.CONTAINS and column is not Column.NAME:
                return
        equal = operator in {Operator.EQUALS, Operator.NOT_EQUALS}
        before = "" if operator is Operator.STARTS_WITH or equal else "%"
        after = "" if equal else "%"
        where.add(f"{name} {'NOT ' * negated}LIKE ? ESCAPE '\\'", f"{before}{_escaped(value)}{after}")

    def _listed(self, where: Where, column: Column, fits: Callable[[str], bool]) -> None:
        """Those of the column's values that fit, as a list."""
        if column is Column.ACCOUNT_NAME:
            found = [known for known in self._values(Column.ACCOUNT_ID) if fits(self._names.get(known, UNKNOWN))]
            cell = "r.account_id"
        else:
            found = [known for known in self._values(column) if fits(known)]
            cell = "CAST(r.errors AS TEXT)" if column is Column.ERRORS else f"r.{column}"
        if len(found) == 1:
            # Said this way, the index of the column gives the rows in the order of their ARNs.
            where.add(f"{cell} = ?", found[0])
        else:
            where.add(f"{cell} IN (SELECT value FROM json_each(?))", json.dumps(sorted(found)))  # noqa: S608 constants


def contains(where: Where, column: Column, value: str) -> None:
    """Of a column with a trigram index."""
    if len(value) >= TRIGRAM:
        where.matches.append(phrase(value))
    else:
        where.add(f"r.{column} LIKE ? ESCAPE '\\'", f"%{_escaped(value)}%")


def phrase(text: str) -> str:
    """A phrase of the trigram index: any characters, in quotes."""
    return '"' + text.replace('"', '""').replace("\0", "") + '"'


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _fits(operator: Operator, known: str, value: str) -> bool:
    cell, wanted = known.casefold(), value.casefold()
    match operator:
        case Operator.EQUALS:
            return cell == wanted
        case Operator.NOT_EQUALS:
            return cell != wanted
        case Operator.CONTAINS:
            return wanted in cell
        case Operator.NOT_CONTAINS:
            return wanted not in cell
        case _:
            return cell.startswith(wanted)
