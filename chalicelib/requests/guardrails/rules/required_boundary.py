"""Principals that must have a permissions boundary get nothing without it, and keep it."""

from collections.abc import Iterator

from chalicelib.core.targets import arn_matches
from chalicelib.requests.guardrails.models import Verdict
from chalicelib.requests.guardrails.statements import some
from chalicelib.requests.guardrails.subjects import Facts, Kind, Said, Subject


def judge(subject: Subject, facts: Facts) -> Iterator[Said]:
    """Taking a policy away needs no boundary."""
    if subject.kind is not Kind.BOUNDARY and (subject.kind is not Kind.IDENTITY or subject.after is None):
        return
    for required in facts.config.required_boundaries:
        if not any(arn_matches(pattern, subject.target) for pattern in required.principals):
            continue
        standing = facts.standing(subject.target)
        boundary = standing.boundary_after
        if boundary is None or not any(arn_matches(pattern, boundary) for pattern in required.boundaries):
            has = (
                f"would have {boundary}"
                if boundary
                else "would have none"
                if standing.known
                else "is not known to have one"
            )
            yield Said(
                Verdict.REFUSE,
                "Without its permissions boundary",
                f"{subject.target} must have the permissions boundary {some(required.boundaries)}, and {has}. Ask for both in one request.",
            )
