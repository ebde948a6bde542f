"""The sections of the configuration about handing out: credentials and the console."""

from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, field_validator, model_validator

from chalicelib.access.selection import (
    Application,
    ExternalId,
    ExternalIdRule,
    IpRestrictions,
    Route,
    SessionLimit,
    SignInAge,
)
from chalicelib.access.session_names import check_template
from chalicelib.access.session_policy import managed_policy, session_policy
from chalicelib.core.errors import Forbidden, InvalidInput
from chalicelib.core.model import Frozen


class CredentialsConfig(Frozen):
    """Section `credentials`. Of several external ids and routes the first that covers a role counts; of the limits the shortest."""

    session_duration: int = Field(default=3600, ge=900, le=43_200)
    """Seconds. AWS gives at most one hour to a session that another role's session opens, as the hub's does: more is cut to that."""
    session_limits: tuple[SessionLimit, ...] = ()
    """Shorter sessions for some roles, accounts or people."""
    session_name: str = "{user}"
    """RoleSessionName, with `{user}` or `{local}` (what stands before the @) in it; what AWS does not take becomes a hyphen."""
    require_source_identity: bool = False
    """Refuse roles whose trust policy does not let the hub set SourceIdentity."""
    transitive_tags: bool = False
    """Whether session tags stay on sessions that people open from these."""
    external_id: ExternalId | None = None
    """Sent with every AssumeRole of a person's role, for trust policies that ask for it."""
    external_ids: tuple[ExternalIdRule, ...] = ()
    """Other external ids for some roles or accounts."""
    routes: tuple[Route, ...] = ()
    """Roles that the hub reaches over others. Each role on the way must trust the one before it, and be allowed to assume the next
    with SourceIdentity and tags."""
    ip_restrictions: IpRestrictions = IpRestrictions()
    """From where credentials work."""
    read_only_policy: str = Field(default="ReadOnlyAccess", pattern=r"^[A-Za-z0-9_+=,.@/-]{1,128}$")
    """The AWS managed policy of read-only sessions, by its name (with its path: `job-function/ViewOnlyAccess`)."""
    search: Literal["part", "name", "arn"] = "part"
    """What a request may name a role by: `part` of an ARN, as ConsoleMe took it, if only one role has it; its `name`, with or
    without its account; or its full `arn` only."""
    applications: dict[str, Application] = Field(default_factory=dict)
    """Applications by name: Weep lists them beside their roles, and `app_name` asks for them."""
    app_environment: str = "test"
    """A role asked for by its application alone is looked for in accounts of this environment."""
    sign_in_ages: tuple[SignInAge, ...] = ()
    """Roles that need a recent sign-in."""
    attempts_per_minute: int = Field(default=120, ge=1)
    """Of one person; more are refused."""

    @field_validator("session_name")
    @classmethod
    def _names_the_person(cls, template: str) -> str:
        return check_template(template)

    @model_validator(mode="after")
    def _restrictions_fit(self) -> Self:
        """The longest policy that these restrictions can lead to, without ranges of the person's own."""
        try:
            session_policy(
                ends_at=0,
                restrictions=self.ip_restrictions,
                read_only_arn=managed_policy("aws-us-gov", self.read_only_policy),
            )
        except Forbidden as error:
            raise InvalidInput(f"ip_restrictions: {error.message}") from error
        return self


class ConsoleConfig(Frozen):
    """Section `console`."""

    federation_url: str | None = None
    """AWS's sign-in endpoint; default: the partition's own."""
    issuer: str = "consoleme"
    """Where the console sends people whose session has ended; AWS shows it on its page."""
    region: str = "us-east-1"
    """Where a link without `r` lands."""
    destinations: tuple[Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]+(\.[a-z0-9-]+)+$")], ...] = ()
    """Further hosts that a link may lead to, beside the partition's console: exact names of AWS's own, such as
    `lightsail.aws.amazon.com`."""
    multi_session: bool = True
    """Leave other console sessions of the browser alone. When false, the link signs the browser out of them first: needed where
    people have not turned on multi-session support in the console."""
