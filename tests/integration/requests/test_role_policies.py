"""The gateway to inline policies, and its fake: both pass the same tests."""

import json
from collections.abc import Callable, Iterator

import pytest

from chalicelib.aws.assume_role import AssumeRole
from chalicelib.aws.iam_write import RolePolicies
from chalicelib.aws.sessions import IssuedCredentials, Sessions
from chalicelib.changes.base import RolePolicyWriter
from chalicelib.core.errors import InvalidInput, NotFound
from tests.support.aws import REGION
from tests.support.clock import FrozenClock
from tests.support.request_world import APP, SPOKE, World, document
from tests.support.role_policies import FakeRolePolicies

OTHER = f"arn:aws:iam::{SPOKE}:role/other"
Made = tuple[RolePolicyWriter, Callable[[], object]]


@pytest.fixture(params=["IAM", "fake"])
def made(request: pytest.FixtureRequest, shop: World) -> Iterator[Made]:
    """A gateway to an account with one role, and a way to make that role anew."""
    if request.param == "fake":
        fake = FakeRolePolicies()
        fake.add_role(APP)
        yield fake, lambda: fake.add_role(APP, "AROA2")
        return
    sessions = shop.container().aws

    def again() -> None:
        shop.iam.delete_role(RoleName="app")
        shop.create_role()

    yield RolePolicies(sessions, role_name="ConsoleMeSpokeApply", external_id=None, session_name="test"), again


def test_a_policy_is_put_listed_read_and_removed(made: Made) -> None:
    policies, _ = made
    assert policies.names(APP) == ()
    policies.put(APP, "one", document())
    policies.put(APP, "two", document("s3:PutObject"))
    assert policies.names(APP) == ("one", "two")
    assert policies.document(APP, "one") == document()
    policies.remove(APP, "one")
    assert policies.names(APP) == ("two",)
    assert policies.document(APP, "one") is None


def test_a_role_keeps_its_id_until_it_is_made_anew(made: Made) -> None:
    policies, again = made
    before = policies.role_id(APP)
    assert policies.role_id(APP) == before
    again()
    assert policies.role_id(APP) != before


def test_what_is_not_there_is_not_found(made: Made) -> None:
    policies, _ = made
    with pytest.raises(NotFound):
        policies.role_id(OTHER)
    with pytest.raises(NotFound):
        policies.names(OTHER)
    with pytest.raises(NotFound):
        policies.remove(APP, "nothing")
    with pytest.raises(NotFound):
        policies.put(OTHER, "one", document())
    assert policies.document(OTHER, "one") is None


def test_a_role_under_another_path_is_another_role(made: Made) -> None:
    policies, _ = made
    with pytest.raises(NotFound):
        policies.role_id(APP.replace("/team/", "/"))


def test_a_document_that_iam_refuses_is_bad_input(shop: World) -> None:
    policies = RolePolicies(
        shop.container().aws, role_name="ConsoleMeSpokeApply", external_id=None, session_name="test"
    )
    with pytest.raises(InvalidInput, match="MalformedPolicyDocument"):
        policies.put(APP, "one", {"Version": "2012-10-17", "Statement": [{"Effect": "Perhaps"}]})


def test_many_policies_are_listed_over_all_pages(shop: World) -> None:
    for number in range(120):
        shop.put_policy(f"policy{number:03}", document())
    policies = RolePolicies(shop.container().aws, role_name="ConsoleMeSpokeRead", external_id=None, session_name="test")
    assert len(policies.names(APP)) == 120


def test_cloudtrail_shows_for_whom_a_role_is_changed(shop: World, monkeypatch: pytest.MonkeyPatch) -> None:
    assumed: list[tuple[str, str, str]] = []
    real = Sessions.assume

    def noted(self: Sessions, call: AssumeRole) -> IssuedCredentials:
        assumed.append((call.role_arn, call.session_name, call.external_id))
        return real(self, call)

    monkeypatch.setattr(Sessions, "assume", noted)
    sessions = Sessions(clock=FrozenClock(shop.clock.now()), region=REGION, endpoint_url=None, states_endpoint_url=None)
    RolePolicies(sessions, role_name="Changer", external_id="secret-id", session_name="ada@example.com").names(APP)
    assert assumed == [(f"arn:aws:iam::{SPOKE}:role/Changer", "ada@example.com", "secret-id")]


def test_what_was_put_is_the_document_with_its_keys_in_order(shop: World) -> None:
    policies = RolePolicies(
        shop.container().aws, role_name="ConsoleMeSpokeApply", external_id=None, session_name="test"
    )
    wanted = {"Version": "2012-10-17", "Statement": [{"Resource": "*", "Action": "s3:*", "Effect": "Allow"}]}
    policies.put(APP, "one", wanted)
    assert json.dumps(shop.policies()["one"]) == json.dumps(wanted)
