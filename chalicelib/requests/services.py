"""The requests' part of the composition root: `bootstrap` makes one of these and hands it what lies below."""

import functools
import time
from collections.abc import Callable, Iterator
from functools import cached_property
from typing import TYPE_CHECKING

from chalicelib.core.clock import Clock
from chalicelib.settings import Settings

if TYPE_CHECKING:
    from chalicelib.audit.store import AuditLog
    from chalicelib.aws.sessions import Sessions
    from chalicelib.core.deployment import Deployment
    from chalicelib.core.principals import Caller
    from chalicelib.dynamic_config.document import Configuration
    from chalicelib.identity.permissions import Permissions
    from chalicelib.notifications.services import NotificationServices
    from chalicelib.plugins.calls import Calls
    from chalicelib.requests.adopt_policies import FoundRole, PolicyAdopter
    from chalicelib.requests.announce import Announcer
    from chalicelib.requests.approval.models import Jury
    from chalicelib.requests.approval.standing import Standing
    from chalicelib.requests.approvals import Approvals
    from chalicelib.requests.await_outcome import OutcomeWaiter
    from chalicelib.requests.catalog.services import CatalogServices
    from chalicelib.requests.create_request import RequestCreator
    from chalicelib.requests.find_requests import FindRequests
    from chalicelib.requests.gateways.services import GatewayServices
    from chalicelib.requests.guardrails.check import Guardrails
    from chalicelib.requests.list_requests import RequestLister
    from chalicelib.requests.models import Request, RequestsConfig
    from chalicelib.requests.modify_request import RequestModifier
    from chalicelib.requests.plan_changes import Planner
    from chalicelib.requests.read_request import RequestReader
    from chalicelib.requests.role_life.change_roles import RoleLife
    from chalicelib.requests.rules import Person
    from chalicelib.requests.step_services import RequestSteps
    from chalicelib.requests.store import RequestStore
    from chalicelib.requests.submit_request import RequestSubmitter
    from chalicelib.requests.telling.services import TellingServices
    from chalicelib.requests.workflow import States, Workflow


