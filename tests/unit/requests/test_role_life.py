"""What a new role and a copy consist of, and who does without approvals."""

import pytest

from chalicelib.changes.role_create import RoleCreateSpec
from chalicelib.changes.whole_role import WholeRole
from chalicelib.core.decisions import Decision, Permission
from chalicelib.core.iam import NewRole
from chalicelib.requests.approval.by_permission import by_permission, permission_used, wants_more
from chalicelib.requests.guardrails.models import Finding, Verdict
from chalicelib.requests.models import Request, Ruling
from chalicelib.requests.role_life.models import CloneOptions, NewRoleWish, RoleCreatorConfig
from chalicelib.requests.role_life.rules import cloned, new_role, told_of_clone, told_of_new
from chalicelib.requests.states import Verdict as Word
from tests.support.change_estate import trust
from tests.support.request_builders import NO, YES, request
from tests.support.request_world import ADA, EVE, document

SOURCE, COPY = "arn:aws:iam::111111111111:role/team/app", "arn:aws:iam::222222222222:role/copy"
CONFIG = RoleCreatorConfig(default_trust_policy=trust("999999999999"), default_max_session_duration=7_200)
WHOLE = WholeRole(
    role=NewRole(
        trust=trust("111111111111"),
        description="the original",
        longest_session=43_200,
        boundary="arn:aws:iam::111111111111:policy/limits",
        tags={"owner": "ada"},
    ),
    inline={"export": document()},
    attached=("arn:aws:iam::111111111111:policy/team/reads", "arn:aws:iam::aws:policy/ReadOnlyAccess"),
    instance_profiles=("anything",),
)
OPTIONS = (
    "assume_role_policy",
    "tags",
    "copy_description",
    "inline_policies",
    "managed_policies",
    "max_session_duration",
)


def test_a_new_role_begins_with_what_is_configured() -> None:
    wish = NewRoleWish(account_id="222222222222", role_name="copy", description="why")
    made = new_role(COPY, wish, CONFIG)
    assert made.role == NewRole(trust=CONFIG.default_trust_policy, description="why", longest_session=7_200)
    assert made.instance_profiles == ("copy",)
    assert len(told_of_new(COPY, made)) == 4
    bare = new_role(COPY, wish.model_copy(update={"instance_profile": False}), CONFIG)
    assert (bare.instance_profiles, len(told_of_new(COPY, bare))) == ((), 3)


def test_a_copy_of_nothing_has_only_the_boundary_and_the_profile_of_the_original() -> None:
    made = cloned(SOURCE, WHOLE, COPY, CloneOptions(description="why"), CONFIG)
    assert made.role == NewRole(
        trust=CONFIG.default_trust_policy,
        description="why",
        longest_session=7_200,
        boundary="arn:aws:iam::222222222222:policy/limits",
    )
    assert (made.inline, made.attached, made.instance_profiles) == ({}, (), ("copy",))


def test_a_copy_of_everything_names_the_policies_of_its_own_account_and_awss() -> None:
    made = cloned(SOURCE, WHOLE, COPY, CloneOptions(**dict.fromkeys(OPTIONS, True), description="not this"), CONFIG)
    assert made.role == WHOLE.role.model_copy(update={"boundary": "arn:aws:iam::222222222222:policy/limits"})
    assert made.attached == (
        "arn:aws:iam::222222222222:policy/team/reads",
        "arn:aws:iam::aws:policy/ReadOnlyAccess",
    )
    assert told_of_clone(COPY, made) == [
        f"Role {COPY} successfully created",
        "Successfully copied tags",
        "Successfully added the trust policy to role copy",
        "Successfully added the description",
        "Successfully added inline policy export",
        *(f"Successfully attached managed policy {policy}" for policy in made.attached),
        "Successfully added instance profile copy",
    ]


def found(verdict: Verdict) -> Finding:
    return Finding(change_id="1", rule="test", verdict=verdict, title="odd", reason="odd")


@pytest.mark.parametrize(
    ("verdict", "more"),
    [(Verdict.NOTE, False), (Verdict.WARN, False), (Verdict.MORE_APPROVAL, True), (Verdict.REFUSE, True)],
)
def test_what_a_guardrail_wants_more_approval_for_nobody_does_alone(verdict: Verdict, more: bool) -> None:
    assert wants_more([found(verdict)]) is more
    assert not wants_more([])


def done_directly(actor: str = EVE, rule: str | None = Permission.CREATE_ROLES, **bound: object) -> Request:
    made = request()
    spec = RoleCreateSpec(principal_arn=COPY, document=WHOLE.content)
    change = made.revision.changes[0].model_copy(update={"wish": spec.model_dump(mode="json"), "target": COPY})
    revision = made.revision.model_copy(update={"changes": (change,)})
    head = made.head.model_copy(update={"requester": EVE, "revision_hash": revision.hash(made.head.id)})
    ruling = Ruling(
        id="1",
        actor=actor,
        verdict=Word.APPROVE,
        revision=head.revision,
        revision_hash=head.revision_hash,
        decided_at=1,
        rule=rule,
    )
    ruled = ruling.model_copy(update=bound)
    return made.model_copy(update={"head": head, "revision": revision, "rulings": (ruled,)})


def test_only_the_requesters_own_permission_on_this_very_revision_is_used() -> None:
    assert permission_used(done_directly()) is Permission.CREATE_ROLES
    for other in (
        done_directly(ADA),
        done_directly(rule=None),
        done_directly(rule="some plugin's"),
        done_directly(rule=Permission.ADMIN),
        done_directly(revision=2),
        done_directly(revision_hash="other"),
    ):
        assert permission_used(other) is None


def test_a_permission_counts_for_its_own_changes_while_it_is_held_and_no_guardrail_objects() -> None:
    asked = done_directly()
    assert by_permission(asked, Permission.CREATE_ROLES, lambda: YES).allowed
    assert by_permission(asked, Permission.CREATE_ROLES, lambda: NO) == NO
    other = by_permission(asked, Permission.DELETE_IAM_PRINCIPALS, lambda: YES)
    assert (other.rule, other.reason) == ("other_changes", "can_delete_iam_principals is not about these changes.")
    objected = asked.revision.model_copy(update={"findings": (found(Verdict.MORE_APPROVAL),)})
    refused: Decision = by_permission(
        asked.model_copy(update={"revision": objected}), Permission.CREATE_ROLES, lambda: YES
    )
    assert (refused.allowed, refused.rule) == (False, "more_approval")
    assert "somebody else" in refused.reason
