"""The gateway to IAM's roles and users, and its fake: both pass the same tests."""

import contextlib
import json
from collections.abc import Callable, Iterator

import pytest

from chalicelib.aws.assume_role import AssumeRole
from chalicelib.aws.iam_principals import IamPrincipals
from chalicelib.aws.sessions import IssuedCredentials, Sessions
from chalicelib.changes.gateways import PrincipalWriter
from chalicelib.core.errors import Conflict, InvalidInput, NotFound, Throttled
from chalicelib.core.iam import NewRole
from tests.support.aws import REGION, refusing
from tests.support.change_estate import trust
from tests.support.clock import FrozenClock
from tests.support.principals import FakePrincipals
from tests.support.request_world import APP, SPOKE, World, document


def known_policy(gateway: PrincipalWriter, shop: World) -> str:
    """A managed policy that both know."""
    if isinstance(gateway, FakePrincipals):
        gateway.policies.add(KNOWN)
        return KNOWN
    with contextlib.suppress(shop.iam.exceptions.EntityAlreadyExistsException):
        shop.iam.create_policy(PolicyName="known", PolicyDocument=json.dumps(document()))
    return KNOWN


KNOWN = f"arn:aws:iam::{SPOKE}:policy/known"
OTHER = f"arn:aws:iam::{SPOKE}:role/other"
Made = tuple[PrincipalWriter, Callable[[], object]]


@pytest.fixture(params=["IAM", "fake"])
def made(request: pytest.FixtureRequest, shop: World) -> Iterator[Made]:
    """A gateway to an account with one role, and a way to make that role anew."""
    if request.param == "fake":
        fake = FakePrincipals()
        fake.add(APP)
        yield fake, lambda: fake.add(APP, "AROA2")
        return
    sessions = shop.container().aws

    def again() -> None:
        shop.iam.delete_role(RoleName="app")
        shop.create_role()

    yield IamPrincipals(sessions, role_name="ConsoleMeSpokeApply", external_id=None, session_name="test"), again


def test_a_policy_is_put_listed_read_and_removed(made: Made) -> None:
    policies, _ = made
    assert policies.inline_names(APP) == ()
    policies.put_inline(APP, "one", document())
    policies.put_inline(APP, "two", document("s3:PutObject"))
    assert policies.inline_names(APP) == ("one", "two")
    assert policies.inline_policy(APP, "one") == document()
    policies.remove_inline(APP, "one")
    assert policies.inline_names(APP) == ("two",)
    assert policies.inline_policy(APP, "one") is None


def test_a_role_keeps_its_id_until_it_is_made_anew(made: Made) -> None:
    policies, again = made
    before = policies.find(APP).id
    assert policies.find(APP).id == before
    again()
    assert policies.find(APP).id != before


def test_what_is_not_there_is_not_found(made: Made) -> None:
    policies, _ = made
    with pytest.raises(NotFound):
        policies.find(OTHER)
    with pytest.raises(NotFound):
        policies.inline_names(OTHER)
    with pytest.raises(NotFound):
        policies.remove_inline(APP, "nothing")
    with pytest.raises(NotFound):
        policies.put_inline(OTHER, "one", document())
    assert policies.inline_policy(OTHER, "one") is None


def test_a_role_under_another_path_is_another_role(made: Made) -> None:
    policies, _ = made
    with pytest.raises(NotFound):
        policies.find(APP.replace("/team/", "/"))


def test_managed_policies_come_and_go(made: Made, shop: World) -> None:
    gateway, _ = made
    policy = known_policy(gateway, shop)
    assert gateway.policy_exists(APP, policy)
    assert not gateway.policy_exists(APP, f"{policy}-not")
    gateway.attach(APP, policy)
    gateway.attach(APP, policy)
    assert gateway.attached(APP) == (policy,)
    gateway.detach(APP, policy)
    assert gateway.attached(APP) == ()
    with pytest.raises(NotFound):
        gateway.detach(APP, policy)
    with pytest.raises(NotFound):
        gateway.attach(APP, f"{policy}-not")


def test_boundary_trust_and_tags_are_what_was_set_last(made: Made, shop: World) -> None:
    gateway, _ = made
    policy = known_policy(gateway, shop)
    gateway.set_boundary(APP, policy)
    gateway.set_trust(APP, trust("333333333333"))
    gateway.tag(APP, {"owner": "ada", "team": "x"})
    gateway.untag(APP, ["team"])
    found = gateway.find(APP)
    assert (found.arn, found.boundary, found.trust, found.tags) == (
        APP,
        policy,
        trust("333333333333"),
        {"owner": "ada"},
    )
    gateway.set_boundary(APP, None)
    gateway.untag(APP, ["owner"])
    assert (gateway.find(APP).boundary, gateway.find(APP).tags) == (None, {})


