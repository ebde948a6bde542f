"""Policies and tags of buckets, queues, topics and customer managed policies in any account, through a spoke role: the one that reads, or
the one that changes.

Only AWS's own word that there is no policy is nothing. Whatever else keeps one from being read is an error.
"""

import json
from collections.abc import Callable, Collection, Mapping
from typing import Any, NamedTuple

from chalicelib.aws.assume_role import AssumeRole
from chalicelib.aws.errors import translated
from chalicelib.aws.sessions import Sessions
from chalicelib.core.arn import Arn, role_arn
from chalicelib.core.errors import Forbidden, InvalidInput, NotFound, Upstream
from chalicelib.core.policy_document import compact
from chalicelib.core.resources import DescribedResource, resource_noun

_OLD_NAMES = {"": "us-east-1", "EU": "eu-west-1"}
"""What GetBucketLocation still calls two regions."""
_TOPIC_ACTIONS = (
    "AddPermission",
    "DeleteTopic",
    "GetTopicAttributes",
    "ListSubscriptionsByTopic",
    "Publish",
    "RemovePermission",
    "SetTopicAttributes",
    "Subscribe",
)


class _Bucket(NamedTuple):
    """A client where the bucket is, and what every call names: a bucket of somebody else answers nothing."""

    s3: Any
    named: dict[str, str]


class ResourcePolicies:
    """`account_of_bucket` is what the inventory knows, None for nothing; `is_own` tells what this product itself stands on.

    `role_name` is the spoke role; CloudTrail shows `session_name`.
    """

    def __init__(
        self,
        sessions: Sessions,
        *,
        role_name: str,
        external_id: str | None,
        session_name: str,
        account_of_bucket: Callable[[str], str | None],
        is_own: Callable[[Arn], bool],
    ) -> None:
        self._sessions = sessions
        self._role_name = role_name
        self._external_id = external_id
        self._session_name = session_name
        self._account_of_bucket = account_of_bucket
        self._is_own = is_own

    def find(self, arn: str) -> DescribedResource:
        parsed, noun = self._parsed(arn)
        if noun == "bucket":
            # Where it is, only its owner is told.
            owner = self._bucket(parsed).named["ExpectedBucketOwner"]
            return DescribedResource(arn=arn, identity=f"bucket of {owner}")
        if noun == "queue":
            created = self._queue_attributes(parsed, "CreatedTimestamp")["CreatedTimestamp"]
            return DescribedResource(arn=arn, identity=f"queue of {created}")
        if noun == "topic":
            self._topic_policy(parsed)
            return DescribedResource(arn=arn, identity=f"topic of {parsed.account}")
        with translated(f"to read {arn}"):
            return DescribedResource(
                arn=arn, identity=self._client(parsed, "iam").get_policy(PolicyArn=arn)["Policy"]["PolicyId"]
            )

    def policy(self, arn: str) -> dict[str, Any] | None:
        parsed, noun = self._parsed(arn)
        if noun == "bucket":
            return _document(arn, self._bucket_policy(parsed))
        if noun == "queue":
            return _document(arn, self._queue_attributes(parsed, "Policy").get("Policy"))
        if noun == "topic":
            return _document(arn, self._topic_policy(parsed))
        raise _unfit(arn, "policy of its own")

    def set_policy(self, arn: str, document: Mapping[str, Any] | None) -> None:
        parsed, noun = self._parsed(arn)
        text = None if document is None else compact(document)
        with translated(f"to set the policy of {arn}"):
            if noun == "bucket":
                bucket = self._bucket(parsed)
                if text is None:
                    bucket.s3.delete_bucket_policy(**bucket.named)
                else:
                    bucket.s3.put_bucket_policy(Policy=text, **bucket.named)
            elif noun == "queue":
                sqs, url = self._queue(parsed)
                sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": text or ""})
            elif noun == "topic":
                self._client(parsed, "sns").set_topic_attributes(
                    TopicArn=arn, AttributeName="Policy", AttributeValue=text or compact(topic_default(parsed))
                )
            else:
                raise _unfit(arn, "policy of its own")

    def tags(self, arn: str) -> dict[str, str]:
        parsed, noun = self._parsed(arn)
        with translated(f"to read the tags of {arn}"):
            if noun == "queue":
                sqs, url = self._queue(parsed)
                return dict(sqs.list_queue_tags(QueueUrl=url).get("Tags", {}))
            if noun == "bucket":
                return self._bucket_tags(parsed)
            if noun == "topic":
                found = self._client(parsed, "sns").list_tags_for_resource(ResourceArn=arn)["Tags"]
            else:
                pages = self._client(parsed, "iam").get_paginator("list_policy_tags").paginate(PolicyArn=arn)
                found = [tag for page in pages for tag in page["Tags"]]
        return _of_pairs(found)

    def retag(self, arn: str, tags: Mapping[str, str], gone: Collection[str]) -> None:
        """A bucket takes all its tags at once: others' are read right before, and AWS's own among them are sent back as they are."""
        parsed, noun = self._parsed(arn)
        with translated(f"to tag {arn}"):
            if noun == "bucket":
                self._retag_bucket(parsed, tags, gone)
            elif noun == "queue":
                sqs, url = self._queue(parsed)
                if tags:
                    sqs.tag_queue(QueueUrl=url, Tags=dict(tags))
                if gone:
                    sqs.untag_queue(QueueUrl=url, TagKeys=sorted(gone))
            elif noun == "topic":
                sns = self._client(parsed, "sns")
                if tags:
                    sns.tag_resource(ResourceArn=arn, Tags=_pairs(tags))
                if gone:
                    sns.untag_resource(ResourceArn=arn, TagKeys=sorted(gone))
            else:
                iam = self._client(parsed, "iam")
                if tags:
                    iam.tag_policy(PolicyArn=arn, Tags=_pairs(tags))
                if gone:
                    iam.untag_policy(PolicyArn=arn, TagKeys=sorted(gone))

    def _parsed(self, arn: str) -> tuple[Arn, str]:
        """Raises InvalidInput, and Forbidden for what this product itself stands on: whoever may write there may do anything."""
        parsed = Arn.parse(arn)
        noun = resource_noun(parsed)
        if not noun:
            raise _unfit(arn, "policy or tags that this product changes")
        if self._is_own(parsed):
            raise Forbidden(f"{arn} belongs to this product: no request may change it.", reason="own_resource")
        return parsed, noun

    # --- one service each --------------------------------------------------------------------------------------------------------------

    def _bucket(self, arn: Arn) -> _Bucket:
        account = self._account_of_bucket(str(arn))
        if account is None:
            raise NotFound(
                f"The inventory does not know {arn}, and the name of a bucket does not say whose it is. Refresh its account.",
                reason="unknown_bucket",
            )
        named = {"Bucket": arn.resource, "ExpectedBucketOwner": account}
        call = self._assume(arn.partition, account)
        with translated(f"to find out where {arn} is"):
            told = self._sessions.client_as(call, "s3").get_bucket_location(**named).get("LocationConstraint") or ""
        return _Bucket(self._sessions.client_as(call, "s3", _OLD_NAMES.get(told, told)), named)

    def _bucket_policy(self, arn: Arn) -> str | None:
        bucket = self._bucket(arn)
        try:
            with translated(f"to read the policy of {arn}"):
                return str(bucket.s3.get_bucket_policy(**bucket.named)["Policy"])
        except NotFound as error:
            if error.reason != "NoSuchBucketPolicy":
                raise
            return None

    def _bucket_tags(self, arn: Arn) -> dict[str, str]:
        bucket = self._bucket(arn)
        try:
            with translated(f"to read the tags of {arn}"):
                return _of_pairs(bucket.s3.get_bucket_tagging(**bucket.named)["TagSet"])
        except NotFound as error:
            if error.reason != "NoSuchTagSet":
                raise
            return {}

    def _retag_bucket(self, arn: Arn, tags: Mapping[str, str], gone: Collection[str]) -> None:
        held = {key: value for key, value in self._bucket_tags(arn).items() if key not in gone}
        bucket, wanted = self._bucket(arn), held | dict(tags)
        if wanted:
            bucket.s3.put_bucket_tagging(Tagging={"TagSet": _pairs(wanted)}, **bucket.named)
        else:
            bucket.s3.delete_bucket_tagging(**bucket.named)

    def _queue(self, arn: Arn) -> tuple[Any, str]:
        sqs = self._client(arn, "sqs")
        with translated(f"to find {arn}"):
            return sqs, sqs.get_queue_url(QueueName=arn.resource, QueueOwnerAWSAccountId=arn.account)["QueueUrl"]

    def _queue_attributes(self, arn: Arn, name: str) -> dict[str, str]:
        sqs, url = self._queue(arn)
        with translated(f"to read {arn}"):
            return dict(sqs.get_queue_attributes(QueueUrl=url, AttributeNames=[name]).get("Attributes", {}))

    def _topic_policy(self, arn: Arn) -> str | None:
        with translated(f"to read {arn}"):
            told = self._client(arn, "sns").get_topic_attributes(TopicArn=str(arn))["Attributes"].get("Policy")
        return None if told is None else str(told)

    def _client(self, arn: Arn, service: str) -> Any:
        return self._sessions.client_as(self._assume(arn.partition, arn.account), service, arn.region)

    def _assume(self, partition: str, account: str) -> AssumeRole:
        return AssumeRole(
            role_arn(partition, account, self._role_name), self._session_name, external_id=self._external_id or ""
        )


