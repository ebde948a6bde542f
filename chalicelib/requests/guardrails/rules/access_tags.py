"""Tags of a role that say who may use it: writing one gives access to people, without any policy."""

from collections.abc import Iterator

from chalicelib.access.tag_names import tag_names
from chalicelib.requests.guardrails.models import Verdict
from chalicelib.requests.guardrails.statements import some
from chalicelib.requests.guardrails.subjects import Document, Facts, Kind, Said, Subject


def judge(subject: Subject, facts: Facts) -> Iterator[Said]:
    if subject.kind is not Kind.TAGS or ":role/" not in subject.target:
        return
    for key in facts.role_tags.uses:
        before, after = _named(subject.before, key, facts), _named(subject.after, key, facts)
        if new := sorted(after - before):
            yield Said(
                Verdict.MORE_APPROVAL,
                "The tag gives access",
                f"By the tag {key}, {some(new)} may use the role and all of its rights.",
                key,
            )
        if gone := sorted(before - after):
            yield Said(
                Verdict.WARN,
                "The tag takes access",
                f"Without their name in the tag {key}, {some(gone)} may not use the role.",
                key,
            )


def _named(tags: Document | None, key: str, facts: Facts) -> set[str]:
    value = str((tags or {}).get(key) or "")
    return {
        f"{name.kind}:{name.name}" if name.kind else name.name for name in tag_names(value, facts.role_tags.delimiters)
    }
