"""Guardrails over identity policies: wildcards, ways to more rights, denied actions, required boundaries, access levels."""

from typing import Any

import pytest

from chalicelib.core.deployment import Hub
from chalicelib.requests.guardrails.models import Verdict
from chalicelib.requests.guardrails.own import own_resources
from chalicelib.requests.guardrails.rules.privilege_escalation import WAYS
from chalicelib.requests.guardrails.subjects import Kind, Standing
from chalicelib.settings import Settings
from tests.support.guardrails import ROLE, document, facts, judged, statement, subject, verdicts

NARROW = document(statement("s3:GetObject"))
PASS_AND_RUN = document(statement("iam:PassRole", "ec2:RunInstances", resource="*"))


def standing(before: list[Any], after: list[Any], **more: Any) -> Any:
    return facts(standing=lambda _: Standing(before=before, after=after, **more))


class TestWildcards:
    def test_named_actions_on_named_resources_pass(self) -> None:
        assert judged("wildcards", subject(None, NARROW)) == []

    @pytest.mark.parametrize("action", ["*", "*:*"])
    def test_every_action_asks_for_one_more_approval(self, action: str) -> None:
        (said,) = judged("wildcards", subject(None, document(statement(action, resource="*"))))
        assert (said.verdict, said.place) == (Verdict.MORE_APPROVAL, "Statement[0]")

    def test_all_but_some_actions_ask_for_one_more_approval(self) -> None:
        new = document({"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"})
        (said,) = judged("wildcards", subject(None, new))
        assert said.verdict is Verdict.MORE_APPROVAL
        assert "iam:*" in said.reason

    def test_a_whole_service_is_warned_of(self) -> None:
        assert verdicts(judged("wildcards", subject(None, document(statement("s3:*"))))) == [
            (Verdict.WARN, "Allows a whole service")
        ]

    @pytest.mark.parametrize("resource", ["*", "arn:aws:s3:::*", ["arn:aws:s3:::a", "arn:aws:iam::1:role/*"]])
    def test_writing_to_what_is_not_named_is_warned_of(self, resource: Any) -> None:
        new = document(statement("s3:PutObject", "s3:GetObject", resource=resource))
        (said,) = judged("wildcards", subject(None, new))
        assert said.title == "Changes whatever there is"
        assert "s3:PutObject" in said.reason
        assert "s3:GetObject" not in said.reason

    def test_reading_what_is_not_named_passes(self) -> None:
        assert judged("wildcards", subject(None, document(statement("s3:GetObject", resource="*")))) == []

    def test_a_condition_narrows_what_may_be_written_to(self) -> None:
        new = statement("s3:PutObject", resource="*", Condition={"StringEquals": {"aws:ResourceTag/team": "a"}})
        assert judged("wildcards", subject(None, document(new))) == []

    def test_what_stood_there_before_is_not_said_again(self) -> None:
        old = statement("*", resource="*")
        assert judged("wildcards", subject(document(old), document(old, statement("s3:GetObject")))) == []

    def test_a_deny_may_be_as_wide_as_it_likes(self) -> None:
        assert judged("wildcards", subject(None, document(statement("*", resource="*", effect="Deny")))) == []


