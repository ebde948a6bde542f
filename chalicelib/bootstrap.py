"""The composition root: one lazy property per service. The only place that wires things together.

Heavy libraries are imported by the property that needs them: importing this module costs nothing at a cold start.
"""

from functools import cached_property
from typing import TYPE_CHECKING

from chalicelib.core.clock import Clock
from chalicelib.core.errors import Throttled
from chalicelib.process import ProcessLived
from chalicelib.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from chalicelib.access.grants import KnownRole
    from chalicelib.access.messages import RecomputeMessage
    from chalicelib.access.review import ReviewAccess
    from chalicelib.access.services import AccessServices
    from chalicelib.checks.check_spokes import CheckSpokes
    from chalicelib.checks.run_checks import RunChecks
    from chalicelib.core.decisions import Decision, Permission
    from chalicelib.core.deployment import Deployment
    from chalicelib.core.principals import Caller
    from chalicelib.dynamic_config.document import Configuration
    from chalicelib.dynamic_config.services import ConfigurationServices
    from chalicelib.identity.services import IdentityServices
    from chalicelib.inventory.services import InventoryServices
    from chalicelib.notifications.rules import Known
    from chalicelib.notifications.services import NotificationServices
    from chalicelib.operations.services import OperationServices
    from chalicelib.requests.approval.services import ApprovalServices
    from chalicelib.requests.gateways.services import GatewayServices
    from chalicelib.requests.guardrails.services import GuardrailServices
    from chalicelib.requests.services import RequestServices