def test_a_role_is_made_with_its_path_and_goes_when_nothing_is_on_it(made: Made) -> None:
    gateway, _ = made
    arn = f"arn:aws:iam::{SPOKE}:role/some/path/fresh"
    role = NewRole(trust=trust(SPOKE), description="for tests", longest_session=7_200, tags={"owner": "ada"})
    gateway.create_role(arn, role)
    with pytest.raises(Conflict):
        gateway.create_role(arn, role)
    found = gateway.find(arn)
    assert (found.description, found.longest_session, found.tags, found.trust) == (
        "for tests",
        7_200,
        {"owner": "ada"},
        trust(SPOKE),
    )
    for _ in range(2):
        gateway.add_instance_profile(arn, "fresh")
    assert gateway.instance_profiles(arn) == ("fresh",)
    with pytest.raises(Conflict):
        gateway.delete_role(arn)
    gateway.remove_instance_profile(arn, "fresh")
    assert gateway.instance_profiles(arn) == ()
    gateway.delete_role(arn)
    with pytest.raises(NotFound):
        gateway.find(arn)


def test_the_quotas_of_an_account_are_known_by_awss_names(shop: World) -> None:
    gateway = IamPrincipals(shop.container().aws, role_name="ConsoleMeSpokeRead", external_id=None, session_name="test")
    assert gateway.quotas(APP)["AssumeRolePolicySizeQuota"] >= 2_048
    with refusing("iam.GetAccountSummary", "AccessDenied"):
        assert gateway.quotas(APP) == {}
    with refusing("iam.GetAccountSummary", "Throttling"), pytest.raises(Throttled):
        gateway.quotas(APP)


def test_a_role_under_another_path_is_named_to_whoever_looked_for_it(shop: World) -> None:
    gateway = IamPrincipals(shop.container().aws, role_name="ConsoleMeSpokeRead", external_id=None, session_name="test")
    with pytest.raises(NotFound) as missing:
        gateway.find(APP.replace("/team/", "/"))
    assert missing.value.extra == {"arn": APP}


def test_a_document_that_iam_refuses_is_bad_input(shop: World) -> None:
    policies = IamPrincipals(
        shop.container().aws, role_name="ConsoleMeSpokeApply", external_id=None, session_name="test"
    )
    with pytest.raises(InvalidInput, match="MalformedPolicyDocument"):
        policies.put_inline(APP, "one", {"Version": "2012-10-17", "Statement": [{"Effect": "Perhaps"}]})


def test_many_policies_are_listed_over_all_pages(shop: World) -> None:
    for number in range(120):
        shop.put_policy(f"policy{number:03}", document())
    policies = IamPrincipals(
        shop.container().aws, role_name="ConsoleMeSpokeRead", external_id=None, session_name="test"
    )
    assert len(policies.inline_names(APP)) == 120


def test_cloudtrail_shows_for_whom_a_role_is_changed(shop: World, monkeypatch: pytest.MonkeyPatch) -> None:
    assumed: list[tuple[str, str, str]] = []
    real = Sessions.assume

    def noted(self: Sessions, call: AssumeRole) -> IssuedCredentials:
        assumed.append((call.role_arn, call.session_name, call.external_id))
        return real(self, call)

    monkeypatch.setattr(Sessions, "assume", noted)
    sessions = Sessions(clock=FrozenClock(shop.clock.now()), region=REGION, endpoint_url=None, states_endpoint_url=None)
    IamPrincipals(sessions, role_name="Changer", external_id="secret-id", session_name="ada@example.com").inline_names(
        APP
    )
    assert assumed == [(f"arn:aws:iam::{SPOKE}:role/Changer", "ada@example.com", "secret-id")]


def test_what_was_put_is_the_document_with_its_keys_in_order(shop: World) -> None:
    policies = IamPrincipals(
        shop.container().aws, role_name="ConsoleMeSpokeApply", external_id=None, session_name="test"
    )
    wanted = {"Version": "2012-10-17", "Statement": [{"Resource": "*", "Action": "s3:*", "Effect": "Allow"}]}
    policies.put_inline(APP, "one", wanted)
    assert json.dumps(shop.policies()["one"]) == json.dumps(wanted)
