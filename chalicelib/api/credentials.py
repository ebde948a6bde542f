"""`/api/v1/get_credentials`: what Weep calls."""

from typing import Annotated, Any

from pydantic import AfterValidator, ConfigDict, Field, StrictBool, StrictStr, model_validator

from chalicelib import bootstrap
from chalicelib.api.authenticator import new_api
from chalicelib.core.model import Frozen
from chalicelib.core.networks import check_cidr
from chalicelib.wire.authentication import Access, UncheckedCaller
from chalicelib.wire.failures import Shape
from chalicelib.wire.http import HttpRequest

api = new_api(__name__)


class CredentialsWish(Frozen):
    """ConsoleMe's body. Types are strict, names are not: Weep adds `metadata`, and other clients other keys."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    requested_role: StrictStr | None = Field(default=None, min_length=1, max_length=2048)
    user_role: StrictBool = False
    app_name: StrictStr | None = Field(default=None, min_length=1, max_length=2048)
    account: StrictStr | None = Field(default=None, max_length=2048)
    console_only: StrictBool = False
    no_ip_restrictions: StrictBool = False
    """Asks for credentials that work from everywhere: needs a permission."""
    custom_ip_restrictions: list[Annotated[StrictStr, AfterValidator(check_cidr)]] | None = Field(
        default=None, max_length=1000
    )
    """Further ranges that the credentials are bound to, beside the configured ones."""
    read_only: StrictBool = False
    """Ours: credentials that may read, whatever else the role may."""
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
    notices: list[str]
    """Ours: what is not as it was configured, in words."""


@api.endpoint(
    "POST",
    "/api/v1/get_credentials",
    access=Access.CLI,
    rule="Everybody who is signed in, for roles that are theirs.",
    shape=Shape.UNIVERSAL,
)
def get_credentials(body: CredentialsWish, caller: UncheckedCaller, request: HttpRequest) -> CredentialsReply:
    """Temporary credentials for the one role that is meant."""
    from chalicelib.access.wishes import Wish

    method = str((body.metadata or {}).get("weep_method", ""))[:50]
    wish = Wish(
        search=body.requested_role or "",
        app_name=body.app_name or "",
        own_role=body.user_role,
        account=body.account or "",
        console_only=body.console_only,
        no_ip_restrictions=body.no_ip_restrictions,
        custom_ip_restrictions=tuple(body.custom_ip_restrictions or ()),
        read_only=body.read_only,
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
        ),
        notices=list(issued.notices),
    )
