"""Guardrails where requests are made, edited and prepared, and over the facts that the inventory and the directory hold."""

import json
from typing import Any

import pytest

from chalicelib.accounts.models import Account
from chalicelib.accounts.store import AccountStore
from chalicelib.core.errors import Forbidden
from chalicelib.inventory.models import AttachedPolicy, NamedPolicy, ResourceWrite, RoleRecord
from chalicelib.inventory.resource_type import Resource
from chalicelib.inventory.resources.iam_managed_policy import ManagedPolicyRecord, PolicyVersion
from chalicelib.inventory.store import ResourceStore
from chalicelib.requests.guardrails.models import Finding, Verdict
from tests.integration.requests.test_api import Door
from tests.support.http import Answered
from tests.support.request_world import ADA, APP, EVE, SPOKE, World, body, document, empty, wish

WIDE = document("s3:PutObject", resource="*")
RUN, PASS = document("ec2:RunInstances", resource="*"), document("iam:PassRole", resource="*")
POLICY = f"arn:aws:iam::{SPOKE}:policy/passer"


def kept(resource: Resource, kind: str, shop: World) -> None:
    """As a run of the inventory would have kept it."""
    write = ResourceWrite(
        arn=resource.arn,
        name=resource.name,
        content_hash=resource.content_hash(),
        tags={},
        owner=None,
        granted={},
        detail=resource.packed(),
    )
    ResourceStore().write(resource.account_id, kind, [write], shop.clock.now())


def role(*inline: NamedPolicy, attached: tuple[AttachedPolicy, ...] = (), boundary: str | None = None) -> RoleRecord:
    return RoleRecord(
        arn=APP,
        name="app",
        account_id=SPOKE,
        path="/team/",
        role_id="AROA1",
        create_date="2026-01-01T00:00:00Z",
        description=None,
        max_session_duration=3600,
        trust_policy={},
        inline_policies=inline,
        attached_policies=attached,
        permissions_boundary=boundary,
        instance_profiles=(),
        last_used=None,
    )


def findings(shop: World, request_id: str) -> list[tuple[str, Verdict]]:
    return [(found.rule, found.verdict) for found in shop.find(request_id).revision.findings]


@pytest.fixture
def door(shop: World) -> Door:
    return Door(shop)


@pytest.fixture(autouse=True)
def _nothing_known(shop: World) -> None:
    with shop.boundary.unguarded():
        empty("inventory")


class TestWhereRequestsAreMade:
    def test_what_they_say_is_stored_with_the_revision_and_part_of_what_is_approved(self, shop: World) -> None:
        found = shop.find(shop.requested(asked=body(wish(WIDE))))
        assert ("wildcards", Verdict.WARN) in [(one.rule, one.verdict) for one in found.revision.findings]
        without = found.revision.model_copy(update={"findings": ()})
        assert found.revision.hash(found.head.id) != without.hash(found.head.id)

    def test_a_preview_shows_them_and_stores_nothing(self, shop: World, door: Door) -> None:
        asked = {**body(wish(WIDE)), "dry_run": True}
        shown = door.create(EVE, asked).json
        assert "wildcards" in str(shown)

    def test_what_one_refuses_is_not_stored_and_every_reason_is_said(self, shop: World) -> None:
        shop.configure(guardrails={"denied_actions": ["s3:PutObject"], "protected_accounts": [SPOKE]})
        with pytest.raises(Forbidden, match=r"s3:PutObject.*which is protected") as refused:
            shop.submit(EVE, body(wish(WIDE)))
        assert refused.value.reason == "refused_by_guardrail"
        assert list(shop.workflows.executions) == []

    def test_an_edit_is_judged_anew(self, shop: World) -> None:
        request_id = shop.requested()
        shop.order(EVE, request_id, "update_change", change_id=f"{request_id}0", policy_document=WIDE)
        assert ("wildcards", Verdict.WARN) in findings(shop, request_id)
        shop.configure(guardrails={"denied_actions": ["s3:DeleteObject"]})
        with pytest.raises(Forbidden, match="s3:DeleteObject"):
            shop.order(
                EVE,
                request_id,
                "update_change",
                change_id=f"{request_id}0",
                policy_document=document("s3:DeleteObject"),
            )

    def test_what_is_refused_since_it_was_asked_for_is_rejected_when_it_is_prepared(self, shop: World) -> None:
        request_id = shop.submit(EVE, body(wish(WIDE))).request_id
        assert request_id is not None
        shop.configure(guardrails={"denied_actions": ["s3:PutObject"]})
        shop.workflows.run()
        assert shop.state(request_id) == "rejected"
        assert "s3:PutObject" in shop.find(request_id).events[-1].text

    def test_whoever_asks_to_keep_what_was_given_for_a_time_is_told_the_same(self, shop: World) -> None:
        until = shop.clock.now() + 3600
        first = shop.requested(asked=body(wish(WIDE, until=until)))
        shop.order(ADA, first, "approve_request", **shop.shown(first))
        shop.workflows.run()
        told = [found for found in findings(shop, first) if found[0] == "wildcards"]
        again = shop.submit(EVE, body(wish(WIDE, until=until + 3600))).request_id
        assert again is not None
        assert told
        assert [found for found in findings(shop, again) if found[0] == "wildcards"] == told

    def test_the_configuration_says_what_follows_and_notes_stay_notes(self, shop: World) -> None:
        shop.configure(guardrails={"verdicts": {"wildcards": "more_approval", "access_levels": "refuse"}})
        found = findings(shop, shop.requested(asked=body(wish(WIDE))))
        assert ("wildcards", Verdict.MORE_APPROVAL) in found
        assert ("access_levels", Verdict.NOTE) in found


