"""Requests that tests need often, right in every part that the test does not name."""

from collections.abc import Callable, Sequence
from typing import Any

from chalicelib.changes.base import Image, Preview
from chalicelib.changes.inline_policy import InlinePolicySpec
from chalicelib.core.decisions import Decision
from chalicelib.core.targets import Target
from chalicelib.requests.approval.models import Jury, Matter, Voter
from chalicelib.requests.approval.rules import requirements
from chalicelib.requests.models import ChangeRecord, Head, PlannedChange, Request, RequestsConfig, Revision, Ruling
from chalicelib.requests.rules import Person
from chalicelib.requests.states import ChangeStatus, State, Verdict
from tests.support.clock import START
from tests.support.request_world import ADA, APP, EVE, document

REQUEST_ID = "6f0e2f5c-0000-4000-8000-000000000001"
YES, NO = Decision.yes("may", "test"), Decision.no("may not", "test")


def person(user: str, *, may_decide: bool = True, config: RequestsConfig | None = None) -> Person:
    """Somebody who administers everything, or nothing; so does everybody else whom they have heard of."""
    answer = YES if may_decide else NO
    return Person(user, lambda _: answer, jury=lambda request: jury_of(request, lambda _: answer, config))


def jury_of(
    request: Request,
    administers: Callable[[str], Decision] = lambda _: YES,
    config: RequestsConfig | None = None,
    by_rule: Decision = NO,
    now: int = START,
) -> Jury:
    """`administers` says of a user whether they administer whatever is changed; nobody is in a group, and nothing is known of targets."""
    rules = (config or RequestsConfig()).approval_rules
    asked = requirements(
        [matter(request, change) for change in request.revision.changes if not change.cancelled], rules
    )
    return Jury(asked, lambda user: voter(user, administers(user)), lambda: by_rule, now)


def voter(user: str, administers: Decision = NO, *groups: str) -> Voter:
    return Voter(user, frozenset({f"user:{user}", *(f"group:{name}" for name in groups)}), lambda _: administers)


def matter(request: Request, change: PlannedChange, **more: Any) -> Matter:
    base: dict[str, Any] = {
        "change_id": change.id,
        "change_type": change.change_type,
        "title": change.title,
        "target": Target("222222222222", change.target),
        "requester": request.head.requester,
        "requester_groups": frozenset(),
        "written_at": request.revision.created_at,
        "until": change.spec.until,
        "findings": tuple(one for one in request.revision.findings if one.change_id == change.id),
    }
    return Matter(**(base | more))


def planned(number: int = 0, policy: dict[str, Any] | None = None) -> PlannedChange:
    spec = InlinePolicySpec(principal_arn=APP, policy_name=f"export{number}", document=policy or document())
    return PlannedChange(
        id=f"{REQUEST_ID}{number}",
        wish=spec.model_dump(mode="json"),
        target=APP,
        title="Add inline policy export",
        preview=Preview(
            before=Image(identity="AROA1", content=None), after=Image(identity="AROA1", content=spec.document)
        ),
    )


def revision(number: int = 1, authors: Sequence[str] = (EVE,), changes: int = 1) -> Revision:
    return Revision(
        number=number,
        author=authors[-1],
        authors=tuple(authors),
        created_at=START,
        changes=tuple(planned(place) for place in range(changes)),
    )


def head(shown: Revision, **more: Any) -> Head:
    base: dict[str, Any] = {
        "id": REQUEST_ID,
        "requester": shown.authors[0],
        "principal_arn": APP,
        "justification": "nightly export",
        "auto_approve": False,
        "submitted_hash": "0",
        "created_at": START,
        "state": State.PENDING,
        "revision": shown.number,
        "revision_hash": shown.hash(REQUEST_ID),
        "summary": tuple({"id": change.id, "change_type": change.change_type} for change in shown.changes),
        "decide_by": START + 1000,
        "last_updated": START,
    }
    return Head.model_validate(base | more)


def approval(shown: Revision, actor: str = ADA, **more: Any) -> Ruling:
    base: dict[str, Any] = {
        "id": f"ruling-{actor}",
        "actor": actor,
        "verdict": Verdict.APPROVE,
        "revision": shown.number,
        "revision_hash": shown.hash(REQUEST_ID),
        "decided_at": START,
    }
    return Ruling.model_validate(base | more)


def request(
    shown: Revision | None = None,
    *,
    statuses: Sequence[ChangeStatus] = (),
    rulings: Sequence[Ruling] = (),
    **more: Any,
) -> Request:
    """`more` are fields of the head."""
    shown = shown or revision()
    wanted = list(statuses) or [ChangeStatus.PROPOSED] * len(shown.changes)
    records = [
        ChangeRecord(revision=shown.number, id=change.id, target=APP, status=status)
        for change, status in zip(shown.changes, wanted, strict=True)
    ]
    return Request(
        head=head(shown, **more),
        revision=shown,
        records=tuple(records),
        rulings=tuple(rulings),
        comments=(),
        events=(),
    )
