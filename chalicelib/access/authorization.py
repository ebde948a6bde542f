"""Section `authorization` of the configuration: which tags and which mapping give roles to people."""

from functools import cached_property
from typing import Annotated, Self

from pydantic import AfterValidator, Field, StringConstraints, field_validator, model_validator

from chalicelib.core.arn import parse_role_arn
from chalicelib.core.model import Frozen
from chalicelib.core.principals import Principal
from chalicelib.core.roles import Use


def _role_arn(text: str) -> str:
    return str(parse_role_arn(text))


RoleArn = Annotated[str, AfterValidator(_role_arn)]
"""An exact ARN: a mapping knows no wildcards."""
TagKey = Annotated[str, StringConstraints(min_length=1, max_length=128)]
Delimiter = Annotated[str, StringConstraints(pattern=r"^[^A-Za-z0-9]+$")]


class RoleTags(Frozen):
    """Which tags of a role give its use. A tag's value names people and groups: `user:ada@example.com`, `group:payments`, or a bare
    name, which means the user or the group of that name and nobody when there are both.
    """

    authorized: tuple[TagKey, ...] = ("consoleme-authorized",)
    """For credentials and for the AWS console."""
    cli_only: tuple[TagKey, ...] = ("consoleme-authorized-cli-only",)
    console_only: tuple[TagKey, ...] = ("consoleme-authorized-console-only",)
    delimiters: tuple[Delimiter, ...] = Field(default=(":",), min_length=1)
    """What stands between two names. IAM takes letters, digits, blanks and `_.:/=+-@` in a value."""

    @model_validator(mode="after")
    def _one_use_for_a_key(self) -> Self:
        keys = [*self.authorized, *self.cli_only, *self.console_only]
        if twice := sorted({key for key in keys if keys.count(key) > 1}):
            message = f"the tag key {twice[0]} stands twice: a key has one use"
            raise ValueError(message)
        return self

    @cached_property
    def cut(self) -> str:
        """By what values are cut, to be kept with what was read so; empty for the colon alone, as nearly everywhere."""
        ends = sorted(set(self.delimiters))
        return "" if ends == [":"] else " ".join(ends)

    @cached_property
    def uses(self) -> dict[str, Use]:
        """By key."""
        return {
            **dict.fromkeys(self.authorized, Use.BOTH),
            **dict.fromkeys(self.cli_only, Use.CLI_ONLY),
            **dict.fromkeys(self.console_only, Use.CONSOLE_ONLY),
        }


class MappedRoles(Frozen):
    roles: tuple[RoleArn, ...] = ()
    cli_only_roles: tuple[RoleArn, ...] = ()
    console_only_roles: tuple[RoleArn, ...] = ()

    @cached_property
    def uses(self) -> dict[str, Use]:
        """By ARN."""
        found: dict[str, Use] = {}
        classes = (
            (self.roles, Use.BOTH),
            (self.cli_only_roles, Use.CLI_ONLY),
            (self.console_only_roles, Use.CONSOLE_ONLY),
        )
        for arns, use in classes:
            for arn in arns:
                found[arn] = found.get(arn, use) | use
        return found


class AuthorizationConfig(Frozen):
    """Section `authorization`."""

    role_tags: RoleTags = RoleTags()
    group_mapping: dict[str, MappedRoles] = Field(default_factory=dict)
    """Principal (`user:` or `group:`) to role ARNs."""
    required_trust_entity: RoleArn | None = None
    """ARN of a role that every role must trust to be handed out, whatever gives a right to it: its trust policy is evaluated."""
    max_authorization_age: int = Field(default=86_400, ge=60)
    """Seconds after the last successful sync of an account during which its rows may decide."""

    @field_validator("group_mapping")
    @classmethod
    def _principals(cls, mapping: dict[str, MappedRoles]) -> dict[str, MappedRoles]:
        parsed = {str(Principal.parse(name)): roles for name, roles in mapping.items()}
        if len(parsed) != len(mapping):
            message = "two names differ only in case: names are compared without it"
            raise ValueError(message)
        return parsed

    def mapped_use(self, identity: str, arn: str) -> Use | None:
        """What the mapping gives to the identity; None for nothing."""
        mapped = self.group_mapping.get(identity)
        return mapped.uses.get(arn) if mapped else None

    @cached_property
    def mapped_to(self) -> dict[str, dict[str, Use]]:
        """The same by ARN and then by identity."""
        found: dict[str, dict[str, Use]] = {}
        for identity, mapped in self.group_mapping.items():
            for arn, use in mapped.uses.items():
                found.setdefault(arn, {})[identity] = use
        return found