class TestWaysToMoreRights:
    def test_one_action_is_enough_for_some(self) -> None:
        new = document(statement("iam:PutRolePolicy", resource="*"))
        assert verdicts(judged("privilege_escalation", subject(None, new), standing([], [new]))) == [
            (Verdict.MORE_APPROVAL, "A way to more rights")
        ]

    def test_named_resources_make_it_a_warning(self) -> None:
        new = document(statement("iam:PutRolePolicy", resource="arn:aws:iam::1:role/one"))
        assert [said.verdict for said in judged("privilege_escalation", subject(None, new), standing([], [new]))] == [
            Verdict.WARN
        ]

    def test_what_the_principal_has_already_completes_a_combination(self) -> None:
        held, new = (
            document(statement("iam:PassRole", resource="*")),
            document(statement("ec2:RunInstances", resource="*")),
        )
        (said,) = judged("privilege_escalation", subject(None, new), standing([held], [held, new]))
        assert "iam:PassRole and ec2:RunInstances" in said.reason

    def test_half_a_combination_passes(self) -> None:
        new = document(statement("ec2:RunInstances", resource="*"))
        assert judged("privilege_escalation", subject(None, new), standing([], [new])) == []

    def test_what_was_possible_before_is_not_said_again(self) -> None:
        held, new = PASS_AND_RUN, document(statement("ec2:*", resource="*"))
        assert judged("privilege_escalation", subject(None, new), standing([held], [held, new])) == []

    def test_what_was_possible_in_a_narrow_way_and_is_now_everywhere_is_said(self) -> None:
        held = document(statement("iam:PutRolePolicy", resource="arn:aws:iam::1:role/one"))
        new = document(statement("iam:PutRolePolicy", resource="*"))
        assert [one.verdict for one in judged("privilege_escalation", subject(held, new), standing([held], [new]))] == [
            Verdict.MORE_APPROVAL
        ]

    @pytest.mark.parametrize("action", ["sts:AssumeRole", "lambda:UpdateFunctionCode"])
    def test_taking_a_named_role_and_changing_a_named_function_are_meant(self, action: str) -> None:
        named = document(statement(action, resource="arn:aws:iam::1:role/one"))
        assert judged("privilege_escalation", subject(None, named), standing([], [named])) == []
        wide = document(statement(action, resource="*"))
        assert judged("privilege_escalation", subject(None, wide), standing([], [wide]))

    def test_a_tag_on_any_role_opens_it_by_this_very_product(self) -> None:
        new = document(statement("iam:TagRole", resource="*"))
        (said,) = judged("privilege_escalation", subject(None, new), standing([], [new]))
        assert said.verdict is Verdict.MORE_APPROVAL

    def test_a_deny_without_conditions_closes_the_way(self) -> None:
        closed = document(statement("iam:*", resource="*", effect="Deny"))
        assert (
            judged("privilege_escalation", subject(None, PASS_AND_RUN), standing([closed], [closed, PASS_AND_RUN]))
            == []
        )

    def test_a_deny_under_a_condition_closes_nothing(self) -> None:
        half = statement("iam:*", resource="*", effect="Deny", Condition={"Bool": {"aws:SecureTransport": "false"}})
        held = document(half)
        assert judged("privilege_escalation", subject(None, PASS_AND_RUN), standing([held], [held, PASS_AND_RUN]))

    def test_everything_is_every_way_and_is_said_once(self) -> None:
        new = document(statement("*", resource="*"))
        (said,) = judged("privilege_escalation", subject(None, new), standing([], [new]))
        assert said.title == f"{len(WAYS)} ways to more rights"
        assert f"and {len(WAYS) - 4} more" in said.reason

    def test_that_a_principals_other_policies_are_not_known_is_said(self) -> None:
        said = judged("privilege_escalation", subject(None, PASS_AND_RUN), standing([], [PASS_AND_RUN], known=False))
        assert "Its other policies are not known" in [one.title for one in said]

    def test_taking_a_policy_away_is_no_way(self) -> None:
        assert judged("privilege_escalation", subject(PASS_AND_RUN, None)) == []


class TestDeniedActions:
    @pytest.mark.parametrize("granted", ["s3:PutBucketPolicy", "S3:putbucketpolicy", "s3:Put*", "s3:*", "*"])
    def test_a_denied_action_is_refused_however_it_is_written(self, granted: str) -> None:
        known = facts(denied_actions=["s3:PutBucketPolicy"])
        (said,) = judged("denied_actions", subject(None, document(statement(granted))), known)
        assert said.verdict is Verdict.REFUSE
        assert "s3:PutBucketPolicy" in said.reason

    def test_a_denied_action_is_found_in_all_but_others(self) -> None:
        new = document({"Effect": "Allow", "NotAction": "s3:*", "Resource": "*"})
        assert judged("denied_actions", subject(None, new), facts(denied_actions=["iam:PassRole"]))
        assert judged("denied_actions", subject(None, new), facts(denied_actions=["s3:PutObject"])) == []

    def test_an_action_that_nobody_documents_is_denied_too(self) -> None:
        known = facts(denied_actions=["newservice:Explode"])
        assert judged("denied_actions", subject(None, document(statement("newservice:*"))), known)

    def test_denying_it_and_what_stood_there_before_pass(self) -> None:
        known = facts(denied_actions=["s3:*"])
        denied, old = statement("s3:*", effect="Deny"), statement("s3:GetObject")
        assert judged("denied_actions", subject(document(old), document(old, denied)), known) == []


