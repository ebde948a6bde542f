"""What a linter of policies remarks on what is new: unknown actions, resources that do not fit, conditions that never hold."""

from collections.abc import Iterator

from chalicelib.requests.guardrails.models import Verdict
from chalicelib.requests.guardrails.subjects import Facts, Kind, Lint, Said, Subject

_QUIET = {"LOW", "INFO"}
_MUTE = "MUTE"


def judge(subject: Subject, facts: Facts) -> Iterator[Said]:
    """A trust policy names no resources, which the linter does not understand."""
    if subject.kind not in {Kind.IDENTITY, Kind.RESOURCE} or subject.after is None:
        return
    before = {_remark(found) for found in facts.lint(subject.before)} if subject.before is not None else set()
    for found in facts.lint(subject.after):
        if found.severity != _MUTE and _remark(found) not in before:
            place = "" if found.number is None else f"Statement[{found.number}]"
            verdict = Verdict.NOTE if found.severity in _QUIET else Verdict.WARN
            yield Said(verdict, found.title, found.detail or found.title, place)


def _remark(found: Lint) -> tuple[str, str]:
    return found.issue, found.detail
