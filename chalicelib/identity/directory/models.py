"""Types of the directory, and its section of the configuration."""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, field_validator

from chalicelib.core.directory import DirectoryName, Setting
from chalicelib.core.model import Frozen

SIGN_IN = "sign_in"
"""The source of what was noted when somebody signed in."""
SCIM = "scim"
PUSHED = frozenset({SCIM})
"""Sources that speak by themselves: what they said stands until they say something else."""

SourceName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,40}$")]
MailDomain = Annotated[str, StringConstraints(pattern=r"(?i)^[a-z0-9.-]+\.[a-z]{2,}$", to_lower=True)]


class GoogleWorkspaceConfig(Frozen):
    """The key of the service account is in the secret `<table prefix>directory-google`."""

    subjects: dict[MailDomain, str] = Field(default_factory=dict)
    """Mail domain to the administrator in whose name its users and groups are read."""


class IdentityCenterConfig(Frozen):
    identity_store_id: str = Field(default="", pattern=r"^(d-[0-9a-f]{10}|[0-9a-f-]{36})?$")
    """Such as d-1234567890: the console shows it among the settings of IAM Identity Center."""
    region: str = ""
    """Where IAM Identity Center runs; the function's own region where empty."""
    role_arn: str | None = None
    """The role to read it by, in the account that administers it; None for the function's own."""
    user_name: Literal["email", "user_name"] = "email"
    """What people are called here; who has no e-mail address is called by their user name."""


class StaticPerson(Frozen):
    name: str = ""
    groups: tuple[DirectoryName, ...] = ()
    suspended: bool = False


class StaticDirectoryConfig(Frozen):
    people: dict[DirectoryName, StaticPerson] = Field(default_factory=dict)
    """User name to name, groups, and whether they are suspended."""

    @field_validator("people", mode="before")
    @classmethod
    def _each_once(cls, people: object) -> object:
        if isinstance(people, Mapping) and len({str(name).strip().casefold() for name in people}) != len(people):
            message = "two names differ only in case: names are compared without it"
            raise ValueError(message)
        return people


class DirectoryConfig(Frozen):
    """Section `directory`: who is known beside the identity provider's own word at a sign-in."""

    sources: tuple[SourceName, ...] = ()
    """Any of `google_workspace`, `identity_center`, `static`, `scim`, and what a plugin's hook `directory_source` answers to."""
    groups: Literal["directory", "both", "sign_in"] = "directory"
    """Whose word about the groups of a person counts that a source knows: the sources' alone, theirs and the sign-in's
    together, or the sign-in's alone (the sources then only tell who is suspended)."""
    unknown_people: Literal["allow", "refuse"] = "allow"
    """Whether somebody may sign in whom no source knows."""
    shrink_percent: int = Field(default=20, ge=0, le=100)
    """So much may vanish from a source at once without a second look,"""
    shrink_least: int = Field(default=10, ge=0)
    """and so many in any case. Counted for people, groups, memberships and lifted suspensions, each for itself."""
    google_workspace: GoogleWorkspaceConfig = GoogleWorkspaceConfig()
    identity_center: IdentityCenterConfig = IdentityCenterConfig()
    static: StaticDirectoryConfig = StaticDirectoryConfig()

    @field_validator("sources")
    @classmethod
    def _each_once_and_real(cls, sources: tuple[str, ...]) -> tuple[str, ...]:
        if SIGN_IN in sources or len(set(sources)) != len(sources):
            message = f"name each source once; {SIGN_IN} is none"
            raise ValueError(message)
        return sources


class Person(Frozen):
    """A person as everything that is known together says: what decides. Epoch seconds."""

    user: str
    groups: frozenset[str]
    source: str
    """Who said so about the groups: sources, or the method of the sign-in."""
    observed_at: int
    """When that word was last good. Older than a day, it decides nothing about somebody who is not on the line."""
    suspended: bool = False
    """Nobody starts a session for them, whatever an identity provider says."""
    removed: bool = False
    """Suspended because every source that knew them has dropped them."""
    known: bool = False
    """Whether a source knows them, beside their own sign-in."""
    speaks: bool = False
    """Whether a source has a word about their groups that counts."""


class PersonRecord(Frozen):
    """What one source said of a person, and when; `removed` when it once knew them and no longer does."""

    source: str
    user: str
    groups: frozenset[str] = frozenset()
    display_name: str = ""
    external_id: str = ""
    suspended: bool = False
    removed: bool = False
    settings: dict[str, Setting] = Field(default_factory=dict)
    by: str = ""
    """The method of a sign-in."""
    observed_at: int


class GroupRecord(Frozen):
    """What one source said of a group. `members` are users, those of groups inside it too: the first of a very large one."""

    source: str
    group: str
    members: frozenset[str] = frozenset()
    size: int = 0
    """How many members there are."""
    display_name: str = ""
    external_id: str = ""
    settings: dict[str, Setting] = Field(default_factory=dict)
    observed_at: int


class SourceState(Frozen):
    """How a source is doing. Epoch seconds, None means never; `warning` says why what vanished is not believed gone."""

    source: str
    succeeded_at: int | None = None
    failed_at: int | None = None
    error: str | None = None
    warning: str | None = None
    held: str = ""
    people: int = 0
    groups: int = 0
    suspended: int = 0


class SourceReport(Frozen):
    """What one look at a source came to."""

    source: str
    people: int = 0
    groups: int = 0
    suspended: int = 0
    changed_people: int = 0
    changed_groups: int = 0
    removed_people: int = 0
    removed_groups: int = 0
    warning: str | None = None
    error: str | None = None

    @property
    def eventful(self) -> bool:
        changes = (self.changed_people, self.changed_groups, self.removed_people, self.removed_groups)
        return any(changes) or self.warning is not None or self.error is not None


class SyncReport(Frozen):
    sources: tuple[SourceReport, ...] = ()
    ambiguous_names: int = 0


class Kinds(Frozen):
    """What the directory knows by a bare name: the sources that know a user, and those that know a group, of that name."""

    users: frozenset[str] = frozenset()
    groups: frozenset[str] = frozenset()

    @property
    def user(self) -> bool:
        return bool(self.users)

    @property
    def group(self) -> bool:
        return bool(self.groups)

    @property
    def ambiguous(self) -> bool:
        return self.user and self.group


class NameConflict(Frozen):
    """A name that is both a user's and a group's, who says so, and since when it is known (epoch seconds)."""

    name: str
    since: int
    told: bool


class Wanted(Frozen):
    """`text` is part of a name; `related` is a group that the person is in, or a person who is in the group."""

    source: str | None = None
    text: str = ""
    suspended: bool | None = None
    related: str = ""
    limit: int = 50
    cursor: str = ""
