"""Roles that administrators create, clone and delete: ConsoleMe's wire, and the section of the configuration about it."""

from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from chalicelib.core.model import Frozen, OldWire
from chalicelib.core.policy_document import VERSION
from chalicelib.requests.wire import ActionResult

AccountId = Annotated[str, StringConstraints(pattern=r"^[0-9]{12}$")]

_EC2: dict[str, Any] = {
    "Version": VERSION,
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}


class RoleCreatorConfig(Frozen):
    """What a new role begins with. Section `user_role_creator`."""

    default_trust_policy: dict[str, Any] = _EC2
    """Its trust policy."""
    default_max_session_duration: int = Field(default=3600, ge=3600, le=43200)
    """The longest session, in seconds."""


class NewRoleWish(OldWire):
    account_id: AccountId
    role_name: str
    description: str | None = None
    instance_profile: bool = True


class CloneOptions(OldWire):
    """What the copy takes from the original. `description` is for when the original's is not copied."""

    assume_role_policy: bool = False
    tags: bool = False
    copy_description: bool = False
    description: str | None = None
    inline_policies: bool = False
    managed_policies: bool = False
    max_session_duration: bool = False


class CloneWish(OldWire):
    account_id: AccountId
    role_name: str
    dest_account_id: AccountId
    dest_role_name: str
    options: CloneOptions


class RoleMade(Frozen):
    errors: int
    role_created: Literal["true", "false"]
    """ConsoleMe's clients compare strings."""
    action_results: list[ActionResult]
    request_id: str | None = None
    """Ours: under which it is recorded."""


class RoleGone(Frozen):
    status: str = "success"
    message: str
    role: str
    account: str
    request_id: str
    """Ours: under which it is recorded."""
