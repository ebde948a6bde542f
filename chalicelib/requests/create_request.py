"""A request comes to be: its wishes are planned, and it is stored together with what must happen next."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid4, uuid5

from chalicelib.audit.models import AuditEntry
from chalicelib.changes.base import Spec
from chalicelib.changes.gateways import missing
from chalicelib.changes.registry import change_type
from chalicelib.core.canonical import content_hash
from chalicelib.core.clock import Clock
from chalicelib.core.decisions import Permission
from chalicelib.core.errors import Conflict, InvalidInput
from chalicelib.core.ids import ulid
from chalicelib.core.model import Frozen
from chalicelib.core.principals import Principal
from chalicelib.requests.announce import GRACE
from chalicelib.requests.approval.by_permission import wants_more
from chalicelib.requests.approval.models import Requirements, approvers_of
from chalicelib.requests.approval.submission import check_submission, decide_by
from chalicelib.requests.items import Record
from chalicelib.requests.models import ChangeRecord, Head, PlannedChange, Request, RequestsConfig, Revision, Ruling
from chalicelib.requests.plan_changes import Planner
from chalicelib.requests.remind_request import reminder
from chalicelib.requests.rules import Person, approved, may_approve_own, require
from chalicelib.requests.states import DueKind, OnFailure, State, Verdict
from chalicelib.requests.steps import audited, event
from chalicelib.requests.store import RequestStore
from chalicelib.requests.workflow import Workflow

TEXT_LIMIT = 10_000
_KEY_LIMIT = 255
_KEYS = UUID("8f1c1f0e-5d0b-4a52-9a54-2c1f6d1f9c57")
"""Namespace of the ids that clients' idempotency keys make."""


class Submission(Frozen):
    """What somebody asks for. `asked` is the body as it came, to tell a repetition from another wish under the same key."""

    wishes: tuple[Spec, ...]
    justification: str
    auto_approve: bool
    asked: Any
    on_failure: OnFailure = OnFailure.KEEP
    extends: str | None = None
    draft: bool = False
    permission: Permission | None = None
    """With it, what `auto_approve` asks for is the requester's own to decide, unless a guardrail wants somebody else as well. The caller
    has asked whether they hold it; it is asked again before anything is written."""


class RequestCreator:
    def __init__(
        self, *, store: RequestStore, planner: Planner, workflow: Workflow, config: RequestsConfig, clock: Clock
    ) -> None:
        self._store = store
        self._planner = planner
        self._workflow = workflow
        self._config = config
        self._clock = clock

    def preview(self, submission: Submission, person: Person) -> Request:
        """The request as it would be; nothing is stored. Raises what `create` raises."""
        return self._built(str(uuid4()), submission, person)

    def create(self, submission: Submission, person: Person, key: str | None) -> Request:
        """Stores the request and starts its workflow. The same key from the same person is the same request.

        Raises InvalidInput, Forbidden, LimitExceeded, or Conflict when the key was used for another wish.
        """
        request_id = request_id_of(person.user, key)
        if key is not None and (earlier := self._store.find(request_id)):
            return _same(earlier, submission)
        request = self._built(request_id, submission, person)
        try:
            self._store.add(request.head, _records(request))
        except Conflict:
            earlier = self._store.find(request_id)
            if earlier is None:
                raise
            return _same(earlier, submission)
        if not submission.draft:
            self._workflow.go_on(request.head)
        return request

    def _built(self, request_id: str, submission: Submission, person: Person) -> Request:
        targets = refuse_unseen(submission.wishes, person)
        if submission.auto_approve and submission.permission is None:
            require(may_approve_own(person, targets, self._config))
        if len(submission.justification) > TEXT_LIMIT:
            raise InvalidInput(f"The justification is longer than {TEXT_LIMIT} characters.", reason="text_too_long")
        now = self._clock.now()
        changes = self._planner.plan(request_id, submission.wishes)
        revision = Revision(
            number=1,
            author=person.user,
            authors=(person.user,),
            created_at=now,
            changes=changes,
            findings=self._planner.judged(changes),
        )
        revision_hash = revision.hash(request_id)
        own = submission.auto_approve and not (submission.permission and wants_more(revision.findings))
        head = Head(
            id=request_id,
            requester=person.user,
            principal_arn=submission.wishes[0].principal_arn,
            justification=submission.justification,
            auto_approve=own,
            submitted_hash=content_hash(submission.asked),
            created_at=now,
            on_failure=submission.on_failure,
            extends=submission.extends,
            state=State.APPROVED if own else State.PENDING,
            revision_hash=revision_hash,
            summary=summary_of(changes),
            decide_by=now,
            reviewer=person.user if own else None,
            last_updated=now,
            due_kind=DueKind.START,
            due_at=now + GRACE,
        )
        rulings = (_own_approval(head, now, submission.permission),) if own else ()
        lines = [event(now, person.user, "created", "Request submitted")]
        lines += [event(now, person.user, "approved", "Approved by the requester") for _ in rulings]
        request = Request(
            head=head.model_copy(update={"outbox": _entries(head, person)}),
            revision=revision,
            records=tuple(ChangeRecord(revision=1, id=change.id, target=change.target) for change in changes),
            rulings=rulings,
            comments=(),
            events=tuple(lines),
        )
        return _drafted(request) if submission.draft else self._ruled(request, person)

    def _ruled(self, request: Request, person: Person) -> Request:
        """As the approval rules want it. Raises InvalidInput, or Forbidden where the own approval alone is not enough."""
        jury, config, now = person.jury(request), self._config, request.head.created_at
        check_submission(request.head.justification, request.revision.changes, jury.requirements, config, now)
        if request.head.auto_approve:
            require(approved(request, jury, config))
        end = decide_by(jury.requirements, config, now)
        late = {
            "decide_by": end,
            "summary": summary_of(request.revision.changes, jury.requirements),
        }
        dues = () if request.head.auto_approve else reminder(jury.requirements, config, 1, now, end)
        return request.model_copy(update={"head": request.head.model_copy(update=late), "dues": dues})


