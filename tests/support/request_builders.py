"""Requests that tests need often, right in every part that the test does not name."""

from collections.abc import Sequence
from typing import Any

from chalicelib.changes.base import Image, Preview
from chalicelib.changes.inline_policy import InlinePolicySpec
from chalicelib.core.decisions import Decision
from chalicelib.requests.models import ChangeRecord, Head, PlannedChange, Request, Revision, Ruling
from chalicelib.requests.rules import Person
from chalicelib.requests.states import ChangeStatus, State, Verdict
from tests.support.clock import START
from tests.support.request_world import ADA, APP, EVE, document

REQUEST_ID = "6f0e2f5c-0000-4000-8000-000000000001"
YES, NO = Decision.yes("may", "test"), Decision.no("may not", "test")


def person(user: str, *, may_decide: bool = True) -> Person:
    return Person(user, lambda _: YES if may_decide else NO)


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
