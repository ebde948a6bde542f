"""The steps of a request's workflow, and of the one that takes back, as a part of the composition root."""

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from chalicelib.core.clock import Clock

if TYPE_CHECKING:
    from chalicelib.changes.base import Writing
    from chalicelib.core.deployment import Deployment
    from chalicelib.db.leases import Leases
    from chalicelib.requests.announce import Announcer
    from chalicelib.requests.apply_request import RequestApplier
    from chalicelib.requests.approvals import Approvals
    from chalicelib.requests.await_decision import DecisionWaiter
    from chalicelib.requests.due_requests import DueRequests
    from chalicelib.requests.expire_request import RequestExpirer
    from chalicelib.requests.finish_request import RequestFinisher
    from chalicelib.requests.finish_revoke import RevokeFinisher
    from chalicelib.requests.guardrails.check import Guardrails
    from chalicelib.requests.ledger_store import Ledger
    from chalicelib.requests.models import Due, RequestsConfig
    from chalicelib.requests.prepare_request import RequestPreparer
    from chalicelib.requests.revert_change import ChangeReverter
    from chalicelib.requests.store import RequestStore
    from chalicelib.requests.telling.services import TellingServices
    from chalicelib.requests.workflow import States, Workflow


class RequestSteps:
    def __init__(  # noqa: PLR0913 keywords, each what the steps stand on
        self,
        *,
        store: "RequestStore",
        workflow: "Workflow",
        announcer: "Announcer",
        states: "Callable[[], States]",
        aws: "Callable[[str], Writing]",
        approvals: "Callable[[], Approvals]",
        config: "RequestsConfig",
        deployment: "Deployment",
        revoke_arn: str,
        clock: Clock,
        pause: Callable[[float], None],
        telling: "Callable[[], TellingServices]",
        guardrails: "Callable[[], Guardrails]",
    ) -> None:
        """`aws` writes in the name of whom it is given, which only functions under the role that changes can."""
        self._store = store
        self._workflow = workflow
        self._announcer = announcer
        self._states = states
        self._aws = aws
        self._approvals = approvals
        self._config = config
        self._deployment = deployment
        self._revoke_arn = revoke_arn
        self._clock = clock
        self._pause = pause
        self._telling = telling
        self._guardrails = guardrails

    @cached_property
    def _leases(self) -> "Leases":
        from chalicelib.db.leases import Leases

        return Leases(self._clock)

    @cached_property
    def _ledger(self) -> "Ledger":
        from chalicelib.requests.ledger_store import Ledger

        return Ledger()

    @cached_property
    def _expirer(self) -> "RequestExpirer":
        from chalicelib.requests.expire_request import RequestExpirer

        return RequestExpirer(store=self._store, clock=self._clock)

    @cached_property
    def prepare(self) -> "RequestPreparer":
        from chalicelib.requests.prepare_request import RequestPreparer

        return RequestPreparer(
            store=self._store,
            workflow=self._workflow,
            approvals=self._approvals(),
            config=self._config,
            hub=self._deployment.hub,
            spoke=self._deployment.spoke,
            guardrails=self._guardrails,
            clock=self._clock,
        )

    @cached_property
    def await_decision(self) -> "DecisionWaiter":
        from chalicelib.requests.await_decision import DecisionWaiter

        return DecisionWaiter(store=self._store, states=self._states(), clock=self._clock)

    @cached_property
    def apply(self) -> "RequestApplier":
        from chalicelib.requests.apply_request import RequestApplier
        from chalicelib.requests.gate import Gate
        from chalicelib.requests.record_change import Records

        gate = Gate(
            store=self._store,
            leases=self._leases,
            approvals=self._approvals(),
            config=self._config,
            hub=self._deployment.hub,
            spoke=self._deployment.spoke,
            clock=self._clock,
        )
        return RequestApplier(
            store=self._store,
            records=Records(store=self._store, ledger=self._ledger, announcer=self._announcer, clock=self._clock),
            leases=self._leases,
            gate=gate,
            aws=self._aws,
            clock=self._clock,
            pause=self._pause,
        )

    @cached_property
    def finish(self) -> "RequestFinisher":
        from chalicelib.requests.finish_request import RequestFinisher

        return RequestFinisher(store=self._store, workflow=self._workflow, expirer=self._expirer, clock=self._clock)

    @cached_property
    def revert(self) -> "ChangeReverter":
        from chalicelib.requests.record_end import Ends
        from chalicelib.requests.revert_change import ChangeReverter

        return ChangeReverter(
            store=self._store,
            ledger=self._ledger,
            ends=Ends(store=self._store, clock=self._clock),
            leases=self._leases,
            aws=self._aws,
            clock=self._clock,
            pause=self._pause,
        )

    @cached_property
    def finish_revoke(self) -> "RevokeFinisher":
        from chalicelib.requests.finish_revoke import RevokeFinisher

        return RevokeFinisher(store=self._store, workflow=self._workflow)

    @cached_property
    def due(self) -> "DueRequests":
        from chalicelib.requests.due_requests import DueRequests
        from chalicelib.requests.remind_request import RequestReminder
        from chalicelib.requests.start_ends import EndStarter
        from chalicelib.requests.states import DueKind

        reminder = RequestReminder(store=self._store, workflow=self._workflow, clock=self._clock)
        starter = EndStarter(states=self._states(), arn=self._revoke_arn, store=self._store, clock=self._clock)
        return DueRequests(
            store=self._store,
            workflow=self._workflow,
            expirer=self._expirer,
            deeds={
                DueKind.END: starter.start,
                DueKind.SEND: self._tell,
                DueKind.REMIND: self._telling().reminds(reminder.remind),
            },
            clock=self._clock,
        )

    def _tell(self, request_id: str, _dues: "Sequence[Due]") -> None:
        self._telling().teller.tell_all(request_id)
