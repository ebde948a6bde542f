"""What CloudTrail would have told of calls to the embedded AWS, read by the product itself."""

import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import pytest
from botocore.exceptions import ClientError

from chalicelib.inventory.events.models import TrailEvent
from chalicelib.inventory.events.parse import parse
from chalicelib.inventory.events.subjects import concerns_accounts, subjects
from infra.local.embedded import Credentials, EmbeddedAws
from infra.local.gaps.deny import PATH, DenySite
from infra.local.gaps.encoded_messages import decode
from infra.local.http import HttpReply, HttpRequest
from infra.package import template
from tests.contract.support.described import ROOT
from tests.integration.local.conftest import HUB, REGION, Clients, trust

ACCOUNT = "222222222222"
STATEMENT = {"Effect": "Allow", "Action": "s3:ListAllMyBuckets", "Resource": "*"}
DOCUMENT = json.dumps({"Version": "2012-10-17", "Statement": [STATEMENT]})
TAGS = [{"Key": "team", "Value": "blue"}]
QUEUES = ("consoleme-trail-changes", "consoleme-trail-denies")

Told = Callable[[], list[TrailEvent]]


@pytest.fixture(scope="module", autouse=True)
def _bus(clients: Clients, embedded: EmbeddedAws) -> None:
    """Queues and rules of the product, in the hub."""
    whole = template.load(ROOT / "infra" / "data.yaml")
    wanted = {"AWS::SQS::Queue", "AWS::Events::Rule"}
    whole["Resources"] = {name: one for name, one in whole["Resources"].items() if one["Type"] in wanted}
    del whole["Outputs"], whole["Conditions"]
    clients("cloudformation").create_stack(StackName="data", TemplateBody=json.dumps(whole))
    embedded.trail.open(HUB, REGION)


@pytest.fixture
def told(clients: Clients) -> Iterator[Told]:
    """What came into the product's queues since it was asked last."""
    sqs = clients("sqs")

    def take() -> list[TrailEvent]:
        found = []
        for name in QUEUES:
            url = sqs.get_queue_url(QueueName=name)["QueueUrl"]
            while messages := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
                for message in messages:
                    found.append(parse(message["Body"]))
                    sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        return found

    take()
    yield take
    take()


def arns(events: list[TrailEvent]) -> list[set[str]]:
    return [{subject.arn for subject in subjects(event, "aws")} for event in events]


def changes_roles(iam: Any) -> None:
    name = {"RoleName": "app"}
    iam.create_role(**name, Path="/team/", AssumeRolePolicyDocument=DOCUMENT)
    iam.update_role(**name, Description="d")
    iam.tag_role(**name, Tags=TAGS)
    iam.untag_role(**name, TagKeys=["team"])
    iam.update_assume_role_policy(**name, PolicyDocument=trust("*"))
    iam.put_role_policy(**name, PolicyName="p", PolicyDocument=DOCUMENT)
    iam.delete_role_policy(**name, PolicyName="p")
    iam.delete_role(**name)


def test_a_role_from_its_creation_to_its_end(clients: Clients, told: Told) -> None:
    changes_roles(clients("iam", account_id=ACCOUNT))
    events = told()
    role = f"arn:aws:iam::{ACCOUNT}:role/"
    assert [event.name for event in events] == [
        "CreateRole",
        "UpdateRole",
        "TagRole",
        "UntagRole",
        "UpdateAssumeRolePolicy",
        "PutRolePolicy",
        "DeleteRolePolicy",
        "DeleteRole",
    ]
    assert arns(events) == [{f"{role}team/app"}, *[{f"{role}app"}] * 7]
    assert {(event.account_id, event.region, event.identity.kind) for event in events} == {
        (ACCOUNT, "us-east-1", "Root")
    }


