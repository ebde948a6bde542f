"""From a wish to what STS is asked: which role, whether anything forbids it, and with which parameters."""

from collections.abc import Callable

import pluggy

from chalicelib.access.choose_role import ChooseRole
from chalicelib.access.eligibility import Eligibility
from chalicelib.access.models import CredentialsConfig
from chalicelib.access.routes import is_on_the_way
from chalicelib.access.rules import EligibleRole, never_brokered
from chalicelib.access.session_request import Ask, SessionRequest, session_request
from chalicelib.access.wishes import CONSOLE, Wish
from chalicelib.core.arn import Arn
from chalicelib.core.clock import Clock
from chalicelib.core.decisions import Decision, Permission
from chalicelib.core.deployment import Deployment
from chalicelib.core.errors import Forbidden
from chalicelib.core.principals import Caller
from chalicelib.plugins.calls import Calls

May = Callable[[Caller, Permission], Decision]


class PrepareSession:
    def __init__(
        self,
        *,
        choose: ChooseRole,
        plugins: pluggy.PluginManager,
        may: May,
        deployment: Deployment,
        config: CredentialsConfig,
        clock: Clock,
    ) -> None:
        self._choose = choose
        self._plugins = plugins
        self._may = may
        self._deployment = deployment
        self._config = config
        self._clock = clock

    def role(self, eligibility: Eligibility, wish: Wish) -> EligibleRole:
        """Raises what `ChooseRole.of` raises."""
        return self._choose.of(eligibility, wish)

    def request(self, caller: Caller, role: EligibleRole, wish: Wish) -> SessionRequest:
        """Raises Forbidden for a veto, and what `session_request` raises."""
        self._refuse_vetoed(caller, role)
        ask = Ask(
            caller=caller,
            source="console" if wish.purpose == CONSOLE else caller.kind.value,
            no_ip_restrictions=wish.no_ip_restrictions,
            may_waive=self._may(caller, Permission.WAIVE_IP_RESTRICTION) if wish.no_ip_restrictions else None,
            custom_ranges=wish.custom_ip_restrictions,
            read_only=wish.read_only,
        )
        return session_request(role, ask, self._config, self._clock.now())

    def _refuse_vetoed(self, caller: Caller, role: EligibleRole) -> None:
        arn = Arn.parse(role.arn)
        verdicts = [never_brokered(arn, self._deployment.hub, self._deployment.spoke)]
        if is_on_the_way(arn, self._config):
            verdicts.append(Decision.no("A role over which others are reached is never handed out.", "own_role"))
        said = Calls(self._plugins).every("credential_decision", Decision, caller=caller, role_arn=role.arn)
        verdicts += [one.answer for one in said]
        for verdict in verdicts:
            if verdict is not None and not verdict.allowed:
                raise Forbidden(verdict.reason, reason=verdict.rule, code=verdict.rule)
