"""What somebody may use and why, said once more and much simpler: nothing is stored, sent or remembered but what was last told."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

TAG, TEAM, CLI = "consoleme-authorized", "team", "cli"
Name = tuple[str | None, str]
"""Kind (None: bare) and name."""


@dataclass(frozen=True)
class Role:
    """A role as it is in IAM. `tags` are names by key."""

    arn: str
    account: str
    tags: Mapping[str, tuple[Name, ...]]
    trusting: bool = True

    def written(self) -> dict[str, str]:
        return {
            key: ":".join(f"{kind}:{name}" if kind else name for kind, name in names)
            for key, names in self.tags.items()
            if names
        }


@dataclass(frozen=True)
class Config:
    """The section `authorization`. `mapping` is (identity, ARN) to use."""

    keys: Mapping[str, str] = field(default_factory=lambda: {TAG: "both", CLI: "cli_only"})
    colon: bool = True
    mapping: Mapping[tuple[str, str], str] = field(default_factory=dict)
    required: bool = False
    max_age: int = 86_400

    def section(self, entity: str) -> dict[str, Any]:
        mapping: dict[str, dict[str, list[str]]] = {}
        for (identity, arn), use in sorted(self.mapping.items()):
            place = {"both": "roles", "cli_only": "cli_only_roles", "console_only": "console_only_roles"}[use]
            mapping.setdefault(identity, {}).setdefault(place, []).append(arn)
        by_use = {"both": "authorized", "cli_only": "cli_only", "console_only": "console_only"}
        tags = {by_use[use]: [key for key, own in self.keys.items() if own == use] for use in by_use}
        return {
            "role_tags": {**tags, "delimiters": [":" if self.colon else "/"]},
            "group_mapping": mapping,
            "required_trust_entity": entity if self.required else None,
            "max_authorization_age": self.max_age,
        }


class Claim(NamedTuple):
    identity: str
    arn: str
    source: str
    use: str
    bare: bool = False
    begins: int | None = None
    ends: int | None = None


@dataclass
class Told:
    """What was told to the queue by now."""

    roles: dict[str, Role] = field(default_factory=dict)
    """As the last visit to their account saw them."""
    grants: dict[tuple[str, str, str], Claim] = field(default_factory=dict)
    """By identity, ARN and source."""
    ambiguous: frozenset[str] = frozenset()
    synced: dict[str, int] = field(default_factory=dict)
    config: Config = Config()

    def claims(self) -> set[Claim]:
        found: set[Claim] = set()
        for role in self.roles.values():
            if self.config.required and not role.trusting:
                continue
            found |= set(_by_tags(role, self.config))
            found |= {
                Claim(identity, arn, "configuration group_mapping", use)
                for (identity, arn), use in self.config.mapping.items()
                if arn == role.arn
            }
            found |= {claim for (_, arn, _), claim in self.grants.items() if arn == role.arn}
        return found

    def copy(self) -> "Told":
        return replace(self, roles=dict(self.roles), grants=dict(self.grants), synced=dict(self.synced))

    def forget_gone(self, account: str, seen: Iterable[str]) -> None:
        """Roles that a visit did not find take their grants along."""
        gone = {arn for arn, role in self.roles.items() if role.account == account} - set(seen)
        for arn in gone:
            del self.roles[arn]
        self.grants = {key: claim for key, claim in self.grants.items() if key[1] not in gone}


def _by_tags(role: Role, config: Config) -> Iterable[Claim]:
    for key, use in config.keys.items():
        names = role.tags.get(key, ())
        if not config.colon and len(names) != 1:
            # Cut at a sign that is not there, several names are one that nobody has.
            continue
        for kind, name in names:
            for one in (kind,) if kind else ("user", "group"):
                yield Claim(f"{one}:{name}", role.arn, f"tag {key}", use, bare=kind is None)


Reasons = dict[str, set[tuple[str, str, str, int | None]]]
"""By ARN: identity, source, use and end."""


def reasons(moments: Iterable[Told], config: Config, identities: Iterable[str], now: int) -> Reasons:
    """What may count by any of the moments, under the configuration in force and by the time it is."""
    mine, found = set(identities), Reasons()
    told = list(moments)
    for moment in told:
        for claim in moment.claims():
            if claim.source.startswith("tag ") and moment.config.colon != config.colon:
                # What was cut at other signs says nothing any more.
                continue
            if claim.identity not in mine or not _in_time(claim, now):
                continue
            use = _use(claim, config)
            if use is None or (claim.bare and claim.identity.partition(":")[2] in moment.ambiguous):
                continue
            account = claim.arn.split(":")[4]
            if max(one.synced.get(account, -1) for one in told) < now - config.max_age:
                continue
            found.setdefault(claim.arn, set()).add((claim.identity, claim.source, use, claim.ends))
    return found


def _in_time(claim: Claim, now: int) -> bool:
    return (claim.begins is None or claim.begins <= now) and (claim.ends is None or now < claim.ends)


def _use(claim: Claim, config: Config) -> str | None:
    if claim.source.startswith("tag "):
        return config.keys.get(claim.source.removeprefix("tag "))
    if claim.source.startswith("configuration"):
        return config.mapping.get((claim.identity, claim.arn))
    return claim.use