def test_users_groups_and_policies(clients: Clients, told: Told) -> None:
    iam = clients("iam", account_id=ACCOUNT)
    iam.create_user(UserName="grace", Path="/navy/")
    iam.create_group(GroupName="navy")
    iam.add_user_to_group(UserName="grace", GroupName="navy")
    policy = iam.create_policy(PolicyName="p", Path="/team/", PolicyDocument=DOCUMENT)["Policy"]["Arn"]
    iam.create_policy_version(PolicyArn=policy, PolicyDocument=DOCUMENT)
    iam.attach_user_policy(UserName="grace", PolicyArn=policy)
    user, group = f"arn:aws:iam::{ACCOUNT}:user/", f"arn:aws:iam::{ACCOUNT}:group/navy"
    assert arns(told()) == [
        {f"{user}navy/grace"},
        {group},
        {f"{user}grace", group},
        {policy},
        {policy},
        {f"{user}grace"},
    ]


def test_buckets_queues_and_topics(clients: Clients, told: Told) -> None:
    s3, sqs, sns = (clients(service, account_id=ACCOUNT) for service in ("s3", "sqs", "sns"))
    s3.create_bucket(Bucket="data-of-222222222222")
    s3.put_bucket_policy(Bucket="data-of-222222222222", Policy=DOCUMENT)
    s3.put_bucket_tagging(Bucket="data-of-222222222222", Tagging={"TagSet": TAGS})
    s3.delete_bucket_tagging(Bucket="data-of-222222222222")
    s3.delete_bucket_policy(Bucket="data-of-222222222222")
    s3.put_object(Bucket="data-of-222222222222", Key="k", Body=b"x")
    url = sqs.create_queue(QueueName="orders")["QueueUrl"]
    sqs.tag_queue(QueueUrl=url, Tags={"team": "blue"})
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": "5"})
    sqs.send_message(QueueUrl=url, MessageBody="x")
    topic = sns.create_topic(Name="news")["TopicArn"]
    sns.tag_resource(ResourceArn=topic, Tags=TAGS)
    sns.publish(TopicArn=topic, Message="x")
    sns.delete_topic(TopicArn=topic)
    queue = f"arn:aws:sqs:{REGION}:{ACCOUNT}:orders"
    assert arns(told()) == [*[{"arn:aws:s3:::data-of-222222222222"}] * 5, *[{queue}] * 3, *[{topic}] * 3]


def test_the_organisation_says_when_an_account_was_made(clients: Clients, told: Told) -> None:
    organizations = clients("organizations")
    organizations.create_organization(FeatureSet="ALL")
    organizations.create_account(AccountName="new", Email="new@example.com")
    (event,) = told()
    assert (event.name, concerns_accounts(event)) == ("CreateAccountResult", True)


def session(clients: Clients, name: str, source_identity: str) -> Credentials:
    """Of a role in a path, without any policy."""
    clients("iam").create_user(UserName=f"caller-of-{name}")
    key = clients("iam").create_access_key(UserName=f"caller-of-{name}")["AccessKey"]
    actions = ("sts:AssumeRole", "sts:SetSourceIdentity")
    clients("iam").create_role(
        RoleName=name, Path="/ci/", AssumeRolePolicyDocument=trust(f"arn:aws:iam::{HUB}:root", actions=actions)
    )
    caller = clients("sts", credentials=Credentials(key["AccessKeyId"], key["SecretAccessKey"]))
    got = caller.assume_role(
        RoleArn=f"arn:aws:iam::{HUB}:role/ci/{name}", RoleSessionName="pipeline-7", SourceIdentity=source_identity
    )["Credentials"]
    return Credentials(got["AccessKeyId"], got["SecretAccessKey"], got["SessionToken"])


def test_behind_a_session_its_role_and_its_source_identity_are_told(clients: Clients, told: Told) -> None:
    keys = session(clients, "deployer", "ada@example.com")
    told()
    clients("iam", credentials=keys).create_group(GroupName="made-by-a-session")
    (event,) = told()
    assert event.identity.kind == "AssumedRole"
    assert event.identity.principal_arn == f"arn:aws:iam::{HUB}:role/ci/deployer"
    assert (event.identity.session_name, event.identity.source_identity) == ("pipeline-7", "ada@example.com")


def test_what_only_reads_and_what_failed_is_not_told(clients: Clients, told: Told) -> None:
    iam = clients("iam", account_id=ACCOUNT)
    iam.list_roles()
    with suppress(ClientError):
        iam.tag_role(RoleName="nobody", Tags=TAGS)
    clients("dynamodb").list_tables()
    assert told() == []


