"""Which roles a caller may use now: one consistent look at their session, the map, and how fresh each account is."""

from dataclasses import dataclass

from chalicelib.access.plugin_claims import ClaimsOf
from chalicelib.access.rights import AccountFreshness, HeldRole, Holding, Kind
from chalicelib.access.rules import EligibleRole, Rulebook, eligible, rights_of_role
from chalicelib.access.store import AccessStore
from chalicelib.access.words import heard, said_of_role
from chalicelib.aws.assume_role import AssumeRole, session_name, spoke_role
from chalicelib.aws.errors import translated
from chalicelib.aws.sessions import Sessions
from chalicelib.core.arn import Arn
from chalicelib.core.clock import Clock
from chalicelib.core.errors import AppError, InvalidInput
from chalicelib.core.principals import Caller, Principal
from chalicelib.core.roles import AuthorizedRole
from chalicelib.identity.sessions import confirmed


@dataclass(frozen=True, slots=True)
class Eligibility:
    """`roles` are usable; `stale` would be, if their account had been synced in time."""

    caller: Caller
    roles: tuple[EligibleRole, ...]
    stale: tuple[EligibleRole, ...]
    accounts: dict[str, AccountFreshness]
    signed_in_at: int = 0

    def visible(self, *, cli: bool, console: bool = True) -> tuple[EligibleRole, ...]:
        """With `cli` also the roles that are for the command line only, with `console` those that are for the console only."""
        return tuple(
            role for role in self.roles if (cli or not role.grant.cli_only) and (console or not role.grant.console_only)
        )

    def account_name(self, arn: str) -> str:
        """The account's name; `Unknown` when nobody said one (Weep then shows the number)."""
        known = self.accounts.get(Arn.parse(arn).account)
        return known.name if known and known.name else "Unknown"

    @property
    def account_names(self) -> dict[str, str]:
        return {account: known.name for account, known in self.accounts.items()}


class EligibleRoles:
    def __init__(self, *, store: AccessStore, aws: Sessions, book: Rulebook, said: ClaimsOf, clock: Clock) -> None:
        self._store = store
        self._aws = aws
        self._book = book
        self._said = said
        self._clock = clock

    def of(self, caller: Caller) -> Eligibility:
        """One wave of round trips. Raises NotAuthenticated when the session has ended."""
        rights = self._store.rights(caller)
        live = confirmed(caller, rights.session)
        now = self._clock.now()
        holdings = {principal: rights.holdings.get(str(principal), Holding()) for principal in live.principals}
        oldest = now - self._book.authorization.max_authorization_age
        fresh: list[EligibleRole] = []
        stale: list[EligibleRole] = []
        for role in eligible(holdings, self._book.authorization, now):
            seen = rights.accounts.get(Arn.parse(role.arn).account)
            (fresh if seen is not None and seen.synced_at >= oldest else stale).append(role)
        signed_in_at = rights.session.created_at if rights.session else 0
        return Eligibility(live, tuple(fresh), tuple(stale), rights.accounts, signed_in_at)

    def read_live(self, caller: Caller, arn_text: str) -> EligibleRole | None:
        """The role as IAM has it this moment, if it lets the caller in: for an account whose sync is too old to decide.

        Of the map only time-bound grants count, which no sync tells. None when nothing lets the caller in, and also when the role
        could not be read: what is not known is no.
        """
        try:
            role = self._read_role(Arn.parse(arn_text), caller)
            rights = self._store.rights(caller)
            said = self._said(role)
        except AppError:
            return None
        now, found = self._clock.now(), rights_of_role(role, self._book, said)
        holdings: dict[Principal, Holding] = {}
        for principal in caller.principals:
            known = rights.holdings.get(str(principal), Holding())
            change = said_of_role(
                role.arn, found.claims.get(str(principal), ()), found.terms, at=now, version=self._book.version
            )
            held = heard(_granted(known.roles.get(role.arn)), change)
            holdings[principal] = Holding({role.arn: held}, known.ambiguous)
        return next(iter(eligible(holdings, self._book.authorization, now)), None)

    def _read_role(self, arn: Arn, caller: Caller) -> AuthorizedRole:
        spoke = self._book.spoke
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


def _granted(held: HeldRole | None) -> HeldRole | None:
    """The time-bound grants of what is held."""
    if held is None:
        return None
    grants = {
        channel: word for channel, word in held.words.items() if all(claim.kind is Kind.GRANT for claim in word.claims)
    }
    return HeldRole(words=grants)
