"""Planned changes as guardrails see them: which documents they are about. Pure."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from chalicelib.requests.guardrails.subjects import Document, Kind, Standing, Subject
from chalicelib.requests.models import PlannedChange

AccountOf = Callable[[str], str]
"""The account that a resource is in, by its ARN; empty when nobody knows."""
DocumentOf = Callable[[str], Document | None]
"""What a managed policy says, by its ARN; None when nobody can read it."""


class _Part(NamedTuple):
    """One document of a change. `name` is the inline policy's, or the managed policy's ARN."""

    kind: Kind
    before: Document | None
    after: Document | None
    name: str = ""


_Reader = Callable[[PlannedChange, DocumentOf], Iterator[_Part]]


@dataclass(frozen=True, slots=True)
class Held:
    """A principal's policies as they were last read: the inline ones by name, the managed ones by ARN."""

    documents: Mapping[str, Document] = field(default_factory=dict)
    boundary: str | None = None


def subjects_of(
    changes: Sequence[PlannedChange], account_of: AccountOf, document_of: DocumentOf
) -> tuple[Subject, ...]:
    return tuple(
        Subject(change.id, part.kind, change.target, account, part.name, part.before, part.after)
        for change in changes
        if not change.cancelled
        for account in [account_of(change.target)]
        for part in READERS.get(change.change_type, _other)(change, document_of)
    )


def standing_of(principal: str, held: Held | None, subjects: Sequence[Subject]) -> Standing:
    """With all changes of the request laid over what was last read; what was looked at live counts more than that."""
    own = [subject for subject in subjects if subject.target == principal]
    before: dict[str, Document] = dict(held.documents) if held else {}
    after = dict(before)
    boundary = boundary_after = held.boundary if held else None
    for subject in own:
        if subject.kind is Kind.IDENTITY:
            _lay(before, subject.name, subject.before)
            _lay(after, subject.name, subject.after)
        elif subject.kind is Kind.BOUNDARY:
            boundary, boundary_after = _arn(subject.before), _arn(subject.after)
    return Standing(tuple(before.values()), tuple(after.values()), held is not None, boundary, boundary_after)


def _lay(documents: dict[str, Document], name: str, document: Document | None) -> None:
    if document is None:
        documents.pop(name, None)
    else:
        documents[name] = document


def _arn(content: Document | None) -> str | None:
    return str(content["arn"]) if content else None


def _contents(change: PlannedChange) -> tuple[dict[str, Any] | None, dict[str, Any] | None]:
    """Before and after. What another request's temporary change has put there is new to whoever asks to keep it."""
    before = change.preview.before if change.base is None else change.base
    return before.content, change.preview.after.content


def _whole(kind: Kind) -> _Reader:
    """Of a type whose images are documents of this kind."""

    def read(change: PlannedChange, _document_of: DocumentOf) -> Iterator[_Part]:
        before, after = _contents(change)
        yield _Part(kind, before, after, str(change.wish.get("policy_name") or ""))

    return read


def _attached(change: PlannedChange, document_of: DocumentOf) -> Iterator[_Part]:
    before, after = map(_arn, _contents(change))
    for arn in dict.fromkeys(arn for arn in (before, after) if arn):
        yield _managed(arn, before == arn, after == arn, document_of)


def _managed(arn: str, before: bool, after: bool, document_of: DocumentOf) -> _Part:  # noqa: FBT001 whether it is attached, on two sides
    document = document_of(arn)
    kind, says = (Kind.UNREAD, {"arn": arn}) if document is None else (Kind.IDENTITY, document)
    return _Part(kind, says if before else None, says if after else None, arn)


def _lent(change: PlannedChange, _document_of: DocumentOf) -> Iterator[_Part]:
    """Each such change is a row of its own in the map: what others were given stands beside it."""
    if change.preview.after.content is not None:
        yield _Part(Kind.LENT, None, {"identity": change.wish["identity"], "until": change.spec.until})


def _role(change: PlannedChange, document_of: DocumentOf) -> Iterator[_Part]:
    """A whole role, as it is made or as it goes."""
    before, after = map(_parts, _contents(change))
    yield _Part(Kind.TRUST, before.get("trust"), after.get("trust"))
    yield _Part(Kind.TAGS, before.get("tags"), after.get("tags"))
    yield _Part(Kind.BOUNDARY, _boundary(before), _boundary(after))
    for name in sorted({*before["inline"], *after["inline"]}):
        yield _Part(Kind.IDENTITY, before["inline"].get(name), after["inline"].get(name), name)
    for arn in sorted({*before["attached"], *after["attached"]}):
        yield _managed(arn, arn in before["attached"], arn in after["attached"], document_of)


def _parts(content: dict[str, Any] | None) -> dict[str, Any]:
    return {"inline": {}, "attached": (), **(content or {}), **((content or {}).get("role") or {})}


def _boundary(parts: Mapping[str, Any]) -> Document | None:
    return {"arn": parts["boundary"]} if parts.get("boundary") else None


_other = _whole(Kind.OTHER)
READERS: Mapping[str, _Reader] = {
    "inline_policy": _whole(Kind.IDENTITY),
    "managed_policy": _attached,
    "permissions_boundary": _whole(Kind.BOUNDARY),
    "assume_role_policy": _whole(Kind.TRUST),
    "sts_resource_policy": _whole(Kind.TRUST),
    "resource_policy": _whole(Kind.RESOURCE),
    "resource_tag": _whole(Kind.TAGS),
    "role_create": _role,
    "role_delete": _role,
    "role_access": _lent,
}
"""By the type of a change. A type that stands here not at all is judged by its target alone."""
