"""Roles and rights to them as they travel across packages, to plugins too."""

from enum import StrEnum
from typing import Any, Self

from pydantic import field_validator, model_validator

from chalicelib.core.errors import InvalidInput
from chalicelib.core.model import Frozen
from chalicelib.core.principals import Principal


class Use(StrEnum):
    """Where a right counts: for credentials and the AWS console, or for one of them only."""

    BOTH = "both"
    CLI_ONLY = "cli_only"
    CONSOLE_ONLY = "console_only"

    @property
    def cli(self) -> bool:
        return self is not Use.CONSOLE_ONLY

    @property
    def console(self) -> bool:
        return self is not Use.CLI_ONLY

    def __or__(self, other: "Use") -> "Use":
        """What both rights allow together."""
        return self if self is other else Use.BOTH


class AuthorizedRole(Frozen):
    """What decides who may use a role and how, as read from IAM. `tags` and `trust_policy` are as AWS gives them."""

    arn: str
    tags: dict[str, str]
    trust_policy: dict[str, Any]
    max_session_duration: int = 3600


class RoleClaim(Frozen):
    """What a plugin says: this identity (`user:ada@example.com`, `group:on-call`) may use the role. `name` is the reason that people
    are shown; times are epoch seconds.
    """

    identity: str
    name: str
    use: Use = Use.BOTH
    not_before: int | None = None
    not_after: int | None = None

    @field_validator("identity")
    @classmethod
    def _says_what_it_is(cls, text: str) -> str:
        return str(Principal.parse(text))

    @model_validator(mode="after")
    def _lasts(self) -> Self:
        if self.not_before is not None and self.not_after is not None and self.not_after <= self.not_before:
            raise InvalidInput(f"The right of {self.identity} would end before it begins.", reason="bad_period")
        return self


class OfferedRole(Frozen):
    """A role as the inventory knows it. `id` is AWS's own; `withheld` says why it is never handed out, and is empty if it is."""

    arn: str
    id: str
    withheld: str = ""


class GivenRole(Frozen):
    """The use of a role as somebody was given it. Times are epoch seconds; None is at once, or for ever."""

    use: Use = Use.BOTH
    not_before: int | None = None
    not_after: int | None = None
