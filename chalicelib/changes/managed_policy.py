"""Managed policies on IAM roles and users: attach, detach."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from chalicelib.changes.base import (
    ALREADY_SO,
    Action,
    Image,
    Plain,
    Preview,
    Reading,
    Spec,
    Writing,
    named_arn,
    no_document,
)
from chalicelib.changes.gateways import existing
from chalicelib.core.arn import Arn
from chalicelib.core.errors import InvalidInput
from chalicelib.core.iam import check_same_account, noun

_QUOTAS = {"role": "AttachedPoliciesPerRoleQuota", "user": "AttachedPoliciesPerUserQuota"}


class ManagedPolicySpec(Spec):
    change_type: Literal["managed_policy"] = "managed_policy"
    arn: str
    action: Action


@dataclass(frozen=True, slots=True)
class Attachments:
    """What is attached, or will be after the wishes judged so far; `exists` asks whether there is such a policy."""

    identity: str
    attached: frozenset[str]
    limit: int | None
    exists: Callable[[str], bool]


class ManagedPolicy(Plain[ManagedPolicySpec]):
    name = "managed_policy"
    spec = ManagedPolicySpec
    spoke_actions = (
        "iam:AttachRolePolicy",
        "iam:AttachUserPolicy",
        "iam:DetachRolePolicy",
        "iam:DetachUserPolicy",
        "iam:GetAccountSummary",
        "iam:GetPolicy",
        "iam:GetRole",
        "iam:GetUser",
        "iam:ListAttachedRolePolicies",
        "iam:ListAttachedUserPolicies",
    )

    def from_wire(self, principal_arn: str, wish: Mapping[str, Any], _default_name: str) -> ManagedPolicySpec:
        return ManagedPolicySpec(
            principal_arn=principal_arn, arn=named_arn(wish), action=Action(wish.get("action") or Action.ATTACH)
        )

    def to_wire(self, spec: ManagedPolicySpec, before: dict[str, Any] | None) -> dict[str, Any]:
        del before
        return {"resources": [], "arn": spec.arn, "action": spec.action.value}

    def edited(
        self, spec: ManagedPolicySpec, document: dict[str, Any] | None, before: dict[str, Any] | None
    ) -> ManagedPolicySpec:
        del before
        return no_document(spec, document)

    def target(self, spec: ManagedPolicySpec) -> str:
        return spec.principal_arn

    def place(self, spec: ManagedPolicySpec) -> str:
        return spec.arn

    def title(self, spec: ManagedPolicySpec) -> str:
        return f"{spec.action.value.capitalize()} managed policy {Arn.parse(spec.arn).name}"

    def check(self, spec: ManagedPolicySpec) -> None:
        check_same_account(spec.arn, spec.principal_arn)

    def survey(self, spec: ManagedPolicySpec, aws: Reading) -> Attachments:
        arn = spec.principal_arn
        return Attachments(
            identity=existing(arn, aws.principals).id,
            attached=frozenset(aws.principals.attached(arn)),
            limit=aws.principals.quotas(arn).get(_QUOTAS[noun(Arn.parse(arn))]),
            exists=lambda policy: aws.principals.policy_exists(arn, policy),
        )

    def preview(self, spec: ManagedPolicySpec, survey: Attachments) -> tuple[Preview, Attachments]:
        kind, attach = noun(Arn.parse(spec.principal_arn)), spec.action is Action.ATTACH
        if attach and spec.arn in survey.attached:
            raise InvalidInput(f"{spec.arn} is attached to the {kind} already.", reason=ALREADY_SO)
        if not attach and spec.arn not in survey.attached:
            held = ", ".join(sorted(survey.attached)) or "none"
            raise InvalidInput(f"{spec.arn} is not attached to the {kind}. It has: {held}.", reason=ALREADY_SO)
        if attach and not survey.exists(spec.arn):
            raise InvalidInput(f"There is no managed policy {spec.arn}.", reason="policy_not_found")
        after = survey.attached | {spec.arn} if attach else survey.attached - {spec.arn}
        if attach and survey.limit is not None and len(after) > survey.limit:
            raise InvalidInput(
                f"With this change the {kind} would have {len(after)} managed policies; its account allows {survey.limit}."
                " Detach one, or put both into one policy.",
                reason="too_many_policies",
            )
        preview = Preview(
            before=self._image(spec, survey.identity, survey.attached), after=self._image(spec, survey.identity, after)
        )
        return preview, replace(survey, attached=after)

    def undone(self, _spec: ManagedPolicySpec, preview: Preview, _live: Image) -> dict[str, Any] | None:
        return preview.before.content

    def image(self, spec: ManagedPolicySpec, aws: Reading) -> Image:
        identity = aws.principals.find(spec.principal_arn).id
        return self._image(spec, identity, aws.principals.attached(spec.principal_arn))

    def _image(self, spec: ManagedPolicySpec, identity: str, attached: "frozenset[str] | tuple[str, ...]") -> Image:
        return Image(identity=identity, content={"arn": spec.arn} if spec.arn in attached else None)

    def write(self, spec: ManagedPolicySpec, content: dict[str, Any] | None, aws: Writing) -> None:
        if content is None:
            aws.principals.detach(spec.principal_arn, spec.arn)
        else:
            aws.principals.attach(spec.principal_arn, spec.arn)


CHANGE = ManagedPolicy()
