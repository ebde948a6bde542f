"""`POST /api/v2/request` as a use case: from ConsoleMe's body to a stored request and its answer."""

import re
import secrets
import string

from chalicelib.changes.base import Spec
from chalicelib.changes.registry import change_type
from chalicelib.core.clock import Clock
from chalicelib.core.errors import InvalidInput
from chalicelib.requests.await_outcome import OutcomeWaiter
from chalicelib.requests.create_request import RequestCreator, Submission
from chalicelib.requests.present import extended, request_url
from chalicelib.requests.results import errors_in, outcome_of
from chalicelib.requests.rules import Person
from chalicelib.requests.wire import NewRequest, RequestCreated, WishedChange

_UNFIT_FOR_NAMES = re.compile(r"[^\w+=,.@-]", re.ASCII)
_MAILBOX_LIMIT = 64
_LETTERS = 4


class RequestSubmitter:
    def __init__(self, *, creator: RequestCreator, outcomes: OutcomeWaiter, clock: Clock) -> None:
        self._creator = creator
        self._outcomes = outcomes
        self._clock = clock

    def submit(self, body: NewRequest, person: Person, *, key: str | None, wait: bool) -> RequestCreated:
        """Raises InvalidInput, Forbidden, Conflict, LimitExceeded or Upstream; then nothing is stored.

        With `wait` the answer to a request that is approved already holds what became of it.
        """
        submission = Submission(
            wishes=tuple(self._wish(change, person) for change in body.changes.changes),
            justification=body.justification or "",
            auto_approve=body.admin_auto_approve and not body.dry_run,
            asked=body.model_dump(mode="json"),
        )
        if body.dry_run:
            return RequestCreated(
                errors=0,
                request_created=False,
                request_id=None,
                request_url=None,
                action_results=None,
                extended_request=extended(self._creator.preview(submission, person)),
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

    def _wish(self, change: WishedChange, person: Person) -> Spec:
        kind = change_type(change.change_type)
        if change.principal.principal_type != "AwsResource":
            raise InvalidInput(
                f"principal_type: {change.principal.principal_type[:50]} is not supported; AwsResource is.",
                reason="principal_type_not_supported",
            )
        if not change.principal.principal_arn:
            raise InvalidInput("principal_arn: say which role is to be changed.", reason="no_principal_arn")
        if change.expiration_date is not None:
            raise InvalidInput(
                "expiration_date: temporary access is not supported yet, and permanent access was not asked for.",
                reason="expiration_not_supported",
            )
        wish: Spec = kind.from_wire(change.principal.principal_arn, change.model_dump(), self._name(person))
        return wish

    def _name(self, person: Person) -> str:
        """A name for a policy that was given none, as ConsoleMe makes it."""
        mailbox = _UNFIT_FOR_NAMES.sub("", person.user.partition("@")[0])[:_MAILBOX_LIMIT]
        letters = "".join(secrets.choice(string.ascii_lowercase) for _ in range(_LETTERS))
        return f"cm_{mailbox}_{self._clock.now()}_{letters}"
