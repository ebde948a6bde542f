"""Users' regular expressions: made safe to run over many values that are joined by line ends, and searched for letters that every
match must contain, so that the trigram index can say where not to look.
"""

from dataclasses import dataclass

import regex

from chalicelib.core.errors import InvalidInput

_FLAGS = regex.IGNORECASE | regex.MULTILINE
_META = frozenset(r"\.^$*+?{}[]|()")
_NOT_REQUIRED = frozenset("*?{")
_CLASSES = {"s": r"[^\S\n]", "W": r"[^\w\n]", "D": r"[^\d\n]", "A": r"^", "Z": r"$", "z": r"$"}
"""Escapes that could reach over the end of a line, and what they mean when they may not."""
_SHORTEST = 3
"""Letters of a trigram."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """`text` when the expression is plain letters; else `joined` (None if it must be tried value by value) and `single`."""

    text: str | None
    joined: "regex.Pattern[str] | None"
    single: "regex.Pattern[str]"
    letters: tuple[str, ...]
    """Each is part of every match; at least three long."""

    @property
    def fits_everything(self) -> bool:
        """Such as `.*`: it fits the empty text, at no particular place."""
        return self.text is None and not set("^$\\(") & set(self.single.pattern) and bool(self.single.search(""))


def parsed(source: str) -> Pattern | None:
    """None for what is no regular expression: somebody may still be typing it."""
    stripped = source.strip()
    try:
        single = regex.compile(stripped, _FLAGS)
    except regex.error:
        return None
    if not _META & set(stripped):
        return Pattern(text=stripped, joined=None, single=single, letters=())
    rewritten = _within_lines(stripped)
    try:
        joined = regex.compile(rewritten, _FLAGS) if rewritten is not None else None
    except regex.error:
        joined = None
    return Pattern(text=None, joined=joined, single=single, letters=_letters(stripped))


def too_slow(column: str) -> InvalidInput:
    return InvalidInput(
        f"The regular expression for {column} takes too long. Use a simpler one, or plain letters.",
        reason="slow_filter",
    )


def _within_lines(source: str) -> str | None:
    """The expression so that no match reaches over the end of a line; None when that can't be told."""
    if "(?" in source:
        return None
    written: list[str] = []
    place = 0
    while place < len(source):
        sign = source[place]
        if sign == "\\" and place + 1 < len(source):
            written.append(_CLASSES.get(source[place + 1], source[place : place + 2]))
            place += 2
        elif sign == "[":
            end = _class_end(source, place)
            inside = source[place:end]
            if end < 0 or any(f"\\{letter}" in inside for letter in "sWDnpPx") or "[[" in inside or "-]" in inside:
                return None
            written.append(inside[:-1] + "\\n]" if inside.startswith("[^") else inside)
            place = end
        else:
            written.append(sign)
            place += 1
    return "".join(written)


def _class_end(source: str, start: int) -> int:
    """The place behind the closing bracket; -1 without one."""
    place = start + 1
    place += source[place : place + 1] == "^"
    place += source[place : place + 1] == "]"
    while place < len(source) and source[place] != "]":
        place += 2 if source[place] == "\\" else 1
    return place + 1 if place < len(source) else -1


def _letters(source: str) -> tuple[str, ...]:
    if any(sign in source for sign in "|(") or "\\Q" in source:
        return ()
    runs: list[str] = []
    run = ""
    place = 0
    while place < len(source):
        sign, following = source[place], source[place + 1 : place + 2]
        if sign == "[":
            end = _class_end(source, place)
            if end < 0:
                return ()
            runs, run, place = [*runs, run], "", end
        elif sign == "\\":
            literal = following if following and not following.isalnum() else ""
            run, runs = (run + literal, runs) if literal else ("", [*runs, run])
            place += 2
            run, runs = _unless_optional(source, place, run, runs)
        elif sign in _META:
            runs, run = [*runs, run], ""
            place = source.index("}", place) + 1 if sign == "{" and "}" in source[place:] else place + 1
        else:
            run += sign
            place += 1
            run, runs = _unless_optional(source, place, run, runs)
    return tuple(found for found in [*runs, run] if len(found) >= _SHORTEST)


def _unless_optional(source: str, place: int, run: str, runs: list[str]) -> tuple[str, list[str]]:
    """Without its last letter when what follows makes that one optional."""
    if run and source[place : place + 1] in _NOT_REQUIRED:
        return "", [*runs, run[:-1]]
    return run, runs
