"""The permissions boundary of an IAM role or user: attach, replace, detach."""

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


class PermissionsBoundarySpec(Spec):
    """`new` says that there is no boundary yet, as ConsoleMe's clients always mean; else the one that is there is replaced."""

    change_type: Literal["permissions_boundary"] = "permissions_boundary"
    arn: str
    action: Action
    new: bool = True


@dataclass(frozen=True, slots=True)
class HeldBoundary:
    identity: str
    arn: str | None
    exists: Callable[[str], bool]


class PermissionsBoundary(Plain[PermissionsBoundarySpec]):
    name = "permissions_boundary"
    spec = PermissionsBoundarySpec
    spoke_actions = (
        "iam:DeleteRolePermissionsBoundary",
        "iam:DeleteUserPermissionsBoundary",
        "iam:GetPolicy",
        "iam:GetRole",
        "iam:GetUser",
        "iam:PutRolePermissionsBoundary",
        "iam:PutUserPermissionsBoundary",
    )

    def from_wire(self, principal_arn: str, wish: Mapping[str, Any], _default_name: str) -> PermissionsBoundarySpec:
        return PermissionsBoundarySpec(
            principal_arn=principal_arn,
            arn=named_arn(wish),
            action=Action(wish.get("action") or Action.ATTACH),
            new=wish.get("new", True),
        )

    def to_wire(self, spec: PermissionsBoundarySpec, before: dict[str, Any] | None) -> dict[str, Any]:
        del before
        return {"resources": [], "arn": spec.arn, "action": spec.action.value, "new": spec.new}

    def edited(
        self, spec: PermissionsBoundarySpec, document: dict[str, Any] | None, before: dict[str, Any] | None
    ) -> PermissionsBoundarySpec:
        return no_document(spec, document).model_copy(update={"new": before is None})

    def target(self, spec: PermissionsBoundarySpec) -> str:
        return spec.principal_arn

    def place(self, _spec: PermissionsBoundarySpec) -> str:
        return "boundary"

    def title(self, spec: PermissionsBoundarySpec) -> str:
        verb = "Remove" if spec.action is Action.DETACH else "Set" if spec.new else "Replace"
        return f"{verb} permissions boundary {Arn.parse(spec.arn).name}"

    def check(self, spec: PermissionsBoundarySpec) -> None:
        check_same_account(spec.arn, spec.principal_arn)

    def survey(self, spec: PermissionsBoundarySpec, aws: Reading) -> HeldBoundary:
        arn = spec.principal_arn
        found = existing(arn, aws.principals)
        return HeldBoundary(found.id, found.boundary, lambda policy: aws.principals.policy_exists(arn, policy))

    def preview(self, spec: PermissionsBoundarySpec, survey: HeldBoundary) -> tuple[Preview, HeldBoundary]:
        kind, held = noun(Arn.parse(spec.principal_arn)), survey.arn
        wanted = spec.arn if spec.action is Action.ATTACH else None
        if held == wanted:
            what = f"is {held} already" if held else "is not there"
            raise InvalidInput(f"The permissions boundary of the {kind} {what}.", reason=ALREADY_SO)
        if wanted is None and held != spec.arn:
            raise InvalidInput(
                f"The permissions boundary of the {kind} is {held}, not {spec.arn}.", reason="other_boundary"
            )
        if wanted and held and spec.new:
            raise InvalidInput(
                f"The {kind} has the permissions boundary {held} already. To replace it, send new as false.",
                reason="boundary_exists",
            )
        if wanted and not held and not spec.new:
            raise InvalidInput(f"The {kind} has no permissions boundary to replace.", reason="no_boundary")
        if wanted and not survey.exists(wanted):
            raise InvalidInput(f"There is no managed policy {wanted}.", reason="policy_not_found")
        preview = Preview(before=_image(survey.identity, held), after=_image(survey.identity, wanted))
        return preview, replace(survey, arn=wanted)

    def undone(self, _spec: PermissionsBoundarySpec, preview: Preview, live: Image) -> dict[str, Any] | None:
        """A boundary that somebody else has set since is not ours to take."""
        return preview.before.content if live.content == preview.after.content else live.content

    def image(self, spec: PermissionsBoundarySpec, aws: Reading) -> Image:
        found = aws.principals.find(spec.principal_arn)
        return _image(found.id, found.boundary)

    def write(self, spec: PermissionsBoundarySpec, content: dict[str, Any] | None, aws: Writing) -> None:
        aws.principals.set_boundary(spec.principal_arn, content["arn"] if content else None)


def _image(identity: str, arn: str | None) -> Image:
    return Image(identity=identity, content={"arn": arn} if arn else None)


CHANGE = PermissionsBoundary()
