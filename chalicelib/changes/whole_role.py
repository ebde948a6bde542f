"""A role with everything that belongs to it: as it is read, made and removed. None of these is one call of AWS."""

from collections.abc import Mapping
from typing import Any

from pydantic import Field

from chalicelib.changes.gateways import PrincipalReader, PrincipalWriter
from chalicelib.core.arn import Arn
from chalicelib.core.errors import AccessDeniedByAws, Conflict, InvalidInput, LimitExceeded, NotFound
from chalicelib.core.iam import NewRole
from chalicelib.core.model import Frozen
from chalicelib.core.trust_document import as_kept

_REFUSALS = (InvalidInput, LimitExceeded, AccessDeniedByAws, NotFound)


class WholeRole(Frozen):
    """Its own fields are those that AWS sets in one call, the rest is put on it afterwards."""

    role: NewRole
    inline: dict[str, dict[str, Any]] = Field(default_factory=dict)
    attached: tuple[str, ...] = ()
    instance_profiles: tuple[str, ...] = ()

    @property
    def content(self) -> dict[str, Any]:
        return self.model_dump(mode="json")

    def reaches(self, whole: "WholeRole") -> bool:
        """Whether this is `whole` with some of what is put on it missing."""
        return (
            self.role == whole.role
            and all(whole.inline.get(name) == document for name, document in self.inline.items())
            and set(self.attached) <= set(whole.attached)
            and set(self.instance_profiles) <= set(whole.instance_profiles)
        )


def settled(arn: str, found: WholeRole) -> WholeRole:
    """As AWS gives it back."""
    role = found.role.model_copy(update={"trust": as_kept(found.role.trust, Arn.parse(arn).partition)})
    return found.model_copy(
        update={
            "role": role,
            "attached": tuple(sorted(set(found.attached))),
            "instance_profiles": tuple(sorted(set(found.instance_profiles))),
        }
    )


def read(arn: str, principals: PrincipalReader) -> tuple[str, WholeRole]:
    """AWS's id of the role, and the role. Raises NotFound."""
    found = principals.find(arn)
    inline = {name: principals.inline_policy(arn, name) for name in principals.inline_names(arn)}
    role = NewRole(
        trust=found.trust or {},
        description=found.description,
        longest_session=found.longest_session or NewRole(trust={}).longest_session,
        boundary=found.boundary,
        tags=found.tags,
    )
    whole = WholeRole(
        role=role,
        inline={name: document for name, document in inline.items() if document is not None},
        attached=principals.attached(arn),
        instance_profiles=principals.instance_profiles(arn),
    )
    return found.id, settled(arn, whole)


def held(arn: str, principals: PrincipalReader) -> tuple[str, WholeRole | None]:
    """An empty id and None when there is no such role."""
    try:
        return read(arn, principals)
    except NotFound:
        return "", None


def make(arn: str, content: Mapping[str, Any], principals: PrincipalWriter) -> None:
    """Goes on with a role that is there already: the caller has seen that it is ours. What AWS refuses leaves no half role behind."""
    whole = WholeRole.model_validate(content)
    _, there = held(arn, principals)
    if there is None:
        _create(arn, whole.role, principals)
    try:
        for name, document in whole.inline.items():
            principals.put_inline(arn, name, document)
        for policy in whole.attached:
            principals.attach(arn, policy)
        for profile in whole.instance_profiles:
            principals.add_instance_profile(arn, profile)
    except _REFUSALS:
        remove(arn, principals)
        raise


def _create(arn: str, role: NewRole, principals: PrincipalWriter) -> None:
    try:
        principals.create_role(arn, role)
    except Conflict as error:
        raise InvalidInput(
            f"There is a role called {Arn.parse(arn).name} already; names are unique in an account, whatever the path.",
            reason="role_exists",
        ) from error


def remove(arn: str, principals: PrincipalWriter) -> None:
    """The role and what is only there for it. Nothing happens when there is none."""
    _, there = held(arn, principals)
    if there is None:
        return
    for profile in there.instance_profiles:
        principals.remove_instance_profile(arn, profile)
    for name in there.inline:
        principals.remove_inline(arn, name)
    for policy in there.attached:
        principals.detach(arn, policy)
    principals.delete_role(arn)
