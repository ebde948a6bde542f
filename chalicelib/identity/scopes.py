"""The sections `groups` and `visibility` of the configuration: who holds which permission over what, and who sees what."""

from typing import Annotated, Literal, get_args

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from chalicelib.accounts.models import AccountId
from chalicelib.core.decisions import Permission
from chalicelib.core.model import Frozen
from chalicelib.core.principals import Principal
from chalicelib.core.targets import (
    Target,
    all_of,
    check_arn_pattern,
    has_tags,
    in_account,
    in_ou,
    is_resource,
    pattern_reaches,
)

PrincipalName = Annotated[str, AfterValidator(lambda name: str(Principal.parse(name)))]
OuPath = Annotated[str, StringConstraints(pattern=r"^[^/]+(/[^/]+)*$", max_length=1000)]
ArnPattern = Annotated[str, AfterValidator(check_arn_pattern)]
TagValues = Annotated[tuple[str, ...], Field(min_length=1)]
ScopedPermission = Literal[
    Permission.ADMIN, Permission.ADMIN_POLICIES, Permission.CREATE_ROLES, Permission.DELETE_IAM_PRINCIPALS
]
"""Permissions that can be held over a part of the estate; the others are about the product itself."""
SCOPED_PERMISSIONS = frozenset(get_args(ScopedPermission))


class Where(Frozen):
    """A part of the estate. A target must fit every key that is given, and of a key's entries one."""

    accounts: tuple[AccountId, ...] | None = Field(default=None, min_length=1)
    ous: tuple[OuPath, ...] | None = Field(default=None, min_length=1)
    """Organisational units by their names from the root (`Workloads/Prod`), each with all below it."""
    tags: dict[str, TagValues] | None = Field(default=None, min_length=1)
    """Tags of the account, each with the values that fit; its `environment` and `owner` count as tags of these names."""
    resources: tuple[ArnPattern, ...] | None = Field(default=None, min_length=1)
    """Patterns of ARNs with `*` and `?`, which never reach over a colon between two parts."""

    @model_validator(mode="after")
    def _somewhere(self) -> "Where":
        if not self.model_fields_set:
            message = "say at least one of accounts, ous, tags and resources"
            raise ValueError(message)
        if empty := [
            name for name in type(self).model_fields if name in self.model_fields_set and not getattr(self, name)
        ]:
            message = f"{empty[0]} is empty: name at least one, or leave the key out"
            raise ValueError(message)
        return self

    def covers(self, target: Target) -> bool | None:
        """None when it can't be told: a fact about the target is missing."""
        answers: list[bool | None] = []
        if self.accounts is not None:
            answers.append(in_account(self.accounts, target))
        if self.ous is not None:
            answers.append(in_ou(self.ous, target))
        if self.tags is not None:
            answers.append(has_tags(self.tags, target))
        if self.resources is not None:
            answers.append(is_resource(self.resources, target))
        return all_of(answers)

    def splits(self, account: Target) -> bool:
        """Whether it may cover some resources of the account and not others."""
        if self.resources is None:
            return False
        rest = self.model_copy(update={"resources": None})
        elsewhere = rest.covers(account) is False and any((rest.accounts, rest.ous, rest.tags))
        return not elsewhere and any(pattern_reaches(pattern, account.account_id) for pattern in self.resources)

    @property
    def needs_facts(self) -> bool:
        """Whether more than the target's ARN must be known."""
        return self.ous is not None or self.tags is not None

    def __str__(self) -> str:
        return "; ".join(f"{name} {_words(value)}" for name, value in self if value is not None)


def _words(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{key}={'|'.join(values)}" for key, values in value.items())
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)


class ScopedGrant(Frozen):
    """A permission over a part of the estate. `can_admin` there implies the three others there."""

    principals: tuple[PrincipalName, ...] = Field(min_length=1)
    permission: ScopedPermission
    where: Where


class GroupsConfig(Frozen):
    """Section `groups`: who holds which permission. Principals say what they are: `user:` or `group:`."""

    can_admin: tuple[PrincipalName, ...] = ()
    """Everything below, everywhere. It is no right to any role's credentials."""
    can_admin_policies: tuple[PrincipalName, ...] = ()
    """Approve, reject, edit and cancel requests."""
    can_create_roles: tuple[PrincipalName, ...] = ()
    """Create and clone roles."""
    can_delete_iam_principals: tuple[PrincipalName, ...] = ()
    """Delete roles and users."""
    can_edit_config: tuple[PrincipalName, ...] = ()
    """Change the configuration, except for who may do what: that takes `can_admin`."""
    can_audit: tuple[PrincipalName, ...] = ()
    """Read who can use what, and the activity log; auditors see every account and resource."""
    can_manage_sessions: tuple[PrincipalName, ...] = ()
    """List and end the sessions of other people."""
    can_operate: tuple[PrincipalName, ...] = ()
    """See how every task and every account is doing, and run a task now."""
    can_waive_ip_restriction: tuple[PrincipalName, ...] = ()
    """Get credentials that work from any address, where the configuration restricts addresses."""
    scopes: tuple[ScopedGrant, ...] = ()
    """Permissions over a part of the estate."""


class VisibilityRule(Frozen):
    """What this names is seen by these principals, and by nobody else unless another rule says so."""

    principals: tuple[PrincipalName, ...] = ()
    where: Where


class VisibilityConfig(Frozen):
    """Section `visibility`: which accounts and resources people see. Everybody sees everything by default.

    Administrators, policy administrators and auditors see everything; who holds a permission over a part of the estate sees
    that part; who made a request sees it. What somebody does not see is answered as if it did not exist.
    """

    everybody_sees_the_rest: bool = True
    """Whether what no rule names is seen by everybody who is signed in."""
    rules: tuple[VisibilityRule, ...] = ()
