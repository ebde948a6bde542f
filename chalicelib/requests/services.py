"""The requests' part of the composition root: `bootstrap` makes one of these and hands it what lies below."""

import functools
import time
from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING

from chalicelib.core.clock import Clock
from chalicelib.settings import Settings

if TYPE_CHECKING:
    from chalicelib.audit.store import AuditLog
    from chalicelib.aws.sessions import Sessions
    from chalicelib.changes.base import Writing
    from chalicelib.core.deployment import Deployment
    from chalicelib.core.hooks import RequestNotice
    from chalicelib.core.principals import Caller
    from chalicelib.db.leases import Leases
    from chalicelib.dynamic_config.document import Configuration
    from chalicelib.identity.permissions import Permissions
    from chalicelib.plugins.calls import Calls
    from chalicelib.requests.announce import Announcer
    from chalicelib.requests.apply_request import RequestApplier
    from chalicelib.requests.auto_approval import AutoApproval
    from chalicelib.requests.await_decision import DecisionWaiter
    from chalicelib.requests.await_outcome import OutcomeWaiter
    from chalicelib.requests.due_requests import DueRequests
    from chalicelib.requests.expire_request import RequestExpirer
    from chalicelib.requests.find_requests import FindRequests
    from chalicelib.requests.finish_request import RequestFinisher
    from chalicelib.requests.list_requests import RequestLister
    from chalicelib.requests.models import RequestsConfig
    from chalicelib.requests.modify_request import RequestModifier
    from chalicelib.requests.plan_changes import Planner
    from chalicelib.requests.prepare_request import RequestPreparer
    from chalicelib.requests.read_request import RequestReader
    from chalicelib.requests.rules import Person
    from chalicelib.requests.store import RequestStore
    from chalicelib.requests.submit_request import RequestSubmitter
    from chalicelib.requests.workflow import States, Workflow


