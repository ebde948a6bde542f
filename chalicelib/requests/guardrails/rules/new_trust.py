"""Who may newly assume a role."""

from collections.abc import Iterator

from chalicelib.requests.guardrails.models import Verdict
from chalicelib.requests.guardrails.statements import listed, some
from chalicelib.requests.guardrails.subjects import Document, Facts, Kind, Said, Subject


def judge(subject: Subject, _facts: Facts) -> Iterator[Said]:
    if subject.kind is not Kind.TRUST:
        return
    before, after = _trusted(subject.before), _trusted(subject.after)
    if new := sorted(after - before):
        yield Said(
            Verdict.WARN,
            "New trust",
            f"Newly trusted: {some(new)}. Whoever assumes the role has all of its rights.",
        )
    if gone := sorted(before - after):
        yield Said(
            Verdict.NOTE, "Trusts them no longer", f"No longer trusted: {some(gone)}. What they run as this role stops."
        )


def _trusted(document: Document | None) -> set[str]:
    """By the principals' own words; whom NotPrincipal means stands in no list."""
    found = (document or {}).get("Statement")
    statements = found if isinstance(found, list) else [found]
    return {
        name
        for statement in statements
        if isinstance(statement, dict) and statement.get("Effect") == "Allow"
        for name in _names(statement.get("Principal"))
    }


def _names(principal: object) -> Iterator[str]:
    if isinstance(principal, dict):
        for values in principal.values():
            yield from listed(values)
    else:
        yield from listed(principal)
