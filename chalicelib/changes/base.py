"""What every change type is: a module of this package with one `CHANGE` that follows this protocol.

A change is previewed as two images of its target, before and after. What is reviewed, approved, written, verified and taken
back are these images, never the wish that they came from.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol, Self, TypeVar

from chalicelib.core.canonical import content_hash
from chalicelib.core.model import Frozen


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


class RolePolicyReader(Protocol):
    """Inline policies of IAM roles. Every method raises NotFound when the role does not exist."""

    def role_id(self, role_arn: str) -> str: ...

    def names(self, role_arn: str) -> tuple[str, ...]: ...

    def document(self, role_arn: str, name: str) -> dict[str, Any] | None:
        """None when the role has no policy of that name."""


class RolePolicyWriter(RolePolicyReader, Protocol):
    def put(self, role_arn: str, name: str, document: Mapping[str, Any]) -> None: ...

    def remove(self, role_arn: str, name: str) -> None:
        """Raises NotFound when the role has no policy of that name."""


@dataclass(frozen=True, slots=True)
class Reading:
    """The gateways that a change type may look through."""

    role_policies: RolePolicyReader


@dataclass(frozen=True, slots=True)
class Writing:
    """The gateways that a change type may write through; only whoever applies has them."""

    role_policies: RolePolicyWriter

    @property
    def reading(self) -> Reading:
        return Reading(self.role_policies)


S = TypeVar("S", bound=Spec)
Survey = TypeVar("Survey")


class ChangeType(Protocol[S, Survey]):
    """`S` is the type's wish, `Survey` what it must see of a target to judge wishes about it."""

    name: str
    spec: type[S]
    spoke_actions: tuple[str, ...]
    """What the spoke role that changes must be allowed."""

    def from_wire(self, principal_arn: str, wish: Mapping[str, Any], default_name: str) -> S:
        """The wish from what ConsoleMe's clients send. `default_name` is for what they leave unnamed."""

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
        """What the wish does, and what the target looks like afterwards, for the next wish. Raises InvalidInput."""

    def image(self, spec: S, aws: Reading) -> Image:
        """What the target holds now. Raises NotFound when the principal does not exist."""

    def write(self, spec: S, content: dict[str, Any] | None, aws: Writing) -> None:
        """Makes the target hold `content`: the after-image to apply, the before-image to revert."""
