"""How deep the new access reaches, and which access goes: a summary by the access levels of AWS."""

from collections.abc import Iterator

from chalicelib.requests.guardrails.actions import LEVELS, ActionData
from chalicelib.requests.guardrails.models import Verdict
from chalicelib.requests.guardrails.statements import some, statements_of
from chalicelib.requests.guardrails.subjects import Document, Facts, Kind, Said, Subject


def judge(subject: Subject, facts: Facts) -> Iterator[Said]:
    if subject.kind not in {Kind.IDENTITY, Kind.RESOURCE}:
        return
    actions = facts.actions()
    before, after = _allowed(subject.before, actions), _allowed(subject.after, actions)
    for verb, these in (("Adds", after - before), ("Removes", before - after)):
        if these:
            levels = _by_level(these, actions)
            yield Said(
                Verdict.NOTE,
                f"{verb} {_words(list(levels))} access",
                " ".join(f"{level}: {some(names, 3)}." for level, names in levels.items()),
            )


def _allowed(document: Document | None, actions: ActionData) -> frozenset[str]:
    """What its statements allow, whatever others deny."""
    found = [statement.known(actions) for statement in statements_of(document) if statement.allows]
    return frozenset().union(*found)


def _by_level(these: frozenset[str], actions: ActionData) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {level: [] for level in LEVELS}
    for action in sorted(these):
        found.setdefault(actions.level(action), []).append(actions.name(action))
    return {level: names for level, names in found.items() if names}


def _words(levels: list[str]) -> str:
    """`write and read`."""
    lowered = [level.lower() for level in levels]
    return " and ".join([", ".join(lowered[:-1]), lowered[-1]] if len(lowered) > 1 else lowered)
