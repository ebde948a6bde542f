"""What the seeded program plans, before anything is written: documents and names that AWS itself would take."""

import json
import re
from collections import Counter
from typing import Any

import pytest

from infra.local.demo.build import plan_for
from infra.local.demo.model import Account, Organisation, Plan
from infra.local.demo.tables import Document, filled, table

SIZES = ("small", "full")
EFFECTS = {"Allow", "Deny"}


def planned(size: str, number: int = 7) -> Plan:
    rows = table("accounts")
    members = [row for row in rows["members"] if row["key"] in rows["sizes"][size]["members"]]
    accounts = [Account(id=f"{position:012}", **row) for position, row in enumerate(members, start=2)]
    hub = Account(id="000000000001", unit="", **rows["hub"])
    return plan_for(Organisation("o-0123456789", (hub, *accounts)), rows["sizes"][size], number)


@pytest.fixture(scope="module", params=SIZES)
def plan(request: pytest.FixtureRequest) -> Plan:
    return planned(request.param)


def size_of(document: Document) -> int:
    """As IAM counts: without blanks."""
    return len(re.sub(r"\s", "", json.dumps(document, ensure_ascii=False)))


def check_document(document: Document, *, principal: bool, resource: bool) -> None:
    """The grammar of a policy, as far as AWS refuses what breaks it."""
    assert set(document) == {"Version", "Statement"}
    sids = Counter(statement["Sid"] for statement in document["Statement"] if "Sid" in statement)
    assert all(re.fullmatch(r"[A-Za-z0-9]+", sid) and count == 1 for sid, count in sids.items())
    for statement in document["Statement"]:
        assert statement["Effect"] in EFFECTS
        assert ("Action" in statement) != ("NotAction" in statement)
        assert ("Principal" in statement or "NotPrincipal" in statement) is principal
        assert ("Resource" in statement or "NotResource" in statement) is resource
        actions = statement.get("Action") or statement["NotAction"]
        for action in [actions] if isinstance(actions, str) else actions:
            assert re.fullmatch(r"\*|[a-zA-Z0-9-*]+:[A-Za-z0-9*]+", action)
    assert "%{" not in json.dumps(document)


def test_the_same_number_plans_the_same_and_another_number_does_not() -> None:
    assert planned("full") == planned("full")
    assert planned("full") != planned("full", number=8)


def test_trust_policies_are_what_iam_takes(plan: Plan) -> None:
    for role in plan.roles:
        check_document(role.trust, principal=True, resource=False)
        assert size_of(role.trust) <= 2048
        assert all(
            str(action).startswith("sts:") for one in role.trust["Statement"] for action in listed(one["Action"])
        )


def test_identity_policies_are_what_iam_takes(plan: Plan) -> None:
    carried = [(role.inline, 10_240) for role in plan.roles] + [(user.inline, 2_048) for user in plan.users]
    carried += [(group.inline, 5_120) for group in plan.groups]
    for inline, limit in carried:
        assert sum(size_of(document) for document in inline.values()) <= limit
        for document in inline.values():
            check_document(document, principal=False, resource=True)
    for said in [text for policy in plan.policies for text in (policy.document, policy.before) if text]:
        assert size_of(said) <= 6_144
        check_document(said, principal=False, resource=True)


def test_resource_policies_are_what_the_services_take(plan: Plan) -> None:
    limits = {"buckets": 20_480, "queues": 8_192, "topics": 30_720}
    for resource in plan.resources:
        if resource.policy:
            assert size_of(resource.policy) <= limits[resource.kind]
            check_document(resource.policy, principal=True, resource=True)


def test_names_paths_tags_and_descriptions_are_what_iam_takes(plan: Plan) -> None:
    for role in plan.roles:
        assert re.fullmatch(r"[\w+=,.@-]{1,64}", role.name, re.ASCII)
        assert re.fullmatch(r"/([!-~]+/)*", role.path)
        assert re.fullmatch(r"[\t\n\r\x20-\x7e\xa1-\xff]{0,1000}", role.description)
        assert 1 <= role.hours <= 12
        for key, value in role.tags.items():
            assert len(key) <= 128
            assert re.fullmatch(r"[\w\s.:/=+\-@]{0,256}", value)
    for names in [
        [f"{role.account_id}/{role.name.lower()}" for role in plan.roles],
        [f"{user.account_id}/{user.name.lower()}" for user in plan.users],
        [f"{one.kind}/{one.account_id}/{one.region}/{one.name}" for one in plan.resources],
    ]:
        assert len(set(names)) == len(names)
    buckets = [one.name for one in plan.resources if one.kind == "buckets"]
    assert len(set(buckets)) == len(buckets)
    assert all(re.fullmatch(r"[a-z0-9][a-z0-9-]{1,61}[a-z0-9]", name) for name in buckets)


def test_what_is_attached_exists(plan: Plan) -> None:
    ours = {policy.arn for policy in plan.policies}
    carried = [role.attached for role in plan.roles] + [user.attached for user in plan.users]
    carried += [group.attached for group in plan.groups]
    attached = {arn for arns in carried for arn in arns if ":iam::aws:" not in arn}
    boundaries = {role.boundary for role in plan.roles if role.boundary}
    assert attached | boundaries <= ours
    assert attached
    assert boundaries


def test_each_flavour_of_resource_policy_is_dealt_out(plan: Plan) -> None:
    for kind in ("buckets", "queues", "topics"):
        sids = {
            statement.get("Sid")
            for one in plan.resources
            if one.kind == kind and one.policy
            for statement in one.policy["Statement"]
        }
        flavours = table("resources")[kind]["policies"].values()
        assert sids == {statement["Sid"] for flavour in flavours if flavour for statement in flavour}


def test_a_table_that_names_something_unknown_is_an_error() -> None:
    with pytest.raises(KeyError, match="nobody"):
        filled({"Resource": ["arn:%{nobody}"]}, {"account": "1"})
    assert filled("${aws:username}", {}) == "${aws:username}"


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