class RequestServices:
    def __init__(
        self,
        *,
        settings: Settings,
        clock: Clock,
        configuration: "Configuration",
        aws: "Sessions",
        permissions: "Permissions",
        hooks: "Calls",
        audit: "AuditLog",
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._configuration = configuration
        self._aws = aws
        self._permissions = permissions
        self._hooks = hooks
        self._audit = audit

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

        return Person(
            caller.user,
            functools.cache(lambda arns: permissions.of_caller_over(caller, Permission.ADMIN_POLICIES, arns)),
            functools.cache(lambda arn: view.resource(arn).allowed),
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
        from chalicelib.requests.store import RequestStore

        return RequestStore()

    @cached_property
    def finder(self) -> "FindRequests":
        from chalicelib.requests.find_requests import FindRequests

        return FindRequests(self.store)

    @cached_property
    def _leases(self) -> "Leases":
        from chalicelib.db.leases import Leases

        return Leases(self._clock)

    @cached_property
    def _workflow(self) -> "Workflow":
        from chalicelib.requests.workflow import Workflow

        return Workflow(
            states=self.states,
            arn=self._settings.request_state_machine_arn,
            store=self.store,
            announcer=self._announcer,
            clock=self._clock,
        )

    @cached_property
    def _announcer(self) -> "Announcer":
        from chalicelib.requests.announce import Announcer

        def tell(notice: "RequestNotice") -> None:
            self._hooks.tolerant("notify", notice=notice)

        return Announcer(audit=self._audit, tell=tell, public_url=self._settings.public_url)

    @cached_property
    def _auto_approval(self) -> "AutoApproval":
        from chalicelib.requests.auto_approval import AutoApproval

        return AutoApproval(hooks=self._hooks, facts=self._permissions.facts, config=self._config)

    @cached_property
    def _planner(self) -> "Planner":
        """Looks through the role that reads: the function that plans has no other."""
        from chalicelib.aws.iam_principals import IamPrincipals
        from chalicelib.changes.base import Reading
        from chalicelib.requests.plan_changes import Planner

        hub, spoke = self._deployment.hub, self._deployment.spoke
        reader = IamPrincipals(
            self._aws, role_name=spoke.read_role, external_id=spoke.external_id, session_name="consoleme-requests"
        )
        return Planner(aws=Reading(reader), hub=hub, spoke=spoke)

    def _writing(self, approver: str) -> "Writing":
        """Writes through the role that changes, which only the function that applies may assume."""
        from chalicelib.aws.assume_role import session_name
        from chalicelib.aws.iam_principals import IamPrincipals
        from chalicelib.changes.base import Writing

        spoke = self._deployment.spoke
        return Writing(
            IamPrincipals(
                self._aws,
                role_name=spoke.apply_role,
                external_id=spoke.external_id,
                session_name=session_name(approver),
            )
        )

    @cached_property
    def _outcomes(self) -> "OutcomeWaiter":
        from chalicelib.requests.await_outcome import OutcomeWaiter

        return OutcomeWaiter(store=self.store, pause=self.pause)

    @cached_property
    def _expirer(self) -> "RequestExpirer":
        from chalicelib.requests.expire_request import RequestExpirer

        return RequestExpirer(store=self.store, clock=self._clock)

    @cached_property
    def submit(self) -> "RequestSubmitter":
        from chalicelib.requests.create_request import RequestCreator
        from chalicelib.requests.submit_request import RequestSubmitter

        creator = RequestCreator(
            store=self.store, planner=self._planner, workflow=self._workflow, config=self._config, clock=self._clock
        )
        return RequestSubmitter(creator=creator, outcomes=self._outcomes, clock=self._clock)

    @cached_property
    def modify(self) -> "RequestModifier":
        from chalicelib.requests.cancel_request import RequestCanceller
        from chalicelib.requests.comment_request import RequestCommenter
        from chalicelib.requests.decide_request import RequestDecider
        from chalicelib.requests.modify_request import RequestModifier
        from chalicelib.requests.revise_request import RequestReviser

        store, workflow, config, clock = self.store, self._workflow, self._config, self._clock
        return RequestModifier(
            store=store,
            decider=RequestDecider(store=store, workflow=workflow, audit=self._audit, config=config, clock=clock),
            reviser=RequestReviser(store=store, planner=self._planner, workflow=workflow, config=config, clock=clock),
            canceller=RequestCanceller(store=store, workflow=workflow, config=config, clock=clock),
            commenter=RequestCommenter(store=store, clock=clock),
            outcomes=self._outcomes,
        )

    @cached_property
    def read(self) -> "RequestReader":
        from chalicelib.requests.read_request import RequestReader

        return RequestReader(store=self.store, config=self._config)

    @cached_property
    def table(self) -> "RequestLister":
        from chalicelib.requests.list_requests import RequestLister

        return RequestLister(store=self.store)

    @cached_property
    def prepare(self) -> "RequestPreparer":
        from chalicelib.requests.prepare_request import RequestPreparer

        return RequestPreparer(
            store=self.store,
            workflow=self._workflow,
            auto_approval=self._auto_approval,
            hub=self._deployment.hub,
            spoke=self._deployment.spoke,
            clock=self._clock,
        )

    @cached_property
    def await_decision(self) -> "DecisionWaiter":
        from chalicelib.requests.await_decision import DecisionWaiter

        return DecisionWaiter(store=self.store, states=self.states, clock=self._clock)

    @cached_property
    def apply(self) -> "RequestApplier":
        from chalicelib.requests.apply_request import RequestApplier
        from chalicelib.requests.approvals import Approvals
        from chalicelib.requests.gate import Gate
        from chalicelib.requests.record_change import Records

        gate = Gate(
            store=self.store,
            leases=self._leases,
            approvals=Approvals(permissions=self._permissions, auto_approval=self._auto_approval),
            config=self._config,
            hub=self._deployment.hub,
            spoke=self._deployment.spoke,
            clock=self._clock,
        )
        return RequestApplier(
            store=self.store,
            records=Records(store=self.store, announcer=self._announcer, clock=self._clock),
            leases=self._leases,
            gate=gate,
            aws=self._writing,
            clock=self._clock,
            pause=self.pause,
        )

    @cached_property
    def finish(self) -> "RequestFinisher":
        from chalicelib.requests.finish_request import RequestFinisher

        return RequestFinisher(store=self.store, workflow=self._workflow, expirer=self._expirer, clock=self._clock)

    @cached_property
    def due(self) -> "DueRequests":
        from chalicelib.requests.due_requests import DueRequests

        return DueRequests(store=self.store, workflow=self._workflow, expirer=self._expirer, clock=self._clock)
