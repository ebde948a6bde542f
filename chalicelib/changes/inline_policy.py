"""Inline policies of IAM roles and users: put, replace, delete."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from chalicelib.changes.base import ALREADY_SO, Action, Image, Plain, Preview, Reading, Spec, Writing
from chalicelib.changes.gateways import existing
from chalicelib.core.arn import Arn
from chalicelib.core.canonical import canonical_json
from chalicelib.core.errors import InvalidInput
from chalicelib.core.iam import noun, parse_principal_arn
from chalicelib.core.policy_document import (
    INLINE_POLICIES_LIMITS,
    NamedResource,
    check_identity_policy,
    counted_size,
    named_resources,
)
from chalicelib.core.policy_merge import taken_back

_NAME = re.compile(r"[\w+=,.@-]{1,128}", re.ASCII)


class InlinePolicySpec(Spec):
    """`new` says that no policy of this name exists yet; a wish that is wrong about that is refused."""

    change_type: Literal["inline_policy"] = "inline_policy"
    policy_name: str
    action: Action = Action.ATTACH
    new: bool = True
    document: dict[str, Any] | None = None
    """None exactly when the policy is to go."""


@dataclass(frozen=True, slots=True)
class HeldPolicies:
    """A principal's inline policies as they are, or will be after the wishes judged so far."""

    identity: str
    documents: dict[str, dict[str, Any]]


class InlinePolicy(Plain[InlinePolicySpec]):
    name = "inline_policy"
    spec = InlinePolicySpec
    spoke_actions = (
        "iam:GetRole",
        "iam:ListRolePolicies",
        "iam:GetRolePolicy",
        "iam:PutRolePolicy",
        "iam:DeleteRolePolicy",
        "iam:GetUser",
        "iam:ListUserPolicies",
        "iam:GetUserPolicy",
        "iam:PutUserPolicy",
        "iam:DeleteUserPolicy",
    )

    def from_wire(self, principal_arn: str, wish: Mapping[str, Any], default_name: str) -> InlinePolicySpec:
        action = Action(wish.get("action") or Action.ATTACH)
        policy = wish.get("policy") or {}
        return InlinePolicySpec(
            principal_arn=principal_arn,
            policy_name=wish.get("policy_name") or default_name,
            action=action,
            new=wish.get("new", True),
            document=policy.get("policy_document") if action is Action.ATTACH else None,
        )

    def to_wire(self, spec: InlinePolicySpec, before: dict[str, Any] | None) -> dict[str, Any]:
        return {
            "resources": [_resource(found) for found in named_resources(spec.document or {})],
            "policy_name": spec.policy_name,
            "new": spec.new,
            "action": spec.action.value,
            "policy": _policy(spec.document if spec.action is Action.ATTACH else before),
            "old_policy": _policy(before),
        }

    def edited(
        self, spec: InlinePolicySpec, document: dict[str, Any] | None, before: dict[str, Any] | None
    ) -> InlinePolicySpec:
        if spec.action is Action.DETACH:
            if document is not None:
                raise InvalidInput(
                    "This change deletes a policy; there is no document to edit.", reason="nothing_to_edit"
                )
            return spec
        wanted = spec.document if document is None else document
        return spec.model_copy(update={"document": wanted, "new": before is None})

    def target(self, spec: InlinePolicySpec) -> str:
        return spec.principal_arn

    def place(self, spec: InlinePolicySpec) -> str:
        return spec.policy_name

    def title(self, spec: InlinePolicySpec) -> str:
        verb = "Delete" if spec.action is Action.DETACH else "Add" if spec.new else "Replace"
        return f"{verb} inline policy {spec.policy_name}"

    def check(self, spec: InlinePolicySpec) -> None:
        parse_principal_arn(spec.principal_arn)
        if not _NAME.fullmatch(spec.policy_name):
            raise InvalidInput(
                f"The policy name '{spec.policy_name[:150]}' must have 1 to 128 letters, digits or +=,.@_-",
                reason="bad_policy_name",
            )
        if spec.action is Action.DETACH:
            if spec.new:
                raise InvalidInput(
                    "A new policy can't be detached. To delete an existing one, send new as false.",
                    reason="new_detached",
                )
            return
        if spec.document is None:
            raise InvalidInput(f"The inline policy {spec.policy_name} has no document.", reason="no_policy_document")
        check_identity_policy(spec.document)

    def survey(self, spec: InlinePolicySpec, aws: Reading) -> HeldPolicies:
        arn = spec.principal_arn
        identity = existing(arn, aws.principals).id
        names = aws.principals.inline_names(arn)
        documents = {name: aws.principals.inline_policy(arn, name) for name in names}
        # One that went away between the list and the look is gone.
        return HeldPolicies(identity, {name: found for name, found in documents.items() if found is not None})

    def preview(self, spec: InlinePolicySpec, survey: HeldPolicies) -> tuple[Preview, HeldPolicies]:
        name, held = spec.policy_name, survey.documents.get(spec.policy_name)
        wanted = spec.document if spec.action is Action.ATTACH else None
        _check_there(spec, survey, held, wanted)
        others = {other: document for other, document in survey.documents.items() if other != name}
        after = others if wanted is None else {**others, name: wanted}
        if wanted is not None:
            _check_size(Arn.parse(spec.principal_arn), after)
        images = Preview(
            before=Image(identity=survey.identity, content=held), after=Image(identity=survey.identity, content=wanted)
        )
        return images, replace(survey, documents=after)

    def undone(self, _spec: InlinePolicySpec, preview: Preview, live: Image) -> dict[str, Any] | None:
        if preview.before.content is None:
            return None
        return taken_back(preview.before.content, preview.after.content, live.content)

    def image(self, spec: InlinePolicySpec, aws: Reading) -> Image:
        identity = aws.principals.find(spec.principal_arn).id
        return Image(identity=identity, content=aws.principals.inline_policy(spec.principal_arn, spec.policy_name))

    def write(self, spec: InlinePolicySpec, content: dict[str, Any] | None, aws: Writing) -> None:
        if content is None:
            aws.principals.remove_inline(spec.principal_arn, spec.policy_name)
        else:
            aws.principals.put_inline(spec.principal_arn, spec.policy_name, content)


