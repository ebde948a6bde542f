"""What an event is about: which resources may be other than they were, and whether the accounts are.

Names are all that is taken from an event. What a resource is now is read from AWS, so an event that comes late, twice or out of order
says nothing wrong.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from chalicelib.inventory.events.models import TrailEvent

ORGANIZATION_EVENTS = frozenset({
    "AcceptHandshake",
    "AttachPolicy",
    "CloseAccount",
    "CreateAccountResult",
    "CreateGovCloudAccountResult",
    "CreateOrganizationalUnit",
    "CreatePolicy",
    "DeleteOrganizationalUnit",
    "DeletePolicy",
    "DetachPolicy",
    "DisablePolicyType",
    "EnablePolicyType",
    "LeaveOrganization",
    "MoveAccount",
    "RemoveAccountFromOrganization",
    "TagResource",
    "UntagResource",
    "UpdateOrganizationalUnit",
    "UpdatePolicy",
})  # fmt: skip
"""Events after which the accounts, their units, tags or policies are other than they were."""


@dataclass(frozen=True, slots=True)
class Subject:
    """A resource by its ARN. `whole` is false where the event names an IAM resource without its path."""

    arn: str
    account_id: str
    whole: bool = True


@dataclass(frozen=True, slots=True)
class _Event:
    """What finders look into."""

    event: TrailEvent
    partition: str

    def text(self, *path: str, among: Mapping[str, Any] | None = None) -> str:
        """Empty for what is missing or no text."""
        found: Any = self.event.request if among is None else among
        for name in path:
            found = found.get(name) if isinstance(found, Mapping) else None
        return found if isinstance(found, str) else ""

    def answered(self, *path: str) -> str:
        return self.text(*path, among=self.event.response)

    def arn(self, service: str, resource: str, *, region: str = "", account: str | None = None) -> str:
        owner = self.event.account_id if account is None else account
        return f"arn:{self.partition}:{service}:{region}:{owner}:{resource}"

    def subject(self, arn: str, *, whole: bool = True) -> Subject:
        """Of the account that the ARN names, or CloudTrail: somebody of another account may have called, and both are told."""
        named = arn.split(":", 5)[4]
        told = next((one.account for one in self.event.resources if one.arn == arn), "")
        return Subject(arn, named or told or self.event.account_id, whole)


_COLONS = 5
"""In an ARN, and more where the resource has some."""
_Finder = Callable[[_Event], Iterable[Subject]]


def subjects(event: TrailEvent, partition: str) -> tuple[Subject, ...]:
    """Each once. None for an event that AWS refused, that only reads, or that tells of nothing we keep."""
    finders = WATCHED.get(event.service, {}).get(event.name, ())
    if event.refused or event.read_only:
        return ()
    seen = _Event(event, partition)
    return tuple(dict.fromkeys(subject for finder in finders for subject in finder(seen)))


def concerns_accounts(event: TrailEvent) -> bool:
    return event.service == "organizations" and event.name in ORGANIZATION_EVENTS and not event.refused


def _is_arn(text: str) -> bool:
    return text.startswith("arn:") and text.count(":") >= _COLONS


def _iam(kind: str, *parameters: str) -> _Finder:
    """By name; the answer to a creation tells the ARN, path included."""

    def find(seen: _Event) -> Iterable[Subject]:
        told = seen.answered(kind, "arn")
        if _is_arn(told):
            yield seen.subject(told)
            return
        for parameter in parameters:
            name = seen.text(parameter)
            if name:
                yield seen.subject(seen.arn("iam", f"{kind}/{name}"), whole=False)

    return find


def _policy(seen: _Event) -> Iterable[Subject]:
    told = seen.answered("policy", "arn") or seen.text("policyArn")
    if _is_arn(told):
        yield seen.subject(told)


def _bucket(seen: _Event) -> Iterable[Subject]:
    name = seen.text("bucketName") or seen.text("resourceArn").partition(":s3:::")[2]
    if name and not set("/:*?") & set(name):
        yield seen.subject(seen.arn("s3", name, account=""))


def _queue(seen: _Event) -> Iterable[Subject]:
    """A queue's address ends in its account and its name: `https://sqs.REGION.amazonaws.com/ACCOUNT/NAME`."""
    address = seen.answered("queueUrl") or seen.text("queueUrl")
    before, _, name = address.rpartition("/")
    account, name = before.rpartition("/")[2], name or seen.text("queueName")
    if name:
        yield seen.subject(seen.arn("sqs", name, region=seen.event.region, account=account or None))


def _topic(seen: _Event) -> Iterable[Subject]:
    told = seen.answered("topicArn") or seen.text("topicArn") or seen.text("resourceArn")
    if _is_arn(told):
        yield seen.subject(told)


def _named(finders: tuple[_Finder, ...], names: str) -> dict[str, tuple[_Finder, ...]]:
    return dict.fromkeys(names.split(), finders)


_role = _iam("role", "roleName")
_user = _iam("user", "userName")
_group = _iam("group", "groupName")

WATCHED: Mapping[str, Mapping[str, tuple[_Finder, ...]]] = MappingProxyType({
    "iam": {
        **_named(
            (_role,),
            "CreateRole UpdateRole UpdateRoleDescription DeleteRole TagRole UntagRole UpdateAssumeRolePolicy PutRolePolicy DeleteRolePolicy"
            " AttachRolePolicy DetachRolePolicy PutRolePermissionsBoundary DeleteRolePermissionsBoundary AddRoleToInstanceProfile"
            " RemoveRoleFromInstanceProfile CreateServiceLinkedRole DeleteServiceLinkedRole",
        ),
        **_named(
            (_user,),
            "CreateUser DeleteUser TagUser UntagUser PutUserPolicy DeleteUserPolicy AttachUserPolicy DetachUserPolicy"
            " PutUserPermissionsBoundary DeleteUserPermissionsBoundary",
        ),
        **_named((_iam("user", "userName", "newUserName"),), "UpdateUser"),
        **_named((_user, _group), "AddUserToGroup RemoveUserFromGroup"),
        **_named(
            (_group,), "CreateGroup DeleteGroup PutGroupPolicy DeleteGroupPolicy AttachGroupPolicy DetachGroupPolicy"
        ),
        **_named((_iam("group", "groupName", "newGroupName"),), "UpdateGroup"),
        **_named(
            (_policy,),
            "CreatePolicy DeletePolicy CreatePolicyVersion DeletePolicyVersion SetDefaultPolicyVersion TagPolicy UntagPolicy",
        ),
    },
    "s3": _named(
        (_bucket,),
        "CreateBucket DeleteBucket PutBucketPolicy DeleteBucketPolicy PutBucketTagging DeleteBucketTagging TagResource"
        " UntagResource",
    ),
    "sqs": _named(
        (_queue,),
        "CreateQueue DeleteQueue SetQueueAttributes AddPermission RemovePermission TagQueue UntagQueue",
    ),
    "sns": _named(
        (_topic,),
        "CreateTopic DeleteTopic SetTopicAttributes AddPermission RemovePermission TagResource UntagResource",
    ),
})  # fmt: skip
"""By service and call: what finds the resources that it changes. The rules of infra/data.yaml ask for exactly these."""
