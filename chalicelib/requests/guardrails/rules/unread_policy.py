"""A managed policy that is to be attached, and that nobody can read."""

from collections.abc import Iterator

from chalicelib.requests.guardrails.models import Verdict
from chalicelib.requests.guardrails.subjects import Facts, Kind, Said, Subject


def judge(subject: Subject, _facts: Facts) -> Iterator[Said]:
    if subject.kind is Kind.UNREAD and subject.after is not None:
        reason = (
            f"Neither the inventory nor AWS tells what {subject.name} allows. Wait until the inventory has read it."
        )
        yield Said(Verdict.MORE_APPROVAL, "Nobody knows what it allows", reason)
