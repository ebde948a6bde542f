"""An IAM role goes, with everything that was put on it."""

from collections.abc import Mapping
from typing import Any, Literal

from chalicelib.changes.base import ALREADY_SO, Image, Plain, Preview, Reading, Spec, Writing, no_document
from chalicelib.changes.whole_role import WholeRole, held, make, remove
from chalicelib.core.arn import Arn, parse_role_arn
from chalicelib.core.errors import InvalidInput


class RoleDeleteSpec(Spec):
    change_type: Literal["role_delete"] = "role_delete"


class RoleDelete(Plain[RoleDeleteSpec]):
    """A role that is not there has no identity."""

    name = "role_delete"
    spec = RoleDeleteSpec
    spoke_actions = (
        "iam:DeleteInstanceProfile",
        "iam:DeleteRole",
        "iam:DeleteRolePolicy",
        "iam:DetachRolePolicy",
        "iam:GetRole",
        "iam:GetRolePolicy",
        "iam:ListAttachedRolePolicies",
        "iam:ListInstanceProfilesForRole",
        "iam:ListRolePolicies",
        "iam:RemoveRoleFromInstanceProfile",
    )

    def from_wire(self, principal_arn: str, wish: Mapping[str, Any], _default_name: str) -> RoleDeleteSpec:
        del wish
        return RoleDeleteSpec(principal_arn=principal_arn)

    def to_wire(self, spec: RoleDeleteSpec, before: dict[str, Any] | None) -> dict[str, Any]:
        del spec
        document = {"version": None, "policy_document": before, "policy_sha256": None}
        return {"resources": [], "policy": None, "old_policy": document if before else None}

    def edited(
        self, spec: RoleDeleteSpec, document: dict[str, Any] | None, before: dict[str, Any] | None
    ) -> RoleDeleteSpec:
        del before
        return no_document(spec, document)

    def target(self, spec: RoleDeleteSpec) -> str:
        return spec.principal_arn

    def place(self, _spec: RoleDeleteSpec) -> str:
        return "role"

    def title(self, spec: RoleDeleteSpec) -> str:
        return f"Delete role {Arn.parse(spec.principal_arn).name}"

    def check(self, spec: RoleDeleteSpec) -> None:
        parse_role_arn(spec.principal_arn)

    def survey(self, spec: RoleDeleteSpec, aws: Reading) -> Image:
        return self.image(spec, aws)

    def preview(self, spec: RoleDeleteSpec, survey: Image) -> tuple[Preview, Image]:
        if survey.content is None:
            raise InvalidInput(f"There is no role {spec.principal_arn}.", reason=ALREADY_SO)
        gone = Image(identity="", content=None)
        return Preview(before=survey, after=gone), gone

    def undone(self, _spec: RoleDeleteSpec, preview: Preview, _live: Image) -> dict[str, Any] | None:
        return preview.before.content

    def halfway(self, _spec: RoleDeleteSpec, preview: Preview, live: Image) -> bool:
        before = preview.before
        return (
            live.content is not None
            and live.identity == before.identity
            and before.content is not None
            and WholeRole.model_validate(live.content).reaches(WholeRole.model_validate(before.content))
        )

    def image(self, spec: RoleDeleteSpec, aws: Reading) -> Image:
        identity, there = held(spec.principal_arn, aws.principals)
        return Image(identity=identity, content=there.content if there else None)

    def write(self, spec: RoleDeleteSpec, content: dict[str, Any] | None, aws: Writing) -> None:
        if content is None:
            remove(spec.principal_arn, aws.principals)
        else:
            make(spec.principal_arn, content, aws.principals)


CHANGE = RoleDelete()
