"""Buckets, queues and topics: resources with a policy of their own."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from chalicelib.core.arn import Arn
from chalicelib.core.errors import AccessDeniedByAws, NotFound, Upstream
from chalicelib.inventory.resource_type import Place
from chalicelib.inventory.resources import s3_bucket, sns_topic, sqs_queue
from tests.support.aws import REGION
from tests.support.spoke_readers import SPOKE, Answer, Spokes, TellingReader, found, read

BUCKETS, QUEUES, TOPICS = s3_bucket.RESOURCE_TYPE, sqs_queue.RESOURCE_TYPE, sns_topic.RESOURCE_TYPE
FAR = "eu-west-1"
BUCKET, PLAIN = "arn:aws:s3:::records-archive", "arn:aws:s3:::records"
QUEUE, BARE = f"arn:aws:sqs:{FAR}:{SPOKE}:jobs.fifo", f"arn:aws:sqs:{FAR}:{SPOKE}:bare"
TOPIC = f"arn:aws:sns:{FAR}:{SPOKE}:alarms"
TAGS = {"owner": "Tomás Núñez 田中", "empty": ""}
WHEN = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
EVERYWHERE = [
    (BUCKETS, "", BUCKET),
    (BUCKETS, "", PLAIN),
    (QUEUES, FAR, QUEUE),
    (QUEUES, FAR, BARE),
    (TOPICS, FAR, TOPIC),
]


def policy(arn: str) -> dict[str, Any]:
    return {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "*", "Resource": arn}],
    }


def listed(tags: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in tags.items()]


@pytest.fixture(scope="module", autouse=True)
def _inhabited(cloud: Spokes) -> None:
    far = cloud.client("s3", region=FAR)
    far.create_bucket(Bucket="records-archive", CreateBucketConfiguration={"LocationConstraint": FAR})
    far.put_bucket_tagging(Bucket="records-archive", Tagging={"TagSet": listed(TAGS)})
    far.put_bucket_policy(Bucket="records-archive", Policy=json.dumps(policy(BUCKET)))
    cloud.client("s3").create_bucket(Bucket="records")
    cloud.client("s3", "333333333333").create_bucket(Bucket="somebody-elses")
    sqs = cloud.client("sqs", region=FAR)
    sqs.create_queue(
        QueueName="jobs.fifo", Attributes={"FifoQueue": "true", "Policy": json.dumps(policy(QUEUE))}, tags=TAGS
    )
    sqs.create_queue(QueueName="bare")
    sns = cloud.client("sns", region=FAR)
    sns.create_topic(Name="alarms", Attributes={"Policy": json.dumps(policy(TOPIC))}, Tags=listed(TAGS))


def test_a_bucket_comes_with_region_policy_and_tags_wherever_it_is(cloud: Spokes) -> None:
    buckets = found(BUCKETS, cloud.readers.of(SPOKE))
    assert set(buckets) == {BUCKET, PLAIN}
    assert (buckets[BUCKET].region, buckets[BUCKET].policy, buckets[BUCKET].tags) == (FAR, policy(BUCKET), TAGS)
    assert (buckets[PLAIN].region, buckets[PLAIN].policy, buckets[PLAIN].tags) == (REGION, None, {})
    assert buckets[PLAIN].created.endswith("Z")
    assert {bucket.account_id for bucket in buckets.values()} == {SPOKE}


def test_a_queue_comes_with_attributes_policy_and_tags(cloud: Spokes) -> None:
    queues = found(QUEUES, cloud.readers.of(SPOKE), FAR)
    assert set(queues) == {QUEUE, BARE}
    jobs = queues[QUEUE]
    assert (jobs.name, jobs.region, jobs.policy, jobs.tags) == ("jobs.fifo", FAR, policy(QUEUE), TAGS)
    assert jobs.attributes["VisibilityTimeout"] == "30"
    assert jobs.url.endswith(f"/{SPOKE}/jobs.fifo")
    assert "Policy" not in jobs.attributes
    assert jobs.created is not None
    assert jobs.created.startswith("20")
    assert queues[BARE].policy is None


def test_a_topic_comes_with_attributes_policy_and_tags(cloud: Spokes) -> None:
    topic = found(TOPICS, cloud.readers.of(SPOKE), FAR)[TOPIC]
    assert (topic.name, topic.region, topic.policy, topic.tags) == ("alarms", FAR, policy(TOPIC), TAGS)
    assert topic.attributes["Owner"] == SPOKE


def test_a_region_is_listed_by_itself(cloud: Spokes) -> None:
    assert found(QUEUES, cloud.readers.of(SPOKE), REGION) == {}
    assert found(TOPICS, cloud.readers.of(SPOKE), REGION) == {}


@pytest.mark.parametrize(("kind", "region", "arn"), EVERYWHERE)
def test_what_is_read_alone_is_what_the_listing_told(cloud: Spokes, kind: Any, region: str, arn: str) -> None:
    reader = cloud.readers.of(SPOKE)
    assert read(kind, reader, arn) == found(kind, reader, region)[arn]


@pytest.mark.parametrize(("kind", "region", "arn"), EVERYWHERE)
def test_what_does_not_exist_is_none(cloud: Spokes, kind: Any, region: str, arn: str) -> None:
    assert read(kind, cloud.readers.of(SPOKE), f"{arn}-gone") is None
    assert read(kind, cloud.readers.of("333333333333"), arn.replace(SPOKE, "333333333333")) is None


def test_messages_that_come_and_go_are_no_change_of_a_queue(cloud: Spokes) -> None:
    reader = cloud.readers.of(SPOKE)
    before = read(QUEUES, reader, BARE)
    cloud.client("sqs", region=FAR).send_message(QueueUrl=before.url, MessageBody="work")
    after = read(QUEUES, reader, BARE)
    assert after.counts != before.counts
    assert after.content_hash() == before.content_hash()


@pytest.mark.parametrize(
    ("kind", "arn", "page"),
    [
        (BUCKETS, BUCKET, "/s3/buckets/records-archive?region=eu-west-1"),
        (
            QUEUES,
            QUEUE,
            f"/sqs/v3/home?region=eu-west-1#/queues/https%3A%2F%2Fsqs.eu-west-1.amazonaws.com%2F{SPOKE}%2Fjobs.fifo",
        ),
        (TOPICS, TOPIC, f"/sns/v3/home?region=eu-west-1#/topic/{TOPIC}"),
    ],
)
def test_the_console_shows_it(cloud: Spokes, kind: Any, arn: str, page: str) -> None:
    assert kind.console(read(kind, cloud.readers.of(SPOKE), arn)) == page


def bucket_answers(**more: Answer) -> dict[str, Answer]:
    return {
        "list_buckets": {"Buckets": [{"Name": "b", "CreationDate": WHEN, "BucketRegion": FAR}]},
        "get_bucket_policy": NotFound("none", reason="NoSuchBucketPolicy"),
        "get_bucket_tagging": NotFound("none", reason="NoSuchTagSet"),
        **more,
    }


def queue_answers(**more: Answer) -> dict[str, Answer]:
    return {
        "list_queues": {"QueueUrls": [f"https://sqs.{FAR}.amazonaws.com/{SPOKE}/q"]},
        "get_queue_attributes": {"Attributes": {"QueueArn": f"arn:aws:sqs:{FAR}:{SPOKE}:q"}},
        "list_queue_tags": {"Tags": {"a": "b"}},
        **more,
    }


def topic_answers(**more: Answer) -> dict[str, Answer]:
    return {
        "list_topics": {"Topics": [{"TopicArn": f"arn:aws:sns:{FAR}:{SPOKE}:t"}]},
        "get_topic_attributes": {"Attributes": {"Owner": SPOKE}},
        "list_tags_for_resource": {"Tags": [{"Key": "a", "Value": "b"}]},
        **more,
    }


PARTS = [
    (BUCKETS, bucket_answers, "get_bucket_policy", "policy"),
    (BUCKETS, bucket_answers, "get_bucket_tagging", "tags"),
    (QUEUES, queue_answers, "get_queue_attributes", "attributes"),
    (QUEUES, queue_answers, "list_queue_tags", "tags"),
    (TOPICS, topic_answers, "get_topic_attributes", "attributes"),
    (TOPICS, topic_answers, "list_tags_for_resource", "tags"),
]


@pytest.mark.parametrize(("kind", "answers", "operation", "part"), PARTS)
def test_a_resource_whose_own_policy_refuses_us_is_shown_with_what_it_keeps_to_itself(
    kind: Any, answers: Any, operation: str, part: str
) -> None:
    denied = AccessDeniedByAws(
        "AccessDenied: not authorized with an explicit deny in a resource-based policy", reason="AccessDenied"
    )
    (record,) = found(kind, TellingReader(answers(**{operation: denied})), FAR).values()
    assert record.refused == (part,)
    assert record.account_id == SPOKE
    assert record.policy is None


@pytest.mark.parametrize(("kind", "answers", "operation", "part"), PARTS)
@pytest.mark.parametrize(
    "error",
    [
        AccessDeniedByAws("because no identity-based policy allows the action", reason="AccessDenied"),
        AccessDeniedByAws("with an explicit deny in a service control policy", reason="AccessDeniedException"),
        AccessDeniedByAws("The token has expired", reason="ExpiredToken"),
        Upstream("AWS did not answer"),
    ],
    ids=str,
)
def test_what_is_wrong_with_us_ends_the_listing_instead_of_emptying_every_row(
    kind: Any, answers: Any, operation: str, part: str, error: Exception
) -> None:
    with pytest.raises(type(error)):
        found(kind, TellingReader(answers(**{operation: error})), FAR)


@pytest.mark.parametrize(("kind", "answers", "operation", "part"), PARTS)
def test_one_that_vanishes_while_it_is_listed_is_left_out(kind: Any, answers: Any, operation: str, part: str) -> None:
    gone = NotFound("gone", reason="NoSuchBucket")
    assert found(kind, TellingReader(answers(**{operation: gone})), FAR) == {}


@pytest.mark.parametrize("text", ["{not json", "[]", '"text"', "null"])
@pytest.mark.parametrize(
    ("kind", "answers", "arn"),
    [
        (BUCKETS, lambda text: bucket_answers(get_bucket_policy={"Policy": text}), "arn:aws:s3:::b"),
        (
            QUEUES,
            lambda text: queue_answers(get_queue_attributes={"Attributes": {"Policy": text}}),
            f"arn:aws:sqs:{FAR}:{SPOKE}:q",
        ),
        (
            TOPICS,
            lambda text: topic_answers(get_topic_attributes={"Attributes": {"Policy": text}}),
            f"arn:aws:sns:{FAR}:{SPOKE}:t",
        ),
    ],
)
def test_a_garbled_policy_is_told_by_the_arn_of_its_resource(kind: Any, answers: Any, arn: str, text: str) -> None:
    (page,) = kind.pages(TellingReader(answers(text)), Place(SPOKE, FAR))
    assert page.records == ()
    assert page.unreadable == {arn: "Its policy is not a JSON object."}


def test_ten_thousand_buckets_come_page_by_page_and_the_listing_can_be_cut() -> None:
    names = [f"bucket-{number:05}" for number in range(10_000)]

    def page(parameters: dict[str, Any]) -> dict[str, Any]:
        start, most = int(parameters.get("ContinuationToken", "0")), parameters["MaxBuckets"]
        more = {"ContinuationToken": str(start + most)} if start + most < len(names) else {}
        rows = [{"Name": name, "CreationDate": WHEN, "BucketRegion": FAR} for name in names[start : start + most]]
        return {"Buckets": rows, **more}

    answers = bucket_answers(list_buckets=page)
    pages = list(BUCKETS.pages(TellingReader(answers), Place(SPOKE)))
    assert [record.name for one in pages for record in one.records] == names
    assert len(pages) == 10
    rest = BUCKETS.pages(TellingReader(answers), Place(SPOKE), after=pages[6].after)
    assert [record.name for one in rest for record in one.records] == names[7000:]


@pytest.mark.parametrize(("told", "region"), [("", "us-east-1"), ("EU", "eu-west-1"), ("eu-north-1", "eu-north-1")])
def test_a_bucket_whose_region_the_list_keeps_is_asked_where_it_is(told: str, region: str) -> None:
    bare = {"Buckets": [{"Name": "b", "CreationDate": WHEN}]}
    reader = TellingReader(bucket_answers(list_buckets=bare, get_bucket_location={"LocationConstraint": told or None}))
    assert found(BUCKETS, reader)["arn:aws:s3:::b"].region == region
    assert [more["region"] for operation, more in reader.asked if operation == "get_bucket_policy"] == [region]


def test_arns_are_of_the_partition_that_the_account_is_in() -> None:
    china = {"partition": "aws-cn"}
    assert set(found(BUCKETS, TellingReader(bucket_answers(), **china))) == {"arn:aws-cn:s3:::b"}
    attributes: Answer = AccessDeniedByAws("Access Denied", reason="AccessDenied")
    reader = TellingReader(queue_answers(get_queue_attributes=attributes), **china)
    assert set(found(QUEUES, reader, "cn-north-1")) == {f"arn:aws-cn:sqs:cn-north-1:{SPOKE}:q"}


@pytest.mark.parametrize(
    ("kind", "arn"),
    [
        (BUCKETS, "arn:aws:s3:::bucket/key"),
        (BUCKETS, "arn:aws:s3:::*"),
        (BUCKETS, f"arn:aws:s3:{FAR}:{SPOKE}:accesspoint/a"),
        (QUEUES, f"arn:aws:sqs::{SPOKE}:q"),
        (QUEUES, f"arn:aws:sqs:*:{SPOKE}:q"),
        (TOPICS, f"{TOPIC}:8f1c-subscription"),
        (TOPICS, f"arn:aws:sns:{FAR}:{SPOKE}:app/GCM/mine"),
    ],
)
def test_what_only_looks_like_one_is_not_owned(kind: Any, arn: str) -> None:
    assert not kind.owns(Arn.parse(arn))
