"""What a role's page says about its trust policy."""

from datetime import UTC, datetime
from typing import Any

import pytest

from chalicelib.core.trust import TrustContext
from chalicelib.inventory.models import RoleRecord
from chalicelib.inventory.resources import iam_role
from chalicelib.inventory.resources.iam_role import RoleHeader
from chalicelib.inventory.show_role import HubTrust, hub_trust
from tests.support.builders import HUB, allow, deny, role_arn, trust_policy

ALL = ("sts:AssumeRole", "sts:SetSourceIdentity", "sts:TagSession")


def trust_of(*statements: dict[str, Any], wanted: bool = True) -> HubTrust:
    return hub_trust(role(*statements), TrustContext(HUB.api_role_arn, {}), wanted=wanted)


def role(*statements: dict[str, Any]) -> RoleRecord:
    detail = {
        "Arn": role_arn(),
        "RoleName": "app",
        "RoleId": "AROA1",
        "Path": "/",
        "CreateDate": datetime(2026, 1, 1, tzinfo=UTC),
        "AssumeRolePolicyDocument": trust_policy(*statements),
    }
    return iam_role.record(detail, RoleHeader(None, 3600))


def test_a_trust_policy_that_allows_everything_needs_no_mending() -> None:
    assert trust_of(allow(*ALL)) == HubTrust(source_identity=True, session_tags=True, mending_statement=None)


@pytest.mark.parametrize(
    ("given", "missing"),
    [
        (("sts:AssumeRole",), ["sts:SetSourceIdentity", "sts:TagSession"]),
        (("sts:AssumeRole", "sts:TagSession"), ["sts:SetSourceIdentity"]),
        (("sts:SetSourceIdentity",), ["sts:AssumeRole", "sts:TagSession"]),
    ],
)
def test_the_mending_statement_names_exactly_what_is_missing(given: tuple[str, ...], missing: list[str]) -> None:
    mending = trust_of(allow(*given)).mending_statement
    assert mending == {"Effect": "Allow", "Principal": {"AWS": HUB.api_role_arn}, "Action": missing}


def test_the_mending_statement_mends() -> None:
    mending = trust_of(allow("sts:AssumeRole")).mending_statement
    assert mending is not None
    assert trust_of(allow("sts:AssumeRole"), mending).mending_statement is None


def test_a_role_for_nobody_is_not_told_how_to_let_the_hub_in() -> None:
    assert trust_of(allow("sts:AssumeRole"), wanted=False).mending_statement is None


def test_what_is_denied_is_not_mended_by_an_addition() -> None:
    told = trust_of(allow(*ALL), deny("sts:SetSourceIdentity"))
    assert told == HubTrust(source_identity=False, session_tags=True, mending_statement=None)
