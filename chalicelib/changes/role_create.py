"""A new IAM role, with everything that is put on it."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import ValidationError

from chalicelib.changes.base import ALREADY_SO, Image, Plain, Preview, Reading, Spec, Writing
from chalicelib.changes.whole_role import WholeRole, held, make, read, remove, settled
from chalicelib.core.arn import Arn, parse_role_arn
from chalicelib.core.errors import InvalidInput, NotFound
from chalicelib.core.iam import parse_policy_arn
from chalicelib.core.policy_document import INLINE_POLICIES_LIMITS, check_identity_policy, counted_size
from chalicelib.core.trust_document import TRUST_LIMIT, check_trust_policy

_NAME = re.compile(r"[\w+=,.@-]{1,64}", re.ASCII)
_DESCRIPTION = re.compile("[\t\n\r\u0020-\u007e\u00a1-\u00ff]{0,1000}")
_SESSIONS = range(3_600, 43_201)
_TAGS = 50


class RoleCreateSpec(Spec):
    """`document` is a WholeRole as JSON."""

    change_type: Literal["role_create"] = "role_create"
    document: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Room:
    """What is in the way of the new role, and the account's limits."""

    there: WholeRole | None
    other: str | None
    """The ARN of a role of that name under another path."""
    quotas: Mapping[str, int]
    exists: Callable[[str], bool]