def test_a_role_that_may_not_be_taken_is_a_refusal(clients: Clients, told: Told) -> None:
    clients("iam").create_role(RoleName="closed", AssumeRolePolicyDocument=DOCUMENT)
    told()
    with suppress(ClientError):
        clients("sts").assume_role(RoleArn=f"arn:aws:iam::{HUB}:role/closed", RoleSessionName="somebody")
    (event,) = told()
    assert (event.name, event.refused, event.service) == ("AssumeRole", True, "sts")


class TestDeny:
    """`POST /local/deny`."""

    WHO = f"arn:aws:iam::{ACCOUNT}:role/ci/deployer"

    def post(self, embedded: EmbeddedAws, body: Any, **headers: str) -> HttpReply:
        site = DenySite(embedded.trail.put, lambda: frozenset({"127.0.0.1:8000"}))
        sent = {"Content-Type": "application/json", **headers}
        return site.answer(HttpRequest("POST", PATH, "", list(sent.items()), json.dumps(body).encode(), "127.0.0.1"))

    def test_it_becomes_the_event_of_a_session_of_that_role(self, embedded: EmbeddedAws, told: Told) -> None:
        body = {
            "who": self.WHO,
            "action": "s3:ListBucket",
            "resource": "arn:aws:s3:::b",
            "source_identity": "ada@example.com",
        }
        reply = self.post(embedded, body)
        assert reply.status == 200
        (event,) = told()
        assert event.event_id == json.loads(reply.body)["event_id"]
        assert (event.name, event.error_code, event.account_id) == ("ListObjects", "AccessDenied", ACCOUNT)
        assert event.identity.principal_arn == self.WHO
        assert event.identity.source_identity == "ada@example.com"
        assert event.error_message == (
            f"User: arn:aws:sts::{ACCOUNT}:assumed-role/deployer/laptop is not authorized to perform: s3:ListBucket on "
            "resource: arn:aws:s3:::b because no identity-based policy allows the s3:ListBucket action"
        )

    @pytest.mark.parametrize(
        ("layer", "explicit", "words"),
        [
            ("permissions_boundary", False, "because no permissions boundary allows the sqs:SendMessage action"),
            ("service_control_policy", True, "with an explicit deny in a service control policy"),
            ("vpc_endpoint_policy", False, "because no VPC endpoint policy allows the sqs:SendMessage action"),
        ],
    )
    def test_the_policy_in_the_way_is_named_as_aws_names_it(
        self, embedded: EmbeddedAws, told: Told, layer: str, explicit: bool, words: str
    ) -> None:
        self.post(embedded, {"who": self.WHO, "action": "sqs:SendMessage", "layer": layer, "explicit": explicit})
        (event,) = told()
        assert event.error_message.endswith(words)

    def test_ec2_packs_what_it_has_to_say(self, embedded: EmbeddedAws, told: Told) -> None:
        self.post(embedded, {"who": self.WHO, "action": "ec2:RunInstances", "encoded": True})
        (event,) = told()
        assert event.error_code == "Client.UnauthorizedOperation"
        unpacked = json.loads(decode(event.error_message.rpartition(" ")[2]))
        assert (unpacked["context"]["action"], unpacked["explicitDeny"]) == ("ec2:RunInstances", False)

    @pytest.mark.parametrize(
        "body",
        [
            {},
            {"who": "ada@example.com", "action": "s3:GetObject"},
            {"who": WHO, "action": "everything"},
            {"who": WHO, "action": "s3:GetObject", "layer": "mood"},
        ],
    )
    def test_what_makes_no_sense_is_refused_and_makes_no_event(
        self, embedded: EmbeddedAws, told: Told, body: Any
    ) -> None:
        assert self.post(embedded, body).status == 400
        assert told() == []

    def test_another_site_makes_no_events(self, embedded: EmbeddedAws, told: Told) -> None:
        body = {"who": self.WHO, "action": "s3:GetObject"}
        assert self.post(embedded, body, Origin="https://evil.example").status == 403
        assert self.post(embedded, body, **{"Content-Type": "text/plain"}).status == 415
        assert told() == []


def test_a_message_that_nobody_encoded_is_none() -> None:
    for text in ("", "x", "bm90IHppcHBlZA"):
        with pytest.raises(ValueError, match=r"."):
            decode(text)
