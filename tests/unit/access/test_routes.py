from typing import Any

import pytest

from chalicelib.access.models import CredentialsConfig
from chalicelib.access.routes import is_on_the_way, trust_context
from chalicelib.access.rules import terms_of_role
from chalicelib.core.arn import Arn
from tests.support.builders import HUB, allow, authorized_role, role_arn, rulebook, trust_policy

BROKER = role_arn("spokes/Broker")
DOOR = "arn:aws:iam::111111111111:role/Door"


def config(**section: Any) -> CredentialsConfig:
    return CredentialsConfig.model_validate(section)


@pytest.mark.parametrize(
    ("section", "asker", "keys"),
    [
        pytest.param({}, HUB.api_role_arn, {}, id="the hub"),
        pytest.param({"external_id": "x-1"}, HUB.api_role_arn, {"sts:externalid": "x-1"}, id="with an external id"),
        pytest.param({"routes": [{"via": [{"role": "spokes/Broker"}]}]}, BROKER, {}, id="a role of the account"),
        pytest.param({"routes": [{"via": [{"role": DOOR}]}]}, DOOR, {}, id="a role elsewhere"),
        pytest.param(
            {"routes": [{"via": [{"role": DOOR}, {"role": "spokes/Broker", "external_id": "way"}]}]},
            BROKER,
            {},
            id="the last of several, whose own external id is not the role's",
        ),
    ],
)
def test_who_asks_a_trust_policy_is(section: dict[str, Any], asker: str, keys: dict[str, str]) -> None:
    found = trust_context(Arn.parse(role_arn()), config(**section), HUB)
    assert (found.principal_arn, found.keys) == (asker, keys)


@pytest.mark.parametrize(
    ("arn", "on_the_way"),
    [
        pytest.param(BROKER, True, id="a role by its name, in any account"),
        pytest.param(role_arn("spokes/Broker", "333333333333"), True, id="in another one"),
        pytest.param(DOOR, True, id="a role by its ARN"),
        pytest.param(role_arn("Door"), False, id="the same name elsewhere"),
        pytest.param(role_arn("Broker"), False, id="the same name without its path"),
        pytest.param(role_arn(), False, id="any other"),
    ],
)
def test_a_role_over_which_others_are_reached_is_known(arn: str, *, on_the_way: bool) -> None:
    section = config(routes=[{"accounts": ["999999999999"], "via": [{"role": DOOR}, {"role": "spokes/Broker"}]}])
    assert is_on_the_way(Arn.parse(arn), section) is on_the_way
    assert not is_on_the_way(Arn.parse(arn), config())


@pytest.mark.parametrize(
    ("section", "known"),
    [
        ({}, False),
        ({"routes": [{"via": [{"role": "spokes/Broker"}]}]}, False),
        ({"routes": [{"via": [{"role": "spokes/Broker"}]}], "external_id": "x-1"}, True),
        ({"external_id": "x-1"}, False),
    ],
)
def test_what_the_trust_policy_allows_is_judged_by_who_will_ask_and_with_what(
    section: dict[str, Any], *, known: bool
) -> None:
    actions = ("sts:AssumeRole", "sts:SetSourceIdentity", "sts:TagSession")
    condition = {"StringEquals": {"sts:ExternalId": "x-1"}}
    statement = allow(*actions, principal={"AWS": BROKER}, Condition=condition)
    terms = terms_of_role(authorized_role(trust_policy=trust_policy(statement)), rulebook(credentials=section))
    assert (terms.source_identity, terms.session_tags) == (known, known)
