"""The use of a role, given to a person or a group, for a time or for ever. AWS is not changed: it is a row of the authorisation map.

Each change has a row of its own there, named after the change: what several requests give adds up, and each ends by itself.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from chalicelib.changes.base import ALREADY_SO, Image, Plain, Preview, Reading, Spec, Writing, no_document
from chalicelib.changes.gateways import missing
from chalicelib.core.arn import parse_role_arn
from chalicelib.core.errors import InvalidInput, NotFound
from chalicelib.core.principals import Principal
from chalicelib.core.roles import GivenRole, OfferedRole, Use

_LONGEST_NAME = 256


class RoleAccessSpec(Spec):
    """`principal_arn` is the role, `identity` who is to use it. `source` names the row."""

    change_type: Literal["role_access"] = "role_access"
    identity: str
    not_before: int | None = None
    use: Use = Use.BOTH
    source: str = ""


@dataclass(frozen=True, slots=True)
class Offer:
    """The role, and what was given of it under the name of a wish's change."""

    role: OfferedRole
    given: Callable[[RoleAccessSpec], GivenRole | None]


class RoleAccess(Plain[RoleAccessSpec]):
    name = "role_access"
    spec = RoleAccessSpec
    spoke_actions = ()

    def numbered(self, spec: RoleAccessSpec, change_id: str) -> RoleAccessSpec:
        return spec.model_copy(update={"source": f"request {change_id}"})

    def from_wire(self, principal_arn: str, wish: Mapping[str, Any], _default_name: str) -> RoleAccessSpec:
        use = wish.get("use") or Use.BOTH
        if use not in set(Use):
            raise InvalidInput(f"use: '{use}' is none of {', '.join(Use)}.", reason="bad_use")
        return RoleAccessSpec(
            principal_arn=principal_arn,
            identity=_identity(wish.get("identity")),
            not_before=wish.get("not_before"),
            use=Use(use),
        )

    def to_wire(self, spec: RoleAccessSpec, before: dict[str, Any] | None) -> dict[str, Any]:
        del before
        return {
            "resources": [],
            "identity": spec.identity,
            "not_before": spec.not_before,
            "use": spec.use.value,
        }

    def edited(
        self, spec: RoleAccessSpec, document: dict[str, Any] | None, before: dict[str, Any] | None
    ) -> RoleAccessSpec:
        del before
        return no_document(spec, document)

    def target(self, spec: RoleAccessSpec) -> str:
        return spec.principal_arn

    def place(self, spec: RoleAccessSpec) -> str:
        return f"{spec.identity} {spec.source}"

    def title(self, spec: RoleAccessSpec) -> str:
        where = {Use.BOTH: "", Use.CLI_ONLY: " for credentials", Use.CONSOLE_ONLY: " in the console"}[spec.use]
        return f"Let {spec.identity} use the role{where}"

    def check(self, spec: RoleAccessSpec) -> None:
        parse_role_arn(spec.principal_arn)
        _identity(spec.identity)
        if spec.not_before is not None and spec.until is not None and spec.not_before >= spec.until:
            raise InvalidInput("not_before: the access would end before it begins.", reason="bad_period")

    def survey(self, spec: RoleAccessSpec, aws: Reading) -> Offer:
        try:
            found = aws.rights.role(spec.principal_arn)
        except NotFound as error:
            raise missing(spec.principal_arn) from error
        if found.withheld:
            raise InvalidInput(f"{found.arn} can't be given to anybody: {found.withheld}", reason="withheld")
        return Offer(found, lambda one: aws.rights.given(one.identity, one.principal_arn, one.source))

    def preview(self, spec: RoleAccessSpec, survey: Offer) -> tuple[Preview, Offer]:
        """A row of its own is there before only when it was this very change that put it there."""
        if survey.given(spec) is not None:
            raise InvalidInput(f"{spec.identity} was given the role by this change already.", reason=ALREADY_SO)
        identity = survey.role.id
        images = Preview(
            before=Image(identity=identity, content=None), after=Image(identity=identity, content=_content(spec))
        )
        return images, survey

    def undone(self, _spec: RoleAccessSpec, _preview: Preview, _live: Image) -> dict[str, Any] | None:
        return None

    def image(self, spec: RoleAccessSpec, aws: Reading) -> Image:
        """When it ends is not a part of it: that may be moved after it was reviewed. A role that has left the inventory is no reason to
        leave a row behind.
        """
        given = aws.rights.given(spec.identity, spec.principal_arn, spec.source)
        held = spec.model_copy(update={"not_before": given.not_before, "use": given.use}) if given else None
        content = _content(held) if held else None
        try:
            return Image(identity=aws.rights.role(spec.principal_arn).id, content=content)
        except NotFound:
            if content is None:
                raise
            return Image(identity="", content=content)

    def write(self, spec: RoleAccessSpec, content: dict[str, Any] | None, aws: Writing) -> None:
        if content is None:
            aws.rights.take(spec.identity, spec.principal_arn, spec.source)
        else:
            given = GivenRole(use=spec.use, not_before=spec.not_before, not_after=spec.until)
            aws.rights.give(spec.identity, spec.principal_arn, spec.source, given)


def _identity(text: Any) -> str:
    """`user:NAME` or `group:NAME`, in the one spelling that names have here. Raises InvalidInput."""
    if not isinstance(text, str) or not text or len(text) > _LONGEST_NAME:
        raise InvalidInput(
            f"identity: say who may use the role, as user:NAME or group:NAME of at most {_LONGEST_NAME} letters.",
            reason="no_identity",
        )
    return str(Principal.parse(text))


def _content(spec: RoleAccessSpec) -> dict[str, Any]:
    return {
        "identity": spec.identity,
        "role_arn": spec.principal_arn,
        "use": spec.use.value,
        "not_before": spec.not_before,
    }


CHANGE = RoleAccess()
