"""What change types ask of AWS, as `chalicelib.aws` answers it and as tests stand in for it."""

from collections.abc import Collection, Mapping
from typing import Any, Protocol

from chalicelib.core.arn import Arn
from chalicelib.core.errors import InvalidInput, NotFound
from chalicelib.core.iam import Described, NewRole, noun
from chalicelib.core.resources import DescribedResource, resource_noun
from chalicelib.core.roles import GivenRole, OfferedRole


class PrincipalReader(Protocol):
    """IAM roles and users by ARN. Every method raises NotFound when there is no such principal."""

    def find(self, arn: str) -> Described:
        """Raises NotFound too when there is only one under another path."""

    def inline_names(self, arn: str) -> tuple[str, ...]: ...

    def inline_policy(self, arn: str, name: str) -> dict[str, Any] | None:
        """None when the principal has no policy of that name."""

    def attached(self, arn: str) -> tuple[str, ...]:
        """ARNs of the managed policies."""

    def instance_profiles(self, role_arn: str) -> tuple[str, ...]:
        """Names of those that hold the role."""

    def policy_exists(self, arn: str, policy_arn: str) -> bool:
        """Whether the principal's account can attach that managed policy."""

    def quotas(self, arn: str) -> Mapping[str, int]:
        """Limits of the principal's account by AWS's names for them; those that can't be read are left out."""


class PrincipalWriter(PrincipalReader, Protocol):
    """What is refused changes nothing. Raises InvalidInput, LimitExceeded, NotFound, AccessDeniedByAws, Conflict or Throttled when AWS
    refused, and Upstream when it may have changed and the answer was lost.
    """

    def put_inline(self, arn: str, name: str, document: Mapping[str, Any]) -> None: ...

    def remove_inline(self, arn: str, name: str) -> None:
        """Raises NotFound when the principal has no policy of that name."""

    def attach(self, arn: str, policy_arn: str) -> None: ...

    def detach(self, arn: str, policy_arn: str) -> None: ...

    def set_boundary(self, arn: str, policy_arn: str | None) -> None:
        """None takes it away."""

    def set_trust(self, role_arn: str, document: Mapping[str, Any]) -> None: ...

    def tag(self, arn: str, tags: Mapping[str, str]) -> None: ...

    def untag(self, arn: str, keys: Collection[str]) -> None: ...

    def create_role(self, role_arn: str, role: NewRole) -> None:
        """The role itself, without policies. Raises Conflict when there is one of that name."""

    def delete_role(self, role_arn: str) -> None:
        """Raises Conflict while anything is still attached to it."""

    def add_instance_profile(self, role_arn: str, name: str) -> None:
        """One that holds the role; it is made when there is none of that name. May be repeated."""

    def remove_instance_profile(self, role_arn: str, name: str) -> None:
        """Takes the role out; one of the role's own name goes."""


def existing(arn: str, principals: PrincipalReader) -> Described:
    """Raises InvalidInput in ConsoleMe's words when there is no such principal."""
    try:
        return principals.find(arn)
    except NotFound as error:
        raise missing(arn) from error


def missing(arn: str) -> InvalidInput:
    """For what is not there, and in the same words for what somebody does not see; "Principal not found" is ConsoleMe's.

    Raises InvalidInput for what is no ARN.
    """
    parsed = Arn.parse(arn)
    if parsed.is_iam("role") or parsed.is_iam("user"):
        what, kind, reason = "Principal", noun(parsed), "principal_not_found"
    else:
        what, kind, reason = "Resource", resource_noun(parsed) or "resource", "resource_not_found"
    return InvalidInput(
        f"{what} not found: there is no {kind} {arn}, or the inventory does not know it yet.", reason=reason
    )


class ResourceReader(Protocol):
    """S3 buckets, SQS queues, SNS topics and customer managed policies by ARN. What can't be read is an error, never empty: every method
    raises NotFound when there is no such resource, AccessDeniedByAws, Throttled or Upstream when nobody can tell.
    """

    def find(self, arn: str) -> DescribedResource: ...

    def policy(self, arn: str) -> dict[str, Any] | None:
        """None only when AWS says that there is none."""

    def tags(self, arn: str) -> dict[str, str]: ...


class ResourceWriter(ResourceReader, Protocol):
    """Raises what a PrincipalWriter raises."""

    def set_policy(self, arn: str, document: Mapping[str, Any] | None) -> None:
        """None takes it away; a topic, which always has a policy, gets the one it was born with."""

    def retag(self, arn: str, tags: Mapping[str, str], gone: Collection[str]) -> None:
        """Sets `tags` and takes away `gone`; others stay as they are. May be repeated."""


class RightsReader(Protocol):
    """The authorisation map: who was given the use of a role for a time."""

    def role(self, role_arn: str) -> OfferedRole:
        """Raises NotFound for a role that the inventory does not know."""

    def given(self, identity: str, role_arn: str, source: str) -> GivenRole | None:
        """What was given under that source, also when its time is over."""


class RightsWriter(RightsReader, Protocol):
    def give(self, identity: str, role_arn: str, source: str, given: GivenRole) -> None:
        """May be repeated; seen by `given` a moment later. Raises NotFound for a role that the inventory does not know, InvalidInput for
        one that is never handed out, Throttled or Upstream.
        """

    def take(self, identity: str, role_arn: str, source: str) -> None:
        """May be repeated."""
