"""`POST /api/v2/request` as a use case: from ConsoleMe's body to a stored request and its answer."""

from chalicelib.core.clock import Clock
from chalicelib.requests.await_outcome import OutcomeWaiter
from chalicelib.requests.create_request import RequestCreator, Submission
from chalicelib.requests.models import RequestsConfig
from chalicelib.requests.present import detail, extended, request_url
from chalicelib.requests.results import errors_in, outcome_of
from chalicelib.requests.rules import Person
from chalicelib.requests.wire import NewRequest, RequestCreated
from chalicelib.requests.wishes import wishes_of


class RequestSubmitter:
    def __init__(
        self, *, creator: RequestCreator, outcomes: OutcomeWaiter, config: RequestsConfig, clock: Clock
    ) -> None:
        self._creator = creator
        self._config = config
        self._outcomes = outcomes
        self._clock = clock

    def submit(self, body: NewRequest, person: Person, *, key: str | None, wait: bool) -> RequestCreated:
        """Raises InvalidInput, Forbidden, Conflict, LimitExceeded or Upstream; then nothing is stored.

        With `wait` the answer to a request that is approved already holds what became of it.
        """
        submission = Submission(
            wishes=wishes_of(body.changes, person, self._clock.now()),
            justification=body.justification or "",
            auto_approve=body.admin_auto_approve and not (body.dry_run or body.draft),
            on_failure=body.on_failure,
            draft=body.draft and not body.dry_run,
            asked=body.model_dump(mode="json"),
        )
        if body.dry_run:
            previewed = self._creator.preview(submission, person)
            return RequestCreated(
                errors=0,
                request_created=False,
                request_id=None,
                request_url=None,
                action_results=None,
                extended_request=extended(previewed),
                review=detail(previewed, person, self._config).review,
            )
        request = self._creator.create(submission, person, key)
        if submission.auto_approve and wait:
            request = self._outcomes.wait(request)
        results = outcome_of(request) if submission.auto_approve else []
        return RequestCreated(
            errors=errors_in(results),
            request_created=True,
            request_id=request.head.id,
            request_url=request_url(request.head.id),
            action_results=results,
            extended_request=extended(request),
        )
