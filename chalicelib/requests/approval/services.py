"""The approval rules' part of the composition root."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from chalicelib.core.clock import Clock

if TYPE_CHECKING:
    from chalicelib.dynamic_config.document import Configuration
    from chalicelib.identity.directory.models import Kinds
    from chalicelib.identity.permissions import Permissions
    from chalicelib.inventory.services import InventoryServices
    from chalicelib.plugins.calls import Calls
    from chalicelib.requests.approval.gather import GatherMatters
    from chalicelib.requests.approval.simulate import SimulateApproval
    from chalicelib.requests.approvals import Approvals
    from chalicelib.requests.models import RequestsConfig


class ApprovalServices:
    def __init__(
        self,
        *,
        configuration: "Configuration",
        clock: Clock,
        permissions: "Permissions",
        hooks: "Calls",
        knows: "Callable[[Iterable[str]], Mapping[str, Kinds]]",
        inventory: "Callable[[], InventoryServices]",
    ) -> None:
        self._configuration = configuration
        self._clock = clock
        self._permissions = permissions
        self._hooks = hooks
        self._knows = knows
        self._inventory = inventory

    @cached_property
    def _config(self) -> "RequestsConfig":
        from chalicelib.requests.models import RequestsConfig

        return self._configuration.section("requests", RequestsConfig)

    @cached_property
    def _matters(self) -> "GatherMatters":
        from chalicelib.requests.approval.gather import GatherMatters

        return GatherMatters(permissions=self._permissions, knows=self._knows, owners=self._owners)

    @cached_property
    def simulate(self) -> "SimulateApproval":
        from chalicelib.requests.approval.simulate import SimulateApproval

        return SimulateApproval(
            permissions=self._permissions, matters=self._matters, config=self._config, clock=self._clock
        )

    @cached_property
    def approvals(self) -> "Approvals":
        from chalicelib.requests.approvals import Approvals
        from chalicelib.requests.auto_approval import AutoApproval

        return Approvals(
            permissions=self._permissions,
            auto_approval=AutoApproval(hooks=self._hooks, facts=self._permissions.facts, config=self._config),
            matters=self._matters,
            config=self._config,
            clock=self._clock,
        )

    def _owners(self, arns: Sequence[str]) -> "dict[str, str | None]":
        """As the inventory's rows have them, strongly consistent."""
        resources = self._inventory().resources
        found = {arn: resources.look(arn) for arn in arns}
        return {arn: look[1].owner for arn, look in found.items() if look is not None}
