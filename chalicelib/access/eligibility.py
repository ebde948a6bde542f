"""Which roles a caller may use now: one consistent look at their session, the map, and how fresh each account is."""

from dataclasses import dataclass

from chalicelib.access.models import AuthorizationConfig, AuthorizedRole, RoleGrant
from chalicelib.access.rules import EligibleRole, eligible, grants_of_role
from chalicelib.access.store import AccessStore, AccountFreshness
from chalicelib.aws.errors import translated
from chalicelib.aws.sessions import AssumeRole, Sessions, session_name, spoke_role
from chalicelib.core.arn import Arn
from chalicelib.core.clock import Clock
from chalicelib.core.deployment import Deployment
from chalicelib.core.errors import AppError, InvalidInput
from chalicelib.core.principals import Caller, Principal
from chalicelib.identity.sessions import confirmed


@dataclass(frozen=True, slots=True)
class Eligibility:
    """`roles` are usable; `stale` would be, if their account had been synced in time."""

    caller: Caller
    roles: tuple[EligibleRole, ...]
    stale: tuple[EligibleRole, ...]
    accounts: dict[str, AccountFreshness]

    def visible(self, *, cli: bool) -> tuple[EligibleRole, ...]:
        """With `cli` also the roles that are for the command line only."""
        return tuple(role for role in self.roles if cli or not role.grant.cli_only)

    def account_name(self, arn: str) -> str:
        """The account's name; `Unknown` when nobody said one (Weep then shows the number)."""
        known = self.accounts.get(Arn.parse(arn).account)
        return known.name if known and known.name else "Unknown"

    @property
    def account_names(self) -> dict[str, str]:
        return {account: known.name for account, known in self.accounts.items()}


class EligibleRoles:
    def __init__(
        self, *, store: AccessStore, aws: Sessions, deployment: Deployment, config: AuthorizationConfig, clock: Clock
    ) -> None:
        self._store = store
        self._aws = aws
        self._deployment = deployment
        self._config = config
        self._clock = clock

    def of(self, caller: Caller) -> Eligibility:
        """One round trip for up to 98 identities. Raises NotAuthenticated when the session has ended."""
        rights = self._store.rights(caller)
        live = confirmed(caller, rights.session)
        now = self._clock.now()
        grants = {principal: rights.grants.get(str(principal), ()) for principal in live.principals}
        oldest = now - self._config.max_authorization_age
        fresh: list[EligibleRole] = []
        stale: list[EligibleRole] = []
        for role in eligible(grants, now):
            seen = rights.accounts.get(Arn.parse(role.arn).account)
            (fresh if seen is not None and seen.synced_at >= oldest else stale).append(role)
        return Eligibility(live, tuple(fresh), tuple(stale), rights.accounts)

    def read_live(self, caller: Caller, arn_text: str) -> EligibleRole | None:
        """The role as IAM has it this moment, if it lets the caller in: for an account whose sync is too old to decide.

        None when it does not, and also when it could not be read: what is not known is no.
        """
        try:
            role = self._read_role(Arn.parse(arn_text), caller)
        except AppError:
            return None
        grants = grants_of_role(role, self._config, self._deployment.hub, self._deployment.spoke)
        mine: dict[Principal, tuple[RoleGrant, ...]] = {
            principal: (grants[str(principal)],) for principal in caller.principals if str(principal) in grants
        }
        return next(iter(eligible(mine, self._clock.now())), None)

    def _read_role(self, arn: Arn, caller: Caller) -> AuthorizedRole:
        spoke = self._deployment.spoke
        call = AssumeRole(
            spoke_role(arn, spoke.read_role), session_name(caller.user), external_id=spoke.external_id or ""
        )
        with translated(f"to read {arn}"):
            role = self._aws.client_as(call, "iam").get_role(RoleName=arn.name)["Role"]
        if role["Arn"] != str(arn):
            raise InvalidInput(f"The account has {role['Arn']}, not {arn}.", reason="other_path")
        document = role["AssumeRolePolicyDocument"]
        return AuthorizedRole(
            arn=role["Arn"],
            tags={tag["Key"]: tag["Value"] for tag in role.get("Tags", [])},
            trust_policy=document if isinstance(document, dict) else {},
            max_session_duration=role.get("MaxSessionDuration", 3600),
        )
