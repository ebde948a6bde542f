import pytest

from chalicelib.core.errors import InvalidInput
from chalicelib.core.targets import (
    Target,
    all_of,
    arn_matches,
    check_arn_pattern,
    has_tags,
    in_account,
    in_ou,
    is_resource,
)

ROLE = "arn:aws:iam::222222222222:role/team/payments-api"


@pytest.mark.parametrize(
    ("pattern", "matches"),
    [
        (ROLE, True),
        ("arn:aws:iam::222222222222:role/team/payments-*", True),
        ("arn:aws:iam::*:role/*payments-api", True),
        ("arn:aws*:iam::22222222222?:role/*", True),
        ("arn:aws:iam::222222222222:*", True),
        ("arn:aws:iam::222222222222:role/payments-*", False),
        ("arn:aws:iam::222222222222:role/team/Payments-*", False),
        ("arn:aws:iam::222222222222:role/team/payments-ap", False),
        ("arn:aws:iam::333333333333:role/*", False),
        ("arn:aws:s3::*:*", False),
        ("arn:aws-cn:iam::*:role/*", False),
        ("arn:aws:iam:*", False),
        ("arn:aws:iam::222222222222:role/team/payments-ap[i]", False),
    ],
)
def test_a_pattern_means_what_fits_it_part_by_part(pattern: str, *, matches: bool) -> None:
    assert arn_matches(pattern, ROLE) is matches


def test_a_wildcard_does_not_reach_over_a_colon_between_two_parts() -> None:
    assert not arn_matches("arn:aws:sqs:*:jobs", "arn:aws:sqs:eu-west-1:222222222222:jobs")
    assert arn_matches("arn:aws:logs:*:*:log-group:*", "arn:aws:logs:eu-west-1:222222222222:log-group:/a:b")


@pytest.mark.parametrize("arn", ["", "arn:aws:iam::222222222222", "role/team/payments-api"])
def test_what_is_no_arn_fits_no_pattern(arn: str) -> None:
    assert not arn_matches("arn:*:iam:*:*:*", arn)


@pytest.mark.parametrize(
    "pattern",
    ["arn:aws:s3:::exports-*", "arn:*:iam::*:role/*", "arn:aws:sns:eu-*:*:a:b", "arn:aws:access-analyzer:::x"],
)
def test_a_good_pattern_is_kept_as_it_is(pattern: str) -> None:
    assert check_arn_pattern(pattern) == pattern


@pytest.mark.parametrize(
    ("pattern", "fault"),
    [
        pytest.param("*", "is not the pattern of an ARN", id="everything"),
        pytest.param("", "is not the pattern of an ARN", id="nothing"),
        pytest.param("payments-*", "is not the pattern of an ARN", id="a name"),
        pytest.param("arn:aws:iam::role/x", "is not the pattern of an ARN", id="a part too few"),
        pytest.param("urn:aws:iam::1:role/x", "is not the pattern of an ARN", id="another scheme"),
        pytest.param("arn:aws:iam::1:role/a b", "is not the pattern of an ARN", id="a blank"),
        pytest.param("arn:aws:iam::1:role/ä", "is not the pattern of an ARN", id="a letter that ARNs lack"),
        pytest.param("arn::iam::1:role/x", "must name a partition", id="no partition"),
        pytest.param("arn:aws:*:*:*:*", "must name a partition", id="any service"),
        pytest.param("arn:aws:i?m::1:role/x", "must name a partition", id="one of several services"),
        pytest.param("arn:aws:::1:role/x", "must name a partition", id="no service"),
        pytest.param("arn:aws:iam::1:", "must name a partition", id="no resource"),
    ],
)
def test_a_bad_pattern_is_refused_with_the_pattern_and_what_it_lacks(pattern: str, fault: str) -> None:
    with pytest.raises(InvalidInput, match=fault) as refusal:
        check_arn_pattern(pattern)
    assert refusal.value.reason == "bad_arn_pattern"
    assert f"'{pattern}'" in refusal.value.message


def test_a_long_pattern_is_shown_by_its_beginning() -> None:
    with pytest.raises(InvalidInput) as refusal:
        check_arn_pattern("x" * 300)
    assert refusal.value.message.startswith("'" + "x" * 200 + "'")
    with pytest.raises(InvalidInput) as refusal:
        check_arn_pattern("arn:aws:*:::" + "x" * 300)
    assert refusal.value.message.startswith("'arn:aws:*:::" + "x" * 188 + "'")


def test_a_target_is_called_by_its_arn_or_its_account() -> None:
    assert str(Target("222222222222", ROLE)) == ROLE
    assert str(Target("222222222222")) == "account 222222222222"


def test_whether_a_target_is_in_an_account() -> None:
    assert in_account(["1", "2"], Target("2")) is True
    assert in_account(["1"], Target("2")) is False
    assert in_account(["1"], Target("", "arn:aws:s3:::exports")) is None


@pytest.mark.parametrize(
    ("path", "inside"),
    [
        ("Workloads/Prod", True),
        ("Workloads/Prod/Payments", True),
        ("Workloads", False),
        ("Workloads/Production", False),
        ("Old/Workloads/Prod", False),
        ("", False),
        ("workloads/prod", False),
        (None, None),
    ],
)
def test_whether_a_target_is_in_a_unit_or_below(path: str | None, *, inside: bool | None) -> None:
    assert in_ou(["Sandbox", "Workloads/Prod"], Target("1", ou_path=path)) is inside


def test_whether_a_target_has_tags() -> None:
    target = Target("1", tags={"team": "payments", "environment": "prod"})
    assert has_tags({"team": ["payments", "search"]}, target) is True
    assert has_tags({"team": ["payments"], "environment": ["prod"]}, target) is True
    assert has_tags({"team": ["payments"], "environment": ["test"]}, target) is False
    assert has_tags({"owner": ["payments"]}, target) is False
    assert has_tags({"team": ["payments"]}, Target("1", tags={"team": "payments"}, known=False)) is None


def test_whether_a_target_is_one_of_the_resources() -> None:
    assert is_resource(["arn:aws:s3:::*", "arn:aws:iam::*:role/team/*"], Target("2", ROLE)) is True
    assert is_resource(["arn:aws:s3:::*"], Target("2", ROLE)) is False
    assert is_resource(["arn:aws:iam::*:*"], Target("2")) is False


@pytest.mark.parametrize(
    ("answers", "together"),
    [
        ([True, True], True),
        ([True, None], None),
        ([None, False], False),
        ([False, True], False),
        ([], False),
    ],
)
def test_of_several_answers_one_no_is_no_and_doubt_is_never_yes(
    answers: list[bool | None], *, together: bool | None
) -> None:
    assert all_of(answers) is together