class RoleCreate(Plain[RoleCreateSpec]):
    """Its image has no identity: AWS gives one only when the role is made."""

    name = "role_create"
    spec = RoleCreateSpec
    spoke_actions = (
        "iam:AddRoleToInstanceProfile",
        "iam:AttachRolePolicy",
        "iam:CreateInstanceProfile",
        "iam:CreateRole",
        "iam:DeleteInstanceProfile",
        "iam:DeleteRole",
        "iam:DeleteRolePolicy",
        "iam:DetachRolePolicy",
        "iam:GetAccountSummary",
        "iam:GetInstanceProfile",
        "iam:GetPolicy",
        "iam:GetRole",
        "iam:GetRolePolicy",
        "iam:ListAttachedRolePolicies",
        "iam:ListInstanceProfilesForRole",
        "iam:ListRolePolicies",
        "iam:PassRole",
        "iam:PutRolePolicy",
        "iam:RemoveRoleFromInstanceProfile",
        "iam:TagRole",
    )

    def from_wire(self, principal_arn: str, wish: Mapping[str, Any], _default_name: str) -> RoleCreateSpec:
        document = (wish.get("policy") or {}).get("policy_document")
        if not isinstance(document, dict):
            raise InvalidInput(
                "policy: send the role as policy_document, with role, inline, attached and instance_profiles.",
                reason="no_role",
            )
        return RoleCreateSpec(principal_arn=principal_arn, document=document)

    def to_wire(self, spec: RoleCreateSpec, before: dict[str, Any] | None) -> dict[str, Any]:
        del before
        return {
            "resources": [],
            "policy": {"version": None, "policy_document": spec.document, "policy_sha256": None},
            "old_policy": None,
        }

    def edited(
        self, spec: RoleCreateSpec, document: dict[str, Any] | None, before: dict[str, Any] | None
    ) -> RoleCreateSpec:
        del before
        return spec if document is None else spec.model_copy(update={"document": document})

    def target(self, spec: RoleCreateSpec) -> str:
        return spec.principal_arn

    def place(self, _spec: RoleCreateSpec) -> str:
        return "role"

    def title(self, spec: RoleCreateSpec) -> str:
        return f"Create role {Arn.parse(spec.principal_arn).name}"

    def check(self, spec: RoleCreateSpec) -> None:
        arn = parse_role_arn(spec.principal_arn)
        if not _NAME.fullmatch(arn.name):
            raise InvalidInput(
                f"The role name '{arn.name[:150]}' must have 1 to 64 letters, digits or +=,.@_-", reason="bad_role_name"
            )
        whole = _whole(spec)
        if not _DESCRIPTION.fullmatch(whole.role.description):
            raise InvalidInput(
                "The description may have 1,000 characters of those that IAM takes.", reason="bad_description"
            )
        if whole.role.longest_session not in _SESSIONS:
            raise InvalidInput("The longest session must be 3600 to 43200 seconds.", reason="bad_session_duration")
        if len(whole.role.tags) > _TAGS:
            raise InvalidInput(f"The role would have {len(whole.role.tags)} tags; AWS allows {_TAGS}.", reason="tags")
        check_trust_policy(whole.role.trust)
        for document in whole.inline.values():
            check_identity_policy(document)
        for policy in _managed(whole):
            parse_policy_arn(policy)
        size = sum(counted_size(document) for document in whole.inline.values())
        if size > INLINE_POLICIES_LIMITS["role"]:
            raise InvalidInput(
                f"The inline policies of the role would have {size} characters; AWS allows"
                f" {INLINE_POLICIES_LIMITS['role']} for all of them together.",
                reason="policies_too_large",
            )

    def survey(self, spec: RoleCreateSpec, aws: Reading) -> Room:
        arn = spec.principal_arn
        there, other = None, None
        try:
            there = read(arn, aws.principals)[1]
        except NotFound as error:
            other = error.message if error.reason == "other_path" else None
        return Room(
            there=there,
            other=other,
            quotas=aws.principals.quotas(arn),
            exists=lambda policy: aws.principals.policy_exists(arn, policy),
        )

    def preview(self, spec: RoleCreateSpec, survey: Room) -> tuple[Preview, Room]:
        whole = settled(spec.principal_arn, _whole(spec))
        if survey.there == whole:
            raise InvalidInput(f"There is exactly that role {spec.principal_arn} already.", reason=ALREADY_SO)
        if survey.there is not None or survey.other is not None:
            raise InvalidInput(
                survey.other or f"There is a role {spec.principal_arn} already. Choose another name.",
                reason="role_exists",
            )
        limit = survey.quotas.get("AttachedPoliciesPerRoleQuota")
        if limit is not None and len(whole.attached) > limit:
            raise InvalidInput(
                f"The role would have {len(whole.attached)} managed policies; its account allows {limit}.",
                reason="too_many_policies",
            )
        size, most = counted_size(whole.role.trust), survey.quotas.get("AssumeRolePolicySizeQuota", TRUST_LIMIT)
        if size > most:
            raise InvalidInput(
                f"The trust policy would have {size} characters; the account allows {most}.", reason="policy_too_large"
            )
        if (held := survey.quotas.get("Roles", 0)) >= survey.quotas.get("RolesQuota", held + 1):
            raise InvalidInput(f"The account has {held} roles; it may have no more.", reason="too_many_roles")
        for policy in _managed(whole):
            if not survey.exists(policy):
                raise InvalidInput(f"There is no managed policy {policy}.", reason="policy_not_found")
        preview = Preview(before=Image(identity="", content=None), after=Image(identity="", content=whole.content))
        return preview, Room(whole, None, survey.quotas, survey.exists)

    def undone(self, _spec: RoleCreateSpec, _preview: Preview, _live: Image) -> dict[str, Any] | None:
        return None

    def halfway(self, _spec: RoleCreateSpec, preview: Preview, live: Image) -> bool:
        return (
            live.content is not None
            and preview.after.content is not None
            and WholeRole.model_validate(live.content).reaches(WholeRole.model_validate(preview.after.content))
        )

    def image(self, spec: RoleCreateSpec, aws: Reading) -> Image:
        _, there = held(spec.principal_arn, aws.principals)
        return Image(identity="", content=there.content if there else None)

    def write(self, spec: RoleCreateSpec, content: dict[str, Any] | None, aws: Writing) -> None:
        if content is None:
            remove(spec.principal_arn, aws.principals)
        else:
            make(spec.principal_arn, content, aws.principals)


def _whole(spec: RoleCreateSpec) -> WholeRole:
    try:
        return WholeRole.model_validate(spec.document)
    except ValidationError as error:
        place = ".".join(str(part) for part in error.errors()[0]["loc"])
        raise InvalidInput(f"The role's {place}: {error.errors()[0]['msg']}.", reason="bad_role") from error


def _managed(whole: WholeRole) -> tuple[str, ...]:
    return (*whole.attached, *([whole.role.boundary] if whole.role.boundary else []))


CHANGE = RoleCreate()
