"""What IAM Access Analyzer says of what is new, where it can be asked."""

from collections.abc import Iterator

from chalicelib.requests.guardrails.models import Verdict
from chalicelib.requests.guardrails.subjects import Facts, Kind, Said, Subject

_SUGGESTION = "SUGGESTION"


def judge(subject: Subject, facts: Facts) -> Iterator[Said]:
    """AWS validates the whole document: what it says of what was there before is said too."""
    if subject.kind not in {Kind.IDENTITY, Kind.RESOURCE, Kind.TRUST} or subject.after is None:
        return
    for found in facts.analyze(subject.after, subject.kind):
        place = "" if found.number is None else f"Statement[{found.number}]"
        verdict = Verdict.NOTE if found.severity == _SUGGESTION else Verdict.WARN
        yield Said(verdict, found.title, found.detail, place)
