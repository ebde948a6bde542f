"""The full demo, read back through the APIs."""

import json
import re
from collections import Counter
from typing import Any

import pytest

from tests.integration.demo.reading import REGIONS, Written

SPOKES = {"ConsoleMeSpokeRead", "ConsoleMeSpokeApply"}
HUB = {"ConsoleMeApi", "ConsoleMeSync", "ConsoleMeApply"}


def test_the_hub_account_manages_an_organisation_with_six_members_in_units(full: Written) -> None:
    api = full.client("organizations", "management")
    members = {row["Name"]: row["Id"] for row in api.list_accounts()["Accounts"] if row["Name"] != "master"}
    assert api.describe_organization()["Organization"]["MasterAccountId"] == full.demo.hub_account_id
    assert members == {name: one for name, one in full.demo.accounts.items() if name != "management"}
    assert len(members) == 6
    root = api.list_roots()["Roots"][0]["Id"]
    units = {
        row["Name"]: row["Id"] for row in api.list_organizational_units_for_parent(ParentId=root)["OrganizationalUnits"]
    }
    assert set(units) == {"Workloads", "Security", "Sandbox", "Acquisitions"}
    below = api.list_organizational_units_for_parent(ParentId=units["Workloads"])["OrganizationalUnits"]
    assert {row["Name"] for row in below} == {"Prod", "Test"}
    prod = next(row["Id"] for row in below if row["Name"] == "Prod")
    assert {row["Name"] for row in api.list_accounts_for_parent(ParentId=prod)["Accounts"]} == {
        "payments-prod",
        "search-prod",
    }


def test_the_counts_that_are_reported_are_those_that_aws_has(full: Written) -> None:
    created_by_organizations = {"OrganizationAccountAccessRole"}
    roles = [
        role
        for name in full.demo.accounts
        for role in full.roles(name)
        if role["RoleName"] not in created_by_organizations
    ]
    resources = {kind: len(list(full.resource_policies(kind))) for kind in ("buckets", "queues", "topics")}
    assert full.demo.counts == {
        "accounts": 7,
        "roles": len(roles),
        "users": sum(len(full.details(name)["UserDetailList"]) for name in full.demo.accounts),
        "groups": sum(len(full.details(name)["GroupDetailList"]) for name in full.demo.accounts),
        "managed_policies": sum(
            ":iam::aws:" not in policy["Arn"]
            for name in full.demo.accounts
            for policy in full.details(name)["Policies"]
        ),
        **resources,
        "tables": sum(
            len(full.client("dynamodb", name, region).list_tables()["TableNames"])
            for name in full.demo.accounts
            for region in REGIONS
        ),
    }
    assert len(roles) >= 300
    assert full.demo.counts["users"] == 30
    assert resources == {"buckets": 60, "queues": 40, "topics": 40}


def test_three_hundred_roles_can_be_synchronised(full: Written) -> None:
    assert sum(len(full.roles(account)) for account in full.synchronised_accounts()) >= 300


@pytest.mark.parametrize("kind", ["buckets", "queues", "topics"])
def test_resources_lie_in_three_regions_with_and_without_policies(full: Written, kind: str) -> None:
    found = dict(full.resource_policies(kind))
    assert {name.split(":")[0] for name in found} == set(REGIONS)
    principals = [
        statement["Principal"]
        for policy in found.values()
        if policy
        for statement in policy["Statement"]
        if "Principal" in statement
    ]
    assert f"arn:aws:iam::{full.demo.accounts['developer-sandbox']}:root" in json.dumps(principals)
    assert any(principal in ("*", {"AWS": "*"}) for principal in principals)
    if kind != "topics":  # SNS writes a policy itself
        assert None in found.values()


def test_every_account_but_one_has_the_spoke_roles(full: Written) -> None:
    names = {account: {role["RoleName"] for role in full.roles(account)} for account in full.demo.accounts}
    assert {account for account, found in names.items() if found >= SPOKES} == set(names) - {"acquired-shop"}
    assert not names["acquired-shop"] & SPOKES
    assert names["management"] >= HUB
    assert not any(found & HUB for account, found in names.items() if account != "management")


def test_the_spoke_roles_trust_exactly_their_hub_roles(full: Written) -> None:
    for account in full.synchronised_accounts():
        assert full.assume("ConsoleMeSync", f"{account}/ConsoleMeSpokeRead") == "ok"
        assert full.assume("ConsoleMeApi", f"{account}/ConsoleMeSpokeRead") == "ok"
        assert full.assume("ConsoleMeApply", f"{account}/ConsoleMeSpokeApply") == "ok"
        for hub_role, spoke in [
            ("ConsoleMeApi", "ConsoleMeSpokeApply"),
            ("ConsoleMeSync", "ConsoleMeSpokeApply"),
            ("ConsoleMeApply", "ConsoleMeSpokeRead"),
        ]:
            assert full.assume(hub_role, f"{account}/{spoke}") == "AccessDenied"


