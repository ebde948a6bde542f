"""The one role that a wish means, among those that the caller may use; or why there is none."""

from collections.abc import Callable, Iterable, Mapping

from chalicelib.access.eligibility import Eligibility, EligibleRoles
from chalicelib.access.matching import match_role
from chalicelib.access.models import CredentialsConfig
from chalicelib.access.rules import EligibleRole
from chalicelib.access.wishes import CONSOLE, INVALID_ARN, NO_MATCH, SEVERAL, SIGN_IN_TOO_OLD, UNKNOWN_ACCOUNT, Wish
from chalicelib.core.arn import Arn
from chalicelib.core.clock import Clock
from chalicelib.core.errors import AppError, Forbidden, InvalidInput

Environments = Callable[[], Mapping[str, str | None]]
"""Account to environment."""


class ChooseRole:
    def __init__(
        self, *, roles: EligibleRoles, environments: Environments, config: CredentialsConfig, clock: Clock
    ) -> None:
        self._roles = roles
        self._environments = environments
        self._config = config
        self._clock = clock

    def of(self, eligibility: Eligibility, wish: Wish) -> EligibleRole:
        """Raises Forbidden or InvalidInput with one of the codes that clients know, or one that tells what they don't know."""
        if wish.app_name:
            role = self._of_application(eligibility, wish)
        elif wish.own_role:
            self._refuse_unknown_account(eligibility, wish)
            raise Forbidden("There is no role of your own in that account.", reason="no_matching_roles", code=NO_MATCH)
        else:
            role = self._by_search(eligibility, wish)
        self._refuse_old_sign_in(eligibility, role, wish)
        return role

    def _by_search(self, eligibility: Eligibility, wish: Wish) -> EligibleRole:
        extra: dict[str, object] = {"requested_role": wish.search}
        if self._config.search == "arn" and not _is_role_arn(wish.search):
            raise Forbidden(
                f"'{wish.search[:200]}' is not the full ARN of a role, and here roles are asked for by their ARN only.",
                reason="not_a_role_arn",
                code=INVALID_ARN,
                extra=extra,
            )
        matches = self._matching(_fitting(eligibility.roles, wish), eligibility, wish)
        if len(matches) > 1:
            raise Forbidden(
                f"{len(matches)} of your roles match '{wish.search[:200]}'; ask for one by its ARN.",
                reason="multiple_roles",
                code=SEVERAL,
                extra={**extra, "matching roles": _arns(matches)},
            )
        return matches[0] if matches else self._from_stale(eligibility, wish, extra)

    def _matching(self, roles: Iterable[EligibleRole], eligibility: Eligibility, wish: Wish) -> list[EligibleRole]:
        return match_role(roles, wish.search, eligibility.account_names, self._config.search)

    def _from_stale(self, eligibility: Eligibility, wish: Wish, extra: dict[str, object]) -> EligibleRole:
        matches = self._matching(_fitting(eligibility.stale, wish), eligibility, wish)
        if not matches:
            unfit = self._matching(eligibility.roles, eligibility, wish)
            hint = f" {unfit[0].arn} is yours, but not for this use." if len(unfit) == 1 else ""
            raise Forbidden(
                f"None of your roles matches '{wish.search[:200]}'.{hint} Your roles are on the start page.",
                reason="no_matching_roles",
                code=NO_MATCH,
                extra=extra,
            )
        exact = next((role for role in matches if role.arn.casefold() == wish.search.casefold().strip()), None)
        live = self._roles.read_live(eligibility.caller, exact.arn) if exact else None
        if live is not None and _fitting([live], wish):
            return live
        account = Arn.parse(matches[0].arn).account
        seen = eligibility.accounts.get(account)
        since = f"was last synced {self._clock.now() - seen.synced_at} seconds ago" if seen else "was never synced"
        raise Forbidden(
            f"Account {account} {since}, which is too old to decide by, and the role could not be confirmed in IAM. "
            "Ask an administrator to look at the account on the inventory page.",
            reason="stale_authorization",
            code="stale_authorization",
            extra=extra,
        )

    def _of_application(self, eligibility: Eligibility, wish: Wish) -> EligibleRole:
        """The application's one role in the account that was named, or in the accounts of the configured environment."""
        self._refuse_unknown_account(eligibility, wish)
        application = self._config.applications.get(wish.app_name)
        owned = [
            role for role in _fitting(eligibility.roles, wish) if application is not None and application.owns(role.arn)
        ]
        accounts = self._accounts_of(eligibility, wish) if owned else frozenset[str]()
        found = [role for role in owned if Arn.parse(role.arn).account in accounts]
        if len(found) == 1:
            return found[0]
        where = (
            f"account {wish.account}" if wish.account else f"an account of environment {self._config.app_environment}"
        )
        if not found:
            raise InvalidInput(
                f"None of your roles belongs to '{wish.app_name[:100]}' in {where}.",
                reason="no_matching_roles",
                code=NO_MATCH,
            )
        raise InvalidInput(
            f"{len(found)} of your roles belong to '{wish.app_name[:100]}' in {where}; ask for one by its ARN.",
            reason="multiple_roles",
            code=SEVERAL,
            extra={"matching roles": _arns(found)},
        )

    def _accounts_of(self, eligibility: Eligibility, wish: Wish) -> frozenset[str]:
        if wish.account:
            wanted = wish.account.casefold()
            named = eligibility.accounts.items()
            return frozenset(account for account, known in named if wanted in {account, known.name.casefold()})
        environments = self._environments()
        return frozenset(account for account, of in environments.items() if of == self._config.app_environment)

    @staticmethod
    def _refuse_unknown_account(eligibility: Eligibility, wish: Wish) -> None:
        known = set(eligibility.accounts) | {
            seen.name.casefold() for seen in eligibility.accounts.values() if seen.name
        }
        if wish.account and wish.account.casefold() not in known:
            raise InvalidInput(
                f"Account '{wish.account[:100]}' is not known.",
                reason="unknown_account",
                code=UNKNOWN_ACCOUNT,
                extra={"account": wish.account[:100]},
            )

    def _refuse_old_sign_in(self, eligibility: Eligibility, role: EligibleRole, wish: Wish) -> None:
        arn, age = Arn.parse(role.arn), self._clock.now() - eligibility.signed_in_at
        allowed = min((rule.seconds for rule in self._config.sign_in_ages if rule.covers(arn)), default=age)
        if age > allowed:
            message = (
                f"Your sign-in is {age} seconds old, and {role.arn} needs one of the last {allowed}. Sign in again."
            )
            raise Forbidden(
                message,
                reason="sign_in_too_old",
                code=SIGN_IN_TOO_OLD,
                extra={"requested_role": wish.wanted, "exception": message},
            )


def _fitting(roles: Iterable[EligibleRole], wish: Wish) -> list[EligibleRole]:
    """Those that may be used in the way that is wished: as credentials, or for a sign-in to the console."""
    if wish.purpose == CONSOLE:
        return [role for role in roles if not role.grant.cli_only]
    usable = [role for role in roles if not role.grant.console_only]
    return [role for role in usable if not (wish.console_only and role.grant.cli_only)]


def _arns(roles: Iterable[EligibleRole]) -> list[object]:
    return [role.arn for role in roles]


def _is_role_arn(text: str) -> bool:
    try:
        return Arn.parse(text.casefold().strip()).is_iam_role
    except AppError:
        return False
