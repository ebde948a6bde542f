"""What a session policy keeps out, judged call by call with the condition keys that AWS documents for each kind of call."""

import json
import time
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.access.selection import IpRestrictions
from chalicelib.access.session_policy import TEXT_LIMIT, SessionPolicy, managed_policy, session_policy
from chalicelib.core.errors import Forbidden
from tests.support.policy_evaluation import allows_everything, denied, statements

OFFICE = IpRestrictions.model_validate({"cidrs": ["203.0.113.0/24", "2001:db8:7::/48"]})
WITH_VPCS = IpRestrictions.model_validate(
    {"cidrs": ["203.0.113.0/24"], "vpcs": ["vpc-0123456789abcdef0"], "vpc_endpoints": ["vpce-0fedcba9876543210"]}
)
READ_ONLY = "arn:aws:iam::aws:policy/ReadOnlyAccess"
DIRECT = {"aws:ViaAWSService": "false"}
BY_SERVICE = {"aws:ViaAWSService": "true"}

FROM_OFFICE = {**DIRECT, "aws:SourceIp": "203.0.113.9"}
FROM_OFFICE_V6 = {**DIRECT, "aws:SourceIp": "2001:db8:7::9"}
FROM_ELSEWHERE = {**DIRECT, "aws:SourceIp": "198.51.100.9"}
FROM_ELSEWHERE_V6 = {**DIRECT, "aws:SourceIp": "2001:db8:8::9"}
OURS = {**DIRECT, "aws:SourceVpc": "vpc-0123456789abcdef0", "aws:SourceVpce": "vpce-0aaaaaaaaaaaaaaaa"}
OURS_BY_ENDPOINT = {**DIRECT, "aws:SourceVpc": "vpc-0bbbbbbbbbbbbbbbb", "aws:SourceVpce": "vpce-0fedcba9876543210"}
THEIRS = {
    **DIRECT,
    "aws:SourceVpc": "vpc-0bbbbbbbbbbbbbbbb",
    "aws:SourceVpce": "vpce-0aaaaaaaaaaaaaaaa",
    "aws:VpcSourceIp": "203.0.113.9",
}


@pytest.mark.parametrize(
    ("call", "stopped"),
    [
        pytest.param(FROM_OFFICE, False, id="from the office"),
        pytest.param(FROM_OFFICE_V6, False, id="from the office by IPv6"),
        pytest.param(FROM_ELSEWHERE, True, id="from elsewhere"),
        pytest.param(FROM_ELSEWHERE_V6, True, id="from elsewhere by IPv6"),
        pytest.param({**BY_SERVICE, "aws:SourceIp": "198.51.100.9"}, False, id="by a service, with its address"),
        pytest.param(BY_SERVICE, False, id="by a service that tells no address"),
        pytest.param({"aws:SourceIp": "198.51.100.9"}, True, id="from elsewhere, ViaAWSService missing"),
        pytest.param({"aws:SourceIp": "203.0.113.9"}, False, id="from the office, ViaAWSService missing"),
        pytest.param(THEIRS, True, id="through somebody's VPC endpoint, from a private address like ours"),
        pytest.param(OURS, True, id="through an endpoint that nobody named"),
        pytest.param(DIRECT, True, id="without any address"),
        pytest.param({}, True, id="without any key at all"),
    ],
)
def test_credentials_of_the_office_work(call: dict[str, str], *, stopped: bool) -> None:
    assert denied(session_policy(restrictions=OFFICE), call) is stopped


@pytest.mark.parametrize(
    ("call", "stopped"),
    [
        pytest.param(FROM_OFFICE, False, id="from the office"),
        pytest.param(FROM_ELSEWHERE, True, id="from elsewhere"),
        pytest.param(OURS, False, id="through any endpoint of a VPC that is named"),
        pytest.param(OURS_BY_ENDPOINT, False, id="through an endpoint that is named"),
        pytest.param(THEIRS, True, id="through another VPC and endpoint"),
        pytest.param(DIRECT, True, id="without any address"),
        pytest.param({**THEIRS, **BY_SERVICE}, False, id="by a service, through its own endpoint"),
    ],
)
def test_a_vpc_and_an_endpoint_that_are_named_are_let_through(call: dict[str, str], *, stopped: bool) -> None:
    assert denied(session_policy(restrictions=WITH_VPCS), call) is stopped


