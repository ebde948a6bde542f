"""Approving, rejecting, asking for changes: what is said is stored first, bound to what was shown; only then is the workflow woken."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from chalicelib.audit.models import Outcome
from chalicelib.audit.store import AuditLog
from chalicelib.core.clock import Clock
from chalicelib.core.errors import Conflict, Forbidden, InvalidInput, Throttled
from chalicelib.core.ids import ulid
from chalicelib.core.principals import Principal
from chalicelib.requests.announce import GRACE
from chalicelib.requests.approval.models import Jury
from chalicelib.requests.create_request import TEXT_LIMIT
from chalicelib.requests.models import Head, Request, RequestsConfig, Ruling
from chalicelib.requests.rules import Person, approved, binds, judge, require
from chalicelib.requests.states import UNDECIDED, Command, DueKind, State, Verdict
from chalicelib.requests.steps import audited, event, found, take
from chalicelib.requests.store import RequestStore
from chalicelib.requests.workflow import Workflow

_TRIES = 10
"""As many people may approve at once before the last of them is told to try again."""
REASON_REQUIRED = "reason_required"
"""Why a decision without a word is refused that must have one."""


class _Deed(NamedTuple):
    """`action` is the audit log's word; `state` what becomes of the request."""

    verdict: Verdict
    state: State
    action: str
    line: str


_APPROVED = _Deed(Verdict.APPROVE, State.APPROVED, "request.approve", "approved")
_IN_PART = _Deed(Verdict.APPROVE, State.PENDING, "request.approve_part", "approved")
_REJECTED = _Deed(Verdict.REJECT, State.REJECTED, "request.reject", "rejected")
_ASKED = _Deed(Verdict.ASK, State.PENDING, "request.ask", "sent back for changes")
_DEEDS: Mapping[Command, _Deed] = {
    Command.APPROVE: _APPROVED,
    Command.APPLY_CHANGE: _APPROVED,
    Command.REJECT: _REJECTED,
    Command.ASK_FOR_CHANGES: _ASKED,
}


class _Word(NamedTuple):
    """What somebody says to a request: on what they saw, why, and until when at the longest."""

    revision: int | None
    revision_hash: str | None
    comment: str
    until: int | None


class RequestDecider:
    def __init__(
        self, *, store: RequestStore, workflow: Workflow, audit: AuditLog, config: RequestsConfig, clock: Clock
    ) -> None:
        self._store = store
        self._workflow = workflow
        self._audit = audit
        self._config = config
        self._clock = clock

    def decide(
        self,
        request: Request,
        command: Command,
        person: Person,
        *,
        revision: int | None,
        revision_hash: str | None,
        comment: str = "",
        until: int | None = None,
    ) -> Request:
        """Raises Forbidden for whoever may not decide, Conflict for whoever came too late or saw something else, InvalidInput for what
        is missing. One approval of several leaves the request pending.
        """
        word = _Word(revision, revision_hash, comment, until)
        for _ in range(_TRIES):
            self._require(request, command, person, word)
            try:
                return self._decided(request, command, person, word)
            except Conflict as lost:
                # Another approval of the same revision may only have been faster: then this one still counts.
                request = _as_it_is(request, found(self._store, request.head.id), lost)
        raise Throttled(f"Very many people decide about request {request.head.id}. Try again in a moment.")

    def _decided(self, request: Request, command: Command, person: Person, word: _Word) -> Request:
        head, now = request.head, self._clock.now()
        bound: dict[str, Any] = {"revision": head.revision, "revision_hash": head.revision_hash}
        deed, jury = _DEEDS[command], person.jury(request)
        ruling = Ruling(
            id=ulid(),
            actor=person.user,
            verdict=deed.verdict,
            decided_at=now,
            comment=word.comment,
            until=word.until,
            **bound,
        )
        if deed.verdict is Verdict.APPROVE:
            deed = self._approved(request.model_copy(update={"rulings": (*request.rulings, ruling)}), jury)
        said = f"Revision {head.revision} {deed.line}" + (f": {word.comment}" if word.comment else "")
        entry = audited(head, deed.action, str(Principal.user(person.user)), reason=word.comment, **bound)

        def after(before: Head) -> Head:
            wakes = before.due_kind is not DueKind.START or deed.state not in UNDECIDED
            return before.model_copy(
                update={
                    "state": deed.state,
                    "reviewer": before.reviewer if deed.state in UNDECIDED else person.user,
                    "last_updated": now,
                    "due_kind": DueKind.WAKE if wakes else DueKind.START,
                    "due_at": now + GRACE,
                    "attempts": 0,
                    "failure": None,
                    "outbox": (*before.outbox, entry),
                }
            )

        line = event(now, person.user, deed.verdict if deed.verdict is Verdict.ASK else deed.line, said)
        self._workflow.go_on(take(self._store, request, after, [ruling, line]))
        return found(self._store, head.id)

    def _approved(self, request: Request, jury: Jury) -> _Deed:
        """With this approval among the others."""
        decision = approved(request, jury, self._config)
        if decision.rule == "end_required":
            raise InvalidInput(f"until: {decision.reason}", reason=decision.rule)
        return _APPROVED if decision.allowed else _IN_PART

    def _require(self, request: Request, command: Command, person: Person, word: _Word) -> None:
        try:
            require(judge(command, request, person, self._config))
        except Forbidden as error:
            entry = audited(
                request.head,
                _DEEDS[command].action,
                str(Principal.user(person.user)),
                outcome=Outcome.REFUSED,
                reason=error.message,
            )
            self._audit.record(entry)
            raise
        approves = _DEEDS[command].verdict is Verdict.APPROVE
        stale = binds(request, word.revision, word.revision_hash, required=approves)
        if not stale.allowed:
            raise Conflict(stale.reason, reason=stale.rule)
        self._check(request, command, person, word)

    def _check(self, request: Request, command: Command, person: Person, word: _Word) -> None:
        verdict = _DEEDS[command].verdict
        wanted = verdict is Verdict.ASK or verdict.value in self._config.reason_required
        if verdict is Verdict.APPROVE and not wanted:
            wanted = person.jury(request).requirements.reason_required
        if wanted and not word.comment:
            raise InvalidInput("comment_text: say why; that is required here.", reason=REASON_REQUIRED)
        if len(word.comment) > TEXT_LIMIT:
            raise InvalidInput(f"comment_text is longer than {TEXT_LIMIT} characters.", reason="text_too_long")
        if word.until is None:
            return
        if verdict is not Verdict.APPROVE:
            raise InvalidInput("until: only an approval has an end.", reason="bad_end")
        if all(change.preview.after.content is None for change in request.revision.changes):
            raise InvalidInput("until: what is taken away can't come back by itself.", reason="temporary_removal")
        if word.until <= self._clock.now():
            raise InvalidInput("until: this moment has passed.", reason="bad_end")


def _as_it_is(before: Request, now: Request, lost: Conflict) -> Request:
    """Raises the Conflict unless the same revision is still to be decided about."""
    if now.head.state not in UNDECIDED or now.head.revision_hash != before.head.revision_hash:
        raise lost
    return now
