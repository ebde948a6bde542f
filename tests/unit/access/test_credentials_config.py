"""Section `credentials`: what could open too much, or would be refused by AWS at every request, is refused when it is read."""

from typing import Any

import pytest
from pydantic import ValidationError

from chalicelib.access.models import ConsoleConfig, CredentialsConfig
from chalicelib.access.selection import Application, IpRestrictions, Selection, SessionLimit
from chalicelib.core.arn import Arn
from tests.support.builders import ACCOUNT, role_arn

ARN = Arn.parse(role_arn("team/app"))


@pytest.mark.parametrize(
    ("section", "fault"),
    [
        pytest.param({"session_duration": 899}, "greater than or equal to 900", id="shorter than AWS mints"),
        pytest.param({"session_duration": 43_201}, "less than or equal to 43200", id="longer than AWS mints"),
        pytest.param({"session_limits": [{"seconds": 899}]}, "greater than or equal to 900", id="a limit too short"),
        pytest.param(
            {"session_limits": [{"seconds": 900, "principals": ["ada"]}]}, "must say what it is", id="a bare name"
        ),
        pytest.param(
            {"session_limits": [{"seconds": 900, "roles": ["app"]}]},
            "not the pattern of an ARN",
            id="a name as pattern",
        ),
        pytest.param(
            {"session_limits": [{"seconds": 900, "roles": ["arn:aws:s3:::b/role/x"]}]},
            "not a pattern of roles",
            id="a pattern of buckets",
        ),
        pytest.param(
            {"session_limits": [{"seconds": 900, "roles": ["arn:aws:es:::role/x"]}]},
            "not a pattern of roles",
            id="a pattern of something else's roles",
        ),
        pytest.param({"session_limits": [{"seconds": 43_201}]}, "less than or equal to 43200", id="a limit too long"),
        pytest.param(
            {"session_limits": [{"seconds": 900, "roles": ["arn:aws:iam::*:user/x"]}]},
            "not a pattern of roles",
            id="a pattern of users",
        ),
        pytest.param(
            {"session_limits": [{"seconds": 900, "roles": ["arn:aws:iam:us-east-1:*:role/x"]}]},
            "not a pattern of roles",
            id="a pattern with a region",
        ),
        pytest.param(
            {"session_limits": [{"seconds": 900, "accounts": ["1234"]}]}, "String should match", id="no account"
        ),
        pytest.param({"session_name": "consoleme"}, "must hold {user} or {local}", id="a name without a person"),
        pytest.param({"session_name": "{mail}"}, "is {user} or {local}", id="a name with something else"),
        pytest.param({"session_name": "{user"}, "is no template", id="a brace that stays open"),
        pytest.param({"session_name": "{user!r}"}, "is {user} or {local}", id="a conversion"),
        pytest.param({"session_name": "{user:>9}"}, "is {user} or {local}", id="a width"),
        pytest.param({"session_name": "{user.name}"}, "is {user} or {local}", id="an attribute"),
        pytest.param({"session_name": "a b{user}"}, "is {user} or {local}", id="a blank"),
        pytest.param({"session_name": "x" * 33 + "{user}"}, "at most 32", id="no room for the name"),
        pytest.param({"external_id": "a b"}, "String should match", id="an external id that AWS does not take"),
        pytest.param({"external_ids": [{"external_id": "x"}]}, "at least 2 characters", id="an external id too short"),
        pytest.param({"routes": [{"via": []}]}, "at least 1 item", id="a route over nothing"),
        pytest.param({"routes": [{"via": [{"role": "x"}] * 5}]}, "at most 4 items", id="a route over too much"),
        pytest.param({"routes": [{"via": [{"role": "a b"}]}]}, "neither the ARN of a role", id="no name of a role"),
        pytest.param(
            {"routes": [{"via": [{"role": "arn:aws:iam::1:user/x"}]}]}, "not the ARN of an IAM role", id="a user"
        ),
        pytest.param({"ip_restrictions": {"cidrs": ["0.0.0.0/0"]}}, "restricts nothing", id="every address"),
        pytest.param({"ip_restrictions": {"cidrs": ["::/0"]}}, "restricts nothing", id="every IPv6 address"),
        pytest.param(
            {"ip_restrictions": {"cidrs": ["10.0.0.1/8"]}}, "no range of addresses", id="bits beside the range"
        ),
        pytest.param({"ip_restrictions": {"cidrs": ["office"]}}, "no range of addresses", id="a word"),
        pytest.param({"ip_restrictions": {"vpcs": ["vpc-x"]}}, "String should match", id="no VPC"),
        pytest.param({"ip_restrictions": {"vpc_endpoints": ["vpc-12345678"]}}, "String should match", id="no endpoint"),
        pytest.param(
            {"ip_restrictions": {"cidrs": [f"198.51.{number}.0/24" for number in range(120)]}},
            "ip_restrictions: The session policy would have",
            id="more ranges than a policy holds",
        ),
        pytest.param({"read_only_policy": "a policy"}, "String should match", id="no name of a policy"),
        pytest.param({"applications": {"x": {"roles": []}}}, "at least 1 item", id="an application without roles"),
        pytest.param({"attempts_per_minute": 0}, "greater than or equal to 1", id="nobody may ever ask"),
        pytest.param({"sign_in_ages": [{"seconds": 59}]}, "greater than or equal to 60", id="a sign-in each minute"),
        pytest.param({"search": "everything"}, "Input should be", id="another way to search"),
        pytest.param({"ip_restriction": {}}, "Extra inputs are not permitted", id="a misspelling"),
    ],
)
def test_what_is_refused(section: dict[str, Any], fault: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        CredentialsConfig.model_validate(section)
    assert fault in str(refusal.value)


@pytest.mark.parametrize("template", ["{user}", "{local}", "cm-{user}", "x" * 32 + "{local}", "{local}.{user}"])
def test_a_name_with_a_person_in_it_is_taken(template: str) -> None:
    assert CredentialsConfig(session_name=template).session_name == template


def test_the_longest_policy_of_the_office_leaves_room_for_the_end_and_for_reading() -> None:
    ranges = [f"198.51.{number}.0/24" for number in range(70)]
    section = CredentialsConfig.model_validate({"ip_restrictions": {"cidrs": ranges}})
    assert len(section.ip_restrictions.cidrs) == 70


def test_ranges_of_the_office_are_written_in_one_way() -> None:
    assert IpRestrictions.model_validate({"cidrs": ["203.0.113.7", "2001:DB8::/32"]}).cidrs == (
        "203.0.113.7/32",
        "2001:db8::/32",
    )


@pytest.mark.parametrize(
    ("patterns", "owns"),
    [
        (["arn:aws:iam::*:role/team/*"], True),
        (["arn:aws:iam::*:role/x", "arn:aws:iam::222222222222:role/team/app"], True),
        (["arn:aws:iam::*:role/app"], False),
    ],
)
def test_an_application_owns_the_roles_of_its_patterns(patterns: list[str], *, owns: bool) -> None:
    assert Application.model_validate({"roles": patterns}).owns(str(ARN)) is owns


@pytest.mark.parametrize(
    ("selection", "named"),
    [
        pytest.param({}, False, id="nothing"),
        pytest.param({"accounts": [ACCOUNT]}, True, id="the account"),
        pytest.param({"accounts": ["999999999999"]}, False, id="another account"),
        pytest.param({"roles": ["arn:aws:iam::*:role/team/*"]}, True, id="roles of a path"),
        pytest.param({"roles": ["arn:aws:iam::*:role/*"]}, True, id="all roles"),
        pytest.param({"roles": ["arn:*:iam::222222222222:role/team/app"]}, True, id="of any partition"),
        pytest.param({"roles": ["arn:aws:iam::*:role/TEAM/*"]}, False, id="in capitals: IAM's patterns have case"),
        pytest.param({"roles": ["arn:aws:iam::*:role/x", "arn:aws:iam::*:role/team/a?p"]}, True, id="one of several"),
        pytest.param({"roles": ["arn:aws:iam::*:role/x"], "accounts": [ACCOUNT]}, True, id="either is enough"),
    ],
)
def test_a_selection_names_a_role(selection: dict[str, Any], *, named: bool) -> None:
    assert Selection.model_validate(selection).names(ARN) is named
    assert SessionLimit.model_validate({**selection, "seconds": 900}).covers(ARN) is (named or not selection)


@pytest.mark.parametrize("host", ["https://x.aws.amazon.com", "*.aws.amazon.com", "x.aws.amazon.com/y", "aws", ""])
def test_a_destination_of_the_console_is_the_name_of_a_host(host: str) -> None:
    with pytest.raises(ValidationError):
        ConsoleConfig.model_validate({"destinations": [host]})