@pytest.mark.parametrize(
    ("call", "stopped"),
    [
        pytest.param({**DIRECT, "aws:SourceIp": "203.0.113.130"}, False, id="inside of both"),
        pytest.param(FROM_OFFICE, True, id="inside of the office, outside of one's own"),
        pytest.param({**DIRECT, "aws:SourceIp": "192.0.2.1"}, True, id="inside of one's own, outside of the office"),
        pytest.param(FROM_ELSEWHERE, True, id="outside of both"),
        pytest.param(OURS, True, id="through a VPC that the office lets through: one's own ranges name none"),
        pytest.param(BY_SERVICE, False, id="by a service"),
    ],
)
def test_ranges_of_ones_own_restrict_beside_the_offices_and_never_instead(
    call: dict[str, str], *, stopped: bool
) -> None:
    policy = session_policy(restrictions=WITH_VPCS, custom=["203.0.113.128/25", "192.0.2.0/24"])
    assert denied(policy, call) is stopped


def test_ranges_of_ones_own_restrict_where_nothing_else_does() -> None:
    policy = session_policy(custom=iter(["192.0.2.0/24"]))
    assert not denied(policy, {**DIRECT, "aws:SourceIp": "192.0.2.1"})
    assert denied(policy, FROM_OFFICE)


@pytest.mark.parametrize(
    ("moment", "stopped"),
    [(1_800_000_059, False), (1_800_000_060, True), (1_800_000_061, True), (1_900_000_000, True)],
)
def test_nothing_works_from_the_end_on(moment: int, *, stopped: bool) -> None:
    policy = session_policy(ends_at=1_800_000_060)
    now = datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    assert denied(policy, {**FROM_OFFICE, "aws:CurrentTime": now}) is stopped
    assert denied(policy, {**BY_SERVICE, "aws:CurrentTime": now}) is stopped


def test_the_end_is_written_as_iam_reads_times() -> None:
    (_, deny) = statements(session_policy(ends_at=1_800_000_060))
    assert deny["Condition"] == {"DateGreaterThanEquals": {"aws:CurrentTime": "2027-01-15T08:01:00Z"}}


def test_the_end_does_not_depend_on_where_the_function_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    time.tzset()
    try:
        document = session_policy(ends_at=1_800_000_060).document
    finally:
        monkeypatch.undo()
        time.tzset()
    assert '"2027-01-15T08:01:00Z"' in document


def test_the_document_is_as_short_as_json_gets_and_spells_keys_as_aws_does() -> None:
    policy = session_policy(restrictions=WITH_VPCS)
    assert policy.document == (
        '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"},'
        '{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"NotIpAddress":{"aws:SourceIp":["203.0.113.0/24"]},'
        '"BoolIfExists":{"aws:ViaAWSService":"false"},"StringNotEqualsIfExists":{'
        '"aws:SourceVpc":["vpc-0123456789abcdef0"],"aws:SourceVpce":["vpce-0fedcba9876543210"]}}}]}'
    )


def test_where_nothing_is_to_be_kept_out_there_is_no_policy() -> None:
    assert session_policy() == SessionPolicy("", ())
    assert session_policy(restrictions=IpRestrictions(), custom=()) == SessionPolicy("", ())
    without_ranges = IpRestrictions.model_validate({"vpcs": ["vpc-0123456789abcdef0"]})
    assert session_policy(restrictions=without_ranges).document == ""


@pytest.mark.parametrize(
    "parts",
    [
        pytest.param({"ends_at": 5}, id="an end"),
        pytest.param({"restrictions": OFFICE}, id="the office"),
        pytest.param({"custom": ["192.0.2.0/24"]}, id="one's own ranges"),
        pytest.param({"ends_at": 5, "restrictions": OFFICE, "custom": ["192.0.2.0/24"]}, id="all of them"),
    ],
)
class TestAllowing:
    def test_a_policy_of_our_own_allows_what_the_role_may(self, parts: dict[str, Any]) -> None:
        policy = session_policy(**parts)
        assert allows_everything(policy)
        assert len(statements(policy)) == 1 + len(parts)
        assert policy.arns == ()

    def test_beside_a_managed_policy_ours_allows_nothing_or_the_session_could_write(
        self, parts: dict[str, Any]
    ) -> None:
        policy = session_policy(**parts, read_only_arn=READ_ONLY)
        assert not allows_everything(policy)
        assert len(statements(policy)) == len(parts)
        assert policy.arns == (READ_ONLY,)