class Container(ProcessLived):
    """Everything that a process of the product may need, each made at its first use."""

    def renewed(self, configuration: "Configuration") -> "Container":
        """One for another configuration. What lives as long as the process goes over as it is."""
        other = Container(self.settings, self.clock)
        other.__dict__.update(self.lived())
        other.configuration = configuration
        return other

    @cached_property
    def configuration(self) -> "Configuration":
        """The one that this container was made for: the packaged one, unless it was told another."""
        return self.packaged.configuration

    @cached_property
    def deployment(self) -> "Deployment":
        from chalicelib.core.deployment import Deployment

        return self.configuration.section("deployment", Deployment)

    def _builtin_hooks(self) -> list[object]:
        """Made once in a process: they may hold no configuration."""
        from chalicelib.access.configuration_hooks import AccessConfigurationHooks
        from chalicelib.access.hooks import AccessHooks
        from chalicelib.accounts.store import AccountStore
        from chalicelib.identity.configuration_hooks import IdentityConfigurationHooks
        from chalicelib.identity.directory.store import DirectoryStore
        from chalicelib.identity.known_people import KnownPeople
        from chalicelib.requests.approval.configuration_hooks import ApprovalConfigurationHooks
        from chalicelib.requests.guardrails.configuration_hooks import GuardrailConfigurationHooks

        people = KnownPeople(DirectoryStore())
        rights = AccessHooks(rights=lambda: self.access.tell_rights, accounts=lambda: AccountStore().all())
        checks = [IdentityConfigurationHooks(people), AccessConfigurationHooks(people)]
        return [*checks, ApprovalConfigurationHooks(), GuardrailConfigurationHooks(), rights]

    @cached_property
    def dynamic_config(self) -> "ConfigurationServices":
        from chalicelib.dynamic_config.services import ConfigurationServices

        return ConfigurationServices(clock=self.clock, packaged=self.packaged, audit=self.audit, hooks=self.hooks)

    @cached_property
    def identity(self) -> "IdentityServices":
        from chalicelib.identity.services import IdentityServices

        return IdentityServices(
            settings=self.settings,
            clock=self.clock,
            configuration=self.configuration,
            signing_keys=self.signing_keys,
            audit=self.audit,
            aws=self.aws,
            hooks=lambda: self.hooks,
            account_of=self._account_of,
        )

    def _account_of(self, arn: str) -> "str | None":
        """Of a bucket, as the inventory knows it: its ARN does not say."""
        found = self.inventory.resources.look(arn)
        return found[0] if found else None

    @cached_property
    def access(self) -> "AccessServices":
        from chalicelib.access.services import AccessServices, Elsewhere

        elsewhere = Elsewhere(
            may=self._may,
            people=lambda: self.identity.people,
            known_role=self._known_role,
            recompute=self._recompute_rights,
        )
        return AccessServices(
            settings=self.settings,
            clock=self.clock,
            configuration=self.configuration,
            aws=self.aws,
            audit=self.audit,
            plugins=self.plugins,
            elsewhere=elsewhere,
        )

    def _known_role(self, arn: str) -> "KnownRole | None":
        return self.inventory.recompute_rights.known_role(arn)

    def _recompute_rights(self, asked: "RecomputeMessage") -> None:
        """By a configuration that knows of the change: this process may not have looked at it yet. Raises Throttled if that is not to be
        had.
        """
        held = self
        if asked.version > self.configuration.version:
            self.in_force.look_again()
            held = self.renewed(self.in_force.get())
        if asked.version > held.configuration.version:
            raise Throttled(f"Version {asked.version} of the configuration is not to be seen yet.")
        held.inventory.recompute_rights.run(asked)

    @cached_property
    def review_access(self) -> "ReviewAccess":
        from chalicelib.access.review import ReviewAccess

        return ReviewAccess(
            store=self.access.store,
            explain=self.access.explain,
            find_person=self.identity.people.find,
            deployment=self.deployment,
            max_age=self.access.authorization_config.max_authorization_age,
            clock=self.clock,
        )

    def _may(self, caller: "Caller", permission: "Permission") -> "Decision":
        """Made when it is asked: most functions that need access never do."""
        return self.identity.permissions.of_caller(caller, permission)

    @cached_property
    def notifications(self) -> "NotificationServices":
        from chalicelib.notifications.services import NotificationServices

        return NotificationServices(
            settings=self.settings,
            clock=self.clock,
            configuration=self.configuration,
            aws=lambda: self.aws,
            secrets=lambda: self.identity.secrets,
            audit=lambda: self.audit,
            knows=self._known_names,
            hooks=lambda: self.hooks,
        )

    def _known_names(self, names: "Iterable[str]") -> "Mapping[str, Known]":
        """Asked for when a note is posted: most functions never do."""
        return self.identity.people.knows(names)

    @cached_property
    def inventory(self) -> "InventoryServices":
        from chalicelib.inventory.services import InventoryServices

        return InventoryServices(
            settings=self.settings,
            clock=self.clock,
            configuration=self.configuration,
            aws=self.aws,
            access=self.access,
            audit=self.audit,
            hooks=self.hooks,
            notifications=self.notifications,
        )

    @cached_property
    def requests(self) -> "RequestServices":
        from chalicelib.requests.services import RequestServices

        return RequestServices(
            settings=self.settings,
            clock=self.clock,
            configuration=self.configuration,
            aws=self.aws,
            permissions=self.identity.permissions,
            hooks=self.hooks,
            audit=self.audit,
            notifications=lambda: self.notifications,
            guardrails=lambda: self.guardrails.guardrails,
            approvals=lambda: self.approval.approvals,
            gateways=lambda: self.gateways,
        )

    @cached_property
    def gateways(self) -> "GatewayServices":
        from chalicelib.requests.gateways.services import GatewayServices

        return GatewayServices(
            settings=self.settings,
            aws=self.aws,
            deployment=self.deployment,
            access=lambda: self.access,
            resources=lambda: self.inventory.resources,
            account_of=self._account_of,
        )

    @cached_property
    def approval(self) -> "ApprovalServices":
        from chalicelib.requests.approval.services import ApprovalServices

        return ApprovalServices(
            configuration=self.configuration,
            clock=self.clock,
            permissions=self.identity.permissions,
            hooks=self.hooks,
            knows=self.identity.people.knows,
            inventory=lambda: self.inventory,
        )

    @cached_property
    def guardrails(self) -> "GuardrailServices":
        from chalicelib.requests.guardrails.services import GuardrailServices

        return GuardrailServices(
            settings=self.settings,
            configuration=self.configuration,
            aws=self.aws,
            inventory=lambda: self.inventory,
        )

    @cached_property
    def operations(self) -> "OperationServices":
        from chalicelib.operations.services import Elsewhere, OperationServices
        from chalicelib.plugins.doors import jobs_of

        return OperationServices(
            settings=self.settings,
            clock=self.clock,
            deployment=self.deployment,
            aws=self.aws,
            audit=self.audit,
            jobs=self.jobs,
            elsewhere=Elsewhere(
                inventory=lambda: self.inventory, plugin_jobs=lambda: jobs_of(self.hooks), measure=self.measure
            ),
        )

    @cached_property
    def checks(self) -> "RunChecks":
        from chalicelib.checks.run_checks import RunChecks

        return RunChecks(self)

    @cached_property
    def check_spokes(self) -> "CheckSpokes":
        from chalicelib.checks.check_spokes import CheckSpokes

        return CheckSpokes(accounts=self.inventory.accounts, aws=self.aws, deployment=self.deployment)


class Process:
    """What a process holds: one container, and another one when an administrator has saved another configuration."""

    def __init__(self, settings: Settings | None = None, clock: Clock | None = None) -> None:
        self._settings = settings
        self._clock = clock
        self._container: Container | None = None

    def __call__(self) -> Container:
        """Raises Upstream when nobody knows what is in force, Misconfigured when that, or a plugin, is of no use."""
        held = self._container or Container(self._settings, self._clock)
        if self._container is None:
            held.check_plugins()
        self._container = held
        configuration = held.in_force.get()
        if configuration is not held.configuration:
            held = self._container = held.renewed(configuration)
        return held

    def cache_clear(self) -> None:
        """A crash forgets everything; this is that crash for a test."""
        self._container = None


container = Process()
"""The process's one container."""
