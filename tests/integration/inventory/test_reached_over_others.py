"""Roles that the hub reaches over others: what their trust policies allow is judged by who will really ask."""

import json
from typing import Any

import pytest

from tests.support.estate import FIRST, TAG, Estate

BROKER = f"arn:aws:iam::{FIRST}:role/spokes/Broker"


@pytest.fixture(autouse=True)
def _directory(estate: Estate) -> None:
    estate.begin()


def trusting(principal: str, external_id: str) -> dict[str, Any]:
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"AWS": principal},
                "Action": ["sts:AssumeRole", "sts:SetSourceIdentity", "sts:TagSession"],
                "Condition": {"StringEquals": {"sts:ExternalId": external_id}},
            }
        ],
    }


@pytest.mark.parametrize("reached", [True, False])
def test_a_sync_judges_trust_by_the_last_role_on_the_way(estate: Estate, *, reached: bool) -> None:
    route = {"accounts": [FIRST], "via": [{"role": "spokes/Broker"}]}
    estate.configure(credentials={"external_id": "company-1", "routes": [route] if reached else []})
    role = estate.create_role(
        FIRST, "app", {TAG: "engineers"}, AssumeRolePolicyDocument=json.dumps(trusting(BROKER, "company-1"))
    )
    broker = estate.create_role(FIRST, "Broker", {TAG: "engineers"}, Path="/spokes/")
    estate.sync(FIRST)
    found = estate.held(role, "group:engineers").terms
    assert found is not None
    assert (found.source_identity, found.session_tags) == (reached, reached)
    assert (broker in estate.rights("group:engineers")) is not reached
    page = estate.role_page(FIRST, "app")
    assert page.trust.source_identity is reached
