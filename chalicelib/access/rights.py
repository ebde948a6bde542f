"""Types of rights: who claims a role and why, what the map holds of it, and what changes it.

A right is made of claims. Claims of one origin are told together, as one word on one channel, and each channel has a clock of its own:
what is older never replaces what is newer.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from chalicelib.core.model import Frozen
from chalicelib.core.roles import Use

ROLE = "role"
"""Channel of what the role itself says, by its tags and to plugins. Clock: when it was read from IAM."""
CONFIGURATION = "configuration"
"""Channel of what the configuration maps. Clock: the configuration's version."""


class Kind(StrEnum):
    TAG = "tag"
    CONFIGURATION = "configuration"
    PLUGIN = "plugin"
    GRANT = "grant"


class Claim(Frozen):
    """One reason for an identity to have a role. `name` is the tag's key, the plugin's reason or the grant's source.

    `use` of a tag and of the configuration is what they said when they were read; what they say now counts. `bare` tells that a
    tag named a user or a group without saying which, and `cut` by what its value was cut (`RoleTags.cut`). Times are epoch seconds.
    """

    kind: Kind
    name: str = ""
    use: Use = Use.BOTH
    bare: bool = False
    cut: str = ""
    not_before: int | None = None
    not_after: int | None = None

    @property
    def source(self) -> str:
        return "configuration group_mapping" if self.kind is Kind.CONFIGURATION else f"{self.kind} {self.name}"

    @property
    def channel(self) -> str:
        match self.kind:
            case Kind.CONFIGURATION:
                return CONFIGURATION
            case Kind.GRANT:
                return grant_channel(self.name)
        return ROLE


def grant_channel(source: str) -> str:
    """Each time-bound grant is a channel of its own. Clock: when it was put or dropped."""
    return f"{Kind.GRANT} {source}"


class Terms(Frozen):
    """What the role's trust policy lets the hub send, and how long a session may last; the same for everybody.

    `withheld` says why nobody gets the role although there are claims; empty for roles that are handed out. `judged_for` is the trust
    that the configuration required when this was judged; empty for none.
    """

    source_identity: bool = False
    session_tags: bool = False
    max_session_duration: int = 3600
    withheld: str = ""
    judged_for: str = ""


class RoleGrant(Terms):
    """One identity's right to one role, or what several of them come to: its claims, and the role's terms."""

    role_arn: str
    claims: tuple[Claim, ...]

    @property
    def terms(self) -> Terms:
        return Terms(
            source_identity=self.source_identity,
            session_tags=self.session_tags,
            max_session_duration=self.max_session_duration,
            withheld=self.withheld,
            judged_for=self.judged_for,
        )

    @property
    def cli_only(self) -> bool:
        return all(claim.use is Use.CLI_ONLY for claim in self.claims)

    @property
    def console_only(self) -> bool:
        return all(claim.use is Use.CONSOLE_ONLY for claim in self.claims)

    @property
    def sources(self) -> tuple[str, ...]:
        return tuple(sorted({claim.source for claim in self.claims}))

    @property
    def not_after(self) -> int | None:
        """When the last claim ends; None when one has no end."""
        ends = [claim.not_after for claim in self.claims if claim.not_after is not None]
        return max(ends) if ends and len(ends) == len(self.claims) else None


class Word(NamedTuple):
    """All claims of one channel, as of `at` on the channel's clock. No claims: what there was is taken away.

    `turn` orders what falls on one moment: for looks at a role the version of the configuration that judged it, for grants milliseconds.
    """

    claims: tuple[Claim, ...]
    at: int
    turn: int = 0

    @property
    def moment(self) -> tuple[int, int]:
        return self.at, self.turn


@dataclass(frozen=True, slots=True)
class HeldRole:
    """What the map holds of one identity and one role. `terms` is None for a role that is gone, or that nobody has read yet."""

    terms: Terms | None = None
    terms_at: int = 0
    words: Mapping[str, Word] = field(default_factory=dict)
    terms_turn: int = 0

    @property
    def claims(self) -> tuple[Claim, ...]:
        return tuple(claim for _, word in sorted(self.words.items()) for claim in word.claims)

    @property
    def stands(self) -> bool:
        """Whether somebody has a claim to a role that exists."""
        return self.terms is not None and any(word.claims for word in self.words.values())


@dataclass(frozen=True, slots=True)
class Holding:
    """What the map says of one identity, by role ARN. `ambiguous`: the directory has both a user and a group of this name."""

    roles: Mapping[str, HeldRole] = field(default_factory=dict)
    ambiguous: bool = False


class GrantChange(Frozen):
    """What is new of one identity and one role: words by channel, and the role's terms as of `terms_at`.

    Without `terms_at` nothing is said of the role itself; with it and without `terms` the role is gone, and takes along everything but
    what the configuration says of its name.
    """

    role_arn: str
    words: dict[str, Word] = {}  # noqa: RUF012 pydantic copies defaults
    terms: Terms | None = None
    terms_at: int | None = None
    terms_turn: int = 0


class AccountFreshness(Frozen):
    """An account's name, and the epoch seconds of its last successful sync: kept here so that one look decides and names."""

    name: str
    synced_at: int