def _drafted(request: Request) -> Request:
    """As its author's own: nothing is due, nobody is told."""
    kept = {"state": State.DRAFT, "due_kind": None, "due_at": None, "outbox": ()}
    line = event(request.head.created_at, request.head.requester, "draft", "Draft begun")
    return request.model_copy(update={"head": request.head.model_copy(update=kept), "events": (line,)})


def refuse_unseen(wishes: Sequence[Spec], person: Person) -> tuple[str, ...]:
    """What is to be changed. Raises InvalidInput for what the person does not see, in the words for what does not exist."""
    targets = tuple(sorted({change_type(wish.change_type).target(wish) for wish in wishes}))
    for target in targets:
        if not person.sees(target):
            raise missing(target)
    return targets


def _entries(head: Head, person: Person) -> tuple[AuditEntry, ...]:
    actions = ("request.create", "request.approve") if head.auto_approve else ("request.create",)
    who = str(Principal.user(person.user))
    return tuple(
        audited(head, action, who, revision=head.revision, revision_hash=head.revision_hash) for action in actions
    )


def _own_approval(head: Head, now: int, permission: Permission | None) -> Ruling:
    return Ruling(
        id=ulid(),
        actor=head.requester,
        verdict=Verdict.APPROVE,
        revision=head.revision,
        revision_hash=head.revision_hash,
        decided_at=now,
        rule=permission,
    )


def _records(request: Request) -> Sequence[Record]:
    return (request.revision, *request.records, *request.rulings, *request.events, *request.dues)


_DOCUMENTS = {"document", "statements"}


def summary_of(changes: Sequence[PlannedChange], asked: Requirements | None = None) -> tuple[dict[str, Any], ...]:
    """The wishes without their documents, and who may be asked for an approval of each."""
    approvers = {needs.matter.change_id: approvers_of(needs) for needs in asked.changes} if asked else {}
    return tuple(
        {
            "id": change.id,
            "title": change.title,
            "target": change.target,
            "approvers": approvers.get(change.id, []),
            **{key: value for key, value in change.wish.items() if key not in _DOCUMENTS},
        }
        for change in changes
    )


def request_id_of(user: str, key: str | None) -> str:
    """The same for every repetition under one key. Raises InvalidInput for a key that does not do."""
    if key is None:
        return str(uuid4())
    if not key.strip() or len(key) > _KEY_LIMIT:
        raise InvalidInput(f"The Idempotency-Key must have 1 to {_KEY_LIMIT} characters.", reason="bad_idempotency_key")
    return str(uuid5(_KEYS, f"{user}\n{key}"))


def _same(earlier: Request, submission: Submission) -> Request:
    if earlier.head.submitted_hash != content_hash(submission.asked):
        raise Conflict(
            f"This Idempotency-Key was used for another request, {earlier.head.id}. Use a new key for a new request.",
            reason="idempotency_key_reused",
        )
    return earlier