class RequestServices:
    def __init__(  # noqa: PLR0913 keywords, each what requests stand on
        self,
        *,
        settings: Settings,
        clock: Clock,
        configuration: "Configuration",
        aws: "Sessions",
        permissions: "Permissions",
        hooks: "Calls",
        audit: "AuditLog",
        notifications: "Callable[[], NotificationServices]",
        guardrails: "Callable[[], Guardrails]",
        approvals: "Callable[[], Approvals]",
        gateways: "Callable[[], GatewayServices]",
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._configuration = configuration
        self._aws = aws
        self._permissions = permissions
        self._hooks = hooks
        self._audit = audit
        self._notifications = notifications
        self._guardrails = guardrails
        self._approvals = approvals
        self._gateways = gateways

    @cached_property
    def _config(self) -> "RequestsConfig":
        from chalicelib.requests.models import RequestsConfig

        return self._configuration.section("requests", RequestsConfig)

    @cached_property
    def _deployment(self) -> "Deployment":
        from chalicelib.core.deployment import Deployment

        return self._configuration.section("deployment", Deployment)

    def person(self, caller: "Caller") -> "Person":
        """Who asks. What is asked twice about the same targets is looked up once."""
        from chalicelib.core.decisions import Permission
        from chalicelib.requests.rules import Person

        permissions, view = self._permissions, self._permissions.view(caller)
        juries: dict[tuple[str, int], Jury] = {}

        def jury(request: "Request") -> "Jury":
            at = (request.head.revision_hash, request.head.lock_version)
            if at not in juries:
                juries[at] = self._approvals().jury(request, caller)
            return juries[at]

        return Person(
            caller.user,
            functools.cache(lambda arns: permissions.of_caller_over(caller, Permission.ADMIN_POLICIES, arns)),
            functools.cache(lambda arn: view.resource(arn).allowed),
            jury,
            frozenset(map(str, caller.principals)),
        )

    @cached_property
    def pause(self) -> Callable[[float], None]:
        return time.sleep

    @cached_property
    def states(self) -> "States":
        from chalicelib.aws.states import StateMachines

        return StateMachines(self._aws)

    @cached_property
    def store(self) -> "RequestStore":
        from chalicelib.requests.announce import notices_of
        from chalicelib.requests.store import RequestStore

        return RequestStore(lambda head, entries: notices_of(head, entries, self._settings.public_url))

    @cached_property
    def finder(self) -> "FindRequests":
        from chalicelib.requests.find_requests import FindRequests

        return FindRequests(self.catalog.all)

    @cached_property
    def catalog(self) -> "CatalogServices":
        from chalicelib.requests.catalog.services import CatalogServices

        return CatalogServices(settings=self._settings, aws=self._aws, clock=self._clock)

    @cached_property
    def telling(self) -> "TellingServices":
        from chalicelib.requests.telling.services import TellingServices

        return TellingServices(
            settings=self._settings,
            clock=self._clock,
            aws=self._aws,
            permissions=self._permissions,
            store=self.store,
            notifications=self._notifications,
            person=self.person,
            modifier=lambda: self.modify,
            standing=self._standing,
        )

    def _standing(self, request: "Request") -> "Standing":
        from chalicelib.requests.approval.standing import Standing

        return Standing(request, self._approvals().jury(request), self._config)

    @cached_property
    def _workflow(self) -> "Workflow":
        from chalicelib.requests.workflow import Workflow

        return Workflow(
            states=self.states,
            arn=self._settings.request_state_machine_arn,
            store=self.store,
            announcer=self._announcer,
            soon=self.telling.soon,
            clock=self._clock,
        )

    @cached_property
    def _announcer(self) -> "Announcer":
        from chalicelib.requests.announce import Announcer

        return Announcer(self._audit)

    @cached_property
    def _planner(self) -> "Planner":
        from chalicelib.requests.ledger_store import Ledger
        from chalicelib.requests.plan_changes import Planner

        hub, spoke = self._deployment.hub, self._deployment.spoke
        reading = self._gateways().reading
        return Planner(aws=reading, ledger=Ledger(), hub=hub, spoke=spoke, guardrails=self._guardrails)

    @cached_property
    def _outcomes(self) -> "OutcomeWaiter":
        from chalicelib.requests.await_outcome import OutcomeWaiter

        return OutcomeWaiter(store=self.store, pause=self.pause)

    @cached_property
    def _creator(self) -> "RequestCreator":
        from chalicelib.requests.create_request import RequestCreator

        return RequestCreator(
            store=self.store, planner=self._planner, workflow=self._workflow, config=self._config, clock=self._clock
        )

    @cached_property
    def role_life(self) -> "RoleLife":
        from chalicelib.requests.role_life.change_roles import RoleLife
        from chalicelib.requests.role_life.models import RoleCreatorConfig

        return RoleLife(
            creator=self._creator,
            outcomes=self._outcomes,
            aws=self._gateways().reading,
            config=self._configuration.section("user_role_creator", RoleCreatorConfig),
            partition=self._deployment.hub.partition,
        )

    @cached_property
    def submit(self) -> "RequestSubmitter":
        from chalicelib.requests.submit_request import RequestSubmitter

        return RequestSubmitter(creator=self._creator, outcomes=self._outcomes, config=self._config, clock=self._clock)

    @cached_property
    def modify(self) -> "RequestModifier":
        from chalicelib.requests.command_services import RequestCommands
        from chalicelib.requests.start_ends import EndStarter

        arn = self._settings.revoke_state_machine_arn
        commands = RequestCommands(
            store=self.store,
            workflow=self._workflow,
            planner=self._planner,
            creator=self._creator,
            starter=EndStarter(states=self.states, arn=arn, store=self.store, clock=self._clock),
            outcomes=self._outcomes,
            audit=self._audit,
            config=self._config,
            clock=self._clock,
        )
        return commands.modifier

    @cached_property
    def read(self) -> "RequestReader":
        from chalicelib.requests.read_request import RequestReader

        return RequestReader(store=self.store, config=self._config)

    @cached_property
    def table(self) -> "RequestLister":
        from chalicelib.requests.list_requests import RequestLister

        return RequestLister(everything=self.catalog.all, indexes=self.catalog.store)

    @cached_property
    def steps(self) -> "RequestSteps":
        from chalicelib.requests.step_services import RequestSteps

        return RequestSteps(
            store=self.store,
            workflow=self._workflow,
            announcer=self._announcer,
            states=lambda: self.states,
            aws=lambda who: self._gateways().writing(who),
            approvals=self._approvals,
            config=self._config,
            deployment=self._deployment,
            revoke_arn=self._settings.revoke_state_machine_arn,
            clock=self._clock,
            pause=self.pause,
            guardrails=self._guardrails,
            telling=lambda: self.telling,
        )

    @cached_property
    def adopt(self) -> "PolicyAdopter":
        from chalicelib.accounts.store import AccountStore
        from chalicelib.inventory.store import ResourceStore
        from chalicelib.requests.adopt_policies import PolicyAdopter
        from chalicelib.requests.look_at_roles import roles_of

        def roles() -> "Iterator[FoundRole]":
            return roles_of(AccountStore(), ResourceStore())

        prefix = self._config.temporary_policy_prefix
        return PolicyAdopter(roles=roles, store=self.store, prefix=prefix, clock=self._clock)