class TestWhatThePrincipalHasAlready:
    def found(self, shop: World) -> list[Finding]:
        request = shop.find(shop.requested(asked=body(wish(RUN))))
        return [found for found in request.revision.findings if found.rule == "privilege_escalation"]

    def test_its_inline_policies_count(self, shop: World) -> None:
        kept(role(NamedPolicy(name="passer", document=PASS)), "iam_role", shop)
        (found,) = self.found(shop)
        assert found.verdict is Verdict.MORE_APPROVAL

    def test_its_managed_policies_count(self, shop: World) -> None:
        version = PolicyVersion(version_id="v1", create_date="", document=PASS)
        policy = ManagedPolicyRecord(
            arn=POLICY,
            name="passer",
            account_id=SPOKE,
            path="/",
            policy_id="ANPA1",
            description=None,
            create_date="",
            update_date="",
            default_version="v1",
            versions=(version,),
        )
        kept(policy, "iam_managed_policy", shop)
        kept(role(attached=(AttachedPolicy(name="passer", arn=POLICY),)), "iam_role", shop)
        assert len(self.found(shop)) == 1

    def test_a_principal_that_nobody_has_read_yet_is_said_to_be_unknown(self, shop: World) -> None:
        (found,) = self.found(shop)
        assert found.title == "Its other policies are not known"

    def test_a_boundary_that_must_be_there_is_looked_for_in_the_inventory(self, shop: World) -> None:
        edge = f"arn:aws:iam::{SPOKE}:policy/edge"
        required = [{"principals": [f"arn:aws:iam::{SPOKE}:role/team/*"], "boundaries": [edge]}]
        shop.configure(guardrails={"required_boundaries": required})
        kept(role(boundary=edge), "iam_role", shop)
        assert shop.requested()
        kept(role(), "iam_role", shop)
        with shop.boundary.unguarded():
            empty("inventory")
        with pytest.raises(Forbidden, match="permissions boundary"):
            shop.submit(EVE)