class TestRequiredBoundary:
    required = ({"principals": ["arn:aws:iam::*:role/team/*"], "boundaries": ["arn:aws:iam::*:policy/edge"]},)
    edge = "arn:aws:iam::222222222222:policy/edge"

    @pytest.mark.parametrize("boundary", [None, "arn:aws:iam::222222222222:policy/other"])
    @pytest.mark.parametrize("kind", [Kind.IDENTITY, Kind.BOUNDARY])
    def test_without_it_nothing_is_given(self, boundary: str | None, kind: Kind) -> None:
        known = facts(required_boundaries=self.required, standing=lambda _: Standing(boundary_after=boundary))
        (said,) = judged("required_boundary", subject(None, NARROW, kind), known)
        assert said.verdict is Verdict.REFUSE
        assert "policy/edge" in said.reason

    def test_with_it_a_policy_is_given(self) -> None:
        known = facts(required_boundaries=self.required, standing=lambda _: Standing(boundary_after=self.edge))
        assert judged("required_boundary", subject(None, NARROW), known) == []

    def test_who_is_not_known_has_none(self) -> None:
        known = facts(required_boundaries=self.required, standing=lambda _: Standing(known=False))
        (said,) = judged("required_boundary", subject(None, NARROW), known)
        assert "is not known to have one" in said.reason

    def test_taking_a_policy_away_needs_none(self) -> None:
        assert judged("required_boundary", subject(NARROW, None), facts(required_boundaries=self.required)) == []

    def test_others_need_none(self) -> None:
        other = subject(None, NARROW, target="arn:aws:iam::222222222222:role/other")
        assert judged("required_boundary", other, facts(required_boundaries=self.required)) == []


class TestAccessLevels:
    def test_what_is_added_and_what_goes_is_told_by_level_the_gravest_first(self) -> None:
        before = document(statement("s3:GetObject", "sqs:SendMessage"))
        after = document(statement("s3:GetObject", "s3:PutBucketPolicy", "s3:PutObject"))
        said = judged("access_levels", subject(before, after))
        assert verdicts(said) == [
            (Verdict.NOTE, "Adds permissions management and write access"),
            (Verdict.NOTE, "Removes write access"),
        ]
        assert said[0].reason == "Permissions management: s3:PutBucketPolicy. Write: s3:PutObject."

    def test_wildcards_mean_what_is_documented(self) -> None:
        (said,) = judged("access_levels", subject(None, document(statement("s3:*"))))
        assert "Write: s3:DeleteObject, s3:PutObject." in said.reason

    def test_nothing_new_is_nothing_said(self) -> None:
        assert judged("access_levels", subject(NARROW, NARROW)) == []


class TestProtected:
    def test_what_the_configuration_protects_is_refused(self) -> None:
        known = facts(protected=["arn:aws:iam::*:role/team/*"])
        assert [said.verdict for said in judged("protected", subject(None, NARROW), known)] == [Verdict.REFUSE]

    def test_so_is_everything_in_a_protected_account(self) -> None:
        known = facts(protected_accounts=["222222222222"])
        (said,) = judged("protected", subject(None, NARROW, Kind.RESOURCE), known)
        assert said.verdict is Verdict.REFUSE

    def test_what_may_be_in_a_protected_account_is_refused_too(self) -> None:
        known = facts(protected_accounts=["999999999999"])
        (said,) = judged("protected", subject(None, NARROW, Kind.RESOURCE, account_id=""), known)
        assert said.title == "Perhaps in a protected account"

    def test_everything_else_passes(self) -> None:
        known = facts(protected=["arn:aws:iam::*:role/other"], protected_accounts=["999999999999"])
        assert judged("protected", subject(None, NARROW, target=ROLE), known) == []


class TestWhatTheProductStandsOn:
    settings = Settings(
        region="eu-west-1",
        bucket="consoleme-data",
        audit_bucket="consoleme-audit",
        telling_queue_url="https://sqs.eu-west-1.amazonaws.com/123456789012/consoleme-telling.fifo",
    )

    @pytest.mark.parametrize(
        "arn",
        [
            "arn:aws:s3:::consoleme-data",
            "arn:aws:s3:::consoleme-audit",
            "arn:aws:sqs:eu-west-1:123456789012:consoleme-telling.fifo",
        ],
    )
    def test_its_buckets_and_queues_are_refused(self, arn: str) -> None:
        known = facts(own=own_resources(self.settings, Hub(account_id="123456789012")))
        (said,) = judged("protected", subject(None, NARROW, Kind.RESOURCE, target=arn), known)
        assert said.verdict is Verdict.REFUSE

    def test_what_is_not_deployed_is_nobodys(self) -> None:
        assert own_resources(Settings(), Hub(account_id="123456789012")) == frozenset()
