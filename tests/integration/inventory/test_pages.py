"""Pages of resources, read through to AWS: what they tell, what they hide, and how old they say they are.

One world for all tests: each has resources of its own.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from chalicelib.accounts.models import AccountStatus
from chalicelib.core.arn import Arn
from chalicelib.core.errors import InvalidInput, NotFound
from chalicelib.core.exposure import Kind
from chalicelib.identity.permissions import View
from chalicelib.inventory.pages.addresses import resource
from chalicelib.inventory.pages.resource_details import details_of, versions_of
from chalicelib.inventory.pages.services import PageServices
from chalicelib.inventory.pages.show_resource import ResourcePage
from tests.support.aws import REGION, aws_tables, refusing
from tests.support.builders import caller
from tests.support.estate import CONFIGURATION, FIRST, HUB, SECOND, Estate, estate

ADMINISTRATOR, ENGINEER = "ada@example.com", "ben@example.com"
NUMBERS = count(1)
HIDDEN = f"arn:aws:iam::{FIRST}:role/hidden-*"
POLICY: dict[str, Any] = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}],
}


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory, on_our_tables: None) -> Iterator[Estate]:
    directory: Path = tmp_path_factory.mktemp("pages")
    with (
        pytest.MonkeyPatch.context() as patches,
        aws_tables(patches),
        estate(patches, directory) as running,
    ):
        static = {**CONFIGURATION["accounts"]["static"], HUB: {"name": "hub"}}
        running.configure(
            accounts={"sources": ["static"], "static": static},
            inventory={},
            visibility={"rules": [{"where": {"resources": [HIDDEN]}}, {"where": {"accounts": [SECOND]}}]},
        )
        running.begin()
        yield running


def pages(world: Estate) -> PageServices:
    return world.container().inventory.pages


def view(world: Estate, user: str = ENGINEER) -> View:
    return world.container().identity.permissions.view(caller(user))


def shown(world: Estate, kind: str, rest: str, account: str = FIRST, *, fresh: bool = False) -> ResourcePage:
    return pages(world).show_resource.of(resource(kind, "aws", account, rest), view(world), fresh=fresh)


def fresh_name(begin: str = "app") -> str:
    return f"{begin}-{next(NUMBERS)}"


def missing(world: Estate, kind: str, rest: str, account: str = FIRST) -> NotFound:
    with pytest.raises(NotFound) as caught:
        shown(world, kind, rest, account)
    return caught.value


def allow(principal: Any, arn: str) -> dict[str, Any]:
    statement = {"Sid": "In", "Effect": "Allow", "Principal": principal, "Action": "sqs:SendMessage", "Resource": arn}
    return {"Version": "2012-10-17", "Statement": [statement]}


def test_a_role_that_the_inventory_does_not_know_is_read_in_aws_and_kept(world: Estate) -> None:
    name = fresh_name()
    arn = world.create_role(FIRST, name, Path="/team/", Description="Deploys")
    page = pages(world).show_role.of(FIRST, name, view(world))
    assert (page.role.arn, page.role.description, page.page.read_at) == (arn, "Deploys", world.clock.now())
    assert page.page.observed_at == world.clock.now()
    again = pages(world).show_role.of(FIRST, f"team/{name}", view(world))
    assert (again.role, again.page.read_at) == (page.role, None)


def test_what_is_asked_for_afresh_is_as_aws_has_it_now(world: Estate) -> None:
    name = fresh_name()
    world.create_role(FIRST, name, {"owner": "old@example.com"})
    assert pages(world).show_role.of(FIRST, name, view(world)).page.owner == "old@example.com"
    world.tag_role(FIRST, name, owner="new@example.com")
    assert pages(world).show_role.of(FIRST, name, view(world)).page.owner == "old@example.com"
    world.clock.advance(10)
    assert pages(world).show_role.of(FIRST, name, view(world), fresh=True).page.owner == "new@example.com"
    assert pages(world).show_role.of(FIRST, name, view(world)).page.owner == "new@example.com"


def test_a_change_that_a_page_finds_is_kept_in_the_history(world: Estate) -> None:
    name = fresh_name()
    arn = world.create_role(FIRST, name)
    pages(world).show_role.of(FIRST, name, view(world))
    assert pages(world).show_history.of(arn, view(world)).versions == ()
    world.tag_role(FIRST, name, tier="1")
    world.clock.advance(10)
    pages(world).show_role.of(FIRST, name, view(world), fresh=True)
    newest, oldest = pages(world).show_history.of(arn, view(world)).versions
    assert (newest.at, newest.changed, oldest.changed) == (world.clock.now(), ("tags",), ())
    told = pages(world).show_history.difference(arn, newest.id, view(world))
    assert told.before is not None
    assert told.after is not None
    assert (told.before["tags"], told.after["tags"]) == ({}, {"tier": "1"})
    assert pages(world).show_history.difference(arn, oldest.id, view(world)).before is None
    with pytest.raises(NotFound, match="last twenty"):
        pages(world).show_history.difference(arn, "0-00000000", view(world))


def test_what_somebody_guesses_is_asked_of_aws_and_written_nowhere(world: Estate) -> None:
    world.calls.clear()
    with pytest.raises(NotFound, match="neither in the inventory nor in AWS"):
        pages(world).show_role.of(FIRST, fresh_name("guessed"), view(world))
    assert world.calls.writes_to(world.table) == []


def test_a_role_that_is_gone_from_aws_is_gone_when_it_is_asked_for_afresh(world: Estate) -> None:
    name = fresh_name()
    arn = world.create_role(FIRST, name)
    pages(world).show_role.of(FIRST, name, view(world))
    world.iam(FIRST).delete_role(RoleName=name)
    world.clock.advance(10)
    with pytest.raises(NotFound, match="neither in the inventory nor in AWS"):
        pages(world).show_role.of(FIRST, name, view(world), fresh=True)
    assert [one.gone for one in pages(world).show_history.of(arn, view(world)).versions] == [True, False]


def test_when_aws_fails_what_is_known_is_shown_with_the_reason(world: Estate) -> None:
    name = fresh_name()
    world.create_role(FIRST, name)
    before = pages(world).show_role.of(FIRST, name, view(world))
    world.clock.advance(10)
    with refusing("iam.GetRole", "ServiceFailure", 500):
        page = pages(world).show_role.of(FIRST, name, view(world), fresh=True)
    assert (page.role, page.page.read_at) == (before.role, None)
    assert page.page.warning is not None
    assert "ServiceFailure" in page.page.warning


def test_aws_is_not_asked_twice_within_seconds(world: Estate) -> None:
    name = fresh_name()
    world.create_role(FIRST, name)
    pages(world).show_role.of(FIRST, name, view(world))
    seen = len([1 for operation, _ in world.calls.seen if operation == "GetRole"])
    for _ in range(3):
        pages(world).show_role.of(FIRST, name, view(world), fresh=True)
    assert len([1 for operation, _ in world.calls.seen if operation == "GetRole"]) == seen


def test_what_an_event_brought_meanwhile_is_shown_and_not_what_was_read_seconds_ago(world: Estate) -> None:
    name = fresh_name()
    arn = world.create_role(FIRST, name)
    pages(world).show_role.of(FIRST, name, view(world), fresh=True)
    world.tag_role(FIRST, name, owner="newer@example.com")
    world.clock.advance(1)
    world.container().inventory.refresh.one.run(arn)
    page = pages(world).show_role.of(FIRST, name, view(world), fresh=True).page
    assert (page.owner, page.read_at) == ("newer@example.com", world.clock.now() - 1)


def test_a_role_that_came_back_is_shown_although_it_was_missing_seconds_ago(world: Estate) -> None:
    name = fresh_name()
    with pytest.raises(NotFound):
        pages(world).show_role.of(FIRST, name, view(world))
    arn = world.create_role(FIRST, name)
    world.clock.advance(1)
    world.container().inventory.refresh.one.run(arn)
    assert pages(world).show_role.of(FIRST, name, view(world), fresh=True).role.arn == arn


@pytest.mark.parametrize("fresh", [False, True])
def test_what_is_hidden_is_answered_as_what_does_not_exist_and_aws_is_not_asked(world: Estate, *, fresh: bool) -> None:
    name = fresh_name("hidden")
    world.create_role(FIRST, name)
    seen = len(world.calls.seen)
    with pytest.raises(NotFound) as caught:
        pages(world).show_role.of(FIRST, name, view(world), fresh=fresh)
    assert not [operation for operation, _ in world.calls.seen[seen:] if operation == "GetRole"]
    with pytest.raises(NotFound) as absent:
        pages(world).show_role.of(FIRST, "absent", view(world))
    assert caught.value.message.replace(name, "absent") == absent.value.message
    assert pages(world).show_role.of(FIRST, name, view(world, ADMINISTRATOR)).role.name == name


def test_a_hidden_role_stays_hidden_from_whoever_asks_right_after_somebody_who_sees_it(world: Estate) -> None:
    name = fresh_name()
    world.create_role(FIRST, name, Path="/hidden-team/")
    assert pages(world).show_role.of(FIRST, name, view(world, ADMINISTRATOR), fresh=True).role.name == name
    with pytest.raises(NotFound):
        pages(world).show_role.of(FIRST, name, view(world), fresh=True)


def test_what_a_hidden_role_was_before_is_hidden_too(world: Estate) -> None:
    name = fresh_name("hidden")
    arn = world.create_role(FIRST, name)
    one = world.container().inventory.refresh.one
    one.run(arn)
    world.tag_role(FIRST, name, tier="1")
    world.clock.advance(1)
    one.run(arn)
    assert len(pages(world).show_history.of(arn, view(world, ADMINISTRATOR)).versions) == 2
    never = f"arn:aws:iam::{FIRST}:role/never"
    answers = []
    for asked in (arn, never):
        with pytest.raises(NotFound) as caught:
            pages(world).show_history.of(asked, view(world))
        answers.append(caught.value.message.replace(asked, "x"))
    assert answers[0] == answers[1]


def test_a_failure_of_aws_reads_like_an_absence_to_whoever_asks_for_what_is_hidden(world: Estate) -> None:
    world.create_role(FIRST, hidden := fresh_name("hidden"))
    absent = fresh_name("absent")
    with refusing("iam.GetRole", "ServiceFailure", 500):
        answers = []
        for name in (hidden, absent):
            with pytest.raises(NotFound) as caught:
                pages(world).show_role.of(FIRST, name, view(world))
            answers.append(caught.value.message.replace(name, "x"))
    assert answers[0] == answers[1]


def test_accounts_that_are_hidden_or_unknown_are_answered_alike(world: Estate) -> None:
    name = fresh_name()
    world.create_role(SECOND, name)
    answers = []
    for account in (SECOND, "999999999999"):
        with pytest.raises(NotFound) as caught:
            pages(world).show_role.of(account, name, view(world))
        answers.append((caught.value.reason, caught.value.message.replace(account, "x")))
    assert answers[0] == answers[1]
    assert pages(world).policy_documents.arns(SECOND, view(world)) == []


def test_a_users_page_tells_groups_and_policies(world: Estate) -> None:
    name = fresh_name("user")
    iam = world.iam(FIRST)
    iam.create_user(UserName=name, Path="/people/", Tags=[{"Key": "owner", "Value": "team@example.com"}])
    group = fresh_name("group")
    iam.create_group(GroupName=group)
    iam.add_user_to_group(GroupName=group, UserName=name)
    iam.put_user_policy(UserName=name, PolicyName="own", PolicyDocument=json.dumps(POLICY))
    page = pages(world).show_user.of(FIRST, name, view(world))
    assert (page.user.arn, page.page.owner) == (f"arn:aws:iam::{FIRST}:user/people/{name}", "team@example.com")
    assert (page.user.groups, page.user.inline_policies[0].document) == ((group,), POLICY)
    assert "AWS::IAM::User" in unquote(unquote(page.page.config_timeline_url))


def test_a_bucket_has_an_empty_policy_when_it_has_none(world: Estate) -> None:
    name = fresh_name("bucket")
    world.client(FIRST, "s3").create_bucket(Bucket=name)
    page = shown(world, "s3", name)
    details = details_of(page.record)
    assert (page.record.arn, details["Policy"], details["TagSet"]) == (f"arn:aws:s3:::{name}", {}, [])
    assert details["created_time"].endswith("Z")
    assert "ResponseMetadata" not in details
    assert not page.exposure.outsiders


def test_a_bucket_of_another_account_is_not_there_and_stays_known_where_it_is(world: Estate) -> None:
    name = fresh_name("bucket")
    world.client(HUB, "s3").create_bucket(Bucket=name)
    assert shown(world, "s3", name, HUB).record.account_id == HUB
    missing(world, "s3", name, FIRST)
    assert shown(world, "s3", name, HUB).record.name == name


def test_a_queue_tells_its_attributes_as_strings_and_whom_its_policy_lets_in(world: Estate) -> None:
    name = fresh_name("queue")
    arn = f"arn:aws:sqs:{REGION}:{FIRST}:{name}"
    world.client(FIRST, "sqs").create_queue(QueueName=name, tags={"team": "pay"})
    plain = shown(world, "sqs", f"{REGION}/{name}")
    details = details_of(plain.record)
    assert "Policy" not in details
    assert (details["VisibilityTimeout"], details["TagSet"]) == ("30", [{"Key": "team", "Value": "pay"}])
    assert details["QueueUrl"].endswith(name)
    assert details["created_time"].endswith("Z")
    url = details["QueueUrl"]
    policy = allow({"AWS": ["*", f"arn:aws:iam::{HUB}:root", f"arn:aws:iam::{SECOND}:root"]}, arn)
    world.client(FIRST, "sqs").set_queue_attributes(QueueUrl=url, Attributes={"Policy": json.dumps(policy)})
    world.clock.advance(10)
    page = shown(world, "sqs", f"{REGION}/{name}", fresh=True)
    assert details_of(page.record)["Policy"] == policy
    assert [one.kind for one in page.exposure.outsiders] == [Kind.ACCOUNT, Kind.ACCOUNT, Kind.EVERYBODY]
    # The second account is ours too, and whoever looks does not see it.
    assert (page.exposure.public, page.known_accounts) == (True, {HUB: "hub"})


def test_a_topic_tells_its_attributes_and_tags(world: Estate) -> None:
    name = fresh_name("topic")
    world.client(FIRST, "sns").create_topic(Name=name, Tags=[{"Key": "team", "Value": "pay"}])
    details = details_of(shown(world, "sns", f"{REGION}/{name}").record)
    assert details["TopicArn"] == f"arn:aws:sns:{REGION}:{FIRST}:{name}"
    assert details["TagSet"] == [{"Key": "team", "Value": "pay"}]
    assert isinstance(details["Policy"], dict)


def test_a_managed_policy_tells_its_document_its_versions_and_whom_it_is_attached_to(world: Estate) -> None:
    name, role, other = fresh_name("policy"), fresh_name(), fresh_name("hidden")
    iam = world.iam(FIRST)
    arn = iam.create_policy(PolicyName=name, Path="/team/", PolicyDocument=json.dumps(POLICY))["Policy"]["Arn"]
    newer: dict[str, Any] = {**POLICY, "Statement": [{**POLICY["Statement"][0], "Action": "s3:*"}]}
    iam.create_policy_version(PolicyArn=arn, PolicyDocument=json.dumps(newer), SetAsDefault=True)
    attached = world.create_role(FIRST, role, Path="/deep/")
    iam.attach_role_policy(RoleName=role, PolicyArn=arn)
    world.create_role(FIRST, other)
    iam.attach_role_policy(RoleName=other, PolicyArn=arn)
    page = shown(world, "managed_policy", f"/team/{name}")
    assert (page.record.arn, details_of(page.record)["Policy"]) == (arn, newer)
    assert [(one.version_id, default) for one, default in versions_of(page.record)] == [("v2", True), ("v1", False)]
    pages(world).show_role.of(FIRST, role, view(world))
    (found,) = pages(world).attached_principals.of(arn, view(world))
    assert (found.kind, found.name, found.arn) == ("role", role, attached)
    assert len(pages(world).attached_principals.of(arn, view(world, ADMINISTRATOR))) == 2
    assert arn in pages(world).policy_documents.arns(FIRST, view(world))


@contextmanager
def awss_own(world: Estate, name: str) -> Iterator[str]:
    """A policy of AWS's, of which the embedded AWS has none: its ARN."""
    arn = f"arn:aws:iam::aws:policy/{name}"

    def policy(parameters: dict[str, Any], answer: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        return {"Policy": {"DefaultVersionId": "v7"}} if parameters["PolicyArn"] == arn else answer()

    def version(parameters: dict[str, Any], answer: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        asked = parameters["PolicyArn"] == arn and parameters["VersionId"] == "v7"
        return {"PolicyVersion": {"Document": POLICY}} if asked else answer()

    def attached(_: object, answer: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        told = answer()
        return {**told, "AttachedPolicies": [*told["AttachedPolicies"], {"PolicyName": name, "PolicyArn": arn}]}

    world.calls.on("GetPolicy", policy)
    world.calls.on("GetPolicyVersion", version)
    world.calls.on("ListAttachedRolePolicies", attached)
    try:
        yield arn
    finally:
        world.calls.rules.clear()


def role_with_policies(world: Estate) -> tuple[str, str]:
    """The role's ARN and the name of its account's own policy."""
    name, role = fresh_name("policy"), fresh_name()
    own = world.iam(FIRST).create_policy(PolicyName=name, PolicyDocument=json.dumps(POLICY))["Policy"]["Arn"]
    arn = world.create_role(FIRST, role)
    world.iam(FIRST).attach_role_policy(RoleName=role, PolicyArn=own)
    return arn, name


def test_documents_of_what_is_attached_come_from_the_account_and_from_aws(world: Estate) -> None:
    documents = pages(world).policy_documents
    with awss_own(world, "ReadOnlyAccess") as aws_arn:
        arn, name = role_with_policies(world)
        told = documents.of_principal(arn, view(world))
        assert (told.documents, told.failures) == ({name: POLICY, "ReadOnlyAccess": POLICY}, ())
    # It is kept for an hour; afterwards the embedded AWS knows none.
    assert documents.document(aws_arn, view(world)) == POLICY
    world.clock.advance(3600)
    with pytest.raises(NotFound):
        documents.document(aws_arn, view(world))


def test_what_cannot_be_read_of_one_policy_does_not_keep_the_others(world: Estate) -> None:
    documents = pages(world).policy_documents
    with awss_own(world, "Vanishing") as aws_arn:
        arn, name = role_with_policies(world)
        pages(world).show_role.of(FIRST, Arn.parse(arn).name, view(world))
    told = documents.of_principal(arn, view(world))
    assert list(told.documents) == [name]
    assert [failure.partition(": ")[0] for failure in told.failures] == [aws_arn]


@pytest.mark.parametrize("wrong", ["no-arn", f"arn:aws:iam::{FIRST}:role/app", "arn:aws:s3:::bucket"])
def test_what_is_no_managed_policy_is_said_with_an_example(world: Estate, wrong: str) -> None:
    with pytest.raises(InvalidInput, match="arn:aws:iam::123456789012"):
        pages(world).policy_documents.document(wrong, view(world))
    with pytest.raises(InvalidInput):
        pages(world).policy_documents.of_principal("arn:aws:s3:::bucket", view(world))


def test_a_policy_of_awss_that_does_not_exist_is_not_found(world: Estate) -> None:
    with pytest.raises(NotFound, match="AWS has no managed policy"):
        pages(world).policy_documents.document("arn:aws:iam::aws:policy/Nothing", view(world))


@pytest.mark.parametrize(
    ("kind", "rest", "words"),
    [
        ("s3", "missing-bucket", "No bucket 'arn:aws:s3:::missing-bucket'"),
        ("sqs", f"{REGION}/missing", "No queue"),
        ("sqs", "missing", "/sqs/<region>/missing"),
        ("sns", "eu-north-1/missing", "No topic"),
        ("sns", "nowhere-1/missing", "No topic"),
        ("sns", f"{REGION}/a/b", "No topic"),
        ("managed_policy", "//team//missing", "No managed policy 'team//missing'"),
        ("lambda", "x", "s3, sqs, sns and managed_policy"),
        ("s3", "röhre\u202e", "No bucket"),
        ("s3", "x" * 5000, "No bucket"),
    ],
)
def test_what_is_not_there_says_what_to_do(world: Estate, kind: str, rest: str, words: str) -> None:
    assert words in missing(world, kind, rest).message


def test_what_is_listed_nowhere_is_not_read_either(world: Estate) -> None:
    name, elsewhere = fresh_name("topic"), "eu-north-1"
    world.client(FIRST, "sns", elsewhere).create_topic(Name=name)
    missing(world, "sns", f"{elsewhere}/{name}")
    assert elsewhere not in world.container().deployment.regions


def test_an_account_that_is_not_active_is_not_asked(world: Estate) -> None:
    name = fresh_name()
    world.create_role(FIRST, name)
    pages(world).show_role.of(FIRST, name, view(world))
    store = world.container().inventory.accounts
    record = store.find(FIRST) or pytest.fail("it is in the directory")
    suspended = record.account.model_copy(update={"status": AccountStatus.SUSPENDED})
    now = world.clock.now()
    store.put(suspended, now, record)
    try:
        page = pages(world).show_role.of(FIRST, name, view(world), fresh=True)
    finally:
        store.put(record.account, now, store.find(FIRST))
    assert page.page.warning == "AWS is not asked: the account is SUSPENDED."
    assert page.role.name == name
