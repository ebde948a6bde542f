"""Writes a plan through the AWS APIs, with as few calls as they allow.

One thread: the embedded AWS answers in this very process, and more threads only fight over the interpreter.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from infra.local.demo.cloud import HOME_REGION, Cloud
from infra.local.demo.model import Group, ManagedPolicy, Plan, Resource, ResourceKind, Role, User
from infra.local.demo.tables import Document

_GITHUB = "https://token.actions.githubusercontent.com"
_SAML_METADATA = "<EntityDescriptor xmlns='urn:oasis:names:tc:SAML:2.0:metadata' entityID='https://idp.example.com'>{}</EntityDescriptor>"
_SHORTEST_METADATA = 1000


class Writer:
    def __init__(self, cloud: Cloud, account_ids: Sequence[str]) -> None:
        self._cloud = cloud
        self._account_ids = account_ids

    def write(self, plan: Plan) -> None:
        """Everything of the plan. What AWS refuses ends it with AWS's error."""
        for account_id in self._account_ids:
            _create_providers(self._iam(account_id))
        for policy in plan.policies:
            _create_policy(self._iam(policy.account_id), policy)
        for role in plan.roles:
            _create_role(self._iam(role.account_id), role)
        for user in plan.users:
            _create_user(self._iam(user.account_id), user)
        for group in plan.groups:
            _create_group(self._iam(group.account_id), group)
        for resource in plan.resources:
            service, create = _RESOURCES[resource.kind]
            create(self._cloud.client(service, resource.account_id, resource.region), resource)

    def _iam(self, account_id: str) -> Any:
        return self._cloud.client("iam", account_id)


def _create_providers(iam: Any) -> None:
    """What the federated trust policies name."""
    iam.create_open_id_connect_provider(Url=_GITHUB, ClientIDList=["sts.amazonaws.com"], ThumbprintList=["f" * 40])
    metadata = _SAML_METADATA.format("<!--" + "-" * _SHORTEST_METADATA + "-->")
    iam.create_saml_provider(Name="corporate-idp", SAMLMetadataDocument=metadata)


def _create_role(iam: Any, role: Role) -> None:
    optional = {"PermissionsBoundary": role.boundary} if role.boundary else {}
    iam.create_role(
        RoleName=role.name,
        Path=role.path,
        AssumeRolePolicyDocument=_json(role.trust),
        Description=role.description,
        MaxSessionDuration=role.hours * 3600,
        Tags=_tags(role.tags),
        **optional,
    )
    for name, document in role.inline.items():
        iam.put_role_policy(RoleName=role.name, PolicyName=name, PolicyDocument=_json(document))
    for arn in role.attached:
        iam.attach_role_policy(RoleName=role.name, PolicyArn=arn)


def _create_user(iam: Any, user: User) -> None:
    iam.create_user(UserName=user.name, Path=user.path, Tags=_tags(user.tags))
    for name, document in user.inline.items():
        iam.put_user_policy(UserName=user.name, PolicyName=name, PolicyDocument=_json(document))
    for arn in user.attached:
        iam.attach_user_policy(UserName=user.name, PolicyArn=arn)


def _create_group(iam: Any, group: Group) -> None:
    iam.create_group(GroupName=group.name, Path=group.path)
    for name, document in group.inline.items():
        iam.put_group_policy(GroupName=group.name, PolicyName=name, PolicyDocument=_json(document))
    for arn in group.attached:
        iam.attach_group_policy(GroupName=group.name, PolicyArn=arn)
    for member in group.members:
        iam.add_user_to_group(GroupName=group.name, UserName=member)


def _create_policy(iam: Any, policy: ManagedPolicy) -> None:
    iam.create_policy(
        PolicyName=policy.name,
        Path=policy.path,
        Description=policy.description,
        PolicyDocument=_json(policy.before or policy.document),
        Tags=_tags(policy.tags),
    )
    if policy.before:
        iam.create_policy_version(PolicyArn=policy.arn, PolicyDocument=_json(policy.document), SetAsDefault=True)


def _create_bucket(s3: Any, bucket: Resource) -> None:
    elsewhere = {"CreateBucketConfiguration": {"LocationConstraint": bucket.region}}
    s3.create_bucket(Bucket=bucket.name, **({} if bucket.region == HOME_REGION else elsewhere))
    s3.put_bucket_tagging(Bucket=bucket.name, Tagging={"TagSet": _tags(bucket.tags)})
    if bucket.policy:
        s3.put_bucket_policy(Bucket=bucket.name, Policy=_json(bucket.policy))


def _create_queue(sqs: Any, queue: Resource) -> None:
    sqs.create_queue(QueueName=queue.name, Attributes=_policy_attribute(queue), tags=dict(queue.tags))


def _create_topic(sns: Any, topic: Resource) -> None:
    sns.create_topic(Name=topic.name, Attributes=_policy_attribute(topic), Tags=_tags(topic.tags))


def _create_table(dynamodb: Any, table: Resource) -> None:
    dynamodb.create_table(
        TableName=table.name,
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
        Tags=_tags(table.tags),
    )


def _policy_attribute(resource: Resource) -> dict[str, str]:
    return {"Policy": _json(resource.policy)} if resource.policy else {}


_RESOURCES: dict[ResourceKind, tuple[str, Callable[[Any, Resource], None]]] = {
    ResourceKind.BUCKET: ("s3", _create_bucket),
    ResourceKind.QUEUE: ("sqs", _create_queue),
    ResourceKind.TOPIC: ("sns", _create_topic),
    ResourceKind.TABLE: ("dynamodb", _create_table),
}


def _json(document: Document) -> str:
    return json.dumps(document, separators=(",", ":"), ensure_ascii=False)


def _tags(tags: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in tags.items()]