def _check_there(
    spec: InlinePolicySpec, survey: HeldPolicies, held: dict[str, Any] | None, wanted: dict[str, Any] | None
) -> None:
    name, kind = spec.policy_name, noun(Arn.parse(spec.principal_arn))
    missing = f"The {kind} has no inline policy {name}. It has: {', '.join(sorted(survey.documents)) or 'none'}."
    if held is None and wanted is None:
        raise InvalidInput(missing, reason=ALREADY_SO)
    if held is not None and canonical_json(held) == canonical_json(wanted):
        raise InvalidInput(f"The inline policy {name} already is exactly that.", reason=ALREADY_SO)
    if held is None and not spec.new:
        raise InvalidInput(missing, reason="policy_not_found")
    if held is not None and spec.new:
        raise InvalidInput(
            f"The {kind} already has an inline policy {name}. To replace it, send new as false; else choose another name.",
            reason="policy_exists",
        )


def _check_size(arn: Arn, documents: Mapping[str, Any]) -> None:
    size, limit = sum(counted_size(document) for document in documents.values()), INLINE_POLICIES_LIMITS[noun(arn)]
    if size > limit:
        raise InvalidInput(
            f"With this change the inline policies of the {noun(arn)} would have {size} characters; AWS allows"
            f" {limit} for all of them together. Shorten it, or use a managed policy.",
            reason="policies_too_large",
        )


def _policy(document: dict[str, Any] | None) -> dict[str, Any] | None:
    return None if document is None else {"version": None, "policy_document": document, "policy_sha256": None}


def _resource(found: NamedResource) -> dict[str, Any]:
    return {
        "arn": str(found.arn),
        "name": found.arn.name if found.arn.service == "iam" else found.arn.resource,
        "account_id": found.arn.account,
        "region": found.arn.region,
        "account_name": "",
        "policy_sha256": None,
        "policy": None,
        "actions": list(found.actions),
        "owner": None,
        "approvers": None,
        "resource_type": found.arn.service,
        "last_updated": None,
    }


CHANGE = InlinePolicy()
