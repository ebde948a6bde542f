"""The gateway to buckets, queues, topics and managed policies, and its fake: both pass the same tests. And what only the real one meets."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from chalicelib.aws.resource_policies import ResourcePolicies, topic_default
from chalicelib.aws.sessions import Sessions
from chalicelib.changes.gateways import ResourceWriter
from chalicelib.core.arn import Arn
from chalicelib.core.errors import AccessDeniedByAws, Forbidden, InvalidInput, NotFound, Upstream
from tests.integration.changes.resource_cases import allowing
from tests.support.aws import REGION
from tests.support.calls import watched
from tests.support.change_estate import ACCOUNT, Estate, document, estate
from tests.support.resources import FakeResources

KINDS = ("bucket", "queue", "topic", "policy")
POLICED = KINDS[:3]
Gateway = Callable[[str], tuple[ResourceWriter, str]]


@pytest.fixture(scope="module")
def account() -> Iterator[Estate]:
    with estate() as made:
        yield made


def _new(account: Estate, kind: str) -> str:
    made: Callable[[], str] = getattr(account, kind)
    return made()


@pytest.fixture(params=["AWS", "fake"])
def gateway(request: pytest.FixtureRequest, account: Estate) -> Gateway:
    def made(kind: str) -> tuple[ResourceWriter, str]:
        arn = _new(account, kind)
        if request.param == "AWS":
            return account.resources, arn
        fake = FakeResources()
        fake.add(arn)
        return fake, arn

    return made


@pytest.mark.parametrize("kind", POLICED)
def test_a_policy_is_put_read_and_taken_away(gateway: Gateway, kind: str) -> None:
    resources, arn = gateway(kind)
    wanted = document(allowing(arn, "333333333333"))
    resources.set_policy(arn, wanted)
    assert resources.policy(arn) == wanted
    if kind != "topic":
        resources.set_policy(arn, None)
        assert resources.policy(arn) is None


@pytest.mark.parametrize("kind", KINDS)
def test_tags_of_others_stay_as_they_are(gateway: Gateway, kind: str) -> None:
    resources, arn = gateway(kind)
    assert resources.tags(arn) == {}
    resources.retag(arn, {"theirs": "1", "old": "2"}, ())
    resources.retag(arn, {"new": "3"}, ["old"])
    resources.retag(arn, {"new": "3"}, ["old"])
    assert resources.tags(arn) == {"theirs": "1", "new": "3"}
    resources.retag(arn, {}, ["theirs", "new"])
    assert resources.tags(arn) == {}


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_not_there_is_not_found(gateway: Gateway, kind: str) -> None:
    resources, arn = gateway(kind)
    assert resources.find(arn).arn == arn
    with pytest.raises(NotFound):
        resources.find(arn + "-none")
    with pytest.raises(NotFound):
        resources.tags(arn + "-none")


def test_a_topic_without_a_policy_of_ours_has_the_one_it_was_born_with(account: Estate) -> None:
    arn = account.topic()
    account.resources.set_policy(arn, document(allowing(arn, "333333333333")))
    account.resources.set_policy(arn, None)
    assert account.resources.policy(arn) == topic_default(Arn.parse(arn))


def test_a_queue_that_was_made_again_is_another_one(account: Estate, monkeypatch: pytest.MonkeyPatch) -> None:
    arn = account.queue()
    before = account.resources.find(arn).identity
    answer: dict[str, Any] = {"Attributes": {"CreatedTimestamp": "1780009999"}}
    with watched(monkeypatch) as calls:
        calls.on("GetQueueAttributes", lambda *_: answer)
        assert account.resources.find(arn).identity != before


def test_a_bucket_that_the_inventory_does_not_know_is_nobodys(account: Estate) -> None:
    sessions = Sessions(clock=account.clock, region=REGION, endpoint_url=None, states_endpoint_url=None)
    lost = ResourcePolicies(
        sessions,
        role_name="any",
        external_id=None,
        session_name="ada",
        account_of_bucket=lambda _: None,
        is_own=lambda _: False,
    )
    with pytest.raises(NotFound, match="does not say whose it is"):
        lost.policy("arn:aws:s3:::exports")


def test_every_call_about_a_bucket_names_its_owner(account: Estate, monkeypatch: pytest.MonkeyPatch) -> None:
    """A bucket of the same name in a stranger's account answers nothing."""
    arn = account.bucket()
    with watched(monkeypatch) as calls:
        account.resources.set_policy(arn, document(allowing(arn, "333333333333")))
        account.resources.policy(arn)
        account.resources.retag(arn, {"a": "b"}, ())
        account.resources.set_policy(arn, None)
        about = [parameters for _, parameters in calls.seen if "Bucket" in parameters]
        assert about
        assert all(parameters["ExpectedBucketOwner"] == ACCOUNT for parameters in about)


@pytest.mark.parametrize(
    ("kind", "operation"),
    [("bucket", "GetBucketPolicy"), ("queue", "GetQueueAttributes"), ("topic", "GetTopicAttributes")],
)
def test_a_policy_that_may_not_be_read_is_an_error_and_never_an_empty_one(
    account: Estate, monkeypatch: pytest.MonkeyPatch, kind: str, operation: str
) -> None:
    arn = _new(account, kind)
    with watched(monkeypatch) as calls:
        calls.refuse(operation, "AccessDenied")
        with pytest.raises(AccessDeniedByAws):
            account.resources.policy(arn)
        calls.refuse(operation, "InternalError")
        with pytest.raises(Upstream):
            account.resources.policy(arn)


@pytest.mark.parametrize("text", ["{", "[]", '"all"'])
def test_a_policy_that_is_garbled_is_an_error_and_never_an_empty_one(
    account: Estate, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    arn = account.queue()
    with watched(monkeypatch) as calls:
        calls.on("GetQueueAttributes", lambda *_: {"Attributes": {"Policy": text}})
        with pytest.raises(Upstream, match="is not"):
            account.resources.policy(arn)


def test_what_has_no_policy_of_its_own_is_told_so(account: Estate) -> None:
    policy = account.policy()
    with pytest.raises(InvalidInput, match="no policy of its own"):
        account.resources.policy(policy)
    with pytest.raises(InvalidInput, match="no policy of its own"):
        account.resources.set_policy(policy, None)
    with pytest.raises(InvalidInput, match="that this product changes"):
        account.resources.find("arn:aws:kms:eu-west-1:222222222222:key/1")


@pytest.mark.parametrize(
    "arn",
    ["arn:aws:s3:::consoleme-data", f"arn:aws:sqs:{REGION}:{ACCOUNT}:consoleme-authorizations.fifo"],
)
def test_what_the_product_stands_on_is_neither_read_nor_changed_here(account: Estate, arn: str) -> None:
    with pytest.raises(Forbidden, match="belongs to this product"):
        account.resources.find(arn)
    with pytest.raises(Forbidden, match="belongs to this product"):
        account.resources.set_policy(arn, None)
    with pytest.raises(Forbidden, match="belongs to this product"):
        account.resources.retag(arn, {"a": "b"}, ())