class TestCheckingWhileTyping:
    def check(self, door: Door, content: Any, query: str = "", user: str | None = EVE) -> Answered:
        return door.call(user, "POST", "/api/v2/policies/check", content, query=query)

    def test_an_unknown_action_is_told_as_consoleme_does(self, door: Door) -> None:
        statement = '{"Effect":"Allow","Action":["s3:Nope"],"Resource":["*"]}'
        text = f'{{"Version":"2012-10-17","Statement":[{statement}]}}'
        location = {"string": "s3:Nope", "line": 1, "column": 66, "filepath": None}
        remark = {
            "issue": "UNKNOWN_ACTION",
            "detail": '"Unknown action s3:Nope"',
            "location": location,
            "severity": "LOW",
            "title": "Unknown action",
            "description": "",
        }
        assert self.check(door, text).json == [remark]

    def test_a_text_in_json_is_a_policy_too_and_its_own_lines_count(self, door: Door) -> None:
        text = json.dumps(document("s3:GetObject", "s3:Nope"), indent=2)
        (remark,) = self.check(door, json.dumps(text)).json
        assert remark["location"]["line"] == text[: text.index("s3:Nope")].count("\n") + 1

    def test_a_clean_policy_is_nothing(self, door: Door) -> None:
        assert self.check(door, document()).json == []

    @pytest.mark.parametrize(
        ("text", "issue", "words"),
        [
            ("no policy", "MALFORMED_JSON", "Expecting value"),
            ('{"Version": 1, "Version": 2}', "MALFORMED_JSON", "Version stands twice"),
            ("[]", "MALFORMED_JSON", "JSON object"),
            ("[" * 5000, "MALFORMED_JSON", ""),
            ('{"Version": "2012-10-17", "Nope": 1}', "MALFORMED", "unknown key"),
            ('{"Version": "2012-10-17", "Statement": []}', "MALFORMED", "at least one"),
        ],
    )
    def test_what_is_no_policy_is_one_remark(self, door: Door, text: str, issue: str, words: str) -> None:
        (remark,) = self.check(door, json.dumps(text)).json
        assert remark["issue"] == issue
        assert words in remark["detail"]

    def test_a_fault_is_told_where_its_statement_begins(self, door: Door) -> None:
        fine = document()["Statement"][0]
        text = json.dumps({"Version": "2012-10-17", "Statement": [fine, {**fine, "Effect": "Perhaps"}]}, indent=1)
        (remark,) = self.check(door, json.dumps(text)).json
        assert remark["location"]["line"] > 3

    def test_the_guardrails_speak_with_what_follows(self, door: Door) -> None:
        (remark,) = self.check(door, document("*", resource="*")).json[-1:]
        told = {one["issue"]: one for one in self.check(door, document("*", resource="*")).json}
        assert told["WILDCARDS"]["severity"] == "HIGH"
        assert "one more approval" in told["WILDCARDS"]["description"]
        assert remark["issue"] != "ACCESS_LEVELS"

    def test_with_the_principal_what_it_has_counts_and_summaries_are_told(self, shop: World, door: Door) -> None:
        kept(role(NamedPolicy(name="passer", document=PASS)), "iam_role", shop)
        told = [one["issue"] for one in self.check(door, RUN, f"arn={APP}&name=export").json]
        assert {"PRIVILEGE_ESCALATION", "ACCESS_LEVELS"} <= set(told)

    def test_what_stands_under_that_name_already_is_not_told_again(self, shop: World, door: Door) -> None:
        kept(role(NamedPolicy(name="export", document=WIDE)), "iam_role", shop)
        assert "WILDCARDS" in [one["issue"] for one in self.check(door, WIDE, f"arn={APP}&name=other").json]
        assert "WILDCARDS" not in [one["issue"] for one in self.check(door, WIDE, f"arn={APP}&name=export").json]

    def test_a_bucket_policy_is_checked_by_its_own_grammar(self, shop: World, door: Door) -> None:
        with shop.boundary.unguarded():
            AccountStore().put(Account(account_id=SPOKE, name="shop"), shop.clock.now())
        public = {
            "Version": "2012-10-17",
            "Statement": [
                {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::x/*"}
            ],
        }
        assert [one["issue"] for one in self.check(door, public, "kind=resource").json] == ["PUBLIC_ACCESS"]
        assert [one["issue"] for one in self.check(door, public).json] == ["MALFORMED"]

    def test_a_trust_policy_is_checked_by_its_own_grammar(self, door: Door) -> None:
        trust = {
            "Version": "2012-10-17",
            "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole"}],
        }
        told = {one["issue"]: one["severity"] for one in self.check(door, trust, "kind=trust").json}
        assert told == {"PUBLIC_ACCESS": "CRITICAL", "NEW_TRUST": "MEDIUM"}

    def test_a_principal_that_somebody_does_not_see_is_not_there(self, shop: World, door: Door) -> None:
        shop.configure(visibility={"rules": [{"where": {"accounts": [SPOKE]}}]})
        assert self.check(door, document(), f"arn={APP}").status == 400

    def test_only_who_is_signed_in_checks(self, door: Door) -> None:
        assert self.check(door, document(), user=None).status == 403

    def test_two_megabytes_are_refused(self, door: Door) -> None:
        assert self.check(door, '{"Version": "' + "x" * 2_000_000 + '"}').status == 413
