import json

import pytest

from chalicelib.access.models import CredentialsConfig, RoleGrant
from chalicelib.access.rules import EligibleRole
from chalicelib.access.session_request import missing_trust, session_request
from chalicelib.core.errors import Forbidden

ARN = "arn:aws:iam::111122223333:role/app"
NOW = 1_800_000_000


def role(
    *, source_identity: bool = False, session_tags: bool = False, max_session: int = 3600, ends: int | None = None
) -> EligibleRole:
    grant = RoleGrant(
        role_arn=ARN,
        cli_only=False,
        sources=("tag x",),
        source_identity=source_identity,
        session_tags=session_tags,
        max_session_duration=max_session,
        not_after=ends,
    )
    return EligibleRole(grant, (("user:ana", "tag x"),))


@pytest.mark.parametrize(
    ("source_identity", "session_tags"), [(False, False), (True, False), (False, True), (True, True)]
)
def test_source_identity_and_tags_are_sent_exactly_where_the_trust_policy_allows_them(
    *, source_identity: bool, session_tags: bool
) -> None:
    eligible = role(source_identity=source_identity, session_tags=session_tags)
    request = session_request(eligible, "Ana@corp.example", CredentialsConfig(), NOW).request()
    assert request.get("SourceIdentity") == ("ana@corp.example" if source_identity else None)
    assert ("Tags" in request) is session_tags


def test_a_role_without_source_identity_is_refused_where_it_is_required() -> None:
    config = CredentialsConfig(require_source_identity=True)
    with pytest.raises(Forbidden, match="SourceIdentity"):
        session_request(role(), "ana", config, NOW)
    assert session_request(role(source_identity=True), "ana", config, NOW).source_identity == "ana"


@pytest.mark.parametrize(
    ("configured", "role_max", "ends_in", "duration"),
    [
        pytest.param(3600, 43_200, None, 3600, id="the configured duration"),
        pytest.param(43_200, 43_200, None, 3600, id="never more than the hour of a chained session"),
        pytest.param(3600, 1800, None, 1800, id="never more than the role's own maximum"),
        pytest.param(3600, 3600, 1200, 1200, id="no longer than the right lasts"),
        pytest.param(3600, 3600, 60, 900, id="AWS mints nothing shorter than a quarter of an hour"),
    ],
)
def test_a_session_lasts_as_long_as_the_shortest_limit_allows(
    configured: int, role_max: int, ends_in: int | None, duration: int
) -> None:
    ends = None if ends_in is None else NOW + ends_in
    request = session_request(
        role(max_session=role_max, ends=ends), "ana", CredentialsConfig(session_duration=configured), NOW
    )
    assert request.duration == duration


def test_a_right_that_ends_before_the_shortest_session_is_cut_by_a_deny_on_the_time() -> None:
    request = session_request(role(ends=NOW + 60), "ana", CredentialsConfig(), NOW)
    deny = json.loads(request.policy)["Statement"][1]
    assert deny["Effect"] == "Deny"
    assert deny["Condition"] == {"DateGreaterThanEquals": {"aws:CurrentTime": "2027-01-15T08:01:00Z"}}
    assert session_request(role(ends=NOW + 900), "ana", CredentialsConfig(), NOW).policy == ""


def test_the_mending_statement_names_what_is_missing_and_nothing_else() -> None:
    hub = "arn:aws:iam::999988887777:role/ConsoleMeApi"
    assert missing_trust(role(source_identity=True, session_tags=True), hub) is None
    assert missing_trust(role(session_tags=True), hub) == {
        "Effect": "Allow",
        "Principal": {"AWS": hub},
        "Action": ["sts:SetSourceIdentity"],
    }
