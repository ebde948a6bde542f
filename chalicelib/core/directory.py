"""What a directory says of people and groups: the words that sources, plugins and the identity package share."""

from collections.abc import Iterable
from typing import Annotated, Protocol, runtime_checkable

from pydantic import AfterValidator, Field, StringConstraints

from chalicelib.core.model import Frozen
from chalicelib.core.principals import fold

DirectoryName = Annotated[str, StringConstraints(min_length=1, max_length=500), AfterValidator(fold)]
"""Of a user or a group, folded."""
Setting = str | bool


class DirectoryUser(Frozen):
    """A person as one source lists them. `external_id` is the source's own name for them that never changes."""

    name: DirectoryName
    display_name: str = ""
    external_id: str = ""
    suspended: bool = False
    settings: dict[str, Setting] = Field(default_factory=dict)
    """Of the account, such as `two_step_enrolled`; nothing that changes by itself, such as a last sign-in."""


class DirectoryGroup(Frozen):
    """A group as one source lists it: names of users that are in it, and of groups whose members are in it too."""

    name: DirectoryName
    display_name: str = ""
    external_id: str = ""
    members: frozenset[DirectoryName] = frozenset()
    groups: frozenset[DirectoryName] = frozenset()
    settings: dict[str, Setting] = Field(default_factory=dict)


@runtime_checkable
class DirectorySource(Protocol):
    """Asked for users first and then for groups. Both are whole, or end in an AppError: silence is never an answer."""

    def users(self) -> Iterable[DirectoryUser]:
        """Every user, the suspended ones too."""

    def groups(self) -> Iterable[DirectoryGroup]:
        """Every group with its members."""
