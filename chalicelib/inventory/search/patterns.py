"""Users' regular expressions: put into words of an engine that takes linear time whatever it is given, and searched for letters that
every match must contain, so that the trigram index can say where not to look.
"""

from dataclasses import dataclass

import regex

from chalicelib.core.errors import InvalidInput

_FLAGS = regex.IGNORECASE | regex.MULTILINE
_LINEAR_FLAGS = "(?im)"
_META = frozenset(r"\.^$*+?{}[]|()")
_NOT_REQUIRED = frozenset("*?{")
_CLASSES = {
    **{letter: f"\\{letter}" for letter in "dwSbBA"},
    "s": r"[^\S\n]",
    "W": r"[^\w\n]",
    "D": r"[^\d\n]",
    "A": "^",
    "Z": "$",
    "z": "$",
}
"""Escapes that both engines know, said so that they never reach over the end of a line."""
_ESCAPED = frozenset(r"\.+*?()|[]{}^$#&-~")
"""Signs before which the linear engine takes a backslash; before others it would refuse it."""
_LEADING = regex.compile(r"^(?:\^?\.\*\??(?![*+?{]))+")
_TRAILING = regex.compile(r"(?<!\\)(?:\.\*\??\$?)+$")
_REPEATS = regex.compile(r"\{(\d{1,3})(?:,(\d{0,3}))?\}")
_MOST_REPEATS = 300
"""Of all counted repetitions of an expression, multiplied: with more the linear engine would be slow, too."""
_SHORTEST = 3
"""Letters of a trigram."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """`text` when the expression is plain letters; else `linear` in the words of the linear engine, and `single`.

    `linear` is None for what that engine can't do, such as looking ahead.
    """

    text: str | None
    linear: str | None
    single: "regex.Pattern[str]"
    letters: tuple[str, ...]
    """Each is part of every match; at least three long."""

    @property
    def fits_everything(self) -> bool:
        """Such as `.*`: it fits the empty text, at no particular place."""
        return self.text is None and not set("^$\\(") & set(self.single.pattern) and bool(self.single.search(""))


def parsed(source: str) -> Pattern | None:
    """None for what is no regular expression: somebody may still be typing it."""
    stripped = _core(source.strip().removeprefix("(?i)"))
    try:
        single = regex.compile(stripped, _FLAGS)
    except regex.error:
        return None
    if not _META & set(stripped):
        return Pattern(text=stripped, linear=None, single=single, letters=())
    said = _linear(stripped)
    return Pattern(
        text=None,
        linear=None if said is None else _LINEAR_FLAGS + said,
        single=single,
        letters=_letters(stripped),
    )


def _core(source: str) -> str:
    """Without what fits anything at its ends: `.*ledger.*` finds what `ledger` finds, and letters are found faster."""
    core = _LEADING.sub("", source)
    trimmed = _TRAILING.sub("", core)
    return trimmed or source


def too_slow(column: str) -> InvalidInput:
    return InvalidInput(
        f"The regular expression for {column} takes too long. Use a simpler one, or plain letters.",
        reason="slow_filter",
    )


def _linear(source: str) -> str | None:
    """Only what certainly means the same to both engines; None for all else."""
    written: list[str] = []
    place, repeats = 0, 1
    while place < len(source):
        sign = source[place]
        if sign == "\\":
            said = _escape(source[place + 1 : place + 2])
            place += 2
        elif sign == "[":
            end = _class_end(source, place)
            said = _class(source[place:end]) if end > 0 else None
            place = end
        elif sign == "{":
            found = _REPEATS.match(source, place)
            repeats *= max(int(found[1]), int(found[2] or 0), 1) if found else _MOST_REPEATS + 1
            said = found[0] if found and repeats <= _MOST_REPEATS else None
            place += len(said or "")
            said = _greedy(said, source, place)
        elif sign in "*+?":
            place += 1
            said = _greedy(sign, source, place)
        elif sign == "(" and source.startswith("(?", place) and not source.startswith("(?:", place):
            return None
        else:
            said, place = sign, place + 1
        if said is None:
            return None
        written.append(said)
    return "".join(written)


def _greedy(said: str | None, source: str, place: int) -> str | None:
    """A plus behind a repetition makes it possessive, which the linear engine reads as a repetition of its own."""
    return None if source[place : place + 1] == "+" else said


def _escape(letter: str) -> str | None:
    if letter in _CLASSES:
        return _CLASSES[letter]
    if letter in _ESCAPED:
        return f"\\{letter}"
    return None if letter.isalnum() or not letter.isascii() else letter


def _class(inside: str) -> str | None:
    """A class without anything that only one engine knows. None of the line end: values are lines."""
    if any(f"\\{letter}" in inside for letter in "sWDnpPbBAZz") or any(
        two in inside[1:] for two in ("[", "--", "&&", "~~", "||")
    ):
        return None
    written: list[str] = []
    place = 0
    while place < len(inside):
        if inside[place] == "\\":
            said = _escape(inside[place + 1 : place + 2])
            if said is None:
                return None
            written.append(said)
            place += 2
        else:
            written.append(inside[place])
            place += 1
    found = "".join(written)
    return found[:-1] + "\\n]" if found.startswith("[^") else found


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