def topic_default(arn: Arn) -> dict[str, Any]:
    """The policy that SNS gives a new topic: its own account may use it."""
    return {
        "Version": "2008-10-17",
        "Id": "__default_policy_ID",
        "Statement": [
            {
                "Sid": "__default_statement_ID",
                "Effect": "Allow",
                "Principal": {"AWS": "*"},
                "Action": [f"SNS:{name}" for name in _TOPIC_ACTIONS],
                "Resource": str(arn),
                "Condition": {"StringEquals": {"AWS:SourceOwner": arn.account}},
            }
        ],
    }


def _unfit(arn: str, what: str) -> InvalidInput:
    return InvalidInput(f"{arn[:200]} has no {what}.", reason="not_such_a_resource")


def _document(arn: str, text: str | None) -> dict[str, Any] | None:
    """Raises Upstream for what can't be understood: to take it for nothing would be to write over it."""
    if not text:
        return None
    try:
        found = json.loads(text)
    except ValueError as error:
        raise Upstream(f"The policy of {arn} is not JSON.", reason="unreadable_policy") from error
    if not isinstance(found, dict):
        raise Upstream(f"The policy of {arn} is not a JSON object.", reason="unreadable_policy")
    return found


def _of_pairs(found: Collection[Mapping[str, str]]) -> dict[str, str]:
    return {pair["Key"]: pair["Value"] for pair in found}


def _pairs(tags: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in sorted(tags.items())]
