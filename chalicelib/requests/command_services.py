"""The commands of a request, as a part of the composition root."""

from functools import cached_property
from typing import TYPE_CHECKING

from chalicelib.core.clock import Clock

if TYPE_CHECKING:
    from chalicelib.audit.store import AuditLog
    from chalicelib.requests.await_outcome import OutcomeWaiter
    from chalicelib.requests.cancel_request import RequestCanceller
    from chalicelib.requests.create_request import RequestCreator
    from chalicelib.requests.drafts import Drafts
    from chalicelib.requests.extend_request import RequestExtender
    from chalicelib.requests.models import RequestsConfig
    from chalicelib.requests.modify_request import RequestModifier
    from chalicelib.requests.move_ends import EndMover
    from chalicelib.requests.plan_changes import Planner
    from chalicelib.requests.retry_request import RequestRetrier
    from chalicelib.requests.revise_request import RequestReviser
    from chalicelib.requests.start_ends import EndStarter
    from chalicelib.requests.store import RequestStore
    from chalicelib.requests.workflow import Workflow
    from chalicelib.requests.write_revision import Revisions


class RequestCommands:
    def __init__(  # noqa: PLR0913 keywords, each what commands stand on
        self,
        *,
        store: "RequestStore",
        workflow: "Workflow",
        planner: "Planner",
        creator: "RequestCreator",
        starter: "EndStarter",
        outcomes: "OutcomeWaiter",
        audit: "AuditLog",
        config: "RequestsConfig",
        clock: Clock,
    ) -> None:
        self._store = store
        self._workflow = workflow
        self._planner = planner
        self._creator = creator
        self._starter = starter
        self._outcomes = outcomes
        self._audit = audit
        self._config = config
        self._clock = clock

    @cached_property
    def modifier(self) -> "RequestModifier":
        from chalicelib.requests.comment_request import RequestCommenter
        from chalicelib.requests.decide_request import RequestDecider
        from chalicelib.requests.modify_request import RequestModifier

        return RequestModifier(
            store=self._store,
            decider=RequestDecider(
                store=self._store,
                workflow=self._workflow,
                audit=self._audit,
                config=self._config,
                clock=self._clock,
            ),
            reviser=self._reviser,
            drafts=self._drafts,
            canceller=self._canceller,
            commenter=RequestCommenter(store=self._store, clock=self._clock),
            ends=self._ends,
            extender=self._extender,
            retrier=self._retrier,
            outcomes=self._outcomes,
            clock=self._clock,
        )

    @cached_property
    def _revisions(self) -> "Revisions":
        from chalicelib.requests.write_revision import Revisions

        return Revisions(
            store=self._store,
            planner=self._planner,
            workflow=self._workflow,
            config=self._config,
            clock=self._clock,
        )

    @cached_property
    def _reviser(self) -> "RequestReviser":
        from chalicelib.requests.revise_request import RequestReviser

        return RequestReviser(
            revisions=self._revisions,
            planner=self._planner,
            canceller=self._canceller,
            config=self._config,
            clock=self._clock,
        )

    @cached_property
    def _drafts(self) -> "Drafts":
        from chalicelib.requests.drafts import Drafts

        return Drafts(revisions=self._revisions, planner=self._planner, config=self._config)

    @cached_property
    def _canceller(self) -> "RequestCanceller":
        from chalicelib.requests.cancel_request import RequestCanceller

        return RequestCanceller(store=self._store, workflow=self._workflow, config=self._config, clock=self._clock)

    @cached_property
    def _ends(self) -> "EndMover":
        from chalicelib.requests.move_ends import EndMover

        return EndMover(
            store=self._store,
            workflow=self._workflow,
            starter=self._starter,
            config=self._config,
            clock=self._clock,
        )

    @cached_property
    def _extender(self) -> "RequestExtender":
        from chalicelib.requests.extend_request import RequestExtender

        return RequestExtender(creator=self._creator, config=self._config, clock=self._clock)

    @cached_property
    def _retrier(self) -> "RequestRetrier":
        from chalicelib.requests.retry_request import RequestRetrier

        return RequestRetrier(store=self._store, workflow=self._workflow, config=self._config, clock=self._clock)
