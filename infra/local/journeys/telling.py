"""What the demo prints, and what makes it fail."""

import json
import textwrap
import time
from collections.abc import Callable, Collection, Iterable
from typing import Any, TypeVar

_INDENT = " " * 6
_WIDTH = 148

Found = TypeVar("Found")


class UnexpectedError(Exception):
    """A step did not come out as it must."""


class Story:
    """Chapters of numbered steps; under each step what was seen (plain), and what AWS itself says (`AWS:`)."""

    def __init__(self, write: Callable[[str], None]) -> None:
        self._write = write
        self._began = time.monotonic()
        self._step = 0

    def chapter(self, title: str) -> None:
        self._step = 0
        self._write(f"\n{title}\n{'=' * len(title)}")

    def step(self, text: str) -> None:
        self._step += 1
        self._write(f"\n{self._step:3}. {text}   [{time.monotonic() - self._began:.1f} s]")

    def saw(self, text: str) -> None:
        for line in textwrap.wrap(text, _WIDTH) or [""]:
            self._write(_INDENT + line)

    def saw_all(self, lines: Iterable[str]) -> None:
        for line in lines:
            self.saw(line)

    def saw_document(self, document: Any) -> None:
        self._write(textwrap.indent(json.dumps(document, indent=2), _INDENT))

    def aws(self, text: str) -> None:
        self.saw(f"AWS: {text}")

    def same(self, what: str, found: Found, expected: Found) -> Found:
        """Raises UnexpectedError."""
        if found != expected:
            raise UnexpectedError(f"{what}: expected {_shown(expected)}, found {_shown(found)}")
        return found

    def within(self, what: str, found: Any, place: Collection[Any]) -> None:
        """Raises UnexpectedError."""
        if found not in place:
            raise UnexpectedError(f"{what}: expected {_shown(found)} in {_shown(place)}")

    def absent(self, what: str, found: Any, place: Collection[Any]) -> None:
        """Raises UnexpectedError."""
        if found in place:
            raise UnexpectedError(f"{what}: expected no {_shown(found)} in {_shown(place)}")


def _shown(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, default=lambda other: sorted(map(str, other)))
    return text if len(text) <= 2_000 else f"{text[:2_000]}..."  # noqa: PLR2004 as much as anybody reads
