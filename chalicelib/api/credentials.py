"""`/api/v1/get_credentials`: what Weep calls."""

from typing import Any

from pydantic import ConfigDict, Field, StrictBool, StrictStr, model_validator

from chalicelib import bootstrap
from chalicelib.api.authenticator import new_api
from chalicelib.core.errors import AppError, Forbidden, InvalidInput
from chalicelib.core.model import Frozen
from chalicelib.core.principals import Caller
from chalicelib.wire.authentication import Access, UncheckedCaller
from chalicelib.wire.failures import Shape
from chalicelib.wire.http import HttpRequest

api = new_api(__name__)


class CredentialsWish(Frozen):
    """ConsoleMe's body. Types are strict, names are not: Weep adds `metadata`, and other clients other keys."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    requested_role: StrictStr | None = Field(default=None, min_length=1, max_length=2048)
    user_role: StrictBool = False
    app_name: StrictStr | None = Field(default=None, min_length=1)
    account: StrictStr | None = None
    console_only: StrictBool = False
    no_ip_restrictions: StrictBool = False
    custom_ip_restrictions: list[StrictStr] | None = None
    metadata: dict[str, Any] | None = None
    """Weep's host, user, version and sub-command; recorded, never believed."""

    @model_validator(mode="after")
    def _one_of_three(self) -> "CredentialsWish":
        if [self.requested_role is not None, self.user_role, self.app_name is not None].count(True) != 1:
            message = "exactly one of requested_role, user_role and app_name is needed"
            raise ValueError(message)
        if self.user_role and not self.account:
            message = "user_role needs account"
            raise ValueError(message)
        return self


class WireCredentials(Frozen):
    AccessKeyId: str
    SecretAccessKey: str
    SessionToken: str
    Expiration: int
    """Epoch seconds, always a whole number: Weep reads nothing else."""
    RoleArn: str


class CredentialsReply(Frozen):
    Credentials: WireCredentials


@api.endpoint("POST", "/api/v1/get_credentials", access=Access.CLI, shape=Shape.UNIVERSAL)
def get_credentials(body: CredentialsWish, caller: UncheckedCaller, request: HttpRequest) -> CredentialsReply:
    """Temporary credentials for the one role that the search means."""
    from chalicelib.access.issue_credentials import Wish

    if body.requested_role is None:
        _refuse_other_kinds(body, caller)
    method = str((body.metadata or {}).get("weep_method", ""))[:50]
    wish = Wish(
        search=str(body.requested_role),
        console_only=body.console_only,
        client=f"{request.user_agent} {method}".strip(),
    )
    issued = bootstrap.container().access.broker.issue(caller, wish)
    return CredentialsReply(
        Credentials=WireCredentials(
            AccessKeyId=issued.credentials.access_key_id,
            SecretAccessKey=issued.credentials.secret_access_key,
            SessionToken=issued.credentials.session_token,
            Expiration=issued.expiration,
            RoleArn=issued.role_arn,
        )
    )


def _refuse_other_kinds(body: CredentialsWish, caller: Caller) -> None:
    """Per-user roles and roles by application name match nothing here: no source of either exists.

    Accounts are read together with the caller's session: whose session has ended learns nothing about them.
    """
    accounts = bootstrap.container().access.eligible_roles.of(caller).accounts
    names = {known.name for known in accounts.values()}
    if body.account is not None and body.account not in accounts.keys() | names:
        raise InvalidInput(f"Account '{body.account[:100]}' is not known.", reason="unknown_account", code="906")
    if body.user_role:
        error: AppError = Forbidden(
            "There is no role of your own in that account.", reason="no_matching_roles", code="900"
        )
    else:
        error = InvalidInput(
            f"No role belongs to '{str(body.app_name)[:100]}'.", reason="no_matching_roles", code="900"
        )
    raise error
