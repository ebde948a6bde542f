"""A source's whole answer, and how it differs from what was carried out before: pure."""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from chalicelib.core.canonical import canonical_json, content_hash
from chalicelib.core.directory import DirectoryGroup, DirectoryUser
from chalicelib.core.errors import Upstream
from chalicelib.identity.directory.models import DirectoryConfig, GroupRecord, PersonRecord

SHOWN_MEMBERS = 20_000
"""So many members of a group are kept with it, for people to look at. Rights come from the people's own records."""

Record = TypeVar("Record", PersonRecord, GroupRecord)


@dataclass(frozen=True, slots=True)
class Listing:
    """People and groups by name."""

    people: Mapping[str, PersonRecord] = field(default_factory=dict)
    groups: Mapping[str, GroupRecord] = field(default_factory=dict)


def listing_of(
    source: str, users: Iterable[DirectoryUser], groups: Iterable[DirectoryGroup], observed_at: int
) -> Listing:
    """Raises Upstream when two share a name: whom it means is then not known. Members that are no users are nobody."""
    by_name = _by_name(source, "user", users)
    inside = members_of(_by_name(source, "group", groups).values(), by_name)
    of_person: dict[str, set[str]] = defaultdict(set)
    for group, members in inside:
        for member in members:
            of_person[member].add(group.name)
    return Listing(
        people={
            user.name: person_record(source, user, frozenset(of_person[user.name]), observed_at)
            for user in by_name.values()
        },
        groups={group.name: group_record(source, group, members, observed_at) for group, members in inside},
    )


Named = TypeVar("Named", DirectoryUser, DirectoryGroup)


def _by_name(source: str, what: str, things: Iterable[Named]) -> dict[str, Named]:
    found: dict[str, Named] = {}
    for thing in things:
        if thing.name in found:
            raise Upstream(
                f"{source} lists two {what}s called {thing.name}: names are compared without case. Nothing was removed; "
                "rename one of them there.",
                reason="duplicate_name",
            )
        found[thing.name] = thing
    return found


def members_of(groups: Iterable[DirectoryGroup], users: Collection[str]) -> list[tuple[DirectoryGroup, frozenset[str]]]:
    """Each group with its users, those of groups inside it too, however deep and in whatever circle."""
    by_name = {group.name: group for group in groups}
    known = set(users)
    found = []
    for group in by_name.values():
        seen, waiting, members = {group.name}, [group], set[str]()
        while waiting:
            inner = waiting.pop()
            members |= inner.members & known
            below = {name for name in inner.groups if name in by_name} - seen
            seen |= below
            waiting += [by_name[name] for name in below]
        found.append((group, frozenset(members)))
    return found


def person_record(source: str, user: DirectoryUser, groups: frozenset[str], observed_at: int) -> PersonRecord:
    return PersonRecord(
        source=source,
        user=user.name,
        groups=groups,
        display_name=user.display_name,
        external_id=user.external_id,
        suspended=user.suspended,
        settings=user.settings,
        observed_at=observed_at,
    )


def group_record(source: str, group: DirectoryGroup, members: frozenset[str], observed_at: int) -> GroupRecord:
    return GroupRecord(
        source=source,
        group=group.name,
        members=frozenset(sorted(members)[:SHOWN_MEMBERS]),
        size=len(members),
        display_name=group.display_name,
        external_id=group.external_id,
        settings=group.settings,
        observed_at=observed_at,
    )


@dataclass(frozen=True, slots=True)
class Difference:
    """What a listing says anew, and what it no longer names."""

    people: tuple[PersonRecord, ...]
    groups: tuple[GroupRecord, ...]
    gone_people: frozenset[str]
    gone_groups: frozenset[str]

    @property
    def empty(self) -> bool:
        return not (self.people or self.groups or self.gone_people or self.gone_groups)


def difference(before: Listing, found: Listing) -> Difference:
    return Difference(
        people=_news(before.people, found.people),
        groups=_news(before.groups, found.groups),
        gone_people=frozenset(before.people.keys() - found.people.keys()),
        gone_groups=frozenset(before.groups.keys() - found.groups.keys()),
    )


def _news(before: Mapping[str, Record], found: Mapping[str, Record]) -> tuple[Record, ...]:
    """The time of the look is no news."""
    return tuple(
        record
        for name, record in sorted(found.items())
        if name not in before or before[name].model_copy(update={"observed_at": record.observed_at}) != record
    )


def without_losses(before: Listing, found: Listing) -> Listing:
    """What may be believed of a listing that is not: whom it names, what it grants, and whom it suspends."""
    people = {
        name: record.model_copy(
            update={
                "groups": record.groups | before.people[name].groups,
                "suspended": record.suspended or before.people[name].suspended,
            }
        )
        if name in before.people
        else record
        for name, record in found.people.items()
    }
    groups = {
        name: _with_members(record, before.groups[name]) if name in before.groups else record
        for name, record in found.groups.items()
    }
    return Listing({**before.people, **people}, {**before.groups, **groups})


def _with_members(record: GroupRecord, before: GroupRecord) -> GroupRecord:
    members = record.members | before.members
    return record.model_copy(update={"members": members, "size": max(len(members), record.size, before.size)})


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether what vanished may be believed gone; if not, why, and what the next look must miss too."""

    believed: bool
    reason: str = ""
    held: str = ""


def verdict(before: Listing, found: Listing, held: str, config: DirectoryConfig) -> Verdict:
    """`held` is what the last look left waiting.

    More than the configured share and more than the configured number at once is suspicious, and so is a source that no
    longer knows any of the people or groups that it knew. It needs a second look that misses the same.
    """
    missing = {kind: (lost, known) for kind, (lost, known) in _losses(before, found).items() if lost}
    digests = {kind: content_hash(sorted(lost)) for kind, (lost, _) in missing.items()}
    suspicious = {kind: loss for kind, loss in missing.items() if _suspicious(kind, len(loss[0]), loss[1], config)}
    missed_before = json.loads(held) if held else {}
    if all(missed_before.get(kind) == digests[kind] for kind in suspicious):
        return Verdict(believed=True)
    words = ", ".join(f"{len(lost)} of {known} {kind}" for kind, (lost, known) in sorted(suspicious.items()))
    return Verdict(
        believed=False,
        reason=f"{words} vanished at once: nothing is taken away until the next run misses the same.",
        held=canonical_json(digests),
    )


_Losses = dict[str, tuple[set[Any], int]]


def _losses(before: Listing, found: Listing) -> _Losses:
    """By kind: what is lost, and how many there were."""
    memberships = {(name, group) for name, record in before.people.items() for group in record.groups}
    still = {(name, group) for name, record in found.people.items() for group in record.groups}
    suspended = {name for name, record in before.people.items() if record.suspended}
    lifted = {name for name in suspended if name in found.people and not found.people[name].suspended}
    return {
        "people": (before.people.keys() - found.people.keys(), len(before.people)),
        "groups": (before.groups.keys() - found.groups.keys(), len(before.groups)),
        "memberships": (memberships - still, len(memberships)),
        "suspensions": (lifted, len(suspended)),
    }


def _suspicious(kind: str, lost: int, known: int, config: DirectoryConfig) -> bool:
    if kind in {"people", "groups"} and lost == known:
        return True
    return lost > config.shrink_least and lost * 100 > config.shrink_percent * known
