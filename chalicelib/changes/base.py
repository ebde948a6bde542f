"""What every change type is: a module of this package with one `CHANGE` that follows this protocol.

A change is previewed as two images of its target, before and after. What is reviewed, approved, written, verified and taken
back are these images, never the wish that they came from.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Generic, Protocol, Self, TypeVar

from chalicelib.changes.gateways import (
    PrincipalReader,
    PrincipalWriter,
    ResourceReader,
    ResourceWriter,
    RightsReader,
    RightsWriter,
)
from chalicelib.core.canonical import content_hash
from chalicelib.core.errors import InvalidInput
from chalicelib.core.model import Frozen

ALREADY_SO = "already_so"
"""The reason of the InvalidInput for a wish that has come true already."""


class Action(StrEnum):
    """ConsoleMe's words; to replace is to attach where something is attached already."""

    ATTACH = "attach"
    DETACH = "detach"


class Spec(Frozen):
    """A wish for one change. Each type adds its fields and narrows `change_type` to its own name.

    `until`, in epoch seconds, is when it is to be taken back; None is never.
    """

    change_type: str
    principal_arn: str
    until: int | None = None


class Image(Frozen):
    """What a target holds. `identity` is AWS's unchangeable id of the principal, so that one that was deleted and made again
    under the same name is another; `content` None is nothing.
    """

    identity: str
    content: dict[str, Any] | None

    @property
    def hash(self) -> str:
        return content_hash([self.identity, self.content])


class Preview(Frozen):
    """What a change does to its target."""

    before: Image
    after: Image

    def inverse(self) -> Self:
        """The preview of taking it back."""
        return self.model_copy(update={"before": self.after, "after": self.before})


@dataclass(frozen=True, slots=True)
class Reading:
    """The gateways that a change type may look through."""

    principals: PrincipalReader
    resources: ResourceReader
    rights: RightsReader


@dataclass(frozen=True, slots=True)
class Writing:
    """The gateways that a change type may write through; only whoever applies has them."""

    principals: PrincipalWriter
    resources: ResourceWriter
    rights: RightsWriter

    @property
    def reading(self) -> Reading:
        return Reading(self.principals, self.resources, self.rights)


S = TypeVar("S", bound=Spec)


def named_arn(wish: Mapping[str, Any]) -> str:
    """The managed policy that a change from the wire is about. Raises InvalidInput."""
    arn = wish.get("arn")
    if not isinstance(arn, str) or not arn:
        raise InvalidInput("arn: say which managed policy.", reason="no_policy_arn")
    return arn


def no_document(spec: S, document: dict[str, Any] | None) -> S:
    """The edit of a change that has no document. Raises InvalidInput when it is given one."""
    if document is not None:
        raise InvalidInput("This change has no document to edit.", reason="nothing_to_edit")
    return spec


Survey = TypeVar("Survey")


class Plain(Generic[S]):
    """What most change types answer."""

    def numbered(self, spec: S, _change_id: str) -> S:
        return spec

    def halfway(self, _spec: S, _preview: Preview, _live: Image) -> bool:
        """A single call of AWS happens or does not."""
        return False


class ChangeType(Protocol[S, Survey]):
    """`S` is the type's wish, `Survey` what it must see of a target to judge wishes about it."""

    name: str
    spec: type[S]
    spoke_actions: tuple[str, ...]
    """What the spoke role that changes must be allowed."""

    def numbered(self, spec: S, change_id: str) -> S:
        """The wish with what it takes from its change's id; most types take nothing. Asked before everything else."""

    def from_wire(self, principal_arn: str, wish: Mapping[str, Any], default_name: str) -> S:
        """The wish from a change as clients send it, with every key that they sent. `default_name` is for what they leave unnamed."""

    def to_wire(self, spec: S, before: dict[str, Any] | None) -> dict[str, Any]:
        """The fields that this type adds to a change on ConsoleMe's wire."""

    def edited(self, spec: S, document: dict[str, Any] | None, before: dict[str, Any] | None) -> S:
        """The wish with another document (None: the same one), of a target that holds `before`. Raises InvalidInput."""

    def target(self, spec: S) -> str:
        """The ARN that is changed: one change at a time per target."""

    def place(self, spec: S) -> str:
        """What of the target is changed; a request changes each place once."""

    def title(self, spec: S) -> str:
        """The change in a few words."""

    def check(self, spec: S) -> None:
        """What can be judged without AWS. Raises InvalidInput."""

    def survey(self, spec: S, aws: Reading) -> Survey:
        """Everything about the target that `preview` needs. Raises InvalidInput when there is no such target."""

    def preview(self, spec: S, survey: Survey) -> tuple[Preview, Survey]:
        """What the wish does, and what the target looks like afterwards, for the next wish.

        Raises InvalidInput; with the reason ALREADY_SO, and before any other complaint about what is there, when the place holds
        exactly what is wished.
        """

    def undone(self, spec: S, preview: Preview, live: Image) -> dict[str, Any] | None:
        """What the place should hold once this change is taken away, when it holds `live` now: what it held before, and what others
        have added since. Never leaves what this change gave. Pure.
        """

    def halfway(self, spec: S, preview: Preview, live: Image) -> bool:
        """Whether a write of this change that was interrupted may have left `live`, so that it is gone on with. Pure."""

    def image(self, spec: S, aws: Reading) -> Image:
        """What the target holds now. Raises NotFound when the principal does not exist."""

    def write(self, spec: S, content: dict[str, Any] | None, aws: Writing) -> None:
        """Makes the target hold `content`: the after-image to apply, the before-image to revert."""
