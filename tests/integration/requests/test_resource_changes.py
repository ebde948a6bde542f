"""Policies and tags of buckets, queues and topics: asked for, approved, written, and taken back, over the real workflow."""

import json
from typing import Any

import boto3
import pytest

from chalicelib.core.errors import Forbidden, InvalidInput
from chalicelib.inventory.models import ResourceWrite
from chalicelib.settings import load
from tests.support import aws
from tests.support.request_world import ADA, BO, EVE, HUB, SPOKE, ZOE, World, body

BUCKET = "arn:aws:s3:::settlement-exports"
HOUR = 3600


def statement(account: str, **more: Any) -> dict[str, Any]:
    principal = {"AWS": f"arn:aws:iam::{account}:root"}
    return {"Effect": "Allow", "Principal": principal, "Action": "s3:GetObject", "Resource": f"{BUCKET}/*", **more}


def policy(*statements: dict[str, Any]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


OLD = policy(statement("333333333333", Sid="Theirs"))


def asked(change_type: str = "resource_policy", **more: Any) -> dict[str, Any]:
    principal = {"principal_type": "AwsResource", "principal_arn": BUCKET}
    return body({"principal": principal, "change_type": change_type, **more})


class Bucket:
    def __init__(self, shop: World) -> None:
        self.shop = shop
        keys = boto3.client("sts", aws.REGION).assume_role(
            RoleArn=f"arn:aws:iam::{SPOKE}:role/somebody", RoleSessionName="somebody"
        )["Credentials"]
        session = boto3.Session(keys["AccessKeyId"], keys["SecretAccessKey"], keys["SessionToken"], aws.REGION)
        self.s3 = session.client("s3")
        with shop.boundary.unguarded():
            self.s3.create_bucket(Bucket="settlement-exports")
            self.put(OLD)
            self.s3.delete_bucket_tagging(Bucket="settlement-exports")
            row = ResourceWrite(
                arn=BUCKET,
                name="settlement-exports",
                content_hash="1",
                detail=b"",
                tags={},
                owner=None,
                technology="AWS::S3::Bucket",
                granted={},
                replaces="",
            )
            shop.container().inventory.resources.write(SPOKE, "s3_bucket", [row], shop.clock.now())

    def put(self, document: dict[str, Any]) -> None:
        with self.shop.boundary.unguarded():
            self.s3.put_bucket_policy(Bucket="settlement-exports", Policy=json.dumps(document))

    @property
    def policy(self) -> dict[str, Any]:
        with self.shop.boundary.unguarded():
            found: dict[str, Any] = json.loads(self.s3.get_bucket_policy(Bucket="settlement-exports")["Policy"])
        return found

    @property
    def tags(self) -> dict[str, str]:
        with self.shop.boundary.unguarded():
            try:
                found = self.s3.get_bucket_tagging(Bucket="settlement-exports")["TagSet"]
            except self.s3.exceptions.ClientError:
                return {}
        return {tag["Key"]: tag["Value"] for tag in found}


@pytest.fixture
def bucket(shop: World) -> Bucket:
    return Bucket(shop)


def approve(shop: World, request_id: str) -> None:
    """Two do, where somebody from outside is let in."""
    for user in (ADA, BO):
        shop.sign_in(user)
        if shop.state(request_id) == "pending":
            shop.order(user, request_id, "approve_request", **shop.shown(request_id))
    shop.workflows.run()


def approved(shop: World, asked: dict[str, Any]) -> str:
    request_id = shop.requested(EVE, asked)
    approve(shop, request_id)
    return request_id


def accounts(policy: dict[str, Any]) -> list[str]:
    return [one["Principal"]["AWS"].split(":")[4] for one in policy["Statement"]]


def test_the_bucket_gets_exactly_the_policy_that_was_approved(shop: World, bucket: Bucket) -> None:
    wanted = policy(statement("333333333333", Sid="Theirs"), statement("444444444444"))
    request_id = approved(shop, asked(policy={"policy_document": wanted}))
    assert shop.state(request_id) == "applied", shop.find(request_id).records
    assert bucket.policy == wanted


def test_statements_for_a_time_come_and_go_beside_each_other(shop: World, bucket: Bucket) -> None:
    now = shop.clock.now()
    first = approved(shop, asked(statements=[statement("444444444444")], until=now + HOUR))
    second = approved(shop, asked(statements=[statement("555555555555")], until=now + 3 * HOUR))
    assert [shop.state(one) for one in (first, second)] == ["applied", "applied"]
    assert accounts(bucket.policy) == ["333333333333", "444444444444", "555555555555"]
    shop.tick(HOUR)
    shop.tick()
    assert [shop.state(one) for one in (first, second)] == ["ended", "applied"]
    assert accounts(bucket.policy) == ["333333333333", "555555555555"]
    shop.tick(2 * HOUR)
    shop.tick()
    assert shop.state(second) == "ended"
    assert bucket.policy == OLD


def test_a_policy_that_somebody_has_changed_since_the_review_is_not_written_over(shop: World, bucket: Bucket) -> None:
    request_id = shop.requested(EVE, asked(statements=[statement("444444444444")]))
    meanwhile = policy(statement("333333333333", Sid="Theirs"), statement("666666666666"))
    bucket.put(meanwhile)
    approve(shop, request_id)
    assert (shop.state(request_id), bucket.policy) == ("needs_rebase", meanwhile)


def test_a_tag_for_a_time_is_as_it_was_afterwards(shop: World, bucket: Bucket) -> None:
    tag = {"tag_action": "create", "key": "stage", "value": "test"}
    request_id = approved(shop, asked("resource_tag", **tag, until=shop.clock.now() + HOUR))
    assert (shop.state(request_id), bucket.tags) == ("applied", {"stage": "test"})
    shop.tick(HOUR)
    shop.tick()
    assert (shop.state(request_id), bucket.tags) == ("ended", {})


def test_a_bucket_that_the_inventory_does_not_know_is_refused_and_nothing_is_stored(shop: World) -> None:
    there = f"{BUCKET}-of-others"
    document = policy({**statement("444444444444"), "Resource": f"{there}/*"})
    with pytest.raises(InvalidInput, match="there is no bucket"):
        shop.submit(EVE, asked(arn=there, policy={"policy_document": document}))


def test_what_the_page_sent_is_what_the_page_is_shown(shop: World, bucket: Bucket) -> None:
    answer = shop.submit(EVE, asked(statements=[statement("444444444444")]))
    assert answer.extended_request is not None
    (change,) = answer.extended_request.changes.changes
    assert (change.arn, change.statements, change.supported) == (BUCKET, [statement("444444444444")], True)
    assert change.old_policy is not None
    assert change.old_policy["policy_document"] == OLD == bucket.policy


def test_queues_and_buckets_of_the_product_itself_are_changed_by_no_request(shop: World) -> None:
    settings = load()
    own = [
        f"arn:aws:s3:::{settings.bucket}",
        f"arn:aws:sqs:{aws.REGION}:{HUB}:{settings.table_prefix}authorizations.fifo",
    ]
    for arn in own:
        document = policy({**statement("444444444444"), "Action": f"{arn.split(':')[2]}:*", "Resource": arn})
        with pytest.raises(Forbidden, match="belongs to this product"):
            shop.submit(EVE, asked(arn=arn, policy={"policy_document": document}))
    stranger = f"arn:aws:sqs:{aws.REGION}:{SPOKE}:{settings.table_prefix}orders"
    document = policy({**statement("444444444444"), "Action": "sqs:*", "Resource": stranger})
    with pytest.raises(InvalidInput, match="Resource not found"):
        shop.submit(EVE, asked(arn=stranger, policy={"policy_document": document}))


def test_a_tag_that_two_requests_keep_stays_until_the_later_one_ends(shop: World, bucket: Bucket) -> None:
    now = shop.clock.now()
    tag = {"tag_action": "create", "key": "stage", "value": "test"}
    first = approved(shop, asked("resource_tag", **tag, until=now + HOUR))
    second = approved(shop, asked("resource_tag", **tag, until=now + 3 * HOUR))
    assert [shop.state(one) for one in (first, second)] == ["applied", "applied"]
    shop.tick(HOUR)
    shop.tick()
    assert ([shop.state(one) for one in (first, second)], bucket.tags) == (["ended", "applied"], {"stage": "test"})
    shop.tick(2 * HOUR)
    shop.tick()
    assert (shop.state(second), bucket.tags) == ("ended", {})


def test_a_longer_end_of_statements_is_asked_for_anew(shop: World, bucket: Bucket) -> None:
    now = shop.clock.now()
    first = approved(shop, asked(statements=[statement("444444444444")], until=now + HOUR))
    told = shop.order(EVE, first, "extend_request", until=now + 3 * HOUR)
    longer = told.action_results[0].message.rpartition("/")[2]
    shop.workflows.run()
    approve(shop, longer)
    shop.tick(HOUR)
    shop.tick()
    assert [shop.state(one) for one in (first, longer)] == ["ended", "applied"]
    assert accounts(bucket.policy) == ["333333333333", "444444444444"]


def test_an_approver_of_the_bucket_s_account_decides_about_it_and_one_of_another_account_does_not(
    shop: World, bucket: Bucket
) -> None:
    """The ARN does not say whose it is; the inventory does."""
    of = {"principals": [f"user:{BO}"], "permission": "can_admin_policies", "where": {"accounts": [SPOKE]}}
    elsewhere = {**of, "principals": [f"user:{ZOE}"], "where": {"accounts": ["333333333333"]}}
    shop.configure(groups={"scopes": [of, elsewhere]})
    tag = {"tag_action": "create", "key": "stage", "value": "test"}
    request_id = shop.requested(EVE, asked("resource_tag", **tag))
    with pytest.raises(Forbidden):
        shop.order(ZOE, request_id, "approve_request", **shop.shown(request_id))
    shop.order(BO, request_id, "approve_request", **shop.shown(request_id))
    shop.workflows.run()
    assert (shop.state(request_id), bucket.tags) == ("applied", {"stage": "test"})
