"""Actions that no request may allow."""

from collections.abc import Iterator

from chalicelib.core.globs import glob_matches
from chalicelib.requests.guardrails.models import Verdict
from chalicelib.requests.guardrails.statements import Statement, added, some
from chalicelib.requests.guardrails.subjects import Facts, Kind, Said, Subject


def judge(subject: Subject, facts: Facts) -> Iterator[Said]:
    if subject.kind not in {Kind.IDENTITY, Kind.RESOURCE} or not facts.config.denied_actions:
        return
    denied = [pattern.lower() for pattern in facts.config.denied_actions]
    for statement in added(subject.before, subject.after):
        if statement.allows and (found := _denied(statement, denied, facts)):
            yield Said(
                Verdict.REFUSE,
                "Allows what no request may allow",
                f"The configuration lets no request allow {some(found)}. Leave it out.",
                statement.place,
            )


def _denied(statement: Statement, denied: list[str], facts: Facts) -> list[str]:
    """By the documented actions that both mean, and by the patterns themselves for those that nobody documents."""
    actions = facts.actions()
    both = statement.known(actions) & actions.matching(denied)
    alike = {action for action in statement.actions for pattern in denied if glob_matches(pattern, action)}
    undocumented = {
        pattern for pattern in denied if "*" not in pattern and "?" not in pattern and statement.covers(pattern)
    }
    return sorted({actions.name(action) for action in both | alike | undocumented})
