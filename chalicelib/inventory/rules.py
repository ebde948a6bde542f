"""What a sync has to do, decided without doing it."""

from collections.abc import Iterable
from dataclasses import dataclass

from chalicelib.access.rights import Claim, GrantChange, Terms
from chalicelib.access.rules import RoleRights
from chalicelib.access.words import gone, new_terms, said_of_role
from chalicelib.core.canonical import content_hash
from chalicelib.inventory.models import Known, RoleRecord

_DIGEST = 16
ROLE_ITSELF = "role"
"""Beside the identities of `granted`, which all say `user:` or `group:`: the digest of the role's terms."""

Changes = tuple[tuple[str, GrantChange], ...]
"""Pairs of an identity and what is new of it."""


@dataclass(frozen=True, slots=True)
class Look:
    """When a role was read, and by which version of the configuration it was judged."""

    at: int
    version: int = 0


@dataclass(frozen=True, slots=True)
class RolePlan:
    """A role that must be written: `changes` names only the identities whose right changes with it.

    With `new_terms` whoever holds the role otherwise, by a grant, must hear of them too.
    """

    record: RoleRecord
    content_hash: str
    granted: dict[str, str]
    changes: Changes
    new_terms: bool


def plan_role(record: RoleRecord, hashed: str, rights: RoleRights, known: Known | None, look: Look) -> RolePlan | None:
    """None when the table already says all of this."""
    granted = digests(rights)
    before = known.granted if known else {}
    if known is not None and known.content_hash == hashed and before == granted:
        return None
    anew = before.get(ROLE_ITSELF) != granted[ROLE_ITSELF]
    concerned = sorted(
        identity for identity in before.keys() | granted.keys() if anew or before.get(identity) != granted.get(identity)
    )
    changes = tuple(
        (
            identity,
            said_of_role(record.arn, rights.claims.get(identity, ()), rights.terms, at=look.at, version=look.version),
        )
        for identity in concerned
        if identity != ROLE_ITSELF
    )
    return RolePlan(
        record=record, content_hash=hashed, granted=granted, changes=changes, new_terms=anew and known is not None
    )


def digests(rights: RoleRights) -> dict[str, str]:
    """What the table keeps of it: enough to see what changes."""
    found = {identity: _digest(*claims) for identity, claims in rights.claims.items()}
    return {**dict(sorted(found.items())), ROLE_ITSELF: _digest(rights.terms)}


def _digest(*parts: Claim | Terms) -> str:
    return content_hash([part.model_dump(mode="json") for part in parts])[:_DIGEST]


def for_the_others(plan: RolePlan, holders: Iterable[str], terms: Terms, look: Look) -> Changes:
    """The new terms, for those whom the plan does not tell of them already."""
    told = {identity for identity, _ in plan.changes}
    return tuple(
        (one, new_terms(plan.record.arn, terms, at=look.at, version=look.version))
        for one in sorted(set(holders) - told)
    )


def withdrawn(known: Known, holders: Iterable[str], at: int) -> Changes:
    """Everybody who has the role, for whatever reason, loses it."""
    everybody = sorted((known.granted.keys() - {ROLE_ITSELF}) | set(holders))
    return tuple((identity, gone(known.arn, at)) for identity in everybody)