def test_a_read_only_session_needs_no_document() -> None:
    assert session_policy(read_only_arn=READ_ONLY) == SessionPolicy("", (READ_ONLY,))


@pytest.mark.parametrize("partition", ["aws", "aws-cn", "aws-us-gov"])
def test_managed_policies_are_the_partitions_own(partition: str) -> None:
    assert managed_policy(partition, "job-function/ViewOnlyAccess") == (
        f"arn:{partition}:iam::aws:policy/job-function/ViewOnlyAccess"
    )


def ranges(count: int) -> list[str]:
    return [f"198.51.{number}.0/24" for number in range(count)]


def largest() -> int:
    """So many ranges fit."""
    return next(count for count in range(1, 200) if too_large(count + 1))


def too_large(count: int, **more: Any) -> bool:
    try:
        session_policy(custom=ranges(count), **more)
    except Forbidden:
        return True
    return False


def test_a_policy_that_aws_would_not_take_is_refused_with_its_size_and_the_way_out() -> None:
    count = largest()
    fitting = session_policy(custom=ranges(count))
    assert TEXT_LIMIT - 20 < fitting.characters <= TEXT_LIMIT
    with pytest.raises(Forbidden, match=r"would have 20[5-7]\d characters, and AWS takes 2048: name fewer") as refusal:
        session_policy(custom=ranges(count + 1))
    assert (refusal.value.reason, refusal.value.code) == ("policy_too_large", "policy_too_large")


def test_the_arns_of_managed_policies_count_too() -> None:
    assert session_policy(custom=ranges(3), read_only_arn=READ_ONLY).characters == len(
        session_policy(custom=ranges(3), read_only_arn=READ_ONLY).document
    ) + len(READ_ONLY)
    long = "arn:aws:iam::aws:policy/" + "x" * 100
    fit = next(count for count in range(1, 200) if too_large(count + 1, read_only_arn=long))
    assert session_policy(custom=ranges(fit), read_only_arn=long).characters <= TEXT_LIMIT
    assert not too_large(fit + 1)


def test_exactly_as_many_characters_as_aws_takes_are_taken() -> None:
    base = session_policy(custom=["203.0.113.0/24"], read_only_arn="x").characters - 1
    filling = "x" * (TEXT_LIMIT - base)
    assert session_policy(custom=["203.0.113.0/24"], read_only_arn=filling).characters == TEXT_LIMIT
    with pytest.raises(Forbidden):
        session_policy(custom=["203.0.113.0/24"], read_only_arn=filling + "x")


@given(
    ends_at=st.none() | st.integers(0, 4_000_000_000),
    office=st.lists(st.ip_addresses(v=4).map(lambda address: f"{address}/32"), max_size=60),
    custom=st.lists(st.ip_addresses().map(str), max_size=60),
    read_only=st.booleans(),
)
def test_whatever_is_asked_the_policy_is_json_of_a_size_that_aws_takes_or_there_is_none(
    ends_at: int | None, office: list[str], custom: list[str], *, read_only: bool
) -> None:
    try:
        policy = session_policy(
            ends_at=ends_at,
            restrictions=IpRestrictions.model_validate({"cidrs": office}),
            custom=custom,
            read_only_arn=READ_ONLY if read_only else "",
        )
    except Forbidden as refusal:
        assert refusal.reason == "policy_too_large"  # noqa: PT017 it is no error to be refused here
        return
    assert policy.characters <= TEXT_LIMIT
    assert not policy.document or json.loads(policy.document)["Statement"]
    assert allows_everything(policy) is bool(policy.document and not read_only)
    expected = (ends_at is not None) + bool(office) + bool(custom)
    assert sum(statement["Effect"] == "Deny" for statement in statements(policy)) == expected