def test_the_reading_spoke_cannot_write_and_the_applying_one_cannot_touch_our_roles(full: Written) -> None:
    (read,) = full.role("payments-prod", "ConsoleMeSpokeRead")["RolePolicyList"]
    actions = [action for statement in read["PolicyDocument"]["Statement"] for action in statement["Action"]]
    assert all(re.fullmatch(r"\w+:(Get|List|Select|Describe|Decode)\w+", action) for action in actions)
    (apply,) = full.role("payments-prod", "ConsoleMeSpokeApply")["RolePolicyList"]
    statements = {statement["Sid"]: statement for statement in apply["PolicyDocument"]["Statement"]}
    assert statements["NeverOurOwnRoles"]["Effect"] == "Deny"
    assert statements["NeverOurOwnRoles"]["Resource"] == "arn:aws:iam::*:role/ConsoleMe*"


def test_trust_policies_differ_as_in_the_field(full: Written) -> None:
    wishes: dict[str, dict[str, Any]] = {
        "bare": {},
        "named": {"SourceIdentity": "ada", "Tags": [{"Key": "team", "Value": "x"}]},
        "source identity": {"SourceIdentity": "ada"},
        "external id": {"ExternalId": "reports-7f3a19c2"},
    }
    answers = {
        role: {wish: full.assume("ConsoleMeApi", role, **arguments) for wish, arguments in wishes.items()}
        for role in [
            "payments-prod/PaymentsEngineer",
            "payments-prod/PaymentsDeployer",
            "payments-prod/PaymentsIncident",
            "payments-prod/LedgerMigration",
            "payments-prod/LedgerFrozen",
            "search-prod/PartnerReports",
            "search-prod/SearchIncident",
        ]
    }
    no, ok = "AccessDenied", "ok"
    columns = ("bare", "named", "source identity", "external id")
    assert answers == {
        "payments-prod/PaymentsEngineer": dict(zip(columns, (ok, no, no, ok), strict=True)),
        "payments-prod/PaymentsDeployer": dict(zip(columns, (ok, ok, ok, ok), strict=True)),
        "payments-prod/PaymentsIncident": dict(zip(columns, (ok, no, ok, ok), strict=True)),
        "payments-prod/LedgerMigration": dict(zip(columns, (no, no, no, no), strict=True)),
        "payments-prod/LedgerFrozen": dict(zip(columns, (no, no, no, no), strict=True)),
        "search-prod/PartnerReports": dict(zip(columns, (no, no, no, ok), strict=True)),
        "search-prod/SearchIncident": dict(zip(columns, (ok, no, no, ok), strict=True)),
    }


def test_every_sort_of_role_that_companies_have_is_there(full: Written) -> None:
    roles = [role for account in full.demo.accounts for role in full.roles(account)]
    trusts = Counter(
        statement["Action"] if isinstance(statement["Action"], str) else statement["Action"][0]
        for role in roles
        for statement in role["AssumeRolePolicyDocument"]["Statement"]
    )
    assert set(trusts) == {"sts:AssumeRole", "sts:AssumeRoleWithWebIdentity", "sts:AssumeRoleWithSAML"}
    paths = {role["Path"].split("/")[1] for role in roles}
    assert paths >= {
        "",
        "team",
        "service",
        "service-role",
        "aws-service-role",
        "aws-reserved",
        "vendors",
        "break-glass",
    }
    assert any(role.get("PermissionsBoundary") for role in roles)
    described = [
        full.client("iam", "management").get_role(RoleName=name)["Role"] for name in ("Administrator", "SecurityAudit")
    ]
    assert {role["MaxSessionDuration"] for role in described} == {3600, 43200}
    actions = str([role["RolePolicyList"] for role in roles])
    assert all(word in actions for word in ("NotAction", "NotResource", "Condition", "'*'", "${aws:PrincipalTag/team}"))
    assert any(not description.isascii() for role in roles if (description := _description(full, role)))


def _description(full: Written, role: dict[str, str]) -> str:
    account = full.named(role["Arn"]).split("/")[0]
    if role["RoleName"] not in {"InvoiceApprover", "SettlementViewer"}:
        return ""
    return str(full.client("iam", account).get_role(RoleName=role["RoleName"])["Role"].get("Description", ""))
