"""What plugins claim for a role."""

from collections.abc import Callable

from chalicelib.core.roles import AuthorizedRole, RoleClaim
from chalicelib.plugins.calls import Calls

ClaimsOf = Callable[[AuthorizedRole], tuple[RoleClaim, ...]]


class PluginClaims:
    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    def of(self, role: AuthorizedRole) -> tuple[RoleClaim, ...]:
        """Each under the name of its plugin. Raises PluginFailed and AppErrors of plugins: whoever asked leaves the role as it was."""
        return tuple(
            said.answer.model_copy(update={"name": f"{said.plugin}: {said.answer.name}"})
            for said in self._calls.lists("eligible_identities", RoleClaim, role=role)
        )
