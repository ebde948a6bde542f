"""Guardrails over what lets others in: resource policies, trust policies, and tags that give access."""

from typing import Any

import pytest

from chalicelib.requests.guardrails.models import Verdict
from chalicelib.requests.guardrails.subjects import Facts, Kind, Standing
from tests.support.guardrails import ACCOUNT, OTHER, STRANGER, document, facts, judged, statement, subject, verdicts


def letting(principal: Any, **more: Any) -> dict[str, Any]:
    return document(statement("s3:GetObject", Principal=principal, **more))


def trusting(principal: Any, action: str = "sts:AssumeRole", **more: Any) -> dict[str, Any]:
    return document({"Effect": "Allow", "Action": action, "Principal": principal, **more})


def root(account: str) -> str:
    return f"arn:aws:iam::{account}:root"


class TestPublicAccess:
    @pytest.mark.parametrize(
        ("principal", "more", "verdict", "title"),
        [
            ("*", {}, Verdict.MORE_APPROVAL, "Open to everybody"),
            ({"AWS": "*"}, {}, Verdict.MORE_APPROVAL, "Open to everybody"),
            ({"AWS": root(STRANGER)}, {}, Verdict.MORE_APPROVAL, "Lets in an account that is not ours"),
            ({"AWS": root(OTHER)}, {}, Verdict.NOTE, "Lets in another account"),
            ({"Service": "sns.amazonaws.com"}, {}, Verdict.WARN, "A service for anybody"),
            (
                {"Service": "sns.amazonaws.com"},
                {"Condition": {"StringEquals": {"aws:SourceAccount": ACCOUNT}}},
                Verdict.NOTE,
                "Lets in a service or provider",
            ),
            (
                "*",
                {"Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-ours1"}}},
                Verdict.WARN,
                "Open to the organisation",
            ),
            (
                "*",
                {"Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-theirs"}}},
                Verdict.MORE_APPROVAL,
                "Open to another organisation",
            ),
            ("*", {"Condition": {"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}}}, Verdict.WARN, "Open by network"),
            ({"CanonicalUser": "abc"}, {}, Verdict.MORE_APPROVAL, "Lets in somebody unknown"),
            ({"AWS": "AROAABCDEFGHIJKLMNOP"}, {}, Verdict.WARN, "Names somebody who is gone"),
            ({"Nobody": "x"}, {}, Verdict.MORE_APPROVAL, "Nobody can tell whom it lets in"),
        ],
    )
    def test_whom_a_bucket_policy_newly_lets_in(
        self, principal: Any, more: dict[str, Any], verdict: Verdict, title: str
    ) -> None:
        assert verdicts(judged("public_access", subject(None, letting(principal, **more), Kind.RESOURCE))) == [
            (verdict, title)
        ]

    def test_whom_it_let_in_before_is_not_said_again(self) -> None:
        old = letting("*")
        assert judged("public_access", subject(old, {**old, "Id": "new"}, Kind.RESOURCE)) == []

    def test_who_may_newly_do_more_is_said(self) -> None:
        more = document(statement("s3:GetObject", "s3:PutObject", Principal="*"))
        assert judged("public_access", subject(letting("*"), more, Kind.RESOURCE))

    def test_an_account_that_the_configuration_trusts_is_ours(self) -> None:
        known = facts(trusted_accounts=[STRANGER], trusted_organizations=["o-partner"])
        wanted = subject(None, letting({"AWS": root(STRANGER)}), Kind.RESOURCE)
        assert [said.verdict for said in judged("public_access", wanted, known)] == [Verdict.NOTE]

    def test_the_own_account_is_nobody_from_outside(self) -> None:
        assert judged("public_access", subject(None, letting({"AWS": root(ACCOUNT)}), Kind.RESOURCE)) == []

    def test_a_role_that_everybody_may_assume_is_refused(self) -> None:
        (said,) = judged("public_access", subject(None, trusting("*"), Kind.TRUST))
        assert said.verdict is Verdict.REFUSE

    def test_a_provider_without_conditions_asks_for_one_more_approval(self) -> None:
        github = {"Federated": f"arn:aws:iam::{ACCOUNT}:oidc-provider/token.actions.githubusercontent.com"}
        action = "sts:AssumeRoleWithWebIdentity"
        (said,) = judged("public_access", subject(None, trusting(github, action), Kind.TRUST))
        assert said.verdict is Verdict.MORE_APPROVAL
        pinned = {"StringEquals": {"token.actions.githubusercontent.com:sub": "repo:ours/one:ref:refs/heads/main"}}
        (said,) = judged("public_access", subject(None, trusting(github, action, Condition=pinned), Kind.TRUST))
        assert said.verdict is Verdict.NOTE

    def test_an_identity_policy_lets_nobody_in(self) -> None:
        assert judged("public_access", subject(None, letting("*"), Kind.IDENTITY)) == []

    def test_braces_in_a_name_are_only_braces(self) -> None:
        (said,) = judged("public_access", subject(None, letting({"CanonicalUser": "{who.__class__}"}), Kind.RESOURCE))
        assert "{who.__class__}" in said.reason


class TestNewTrust:
    def test_new_and_gone_principals_are_told(self) -> None:
        old = trusting({"AWS": [root(ACCOUNT), "arn:aws:iam::222222222222:role/old"]})
        new = trusting({"AWS": root(ACCOUNT), "Service": "ec2.amazonaws.com"})
        said = judged("new_trust", subject(old, new, Kind.TRUST))
        assert verdicts(said) == [(Verdict.WARN, "New trust"), (Verdict.NOTE, "Trusts them no longer")]
        assert "ec2.amazonaws.com" in said[0].reason
        assert "role/old" in said[1].reason

    def test_the_same_principals_are_not_said(self) -> None:
        old = trusting({"AWS": [root(ACCOUNT)]})
        assert judged("new_trust", subject(old, trusting({"AWS": root(ACCOUNT)}), Kind.TRUST)) == []

    def test_a_bucket_policy_is_no_trust(self) -> None:
        assert judged("new_trust", subject(None, letting("*"), Kind.RESOURCE)) == []


class TestAccessTags:
    key = "consoleme-authorized"

    def said(self, before: Any, after: Any, known: Facts | None = None, **more: Any) -> list[tuple[Verdict, str]]:
        return verdicts(judged("access_tags", subject(before, after, Kind.TAGS, **more), known))

    def test_who_is_newly_named_asks_for_one_more_approval(self) -> None:
        wanted = subject({self.key: "group:a"}, {self.key: "group:a:Bo@example.com"}, Kind.TAGS)
        (said,) = judged("access_tags", wanted)
        assert (said.verdict, said.place) == (Verdict.MORE_APPROVAL, self.key)
        assert "bo@example.com" in said.reason
        assert "group:a," not in said.reason

    def test_who_is_named_no_longer_is_warned_of(self) -> None:
        assert self.said({self.key: "group:a"}, {}) == [(Verdict.WARN, "The tag takes access")]

    def test_case_and_blanks_change_nothing(self) -> None:
        assert self.said({self.key: "group:a"}, {self.key: " group:A "}) == []

    def test_other_tags_and_tags_of_other_things_give_nothing(self) -> None:
        assert self.said({}, {"team": "group:a"}) == []
        assert self.said({}, {self.key: "group:a"}, target="arn:aws:s3:::exports") == []


class TestLentRole:
    @pytest.mark.parametrize(
        ("until", "policies", "titles"),
        [
            (1_800_000_000, (), []),
            (None, (), ["Lent for ever"]),
            (1_800_000_000, (document(statement("*", resource="*")),), ["The role may do everything"]),
            (1_800_000_000, (document(statement("s3:*", resource="*")),), []),
            (1_800_000_000, (document(statement("*", resource="*", effect="Deny")),), []),
            (1_800_000_000, (document(statement("*")),), []),
        ],
    )
    def test_an_end_is_missed_and_a_mighty_role_wants_two(
        self, until: int | None, policies: tuple[Any, ...], titles: list[str]
    ) -> None:
        lent = subject(None, {"identity": "user:eve@example.com", "until": until}, Kind.LENT)
        known = facts(standing=lambda _: Standing(after=policies))
        assert [said.title for said in judged("lent_role", lent, known)] == titles

    def test_taking_it_back_says_nothing(self) -> None:
        assert judged("lent_role", subject(None, None, Kind.LENT), facts()) == []
