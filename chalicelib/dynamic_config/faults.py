"""What is wrong with a configuration document, and where."""

from collections.abc import Sequence
from typing import Self

from chalicelib.core.errors import Misconfigured
from chalicelib.core.model import Frozen


class Fault(Frozen):
    """What is wrong, and where: `key` is the whole path (`groups.can_admin`); line and column count from 1."""

    message: str
    section: str = ""
    key: str = ""
    line: int | None = None
    column: int | None = None

    def words(self, source: str) -> str:
        place = source if self.line is None else f"{source}, line {self.line}, column {self.column}"
        return f"{place}: {f'{self.key}: ' if self.key else ''}{self.message}"


class BadDocument(Misconfigured):
    """The document can't be used; `faults` holds everything that is wrong with it."""

    def __init__(self, message: str, *, faults: Sequence[Fault] = ()) -> None:
        super().__init__(message)
        self.faults = tuple(faults)

    @classmethod
    def of(cls, source: str, faults: Sequence[Fault]) -> Self:
        return cls(f"{'; '.join(fault.words(source) for fault in faults)}.", faults=faults)


def plain(kind: str, message: str) -> str:
    """An error of pydantic as part of our own sentence."""
    if kind == "extra_forbidden":
        return "this key is not known"
    return message.removeprefix("Value error, ").rstrip(".")
