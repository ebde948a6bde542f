"""What a sync has to do, decided without doing it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from chalicelib.access.models import GrantChange, GrantMessage, RoleGrant
from chalicelib.core.canonical import content_hash
from chalicelib.inventory.models import Known, RoleRecord

MESSAGE_CHANGES = 40
"""Changes of one identity in one message, which its consumer writes in one transaction."""
_MESSAGE_BYTES = 190_000
_DIGEST = 16

Changes = Mapping[str, RoleGrant | None]
"""Identity to its new grant, or None for a right that ends."""


@dataclass(frozen=True, slots=True)
class RolePlan:
    """A role that must be written: `changes` names only the identities whose right changes with it."""

    record: RoleRecord
    content_hash: str
    granted: dict[str, str]
    changes: Changes


def plan_role(record: RoleRecord, hashed: str, grants: Mapping[str, RoleGrant], known: Known | None) -> RolePlan | None:
    """None when the table already says all of this."""
    granted = {identity: digest(grant) for identity, grant in sorted(grants.items())}
    before = known.granted if known else {}
    if known is not None and known.content_hash == hashed and before == granted:
        return None
    changes: dict[str, RoleGrant | None] = {
        identity: grants[identity] for identity, mark in granted.items() if before.get(identity) != mark
    }
    changes |= dict.fromkeys(before.keys() - granted.keys())
    return RolePlan(record=record, content_hash=hashed, granted=granted, changes=changes)


def digest(grant: RoleGrant) -> str:
    return content_hash(grant.model_dump(mode="json"))[:_DIGEST]


def withdrawn(known: Known) -> Changes:
    """Everybody who has the role loses it."""
    return dict.fromkeys(known.granted)


def messages(changed: Iterable[tuple[str, Changes]], observed_at: int) -> Iterator[GrantMessage]:
    """One row of messages per identity, from pairs of a role's ARN and the changes of its rights."""
    by_identity: dict[str, list[GrantChange]] = {}
    for arn, changes in changed:
        for identity, grant in changes.items():
            change = GrantChange(role_arn=arn, grant=grant, observed_at=observed_at)
            by_identity.setdefault(identity, []).append(change)
    for identity, found in sorted(by_identity.items()):
        for chunk in _chunks(found):
            yield GrantMessage(identity=identity, changes=tuple(chunk))


def _chunks(changes: Iterable[GrantChange]) -> Iterator[list[GrantChange]]:
    chunk: list[GrantChange] = []
    size = 0
    for change in changes:
        length = len(change.model_dump_json().encode())
        if chunk and (len(chunk) == MESSAGE_CHANGES or size + length > _MESSAGE_BYTES):
            yield chunk
            chunk, size = [], 0
        chunk.append(change)
        size += length
    if chunk:
        yield chunk
